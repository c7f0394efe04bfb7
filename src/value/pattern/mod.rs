//! Java's regular expressions (`java.util.regex`, Java 17) on top of `fancy-regex`.
//!
//! `'a.c'.replace('.', '-')` takes text, `replaceAll` a pattern. A pattern without
//! meaning in its characters is searched as text, at the speed of memory; others are
//! translated ([`translate`]) and found by the engine. The loops over all matches,
//! the pieces of a split and the replacement text (`$1`) are Java's own.
//!
//! Called by `builtins`; knows nothing of receivers and overloads.

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
use translate::{For, Translated, flag, translate};

/// A compiled pattern.
pub(crate) struct Pattern {
    source: String,
    flags: u32,
    /// The text it stands for, when it is plain text.
    literal: Option<String>,
    groups: usize,
    names: Vec<(String, usize)>,
    continues: bool,
    /// The ways it was compiled so far: see [`Use`].
    engines: [OnceLock<Result<fancy_regex::Regex, Error>>; 6],
}

/// What an engine is for.
#[derive(Clone, Copy)]
enum Use {
    Find,
    Whole,
    /// Find after the search left the end of the last match, where `\G` cannot match.
    Later,
}

impl Pattern {
    /// Compiles; `flags` are the bits of `java.util.regex.Pattern`.
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
            None => translate(source, flags, For::PlainText, true)?,
        };
        Ok(Pattern { source: source.to_owned(), flags, literal, groups, names, continues, engines: Default::default() })
    }

    /// `String.matches`: the whole text.
    pub(crate) fn matches(&self, text: &str) -> Result<bool, Error> {
        match &self.literal {
            Some(literal) => Ok(literal == text),
            None => self.engine(texts_like(text), Use::Whole)?.is_match(text).map_err(too_hard),
        }
    }

    /// The text with the first or all matches replaced; `None` when there is no match.
    pub(crate) fn replace(&self, text: &str, replacement: &str, all: bool) -> Result<Option<String>, Error> {
        replacement::replace(self, text, replacement, all)
    }

    /// `Pattern.split`: the byte ranges of the pieces. `Err` holds the pieces themselves when they are no
    /// parts of the text: an empty match between the halves of a surrogate pair makes such.
    pub(crate) fn split(&self, text: &str, limit: i32) -> Result<Pieces, Error> {
        search::split(self, text, limit)
    }

    /// The engine for such texts, compiled when first needed.
    fn engine(&self, texts: For, used: Use) -> Result<&fancy_regex::Regex, Error> {
        let slot = used as usize * 2 + usize::from(texts == For::PlainText);
        let built = self.engines[slot].get_or_init(|| self.build(texts, used));
        built.as_ref().map_err(Clone::clone)
    }

    fn build(&self, texts: For, used: Use) -> Result<fancy_regex::Regex, Error> {
        let mut regex = translate(&self.source, self.flags, texts, !matches!(used, Use::Later))?.regex;
        if matches!(used, Use::Whole) {
            regex = format!("\\A(?:{regex})\\z");
        }
        fancy_regex::RegexBuilder::new(&regex).backtrack_limit(BACKTRACK_LIMIT).build().map_err(|e| {
            Error::new(Code::Unsupported, format!("the regular expression {} cannot be had here: {e}", self.source))
        })
    }
}

/// What a text was split into.
pub(crate) enum Pieces {
    /// Parts of the text, by byte.
    Ranges(Vec<Range<usize>>),
    /// Parts of the text with some surrogate pairs taken apart.
    Texts(Vec<String>),
}

/// Which of the two ways a pattern is written serves `text`.
fn texts_like(text: &str) -> For {
    match text.is_ascii() && memchr::memchr2(b'\n', b'\r', text.as_bytes()).is_none() {
        true => For::PlainText,
        false => For::AnyText,
    }
}

const BACKTRACK_LIMIT: usize = 1_000_000;

/// An engine that gave up.
fn too_hard(error: fancy_regex::Error) -> Error {
    Error::new(Code::PatternLimit, format!("{error}"))
}

/// The text that a pattern stands for, if none of its characters means more: `a,b` or `\.`.
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

    /// What a failure is called in the recordings.
    fn name(error: &Error) -> &'static str {
        match error.code() {
            Code::BadPattern => "!BadPattern",
            Code::JavaException if error.detail().starts_with("Index") => "!IndexOutOfBoundsException",
            Code::JavaException => "!IllegalArgumentException",
            _ => "!",
        }
    }

    /// Each row was recorded from Java 17: pattern, text, replacement; then what `matches`, `replaceAll`,
    /// `replaceFirst` and `split` with the limits 0, -1 and 2 give.
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
