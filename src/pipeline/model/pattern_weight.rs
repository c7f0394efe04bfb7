//! The size of a regular expression once its counted repetitions are written out, and a store that limits how
//! many large ones are kept compiled.

use crate::budget::Budget;
use crate::error::Error;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The number of states that a compiled pattern has, roughly: `(a{1,99}b){2}` has 200.
pub(crate) fn weight(source: &str) -> usize {
    // The states of each open group, and of the last part of it, which a repetition multiplies.
    let mut open: Vec<(usize, usize)> = vec![(0, 0)];
    let mut rest = source;
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        let part = match c {
            '(' => {
                open.push((0, 0));
                continue;
            }
            ')' if open.len() > 1 => open.pop().map_or(1, |(sum, last)| sum.saturating_add(last).max(1)),
            '{' => {
                let (inside, after) = rest.split_once('}').unwrap_or((rest, ""));
                let counts = inside.split(',').filter_map(|count| count.trim().parse::<usize>().ok());
                match counts.max() {
                    Some(most) => {
                        rest = after;
                        if let Some((_, last)) = open.last_mut() {
                            *last = last.saturating_mul(most.max(1));
                        }
                        continue;
                    }
                    None => 1,
                }
            }
            '\\' => {
                let escaped = rest.chars().next().map_or(0, char::len_utf8);
                rest = &rest[escaped..];
                // A class of Unicode has many ranges.
                8
            }
            '[' => {
                let end = rest.char_indices().skip(1).find(|(_, c)| *c == ']').map_or(rest.len(), |(at, _)| at);
                rest = &rest[end..];
                8
            }
            _ => 1,
        };
        if let Some((sum, last)) = open.last_mut() {
            *sum = sum.saturating_add(*last);
            *last = part;
        }
    }
    open.into_iter().fold(1, |all, (sum, last)| all.saturating_add(sum).saturating_add(last))
}

/// Bytes of a state of a compiled pattern, roughly.
const STATE: usize = 64;

/// States that take as long and as much memory as what any compiled pattern has, however small it is.
const LEAST: usize = 96;

/// Charges the steps and the memory of compiling a pattern.
///
/// # Errors
/// The error of the budget.
pub(crate) fn charge_compile(weight: usize, budget: &Budget<'_>) -> Result<(), Error> {
    let states = weight.saturating_add(LEAST);
    budget.charge(states.saturating_mul(20))?;
    budget.hold(states.saturating_mul(STATE))
}

/// Gives back the memory of a pattern that was dropped.
pub(crate) fn release_compile(weight: usize, budget: &Budget<'_>) {
    budget.release(weight.saturating_add(LEAST).saturating_mul(STATE));
}

/// Steps of a search, whatever the text is.
const SEARCH: usize = 8;

/// States of a pattern that is large.
const LARGE: usize = 1_000;

/// Charges the steps of searching a text, which takes each state at each character at worst.
///
/// # Errors
/// The error of the budget.
pub(crate) fn charge_search(weight: usize, bytes: usize, budget: &Budget<'_>) -> Result<(), Error> {
    // The states that a small one has at a character are known again at most characters; those of a large one are
    // too many to keep.
    let per_step = if weight < LARGE { 32 } else { 8 };
    budget.charge(SEARCH + bytes / 16 + weight.min(1 << 20).saturating_mul(bytes) / per_step)
}

/// States that the patterns of one API may keep compiled: 256 MB. Patterns beyond are compiled in each call.
const KEPT: usize = (256 << 20) / STATE;

/// The states that are still left for patterns that are kept compiled.
#[derive(Debug)]
pub(crate) struct PatternStore(AtomicUsize);

impl Default for PatternStore {
    fn default() -> Self {
        PatternStore(AtomicUsize::new(KEPT))
    }
}

impl PatternStore {
    /// Takes the states of a pattern; `false` if too many are kept already.
    pub(crate) fn keep(&self, weight: usize) -> bool {
        let take = |left: usize| left.checked_sub(weight.saturating_add(LEAST));
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::{PatternStore, weight};

    #[test]
    fn counted_repetitions_multiply() {
        assert_eq!(weight("abc"), 4);
        assert!((300..500).contains(&weight("(ab{1,99}){3}c")));
        assert!((29_000..30_000).contains(&weight("((a{1,99}){1,99}){1,3}")));
        assert!(weight("a{99999}".repeat(4).as_str()) >= 399_996);
        assert!(weight("((((((((((a{99}){99}){99}){99}){99}){99}){99}){99}){99}){99}){99}") > 1 << 40);
        for odd in ["", "(", ")", "{", "}", "[", "\\", "a{", "a{,}", "({3})", "[]", "é{2}"] {
            assert!(weight(odd) < 30, "{odd}");
        }
    }

    #[test]
    fn a_store_is_full_some_time() {
        let store = PatternStore::default();
        let kept = (0..1_000).filter(|_| store.keep(30_000)).count();
        assert!((100..200).contains(&kept), "{kept}");
        assert!(store.keep(10));
    }
}
