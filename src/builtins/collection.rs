//! Methods of `java.util.Collection` and `Object`, which lists, sets and other collections share.

use super::JavaMethod as M;
use super::exception::{class_cast, exception, illegal_argument, null_pointer, wrong_count};
use crate::error::Error;
use crate::value::text::to_utf16;
use crate::value::view::Steps;
use crate::value::{Arena, Big, ListKind, MapKind, Value, View, show};
use std::cell::{Cell, RefCell};
use std::cmp::Ordering;

/// Steps of looking an entry up.
const STEPS_PER_ENTRY: usize = 4;

/// Steps of adding an element to a set.
const STEPS_PER_ELEMENT: usize = 4;

/// Calls a method of `Object`: `toString`, `equals`, `hashCode`, `getClass`.
pub(super) fn object<'r>(
    arena: &'r Arena<'r>,
    receiver: &Value<'r>,
    method: M,
    args: &[Value<'r>],
) -> Result<Option<Value<'r>>, Error> {
    Ok(Some(match (method, args) {
        (M::ToString, []) => {
            let mut text = String::new();
            show::show(arena, receiver, &mut text)?;
            arena.string(text)?
        }
        (M::Equals, [other]) => Value::Bool(equal(arena, receiver, other)?),
        (M::HashCode, []) => Value::Int(receiver.try_java_hash()?),
        (M::GetClass, []) => Value::Class(receiver.class_name()),
        (M::ToString | M::HashCode | M::GetClass, _) => return Err(wrong_count()),
        _ => return Ok(None),
    }))
}

/// Runs `a.equals(b)`.
pub(super) fn equal<'r>(arena: &'r Arena<'r>, a: &Value<'r>, b: &Value<'r>) -> Result<bool, Error> {
    if let (Value::Str(a), Value::Str(b)) = (a, b)
        && a.len() == b.len()
    {
        arena.budget.charge_bytes(a.len())?;
    }
    a.try_equals(b)
}

/// Checks whether an item equals `value`.
pub(super) fn any_equal<'r>(
    arena: &'r Arena<'r>,
    items: impl Iterator<Item = Value<'r>>,
    value: &Value<'r>,
) -> Result<bool, Error> {
    for item in items {
        if equal(arena, value, &item)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Returns the elements of a `java.util.Collection`; `None` for any other value, such as a Java array.
pub(super) fn elements<'r>(arena: &'r Arena<'r>, value: &Value<'r>) -> Result<Option<Vec<Value<'r>>>, Error> {
    let elements = match value {
        Value::List(list) if !list.kind().is_java_array() => Some(list.to_vec()),
        Value::View(view) => view.elements(arena)?,
        _ => None,
    };
    arena.budget.charge(elements.as_ref().map_or(0, Vec::len))?;
    Ok(elements)
}

/// Reads an argument for a `Collection`: null throws, `None` for any other value.
pub(super) fn collection<'r>(arena: &'r Arena<'r>, arg: &Value<'r>) -> Result<Option<Vec<Value<'r>>>, Error> {
    if arg.is_null() { Err(null_pointer()) } else { elements(arena, arg) }
}

/// Runs `collection.contains(value)`.
pub(super) fn contains<'r>(arena: &'r Arena<'r>, collection: &Value<'r>, value: &Value<'r>) -> Result<bool, Error> {
    match collection {
        Value::View(View::Keys(map)) => {
            arena.budget.charge(value.weight())?;
            let found = map.position(value).is_some();
            arena.budget.check().map(|()| found)
        }
        Value::View(View::Entries(map)) => {
            let Value::View(View::Entry(entry)) = value else { return Ok(false) };
            arena.budget.charge(STEPS_PER_ENTRY + value.weight())?;
            match map.get(&entry.key) {
                Some(value) => equal(arena, &value, &entry.value()),
                None => arena.budget.check().map(|()| false),
            }
        }
        Value::List(list) => {
            arena.budget.charge(list.len())?;
            any_equal(arena, (0..list.len()).map_while(|i| list.get(i)), value)
        }
        _ => any_equal(arena, elements(arena, collection)?.unwrap_or_default().into_iter(), value),
    }
}

/// Calls a method of `Collection` that only reads. `items` are the elements of `receiver`.
pub(super) fn read<'r>(
    arena: &'r Arena<'r>,
    receiver: &Value<'r>,
    items: impl FnOnce() -> Result<Vec<Value<'r>>, Error>,
    method: M,
    args: &[Value<'r>],
) -> Result<Option<Value<'r>>, Error> {
    Ok(Some(match (method, args) {
        (M::ContainsAll, [other]) => {
            let Some(others) = collection(arena, other)? else { return Ok(None) };
            for each in &others {
                if !contains(arena, receiver, each)? {
                    return Ok(Some(Value::Bool(false)));
                }
            }
            Value::Bool(true)
        }
        (M::ToArray, _) => match to_array(arena, items()?, args)? {
            Some(array) => array,
            None => return Err(wrong_count()),
        },
        (M::Stream | M::ParallelStream, []) => arena.view(View::Stream(RefCell::new(Some(items()?))))?,
        (M::ForEach | M::RemoveIf, [Value::Null]) => return Err(null_pointer()),
        (M::Stream | M::ParallelStream, _) => return Err(wrong_count()),
        _ => return object(arena, receiver, method, args),
    }))
}

/// Runs `toArray()`, `toArray(array)` and `toArray('a', 'b')`: Velocity takes an array parameter for a
/// variable number of arguments.
fn to_array<'r>(arena: &'r Arena<'r>, items: Vec<Value<'r>>, args: &[Value<'r>]) -> Result<Option<Value<'r>>, Error> {
    let into = match args {
        [] => return arena.list(ListKind::Objects, items).map(Some),
        [Value::Null] => return Err(null_pointer()),
        [Value::List(array)] if matches!(array.kind(), ListKind::Chars | ListKind::Bytes) => return Ok(None),
        [array @ Value::List(list)] if list.kind().is_java_array() => array.clone(),
        _ => arena.list(ListKind::Objects, args.to_vec())?,
    };
    let Value::List(array) = &into else { return Ok(None) };
    arena.budget.charge(items.len() / 2)?;
    if array.kind() == ListKind::Strings && !items.iter().all(|i| matches!(i, Value::Str(_) | Value::Null)) {
        return Err(exception("ArrayStoreException", "an array of strings takes no other values"));
    }
    if array.len() < items.len() {
        return arena.list(array.kind(), items).map(Some);
    }
    array.edit(false, |slots| {
        let used = items.len();
        slots.splice(..used, items);
        if let Some(after) = slots.get_mut(used) {
            *after = Value::Null;
        }
    })?;
    Ok(Some(into))
}

/// Creates a `Set` that cannot be changed.
pub(super) fn set_of<'r>(arena: &'r Arena<'r>, items: &[Value<'r>], unique: bool) -> Result<Value<'r>, Error> {
    let map = arena.map(MapKind::Unmodifiable)?;
    for item in items {
        arena.budget.charge(STEPS_PER_ELEMENT + item.weight())?;
        if item.is_null() {
            return Err(null_pointer());
        }
        if map.put(item.clone(), Value::Bool(true))?.is_some() && unique {
            return Err(illegal_argument("duplicate element"));
        }
    }
    arena.view(View::Keys(map))
}

/// Creates an iterator that starts at `next`.
pub(super) fn iterator<'r>(
    arena: &'r Arena<'r>,
    over: Value<'r>,
    items: Vec<Value<'r>>,
    next: usize,
    both_ways: bool,
) -> Result<Value<'r>, Error> {
    let changes = match &over {
        Value::List(list) => list.changes(),
        Value::View(View::Keys(map) | View::Values(map) | View::Entries(map)) => map.changes(),
        Value::View(View::Slice(slice)) => slice.list.changes(),
        _ => 0,
    };
    let changes = Cell::new(changes);
    let steps = Steps { items, next: Cell::new(next), last: Cell::new(None), changes, both_ways };
    arena.view(View::Iterator(over, steps))
}

/// Reads an argument for a parameter of type `int`.
pub(super) fn int(arg: &Value<'_>) -> Option<i32> {
    match arg {
        Value::Int(i) => Some(*i),
        Value::Short(i) => Some(i32::from(*i)),
        Value::Byte(i) => Some(i32::from(*i)),
        _ => None,
    }
}

/// Sorts by `compareTo`, as `sort(null)` does; all items must be of one class that has an order.
pub(super) fn sort_naturally(arena: &Arena<'_>, items: &mut [Value<'_>]) -> Result<(), Error> {
    let [first, rest @ ..] = &*items else { return Ok(()) };
    if rest.is_empty() {
        return Ok(());
    }
    for item in &*items {
        if item.is_null() {
            return Err(null_pointer());
        }
        if order(item, item).is_none() {
            return Err(class_cast(item.class_name(), "java.lang.Comparable"));
        }
        if item.class_name() != first.class_name() {
            return Err(class_cast(item.class_name(), first.class_name()));
        }
    }
    // Each item is compared with about log2(n) others.
    let rounds = items.len().ilog2() as usize + 1;
    for item in &*items {
        arena.budget.charge(rounds * (1 + item.weight()))?;
    }
    items.sort_by(|a, b| order(a, b).unwrap_or(Ordering::Equal));
    Ok(())
}

/// Runs `compareTo` of two values of one class.
fn order(a: &Value<'_>, b: &Value<'_>) -> Option<Ordering> {
    Some(match (a, b) {
        (Value::Str(a), Value::Str(b)) if a.is_ascii() && b.is_ascii() => a.as_str().cmp(b.as_str()),
        (Value::Str(a), Value::Str(b)) => to_utf16(a).cmp(&to_utf16(b)),
        (Value::Int(a), Value::Int(b)) => a.cmp(b),
        (Value::Long(a), Value::Long(b)) => a.cmp(b),
        (Value::Short(a), Value::Short(b)) => a.cmp(b),
        (Value::Byte(a), Value::Byte(b)) => a.cmp(b),
        (Value::Char(a), Value::Char(b)) => a.cmp(b),
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        (Value::Double(a), Value::Double(b)) => order_doubles(*a, *b),
        (Value::Float(a), Value::Float(b)) => order_doubles(f64::from(*a), f64::from(*b)),
        (Value::Big(a), Value::Big(b)) => match (&**a, &**b) {
            (Big::Integer(a), Big::Integer(b)) => a.cmp(b),
            (Big::Decimal(a), Big::Decimal(b)) => a.cmp(b),
            _ => return None,
        },
        _ => return None,
    })
}

/// Compares as `Double.compare` does: -0.0 before 0.0, every NaN last.
fn order_doubles(a: f64, b: f64) -> Ordering {
    match (a.is_nan(), b.is_nan()) {
        (false, false) => a.total_cmp(&b),
        (a, b) => a.cmp(&b),
    }
}
