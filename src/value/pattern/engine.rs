//! A regular expression in the words of `fancy-regex`, compiled: linear where it allows that, otherwise backtracking.

use super::linear::Linear;
use super::nesting;
use super::run::Run;
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
    /// Engines that backtrack, each with a higher limit: [`LIMITS`].
    backtracking: [OnceLock<Result<fancy_regex::Regex, Error>>; LIMITS.len()],
    /// The estimate of what backtracking takes; `None` where the linear engine is used.
    run: Option<Run>,
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
    /// [`Code::Unsupported`] for one that is too large, and running out of the budget. What `fancy-regex` cannot
    /// express is found by a search.
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
        let run = if linear.is_none() { Run::of(&regex) } else { None };
        Ok(Engine { regex, linear, backtracking: Default::default(), run, size })
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
        Ok(self.backtrack(text, 0, None, &LIMITS[..FEWER], source, budget)?.is_some())
    }

    /// Finds the first match from a byte on, with so many groups if they are requested.
    ///
    /// # Errors
    /// [`Code::Unsupported`] for what `fancy-regex` cannot express, [`Code::PatternLimit`] for too much backtracking,
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
            if let Ok(Some(groups)) = linear.groups(text, &range, budget)? {
                return Ok(Some(Match { range, groups }));
            }
        }
        self.backtrack(text, from, groups, &LIMITS, source, budget)
    }

    /// Drops what searches left in caches, if it is much: for an engine that is kept for long.
    pub(crate) fn trim(&self) {
        if let Some(linear) = &self.linear {
            linear.trim();
        }
    }

    /// Finds a match by backtracking, with one limit after the other. Each is charged before it may be used up.
    fn backtrack(
        &self,
        text: &str,
        from: usize,
        groups: Option<usize>,
        limits: &[usize],
        source: &str,
        budget: &Budget<'_>,
    ) -> Result<Option<Match>, Error> {
        let rest = text.len().saturating_sub(from);
        // A look-behind reads what is before.
        let each = self.run.as_ref().map_or(1, |run| run.each(text.len()));
        if let Some(linear) = &self.linear {
            // It does not backtrack either, but looks at all states for each byte.
            budget.charge(rest.saturating_mul(1 + linear.states() / 8))?;
        }
        let mut last = Error::new(Code::PatternLimit, "no limit");
        for (limit, built) in limits.iter().zip(&self.backtracking) {
            budget.charge(limit.saturating_mul(each))?;
            if built.get().is_none() {
                budget.charge(self.size * STEPS_PER_STATE)?;
                nesting::check(&self.regex, budget)?;
            }
            let built = built.get_or_init(|| self.build(source, *limit));
            let turns = |matched: usize| self.run.as_ref().map_or(0, |run| run.turns(matched, text.len()));
            budget.reserve(turns(rest))?;
            let found = search(built.as_ref().map_err(Clone::clone)?, text, from, groups);
            if let Ok(Some(found)) = &found {
                budget.charge(turns(found.range.len()))?;
            }
            match found {
                Err(fancy_regex::Error::RuntimeError(fancy_regex::RuntimeError::BacktrackLimitExceeded)) => {
                    last = Error::new(Code::PatternLimit, "the regular expression backtracks too much");
                }
                other => return other.map_err(|error| Error::new(Code::PatternLimit, error.to_string())),
            }
        }
        Err(last)
    }

    fn build(&self, source: &str, limit: usize) -> Result<fancy_regex::Regex, Error> {
        fancy_regex::RegexBuilder::new(&self.regex).backtrack_limit(limit).build().map_err(|e| {
            Error::new(Code::Unsupported, format!("the regular expression {source} is not supported: {e}"))
        })
    }
}

/// Checks whether a regular expression is valid, on a budget.
///
/// # Errors
/// The error of the budget.
pub(crate) fn is_valid(regex: &str, budget: &Budget<'_>) -> Result<bool, Error> {
    budget.charge(VALIDATION + regex.len() * STEPS_PER_BYTE)?;
    nesting::check(regex, budget)?;
    Ok(regex_syntax::parse(regex).is_ok() || fancy_regex::Expr::parse_tree(regex).is_ok())
}

/// Searches with an engine that backtracks.
fn search(
    engine: &fancy_regex::Regex,
    text: &str,
    from: usize,
    groups: Option<usize>,
) -> Result<Option<Match>, fancy_regex::Error> {
    let Some(count) = groups else {
        let found = engine.find_from_pos(text, from)?;
        return Ok(found.map(|found| Match { range: found.range(), groups: Vec::new() }));
    };
    let Some(captures) = engine.captures_from_pos(text, from)? else { return Ok(None) };
    let Some(whole) = captures.get(0) else { return Ok(None) };
    let groups = (0..=count).map(|group| captures.get(group).map(|found| found.range())).collect();
    Ok(Some(Match { range: whole.range(), groups }))
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

/// Limits of the backtracking steps of one match, tried one after the other.
const LIMITS: [usize; 10] = [4, 16, 64, 256, 1 << 10, 1 << 12, 1 << 14, 1 << 16, 1 << 18, 1_000_000];

/// The limits of a pattern of a schema: 65,536 backtracks.
const FEWER: usize = 8;

/// Most states of a pattern.
const LARGEST: usize = 200_000;

/// Steps of compiling one state.
const STEPS_PER_STATE: usize = 28;

/// Bytes of an automaton that one step makes.
const BYTES_PER_STEP: usize = 4;

/// Steps of checking whether a regular expression is valid, and of each of its bytes.
const VALIDATION: usize = 40;
const STEPS_PER_BYTE: usize = 8;

#[cfg(test)]
mod tests {
    use super::expanded_size;

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
