//! Java's regular expressions (`java.util.regex`, Java 17) on top of `fancy-regex`.
//!
//! A pattern without metacharacters is searched as plain text; others are translated ([`translate`]) and
//! matched by `fancy-regex`. The loop over all matches, splitting and replacement text (`$1`) follow
//! Java.
//!
//! Called by `builtins`; independent of receivers and overloads.

mod blocks;
mod bracket;
pub(crate) mod class;
mod escape;
mod extent;
mod replacement;
mod search;
mod translate;

use crate::diagnostic::Code;
use crate::error::Error;
use std::ops::Range;
use std::sync::OnceLock;
use translate::{Subject, Translated, flag, translate};

/// A compiled Java pattern.
pub(crate) struct Pattern {
    source: String,
    flags: u32,
    /// The text that the pattern matches, if it has no metacharacters.
    literal: Option<String>,
    groups: usize,
    names: Vec<(String, usize)>,
    /// The pattern contains `\G`.
    continues: bool,
    /// The engines compiled so far, by [`Purpose`] and [`Subject`].
    engines: [OnceLock<Result<fancy_regex::Regex, Error>>; 6],
}

/// The purpose of an engine.
#[derive(Clone, Copy)]
enum Purpose {
    Find,
    /// Match the whole text.
    Whole,
    /// Find after the search has moved past the end of the last match, where `\G` cannot match.
    Later,
}

impl Pattern {
    /// Compiles a pattern; `flags` are the bits of `java.util.regex.Pattern`.
    ///
    /// # Errors
    /// [`Code::BadPattern`] where Java throws `PatternSyntaxException`, and [`Code::Unsupported`] for what
    /// `fancy-regex` cannot express.
    pub(crate) fn compile(source: &str, flags: u32) -> Result<Pattern, Error> {
        let literal = if flags & !flag::LITERAL != 0 {
            None
        } else if flags == flag::LITERAL {
            Some(source.to_owned())
        } else {
            plain_text(source)
        };
        let Translated { groups, names, continues, .. } = match literal {
            Some(_) => Translated { regex: String::new(), names: Vec::new(), groups: 0, continues: false },
            None => translate(source, flags, Subject::PlainText, true)?,
        };
        Ok(Pattern { source: source.to_owned(), flags, literal, groups, names, continues, engines: Default::default() })
    }

    /// Returns `true` if the pattern matches the whole text (`String.matches`).
    pub(crate) fn matches(&self, text: &str) -> Result<bool, Error> {
        match &self.literal {
            Some(literal) => Ok(literal == text),
            None => self.engine(texts_like(text), Purpose::Whole)?.is_match(text).map_err(too_hard),
        }
    }

    /// Replaces the first or all matches; returns `None` if there is no match.
    pub(crate) fn replace(&self, text: &str, replacement: &str, all: bool) -> Result<Option<String>, Error> {
        replacement::replace(self, text, replacement, all)
    }

    /// Splits a text as `Pattern.split` does.
    pub(crate) fn split(&self, text: &str, limit: i32) -> Result<Pieces, Error> {
        search::split(self, text, limit)
    }

    /// Returns the engine for a kind of text, compiled on first use.
    fn engine(&self, texts: Subject, used: Purpose) -> Result<&fancy_regex::Regex, Error> {
        let slot = used as usize * 2 + usize::from(texts == Subject::PlainText);
        let built = self.engines[slot].get_or_init(|| self.build(texts, used));
        built.as_ref().map_err(Clone::clone)
    }

    fn build(&self, texts: Subject, used: Purpose) -> Result<fancy_regex::Regex, Error> {
        let mut regex = translate(&self.source, self.flags, texts, !matches!(used, Purpose::Later))?.regex;
        if matches!(used, Purpose::Whole) {
            regex = format!("\\A(?:{regex})\\z");
        }
        fancy_regex::RegexBuilder::new(&regex).backtrack_limit(BACKTRACK_LIMIT).build().map_err(|e| {
            Error::new(Code::Unsupported, format!("the regular expression {} is not supported: {e}", self.source))
        })
    }
}

/// The pieces of a split text.
pub(crate) enum Pieces {
    /// Byte ranges of the text.
    Ranges(Vec<Range<usize>>),
    /// The pieces themselves, if an empty match split a surrogate pair.
    Texts(Vec<String>),
}

/// Returns the translation that is sufficient for `text`.
fn texts_like(text: &str) -> Subject {
    match text.is_ascii() && memchr::memchr2(b'\n', b'\r', text.as_bytes()).is_none() {
        true => Subject::PlainText,
        false => Subject::AnyText,
    }
}

/// Maximum number of backtracking steps of one match.
const BACKTRACK_LIMIT: usize = 1_000_000;

/// Creates the error of an engine that exceeded the backtracking limit.
fn too_hard(error: fancy_regex::Error) -> Error {
    Error::new(Code::PatternLimit, format!("{error}"))
}

/// Returns the text that a pattern matches if it has no metacharacters: `a,b` or `\.`.
fn plain_text(pattern: &str) -> Option<String> {
    let mut text = String::with_capacity(pattern.len());
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => text.push(chars.next().filter(char::is_ascii_punctuation)?),
            '.' | '[' | '{' | '(' | ')' | '*' | '+' | '?' | '^' | '$' | '|' => return None,
            _ => text.push(c),
        }
    }
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value as Json;

    /// Returns the name of a failure in the recordings.
    fn name(error: &Error) -> &'static str {
        match error.code() {
            Code::BadPattern => "!BadPattern",
            Code::JavaException if error.detail().starts_with("Index") => "!IndexOutOfBoundsException",
            Code::JavaException => "!IllegalArgumentException",
            _ => "!",
        }
    }

    /// Each row was recorded from Java 17: pattern, text, replacement; then the results of `matches`, `replaceAll`,
    /// `replaceFirst` and `split` with the limits 0, -1 and 2.
    #[test]
    fn patterns_do_what_java_does() {
        for line in include_str!("../../../corpus/patterns/java17.jsonl").lines() {
            let row: Vec<Json> = serde_json::from_str(line).unwrap();
            let given: Vec<&str> = row[..3].iter().filter_map(Json::as_str).collect();
            let [source, text, replacement] = given[..] else { panic!("{line}") };
            let pattern = Pattern::compile(source, 0);
            let run = |act: &dyn Fn(&Pattern) -> Result<Json, Error>| {
                pattern.as_ref().map_err(Clone::clone).and_then(act).unwrap_or_else(|e| name(&e).into())
            };
            let split = |limit| {
                run(&|p| {
                    Ok(match p.split(text, limit)? {
                        Pieces::Ranges(ranges) => ranges.into_iter().map(|range| &text[range]).collect(),
                        Pieces::Texts(texts) => texts.into_iter().collect(),
                    })
                })
            };
            let replace = |all| run(&|p| Ok(p.replace(text, replacement, all)?.unwrap_or(text.to_owned()).into()));
            let matches = run(&|p| Ok(p.matches(text)?.to_string().into()));
            let got = [matches, replace(true), replace(false), split(0), split(-1), split(2)];
            assert_eq!(got, row[3..], "{source:?} on {text:?}");
        }
    }

    #[test]
    fn long_texts_take_linear_time() {
        let text = "lorem, ipsum; ".repeat(40_000);
        for source in ["lorem", "[aeiou]", "\\b", "x*", "(?<=o)r"] {
            let pattern = Pattern::compile(source, 0).unwrap();
            assert!(pattern.replace(&text, "-", true).unwrap().is_some(), "{source}");
        }
    }

    #[test]
    fn backtracking_ends() {
        let pattern = Pattern::compile("(?=(a+)+$)b", 0).unwrap();
        let text = format!("{}é", "a".repeat(40));
        let codes = [pattern.replace(&text, "", true).map(|_| ()), pattern.matches(&text).map(|_| ())];
        assert!(codes.iter().all(|c| c.as_ref().err().is_none_or(|e| e.code() == Code::PatternLimit)), "{codes:?}");
    }
}
