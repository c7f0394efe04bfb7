//! Entries of HTTP archives, as browsers save them.

use super::recording::{Answer, Recording, payload, split_url};
use serde_json::{Map, Value as Json, json};

/// Reads an archive, or one entry of it; `None` for any other JSON.
pub(super) fn read(json: &Json) -> Option<Vec<Recording>> {
    if let Some(entries) = json.pointer("/log/entries").and_then(Json::as_array) {
        return Some(entries.iter().filter_map(entry).collect());
    }
    entry(json).map(|entry| vec![entry])
}

fn entry(entry: &Json) -> Option<Recording> {
    let request = entry.get("request")?;
    let url = request.get("url")?.as_str()?;
    let (host, target) = split_url(url);
    let mut recording =
        Recording { has_stage: host.contains(".execute-api."), is_of_client: true, ..Recording::default() };
    recording.request.insert("method".to_owned(), request.get("method").cloned().unwrap_or_else(|| json!("GET")));
    recording.request.insert("path".to_owned(), json!(target));
    let headers = fields(request.get("headers"));
    // Names of HTTP/2 and lengths are made by whoever sends the request.
    let is_own = |name: &str| name.starts_with(':') || name.eq_ignore_ascii_case("content-length");
    let headers: Map<String, Json> =
        headers.into_iter().filter(|(name, _)| !is_own(name)).map(|(name, value)| (name, json!(value))).collect();
    if !headers.is_empty() {
        recording.request.insert("headers".to_owned(), Json::Object(headers));
    }
    if let Some(text) = request.pointer("/postData/text").and_then(Json::as_str).filter(|text| !text.is_empty()) {
        recording.request.insert("body".to_owned(), payload(text));
    }
    let response = entry.get("response").unwrap_or(&Json::Null);
    recording.answer = Answer {
        status: response.get("status").and_then(Json::as_u64).filter(|status| *status > 0),
        headers: fields(response.get("headers")),
        body: response.pointer("/content/text").and_then(Json::as_str).map(str::to_owned),
    };
    if response.pointer("/content/encoding").is_some() {
        recording.answer.body = None;
        recording.left_out.push("the body of the answer, which is encoded in Base64".to_owned());
    }
    Some(recording)
}

fn fields(list: Option<&Json>) -> Vec<(String, String)> {
    let field = |field: &Json| {
        let word = |key: &str| field.get(key).and_then(Json::as_str).map(str::to_owned);
        Some((word("name")?, word("value")?))
    };
    list.and_then(Json::as_array).into_iter().flatten().filter_map(field).collect()
}
