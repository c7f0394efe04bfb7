//! The time that searches for regular expressions take, in the visits of [`Visits`](crate::query::Visits).

use regex::Regex;
use regex_automata::nfa::thompson::NFA;
use regex_automata::util::syntax;

/// Most bytes of the automaton of a pattern.
const LARGEST: usize = 10 << 20;

/// Returns the number of states of a regular expression, with a class as one where it can be.
///
/// # Errors
/// The reason why it does not compile.
pub(crate) fn states(pattern: &str) -> Result<usize, String> {
    let limits = || NFA::config().nfa_size_limit(Some(LARGEST));
    let bytes = syntax::Config::new().unicode(false).utf8(false);
    let automaton = NFA::compiler().configure(limits()).syntax(bytes).build(pattern).ok();
    let automaton = automaton.or_else(|| NFA::compiler().configure(limits()).build(pattern).ok());
    let wrong = || Regex::new(pattern).err().map_or_else(|| "it is too large".to_owned(), |error| error.to_string());
    automaton.map(|automaton| automaton.states().len()).ok_or_else(wrong)
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
        assert!((900..3_000).contains(&states("a[ab]{900}c").unwrap()));
        assert!(states(r"^\w+ \d{4}-\d\d \S+$").unwrap() < 60);
        assert!(states(r"\p{Lu}+").unwrap() > 10 && states("(").unwrap_err().contains("unclosed group"));
        assert!(states("a{1000}{1000}{1000}").is_err());
    }
}
