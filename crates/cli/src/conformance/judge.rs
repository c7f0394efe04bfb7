//! Compares an answer with what the service answers.

use super::case::Case;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value as Json, json};
use std::fmt::{self, Write};

/// A difference between an answer and the expectation.
pub struct Difference {
    /// Part that differs, such as `output` or `response.status`.
    pub part: String,
    pub expected: String,
    pub found: String,
}

fn differ(part: &str, expected: &Json, found: Option<&Json>) -> Difference {
    let found = found.map_or_else(|| "nothing".to_owned(), beginning);
    Difference { part: part.to_owned(), expected: beginning(expected), found }
}

/// Bytes from which the text of a value is not written on.
const LONGEST: usize = 4_096;

/// Returns the beginning of a value as JSON, of which a page shows less.
fn beginning(value: &Json) -> String {
    struct Beginning(String);
    impl fmt::Write for Beginning {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            let room = LONGEST.saturating_sub(self.0.len());
            if text.len() <= room {
                self.0.push_str(text);
                return Ok(());
            }
            self.0.extend(text.chars().take(room));
            Err(fmt::Error)
        }
    }
    let mut text = Beginning(String::new());
    // It ends where the text is long enough.
    let _ = write!(text, "{value}");
    text.0
}

/// Returns the first difference.
pub fn judge(case: &Case, answer: &Map<String, Json>) -> Option<Difference> {
    if case.template.is_some() { rendered(&case.expect, answer) } else { called(&case.expect, answer) }
}

fn rendered(expect: &Map<String, Json>, answer: &Map<String, Json>) -> Option<Difference> {
    let (output, error) = (answer.get("output"), answer.get("error"));
    if let Some(expected) = expect.get("error") {
        return error.is_none().then(|| differ("error", expected, output));
    }
    let Some(Json::String(text)) = output else {
        let wanted = expect.get("output").or(expect.get("json")).unwrap_or(&Json::Null);
        return Some(differ("output", wanted, error.or(output)));
    };
    if let Some(expected) = expect.get("json") {
        let found: Option<Json> = serde_json::from_str(text).ok();
        return (found.as_ref() != Some(expected)).then(|| differ("output", expected, found.as_ref().or(output)));
    }
    if let Some(expected) = expect.get("output")
        && expected != text
        && expect.get("orOutput").is_none_or(|other| other != text)
    {
        return Some(differ("output", expected, output));
    }
    ["requestOverride", "responseOverride"].into_iter().find_map(|part| {
        let expected = expect.get(part)?;
        let found = answer.get(part);
        (!found.is_some_and(|found| holds(found, expected))).then(|| differ(part, expected, found))
    })
}

fn called(expect: &Map<String, Json>, answer: &Map<String, Json>) -> Option<Difference> {
    for (part, expected) in expect {
        let found = answer.get(part);
        let difference = match part.as_str() {
            "integrationRequest" | "response" => match (expected, found.filter(|found| !found.is_null())) {
                (Json::Null, None) => None,
                (Json::Object(expected), Some(found)) => message(part, expected, found),
                _ => Some(differ(part, expected, found)),
            },
            "invalid" => {
                let sorted = |list: &Json| {
                    let mut names: Vec<String> = list.as_array().into_iter().flatten().map(Json::to_string).collect();
                    names.sort_unstable();
                    names
                };
                let is_same = found.is_some_and(|found| sorted(found) == sorted(expected));
                (!is_same).then(|| differ(part, expected, found))
            }
            _ => (found.unwrap_or(&Json::Null) != expected).then(|| differ(part, expected, found)),
        };
        if difference.is_some() {
            return difference;
        }
    }
    None
}

/// Compares the members of a message that the case names.
fn message(which: &str, expect: &Map<String, Json>, found: &Json) -> Option<Difference> {
    let body = || found["body"].as_str().unwrap_or_default();
    let body_json = || serde_json::from_str::<Json>(body()).unwrap_or(Json::Null);
    expect.iter().find_map(|(key, expected)| {
        let part = format!("{which}.{key}");
        let not = |is_same: bool, found: &Json| (!is_same).then(|| differ(&part, expected, Some(found)));
        match key.as_str() {
            "headers" => expected.as_object()?.iter().find_map(|(name, value)| {
                let found = header(found, name);
                (!same_header(found, value)).then(|| differ(&format!("{which}.headers.{name}"), value, found))
            }),
            "absentHeaders" => {
                let present =
                    expected.as_array()?.iter().find(|name| header(found, name.as_str().unwrap_or("")).is_some());
                present.map(|name| Difference {
                    part: part.clone(),
                    expected: format!("no header {name}"),
                    found: header(found, name.as_str().unwrap_or("")).unwrap_or(&Json::Null).to_string(),
                })
            }
            "querystring" => not(whole_query(found) == *expected, &whole_query(found)),
            "bodyIsBase64" => None,
            "body" => {
                let expected = bytes(expected, expect.get("bodyIsBase64"));
                not(expected == bytes(&found["body"], found.get("bodyIsBase64")), &found["body"])
            }
            "bodyJson" => not(body_json() == *expected, &body_json()),
            "bodyJsonContains" => contains(which, expected.as_object()?, &body_json()),
            "bodyJsonSubset" => not(holds(&body_json(), expected), &body_json()),
            "bodyJsonLacks" => {
                let event = body_json();
                let there = expected.as_array()?.iter().find(|key| event.get(key.as_str().unwrap_or("")).is_some());
                there.map(|key| differ(&part, &json!(format!("no {key}")), Some(&event)))
            }
            _ => not(found[key] == *expected, &found[key]),
        }
    })
}

/// Compares the members of an event that the case names, and of its headers.
fn contains(which: &str, expected: &Map<String, Json>, event: &Json) -> Option<Difference> {
    expected.iter().find_map(|(key, value)| match (key.as_str(), value) {
        ("headers" | "multiValueHeaders", Json::Object(headers)) => headers.iter().find_map(|(name, value)| {
            let found = event[key].get(name);
            (found != Some(value)).then(|| differ(&format!("{which}.body {key}.{name}"), value, found))
        }),
        _ => (event.get(key) != Some(value)).then(|| differ(&format!("{which}.body {key}"), value, event.get(key))),
    })
}

fn header<'a>(message: &'a Json, name: &str) -> Option<&'a Json> {
    let headers = message["headers"].as_object()?;
    headers.iter().find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

/// Returns the bytes of a body.
fn bytes(body: &Json, is_base64: Option<&Json>) -> Vec<u8> {
    let text = body.as_str().unwrap_or_default();
    match is_base64 {
        Some(Json::Bool(true)) => STANDARD.decode(text).unwrap_or_default(),
        _ => text.as_bytes().to_vec(),
    }
}

/// Compares header values, a list with the same values in one line.
fn same_header(found: Option<&Json>, expected: &Json) -> bool {
    let values = |value: &Json| match value {
        Json::Array(items) => items.iter().map(|item| item.as_str().unwrap_or_default().to_owned()).collect(),
        Json::String(text) => vec![text.clone()],
        other => vec![other.to_string()],
    };
    found.is_some_and(|found| values(found) == values(expected))
}

/// Returns the query parameters of the URI, then the others.
fn whole_query(request: &Json) -> Json {
    let mut whole = Map::new();
    let mut add = |name: &str, value: &str| {
        if let Json::Array(values) = whole.entry(name).or_insert_with(|| json!([])) {
            values.push(json!(value));
        }
    };
    let own = request["uri"].as_str().and_then(|uri| uri.split_once('?')).map_or("", |(_, query)| query);
    for (name, value) in own.split('&').filter_map(|part| part.split_once('=')) {
        add(name, value);
    }
    for (name, values) in request["querystring"].as_object().into_iter().flatten() {
        match values {
            Json::Array(values) => values.iter().filter_map(Json::as_str).for_each(|value| add(name, value)),
            value => add(name, value.as_str().unwrap_or_default()),
        }
    }
    whole.into()
}

/// Checks if a value has everything that is expected; it may have more.
fn holds(found: &Json, expected: &Json) -> bool {
    match (found, expected) {
        (Json::Object(found), Json::Object(expected)) => {
            expected.iter().all(|(name, value)| found.get(name).is_some_and(|found| holds(found, value)))
        }
        _ => found == expected,
    }
}
