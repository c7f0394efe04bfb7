//! Entries of HTTP archives, as browsers save them.

use super::recording::{Answer, Recording, grouped, one_or_all, payload, split_url};
use serde_json::{Map, Value as Json, json};

/// Reads an archive, or one entry of it; `None` for any other JSON.
pub(super) fn read(json: &Json) -> Option<Vec<Recording>> {
    let Some(entries) = json.pointer("/log/entries").and_then(Json::as_array) else {
        return entry(json).map(|entry| vec![entry]);
    };
    let mut found: Vec<Recording> = entries.iter().filter_map(entry).collect();
    let odd = entries.len() - found.len();
    if let Some(first) = found.first_mut().filter(|_| odd > 0) {
        first
            .left_out
            .insert(0, format!("{odd} entries of the archive, which have no request with a method and a URL"));
    }
    Some(found)
}

fn entry(entry: &Json) -> Option<Recording> {
    let request = entry.get("request")?;
    let url = request.get("url")?.as_str()?;
    let method = request.get("method").map_or(Some("GET"), Json::as_str)?;
    let (host, target) = split_url(url);
    let mut recording =
        Recording { has_stage: host.contains(".execute-api."), is_of_client: true, ..Recording::default() };
    let mut left_out = Vec::new();
    recording.request.insert("method".to_owned(), json!(method));
    recording.request.insert("path".to_owned(), json!(target));
    let headers = fields(request.get("headers"), "the request", &mut left_out);
    // Names of HTTP/2 and lengths are made by whoever sends the request.
    let is_own = |name: &str| name.starts_with(':') || name.eq_ignore_ascii_case("content-length");
    let headers = grouped(headers.into_iter().filter(|(name, _)| !is_own(name)));
    if !headers.is_empty() {
        let headers: Map<String, Json> =
            headers.into_iter().map(|(name, values)| (name, one_or_all(&values))).collect();
        recording.request.insert("headers".to_owned(), Json::Object(headers));
    }
    match request.pointer("/postData/text").and_then(Json::as_str) {
        Some("") => {}
        Some(text) => drop(recording.request.insert("body".to_owned(), payload(text))),
        None if request.get("postData").is_some_and(|data| !data.is_null()) => {
            left_out.push("the body of the request, whose text is not in the archive".to_owned());
        }
        None => {}
    }
    let response = entry.get("response").unwrap_or(&Json::Null);
    let headers = fields(response.get("headers"), "the answer", &mut left_out);
    recording.answer = Answer {
        status: response.get("status").and_then(Json::as_u64).filter(|status| *status > 0),
        // An expected header has all values, as one text.
        headers: grouped(headers).into_iter().map(|(name, values)| (name, values.join(", "))).collect(),
        body: response.pointer("/content/text").and_then(Json::as_str).map(str::to_owned),
    };
    if recording.answer.status.is_none() && !response.is_null() {
        left_out.push("the status of the answer, which is none in the archive".to_owned());
    }
    if response.pointer("/content/encoding").is_some() {
        recording.answer.body = None;
        left_out.push("the body of the answer, which is encoded in Base64".to_owned());
    } else if recording.answer.body.is_none()
        && response.pointer("/content/size").and_then(Json::as_i64).is_some_and(|size| size > 0)
    {
        left_out.push("the body of the answer, whose text is not in the archive".to_owned());
    }
    recording.left_out = left_out;
    Some(recording)
}

/// Reads a list of headers; tells of those that are no texts.
fn fields(list: Option<&Json>, of: &str, left_out: &mut Vec<String>) -> Vec<(String, String)> {
    let field = |field: &Json| {
        let word = |key: &str| field.get(key).and_then(Json::as_str).map(str::to_owned);
        Some((word("name")?, word("value")?))
    };
    let items = list.and_then(Json::as_array);
    let found: Vec<_> = items.into_iter().flatten().filter_map(field).collect();
    if items.map_or(list.is_some_and(|list| !list.is_null()), |items| items.len() > found.len()) {
        left_out.push(format!("headers of {of}, which have no name and value as texts"));
    }
    found
}
