//! Reads what the flags name: files, standard input, and the JSON documents in them.

use crate::failure::Failure;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value as Json};
use std::io::Read;
use std::path::Path;

/// Reads files, and standard input once: `vtl render - --body -` cannot mean anything.
#[derive(Default)]
pub struct Reader {
    stdin_taken: bool,
}

/// How a file is called in messages.
pub fn name(path: &Path) -> String {
    if is_stdin(path) { "<stdin>".to_owned() } else { path.display().to_string() }
}

fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

impl Reader {
    pub fn bytes(&mut self, path: &Path) -> Result<Vec<u8>, Failure> {
        if !is_stdin(path) {
            return std::fs::read(path).map_err(|e| Failure::Input(format!("cannot read {}: {e}", path.display())));
        }
        if std::mem::replace(&mut self.stdin_taken, true) {
            return Err(Failure::Input("standard input (-) can be read for one thing only".to_owned()));
        }
        let mut bytes = Vec::new();
        match std::io::stdin().lock().read_to_end(&mut bytes) {
            Ok(_) => Ok(bytes),
            Err(e) => Err(Failure::Input(format!("cannot read standard input: {e}"))),
        }
    }

    pub fn text(&mut self, path: &Path) -> Result<String, Failure> {
        String::from_utf8(self.bytes(path)?).map_err(|e| {
            let at = e.utf8_error().valid_up_to();
            Failure::Input(format!("{} is not UTF-8: see byte {at}", name(path)))
        })
    }

    /// A JSON object, such as the context.
    pub fn object(&mut self, path: &Path) -> Result<Map<String, Json>, Failure> {
        let text = self.text(path)?;
        parse(path, &text)
    }
}

/// Reads a JSON document that a person wrote, perhaps with an editor that marks it as UTF-8.
pub fn parse<'a, T: Deserialize<'a>>(path: &Path, text: &'a str) -> Result<T, Failure> {
    serde_json::from_str(text.trim_start_matches('\u{feff}'))
        .map_err(|e| Failure::Input(format!("{}: {e}", name(path))))
}

/// The document of `--input`: a whole request. Keys that it does not know are ignored.
#[derive(Default, Deserialize)]
pub struct Document<'a> {
    #[serde(borrow, default, deserialize_with = "present")]
    body: Option<&'a RawValue>,
    #[serde(default)]
    pub params: Option<Groups>,
    #[serde(default)]
    pub context: Option<Map<String, Json>>,
    #[serde(default, rename = "stageVariables")]
    pub stage_variables: Option<Map<String, Json>>,
}

/// The parameters of a request, by where they come from.
#[derive(Default, Deserialize)]
pub struct Groups {
    #[serde(default)]
    pub path: Option<Map<String, Json>>,
    #[serde(default)]
    pub querystring: Option<Map<String, Json>>,
    #[serde(default)]
    pub header: Option<Map<String, Json>>,
}

/// A body that is `null` is there: it is the payload `null`.
fn present<'de: 'a, 'a, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<&'a RawValue>, D::Error> {
    <&RawValue>::deserialize(deserializer).map(Some)
}

impl Document<'_> {
    /// The payload: a string is the payload itself, anything else its JSON text.
    pub fn payload(&self) -> Result<Option<String>, serde_json::Error> {
        match self.body.map(RawValue::get) {
            Some(text) if text.starts_with('"') => serde_json::from_str(text).map(Some),
            Some(text) => Ok(Some(compact(text))),
            None => Ok(None),
        }
    }
}

/// JSON text without the white space between its tokens; every token stays as it was written, so that
/// `1.10` and `12345678901234567890` keep their digits.
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

/// The values of one member as text: `"a"`, `7` or `["a", "b"]`.
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
    fn only_white_space_between_tokens_goes() {
        let text = "{\n \"a b\" : [ 1.10 , \"\\\" x \\\\\" , 12345678901234567890 ]\t}\r\n";
        assert_eq!(compact(text), r#"{"a b":[1.10,"\" x \\",12345678901234567890]}"#);
    }
}
