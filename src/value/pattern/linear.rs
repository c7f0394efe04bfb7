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

/// States of an automaton that one step makes room for in a new cache.
const STATES_PER_STEP: usize = 16;

/// Bytes of an automaton that one step makes.
const BYTES_BUILT_PER_STEP: usize = 4;

/// Bytes of the caches of a search that are kept for the next, by [`Linear::trim`].
const LARGEST_KEPT: usize = 32 << 10;

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
    /// The engine that finds groups within a known match.
    groups: OnceLock<Option<meta::Regex>>,
}

struct Caches {
    forward: Cache,
    backward: Option<Cache>,
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
        if regex_syntax::parse(regex).is_err() {
            return Ok(None);
        }
        let Some(forward) = build(regex, false, largest) else { return Err(TooLarge) };
        let (regex, backward, caches, groups) = (regex.to_owned(), OnceLock::new(), Mutex::default(), OnceLock::new());
        Ok(Some(Linear { regex, largest, forward, backward, caches, groups }))
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
                Caches { forward: self.forward.create_cache(), backward: None }
            }
        };
        let found = search(&mut caches);
        self.caches.lock().unwrap_or_else(PoisonError::into_inner).push(caches);
        found
    }

    /// Drops caches that are large.
    pub(super) fn trim(&self) {
        let is_small = |caches: &Caches| {
            caches.forward.memory_usage() + caches.backward.as_ref().map_or(0, Cache::memory_usage) <= LARGEST_KEPT
        };
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
        let Some(backward) = self.backward.get_or_init(|| build(&self.regex, true, self.largest)) else {
            return Ok(Err(Unsuited));
        };
        let cache = caches.backward.get_or_insert_with(|| backward.create_cache());
        let start = match start(backward, cache, text.as_bytes(), from..end, budget)? {
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

    /// Finds the groups of a match at a range that [`find`](Linear::find) returned.
    pub(super) fn groups(
        &self,
        text: &str,
        range: &Range<usize>,
        budget: &Budget<'_>,
    ) -> Found<Vec<Option<Range<usize>>>> {
        let input = Input::new(text).range(range.clone()).anchored(Anchored::Yes);
        match self.captures(&input, 16, budget)? {
            Ok(Some(groups)) if groups.first() == Some(&Some(range.clone())) => Ok(Ok(Some(groups))),
            _ => Ok(Err(Unsuited)),
        }
    }

    /// Finds the first match from a byte on, and its groups, where [`find`](Linear::find) is unsuited.
    pub(super) fn find_slowly(&self, text: &str, from: usize, budget: &Budget<'_>) -> Found<Vec<Option<Range<usize>>>> {
        self.captures(&Input::new(text).range(from..), 8, budget)
    }

    /// Finds a match and its groups, if that does not take long: it cannot be interrupted. One step looks at so many
    /// states for a byte.
    fn captures(&self, input: &Input<'_>, states: usize, budget: &Budget<'_>) -> Found<Vec<Option<Range<usize>>>> {
        let steps = (1 + input.get_range().len()).saturating_mul(1 + self.states() / states);
        if steps > MOST_AT_ONCE {
            return Ok(Err(Unsuited));
        }
        budget.charge(steps)?;
        let engine = self.groups.get_or_init(|| {
            let config = meta::Config::new().nfa_size_limit(Some(self.largest));
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
fn build(regex: &str, backward: bool, largest: usize) -> Option<DFA> {
    let config = DFA::config()
        .unicode_word_boundary(true)
        .skip_cache_capacity_check(true)
        // Then each byte makes a state of its own, and other engines are as fast.
        .minimum_cache_clear_count(Some(4))
        .minimum_bytes_per_state(Some(8))
        .match_kind(if backward { MatchKind::All } else { MatchKind::LeftmostFirst });
    DFA::builder()
        .configure(config)
        .thompson(thompson::Config::new().reverse(backward).nfa_size_limit(Some(largest)))
        .build(regex)
        .ok()
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

/// Most steps of a search that cannot be interrupted, some 20 ms.
const MOST_AT_ONCE: usize = 1_000_000;

/// Default capacity of a cache in bytes.
const CACHE: usize = 2 << 20;

/// Finds the end of the first match, or of any with `is_any`.
fn end(dfa: &DFA, cache: &mut Cache, text: &[u8], from: usize, is_any: bool, budget: &Budget<'_>) -> Found<usize> {
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
                }
                if state.is_dead() || is_any && found.is_some() {
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
