//! A compiled pattern and its engines.
//!
//! An engine is a compiled translation: linear where the pattern allows it, otherwise backtracking. It is made
//! on first use, one for each purpose and kind of text.

use super::engine::{Engine, Match, too_large};
use super::linear;
use super::nesting;
use super::translate::{Subject, Translated, flag, translate};
use crate::budget::Budget;
use crate::error::Error;
use std::collections::HashMap;
use std::sync::OnceLock;

/// Steps of a search with an automaton, beside those of the bytes.
const STEPS_PER_SEARCH: usize = 6;

/// A compiled Java pattern.
pub(crate) struct Pattern {
    source: String,
    flags: u32,
    /// The text that the pattern matches, if it has no metacharacters.
    pub(super) literal: Option<String>,
    pub(super) groups: usize,
    pub(super) names: HashMap<String, usize>,
    /// The pattern contains `\G`.
    pub(super) continues: bool,
    /// The engines compiled so far, by [`Purpose`] and [`Subject`].
    engines: [OnceLock<Result<Engine, Error>>; 6],
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
    /// Compiles a pattern within the limits of a service.
    #[cfg(test)]
    pub(crate) fn compile(source: &str, flags: u32) -> Result<Pattern, Error> {
        Pattern::compile_within(source, flags, &Budget::new(&crate::limits::Limits::service()))
    }

    /// Compiles a pattern on a budget; `flags` are the bits of `java.util.regex.Pattern`.
    ///
    /// # Errors
    /// [`BadPattern`](crate::diagnostic::Code::BadPattern) where Java throws `PatternSyntaxException`,
    /// [`Unsupported`](crate::diagnostic::Code::Unsupported) for what cannot be expressed, and running out of the
    /// budget.
    pub(crate) fn compile_within(source: &str, flags: u32, budget: &Budget<'_>) -> Result<Pattern, Error> {
        let literal = if flags & !flag::LITERAL != 0 {
            None
        } else if flags == flag::LITERAL {
            Some(source.to_owned())
        } else {
            plain_text(source)
        };
        let Translated { groups, names, continues, .. } = match literal {
            Some(_) => Translated { regex: String::new(), names: HashMap::new(), groups: 0, continues: false },
            None => {
                nesting::check(source, budget)?;
                translate(source, flags, Subject::PlainText, true, budget)?
            }
        };
        Ok(Pattern { source: source.to_owned(), flags, literal, groups, names, continues, engines: Default::default() })
    }

    /// Returns `true` if the pattern matches the whole text (`String.matches`), on a budget.
    pub(crate) fn matches_within(&self, text: &str, budget: &Budget<'_>) -> Result<bool, Error> {
        match &self.literal {
            Some(literal) => Ok(literal == text),
            None => Ok(self.find(text, texts_like(text), 0, Purpose::Whole, false, budget)?.is_some()),
        }
    }

    /// Checks for the pattern without characters, which matches between all units.
    pub(super) fn is_empty(&self) -> bool {
        self.source.is_empty()
    }

    /// Finds the first match from a byte on; `groups` requests its groups.
    pub(super) fn find(
        &self,
        text: &str,
        texts: Subject,
        from: usize,
        used: Purpose,
        groups: bool,
        budget: &Budget<'_>,
    ) -> Result<Option<Match>, Error> {
        budget.charge(STEPS_PER_SEARCH)?;
        let groups = groups.then_some(self.groups);
        self.engine(texts, used, budget)?.find(text, from, groups, &self.source, budget)
    }

    /// Drops what searches left in caches, if it is much: for a pattern that is kept for long.
    pub(crate) fn trim(&self) {
        self.engines.iter().filter_map(|engine| engine.get()?.as_ref().ok()).for_each(Engine::trim);
    }

    /// Returns the engine for a kind of text, compiled on first use.
    fn engine(&self, texts: Subject, used: Purpose, budget: &Budget<'_>) -> Result<&Engine, Error> {
        let slot = used as usize * 2 + usize::from(texts == Subject::PlainText);
        let slot = &self.engines[slot];
        if slot.get().is_none() {
            let made = self.translated(texts, used, budget);
            if let Err(error) = &made
                && budget.check().is_err()
            {
                return Err(error.clone());
            }
            slot.get_or_init(|| made);
        }
        slot.get_or_init(|| Err(too_large(&self.source))).as_ref().map_err(Clone::clone)
    }

    fn translated(&self, texts: Subject, used: Purpose, budget: &Budget<'_>) -> Result<Engine, Error> {
        let mut regex = translate(&self.source, self.flags, texts, !matches!(used, Purpose::Later), budget)?.regex;
        if matches!(used, Purpose::Whole) {
            regex = format!("\\A(?:{regex})\\z");
        }
        Engine::compile(regex, &self.source, linear::LARGEST, budget)
    }
}

/// Returns the translation that is sufficient for `text`.
pub(super) fn texts_like(text: &str) -> Subject {
    match text.is_ascii() && memchr::memchr2(b'\n', b'\r', text.as_bytes()).is_none() {
        true => Subject::PlainText,
        false => Subject::AnyText,
    }
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
