//! A regular expression, compiled: linear where an automaton can match it, otherwise backtracking.

use super::backtrack::{self, Backtracking};
use super::linear::{Linear, STEPS_PER_STATE};
use super::nesting;
use crate::budget::Budget;
use crate::diagnostic::Code;
use crate::error::Error;
use std::fmt;
use std::ops::Range;
use std::sync::OnceLock;

/// A compiled regular expression.
pub(crate) struct Engine {
    regex: String,
    linear: Option<Linear>,
    /// Compiled on first use.
    backtracking: OnceLock<Option<Backtracking>>,
    /// States of the pattern with its bounded repetitions written out.
    size: usize,
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Engine({:?})", self.regex)
    }
}

/// A match: its range, and its groups if they were requested.
pub(super) struct Match {
    pub(super) range: Range<usize>,
    pub(super) groups: Vec<Option<Range<usize>>>,
}

impl Engine {
    /// Compiles a regular expression whose automaton may have `largest` bytes; `source` is what errors call it.
    ///
    /// # Errors
    /// [`Code::Unsupported`] for one that is too large, and running out of the budget. One that cannot be expressed
    /// is found by a search.
    pub(crate) fn compile(regex: String, source: &str, largest: usize, budget: &Budget<'_>) -> Result<Engine, Error> {
        let size = expanded_size(&regex);
        if size > LARGEST {
            return Err(too_large(source));
        }
        budget.charge(size * STEPS_PER_STATE)?;
        nesting::check(&regex, budget)?;
        let Ok(linear) = Linear::compile(&regex, largest) else {
            budget.charge(largest / BYTES_PER_STEP)?;
            return Err(too_large(source));
        };
        budget.charge(linear.as_ref().map_or(0, Linear::size) / BYTES_PER_STEP)?;
        Ok(Engine { regex, linear, backtracking: OnceLock::new(), size })
    }

    /// Checks whether a match is anywhere in a text.
    ///
    /// # Errors
    /// As [`find`](Engine::find).
    pub(crate) fn is_match(&self, text: &str, source: &str, budget: &Budget<'_>) -> Result<bool, Error> {
        if let Some(linear) = &self.linear
            && let Ok(found) = linear.is_match(text, budget)?
        {
            return Ok(found.is_some());
        }
        Ok(self.search(text, 0, None, source, budget)?.is_some())
    }

    /// Finds the first match from a byte on, with so many groups if they are requested.
    ///
    /// # Errors
    /// [`Code::Unsupported`] for what cannot be expressed, [`Code::PatternLimit`] for too much backtracking,
    /// and running out of the budget.
    pub(super) fn find(
        &self,
        text: &str,
        from: usize,
        groups: Option<usize>,
        source: &str,
        budget: &Budget<'_>,
    ) -> Result<Option<Match>, Error> {
        if let Some(linear) = &self.linear
            && let Ok(found) = linear.find(text, from, budget)?
        {
            let Some(range) = found else { return Ok(None) };
            if groups.is_none() {
                return Ok(Some(Match { range, groups: Vec::new() }));
            }
            // This is paid for what it does. Where that is too much, the ways are followed all at once.
            let found = self.backtrack(text, range.start, groups, source, budget);
            if found.as_ref().is_err_and(|error| error.code() == Code::PatternLimit)
                && let Ok(Some(groups)) = linear.groups(text, &range, budget)?
            {
                return Ok(Some(Match { range, groups }));
            }
            return found;
        }
        self.search(text, from, groups, source, budget)
    }

    /// Drops what searches left in caches, if it is much: for an engine that is kept for long.
    pub(crate) fn trim(&self) {
        if let Some(linear) = &self.linear {
            linear.trim();
        }
    }

    /// Finds a match without the fast automata.
    fn search(
        &self,
        text: &str,
        from: usize,
        groups: Option<usize>,
        source: &str,
        budget: &Budget<'_>,
    ) -> Result<Option<Match>, Error> {
        if let Some(linear) = &self.linear
            && let Ok(found) = linear.find_slowly(text, from, budget)?
        {
            let Some(all) = found else { return Ok(None) };
            return Ok(matched(all, groups));
        }
        self.backtrack(text, from, groups, source, budget)
    }

    /// Finds a match by trying one way after the other.
    fn backtrack(
        &self,
        text: &str,
        from: usize,
        groups: Option<usize>,
        source: &str,
        budget: &Budget<'_>,
    ) -> Result<Option<Match>, Error> {
        if self.backtracking.get().is_none() {
            budget.charge(self.size * STEPS_PER_STATE)?;
            nesting::check(&self.regex, budget)?;
        }
        let Some(backtracking) = self.backtracking.get_or_init(|| Backtracking::compile(&self.regex)) else {
            return Err(Error::new(Code::Unsupported, format!("the regular expression {source} is not supported")));
        };
        let found = backtracking.find(text, from, groups.unwrap_or(0), budget)?;
        Ok(found.and_then(|all| matched(all, groups)))
    }
}

/// Returns a match of the ranges of the whole and its groups.
fn matched(all: Vec<Option<Range<usize>>>, groups: Option<usize>) -> Option<Match> {
    let range = all.first()?.clone()?;
    Some(Match { range, groups: if groups.is_some() { all } else { Vec::new() } })
}

/// Checks whether a regular expression is valid, on a budget. One that is too large is not read: its first search
/// says so.
///
/// # Errors
/// The error of the budget.
pub(crate) fn is_valid(regex: &str, budget: &Budget<'_>) -> Result<bool, Error> {
    budget.charge(VALIDATION + regex.len() * STEPS_PER_BYTE)?;
    if expanded_size(regex) > LARGEST {
        return Ok(true);
    }
    nesting::check(regex, budget)?;
    Ok(regex_syntax::parse(regex).is_ok() || backtrack::is_valid(regex))
}

/// Returns the error of a pattern whose automaton would be too large.
pub(super) fn too_large(source: &str) -> Error {
    let shown: String = source.chars().take(80).collect();
    Error::new(Code::Unsupported, format!("the regular expression {shown} is too large"))
}

/// Estimates the number of states of a regular expression: its characters, those of repeated parts as often as
/// they are repeated.
pub(crate) fn expanded_size(regex: &str) -> usize {
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

/// Most states of a pattern.
const LARGEST: usize = 200_000;

/// Bytes of an automaton that one step makes.
const BYTES_PER_STEP: usize = 4;

/// Steps of checking whether a regular expression is valid, and of each of its bytes.
const VALIDATION: usize = 40;
const STEPS_PER_BYTE: usize = 8;

#[cfg(test)]
mod tests {
    use super::{Engine, expanded_size, is_valid};
    use crate::budget::Budget;
    use crate::diagnostic::Code;

    /// Reading one of megabytes could not be interrupted.
    #[test]
    fn a_pattern_that_is_too_large_is_an_error_of_its_search() {
        let budget = Budget::unlimited();
        assert!(is_valid("a(b", &budget).is_ok_and(|valid| !valid));
        let large = "(".repeat(300_000);
        assert!(is_valid(&large, &budget).is_ok_and(|valid| valid));
        let error = Engine::compile(large, "(", 1 << 20, &budget).unwrap_err();
        assert_eq!(error.code(), Code::Unsupported);
    }

    #[test]
    fn counted_repetitions_multiply() {
        assert_eq!(expanded_size("abc"), 3);
        assert!((300..500).contains(&expanded_size("(ab{1,99}){3}c")));
        assert!((29_000..31_000).contains(&expanded_size("((a{1,99}){1,99}){1,3}")));
        assert!((1_000..4_000).contains(&expanded_size("[^x]{1,1000}x")));
        assert!(expanded_size("a{99999}".repeat(4).as_str()) >= 399_996);
        assert!(expanded_size("((((((((((a{99}){99}){99}){99}){99}){99}){99}){99}){99}){99}){99}") > 1 << 40);
        for odd in ["", "(", ")", "{", "}", "[", "\\", "a{", "a{,}", "({3})", "[]", "é{2}"] {
            assert!(expanded_size(odd) < 30, "{odd}");
        }
    }
}
