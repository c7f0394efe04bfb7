//! The linear engine: patterns without look-around and references to groups, by lazily built automata.
//!
//! Each byte is looked at once for the end of a match and once for its start, and is charged, which no
//! other engine allows: a search can be cancelled, and one that reads to the end for each match is
//! noticed.

use crate::budget::Budget;
use crate::error::Error;
use regex_automata::hybrid::dfa::{Cache, DFA};
use regex_automata::nfa::thompson;
use regex_automata::{Anchored, Input, MatchKind, meta};
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

/// Bytes of new automaton states that one step pays for.
const NEW_BYTES_PER_STEP: usize = 5;

/// A pattern as two automata: one for the end of a match and one for its start.
pub(super) struct Linear {
    regex: String,
    forward: DFA,
    backward: DFA,
    /// Caches that no search uses now.
    caches: Mutex<Vec<Caches>>,
    /// The engine that finds groups within a known match.
    groups: OnceLock<Option<meta::Regex>>,
}

struct Caches {
    forward: Cache,
    backward: Cache,
}

/// A search that this engine cannot do: a Unicode word boundary in a text beyond ASCII, or with too many states.
pub(super) struct Unsuited;

/// A regular expression whose automaton would be too large.
pub(super) struct TooLarge;

/// The result of a search: a range, nothing, or that another engine must search.
type Found<T> = Result<Result<Option<T>, Unsuited>, Error>;

impl Linear {
    /// Compiles a regular expression; `None` if it needs another engine.
    pub(super) fn compile(regex: &str) -> Result<Option<Linear>, TooLarge> {
        if regex_syntax::parse(regex).is_err() {
            return Ok(None);
        }
        let build = |backward: bool| {
            let config = DFA::config()
                .unicode_word_boundary(true)
                .skip_cache_capacity_check(true)
                // Then each byte makes a state of its own, and other engines are as fast.
                .minimum_cache_clear_count(Some(4))
                .minimum_bytes_per_state(Some(8))
                .match_kind(if backward { MatchKind::All } else { MatchKind::LeftmostFirst });
            DFA::builder()
                .configure(config)
                .thompson(thompson::Config::new().reverse(backward).nfa_size_limit(Some(LARGEST)))
                .build(regex)
                .ok()
        };
        let Some(forward) = build(false) else { return Err(TooLarge) };
        let Some(backward) = build(true) else { return Err(TooLarge) };
        let (caches, groups) = (Mutex::default(), OnceLock::new());
        Ok(Some(Linear { regex: regex.to_owned(), forward, backward, caches, groups }))
    }

    /// Finds the first match from a byte on.
    pub(super) fn find(&self, text: &str, from: usize, budget: &Budget<'_>) -> Found<Range<usize>> {
        let known = self.caches.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut caches = known
            .unwrap_or_else(|| Caches { forward: self.forward.create_cache(), backward: self.backward.create_cache() });
        let found = self.range(text, from, &mut caches, budget);
        self.caches.lock().unwrap_or_else(PoisonError::into_inner).push(caches);
        found
    }

    fn range(&self, text: &str, from: usize, caches: &mut Caches, budget: &Budget<'_>) -> Found<Range<usize>> {
        let end = match end(&self.forward, &mut caches.forward, text.as_bytes(), from, budget)? {
            Ok(Some(end)) => end,
            other => return Ok(other.map(|_| None)),
        };
        let start = match start(&self.backward, &mut caches.backward, text.as_bytes(), from..end, budget)? {
            Ok(Some(start)) => start,
            _ => return Ok(Err(Unsuited)),
        };
        // An empty match inside of a character.
        if !text.is_char_boundary(start) || !text.is_char_boundary(end) {
            return Ok(Err(Unsuited));
        }
        Ok(Ok(Some(start..end)))
    }

    /// Returns the size of the automata in bytes.
    pub(super) fn size(&self) -> usize {
        self.forward.get_nfa().memory_usage() + self.backward.get_nfa().memory_usage()
    }

    /// Returns the number of states that a search may look at for each byte.
    pub(super) fn states(&self) -> usize {
        self.forward.get_nfa().states().len()
    }

    /// Finds the groups of a match at a range that [`find`](Linear::find) returned.
    pub(super) fn groups(
        &self,
        text: &str,
        range: &Range<usize>,
        budget: &Budget<'_>,
    ) -> Found<Vec<Option<Range<usize>>>> {
        let engine = self.groups.get_or_init(|| {
            let config = meta::Config::new().nfa_size_limit(Some(LARGEST));
            meta::Builder::new().configure(config).build(&self.regex).ok()
        });
        let Some(engine) = engine else { return Ok(Err(Unsuited)) };
        budget.charge((1 + range.len()).saturating_mul(1 + self.states() / 16))?;
        let mut captures = engine.create_captures();
        let input = Input::new(text).range(range.clone()).anchored(Anchored::Yes);
        engine.search_captures(&input, &mut captures);
        if captures.get_match().is_none_or(|found| found.range() != *range) {
            return Ok(Err(Unsuited));
        }
        let group = |at| captures.get_group(at).map(|span| span.start..span.end);
        Ok(Ok(Some((0..captures.group_len()).map(group).collect())))
    }
}

/// Charges for a block of bytes and for the states that it added to the cache.
fn pay(dfa_bytes: &mut usize, block: usize, cache: &Cache, budget: &Budget<'_>) -> Result<(), Error> {
    let now = cache.memory_usage();
    // A cache that was cleared was full before.
    let new = if now >= *dfa_bytes { now - *dfa_bytes } else { now + CACHE };
    *dfa_bytes = now;
    budget.charge(block / BYTES_PER_STEP + new / NEW_BYTES_PER_STEP)
}

/// Returns the number of bytes between two charges.
fn block_of(dfa: &DFA) -> usize {
    (STATES_PER_BLOCK / dfa.get_nfa().states().len().max(1)).clamp(8, LARGEST_BLOCK)
}

/// Default capacity of a cache in bytes.
const CACHE: usize = 2 << 20;

/// Finds the end of the first match.
fn end(dfa: &DFA, cache: &mut Cache, text: &[u8], from: usize, budget: &Budget<'_>) -> Found<usize> {
    let mut bytes = cache.memory_usage();
    let Ok(mut state) = dfa.start_state_forward(cache, &Input::new(text).range(from..)) else {
        return Ok(Err(Unsuited));
    };
    let mut found = None;
    let mut at = from;
    budget.charge(1)?;
    let (mut unpaid, most) = (from, block_of(dfa));
    cache.search_start(from);
    while let Some(block) = text.get(at..).filter(|rest| !rest.is_empty()) {
        for &byte in block.iter().take(most) {
            let Ok(next) = dfa.next_state(cache, state, byte) else { return Ok(Err(Unsuited)) };
            state = next;
            if state.is_tagged() {
                // A match is known one byte late.
                if state.is_match() {
                    found = Some(at);
                } else if state.is_dead() {
                    budget.charge((at - unpaid) / BYTES_PER_STEP)?;
                    cache.search_finish(at);
                    return Ok(Ok(found));
                } else if state.is_quit() {
                    return Ok(Err(Unsuited));
                }
            }
            at += 1;
        }
        cache.search_update(at);
        pay(&mut bytes, most, cache, budget)?;
        unpaid = at;
    }
    cache.search_finish(at);
    let Ok(state) = dfa.next_eoi_state(cache, state) else { return Ok(Err(Unsuited)) };
    Ok(Ok(if state.is_match() { Some(text.len()) } else { found }))
}

/// Finds the start of the match that ends at the end of `range`.
fn start(dfa: &DFA, cache: &mut Cache, text: &[u8], range: Range<usize>, budget: &Budget<'_>) -> Found<usize> {
    let input = Input::new(text).range(range.clone()).anchored(Anchored::Yes);
    let mut bytes = cache.memory_usage();
    let Ok(mut state) = dfa.start_state_reverse(cache, &input) else { return Ok(Err(Unsuited)) };
    let mut found = None;
    let (mut at, most) = (range.end, block_of(dfa));
    while at > range.start {
        for _ in 0..most.min(at - range.start) {
            let Ok(next) = dfa.next_state(cache, state, text[at - 1]) else { return Ok(Err(Unsuited)) };
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
        pay(&mut bytes, most, cache, budget)?;
    }
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
