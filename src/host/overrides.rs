//! Reads back what a template set under `$context.requestOverride` and `$context.responseOverride`.

use super::Overrides;
use super::globals::{REQUEST_OVERRIDE, RESPONSE_OVERRIDE};
use crate::error::Error;
use crate::value::datum::Members;
use crate::value::{Arena, Big, Datum, List, Map, Value, show};
use serde_json::Value as Json;

/// How deep values are read; what lies below a cycle is dropped.
const DEEPEST: usize = 32;

/// `given` is what was there before the render.
pub(super) fn read(given: &Overrides, context: Option<&Map<'_>>) -> Result<Overrides, Error> {
    // Mostly nobody has looked there, and there is nothing.
    let part = |name: &str, given: &serde_json::Map<String, Json>| match context.and_then(|map| map.handed_out(name)) {
        Some(Value::Map(map)) => members(map, DEEPEST),
        None if !given.is_empty() => Ok(given.clone()),
        _ => Ok(serde_json::Map::new()),
    };
    Ok(Overrides {
        request: part(REQUEST_OVERRIDE, &given.request)?,
        response: part(RESPONSE_OVERRIDE, &given.response)?,
    })
}

/// The members that hold something: an empty map was only looked at.
pub(super) fn pruned(members: &Members) -> serde_json::Map<String, Json> {
    let empty = |value: &Datum| matches!(value, Datum::Map(_, members) if members.len() == 0);
    let held = members.entries().iter().filter(|(_, value)| !empty(value));
    held.map(|(name, value)| (name.to_string(), value.to_json())).collect()
}

fn is_empty(value: &Json) -> bool {
    value.as_object().is_some_and(serde_json::Map::is_empty)
}

fn members(map: &Map<'_>, deepest: usize) -> Result<serde_json::Map<String, Json>, Error> {
    let mut out = serde_json::Map::new();
    for (key, value) in map.members() {
        let mut name = String::new();
        show::show(map.arena(), &key, &mut name)?;
        let value = json(map.arena(), &value, deepest)?;
        if !is_empty(&value) {
            out.insert(name, value);
        }
    }
    Ok(out)
}

fn list(arena: &Arena<'_>, list: &List<'_>, deepest: usize) -> Result<Json, Error> {
    list.to_vec().iter().map(|item| json(arena, item, deepest)).collect()
}

fn json(arena: &Arena<'_>, value: &Value<'_>, deepest: usize) -> Result<Json, Error> {
    Ok(match value {
        Value::Null => Json::Null,
        Value::Bool(b) => (*b).into(),
        Value::Int(i) => (*i).into(),
        Value::Long(l) => (*l).into(),
        Value::Double(d) => (*d).into(),
        Value::Str(s) => s.as_str().into(),
        Value::List(_) | Value::Map(_) if deepest == 0 => Json::Null,
        Value::List(items) => list(arena, items, deepest - 1)?,
        Value::Map(map) => members(map, deepest - 1)?.into(),
        Value::Big(big) if matches!(**big, Big::Integer(_)) => text(arena, value)?,
        _ => text(arena, value)?,
    })
}

fn text(arena: &Arena<'_>, value: &Value<'_>) -> Result<Json, Error> {
    let mut out = String::new();
    show::show(arena, value, &mut out)?;
    Ok(out.into())
}
