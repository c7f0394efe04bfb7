//! Methods of `java.lang.Class`, and static methods that are called on a class: `$n.class.parseInt('7')`.
//!
//! The service runs Velocity's secure introspector. Of a class it shows the name alone; beyond that a
//! call is looked up among the methods of the class's *instances*. A static one runs, any other finds
//! the class to be no such instance and throws (compared with Velocity 1.7, `corpus/velocity-own`).

use super::JavaMethod::{self, self as M};
use super::exception::{illegal_argument, wrong_count};
use super::{list, map, number, string, view};
use crate::error::Error;
use crate::value::view::{Entry, Loop, Slice};
use crate::value::{Arena, ListKind, MapKind, Value, View};
use num_traits::Zero;
use std::cell::{Cell, RefCell};

const CLASS: &str = "java.lang.Class";

pub(super) fn call<'r>(
    arena: &'r Arena<'r>,
    name: &'static str,
    method: JavaMethod,
    args: &[Value<'r>],
) -> Result<Option<Value<'r>>, Error> {
    let is_service = arena.dialect.service;
    let own = match (method, args) {
        (M::GetName, []) => Some(Value::str(name)),
        (M::GetName, _) => return Err(wrong_count()),
        // Of the class `Class` itself there is nothing else.
        _ if is_service && name == CLASS => return Ok(None),
        (M::GetClass, []) => Some(Value::Class(CLASS)),
        (M::Wait | M::Notify | M::NotifyAll, _) => return Ok(None),
        (M::GetSimpleName, []) if !is_service => Some(arena.string(simple_name(name))?),
        _ if is_service && instances_override(name, method) => None,
        (M::ToString, []) => Some(arena.string(format!("class {name}"))?),
        (M::Equals, [other]) => Some(Value::Bool(matches!(other, Value::Class(n) if *n == name))),
        (M::HashCode, []) => Some(Value::Int(Value::Class(name).java_hash())),
        (M::ToString | M::HashCode, _) if instance(arena, name)?.is_none() => return Err(wrong_count()),
        _ => None,
    };
    match own {
        Some(value) => Ok(Some(value)),
        None => on_instance(arena, name, method, args),
    }
}

/// Returns a property of a class; the service shows the name alone.
pub(super) fn get<'r>(
    arena: &'r Arena<'r>,
    name: &'static str,
    getter: JavaMethod,
) -> Result<Option<Value<'r>>, Error> {
    match getter {
        M::GetName if arena.dialect.service && name == CLASS => Ok(None),
        M::GetName => Ok(Some(Value::str(name))),
        _ if arena.dialect.service => Ok(None),
        _ => call(arena, name, getter, &[]),
    }
}

/// Calls a method as one of the class's instances, and lets only static ones through.
fn on_instance<'r>(
    arena: &'r Arena<'r>,
    name: &'static str,
    method: JavaMethod,
    args: &[Value<'r>],
) -> Result<Option<Value<'r>>, Error> {
    let Some(instance) = instance(arena, name)? else { return Ok(None) };
    let outcome = match &instance {
        Value::Str(_) | Value::Char(_) => string::call(arena, &instance, method, args),
        Value::List(_) => list::call(arena, &instance, method, args),
        Value::Map(_) if method == M::Get && args.len() == 1 => Ok(Some(Value::Null)),
        Value::Map(map) => map::call(arena, map, method, args),
        Value::View(view) => view::call(arena, view, method, args),
        _ => number::call(arena, &instance, method, args),
    };
    match outcome {
        Ok(None) => Ok(None),
        outcome if is_static(&instance, method, args) => outcome,
        _ => Err(illegal_argument("object is not an instance of declaring class")),
    }
}

/// Checks for a static method among those of an instance.
fn is_static(instance: &Value<'_>, method: JavaMethod, args: &[Value<'_>]) -> bool {
    match instance {
        Value::Str(_) => matches!(method, M::ValueOf | M::Format | M::Join | M::CopyValueOf),
        Value::Big(_) => method == M::ValueOf,
        Value::List(_) | Value::Map(_) | Value::View(_) => {
            matches!(method, M::Of | M::CopyOf | M::Entry | M::OfEntries)
        }
        // The wrappers of primitives: all but `compareTo` and `equals` take the value as an argument.
        _ => !args.is_empty() && !matches!(method, M::CompareTo | M::Equals),
    }
}

/// Checks for a class whose instances override a method of `Object`.
fn instances_override(name: &str, method: JavaMethod) -> bool {
    let plain = name.starts_with('[')
        || ["Itr", "Iterator", "Adapter", "SubList$1", "$Head", "$Info"].iter().any(|end| name.ends_with(end));
    match method {
        M::ToString => name.ends_with("$Info") || !plain && !name.ends_with("$Entry"),
        M::Equals | M::HashCode => !plain,
        _ => false,
    }
}

/// Creates an instance of a class; `None` for a class whose instances templates cannot obtain.
fn instance<'r>(arena: &'r Arena<'r>, name: &str) -> Result<Option<Value<'r>>, Error> {
    let map = |kind| arena.map(kind);
    let linked = || arena.map(MapKind::Linked);
    let iterator = |both_ways| -> Result<Value<'r>, Error> {
        super::collection::iterator(arena, arena.list(ListKind::Array, Vec::new())?, Vec::new(), 0, both_ways)
    };
    Ok(Some(match name {
        "java.lang.String" => Value::EMPTY,
        "java.lang.Character" => Value::Char(0),
        "java.lang.Boolean" => Value::Bool(false),
        "java.lang.Byte" => Value::Byte(0),
        "java.lang.Short" => Value::Short(0),
        "java.lang.Integer" => Value::Int(0),
        "java.lang.Long" => Value::Long(0),
        "java.lang.Float" => Value::Float(0.0),
        "java.lang.Double" => Value::Double(0.0),
        "java.math.BigInteger" => Value::big(Zero::zero()),
        "java.math.BigDecimal" => Value::decimal(Zero::zero()),
        "java.util.ArrayList" => arena.list(ListKind::Array, Vec::new())?,
        "net.minidev.json.JSONArray" => arena.list(ListKind::Json, Vec::new())?,
        "java.util.ImmutableCollections$ListN" => arena.list(ListKind::Unmodifiable, Vec::new())?,
        "java.util.LinkedHashMap" => Value::Map(linked()?),
        "java.util.HashMap" => Value::Map(map(MapKind::Hash)?),
        "java.util.TreeMap" => Value::Map(map(MapKind::Headers)?),
        "java.util.LinkedHashMap$LinkedKeySet" => arena.view(View::Keys(linked()?))?,
        "java.util.LinkedHashMap$LinkedValues" => arena.view(View::Values(linked()?))?,
        "java.util.LinkedHashMap$LinkedEntrySet" => arena.view(View::Entries(linked()?))?,
        "java.util.LinkedHashMap$Entry" => arena.view(View::Entry(Entry::new(linked()?, Value::Null, Value::Null)))?,
        "java.util.ArrayList$SubList" => match arena.list(ListKind::Array, Vec::new())? {
            Value::List(list) => arena.view(View::Slice(Slice::new(list, None, 0, 0)))?,
            _ => return Ok(None),
        },
        "java.util.ArrayList$ListItr" => iterator(true)?,
        _ if name.ends_with("Itr") || name.ends_with("Iterator") => iterator(false)?,
        "java.util.Optional" => arena.view(View::Optional(None))?,
        "java.util.stream.ReferencePipeline$Head" => arena.view(View::Stream(RefCell::new(Some(Vec::new()))))?,
        "java.util.stream.IntPipeline$Head" => arena.view(View::Ints(RefCell::new(Some(Vec::new()))))?,
        "org.apache.velocity.runtime.directive.ForeachScope" => arena.view(View::Loop(a_loop()))?,
        "org.apache.velocity.runtime.directive.Scope$Info" => match arena.view(View::Loop(a_loop()))? {
            Value::View(view) => arena.view(View::LoopInfo(view))?,
            _ => return Ok(None),
        },
        _ => return Ok(None),
    }))
}

fn a_loop<'r>() -> Loop<'r> {
    let (index, has_next, own) = (Cell::new(0), Cell::new(false), RefCell::new(None));
    Loop { index, has_next, outer: Value::Null, source: (0, 0), own }
}

/// Returns `Class.getSimpleName()`: `String[]`, `Entry`.
fn simple_name(name: &str) -> String {
    let last = |name: &str| name.rsplit(['.', '$']).next().unwrap_or(name).to_owned();
    match name.strip_prefix('[') {
        Some("C") => "char[]".to_owned(),
        Some("B") => "byte[]".to_owned(),
        Some(element) => last(element.trim_end_matches(';')) + "[]",
        None => last(name),
    }
}
