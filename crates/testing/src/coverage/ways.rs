//! The ways that renders take through the operations of a template, and how often.

use std::collections::HashMap;
use vtl::{Probe, Span, State};

/// Three operations in sequence by the bytes at which they start, and how often they ran; `None` is before the start
/// or behind the end of a render.
pub(crate) type Step = ([Option<u32>; 3], u64);

/// No operation: before the start and behind the end. No template is as long.
const OUTSIDE: u32 = u32::MAX;

/// Ways out of a pair that are found without a search. The condition of an `#if` has three: it has operations that start
/// at the same place.
const OWN: usize = 4;

/// Counts the ways between pairs of operations, of which a render may run hundreds of millions.
pub(crate) struct Ways {
    pairs: Vec<Pair>,
    by_operations: HashMap<[u32; 2], u32>,
    /// Ways from a pair to an operation, beyond those that the pair has itself.
    others: HashMap<(u32, u32), Way>,
    /// The pair that ran last; the first is the one outside.
    at: u32,
    /// Address of the template's text: what runs in a text of `#evaluate` has its places there.
    source: Option<usize>,
}

/// Two operations in sequence, with the first ways out.
struct Pair {
    operations: [u32; 2],
    ways: [Way; OWN],
}

/// A way to the next operation.
#[derive(Clone, Copy, Default)]
struct Way {
    operation: u32,
    /// The pair of the last operation and the next.
    to: u32,
    count: u64,
}

impl Default for Ways {
    fn default() -> Self {
        let start = Pair { operations: [OUTSIDE; 2], ways: [Way::default(); OWN] };
        let by_operations = HashMap::from([(start.operations, 0)]);
        Ways { pairs: vec![start], by_operations, others: HashMap::new(), at: 0, source: None }
    }
}

impl Ways {
    /// Ends a render, if one has begun.
    pub fn end(&mut self) {
        if self.at != 0 {
            self.go(OUTSIDE);
        }
        (self.at, self.source) = (0, None);
    }

    /// Returns the steps of all renders, in any order.
    pub fn into_steps(mut self) -> Vec<Step> {
        self.end();
        let own = self.pairs.iter().flat_map(|pair| pair.ways.iter().map(move |way| (pair, way)));
        let others = self.others.iter().filter_map(|((from, _), way)| Some((self.pairs.get(*from as usize)?, way)));
        let known = |operation: u32| Some(operation).filter(|it| *it != OUTSIDE);
        let step = |(pair, way): (&Pair, &Way)| {
            let [before, last] = pair.operations;
            ([known(before), known(last), known(way.operation)], way.count)
        };
        own.chain(others).filter(|(_, way)| way.count > 0).map(step).collect()
    }

    fn go(&mut self, operation: u32) {
        if let Some(pair) = self.pairs.get_mut(self.at as usize) {
            for way in &mut pair.ways {
                if way.operation == operation && way.count > 0 {
                    way.count += 1;
                    self.at = way.to;
                    return;
                }
            }
        }
        self.go_elsewhere(operation);
    }

    /// Takes a way that the pair does not have itself.
    #[cold]
    fn go_elsewhere(&mut self, operation: u32) {
        let from = self.at;
        if let Some(way) = self.others.get_mut(&(from, operation)) {
            way.count += 1;
            self.at = way.to;
            return;
        }
        let last = self.pairs.get(from as usize).map_or(OUTSIDE, |pair| pair.operations[1]);
        let operations = [last, operation];
        let next = self.pairs.len() as u32;
        let to = *self.by_operations.entry(operations).or_insert(next);
        if to == next {
            self.pairs.push(Pair { operations, ways: [Way::default(); OWN] });
        }
        let way = Way { operation, to, count: 1 };
        let own = self.pairs.get_mut(from as usize).into_iter().flat_map(|pair| &mut pair.ways);
        match own.into_iter().find(|way| way.count == 0) {
            Some(free) => *free = way,
            None => {
                self.others.insert((from, operation), way);
            }
        }
        self.at = to;
    }
}

impl Probe for Ways {
    fn op(&mut self, at: Span, state: &State<'_, '_>) {
        let source = state.source().as_ptr() as usize;
        if *self.source.get_or_insert(source) == source {
            self.go(at.start);
        }
    }
}

/// Sums the counts of steps that are there several times, and sorts them.
pub(crate) fn summed(mut steps: Vec<Step>) -> Vec<Step> {
    steps.sort_unstable_by_key(|(step, _)| *step);
    steps.dedup_by(|next, first| {
        let is_same = next.0 == first.0;
        if is_same {
            first.1 = first.1.saturating_add(next.1);
        }
        is_same
    });
    steps
}

#[cfg(test)]
mod tests {
    use super::{Ways, summed};
    use std::collections::HashMap;

    /// Pairs with one way out, with two and with many, and renders that end anywhere.
    #[test]
    fn ways_are_those_of_a_table_of_all_steps() {
        let mut ways = Ways::default();
        let mut table: HashMap<[Option<u32>; 3], u64> = HashMap::new();
        let mut last = [None; 2];
        let mut state = 7_u32;
        for _ in 0..20_000 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let next = match state >> 28 {
                0 if last[1].is_some() => None,
                1..4 => Some(state >> 24 & 7),
                _ => last[1].map_or(Some(0), |at| Some((at + 1) % 9)),
            };
            *table.entry([last[0], last[1], next]).or_default() += 1;
            match next {
                Some(at) => ways.go(at),
                None => ways.end(),
            }
            last = if next.is_some() { [last[1], next] } else { [None; 2] };
        }
        if last[1].is_some() {
            *table.entry([last[0], last[1], None]).or_default() += 1;
        }
        let mut expected: Vec<_> = table.into_iter().collect();
        expected.sort_unstable();
        let steps = ways.into_steps();
        let twice = steps.iter().chain(&steps).copied().collect();
        assert_eq!(summed(steps), expected);
        let doubled: Vec<_> = expected.into_iter().map(|(step, count)| (step, 2 * count)).collect();
        assert_eq!(summed(twice), doubled);
    }
}
