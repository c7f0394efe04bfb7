//! Replacing parts of JSON that differ from run to run before it is compared.

use crate::format::test::Redaction;
use crate::json;
use crate::query::{self, Visits};
use serde_json::Value as Json;

/// Replaces parts of a text that is JSON, and formats it, so that texts can be compared whose parts have
/// been replaced; any other text stays as it is.
pub(crate) fn apply(text: &str, redactions: &[Redaction]) -> String {
    if redactions.is_empty() {
        return text.to_owned();
    }
    match json::read(text) {
        Ok(json) => serde_json::to_string_pretty(&value(json, redactions)).unwrap_or_default(),
        // It has too many values. Nothing is compared that should have been replaced.
        Err(error) if error.is_data() => format!("not redacted: {error}"),
        Err(_) => text.to_owned(),
    }
}

/// Replaces parts of a JSON value.
pub(crate) fn value(mut json: Json, redactions: &[Redaction]) -> Json {
    let mut left = Visits::default();
    for redaction in redactions {
        let found = match query::find(&redaction.path, &json, &mut left) {
            Ok(found) => found,
            // Nothing is compared that should have been replaced.
            Err(why) => return Json::String(format!("not redacted: {why}")),
        };
        let pointers: Vec<String> = found.into_iter().map(|it| pointer(&it.path())).collect();
        for pointer in pointers {
            if let Some(part) = json.pointer_mut(&pointer) {
                *part = Json::String(redaction.with.clone());
            }
        }
    }
    json
}

/// Converts a normalised path such as `$['a'][0]` to a JSON pointer.
fn pointer(path: &str) -> String {
    let mut out = String::new();
    let mut rest = path.trim_start_matches('$');
    while let Some(inner) = rest.strip_prefix('[') {
        let (word, after) = match inner.strip_prefix('\'') {
            Some(quoted) => {
                let mut end = quoted.len();
                let mut is_escaped = false;
                for (at, c) in quoted.char_indices() {
                    match c {
                        '\\' if !is_escaped => is_escaped = true,
                        '\'' if !is_escaped && quoted[at + 1..].starts_with(']') => {
                            end = at;
                            break;
                        }
                        _ => is_escaped = false,
                    }
                }
                (quoted[..end].replace("\\'", "'").replace("\\\\", "\\"), quoted.get(end + 2..).unwrap_or_default())
            }
            None => {
                let (word, after) = inner.split_once(']').unwrap_or((inner, ""));
                (word.to_owned(), after)
            }
        };
        out.push('/');
        out.push_str(&word.replace('~', "~0").replace('/', "~1"));
        rest = after;
    }
    out
}
