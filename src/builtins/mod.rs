//! The Java methods and properties that a template can reach.
//!
//! [`call`] is the entry point. It matches on the kind of receiver, then on the method, so a render hashes
//! and compares no names. Overloads are chosen as Velocity 1.7's introspection chooses them.
//!
//! Called by `vm` and `host`; knows nothing of templates.

mod argument;
mod character;
mod class;
mod collection;
pub(crate) mod decimal;
mod exception;
mod format;
pub(crate) mod fraction;
pub(crate) mod iterate;
mod java_string;
pub(crate) mod list;
pub(crate) mod map;
pub(crate) mod method;
pub(crate) mod number;
#[cfg(test)]
mod number_call_tests;
mod overload;
pub(crate) mod property;
mod search;
pub(crate) mod signature;
mod stream;
pub(crate) mod string;
mod string_lines;
mod string_regex;
mod string_units;
mod view;
pub(crate) mod whole;

pub(crate) use method::JavaMethod;

use crate::error::Error;
use crate::value::{Arena, Value};

/// Calls a method. `None` when no method of that name takes these arguments: Velocity goes on with null. A
/// `void` method returns the empty string, as in Velocity. A Java exception is an error, which stops the
/// render.
#[inline]
pub(crate) fn call<'r>(
    arena: &'r Arena<'r>,
    receiver: &Value<'r>,
    method: JavaMethod,
    args: &[Value<'r>],
) -> Result<Option<Value<'r>>, Error> {
    // What a loop over names does at each turn.
    if let (Value::Map(map), JavaMethod::Get, [key]) = (receiver, method, args) {
        return map::member(arena, map, key).map(Some);
    }
    // What a method of a string costs depends on the method.
    let own = if let Value::Str(_) = receiver { 0 } else { receiver.weight() };
    arena.budget.charge(args.iter().fold(1 + own, |sum, arg| sum + arg.weight()))?;
    match receiver {
        Value::Str(_) | Value::Char(_) => string::call(arena, receiver, method, args),
        Value::List(_) => list::call(arena, receiver, method, args),
        Value::Map(map) => map::call(arena, map, method, args),
        Value::View(view) => view::call(arena, view, method, args),
        Value::Class(name) => class::call(arena, name, method, args),
        _ => number::call(arena, receiver, method, args),
    }
}
