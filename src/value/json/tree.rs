//! Payload → `serde_json` tree, for callers that need no Java values.

use super::read;
use crate::budget::Budget;
use crate::dialect::Dialect;
use crate::error::Error;
use crate::limits::Limits;
use crate::value::{Arena, Big, Value};
use num_traits::ToPrimitive;
use serde_json::{Map, Value as Json};

/// Reads a payload as leniently as a template does. Whole numbers past 64 bits become doubles.
///
/// # Errors
/// [`Code::BadPayload`](crate::Code::BadPayload) if even the lenient reader refuses the text.
pub(crate) fn to_serde(text: &str) -> Result<Json, Error> {
    // Both readers agree on standard JSON, which most payloads are.
    if let Ok(json) = serde_json::from_str(text) {
        return Ok(json);
    }
    let budget = Budget::new(&Limits::service());
    let arena = Arena::new(&budget, Dialect::service());
    let value = read::read(&arena, text)?;
    Ok(tree(&value))
}

/// Converts a value that was just read: it has no cycles and nests no deeper than the reader allows.
fn tree(value: &Value<'_>) -> Json {
    match value {
        Value::Bool(b) => (*b).into(),
        Value::Int(i) => (*i).into(),
        Value::Long(l) => (*l).into(),
        Value::Double(d) => (*d).into(),
        Value::Big(big) => match &**big {
            Big::Integer(i) => i.to_u64().map_or_else(|| i.to_f64().into(), Json::from),
            Big::Decimal(d) => d.to_f64().into(),
        },
        Value::Str(s) => s.as_str().into(),
        Value::List(list) => list.to_vec().iter().map(tree).collect(),
        Value::Map(map) => {
            let members = map.members().into_iter().map(|(name, value)| match name {
                Value::Str(name) => (name.as_str().to_owned(), tree(&value)),
                other => (tree(&other).to_string(), tree(&value)),
            });
            Json::Object(members.collect::<Map<_, _>>())
        }
        _ => Json::Null,
    }
}
