//! Test folders of other tools, read as they lie.
//!
//! A folder with `template.vtl` and `request.http` or `response.http`, `context.json` and
//! `expected.json` is a scenario of AWS's template editor. One with `input.json` or `setup.json` is a
//! test of apigw-vtl-emulator, which expects nothing, so that its output becomes a snapshot.

use super::expect::{Expect, Expectation};
use super::file::{BrokenTest, MAX_BYTES, Obstacle, TestFile, read_text};
use super::test::{Subject, Test};
use crate::json;
use crate::node::{Data, Entry, Node, Place};
use serde_json::{Map, Value as Json};
use std::path::Path;
use std::sync::Arc;
use vtl::Code;
use vtl::diagnostic::{Diagnostic, Location};
use vtl::pipeline::{MethodRequest, match_resource};
use vtl_loaders::Reach;

/// Checks if a folder has the test of another tool, by the names of its files.
pub(crate) fn is_foreign(has: impl Fn(&str) -> bool) -> bool {
    has("template.vtl") && ["request.http", "response.http", "input.json", "setup.json"].iter().any(|name| has(name))
}

/// Reads a folder as a file with one test.
pub(super) fn read(folder: &Path, name: String, reach: Arc<Reach>) -> TestFile {
    let stem = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let test = test(folder, &stem, &reach).map_err(|(file, finding)| {
        let file = folder.join(file).display().to_string();
        let finding = finding.at(Location::new(1, 1).in_file(file));
        BrokenTest { name: stem.clone(), line: 1, finding }
    });
    TestFile { name, text: String::new(), snapshots: folder.join("snapshots"), stem, tests: vec![test], reach }
}

/// The name of a file, and what is wrong with it.
type Wrong = (&'static str, Obstacle);

fn test(folder: &Path, name: &str, reach: &Reach) -> Result<Test, Wrong> {
    let place = Place::default();
    let text = |file: &'static str| match folder.join(file).symlink_metadata() {
        Ok(_) => read_text(&folder.join(file), reach, MAX_BYTES).map(Some).map_err(|finding| (file, finding)),
        Err(_) => Ok(None),
    };
    let json = |file: &'static str| -> Result<Option<Json>, Wrong> {
        let Some(text) = text(file)? else { return Ok(None) };
        let wrong = |error| {
            let why = format!("{file} is no JSON: {error}");
            (file, Box::new(Diagnostic::new(Code::MalformedTestFile, why)))
        };
        json::read(text.trim_start_matches('\u{feff}')).map(Some).map_err(wrong)
    };
    let context = json("context.json")?.unwrap_or_default();
    let is_wrapped = context.get("context").is_some() || context.get("stageVariables").is_some();
    let variables = context.get("stageVariables").cloned().unwrap_or_default();
    let mut context = if is_wrapped { context.get("context").cloned().unwrap_or_default() } else { context };
    let mut params = Params::default();
    let body = if let Some(request) = text("request.http")? {
        let message = HttpMessage::of(&request);
        let mut words = message.start.split_whitespace();
        let (method, target) = (words.next().unwrap_or("GET"), words.next().unwrap_or("/"));
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut parsed = MethodRequest::new(method, path);
        parsed.add_query_string(query);
        for (name, values) in parsed.querystring.iter() {
            let last = values.last().cloned().unwrap_or_default();
            params.querystring.insert(name.to_owned(), Json::String(last));
        }
        let resource = context.get("resourcePath").and_then(Json::as_str).unwrap_or_default();
        for (name, value) in match_resource(resource, path).into_iter().flatten() {
            params.path.insert(name, Json::String(value));
        }
        params.header = message.headers;
        message.body
    } else if let Some(response) = text("response.http")? {
        HttpMessage::of(&response).body
    } else {
        if let Some(setup) = json("setup.json")? {
            let of = |key: &str| setup.get(key).and_then(Json::as_object).cloned().unwrap_or_default();
            params = Params { path: of("pathParams"), querystring: of("queryParams"), header: of("headers") };
            if let Some(members) = as_object(&mut context) {
                for (from, to) in [("method", "httpMethod"), ("endpoint", "resourcePath")] {
                    if let (Some(value), false) = (setup.get(from), members.contains_key(to)) {
                        members.insert(to.to_owned(), value.clone());
                    }
                }
            }
        }
        text("input.json")?.unwrap_or_default()
    };
    let input = serde_json::json!({
        "body": body,
        "params": {"path": params.path, "querystring": params.querystring, "header": params.header},
    });
    let expected = json("expected.json")?.map(|json| vec![Expectation { place, expect: Expect::Json(json) }]);
    let map = |json: &Json| match Node::from_json(json, place) {
        node @ Node { data: Data::Map(_), .. } => node,
        _ => Node { place, data: Data::Map(Vec::<Entry>::new()) },
    };
    let empty = map(&Json::Null);
    Ok(Test {
        name: name.to_owned(),
        place,
        tags: Vec::new(),
        skip: None,
        todo: None,
        subject: Subject::File { path: folder.join("template.vtl"), place },
        input: map(&input),
        request: empty.clone(),
        backend: empty,
        context: map(&context),
        stage_variables: map(&variables),
        expect: expected,
        redact: Vec::new(),
    })
}

fn as_object(json: &mut Json) -> Option<&mut Map<String, Json>> {
    if json.is_null() {
        *json = Json::Object(Map::new());
    }
    json.as_object_mut()
}

#[derive(Default)]
struct Params {
    path: Map<String, Json>,
    querystring: Map<String, Json>,
    header: Map<String, Json>,
}

/// A message as a `.http` file has it: first line, headers, an empty line, body.
struct HttpMessage {
    start: String,
    headers: Map<String, Json>,
    body: String,
}

impl HttpMessage {
    fn of(text: &str) -> Self {
        let is_skipped = |line: &str| line.starts_with('#') || line.trim().is_empty();
        let mut rest = text.trim_start_matches('\u{feff}');
        let mut next = || {
            let (line, after) = rest.split_once('\n').unwrap_or((rest, ""));
            let is_end = rest.is_empty();
            rest = after;
            (!is_end).then(|| line.trim_end_matches('\r').to_owned())
        };
        let mut start = next().unwrap_or_default();
        while is_skipped(&start) {
            let Some(line) = next() else { break };
            start = line;
        }
        let mut headers = Map::new();
        while let Some(line) = next().filter(|line| !line.trim().is_empty()) {
            if let Some((name, value)) = line.split_once(':') {
                headers.insert(name.trim().to_owned(), Json::String(value.trim().to_owned()));
            }
        }
        // Editors end a file with a line end that the message does not have.
        let body = rest.strip_suffix('\n').unwrap_or(rest);
        HttpMessage { start, headers, body: body.strip_suffix('\r').unwrap_or(body).to_owned() }
    }
}
