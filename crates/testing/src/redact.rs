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
        if let Err(why) = left.replace(pointers.len(), redaction.with.len()) {
            return Json::String(format!("not redacted: {why}"));
        }
        for pointer in pointers {
            if let Some(part) = json.pointer_mut(&pointer) {
                *part = Json::String(redaction.with.clone());
            }
        }
    }
    json
}

/// Resolves the escapes of a name in a normalised path (RFC 9535, 2.7).
fn unescaped(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut chars = name.chars();
    while let Some(c) = chars.next() {
        let escaped = if c == '\\' { chars.next() } else { None };
        out.push(match escaped {
            None => c,
            Some('b') => '\u{8}',
            Some('f') => '\u{c}',
            Some('n') => '\n',
            Some('r') => '\r',
            Some('t') => '\t',
            Some('u') => {
                let hex: String = chars.by_ref().take(4).collect();
                u32::from_str_radix(&hex, 16).ok().and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER)
            }
            Some(other) => other,
        });
    }
    out
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
                (unescaped(&quoted[..end]), quoted.get(end + 2..).unwrap_or_default())
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

#[cfg(test)]
mod tests {
    use super::value;
    use crate::format::test::Redaction;
    use jsonpath_rust::parser::parse_json_path;
    use serde_json::json;

    #[test]
    fn names_with_any_characters_are_replaced() {
        let names = ["a\nb", "\u{1}", "\u{8}\u{c}\r\t", "'", "\\", "\\'", "']", "~/", "", "\\u0041", "é\u{2028}"];
        let json = names.iter().map(|name| ((*name).to_owned(), json!("secret"))).collect();
        let redaction = Redaction { path: parse_json_path("$.*").unwrap(), with: "-".to_owned() };
        let text = value(json, &[redaction]).to_string();
        assert!(!text.contains("secret"), "{text}");
    }
}
