//! The JSON file of `--input`: a whole request.

use crate::input::reader::Keys;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value as Json};

/// The keys of the file.
pub const KEYS: &Keys<'static> =
    &[("", &["body", "params", "context", "stageVariables"]), ("/params", &["path", "querystring", "header"])];

/// A whole request.
#[derive(Default, Deserialize)]
pub struct RequestFile<'a> {
    #[serde(borrow, default, deserialize_with = "present")]
    body: Option<&'a RawValue>,
    #[serde(default)]
    pub params: Option<Groups>,
    #[serde(default)]
    pub context: Option<Map<String, Json>>,
    #[serde(default, rename = "stageVariables")]
    pub stage_variables: Option<Map<String, Json>>,
}

/// Parameters of a request by their place in it.
#[derive(Default, Deserialize)]
pub struct Groups {
    #[serde(default)]
    pub path: Option<Map<String, Json>>,
    #[serde(default)]
    pub querystring: Option<Map<String, Json>>,
    #[serde(default)]
    pub header: Option<Map<String, Json>>,
}

/// Deserializes a body, so that `null` is the payload `null` and not a missing one.
fn present<'de: 'a, 'a, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<&'a RawValue>, D::Error> {
    <&RawValue>::deserialize(deserializer).map(Some)
}

impl RequestFile<'_> {
    /// Returns the payload: the text of a string, the JSON text of anything else.
    pub fn payload(&self) -> Result<Option<String>, serde_json::Error> {
        match self.body.map(RawValue::get) {
            Some(text) if text.starts_with('"') => serde_json::from_str(text).map(Some),
            Some(text) => Ok(Some(vtl_data::compact(text))),
            None => Ok(None),
        }
    }
}
