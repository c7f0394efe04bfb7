//! The time that searches for regular expressions take, in the visits of [`Visits`](crate::query::Visits).

use regex_automata::nfa::thompson::NFA;
use regex_automata::util::syntax;

/// Returns the number of states of a regular expression, with a class as one where it can be.
pub(crate) fn states(pattern: &str) -> usize {
    let bytes = NFA::compiler().syntax(syntax::Config::new().unicode(false).utf8(false)).build(pattern);
    let states = |automaton: NFA| automaton.states().len();
    bytes.ok().or_else(|| NFA::new(pattern).ok()).map_or(0, states)
}

/// Returns the visits in whose time so many states are looked at for each of so many bytes.
pub(crate) fn visits(states: usize, bytes: f64) -> f64 {
    const STATES_AND_BYTES: f64 = 50.0;
    states as f64 * bytes / STATES_AND_BYTES
}

#[cfg(test)]
mod tests {
    use super::states;

    #[test]
    fn counted_repetitions_have_a_state_each() {
        assert!((900..3_000).contains(&states("a[ab]{900}c")));
        assert!(states(r"^\w+ \d{4}-\d\d \S+$") < 60);
        assert!(states(r"\p{Lu}+") > 10 && states("(") == 0);
    }
}
