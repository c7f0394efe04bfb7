//! Java's regular expressions on top of `fancy-regex`.

use crate::error::{Code, Error};

/// A compiled Java pattern.
#[derive(Debug)]
pub(crate) struct Pattern {
    whole: fancy_regex::Regex,
}

impl Pattern {
    /// Compiles a Java regular expression; `flags` are `java.util.regex.Pattern`'s bits.
    pub(crate) fn compile(java_regex: &str, flags: u32) -> Result<Pattern, Error> {
        let mut on = String::new();
        for (bit, letter) in [(2, 'i'), (4, 'x'), (8, 'm'), (32, 's')] {
            if flags & bit != 0 {
                on.push(letter);
            }
        }
        if java_regex.rfind('{') > java_regex.rfind('}') {
            return Err(Error::new(Code::BadPattern, "a repetition is not closed"));
        }
        let unicode = flags & 256 != 0;
        let mut ascii = String::new();
        let mut chars = java_regex.chars();
        while let Some(c) = chars.next() {
            match c {
                '\\' => match chars.next() {
                    Some('w') if !unicode => ascii.push_str("[a-zA-Z0-9_]"),
                    Some('d') if !unicode => ascii.push_str("[0-9]"),
                    Some('/') => ascii.push('/'),
                    Some('u') => {
                        let hex: String = chars.by_ref().take(4).collect();
                        ascii.push_str(&format!("\\x{{{hex}}}"));
                    }
                    other => {
                        ascii.push('\\');
                        ascii.extend(other);
                    }
                },
                c if flags & 66 == 2 && !c.is_ascii() => ascii.push_str(&format!("(?-i:{c})")),
                c => ascii.push(c),
            }
        }
        let on = if on.is_empty() { on } else { format!("(?{on})") };
        let bad = |error: fancy_regex::Error| Error::new(Code::BadPattern, error.to_string());
        fancy_regex::Regex::new(java_regex).map_err(bad)?;
        let whole = fancy_regex::Regex::new(&format!("{on}\\A(?:{ascii}\n)\\z").replace("\n)", ")")).map_err(bad)?;
        Ok(Pattern { whole })
    }

    /// `matcher(text).matches()`: whether the pattern matches the whole text.
    pub(crate) fn matches(&self, text: &str) -> Result<bool, Error> {
        self.whole.is_match(text).map_err(|error| Error::new(Code::PatternLimit, error.to_string()))
    }
}
