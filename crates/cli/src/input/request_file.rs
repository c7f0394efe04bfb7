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
            Some(text) => Ok(Some(compact(text))),
            None => Ok(None),
        }
    }
}

/// Removes the white space between the tokens of JSON text. Tokens are not changed, so `1.10` and
/// `12345678901234567890` keep their digits.
fn compact(json: &str) -> String {
    let mut in_string = false;
    let mut escaped = false;
    let keep = |c: &char| {
        if in_string {
            in_string = escaped || *c != '"';
            escaped = !escaped && *c == '\\';
            true
        } else {
            in_string = *c == '"';
            !matches!(c, ' ' | '\n' | '\r' | '\t')
        }
    };
    json.chars().filter(keep).collect()
}

/// Returns the values of a member such as `"a"`, `7` or `["a", "b"]` as texts; `None` for objects and
/// null.
pub fn texts(value: &Json) -> Option<Vec<String>> {
    match value {
        Json::Array(items) => items.iter().map(scalar).collect(),
        other => scalar(other).map(|text| vec![text]),
    }
}

fn scalar(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.clone()),
        Json::Number(_) | Json::Bool(_) => Some(value.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::compact;

    #[test]
    fn only_white_space_between_tokens_is_removed() {
        let text = "{\n \"a b\" : [ 1.10 , \"\\\" x \\\\\" , 12345678901234567890 ]\t}\r\n";
        assert_eq!(compact(text), r#"{"a b":[1.10,"\" x \\",12345678901234567890]}"#);
    }
}
