//! The linear engine: patterns without look-around and references to groups, by lazily built automata.
//!
//! Each byte is looked at once for the end of a match and once for its start, and is charged, which no
//! other engine allows: a search can be cancelled, and one that reads to the end for each match is
//! noticed.

use crate::budget::Budget;
use crate::error::Error;
use regex_automata::hybrid::LazyStateID;
use regex_automata::hybrid::dfa::{Cache, DFA};
use regex_automata::nfa::thompson;
use regex_automata::{Anchored, Input, MatchKind, meta};
use regex_syntax::hir::Hir;
use std::cell::RefCell;
use std::ops::Range;
use std::sync::{Mutex, OnceLock, PoisonError};

/// Largest automaton in bytes.
pub(super) const LARGEST: usize = 1 << 20;

/// Bytes that are looked at between two charges, at most.
const LARGEST_BLOCK: usize = 512;

/// States of the automaton that are looked at between two charges, about: a new transition may look at all.
const STATES_PER_BLOCK: usize = 1 << 16;

/// Bytes with known transitions that one step pays for.
const BYTES_PER_STEP: usize = 8;

/// States of an automaton that one step makes room for in a new cache.
const STATES_PER_STEP: usize = 16;

/// Parts of the largest state so far that one step looks at for a new transition.
const PARTS_PER_STEP: usize = 2;

/// Bytes of an automaton that one step makes.
const BYTES_BUILT_PER_STEP: usize = 4;

/// Bytes of the caches of a search that are kept for the next, by [`Linear::trim`].
const LARGEST_KEPT: usize = 32 << 10;

/// Bytes of a state beside its transitions and parts.
const BESIDE: usize = 48;

/// Bytes of new automaton states that one step pays for.
const NEW_BYTES_PER_STEP: usize = 5;

/// A pattern as two automata: one for the end of a match and one for its start.
pub(super) struct Linear {
    regex: String,
    /// Largest automaton in bytes.
    largest: usize,
    forward: DFA,
    /// Built for the first match whose start is needed; `None` if it is too large.
    backward: OnceLock<Option<DFA>>,
    /// Caches that no search uses now.
    caches: Mutex<Vec<Caches>>,
    /// The engine that follows all ways at once.
    slow: OnceLock<Option<meta::Regex>>,
    /// Starts and ends of the whole and of its groups.
    slots: usize,
}

struct Caches {
    forward: Known,
    backward: Option<Known>,
}

/// The states and transitions of an automaton that are known so far.
struct Known {
    cache: Cache,
    /// The transitions that are not known, at most.
    unknown: usize,
    /// Bytes of the largest state.
    widest: usize,
}

impl Known {
    fn new(dfa: &DFA) -> Known {
        Known { cache: dfa.create_cache(), unknown: 0, widest: 0 }
    }

    /// Returns the state where a search starts.
    fn start(
        &mut self,
        dfa: &DFA,
        budget: &Budget<'_>,
        start: impl FnOnce(&DFA, &mut Cache) -> Option<LazyStateID>,
    ) -> Result<Option<LazyStateID>, Error> {
        let before = self.cache.memory_usage();
        let state = start(dfa, &mut self.cache);
        self.pay(dfa, before, budget)?;
        Ok(state)
    }

    /// Follows a byte; `None` if there would be too many states.
    #[inline]
    fn follow(
        &mut self,
        dfa: &DFA,
        state: LazyStateID,
        byte: u8,
        budget: &Budget<'_>,
    ) -> Result<Option<LazyStateID>, Error> {
        if !state.is_tagged() {
            let next = dfa.next_state_untagged(&self.cache, state, byte);
            if !next.is_unknown() {
                return Ok(Some(next));
            }
        } else if self.unknown == 0 {
            return Ok(dfa.next_state(&mut self.cache, state, byte).ok());
        }
        self.discover(dfa, state, byte, budget)
    }

    /// Follows a byte by a transition that may not be known: it looks at all parts of its states.
    #[cold]
    fn discover(
        &mut self,
        dfa: &DFA,
        state: LazyStateID,
        byte: u8,
        budget: &Budget<'_>,
    ) -> Result<Option<LazyStateID>, Error> {
        budget.charge(1 + (self.widest / PARTS_PER_STEP).min(dfa.get_nfa().states().len()))?;
        let before = self.cache.memory_usage();
        let next = dfa.next_state(&mut self.cache, state, byte).ok();
        self.unknown = self.unknown.saturating_sub(1);
        self.pay(dfa, before, budget)?;
        Ok(next)
    }

    /// Charges for the states that were added to the cache.
    fn pay(&mut self, dfa: &DFA, before: usize, budget: &Budget<'_>) -> Result<(), Error> {
        let now = self.cache.memory_usage();
        // A cache that was cleared was full before.
        let new = if now >= before { now - before } else { now + CACHE };
        if new > 0 {
            let transitions = dfa.byte_classes().alphabet_len().next_power_of_two() * size_of::<LazyStateID>();
            self.unknown = if now >= before { self.unknown } else { 0 } + new / size_of::<LazyStateID>();
            self.widest = self.widest.max(new.min(CACHE).saturating_sub(transitions + BESIDE));
        }
        budget.charge(new / NEW_BYTES_PER_STEP)
    }

    fn size(&self) -> usize {
        self.cache.memory_usage()
    }
}

/// A search that this engine cannot do: a Unicode word boundary in a text beyond ASCII, or with too many states.
pub(super) struct Unsuited;

/// A regular expression whose automaton would be too large.
pub(super) struct TooLarge;

/// The result of a search: a range, nothing, or that another engine must search.
type Found<T> = Result<Result<Option<T>, Unsuited>, Error>;

impl Linear {
    /// Compiles a regular expression whose automaton may have `largest` bytes; `None` if it needs another engine.
    pub(super) fn compile(regex: &str, largest: usize) -> Result<Option<Linear>, TooLarge> {
        let Ok(parsed) = regex_syntax::parse(regex) else { return Ok(None) };
        let slots = 2 * (1 + parsed.properties().explicit_captures_len());
        let Some(forward) = build(&parsed, false, largest) else { return Err(TooLarge) };
        drop(parsed);
        let (regex, backward, caches, slow) = (regex.to_owned(), OnceLock::new(), Mutex::default(), OnceLock::new());
        Ok(Some(Linear { regex, largest, forward, backward, caches, slow, slots }))
    }

    /// Finds the first match from a byte on.
    pub(super) fn find(&self, text: &str, from: usize, budget: &Budget<'_>) -> Found<Range<usize>> {
        self.with_caches(budget, |caches| self.range(text, from, caches, budget))
    }

    /// Returns the end of some match if there is one.
    pub(super) fn is_match(&self, text: &str, budget: &Budget<'_>) -> Found<usize> {
        self.with_caches(budget, |caches| end(&self.forward, &mut caches.forward, text.as_bytes(), 0, true, budget))
    }

    /// Runs a search with caches that no other search uses.
    fn with_caches<T>(
        &self,
        budget: &Budget<'_>,
        search: impl FnOnce(&mut Caches) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let known = self.caches.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut caches = match known {
            Some(caches) => caches,
            None => {
                budget.charge(self.states() / STATES_PER_STEP)?;
                Caches { forward: Known::new(&self.forward), backward: None }
            }
        };
        let found = search(&mut caches);
        self.caches.lock().unwrap_or_else(PoisonError::into_inner).push(caches);
        found
    }

    /// Drops caches that are large.
    pub(super) fn trim(&self) {
        let is_small =
            |caches: &Caches| caches.forward.size() + caches.backward.as_ref().map_or(0, Known::size) <= LARGEST_KEPT;
        self.caches.lock().unwrap_or_else(PoisonError::into_inner).retain(is_small);
    }

    fn range(&self, text: &str, from: usize, caches: &mut Caches, budget: &Budget<'_>) -> Found<Range<usize>> {
        let end = match end(&self.forward, &mut caches.forward, text.as_bytes(), from, false, budget)? {
            Ok(Some(end)) => end,
            other => return Ok(other.map(|_| None)),
        };
        if self.backward.get().is_none() {
            // It is about as large as the other.
            budget.charge(self.size() / BYTES_BUILT_PER_STEP)?;
        }
        let built = || build(&regex_syntax::parse(&self.regex).ok()?, true, self.largest);
        let Some(backward) = self.backward.get_or_init(built) else {
            return Ok(Err(Unsuited));
        };
        let known = caches.backward.get_or_insert_with(|| Known::new(backward));
        let start = match start(backward, known, text.as_bytes(), from..end, budget)? {
            Ok(Some(start)) => start,
            _ => return Ok(Err(Unsuited)),
        };
        // An empty match inside of a character.
        if !text.is_char_boundary(start) || !text.is_char_boundary(end) {
            return Ok(Err(Unsuited));
        }
        Ok(Ok(Some(start..end)))
    }

    /// Returns the size of the automaton in bytes.
    pub(super) fn size(&self) -> usize {
        self.forward.get_nfa().memory_usage()
    }

    /// Returns the number of states that a search may look at for each byte.
    pub(super) fn states(&self) -> usize {
        self.forward.get_nfa().states().len()
    }

    /// Finds the groups of a match at a range that [`find`](Linear::find) returned, in a time that its ways do not
    /// multiply.
    pub(super) fn groups(
        &self,
        text: &str,
        range: &Range<usize>,
        budget: &Budget<'_>,
    ) -> Found<Vec<Option<Range<usize>>>> {
        let input = Input::new(text).range(range.clone()).anchored(Anchored::Yes);
        match self.captures(&input, budget)? {
            Ok(Some(groups)) if groups.first() == Some(&Some(range.clone())) => Ok(Ok(Some(groups))),
            _ => Ok(Err(Unsuited)),
        }
    }

    /// Finds the first match from a byte on, and its groups, where [`find`](Linear::find) is unsuited.
    pub(super) fn find_slowly(&self, text: &str, from: usize, budget: &Budget<'_>) -> Found<Vec<Option<Range<usize>>>> {
        self.captures(&Input::new(text).range(from..), budget)
    }

    /// Finds a match and its groups, if that does not take long: it cannot be interrupted. For each byte it may look at
    /// all states and copy the slots of each, for which it keeps two tables.
    fn captures(&self, input: &Input<'_>, budget: &Budget<'_>) -> Found<Vec<Option<Range<usize>>>> {
        let states = self.states() + self.slots;
        let cells = states.saturating_mul(self.slots);
        let looked_at = states / STATES_FOLLOWED_PER_STEP + cells / SLOTS_PER_STEP;
        let steps = (1 + input.get_range().len()).saturating_mul(1 + looked_at);
        if steps > MOST_AT_ONCE || cells > MOST_CELLS {
            return Ok(Err(Unsuited));
        }
        if self.slow.get().is_none() {
            budget.charge(states * STEPS_PER_STATE)?;
        }
        budget.charge(steps)?;
        let engine = self.slow.get_or_init(|| {
            let config = meta::Config::new().nfa_size_limit(Some(self.largest)).hybrid(false).onepass(false);
            meta::Builder::new().configure(config).build(&self.regex).ok()
        });
        let Some(engine) = engine else { return Ok(Err(Unsuited)) };
        let mut captures = engine.create_captures();
        engine.search_captures(input, &mut captures);
        let group = |at| captures.get_group(at).map(|span| span.start..span.end);
        Ok(Ok(captures.is_match().then(|| (0..captures.group_len()).map(group).collect())))
    }
}

/// Builds the automaton that finds the end of a match, or the start; `None` if it is too large.
fn build(regex: &Hir, backward: bool, largest: usize) -> Option<DFA> {
    thread_local! {
        // Classes beyond ASCII take a table of 400 KB, which a compiler keeps.
        static COMPILER: RefCell<thompson::Compiler> = RefCell::new(thompson::Compiler::new());
    }
    let config = DFA::config()
        .unicode_word_boundary(true)
        .skip_cache_capacity_check(true)
        // Then each byte makes a state of its own, and other engines are as fast.
        .minimum_cache_clear_count(Some(4))
        .minimum_bytes_per_state(Some(8))
        .match_kind(if backward { MatchKind::All } else { MatchKind::LeftmostFirst });
    let automaton = thompson::Config::new()
        .reverse(backward)
        .nfa_size_limit(Some(largest))
        .which_captures(thompson::WhichCaptures::None);
    let built = COMPILER.with_borrow_mut(|compiler| compiler.configure(automaton).build_from_hir(regex).ok())?;
    DFA::builder().configure(config).build_from_nfa(built).ok()
}

/// Returns the number of bytes between two charges.
fn block_of(dfa: &DFA) -> usize {
    (STATES_PER_BLOCK / dfa.get_nfa().states().len().max(1)).clamp(8, LARGEST_BLOCK)
}

/// Most steps of a search that cannot be interrupted, some 20 ms.
const MOST_AT_ONCE: usize = 1_000_000;

/// States that one step follows, and slots that it copies, in a search that cannot be interrupted.
const STATES_FOLLOWED_PER_STEP: usize = 2;
const SLOTS_PER_STEP: usize = 64;

/// Steps of compiling a state.
pub(super) const STEPS_PER_STATE: usize = 28;

/// Most slots in a table of such a search, of 8 bytes each.
const MOST_CELLS: usize = 1 << 18;

/// Default capacity of a cache in bytes.
const CACHE: usize = 2 << 20;

/// Finds the end of the first match, or of any with `is_any`.
fn end(dfa: &DFA, known: &mut Known, text: &[u8], from: usize, is_any: bool, budget: &Budget<'_>) -> Found<usize> {
    let input = Input::new(text).range(from..);
    let start = |dfa: &DFA, cache: &mut Cache| dfa.start_state_forward(cache, &input).ok();
    let Some(mut state) = known.start(dfa, budget, start)? else { return Ok(Err(Unsuited)) };
    let mut found = None;
    let mut at = from;
    budget.charge(1)?;
    let (mut unpaid, most) = (from, block_of(dfa));
    known.cache.search_start(from);
    while let Some(block) = text.get(at..).filter(|rest| !rest.is_empty()) {
        for &byte in block.iter().take(most) {
            let Some(next) = known.follow(dfa, state, byte, budget)? else { return Ok(Err(Unsuited)) };
            state = next;
            if state.is_tagged() {
                // A match is known one byte late.
                if state.is_match() {
                    found = Some(at);
                }
                if state.is_dead() || is_any && found.is_some() {
                    budget.charge((at - unpaid) / BYTES_PER_STEP)?;
                    known.cache.search_finish(at);
                    return Ok(Ok(found));
                } else if state.is_quit() {
                    return Ok(Err(Unsuited));
                }
            }
            at += 1;
        }
        known.cache.search_update(at);
        budget.charge(most / BYTES_PER_STEP)?;
        unpaid = at;
    }
    known.cache.search_finish(at);
    let Ok(state) = dfa.next_eoi_state(&mut known.cache, state) else { return Ok(Err(Unsuited)) };
    Ok(Ok(if state.is_match() { Some(text.len()) } else { found }))
}

/// Finds the start of the match that ends at the end of `range`.
fn start(dfa: &DFA, known: &mut Known, text: &[u8], range: Range<usize>, budget: &Budget<'_>) -> Found<usize> {
    let input = Input::new(text).range(range.clone()).anchored(Anchored::Yes);
    let start = |dfa: &DFA, cache: &mut Cache| dfa.start_state_reverse(cache, &input).ok();
    let Some(mut state) = known.start(dfa, budget, start)? else { return Ok(Err(Unsuited)) };
    let mut found = None;
    let (mut at, most) = (range.end, block_of(dfa));
    while at > range.start {
        for _ in 0..most.min(at - range.start) {
            let Some(next) = known.follow(dfa, state, text[at - 1], budget)? else { return Ok(Err(Unsuited)) };
            state = next;
            if state.is_tagged() {
                if state.is_match() {
                    found = Some(at);
                } else if state.is_dead() {
                    return Ok(Ok(found));
                } else if state.is_quit() {
                    return Ok(Err(Unsuited));
                }
            }
            at -= 1;
        }
        budget.charge(most / BYTES_PER_STEP)?;
    }
    let cache = &mut known.cache;
    let last = match range.start.checked_sub(1) {
        Some(before) => dfa.next_state(cache, state, text[before]),
        None => dfa.next_eoi_state(cache, state),
    };
    match last {
        Ok(state) if state.is_quit() => Ok(Err(Unsuited)),
        Ok(state) if state.is_match() => Ok(Ok(Some(range.start))),
        Ok(_) => Ok(Ok(found)),
        Err(_) => Ok(Err(Unsuited)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes 37 µs for a transition between known states too: each has 1,500 places of the pattern.
    #[test]
    fn transitions_are_charged_by_their_states() {
        const LETTERS: &str = "acegikmoqsuwyACEGIKMOQSUWY13579";
        let linear = Linear::compile(&format!("(?:[{LETTERS}]?){{1500}}!|a[a-z]{{4}}#"), LARGEST);
        let Ok(Some(linear)) = linear else { panic!("it is linear") };
        let mut bits = 1_u32;
        let mut letter = || {
            bits = bits.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            char::from(b'a' + (bits >> 16) as u8 % 26)
        };
        let text: String = (0..100_000).map(|_| letter()).collect();
        let budget = Budget::unlimited();
        assert!(linear.is_match(&text, &budget).is_ok_and(|found| matches!(found, Ok(None))));
        let first = budget.steps();
        assert!(first > 500_000, "{first} steps");
        // They are known from now on.
        assert!(linear.is_match(&text, &budget).is_ok_and(|found| matches!(found, Ok(None))));
        assert!(budget.steps() - first < 50_000, "{} steps", budget.steps() - first);
    }

    #[test]
    fn an_ordinary_search_is_cheap() {
        let text = "The quick brown fox jumps over the lazy dog. ".repeat(100);
        for (regex, most) in [("zebr[ao]", 5_000), ("[a-z]+ing", 8_000), ("(?i)z[a-z]*s|DOGS", 10_000)] {
            let Ok(Some(linear)) = Linear::compile(regex, LARGEST) else { panic!("{regex}") };
            let budget = Budget::unlimited();
            assert!(matches!(linear.find(&text, 0, &budget), Ok(Ok(None))), "{regex}");
            assert!(budget.steps() < most, "{regex}: {} steps", budget.steps());
        }
    }

    /// It would copy two thousand slots for each of four thousand states and nine hundred bytes.
    #[test]
    fn a_search_that_cannot_be_interrupted_is_short() {
        let Ok(Some(linear)) = Linear::compile(&"(a)?".repeat(1_000), LARGEST) else { panic!("it is linear") };
        let budget = Budget::unlimited();
        assert!(matches!(linear.groups(&"a".repeat(900), &(0..900), &budget), Ok(Err(Unsuited))));
        let Ok(Some(linear)) = Linear::compile("(a)?(b)?c", LARGEST) else { panic!("it is linear") };
        let Ok(Ok(Some(groups))) = linear.groups("xbc", &(1..3), &budget) else { panic!("it matches") };
        assert_eq!(groups, [Some(1..3), None, Some(1..2)]);
    }
}
