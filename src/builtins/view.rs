//! Methods of key sets, value collections, entry sets, entries and `$foreach`.

use super::JavaMethod as M;
use super::exception::{null_pointer, unsupported, wrong_count};
use super::stream::{self, Of};
use super::{collection, iterate, list, map};
use crate::error::Error;
use crate::value::view::{Entry, Loop};
use crate::value::{Arena, Map, MapKind, Value, View};

pub(super) fn call<'r>(
    arena: &'r Arena<'r>,
    view: &'r View<'r>,
    method: M,
    args: &[Value<'r>],
) -> Result<Option<Value<'r>>, Error> {
    match view {
        View::Keys(map) | View::Values(map) | View::Entries(map) => members(arena, view, map, method, args),
        View::Entry(entry) => of_entry(arena, view, entry, method, args),
        View::Slice(_) => list::call(arena, &Value::View(view), method, args),
        View::Iterator(..) => iterate::call(arena, view, method, args),
        View::Stream(items) => stream::call(arena, view, Of::Objects, items, method, args),
        View::Ints(items) => stream::call(arena, view, Of::Ints, items, method, args),
        View::Optional(item) => stream::of_optional(arena, view, item.as_ref(), method, args),
        View::Loop(state) => of_loop(arena, view, state, method, args),
        View::LoopInfo(View::Loop(state)) => of_info(arena, view, state, method, args),
        View::LoopInfo(_) => Ok(None),
    }
}

/// Calls a method of a `keySet()`, `values()` or `entrySet()`.
fn members<'r>(
    arena: &'r Arena<'r>,
    view: &'r View<'r>,
    map: &'r Map<'r>,
    method: M,
    args: &[Value<'r>],
) -> Result<Option<Value<'r>>, Error> {
    let this = Value::View(view);
    Ok(Some(match (method, args) {
        (M::Size, []) => Value::Int(map.len() as i32),
        (M::IsEmpty, []) => Value::Bool(map.is_empty()),
        (M::Contains, [value]) => Value::Bool(match view {
            View::Values(_) => map::key_of(arena, map, value)?.is_some(),
            _ => collection::contains(arena, &this, value)?,
        }),
        (M::Iterator, []) => collection::iterator(arena, this, map.keys(), 0, false)?,
        (M::Add, [_]) => return Err(unsupported()),
        (M::AddAll, [items]) => match collection::collection(arena, items)? {
            Some(items) if items.is_empty() && map.kind().can_change() => Value::Bool(false),
            Some(_) => return Err(unsupported()),
            None => return Ok(None),
        },
        (M::Remove, [value]) => {
            map::changeable(map)?;
            let key = match view {
                View::Values(_) => map::key_of(arena, map, value)?,
                _ if !collection::contains(arena, &this, value)? => None,
                View::Keys(_) => Some(value.clone()),
                _ => entry_key(value),
            };
            arena.budget.charge(map.len())?;
            Value::Bool(key.is_some_and(|key| map.remove(&key).is_some()))
        }
        (M::RemoveAll | M::RetainAll, [other]) => {
            if collection::collection(arena, other)?.is_none() {
                return Ok(None);
            }
            map::changeable(map)?;
            arena.budget.charge(2 + map.len())?;
            let wanted = method == M::RemoveAll;
            let mut any = false;
            for (item, key) in view.elements(arena)?.unwrap_or_default().iter().zip(map.keys()) {
                if collection::contains(arena, other, item)? == wanted {
                    arena.budget.charge(map.len())?;
                    any |= map.remove(&key).is_some();
                }
            }
            Value::Bool(any)
        }
        (M::Clear, []) => {
            map::changeable(map)?;
            map.clear();
            Value::EMPTY
        }
        (M::Of, items) if !matches!(view, View::Values(_)) => collection::set_of(arena, items, true)?,
        (M::CopyOf, [items]) if !matches!(view, View::Values(_)) => match collection::collection(arena, items)? {
            Some(items) => collection::set_of(arena, &items, false)?,
            None => return Ok(None),
        },
        (M::Size | M::IsEmpty | M::Iterator | M::Clear, [_, ..]) => return Err(wrong_count()),
        _ => return collection::read(arena, &this, || Ok(view.elements(arena)?.unwrap_or_default()), method, args),
    }))
}

fn entry_key<'r>(value: &Value<'r>) -> Option<Value<'r>> {
    match value {
        Value::View(View::Entry(entry)) => Some(entry.key.clone()),
        _ => None,
    }
}

/// Calls a method of `Map.Entry`.
fn of_entry<'r>(
    arena: &'r Arena<'r>,
    view: &'r View<'r>,
    entry: &Entry<'r>,
    method: M,
    args: &[Value<'r>],
) -> Result<Option<Value<'r>>, Error> {
    Ok(Some(match (method, args) {
        (M::GetKey, []) => entry.key.clone(),
        (M::GetValue, []) => entry.value(),
        (M::SetValue, [value]) => {
            let old = entry.value();
            map::changeable(entry.map)?;
            if entry.map.position(&entry.key).is_some() {
                entry.map.put(entry.key.clone(), value.clone())?;
            }
            old
        }
        (M::CopyOf, [Value::View(View::Entry(other))]) => map::entry(arena, &other.key, &other.value())?,
        (M::CopyOf, [Value::Null]) => return Err(null_pointer()),
        (M::GetKey | M::GetValue, _) => return Err(wrong_count()),
        _ => return collection::object(arena, &Value::View(view), method, args),
    }))
}

/// Calls a method of `$foreach`: the state of the loop, and a map of the members that the template set. A
/// missing member is looked up in the enclosing `$foreach`.
fn of_loop<'r>(
    arena: &'r Arena<'r>,
    view: &'r View<'r>,
    state: &Loop<'r>,
    method: M,
    args: &[Value<'r>],
) -> Result<Option<Value<'r>>, Error> {
    if let Some(value) = turn(state, method) {
        return if args.is_empty() { Ok(Some(value)) } else { Err(wrong_count()) };
    }
    let value = match method {
        M::GetParent => outer(state).map_or(Value::Null, |(view, _)| Value::View(view)),
        M::GetTopmost => Value::View(topmost(arena, state)?.map_or(view, |(view, _)| view)),
        M::GetReplaced => topmost(arena, state)?.map_or(&state.outer, |(_, topmost)| &topmost.outer).clone(),
        M::GetInfo => arena.view(View::LoopInfo(view))?,
        M::Get => match args {
            [key] => loop_member(arena, state, key)?,
            _ => return Ok(None),
        },
        M::Clone | M::Of | M::Entry | M::OfEntries | M::CopyOf | M::ToString | M::GetClass => {
            return match (method, args) {
                (M::Clone, _) => Ok(None),
                (M::ToString | M::GetClass, _) => collection::object(arena, &Value::View(view), method, args),
                _ => map::call(arena, arena.map(MapKind::Hash)?, method, args),
            };
        }
        _ => {
            let own = *state.own.borrow();
            let own = match own {
                Some(own) => own,
                None => {
                    let made = arena.map(MapKind::Hash)?;
                    *state.own.borrow_mut() = Some(made);
                    made
                }
            };
            return map::call(arena, own, method, args);
        }
    };
    if method != M::Get && !args.is_empty() {
        return Err(wrong_count());
    }
    Ok(Some(value))
}

/// Returns a property of the current turn.
#[inline]
pub(super) fn turn<'r>(state: &Loop<'r>, method: M) -> Option<Value<'r>> {
    Some(match method {
        M::HasNext | M::GetHasNext => Value::Bool(state.has_next.get()),
        M::GetIndex => Value::Int(state.index.get()),
        M::GetCount => Value::Int(state.index.get().saturating_add(1)),
        M::IsFirst | M::GetFirst => Value::Bool(state.index.get() < 1),
        M::IsLast | M::GetLast => Value::Bool(!state.has_next.get()),
        _ => return None,
    })
}

fn outer<'r>(state: &Loop<'r>) -> Option<(&'r View<'r>, &'r Loop<'r>)> {
    match &state.outer {
        Value::View(view @ View::Loop(outer)) => Some((view, outer)),
        _ => None,
    }
}

/// Lists the enclosing `$foreach`es, the innermost first.
fn chain<'r>(state: &Loop<'r>) -> impl Iterator<Item = (&'r View<'r>, &'r Loop<'r>)> {
    std::iter::successors(outer(state), |(_, state)| outer(state))
}

/// Returns the outermost `$foreach` around a loop.
fn topmost<'r>(arena: &Arena<'_>, state: &Loop<'r>) -> Result<Option<(&'r View<'r>, &'r Loop<'r>)>, Error> {
    chain(state).try_fold(None, |_, around| arena.budget.charge(1).map(|()| Some(around)))
}

/// Steps of looking a key up in the members of a loop.
const STEPS_PER_LOOKUP: usize = 4;

/// Runs `$foreach.get(key)`.
pub(super) fn loop_member<'r>(arena: &Arena<'_>, state: &Loop<'r>, key: &Value<'r>) -> Result<Value<'r>, Error> {
    let mut next = Some(state);
    while let Some(state) = next {
        let own = *state.own.borrow();
        arena.budget.charge(own.map_or(1, |_| STEPS_PER_LOOKUP + key.weight()))?;
        if let Some(value) = own.and_then(|own| own.get(key)) {
            return Ok(value);
        }
        next = outer(state).map(|(_, state)| state);
    }
    Ok(Value::Null)
}

/// Calls a method of `$foreach.info`.
fn of_info<'r>(
    arena: &'r Arena<'r>,
    view: &'r View<'r>,
    state: &Loop<'r>,
    method: M,
    args: &[Value<'r>],
) -> Result<Option<Value<'r>>, Error> {
    let value = match method.name() {
        "getName" => Value::str("foreach"),
        "getType" => Value::str("block"),
        "getDepth" => Value::Int(chain(state).try_fold(1, |depth, _| arena.budget.charge(1).map(|()| depth + 1))?),
        _ => return collection::object(arena, &Value::View(view), method, args),
    };
    if args.is_empty() { Ok(Some(value)) } else { Err(wrong_count()) }
}
