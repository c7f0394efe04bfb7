//! The overrides that a template sets below `$context`, and reading them back.

use crate::error::Error;
use crate::value::datum::Members;
use crate::value::json::escaped_length;
use crate::value::{Arena, Datum, List, Map, Value, show};
use serde_json::Value as Json;

pub(super) const REQUEST_OVERRIDE: &str = "requestOverride";
pub(super) const RESPONSE_OVERRIDE: &str = "responseOverride";

/// Values that a template set below `$context.requestOverride` and `$context.responseOverride`.
///
/// Each is a JSON object, empty when nothing was set. Lists stay lists: the integration joins them
/// with commas.
///
/// ```
/// let template = vtl::Template::parse("#set($context.requestOverride.header.X = 'v')")?;
/// let overrides = template.render(&vtl::Globals::default())?.overrides;
/// assert_eq!(overrides.request["header"]["X"], "v");
/// # Ok::<(), vtl::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Overrides {
    /// Members of `$context.requestOverride`: `path`, `querystring`, `header` and any others.
    pub request: serde_json::Map<String, Json>,
    /// Members of `$context.responseOverride`: `header`, `status` and any others.
    pub response: serde_json::Map<String, Json>,
}

impl Overrides {
    /// Creates overrides from the members of `$context.requestOverride` and
    /// `$context.responseOverride`.
    #[must_use]
    pub fn new(request: serde_json::Map<String, Json>, response: serde_json::Map<String, Json>) -> Self {
        Overrides { request, response }
    }

    /// Checks whether nothing was set.
    pub(crate) fn is_empty(&self) -> bool {
        self.request.is_empty() && self.response.is_empty()
    }
}

/// Bytes of a JSON object besides its members, roughly.
const MAP: usize = 256;

/// The depth to which values are read, which ends cycles.
const DEEPEST: usize = 32;

/// Reads the overrides after a render; `given` are those from before it.
pub(super) fn read(given: &Overrides, context: Option<&Map<'_>>) -> Result<Overrides, Error> {
    // Most templates do not access them.
    let context = context.filter(|map| map.may_have_changed());
    if context.is_none() && given.is_empty() {
        return Ok(Overrides::default());
    }
    let part =
        |name: &str, given: &serde_json::Map<String, Json>| match context.and_then(|map| map.changeable_member(name)) {
            Some(Value::Map(map)) => members(map, DEEPEST),
            None if !given.is_empty() => Ok(given.clone()),
            _ => Ok(serde_json::Map::new()),
        };
    Ok(Overrides {
        request: part(REQUEST_OVERRIDE, &given.request)?,
        response: part(RESPONSE_OVERRIDE, &given.response)?,
    })
}

/// Returns the members without empty maps, which a template has only looked at.
pub(super) fn pruned(members: &Members) -> serde_json::Map<String, Json> {
    let empty = |value: &Datum| matches!(value, Datum::Map(_, members) if members.len() == 0);
    let held = members.entries().iter().filter(|(_, value)| !empty(value));
    held.map(|(name, value)| (name.to_string(), value.to_json())).collect()
}

fn is_empty(value: &Json) -> bool {
    value.as_object().is_some_and(serde_json::Map::is_empty)
}

/// Bytes of a member of a JSON object, besides its texts.
const MEMBER: usize = 96;

fn members(map: &Map<'_>, deepest: usize) -> Result<serde_json::Map<String, Json>, Error> {
    let arena = map.arena();
    arena.budget.charge(4 + 8 * map.len())?;
    arena.budget.make(MAP)?;
    let mut out = serde_json::Map::new();
    for (key, value) in map.members() {
        let mut name = String::new();
        show::show(arena, &key, &mut name)?;
        arena.budget.make(MEMBER + name.len())?;
        let value = json(arena, &value, deepest)?;
        if !is_empty(&value) {
            out.insert(name, value);
        }
    }
    Ok(out)
}

fn list(arena: &Arena<'_>, list: &List<'_>, deepest: usize) -> Result<Json, Error> {
    arena.budget.charge(4 + 4 * list.len())?;
    arena.budget.hold(32 + list.len() * (16 + size_of::<Json>()))?;
    list.to_vec().iter().map(|item| json(arena, item, deepest)).collect()
}

/// Converts a value. What it shares with others is copied, so each copy is charged: as JSON, since it is printed so.
fn json(arena: &Arena<'_>, value: &Value<'_>, deepest: usize) -> Result<Json, Error> {
    arena.budget.charge(1)?;
    arena.budget.hold(size_of::<Json>())?;
    Ok(match value {
        Value::Null => Json::Null,
        Value::Bool(b) => (*b).into(),
        Value::Int(i) => (*i).into(),
        Value::Long(l) => (*l).into(),
        Value::Double(d) => (*d).into(),
        Value::Str(s) => {
            arena.budget.make(16 + escaped_length(s))?;
            s.as_str().into()
        }
        Value::List(_) | Value::Map(_) if deepest == 0 => Json::Null,
        Value::List(items) => list(arena, items, deepest - 1)?,
        Value::Map(map) => members(map, deepest - 1)?.into(),
        _ => text(arena, value)?,
    })
}

fn text(arena: &Arena<'_>, value: &Value<'_>) -> Result<Json, Error> {
    let mut out = String::new();
    show::show(arena, value, &mut out)?;
    arena.budget.make(escaped_length(&out))?;
    Ok(out.into())
}
