//! A compiled pattern and its engines.
//!
//! An engine is a compiled translation: linear where the pattern allows it, otherwise of `fancy-regex`. It is made
//! on first use, one for each purpose and kind of text.

use super::linear::{self, Linear};
use super::nesting;
use super::translate::{Subject, Translated, flag, translate};
use crate::budget::Budget;
use crate::diagnostic::Code;
use crate::error::Error;
use crate::limits::Limits;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::OnceLock;

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

/// A translation, compiled.
struct Engine {
    regex: String,
    linear: Option<Linear>,
    /// Engines that backtrack, each with a higher limit: [`LIMITS`].
    backtracking: [OnceLock<Result<fancy_regex::Regex, Error>>; LIMITS.len()],
    /// A repetition without an upper bound, which may read to the end of the text at each place.
    is_unbounded: bool,
    /// States of the pattern with its bounded repetitions written out. A look-around runs as many at each place.
    size: usize,
}

/// A match: its range, and its groups if they were requested.
pub(super) struct Match {
    pub(super) range: Range<usize>,
    pub(super) groups: Vec<Option<Range<usize>>>,
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
        Pattern::compile_within(source, flags, &Budget::new(&Limits::service()))
    }

    /// Compiles a pattern on a budget.
    ///
    /// # Errors
    /// As [`compile`](Pattern::compile), and running out of the budget.
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
        let engine = self.engine(texts, used, budget)?;
        if let Some(linear) = &engine.linear
            && let Ok(found) = linear.find(text, from, budget)?
        {
            let Some(range) = found else { return Ok(None) };
            if !groups {
                return Ok(Some(Match { range, groups: Vec::new() }));
            }
            if let Ok(Some(groups)) = linear.groups(text, &range, budget)? {
                return Ok(Some(Match { range, groups }));
            }
        }
        self.backtrack(engine, text, from, groups, budget)
    }

    /// Finds a match by backtracking, with one limit after the other. Each is charged before it may be used up.
    fn backtrack(
        &self,
        engine: &Engine,
        text: &str,
        from: usize,
        groups: bool,
        budget: &Budget<'_>,
    ) -> Result<Option<Match>, Error> {
        let rest = text.len().saturating_sub(from);
        let each = 1 + engine.size / 8 + if engine.is_unbounded { rest / 8 } else { 0 };
        if let Some(linear) = &engine.linear {
            // It does not backtrack either, but looks at all states for each byte.
            budget.charge(rest.saturating_mul(1 + linear.states() / 8))?;
        }
        let mut last = Error::new(Code::PatternLimit, "no limit");
        for (limit, built) in LIMITS.iter().zip(&engine.backtracking) {
            budget.charge(limit.saturating_mul(each))?;
            if built.get().is_none() {
                budget.charge(engine.size * STEPS_PER_STATE)?;
                nesting::check(&engine.regex, budget)?;
            }
            let built = built.get_or_init(|| self.build(&engine.regex, *limit));
            match search(built.as_ref().map_err(Clone::clone)?, text, from, groups, self.groups) {
                Err(fancy_regex::Error::RuntimeError(fancy_regex::RuntimeError::BacktrackLimitExceeded)) => {
                    last = Error::new(Code::PatternLimit, "the regular expression backtracks too much");
                }
                other => return other.map_err(|error| Error::new(Code::PatternLimit, error.to_string())),
            }
        }
        Err(last)
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
        let size = expanded_size(&regex);
        if size > LARGEST {
            return Err(too_large(&self.source));
        }
        budget.charge(size * STEPS_PER_STATE)?;
        nesting::check(&regex, budget)?;
        let linear = match Linear::compile(&regex) {
            Ok(linear) => linear,
            Err(_) => {
                budget.charge(linear::LARGEST / BYTES_PER_STEP)?;
                return Err(too_large(&self.source));
            }
        };
        budget.charge(linear.as_ref().map_or(0, Linear::size) / BYTES_PER_STEP)?;
        let is_unbounded = regex.contains(['*', '+']) || regex.contains(",}");
        Ok(Engine { regex, linear, backtracking: Default::default(), is_unbounded, size })
    }

    fn build(&self, regex: &str, limit: usize) -> Result<fancy_regex::Regex, Error> {
        fancy_regex::RegexBuilder::new(regex).backtrack_limit(limit).build().map_err(|e| {
            Error::new(Code::Unsupported, format!("the regular expression {} is not supported: {e}", self.source))
        })
    }
}

/// Searches with an engine that backtracks.
fn search(
    engine: &fancy_regex::Regex,
    text: &str,
    from: usize,
    groups: bool,
    count: usize,
) -> Result<Option<Match>, fancy_regex::Error> {
    if !groups {
        let found = engine.find_from_pos(text, from)?;
        return Ok(found.map(|found| Match { range: found.range(), groups: Vec::new() }));
    }
    let Some(captures) = engine.captures_from_pos(text, from)? else { return Ok(None) };
    let Some(whole) = captures.get(0) else { return Ok(None) };
    let groups = (0..=count).map(|group| captures.get(group).map(|found| found.range())).collect();
    Ok(Some(Match { range: whole.range(), groups }))
}

/// Returns the error of a pattern whose automaton would be too large.
fn too_large(source: &str) -> Error {
    let shown: String = source.chars().take(80).collect();
    Error::new(Code::Unsupported, format!("the regular expression {shown} is too large"))
}

/// Estimates the number of states of a regular expression: its characters, those of repeated parts as often as
/// they are repeated.
fn expanded_size(regex: &str) -> usize {
    let bytes = regex.as_bytes();
    // The size of each open group, and that of the last atom of the innermost.
    let mut open = vec![0usize];
    let mut atom = 0;
    let mut at = 0;
    let add = |open: &mut Vec<usize>, size: usize| {
        if let Some(last) = open.last_mut() {
            *last = last.saturating_add(size);
        }
    };
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'\\' => {
                // A class of Unicode, such as `\p{L}`, has hundreds of ranges.
                atom = if matches!(bytes.get(at), Some(b'p' | b'P')) { 12 } else { 1 };
                at += 1;
                add(&mut open, atom);
            }
            b'[' => {
                let from = at;
                let mut depth = 1;
                while let (true, Some(&inside)) = (depth > 0, bytes.get(at)) {
                    match inside {
                        b'\\' => at += 1,
                        b'[' => depth += 1,
                        b']' if at > from => depth -= 1,
                        _ => {}
                    }
                    at += 1;
                }
                atom = 1 + (at - from) / 4;
                add(&mut open, atom);
            }
            b'(' => open.push(1),
            b')' => {
                atom = if open.len() > 1 { open.pop().unwrap_or(0) } else { 1 };
                add(&mut open, atom);
            }
            b'{' => {
                let end = memchr::memchr(b'}', bytes.get(at..).unwrap_or_default()).unwrap_or(0);
                let counts = regex.get(at..at + end).unwrap_or("");
                let most = counts.split(',').filter_map(|n| n.trim().parse::<usize>().ok()).max();
                if let Some(most) = most {
                    add(&mut open, atom.saturating_mul(most.saturating_sub(1)));
                    at += end + 1;
                }
            }
            _ => {
                atom = 1;
                add(&mut open, 1);
            }
        }
    }
    open.into_iter().fold(0, usize::saturating_add)
}

/// Returns the translation that is sufficient for `text`.
pub(super) fn texts_like(text: &str) -> Subject {
    match text.is_ascii() && memchr::memchr2(b'\n', b'\r', text.as_bytes()).is_none() {
        true => Subject::PlainText,
        false => Subject::AnyText,
    }
}

/// Limits of the backtracking steps of one match, tried one after the other.
const LIMITS: [usize; 10] = [4, 16, 64, 256, 1 << 10, 1 << 12, 1 << 14, 1 << 16, 1 << 18, 1_000_000];

/// Most states of a pattern.
const LARGEST: usize = 200_000;

/// Steps of compiling one state.
const STEPS_PER_STATE: usize = 28;

/// Bytes of an automaton that one step makes.
const BYTES_PER_STEP: usize = 4;

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
