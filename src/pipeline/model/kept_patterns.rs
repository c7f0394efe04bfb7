//! The cost of a search by a pattern, and a store that limits the states of the patterns that an API keeps compiled.

use crate::budget::Budget;
use crate::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Steps of a search, whatever the text is.
pub(crate) const SEARCH: usize = 16;

/// Bytes of a state of a compiled pattern, roughly.
const STATE: usize = 64;

/// States that take as much memory as what any compiled pattern has, however small it is.
const LEAST: usize = 96;

/// Holds the memory of a compiled pattern.
///
/// # Errors
/// The error of the budget.
pub(crate) fn hold(states: usize, budget: &Budget<'_>) -> Result<(), Error> {
    budget.hold(bytes(states))
}

/// Gives back the memory of a pattern that was dropped.
pub(crate) fn release(states: usize, budget: &Budget<'_>) {
    budget.release(bytes(states));
}

fn bytes(states: usize) -> usize {
    states.saturating_add(LEAST).saturating_mul(STATE)
}

/// States that the patterns of one API may keep compiled: 256 MB. Patterns beyond are compiled in each call.
const KEPT: usize = (256 << 20) / STATE;

/// The states that are still left for patterns that are kept compiled, shared by all clones.
#[derive(Clone, Debug)]
pub(crate) struct KeptPatterns(Arc<AtomicUsize>);

impl Default for KeptPatterns {
    fn default() -> Self {
        KeptPatterns(Arc::new(AtomicUsize::new(KEPT)))
    }
}

impl KeptPatterns {
    /// Takes the states of a pattern; `false` if too many are kept already.
    pub(crate) fn keep(&self, states: usize) -> bool {
        let take = |left: usize| left.checked_sub(states.saturating_add(LEAST));
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::KeptPatterns;

    #[test]
    fn a_store_is_full_some_time() {
        let store = KeptPatterns::default();
        let kept = (0..1_000).filter(|_| store.keep(30_000)).count();
        assert!((100..200).contains(&kept), "{kept}");
        assert!(store.keep(10));
    }
}
