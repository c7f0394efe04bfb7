//! Calls of an integration through the whole pipeline.

use serde_json::Value as Json;
use vtl_data::Session;

/// Checks that a call is answered twice the same, as JSON, and that no line end or NUL reaches a header or the URI.
/// `members` are those of a request `invoke` of the protocol, as a JSON object.
pub fn call(members: &str) -> Option<String> {
    let request = format!("{{\"command\":\"invoke\",{}", members.trim_start().strip_prefix('{')?);
    let answer = || Session::new().answer(request.as_bytes());
    let (first, second) = (answer(), answer());
    if first != second {
        let [first, second] = [first, second].map(|it| String::from_utf8_lossy(&it).into_owned());
        return Some(format!("{first}, then {second}"));
    }
    let Ok(answer) = serde_json::from_slice::<Json>(&first) else {
        return Some(format!("the answer is no JSON: {}", String::from_utf8_lossy(&first)));
    };
    ["integrationRequest", "response"].into_iter().find_map(|part| forged(&answer[part]))
}

/// Finds a header or a URI that would be read as more than one line.
fn forged(message: &Json) -> Option<String> {
    let breaks = |text: &str| text.contains(['\r', '\n', '\0']);
    let has_break = |value: &Json| match value {
        Json::String(text) => breaks(text),
        Json::Array(values) => values.iter().filter_map(Json::as_str).any(breaks),
        _ => false,
    };
    if has_break(&message["uri"]) {
        return Some(format!("a line end in the URI {}", message["uri"]));
    }
    let mut headers = message["headers"].as_object().into_iter().flatten();
    headers
        .find(|(name, value)| breaks(name) || has_break(value))
        .map(|(name, value)| format!("a line end in the header {name:?}: {value}"))
}
