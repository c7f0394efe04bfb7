//! The data of a render as it stands in a request.

use crate::failure::Failure;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde::de::{self, Deserializer};
use serde_json::value::RawValue;
use serde_json::{Map, Value as Json};
use std::borrow::Cow;
use std::fmt;
use vtl::{Globals, Overrides, Params};

/// The members of an object in order, without a table of their names.
#[derive(Default)]
pub(crate) struct Members(Vec<(String, Json)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Members;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Visitor)
    }
}

/// Parameters by their place in the request.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Groups {
    #[serde(default)]
    pub path: Option<Members>,
    #[serde(default)]
    pub querystring: Option<Members>,
    #[serde(default)]
    pub header: Option<Members>,
}

impl Groups {
    /// Returns the parameters.
    ///
    /// # Errors
    /// A value is neither a text nor a list of texts.
    fn params(self) -> Result<Params, Failure> {
        type Add = fn(Params, &str, &str) -> Params;
        let mut params = Params::new();
        for (group, members, add) in [
            ("params.path", self.path, Params::path as Add),
            ("params.querystring", self.querystring, Params::query),
            ("params.header", self.header, Params::header),
        ] {
            for (name, value) in members.unwrap_or_default().0 {
                if let Json::String(text) = &value {
                    params = add(params, &name, text);
                    continue;
                }
                for text in texts_of(group, &name, &value)? {
                    params = add(params, &name, &text);
                }
            }
        }
        Ok(params)
    }
}

/// The surroundings of a render.
#[derive(Default)]
pub(crate) struct Input<'a> {
    pub params: Option<Groups>,
    pub context: Option<Map<String, Json>>,
    pub stage_variables: Option<Members>,
    pub variables: Option<&'a RawValue>,
    pub request_override: Option<Map<String, Json>>,
    pub response_override: Option<Map<String, Json>>,
}

impl Input<'_> {
    /// Returns the data for a render of a payload.
    ///
    /// # Errors
    /// A parameter or a stage variable is no text, or the variables are no object.
    pub(crate) fn globals(self, body: Cow<'_, [u8]>) -> Result<Globals<'_>, Failure> {
        let mut globals = match body {
            Cow::Borrowed(bytes) => Globals::body_bytes(bytes),
            Cow::Owned(bytes) => Globals::body(
                String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()),
            ),
        };
        if let Some(params) = self.params {
            globals = globals.params(params.params()?);
        }
        if let Some(context) = self.context {
            globals = globals.context(Json::Object(context));
        }
        if let Some(variables) = self.stage_variables {
            globals = globals.stage_variables(stage_variables(variables)?);
        }
        if let Some(variables) = self.variables {
            // A string is the text of the object.
            let text: Cow<'_, str> = match variables.get() {
                text if text.starts_with('"') => {
                    serde_json::from_str(text).map_err(|e| Failure::usage(e.to_string()))?
                }
                text => Cow::Borrowed(text),
            };
            globals = globals.variables_json(&text).map_err(|e| Failure::usage(e.detail()))?;
        }
        if self.request_override.is_some() || self.response_override.is_some() {
            let (request, response) = (self.request_override, self.response_override);
            globals = globals.overrides(Overrides::new(request.unwrap_or_default(), response.unwrap_or_default()));
        }
        Ok(globals)
    }
}

/// Returns stage variables as texts.
///
/// # Errors
/// A value is no text.
pub(crate) fn stage_variables(members: Members) -> Result<Vec<(String, String)>, Failure> {
    let text = |(name, value): (String, Json)| match value {
        Json::String(text) => Ok((name, text)),
        other => {
            let text = texts_of("stageVariables", &name, &other)?.pop().unwrap_or_default();
            Ok((name, text))
        }
    };
    members.0.into_iter().map(text).collect()
}

/// Returns the payload of a member `body`: the text of a string, the JSON text of anything else without
/// the white space between its tokens, so that numbers keep their digits.
///
/// # Errors
/// The text is not base64 although `is_base64` says so.
pub(crate) fn payload(body: Option<&RawValue>, is_base64: bool) -> Result<Cow<'_, [u8]>, Failure> {
    let text: Cow<'_, str> = match body.map(RawValue::get) {
        None => Cow::Borrowed(""),
        Some(text) if text.starts_with('"') => match text.get(1..text.len() - 1) {
            Some(inner) if !inner.contains('\\') => Cow::Borrowed(inner),
            _ => Cow::Owned(serde_json::from_str(text).map_err(|e| Failure::usage(format!("body: {e}")))?),
        },
        Some(text) => Cow::Owned(compact(text)),
    };
    if is_base64 {
        let bytes = STANDARD.decode(text.as_bytes()).map_err(|e| Failure::usage(format!("body: not base64: {e}")))?;
        return Ok(Cow::Owned(bytes));
    }
    Ok(match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
        Cow::Owned(text) => Cow::Owned(text.into_bytes()),
    })
}

/// Encodes bytes as base64.
#[cfg(feature = "documents")]
pub(crate) fn encode(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Removes the white space between the tokens of JSON text. Tokens are not changed, so `1.10` and
/// `12345678901234567890` keep their digits.
///
/// ```
/// assert_eq!(vtl_data::compact("{ \"a b\" : [1.10, 2 ] }"), r#"{"a b":[1.10,2]}"#);
/// ```
#[must_use]
pub fn compact(json: &str) -> String {
    let (mut in_string, mut escaped) = (false, false);
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

fn texts_of(what: &str, name: &str, value: &Json) -> Result<Vec<String>, Failure> {
    texts(value).ok_or_else(|| Failure::usage(format!("{what}.{name} must be a string or an array of strings")))
}

/// Returns the values of a member such as `"a"`, `7` or `["a", "b"]` as texts; `None` for objects and
/// null.
///
/// ```
/// assert_eq!(vtl_data::texts(&serde_json::json!(["a", 7])), Some(vec!["a".to_owned(), "7".to_owned()]));
/// assert_eq!(vtl_data::texts(&serde_json::json!({})), None);
/// ```
#[must_use]
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
