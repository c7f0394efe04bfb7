//! Look-ups of `$o.name` and `$o[k]`, and `#set` to both, in Velocity's order.

use super::JavaMethod;
use super::class;
use super::collection::int;
use super::map::{member, put};
use super::view::{loop_member, turn};
use crate::diagnostic::Code;
use crate::error::Error;
use crate::value::shape::fingerprint;
use crate::value::{Arena, Value, View};

/// A property name with the methods that it may denote, resolved at compile time.
#[derive(Clone, Debug)]
pub(crate) struct Property {
    pub(crate) name: Box<str>,
    /// The fingerprint of the name.
    pub(crate) fingerprint: u32,
    /// `getName()` with either case of the first letter, if any class has it.
    pub(crate) getter: JavaMethod,
    /// `isName()`.
    pub(crate) is: JavaMethod,
    /// `setName(v)`.
    pub(crate) setter: JavaMethod,
}

impl Property {
    pub(crate) fn new(name: &str) -> Self {
        Property {
            name: name.into(),
            fingerprint: fingerprint(name.as_bytes()),
            getter: accessor("get", name),
            is: accessor("is", name),
            setter: accessor("set", name),
        }
    }
}

/// Returns the method called `prefix` + `name`, tried as written and then with the other case of its first
/// letter: `$l.empty` and `$l.Empty` are both `isEmpty()`.
fn accessor(prefix: &str, name: &str) -> JavaMethod {
    let as_written = JavaMethod::named(&format!("{prefix}{name}"));
    let mut rest = name.chars();
    let (JavaMethod::Unknown, Some(first)) = (as_written, rest.next()) else { return as_written };
    let toggled: String =
        if first.is_lowercase() { first.to_uppercase().collect() } else { first.to_lowercase().collect() };
    JavaMethod::named(&format!("{prefix}{toggled}{}", rest.as_str()))
}

/// Reads `$o.name` in Velocity's order: getter, member of a map, `get("name")`, `isName()`. `None` if
/// the property does not exist.
pub(crate) fn get<'r>(
    arena: &'r Arena<'r>,
    receiver: &Value<'r>,
    property: &Property,
) -> Result<Option<Value<'r>>, Error> {
    if let Value::Map(map) = receiver {
        // The one getter of a map is `getClass`.
        return match map.get_fingerprinted(&property.name, property.fingerprint) {
            _ if property.getter == JavaMethod::GetClass => Ok(Some(Value::Class(receiver.class_name()))),
            Some(value) => Ok(Some(value)),
            None => member(arena, map, &Value::string(property.name.to_string())).map(Some),
        };
    }
    if let Value::View(View::Loop(state)) = receiver
        && let Some(value) = turn(state, property.getter)
    {
        return Ok(Some(value));
    }
    if let Value::Class(name) = receiver {
        return class::get(arena, name, property.getter);
    }
    if property.getter != JavaMethod::Unknown
        && is_getter(property.getter)
        && let Some(value) = super::call(arena, receiver, property.getter, &[])?
    {
        return Ok(Some(value));
    }
    match receiver {
        Value::View(View::Loop(state)) => {
            return loop_member(arena, state, &Value::string(property.name.to_string())).map(Some);
        }
        // Velocity wraps a Java array into a list for its methods, not for its properties.
        Value::List(list) if list.kind().is_java_array() => return Ok(None),
        _ => {}
    }
    if property.is == JavaMethod::Unknown || matches!(receiver, Value::View(View::Optional(_))) {
        return Ok(None);
    }
    let value = super::call(arena, receiver, property.is, &[])?;
    Ok(value.filter(|value| matches!(value, Value::Bool(_))))
}

/// Checks for a method called `get…` that takes nothing: `$s.chars` is not `getChars`.
fn is_getter(method: JavaMethod) -> bool {
    method != JavaMethod::GetOrDefault
}

/// Runs `#set($o.name = v)`: setter, member of a map, `put("name", v)`. Returns false when there is none.
pub(crate) fn set<'r>(
    arena: &'r Arena<'r>,
    receiver: &Value<'r>,
    property: &Property,
    value: Value<'r>,
) -> Result<bool, Error> {
    match receiver {
        Value::Map(map) => put(map, Value::string(property.name.to_string()), value).map(|_| true),
        Value::View(View::Loop(_)) => {
            let key = Value::string(property.name.to_string());
            super::call(arena, receiver, JavaMethod::Put, &[key, value]).map(|_| true)
        }
        _ if property.setter != JavaMethod::Unknown => {
            super::call(arena, receiver, property.setter, &[value]).map(|result| result.is_some())
        }
        _ => Ok(false),
    }
}

/// Reads `$o[k]`: Velocity calls `get(k)`, and a negative number counts from the end. `None` when there is
/// no such method.
pub(crate) fn get_index<'r>(
    arena: &'r Arena<'r>,
    receiver: &Value<'r>,
    key: &Value<'r>,
) -> Result<Option<Value<'r>>, Error> {
    match (receiver, key) {
        (Value::Map(map), Value::Str(_)) => member(arena, map, key).map(Some),
        (_, Value::Int(index)) if *index < 0 => {
            let key = from_the_end(arena, receiver, *index)?;
            super::call(arena, receiver, JavaMethod::Get, &[key])
        }
        _ => super::call(arena, receiver, JavaMethod::Get, std::slice::from_ref(key)),
    }
}

/// Runs `#set($o[k] = v)`: Velocity calls `set(k, v)`, else `put(k, v)`. Returns false when there is
/// neither.
pub(crate) fn set_index<'r>(
    arena: &'r Arena<'r>,
    receiver: &Value<'r>,
    key: &Value<'r>,
    value: Value<'r>,
) -> Result<bool, Error> {
    let key = match key {
        Value::Int(index) if *index < 0 => from_the_end(arena, receiver, *index)?,
        key => key.clone(),
    };
    let args = [key, value];
    for method in [JavaMethod::Set, JavaMethod::Put] {
        if super::call(arena, receiver, method, &args)?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Adds the size to a negative index, for any value with a size: `$m[-1]` asks a map for the key `size - 1`.
fn from_the_end<'r>(arena: &'r Arena<'r>, receiver: &Value<'r>, index: i32) -> Result<Value<'r>, Error> {
    let size = super::call(arena, receiver, JavaMethod::Size, &[])?;
    match size.as_ref().and_then(int) {
        Some(size) => Ok(Value::Int(size.wrapping_add(index))),
        None => {
            let detail = format!("a negative index needs a `size()`, which {} has not", receiver.class_name());
            Err(Error::new(Code::JavaException, detail))
        }
    }
}
