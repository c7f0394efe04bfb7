//! Java's regular expressions (`java.util.regex`, Java 17) on top of `fancy-regex`.
//!
//! `'a.c'.replace('.', '-')` takes text, `replaceAll` a pattern. A pattern without
//! meaning in its characters is searched as text, at the speed of memory; others are
//! translated ([`translate`]) and found by the engine. The loops over all matches,
//! the pieces of a split and the replacement text (`$1`) are Java's own.
//!
//! Called by `builtins`; knows nothing of receivers and overloads.

mod blocks;
pub(crate) mod class;
mod replacement;
mod search;
mod translate;

use crate::error::{Code, Error};
use std::sync::OnceLock;
use std::ops::Range;
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
            None => self.engine(text, Use::Whole)?.is_match(text).map_err(too_hard),
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

    /// The engine for `text`, compiled when first needed.
    fn engine(&self, text: &str, used: Use) -> Result<&fancy_regex::Regex, Error> {
        let plain = text.is_ascii() && memchr::memchr2(b'\n', b'\r', text.as_bytes()).is_none();
        let texts = if plain { For::PlainText } else { For::AnyText };
        let slot = used as usize * 2 + usize::from(plain);
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
mod fuzz {
    use super::*;
    #[test]
    fn against_java() {
        let Ok(file) = std::env::var("PAT_CASES") else { return };
        let (mut good, mut unsupported) = (0, 0);
        let mut seen = std::collections::HashMap::new();
        for line in std::fs::read_to_string(file).unwrap().lines() {
            let case: Vec<serde_json::Value> = serde_json::from_str(line).unwrap();
            let s = |i: usize| case[i].as_str().unwrap();
            let err = |e: Error| match e.code() {
                Code::BadPattern => "!BadPattern".to_owned(),
                Code::JavaException if e.detail().starts_with("Index") => "!IndexOutOfBoundsException".to_owned(),
                Code::JavaException => "!IllegalArgumentException".to_owned(),
                Code::Unsupported => format!("?{}", e.detail()),
                _ => format!("{e}"),
            };
            let (p, t, x) = (s(0), s(1), s(2));
            let pattern = Pattern::compile(p, 0);
            let with = |f: &dyn Fn(&Pattern) -> Result<serde_json::Value, Error>| match &pattern {
                Ok(p) => f(p).unwrap_or_else(|e| err(e).into()),
                Err(e) => err(e.clone()).into(),
            };
            let split = |limit| with(&|p| {
                Ok(match p.split(t, limit)? {
                    Pieces::Ranges(r) => r.into_iter().map(|r| &t[r]).collect(),
                    Pieces::Texts(t) => t.into_iter().collect(),
                })
            });
            let got = [
                with(&|p| p.matches(t).map(|m| m.to_string().into())),
                with(&|p| Ok(p.replace(t, x, true)?.unwrap_or(t.to_owned()).into())),
                with(&|p| Ok(p.replace(t, x, false)?.unwrap_or(t.to_owned()).into())),
                split(0),
                split(-1),
                split(2),
            ];
            for (i, got) in got.iter().enumerate() {
                if got.as_str().is_some_and(|g| g.starts_with('?')) {
                    unsupported += 1;
                    let n = seen.entry(format!("U{p}")).or_insert(0);
                    *n += 1;
                    if *n == 1 { println!("UNSUP {p:?} {t:?} {got} java {}", case[3 + i]); }
                } else if *got == case[3 + i] {
                    good += 1;
                } else {
                    let n = seen.entry(p.to_owned()).or_insert(0);
                    *n += 1;
                    if *n == 1 { println!("DIFF {p:?} {t:?} {x:?} #{i} java {} ours {got}", case[3 + i]); }
                }
            }
        }
        println!("good {good} unsupported {unsupported}");
    }
}
