//! Execution logs of the console and of CloudWatch.

use super::recording::{Answer, Recording, payload};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use regex::Regex;
use serde_json::{Map, Value as Json, json};
use std::collections::HashMap;
use std::sync::LazyLock;
use vtl::pipeline::call::Log;

/// The head of a line: `Tue Dec 26 05:17:55 UTC 2017 : ` of the console, `(id) ` of CloudWatch, with times
/// before it.
static HEAD: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"^(?:[A-Z][a-z]{2} [A-Z][a-z]{2} \d{1,2} \d{2}:\d{2}:\d{2} [A-Z]{3,4} \d{4} : ",
        r"|(?:[0-9][0-9TZ:.+-]{7,40}[ \t]+)*\(([0-9a-fA-F-]{8,60})\) )",
    ))
    .ok()
});

const CUT: &str = "[TRUNCATED]";

/// Characters that stay in a segment of a path.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Checks if a text is an execution log.
pub(super) fn is_log(text: &str) -> bool {
    text.contains("Method request path: ") || text.contains("Starting execution for request: ")
}

/// The lines of one request.
struct Run {
    id: String,
    lines: Vec<String>,
}

/// Reads a log: a recording for each request in it.
pub(super) fn read(text: &str) -> Vec<Recording> {
    let mut runs: Vec<Run> = Vec::new();
    // The run of each id, and the one that goes on.
    let (mut by_id, mut last): (HashMap<String, usize>, Option<usize>) = (HashMap::new(), None);
    let mut titled = None;
    for line in text.replace("\r\n", "\n").split('\n') {
        if let Some(id) = line.strip_prefix("Execution log for request") {
            titled = Some(id.trim().to_owned());
            continue;
        }
        let may_have_head = line.starts_with(|c: char| c == '(' || c.is_ascii_digit() || c.is_ascii_uppercase());
        let head = HEAD.as_ref().filter(|_| may_have_head).and_then(|head| head.captures(line));
        let (id, text) = match &head {
            Some(head) => {
                let end = head.get(0).map_or(0, |whole| whole.end());
                (head.get(1).map(|id| id.as_str()), line.get(end..).unwrap_or_default())
            }
            None if Log::has_label(line) => (None, line),
            None => {
                // A value of several lines goes on.
                if let Some(value) = last.and_then(|at| runs.get_mut(at)?.lines.last_mut()) {
                    value.push('\n');
                    value.push_str(Log::continued(line));
                }
                continue;
            }
        };
        // The lines of one request may stand between those of another.
        let known = match id {
            Some(id) => by_id.get(id).copied(),
            None if text.starts_with("Starting execution") => None,
            None => last,
        };
        let at = known.unwrap_or_else(|| {
            let id = id.map(str::to_owned).or_else(|| titled.take()).unwrap_or_default();
            by_id.insert(id.clone(), runs.len());
            runs.push(Run { id, lines: Vec::new() });
            runs.len() - 1
        });
        if let Some(run) = runs.get_mut(at) {
            run.lines.push(text.to_owned());
        }
        last = Some(at);
    }
    let is_whole = |run: &&Run| run.value("HTTP Method: ").is_some();
    let mut found: Vec<Recording> = runs.iter().filter(is_whole).map(Run::recording).collect();
    let parts = runs.len() - found.len();
    if let Some(first) = found.first_mut().filter(|_| parts > 0) {
        let which = if parts == 1 { "1 request".to_owned() } else { format!("{parts} requests") };
        first.left_out.insert(0, format!("the lines of {which}, which lack that with the method"));
    }
    found
}

impl Run {
    /// Returns what stands behind a label.
    fn value(&self, label: &str) -> Option<&str> {
        self.lines.iter().find_map(|line| line.strip_prefix(label))
    }

    fn recording(&self) -> Recording {
        let mut recording = Recording::default();
        let first = self.value("HTTP Method: ").unwrap_or_default();
        let (method, resource) = first.split_once(", Resource Path: ").unwrap_or((first, "/"));
        let mut left_out = Vec::new();
        let parameters = self.map("Method request path: ", &mut left_out);
        let path = with_parameters(resource.trim(), &parameters);
        if path.as_deref().is_none_or(|path| path.contains('{')) {
            left_out.push("the values of path parameters".to_owned());
        }
        let path = path.unwrap_or_else(|| resource.trim().to_owned());
        recording.request.insert("method".to_owned(), json!(method));
        recording.request.insert("path".to_owned(), json!(path));
        for (key, label) in [("querystring", "Method request query string: "), ("headers", "Method request headers: ")]
        {
            let members = object(self.map(label, &mut left_out));
            if !members.is_empty() {
                recording.request.insert(key.to_owned(), Json::Object(members));
            }
        }
        let body = self.body("Method request body before transformations: ", &mut left_out);
        if let Some(body) = body.filter(|body| body != "null") {
            recording.request.insert("body".to_owned(), payload(&body));
        }
        if !self.id.is_empty() && self.id != "test-invoke-request" {
            recording.context.insert("requestId".to_owned(), json!(self.id));
        }
        if let Some(body) = self.body("Endpoint request body after transformations: ", &mut left_out) {
            // The event of a proxy integration has ids and dates of its own.
            if body.contains("\"requestContext\"") {
                left_out.push("the event of the function, which has ids and dates of its own".to_owned());
            } else {
                recording.sent = Some(body);
            }
        }
        recording.backend = self.backend(&mut left_out);
        recording.answer = Answer {
            status: self.value("Method completed with status: ").and_then(|status| status.trim().parse().ok()),
            headers: self.map("Method response headers: ", &mut left_out),
            body: self.body("Method response body after transformations: ", &mut left_out),
        };
        recording.left_out = left_out;
        recording
    }

    fn backend(&self, left_out: &mut Vec<String>) -> Option<Json> {
        if self.lines.iter().any(|line| line.starts_with("Execution failed due to a timeout")) {
            return Some(json!({"failure": "timeout"}));
        }
        let received = self.value("Received response. ");
        let body = self.body("Endpoint response body before transformations: ", left_out);
        let headers = object(self.map("Endpoint response headers: ", left_out));
        if received.is_none() && body.is_none() && headers.is_empty() {
            return None;
        }
        let mut backend = Map::new();
        let status =
            received.and_then(|text| text.strip_prefix("Status: ")?.split([',', ' ']).next()?.parse::<u16>().ok());
        if status.is_none() {
            left_out.push("the status of the backend, which logs before 2019 lack; 200 is assumed".to_owned());
        }
        backend.insert("status".to_owned(), json!(status.unwrap_or(200)));
        if !headers.is_empty() {
            backend.insert("headers".to_owned(), Json::Object(headers));
        }
        if let Some(body) = body.filter(|body| !body.is_empty()) {
            backend.insert("body".to_owned(), payload(&body));
        }
        Some(Json::Object(backend))
    }

    /// Returns a body, unless the service cut it.
    fn body(&self, label: &str, left_out: &mut Vec<String>) -> Option<String> {
        let body = self.value(label)?;
        let what = label.trim_end_matches(": ");
        if body.trim_end().ends_with(CUT) {
            left_out.push(format!("{what}: the service cut it"));
            return None;
        }
        if body.trim() == "[Binary Data]" {
            left_out.push(format!("{what}: binary data is not in the log"));
            return None;
        }
        Some(body.to_owned())
    }

    /// Reads a map as Java prints it, without what the service cut or masked.
    fn map(&self, label: &str, left_out: &mut Vec<String>) -> Vec<(String, String)> {
        let what = label.trim_end_matches(": ");
        let Some(text) = self.value(label).map(str::trim) else { return Vec::new() };
        let is_cut = text.ends_with(CUT);
        let text = text.strip_suffix(CUT).unwrap_or(text).trim_end();
        let inner = text.strip_prefix('{').unwrap_or(text);
        let inner = if is_cut { inner } else { inner.strip_suffix('}').unwrap_or(inner) };
        let mut entries = entries(inner);
        if is_cut {
            let last = entries.pop().map_or_else(String::new, |(name, _)| format!(" from {name} on"));
            left_out.push(format!("{what}{last}: the service cut it"));
        }
        entries.retain(|(name, value)| {
            let is_masked = value.len() > 6 && value.starts_with('*') || value.ends_with(CUT);
            if is_masked {
                left_out.push(format!("{what}: {name}, which the service masked"));
            }
            !is_masked
        });
        entries
    }
}

/// Most bytes of a path with its values: the service takes no longer ones.
const LONGEST_PATH: usize = 64 << 10;

/// Puts values into `/pets/{id}/{rest+}`, of which the last keeps its slashes; `None` if it gets too long.
fn with_parameters(resource: &str, parameters: &[(String, String)]) -> Option<String> {
    let values: HashMap<&str, &str> = parameters.iter().rev().map(|(name, value)| (&**name, &**value)).collect();
    let mut pieces = resource.split('{');
    let mut path = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let parameter = piece.split_once('}').and_then(|(name, rest)| {
            let value = values.get(name.strip_suffix('+').unwrap_or(name))?;
            Some((value, if name.ends_with('+') { "/" } else { "%2F" }, rest))
        });
        let Some((value, slash, rest)) = parameter else {
            path.push('{');
            path.push_str(piece);
            continue;
        };
        // An encoded byte has three.
        if path.len() + 3 * value.len() > LONGEST_PATH {
            return None;
        }
        for (at, part) in value.split('/').enumerate() {
            path.push_str(if at > 0 { slash } else { "" });
            path.extend(utf8_percent_encode(part, SEGMENT));
        }
        path.push_str(rest);
    }
    Some(path)
}

/// Splits `a=1, b=2` where a name follows a comma; a value may have commas too.
fn entries(text: &str) -> Vec<(String, String)> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    let mut entries: Vec<(String, String)> = Vec::new();
    for part in text.split(", ").filter(|part| !part.is_empty()) {
        match part.split_once('=').filter(|(name, _)| !name.is_empty() && name.chars().all(is_name)) {
            Some((name, value)) => entries.push((name.to_owned(), value.to_owned())),
            None => {
                if let Some((_, value)) = entries.last_mut() {
                    value.push_str(", ");
                    value.push_str(part);
                }
            }
        }
    }
    entries
}

fn object(entries: Vec<(String, String)>) -> Map<String, Json> {
    entries.into_iter().map(|(name, value)| (name, Json::String(value))).collect()
}
