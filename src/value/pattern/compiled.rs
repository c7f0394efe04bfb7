//! A compiled pattern and its engines.
//!
//! An engine is a translation compiled by `fancy-regex`. It is made on first use, one for each purpose and kind of
//! text.

use super::translate::{Subject, Translated, flag, translate};
use crate::diagnostic::Code;
use crate::error::Error;
use std::sync::OnceLock;

/// A compiled Java pattern.
pub(crate) struct Pattern {
    source: String,
    flags: u32,
    /// The text that the pattern matches, if it has no metacharacters.
    pub(super) literal: Option<String>,
    pub(super) groups: usize,
    pub(super) names: Vec<(String, usize)>,
    /// The pattern contains `\G`.
    pub(super) continues: bool,
    /// The engines compiled so far, by [`Purpose`] and [`Subject`].
    engines: [OnceLock<Result<fancy_regex::Regex, Error>>; 6],
}

/// The purpose of an engine.
#[derive(Clone, Copy)]
pub(super) enum Purpose {
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

    /// Returns the engine for a kind of text, compiled on first use.
    pub(super) fn engine(&self, texts: Subject, used: Purpose) -> Result<&fancy_regex::Regex, Error> {
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

/// Returns the translation that is sufficient for `text`.
pub(super) fn texts_like(text: &str) -> Subject {
    match text.is_ascii() && memchr::memchr2(b'\n', b'\r', text.as_bytes()).is_none() {
        true => Subject::PlainText,
        false => Subject::AnyText,
    }
}

/// Maximum number of backtracking steps of one match.
const BACKTRACK_LIMIT: usize = 1_000_000;

/// Creates the error of an engine that exceeded the backtracking limit.
pub(super) fn too_hard(error: fancy_regex::Error) -> Error {
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
