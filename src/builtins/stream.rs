//! Methods of `java.util.stream.Stream` that need no function, and of `Optional`:
//! `$l.stream().distinct().count()`.

use super::JavaMethod as M;
use super::collection::{self, int, sort_naturally};
use super::exception::{illegal_argument, illegal_state, no_such_element, null_pointer, wrong_count};
use crate::error::Error;
use crate::value::{Arena, ListKind, MapKind, Value, View};
use std::cell::RefCell;

/// The type of a stream's elements: `$l.stream()` has objects, `$s.chars()` ints (`IntStream`).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    Objects,
    Ints,
}

impl Of {
    /// Lists the methods without parameters.
    fn nullary(self) -> &'static [M] {
        match self {
            Of::Objects => &[
                M::Count,
                M::Sorted,
                M::Distinct,
                M::ToList,
                M::FindFirst,
                M::FindAny,
                M::Iterator,
                M::IsParallel,
                M::Close,
                M::ToArray,
            ],
            Of::Ints => &[M::Count, M::Sorted, M::Distinct, M::Sum, M::Boxed, M::Iterator, M::IsParallel, M::Close],
        }
    }

    fn stream<'r>(self, arena: &'r Arena<'r>, items: Vec<Value<'r>>) -> Result<Value<'r>, Error> {
        let items = RefCell::new(Some(items));
        arena.view(match self {
            Of::Objects => View::Stream(items),
            Of::Ints => View::Ints(items),
        })
    }
}

pub(super) fn call<'r>(
    arena: &'r Arena<'r>,
    view: &'r View<'r>,
    of: Of,
    items: &RefCell<Option<Vec<Value<'r>>>>,
    method: M,
    args: &[Value<'r>],
) -> Result<Option<Value<'r>>, Error> {
    match (method, args) {
        (M::IsParallel, []) => return Ok(Some(Value::Bool(false))),
        (M::Close, []) => {
            items.take();
            return Ok(Some(Value::EMPTY));
        }
        (M::ToArray, [Value::Null]) if of == Of::Objects => return Err(null_pointer()),
        (M::Limit | M::Skip, [Value::Int(_) | Value::Long(_) | Value::Short(_) | Value::Byte(_)]) => {}
        (_, []) if of.nullary().contains(&method) => {}
        (_, [_, ..]) if of.nullary().contains(&method) => return Err(wrong_count()),
        _ => return collection::object(arena, &Value::View(view), method, args),
    }
    // A stream is used once.
    let mut items = items.take().ok_or_else(illegal_state)?;
    arena.budget.charge(items.len())?;
    Ok(Some(match method {
        M::Count => return Ok(Some(Value::Long(items.len() as i64))),
        M::Sum => Value::Int(items.iter().filter_map(int).fold(0, i32::wrapping_add)),
        M::Boxed => Of::Objects.stream(arena, items)?,
        M::ToArray => arena.list(ListKind::Objects, items)?,
        M::ToList => arena.list(ListKind::Unmodifiable, items)?,
        M::Iterator => collection::iterator(arena, Value::Null, items, 0, false)?,
        M::FindFirst | M::FindAny => arena.view(View::Optional(items.into_iter().next()))?,
        M::Sorted => {
            sort_naturally(arena, &mut items)?;
            of.stream(arena, items)?
        }
        M::Distinct => {
            let set = arena.map(MapKind::Linked)?;
            for item in items {
                arena.budget.charge(2 + item.weight())?;
                set.put(item, Value::Null)?;
            }
            of.stream(arena, set.keys())?
        }
        M::Limit => {
            items.truncate(amount(args)?);
            of.stream(arena, items)?
        }
        _ => {
            let skipped = amount(args)?.min(items.len());
            of.stream(arena, items.split_off(skipped))?
        }
    }))
}

/// Reads an argument of type `long` that must not be negative.
fn amount(args: &[Value<'_>]) -> Result<usize, Error> {
    let amount = match args {
        [Value::Long(long)] => *long,
        [other] => int(other).map_or(0, i64::from),
        _ => 0,
    };
    usize::try_from(amount).map_err(|_| illegal_argument(amount.to_string()))
}

/// Calls a method of `Optional`, which `findFirst` returns.
pub(super) fn of_optional<'r>(
    arena: &'r Arena<'r>,
    view: &'r View<'r>,
    item: Option<&Value<'r>>,
    method: M,
    args: &[Value<'r>],
) -> Result<Option<Value<'r>>, Error> {
    Ok(Some(match (method, args) {
        (M::Get | M::OrElseThrow, []) => item.ok_or_else(no_such_element)?.clone(),
        (M::IsPresent, []) => Value::Bool(item.is_some()),
        (M::IsEmpty, []) => Value::Bool(item.is_none()),
        (M::OrElse, [other]) => item.unwrap_or(other).clone(),
        (M::Of, [Value::Null]) => return Err(null_pointer()),
        (M::Of, [value]) => arena.view(View::Optional(Some(value.clone())))?,
        (M::Get | M::IsPresent | M::IsEmpty | M::OrElseThrow, [_, ..]) => return Err(wrong_count()),
        _ => return collection::object(arena, &Value::View(view), method, args),
    }))
}
