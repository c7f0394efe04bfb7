//! A recorded call as a test has it.

use serde_json::{Map, Value as Json, json};
use std::collections::HashMap;
use vtl::pipeline::MethodRequest;

/// A recorded call: the client's request, and what else is known of it.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Recording {
    /// Request as a test has it.
    pub request: Map<String, Json>,
    /// `$context`.
    pub context: Map<String, Json>,
    /// Stage variables.
    pub stage_variables: Map<String, Json>,
    /// Body that was sent to the backend.
    pub sent: Option<String>,
    /// Answer of the backend as a test has it.
    pub backend: Option<Json>,
    /// Answer that the client received.
    pub answer: Answer,
    /// Parts that the recording lacks, such as those that the service cut.
    pub left_out: Vec<String>,
    /// The path may begin with the stage: the host is the service's own.
    pub has_stage: bool,
    /// Nothing tells of the backend: the recording is one of the client.
    pub is_of_client: bool,
}

/// An answer, as far as it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Answer {
    /// Status.
    pub status: Option<u64>,
    /// Headers.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: Option<String>,
}

impl Recording {
    /// Creates a recording of a request, with its context and stage variables.
    ///
    /// ```
    /// use vtl::pipeline::MethodRequest;
    /// use vtl_testing::Recording;
    /// let request = MethodRequest::new("PUT", "/pets/7").with_query("a", "b").with_body(r#"{"a":1}"#);
    /// let recording = Recording::of_request(&request);
    /// assert_eq!(recording.request["body"], serde_json::json!({"a": 1}));
    /// ```
    #[must_use]
    pub fn of_request(request: &MethodRequest) -> Recording {
        let mut recording = Recording { is_of_client: true, ..Recording::default() };
        let members = &mut recording.request;
        members.insert("method".to_owned(), json!(request.method));
        let path = match &request.raw_query_string {
            Some(query) if !query.is_empty() => format!("{}?{query}", request.path),
            _ => request.path.clone(),
        };
        members.insert("path".to_owned(), json!(path));
        if request.raw_query_string.is_none() && request.querystring.iter().next().is_some() {
            let values = request.querystring.iter().map(|(name, values)| (name.to_owned(), one_or_all(values)));
            members.insert("querystring".to_owned(), Json::Object(values.collect()));
        }
        let headers: Map<String, Json> =
            request.headers.grouped().map(|(name, values)| (name.to_owned(), one_or_all(&values))).collect();
        if !headers.is_empty() {
            members.insert("headers".to_owned(), Json::Object(headers));
        }
        match std::str::from_utf8(&request.body) {
            Ok("") => {}
            Ok(text) => drop(members.insert("body".to_owned(), payload(text))),
            Err(_) => recording.left_out.push("the body of the request, which is binary".to_owned()),
        }
        recording
    }

    /// Adds the answer of `test-invoke-method`, which is whole where its log is cut.
    pub(super) fn answer_of(&mut self, json: &Json) {
        if let Some(status) = json.get("status").and_then(Json::as_u64) {
            self.answer.status = Some(status);
        }
        if let Some(body) = json.get("body").and_then(Json::as_str) {
            self.answer.body = Some(body.to_owned());
            self.left_out.retain(|what| !what.starts_with("Method response body"));
        }
        if let Some(headers) = json.get("headers").and_then(Json::as_object) {
            let pair = |(name, value): (&String, &Json)| Some((name.clone(), value.as_str()?.to_owned()));
            self.answer.headers = headers.iter().filter_map(pair).collect();
            self.left_out.retain(|what| !what.starts_with("Method response headers"));
        }
    }

    /// Removes the stage from the start of the path.
    pub fn remove_stage(&mut self) {
        if let Some(Json::String(path)) = self.request.get_mut("path") {
            let behind = path.trim_start_matches('/').split_once('/').map_or("", |(_, rest)| rest);
            *path = format!("/{behind}");
        }
    }

    /// Returns the method and the path without its query string.
    #[must_use]
    pub fn target(&self) -> (&str, &str) {
        let word = |key: &str| self.request.get(key).and_then(Json::as_str).unwrap_or_default();
        let path = word("path");
        (word("method"), path.split_once('?').map_or(path, |(path, _)| path))
    }

    /// Returns the test of the recording: its request, the backend's answer, and what is expected.
    #[must_use]
    pub fn to_test(&self, name: &str, route: Option<&str>) -> Json {
        let mut test = Map::new();
        test.insert("name".to_owned(), json!(name));
        if let Some(route) = route {
            test.insert("route".to_owned(), json!(route));
        }
        test.insert("request".to_owned(), Json::Object(self.request.clone()));
        for (key, members) in [("context", &self.context), ("stageVariables", &self.stage_variables)] {
            if !members.is_empty() {
                test.insert(key.to_owned(), Json::Object(members.clone()));
            }
        }
        if let Some(backend) = &self.backend {
            test.insert("backend".to_owned(), backend.clone());
        }
        test.insert("expect".to_owned(), Json::Object(self.expectations()));
        Json::Object(test)
    }

    fn expectations(&self) -> Map<String, Json> {
        let mut expect = Map::new();
        if let Some(sent) = &self.sent {
            let mut request = Map::new();
            add_text(&mut request, sent);
            expect.insert("integrationRequest".to_owned(), Json::Object(request));
        }
        if let Some(status) = self.answer.status {
            expect.insert("status".to_owned(), json!(status));
        }
        let is_kept = |name: &str| {
            let name = name.to_ascii_lowercase();
            !UNSTABLE.contains(&name.as_str()) && !name.starts_with("x-amz") && !name.starts_with(':')
        };
        let headers = self.answer.headers.iter().filter(|(name, _)| is_kept(name));
        let headers: Map<String, Json> = headers.map(|(name, value)| (name.clone(), json!(value))).collect();
        if !headers.is_empty() {
            expect.insert("headers".to_owned(), Json::Object(headers));
        }
        if let Some(body) = &self.answer.body {
            add_text(&mut expect, body);
        }
        if expect.is_empty() {
            // All that can be said of a request alone: it reaches the backend.
            expect.insert("integrationRequest".to_owned(), json!({}));
        }
        expect
    }
}

/// Headers that differ from call to call, or that what is between the service and the client makes.
const UNSTABLE: &[&str] = &[
    "date",
    "connection",
    "content-length",
    "content-encoding",
    "transfer-encoding",
    "server",
    "via",
    "x-cache",
    "age",
    "vary",
    "alt-svc",
    "strict-transport-security",
];

/// Adds the expectation of a text: as JSON if it is an object or a list, else to the byte.
fn add_text(expect: &mut Map<String, Json>, text: &str) {
    match serde_json::from_str::<Json>(text) {
        Ok(json) if json.is_object() || json.is_array() => expect.insert("json".to_owned(), json),
        _ => expect.insert("body".to_owned(), json!(text)),
    };
}

/// Returns a payload as a test has it: a value if the test writes it as the same text, else the text.
pub(super) fn payload(text: &str) -> Json {
    match serde_json::from_str::<Json>(text) {
        Ok(json)
            if (json.is_object() || json.is_array()) && serde_json::to_string(&json).is_ok_and(|it| it == text) =>
        {
            json
        }
        _ => json!(text),
    }
}

/// Groups values by names, whose case does not count, in their order.
pub(super) fn grouped(fields: impl IntoIterator<Item = (String, String)>) -> Vec<(String, Vec<String>)> {
    let mut groups: Vec<(String, Vec<String>)> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for (name, value) in fields {
        let at = *places.entry(name.to_ascii_lowercase()).or_insert(groups.len());
        match groups.get_mut(at) {
            Some((_, values)) => values.push(value),
            None => groups.push((name, vec![value])),
        }
    }
    groups
}

pub(super) fn one_or_all<T: AsRef<str>>(values: &[T]) -> Json {
    match values {
        [one] => json!(one.as_ref()),
        all => all.iter().map(|value| json!(value.as_ref())).collect(),
    }
}

/// Splits an address into host and target: the path with its query string.
pub(super) fn split_url(url: &str) -> (&str, &str) {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let rest = rest.split('#').next().unwrap_or_default();
    let at = rest.find('/').unwrap_or(rest.len());
    let (host, target) = rest.split_at(at);
    (host, if target.is_empty() { "/" } else { target })
}
