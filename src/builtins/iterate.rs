//! The cursor of a `#foreach`, and `java.util.Iterator`, with Java's rule that a collection must not
//! change meanwhile.
//!
//! `#foreach($x in $l)#set($y = $l.add(1))#end` stops the render with `Code::Modified` in the next turn.
//! Lists and maps are walked in place.

use super::JavaMethod as M;
use super::collection;
use super::exception::{illegal_state, modified, no_such_element, null_pointer, unsupported, wrong_count};
use super::list::Seq;
use crate::error::Error;
use crate::value::view::{Entry, Slice, Steps};
use crate::value::{Arena, List, Map, Value, View};

/// The part of a map's members that a loop sees.
#[derive(Clone, Copy)]
pub(crate) enum Part {
    Keys,
    Values,
    Entries,
}

/// The position of a running `#foreach`.
pub(crate) enum Cursor<'r> {
    /// A list, with its count of changes when the loop began. A Java array never changes.
    List {
        list: &'r List<'r>,
        next: usize,
        changes: u32,
    },
    Slice {
        slice: &'r Slice<'r>,
        next: usize,
        changes: u32,
    },
    /// A map in the order of insertion or another known order, walked in place.
    Map {
        map: &'r Map<'r>,
        part: Part,
        order: Option<&'r [u32]>,
        next: usize,
        /// The number of members when the loop began.
        len: usize,
        changes: u32,
    },
    /// A map in another order: its keys, sorted once.
    Keys {
        map: &'r Map<'r>,
        part: Part,
        keys: std::vec::IntoIter<Value<'r>>,
        changes: u32,
    },
    /// An iterator of the template, which the loop uses up.
    Iterator(&'r View<'r>),
    /// A `$foreach` without members.
    Empty,
}

impl<'r> Cursor<'r> {
    /// Creates a cursor at the start of a value; `None` for a value that cannot be iterated over.
    #[inline(always)]
    pub(crate) fn new(value: &Value<'r>) -> Option<Self> {
        let (map, part): (&'r Map<'r>, Part) = match value {
            Value::List(list) => return Some(Cursor::List { list, next: 0, changes: list.changes() }),
            Value::Map(map) => (map, Part::Values),
            Value::View(view) => match view {
                View::Keys(map) => (map, Part::Keys),
                View::Values(map) => (map, Part::Values),
                View::Entries(map) => (map, Part::Entries),
                View::Slice(slice) => return Some(Cursor::Slice { slice, next: 0, changes: slice.list.changes() }),
                View::Iterator(..) => return Some(Cursor::Iterator(view)),
                // `$foreach` is a map as well.
                View::Loop(state) => match *state.own.borrow() {
                    Some(map) => (map, Part::Values),
                    None => return Some(Cursor::Empty),
                },
                View::Entry(_) | View::Stream(_) | View::Ints(_) | View::Optional(_) | View::LoopInfo(_) => {
                    return None;
                }
            },
            _ => return None,
        };
        Some(Cursor::over_map(map, part))
    }

    #[inline(always)]
    fn over_map(map: &'r Map<'r>, part: Part) -> Self {
        let changes = map.changes();
        let order = map.known_order();
        if order.is_some() || map.in_insertion_order() {
            return Cursor::Map { map, part, order, next: 0, len: map.len(), changes };
        }
        Cursor::Keys { map, part, keys: map.keys().into_iter(), changes }
    }

    /// Returns the position of the current key in insertion order, if the loop is over the keys of a map.
    #[inline]
    pub(crate) fn key_position(&self) -> Option<usize> {
        match self {
            Cursor::Map { part: Part::Keys, order, next, .. } => {
                let at = next.checked_sub(1)?;
                order.map_or(Some(at), |order| order.get(at).map(|at| *at as usize))
            }
            _ => None,
        }
    }

    /// Runs Java's `hasNext()`.
    pub(crate) fn has_next(&self) -> bool {
        match self {
            // A list that shrank under the loop "has" a next one until its size is met exactly.
            Cursor::List { list, next, .. } => *next != list.len(),
            Cursor::Slice { slice, next, .. } => *next != slice.len(),
            Cursor::Map { next, len, .. } => next != len,
            Cursor::Keys { keys, .. } => keys.len() > 0,
            Cursor::Iterator(view) => has_next(view),
            Cursor::Empty => false,
        }
    }

    /// Does the work of [`next`](Cursor::next) for a range that is not materialized; `None` for anything else, and
    /// at the end.
    #[inline]
    pub(crate) fn next_of_range(&mut self) -> Option<(i32, bool)> {
        let Cursor::List { list, next, changes } = self else { return None };
        if list.changes() != *changes {
            return None;
        }
        let turn = list.range_turn(*next)?;
        *next += 1;
        Some(turn)
    }

    /// Does the work of [`next`](Cursor::next) for the keys of a map of which the next one is a borrowed text; `None`
    /// for anything else, and at the end.
    #[inline]
    pub(crate) fn next_key(&mut self) -> Option<(&'r str, bool)> {
        let Cursor::Map { map, part: Part::Keys, order, next, len, changes } = self else { return None };
        if next == len || map.changes() != *changes {
            return None;
        }
        let at = order.map_or(Some(*next), |order| order.get(*next).map(|at| *at as usize))?;
        let key = map.borrowed_key_at(at)?;
        *next += 1;
        Some((key, next != len))
    }

    /// Runs Java's `next()` and then `hasNext()`: returns the element, and `true` if there is a next one; `None` at
    /// the end.
    #[inline]
    pub(crate) fn next(&mut self) -> Result<Option<(Value<'r>, bool)>, Error> {
        if let Cursor::List { list, next, changes } = self
            && list.changes() == *changes
        {
            let turn = list.turn(*next);
            *next += usize::from(turn.is_some());
            return Ok(turn);
        }
        Ok(self.next_element()?.map(|item| (item, self.has_next())))
    }

    /// Runs Java's `next()`; `None` at the end.
    fn next_element(&mut self) -> Result<Option<Value<'r>>, Error> {
        match self {
            // The list was changed.
            Cursor::List { list, next, .. } => {
                if *next == list.len() {
                    Ok(None)
                } else {
                    Err(modified())
                }
            }
            Cursor::Slice { slice, next, changes } => {
                if *next == slice.len() {
                    return Ok(None);
                }
                slice.check()?;
                if slice.list.changes() != *changes {
                    return Err(modified());
                }
                *next += 1;
                Ok(slice.list.get(slice.from + *next - 1))
            }
            Cursor::Map { map, part, order, next, len, changes } => {
                if next == len {
                    return Ok(None);
                }
                if map.changes() != *changes {
                    return Err(modified());
                }
                let at = order.map_or(Some(*next), |order| order.get(*next).map(|at| *at as usize));
                let Some(at) = at else { return Ok(None) };
                *next += 1;
                if let Part::Keys = part {
                    return Ok(map.key_at(at));
                }
                let Some((key, value)) = map.member_at(at) else { return Ok(None) };
                member(map, *part, key, value).map(Some)
            }
            Cursor::Keys { map, part, keys, changes } => {
                let Some(key) = keys.next() else { return Ok(None) };
                if map.changes() != *changes {
                    return Err(modified());
                }
                if let Part::Keys = part {
                    return Ok(Some(key));
                }
                let value = map.get(&key).unwrap_or(Value::Null);
                member(map, *part, key, value).map(Some)
            }
            Cursor::Iterator(view) => match view {
                View::Iterator(over, steps) => step(over, steps),
                _ => Ok(None),
            },
            Cursor::Empty => Ok(None),
        }
    }
}

fn member<'r>(map: &'r Map<'r>, part: Part, key: Value<'r>, value: Value<'r>) -> Result<Value<'r>, Error> {
    match part {
        Part::Keys => Ok(key),
        Part::Values => Ok(value),
        Part::Entries => map.arena().view(View::Entry(Entry::new(map, key, value))),
    }
}

/// Returns the map that an iterator runs over, and the part of its members that it shows.
fn map_part<'r>(over: &Value<'r>) -> Option<(&'r Map<'r>, Part)> {
    match over {
        Value::View(View::Keys(map)) => Some((map, Part::Keys)),
        Value::View(View::Values(map)) => Some((map, Part::Values)),
        Value::View(View::Entries(map)) => Some((map, Part::Entries)),
        _ => None,
    }
}

/// Returns the number of elements that an iterator runs over, of a list as it is now.
fn count(over: &Value<'_>, steps: &Steps<'_>) -> usize {
    match over {
        Value::List(list) => list.len(),
        Value::View(View::Slice(slice)) => slice.len(),
        _ => steps.items.len(),
    }
}

fn has_next(view: &View<'_>) -> bool {
    matches!(view, View::Iterator(over, steps) if steps.next.get() != count(over, steps))
}

/// Fails when the collection of an iterator was changed by others.
fn check(over: &Value<'_>, steps: &Steps<'_>) -> Result<(), Error> {
    let now = match over {
        Value::List(list) => list.changes(),
        Value::View(View::Slice(slice)) => slice.list.changes(),
        _ => map_part(over).map_or(0, |(map, _)| map.changes()),
    };
    if now == steps.changes.get() { Ok(()) } else { Err(modified()) }
}

/// Returns the element at `at` and marks it as the iterator's last.
fn take<'r>(over: &Value<'r>, steps: &Steps<'r>, at: usize) -> Result<Value<'r>, Error> {
    steps.last.set(Some(at));
    if let Some((map, part)) = map_part(over) {
        let key = steps.items.get(at).cloned().unwrap_or(Value::Null);
        let value = map.get(&key).unwrap_or(Value::Null);
        return member(map, part, key, value);
    }
    Ok(match Seq::of(over)? {
        Some(seq) => {
            seq.list.arena().budget.charge(1)?;
            seq.get(at)
        }
        None => steps.items.get(at).cloned(),
    }
    .unwrap_or(Value::Null))
}

/// Goes one step forward; `None` at the end.
fn step<'r>(over: &Value<'r>, steps: &Steps<'r>) -> Result<Option<Value<'r>>, Error> {
    let at = steps.next.get();
    if at == count(over, steps) {
        return Ok(None);
    }
    check(over, steps)?;
    steps.next.set(at + 1);
    take(over, steps, at).map(Some)
}

/// Calls a method of an iterator.
pub(super) fn call<'r>(
    arena: &'r Arena<'r>,
    view: &'r View<'r>,
    method: M,
    args: &[Value<'r>],
) -> Result<Option<Value<'r>>, Error> {
    let View::Iterator(over, steps) = view else { return Ok(None) };
    let next = steps.next.get();
    Ok(Some(match (method, args) {
        (M::HasNext, []) => Value::Bool(has_next(view)),
        (M::Next, []) => {
            check(over, steps)?;
            step(over, steps)?.ok_or_else(no_such_element)?
        }
        (M::Remove, []) => {
            remove(over, steps)?;
            Value::EMPTY
        }
        (M::ForEachRemaining, [Value::Null]) => return Err(null_pointer()),
        (M::HasPrevious, []) if steps.both_ways => Value::Bool(next > 0),
        (M::NextIndex, []) if steps.both_ways => Value::Int(next as i32),
        (M::PreviousIndex, []) if steps.both_ways => Value::Int(next as i32 - 1),
        (M::Previous, []) if steps.both_ways => {
            check(over, steps)?;
            let at = next.checked_sub(1).ok_or_else(no_such_element)?;
            steps.next.set(at);
            take(over, steps, at)?
        }
        (M::Set, [value]) if steps.both_ways => {
            let last = steps.last.get().ok_or_else(illegal_state)?;
            check(over, steps)?;
            if let Some(seq) = Seq::of(over)? {
                seq.set(last, value.clone())?;
            }
            Value::EMPTY
        }
        (M::Add, [value]) if steps.both_ways => {
            check(over, steps)?;
            if let Some(seq) = Seq::of(over)? {
                seq.splice(next, next, vec![value.clone()])?;
                steps.changes.set(seq.list.changes());
            }
            steps.next.set(next + 1);
            steps.last.set(None);
            Value::EMPTY
        }
        (M::HasNext | M::Next | M::Remove, _) => return Err(wrong_count()),
        (M::HasPrevious | M::NextIndex | M::PreviousIndex | M::Previous, _) if steps.both_ways => {
            return Err(wrong_count());
        }
        _ => return collection::object(arena, &Value::View(view), method, args),
    }))
}

/// Runs `remove()`: removes the element that was returned last from the collection.
fn remove<'r>(over: &Value<'r>, steps: &Steps<'r>) -> Result<(), Error> {
    if let Some((map, _)) = map_part(over) {
        super::map::changeable(map)?;
        let key = steps.last.take().and_then(|at| steps.items.get(at)).ok_or_else(illegal_state)?;
        check(over, steps)?;
        map.arena().budget.charge(map.len())?;
        map.remove(key);
        steps.changes.set(map.changes());
        return Ok(());
    }
    let Some(seq) = Seq::of(over)? else { return Err(unsupported()) };
    let last = steps.last.get().ok_or_else(illegal_state)?;
    check(over, steps)?;
    seq.splice(last, last + 1, Vec::new())?;
    steps.next.set(last);
    steps.last.set(None);
    steps.changes.set(seq.list.changes());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::{JavaMethod as M, call};
    use super::*;
    use crate::budget::Budget;
    use crate::diagnostic::Code;
    use crate::dialect::Dialect;
    use crate::limits::Limits;
    use crate::value::MapKind;

    /// Runs a loop over `value` that changes it at turn `at`; returns the number of turns.
    fn turns<'r>(
        arena: &'r Arena<'r>,
        value: &Value<'r>,
        at: usize,
        method: M,
        args: &[Value<'r>],
    ) -> Result<usize, Code> {
        let mut cursor = Cursor::new(value).unwrap();
        let mut count = 0;
        while cursor.next().map_err(|e| e.code())?.is_some() {
            count += 1;
            if count == at {
                call(arena, value, method, args).unwrap();
            }
        }
        Ok(count)
    }

    #[test]
    fn a_list_that_changes_under_the_loop_is_noticed_at_the_next_turn() {
        let budget = Budget::new(&Limits::service());
        let arena = Arena::new(&budget, Dialect::service());
        let three = || arena.range(1, 3).unwrap();
        assert_eq!(turns(&arena, &three(), 0, M::Clear, &[]), Ok(3));
        assert_eq!(turns(&arena, &three(), 3, M::Add, &[Value::Int(4)]), Err(Code::Modified));
        // Java's iterator looks at the size only: one element less at the last turn but one ends the loop quietly.
        assert_eq!(turns(&arena, &three(), 2, M::Remove, &[Value::Int(0)]), Ok(2));
        assert_eq!(turns(&arena, &three(), 3, M::Remove, &[Value::Int(0)]), Err(Code::Modified));
        assert_eq!(turns(&arena, &three(), 1, M::Set, &[Value::Int(1), Value::Int(9)]), Ok(3));
    }

    #[test]
    fn a_map_that_grows_at_the_last_turn_is_not_noticed() {
        let budget = Budget::new(&Limits::service());
        let arena = Arena::new(&budget, Dialect::service());
        for kind in [MapKind::Linked, MapKind::Hash] {
            let map = || {
                let map = arena.map(kind).unwrap();
                map.put(Value::str("a"), Value::Int(1)).unwrap();
                map.put(Value::str("b"), Value::Int(2)).unwrap();
                Value::Map(map)
            };
            let more = [Value::str("c"), Value::Int(3)];
            assert_eq!(turns(&arena, &map(), 1, M::Put, &more), Err(Code::Modified));
            assert_eq!(turns(&arena, &map(), 2, M::Put, &more), Ok(2));
        }
    }

    /// `$context` and its like come out in Java's hash order, whether they are walked in place, copied, or changed
    /// under the loop in a way that Java does not notice.
    #[test]
    fn frozen_maps_come_out_in_their_order_however_they_are_walked() {
        let budget = Budget::new(&Limits::service());
        let arena = Arena::new(&budget, Dialect::service());
        let mut data = crate::value::datum::Members::new();
        for at in 0..40 {
            data.put(format!("Name-{}", at * 37 % 40), crate::value::Datum::Int(at));
        }
        for kind in [MapKind::Hash, MapKind::Headers, MapKind::Linked] {
            let walked = |change: bool| {
                let map = arena.frozen_map(kind, &data);
                let keys = call(&arena, &Value::Map(map), M::KeySet, &[]).unwrap().unwrap();
                let mut cursor = Cursor::new(&keys).unwrap();
                let mut names = Vec::new();
                while let Some((Value::Str(name), _)) = cursor.next().unwrap() {
                    if change {
                        map.put(Value::Str(name.clone()), Value::Null).unwrap();
                    }
                    names.push(name.to_string());
                }
                names
            };
            let own = arena.map(kind).unwrap();
            for (name, _) in data.entries() {
                own.put(Value::str(name), Value::Null).unwrap();
            }
            let copied: Vec<String> =
                own.keys().iter().filter_map(|key| key.as_text().map(|name| name.to_string())).collect();
            let frozen = arena.frozen_map(kind, &data);
            assert!(frozen.keys().iter().zip(&copied).all(|(key, name)| key.as_text().unwrap().as_str() == name));
            assert!(
                frozen.members().iter().zip(&copied).all(|((key, _), name)| key.as_text().unwrap().as_str() == name)
            );
            assert_eq!((walked(false), walked(true)), (copied.clone(), copied));
        }
    }

    #[test]
    fn a_loop_uses_an_iterator_up() {
        let budget = Budget::new(&Limits::service());
        let arena = Arena::new(&budget, Dialect::service());
        let list = arena.range(1, 3).unwrap();
        let iterator = call(&arena, &list, M::Iterator, &[]).unwrap().unwrap();
        assert_eq!(turns(&arena, &iterator, 1, M::Next, &[]), Ok(2));
        assert_eq!(turns(&arena, &iterator, 0, M::Next, &[]), Ok(0));
    }
}
