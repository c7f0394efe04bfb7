//! Methods of maps.

use super::JavaMethod as M;
use super::collection;
use super::exception::{illegal_argument, null_pointer, unsupported, wrong_count};
use crate::error::Error;
use crate::value::view::Entry;
use crate::value::{Arena, Map, MapKind, Value, View};

/// Runs `get(key)`. A missing member of an override map is a branch that can be set:
/// `#set($context.requestOverride.custom.deep = 'v')`.
#[inline]
pub(super) fn member<'r>(arena: &'r Arena<'r>, map: &'r Map<'r>, key: &Value<'r>) -> Result<Value<'r>, Error> {
    arena.budget.charge(key.weight())?;
    match map.get(key) {
        Some(value) => Ok(value),
        None if map.kind() == MapKind::Override => arena.branch(map, key.clone()).map(Value::Map),
        None => Ok(Value::Null),
    }
}

/// Runs `put(key, value)`; returns the value that the key had.
pub(super) fn put<'r>(map: &'r Map<'r>, key: Value<'r>, value: Value<'r>) -> Result<Value<'r>, Error> {
    changeable(map)?;
    // What grew from an override map hangs there from its first member on.
    let (mut branch, mut loose) = (map, map.is_empty());
    while let (true, Some((parent, at))) = (loose, branch.root()) {
        loose = parent.is_empty();
        parent.put(at.clone(), Value::Map(branch))?;
        branch = parent;
    }
    Ok(map.put(key, value)?.unwrap_or(Value::Null))
}

/// Fails for a map that refuses every change.
pub(super) fn changeable(map: &Map<'_>) -> Result<(), Error> {
    if map.kind().can_change() { Ok(()) } else { Err(unsupported()) }
}

/// The methods without parameters: called with an argument they throw instead of being unknown.
const NULLARY: &[M] = &[M::Size, M::IsEmpty, M::Clear, M::KeySet, M::Values, M::EntrySet, M::Clone, M::Of];

pub(super) fn call<'r>(
    arena: &'r Arena<'r>,
    map: &'r Map<'r>,
    method: M,
    args: &[Value<'r>],
) -> Result<Option<Value<'r>>, Error> {
    Ok(Some(match (method, args) {
        (M::Put, [key, value]) => put(map, key.clone(), value.clone())?,
        (M::Size, []) => Value::Int(map.len() as i32),
        (M::IsEmpty, []) => Value::Bool(map.is_empty()),
        (M::ContainsKey, [key]) => Value::Bool(map.position(key).is_some()),
        (M::ContainsValue, [value]) => Value::Bool(key_of(arena, map, value)?.is_some()),
        (M::GetOrDefault, [key, default]) => map.get(key).unwrap_or_else(|| default.clone()),
        (M::KeySet, []) => arena.view(View::Keys(map))?,
        (M::Values, []) => arena.view(View::Values(map))?,
        (M::EntrySet, []) => arena.view(View::Entries(map))?,
        (M::Clone, []) if map.kind().can_change() => copy(arena, map, map.kind())?,
        (M::Remove, [key]) => {
            changeable(map)?;
            arena.budget.charge(map.len())?;
            map.remove(key).unwrap_or(Value::Null)
        }
        (M::Remove, [key, value]) => {
            changeable(map)?;
            arena.budget.charge(map.len())?;
            let hit = holds(arena, map, key, value)?;
            if hit {
                map.remove(key);
            }
            Value::Bool(hit)
        }
        (M::PutAll, [other]) => {
            let members = match other {
                Value::Map(other) => other.members(),
                Value::View(View::Loop(state)) => state.own.borrow().map(Map::members).unwrap_or_default(),
                Value::Null => return Err(null_pointer()),
                _ => return Ok(None),
            };
            changeable(map)?;
            // Each is copied, hashed and looked up.
            arena.budget.charge(members.len().saturating_mul(4))?;
            for (key, value) in members {
                put(map, key, value)?;
            }
            Value::EMPTY
        }
        (M::PutIfAbsent, [key, value]) => {
            changeable(map)?;
            match map.get(key) {
                Some(old) if !old.is_null() => old,
                _ => put(map, key.clone(), value.clone())?,
            }
        }
        (M::Replace, [key, value]) => {
            changeable(map)?;
            if map.position(key).is_some() { put(map, key.clone(), value.clone())? } else { Value::Null }
        }
        (M::Replace, [key, old, new]) => {
            changeable(map)?;
            let hit = holds(arena, map, key, old)?;
            if hit {
                put(map, key.clone(), new.clone())?;
            }
            Value::Bool(hit)
        }
        (M::Clear, []) => {
            changeable(map)?;
            map.clear();
            Value::EMPTY
        }
        // These need a function, which a template cannot write; null stands for any.
        (M::Compute | M::ComputeIfAbsent | M::ComputeIfPresent, [_, Value::Null])
        | (M::Merge, [_, _, Value::Null])
        | (M::ForEach, [Value::Null]) => return Err(null_pointer()),
        (_, [Value::Null]) if method.name() == "replaceAll" => return Err(null_pointer()),
        (M::Of, members) if members.len() % 2 == 0 && members.len() <= 20 => {
            let pairs = members.chunks_exact(2).map(|pair| (pair[0].clone(), pair[1].clone()));
            map_of(arena, pairs.collect())?
        }
        (M::Entry, [key, value]) => entry(arena, key, value)?,
        (M::OfEntries, entries) => {
            let mut members = Vec::new();
            for each in entries {
                match each {
                    Value::View(View::Entry(entry)) => members.push((entry.key.clone(), entry.value())),
                    Value::Null => return Err(null_pointer()),
                    _ => return Ok(None),
                }
            }
            map_of(arena, members)?
        }
        (M::CopyOf, [Value::Map(other)]) => copy(arena, other, MapKind::Unmodifiable)?,
        (M::CopyOf, [Value::Null]) => return Err(null_pointer()),
        (M::Clone, _) if !map.kind().can_change() => return Ok(None),
        _ if !args.is_empty() && NULLARY.contains(&method) => return Err(wrong_count()),
        _ => return collection::object(arena, &Value::Map(map), method, args),
    }))
}

/// Checks whether a key has this value.
fn holds<'r>(arena: &'r Arena<'r>, map: &'r Map<'r>, key: &Value<'r>, value: &Value<'r>) -> Result<bool, Error> {
    match map.get(key) {
        Some(own) if own.is_null() || value.is_null() => Ok(own.is_null() && value.is_null()),
        Some(own) => collection::equal(arena, &own, value),
        None => Ok(false),
    }
}

/// Returns the key of the first member with this value.
pub(super) fn key_of<'r>(
    arena: &'r Arena<'r>,
    map: &'r Map<'r>,
    value: &Value<'r>,
) -> Result<Option<Value<'r>>, Error> {
    arena.budget.charge(map.len())?;
    for (key, own) in map.members() {
        if if value.is_null() { own.is_null() } else { collection::equal(arena, value, &own)? } {
            return Ok(Some(key));
        }
    }
    Ok(None)
}

fn copy<'r>(arena: &'r Arena<'r>, map: &Map<'r>, kind: MapKind) -> Result<Value<'r>, Error> {
    arena.budget.charge(map.len())?;
    arena.map_of(kind, map.members()).map(Value::Map)
}

/// Runs `Map.of`: no nulls, no key twice, no changes.
fn map_of<'r>(arena: &'r Arena<'r>, members: Vec<(Value<'r>, Value<'r>)>) -> Result<Value<'r>, Error> {
    let map = arena.map(MapKind::Unmodifiable)?;
    for (key, value) in members {
        if key.is_null() || value.is_null() {
            return Err(null_pointer());
        }
        if map.put(key, value)?.is_some() {
            return Err(illegal_argument("duplicate key"));
        }
    }
    Ok(Value::Map(map))
}

/// Runs `Map.entry`: creates an entry that belongs to no map.
pub(super) fn entry<'r>(arena: &'r Arena<'r>, key: &Value<'r>, value: &Value<'r>) -> Result<Value<'r>, Error> {
    let Value::Map(map) = map_of(arena, vec![(key.clone(), value.clone())])? else { return Ok(Value::Null) };
    arena.view(View::Entry(Entry::new(map, key.clone(), value.clone())))
}

#[cfg(test)]
mod tests {
    use super::super::property::{Property, get, set, set_index};
    use super::*;
    use crate::budget::Budget;
    use crate::diagnostic::Code;
    use crate::dialect::Dialect;
    use crate::limits::Limits;

    /// `#set($context.requestOverride.custom.deep = 'v')`
    #[test]
    fn an_override_map_grows_when_something_is_set_below_it() {
        let budget = Budget::new(&Limits::service());
        let arena = Arena::new(&budget, Dialect::service());
        let root = arena.map(MapKind::Override).unwrap();
        let custom = get(&arena, &Value::Map(root), &Property::new("custom")).unwrap().unwrap();
        let deeper = get(&arena, &custom, &Property::new("deeper")).unwrap().unwrap();
        assert!(root.is_empty(), "reading must not add members");
        assert!(set(&arena, &deeper, &Property::new("deep"), Value::Int(7)).unwrap());
        let found = ["custom", "deeper", "deep"].iter().fold(Value::Map(root), |of, name| match of {
            Value::Map(map) => map.get_str(name).unwrap(),
            other => other,
        });
        assert!(matches!(found, Value::Int(7)));
    }

    #[test]
    fn a_map_that_cannot_be_changed_says_so() {
        let budget = Budget::new(&Limits::service());
        let arena = Arena::new(&budget, Dialect::service());
        let map = arena.map(MapKind::Context).unwrap();
        let error = set_index(&arena, &Value::Map(map), &Value::str("k"), Value::Null).unwrap_err();
        assert_eq!(error.code(), Code::JavaException);
        assert!(error.detail().contains("UnsupportedOperationException"));
    }

    /// `$m.put([$m], 1)` and back: a key may lead to the map it is a key of.
    #[test]
    fn a_map_may_be_part_of_its_own_key() {
        let budget = Budget::new(&Limits::service());
        let arena = Arena::new(&budget, Dialect::service());
        let map = arena.map(MapKind::Linked).unwrap();
        let key = arena.list(crate::value::ListKind::Array, vec![Value::Map(map)]).unwrap();
        for i in 0..20 {
            put(map, Value::Int(i), Value::Null).unwrap();
        }
        put(map, key.clone(), Value::Int(1)).unwrap();
        put(map, Value::Map(map), Value::Int(2)).unwrap();
        assert_eq!(map.len(), 22);
        map.get(&key);
    }

    /// The keys that stay are not hashed again.
    #[test]
    fn members_are_found_when_others_are_removed() {
        let budget = Budget::new(&Limits::service());
        let arena = Arena::new(&budget, Dialect::service());
        let map = arena.map(MapKind::Linked).unwrap();
        let name = |i: i32| Value::string(format!("k{i}"));
        let list = arena.list(crate::value::ListKind::Array, Vec::new()).unwrap();
        put(map, list.clone(), Value::Int(-1)).unwrap();
        (0..40).for_each(|i| assert!(put(map, name(i), Value::Int(i)).unwrap().is_null()));
        (0..40).step_by(2).for_each(|i| assert!(map.remove(&name(i)).is_some()));
        put(map, name(6), Value::Int(6)).unwrap();
        for i in 0..40 {
            let found = map.get(&name(i));
            let is_there = i % 2 == 1 || i == 6;
            assert_eq!(found.is_some_and(|found| matches!(found, Value::Int(own) if own == i)), is_there, "{i}");
        }
        assert!(matches!(map.get(&list), Some(Value::Int(-1))));
        assert!(map.remove(&list).is_some() && map.len() == 21);
        assert!(matches!(map.get(&name(39)), Some(Value::Int(39))));
    }
}
