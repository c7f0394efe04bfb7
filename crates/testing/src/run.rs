//! Running a test: renders its template or makes its call, and returns what comes out.

use crate::coverage::{Hits, Ways, hits};
use crate::format::expect::Expect;
use crate::format::file::Obstacle;
use crate::format::payload::Payload;
use crate::format::test::{Subject, Test};
use crate::node::{Data, Node};
use crate::subject::{LoadedDocument, Subjects};
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};
use vtl::diagnostic::{Diagnostic, Location};
use vtl::pipeline::call::{Choice, ChoiceKind, Replay};
use vtl::pipeline::model::Table;
use vtl::pipeline::websocket::SocketRequest;
use vtl::pipeline::{
    Api, Backend, BackendError, IntegrationRequest, IntegrationResponse, Invocation, MethodRequest, Protocol,
};
use vtl::{Budget, Code, Error, Globals, Limits, Overrides, Params, Probe, RenderOptions, Rendered, Span};

/// The result of a test, before it is compared.
#[derive(Debug, Default)]
pub(crate) struct Output {
    /// Output of the template, body of the answer, or message over the connection.
    pub text: Vec<u8>,
    /// Values that the template set; those of a call are in its messages.
    pub overrides: Option<Overrides>,
    pub notes: Vec<Diagnostic>,
    /// The error of a render, or the reason why a call was refused.
    pub error: Option<Diagnostic>,
    /// Result of a call as `vtl invoke --format json` has it.
    pub call: Option<Json>,
    pub log: String,
    /// Models of the API, for schemas.
    pub models: Table<Json>,
}

/// Runs a test.
///
/// # Errors
/// The test cannot run: a file is missing, the document or the template does not load.
pub(crate) fn run(test: &Test, folder: &Path, subjects: &Subjects, hits: Option<&Hits>) -> Result<Output, Obstacle> {
    let runner = Runner { test, folder, subjects, hits };
    match &test.subject {
        Subject::File { path, .. } => {
            let file = subjects.file(path)?;
            let globals = runner.globals(&[])?;
            let add = |hits: &Hits, ways| hits.add_file(&file.name, ways);
            let rendered = counted(hits, &file.name, add, |options| file.template.render_with(&globals, options));
            let source = file.template.source();
            let mut output = Output::default();
            let placed = |note: &vtl::Note| note.diagnostic(&file.name, source);
            output.notes.extend(file.template.notes().iter().map(placed));
            match rendered {
                Ok(rendered) => {
                    output.notes.extend(rendered.notes.iter().map(placed));
                    output.text = rendered.text.into_bytes();
                    output.overrides = Some(rendered.overrides);
                }
                Err(error) => {
                    output.error = Some(error.diagnostic(&file.name, source));
                }
            }
            Ok(output)
        }
        Subject::Part { document, route, template, .. } => {
            let loaded = subjects.document(document)?;
            let at = only_route(&loaded, route.as_deref(), None, Some(template))?;
            let compiled = loaded.part(at, template)?;
            let (api, _) = loaded.document.method(at).ok_or_else(|| wrong("the document has no such route"))?;
            let variables = runner.stage_variables_of(&loaded, at);
            let globals = runner.globals(&variables)?;
            let add = |hits: &Hits, ways| hits.add_part(&loaded.name, at, template, ways);
            let rendered = counted(hits, &loaded.name, add, |options| compiled.render_with(&globals, options));
            let mut output = Output { models: api.models.clone(), ..Output::default() };
            output.notes.extend(compiled.notes().iter().map(|note| loaded.note(at, template, note)));
            match rendered {
                Ok(rendered) => {
                    output.notes.extend(rendered.notes.iter().map(|note| loaded.note(at, template, note)));
                    output.text = rendered.text.into_bytes();
                    output.overrides = Some(rendered.overrides);
                }
                Err(error) => {
                    output.error = Some(loaded.error(at, template, &error));
                }
            }
            Ok(output)
        }
        Subject::Call { document, api, route, .. } => {
            let loaded = subjects.document(document)?;
            runner.call(&loaded, api.as_deref(), route.as_deref())
        }
    }
}

struct Runner<'a> {
    test: &'a Test,
    folder: &'a Path,
    subjects: &'a Subjects,
    hits: Option<&'a Hits>,
}

fn wrong(message: impl Into<String>) -> Obstacle {
    Box::new(Diagnostic::new(Code::WrongTest, message))
}

fn wrong_because(message: impl Into<String>, help: impl Into<String>) -> Obstacle {
    Box::new(Diagnostic::new(Code::WrongTest, message).with_help(help))
}

impl Runner<'_> {
    /// Returns the stage variables that a document defines for the API of a route.
    fn stage_variables_of(&self, loaded: &LoadedDocument, route: usize) -> Vec<(String, String)> {
        let method = loaded.document.method(route);
        let variables = method.map(|(api, _)| api.stage_variables.iter());
        variables.into_iter().flatten().map(|(name, value)| (name.to_owned(), value.clone())).collect()
    }

    fn payload(&self, node: &Node) -> Result<String, Obstacle> {
        let payload = Payload::read(node, self.folder).map_err(|fault| wrong(fault.message))?;
        payload_text(&payload, self.subjects)
    }

    /// Returns the globals of a template.
    fn globals(&self, variables: &[(String, String)]) -> Result<Globals<'static>, Obstacle> {
        let input = &self.test.input;
        let body = input.get("body").map(|body| self.payload(body)).transpose()?;
        let mut params = Params::new();
        type Add = fn(Params, &str, &str) -> Params;
        let groups = [("path", Params::path as Add), ("querystring", Params::query), ("header", Params::header)];
        for (group, add) in groups {
            let Some(values) = input.get("params").and_then(|params| params.get(group)) else { continue };
            for entry in values.entries() {
                for text in words(&entry.value, &entry.key)? {
                    params = add(params, &entry.key, &text);
                }
            }
        }
        let context = merged(&self.test.context, input.get("context"));
        let given = merged(&self.test.stage_variables, input.get("stageVariables"));
        let mut stage: Vec<(String, String)> = variables.to_vec();
        for entry in given.entries() {
            let text = words(&entry.value, &entry.key)?.pop().unwrap_or_default();
            stage.retain(|(name, _)| *name != entry.key);
            stage.push((entry.key.clone(), text));
        }
        let mut globals = Globals::body(body.unwrap_or_default()).params(params);
        if !context.entries().is_empty() {
            globals = globals.context(context.to_json());
        }
        if let Some(millis) = epoch(&context) {
            globals = globals.clock(UNIX_EPOCH + Duration::from_millis(millis));
        }
        if let Some(Json::Object(variables)) = input.get("variables").map(Node::to_json) {
            globals = globals.variables(&variables);
        }
        Ok(globals.stage_variables(stage))
    }

    /// Makes a whole call.
    fn call(&self, loaded: &LoadedDocument, api: Option<&str>, key: Option<&str>) -> Result<Output, Obstacle> {
        let test = self.test;
        let document = &loaded.document;
        let mut request = self.message(&test.request)?;
        let is_socket = request.get("path").is_none() && request.get("method").is_none();
        let named = key.map(|key| only_route(loaded, Some(key), api, None)).transpose()?;
        let at = match (named.and_then(|route| document.routes.get(route)), api) {
            (Some(route), _) => route.api,
            (None, Some(name)) => api_named(loaded, name)?,
            (None, None) => only_api(loaded, is_socket, &request)?,
        };
        let (Some(model), Some(prepared)) = (document.apis.get(at), loaded.apis.get(at)) else {
            return Err(Box::new(Diagnostic::new(Code::NoSuchPart, "the document defines no API")));
        };
        let mut stage_variables = model.stage_variables.clone();
        for entry in test.stage_variables.entries() {
            stage_variables.set(entry.key.clone(), words(&entry.value, &entry.key)?.pop().unwrap_or_default());
        }
        let clock = UNIX_EPOCH + Duration::from_millis(epoch(&test.context).unwrap_or_default());
        let mut probe = self.hits.map(|_| hits::CallHits::default());
        let mut invocation =
            Invocation::new().context(test.context.to_json()).stage_variables(stage_variables).clock(clock);
        let needs_log = test.expect.iter().flatten().any(|it| matches!(it.expect, Expect::Log(_)));
        if !needs_log {
            invocation = invocation.without_log();
        }
        if let Some(probe) = &mut probe {
            invocation = invocation.probe(probe);
        }
        let mut backend = Recorded { replay: self.backend()?, was_missed: None };
        let shape = |error: serde_json::Error| wrong(format!("`request`: {error}"));
        let (route, parameters, result) = if model.protocol == Protocol::WebSocket {
            let message: SocketRequest = serde_json::from_value(Json::Object(request)).map_err(shape)?;
            let found = prepared.find_message(&message).map(|(index, _)| index);
            let outcome = prepared.handle_message(message, Some(&mut backend), &mut invocation);
            let text = outcome.response.message.clone();
            let result = CallResult {
                text: text.clone().unwrap_or_default(),
                answer: vec![
                    ("status", json!(outcome.response.status)),
                    ("message", json!(text.map(|text| String::from_utf8_lossy(&text).into_owned()))),
                ],
                request: outcome.integration_request,
                refusal: outcome.refusal,
                choices: outcome.choices,
            };
            (found, Table::new(), result)
        } else {
            if !request.contains_key("method") {
                let method = key.and_then(|key| key.split_once(' ')).map_or("GET", |(method, _)| method);
                let method = if method == "ANY" { "GET" } else { method };
                request.insert("method".to_owned(), json!(method));
            }
            let mut message: MethodRequest = serde_json::from_value(Json::Object(request)).map_err(shape)?;
            if let Some((path, query)) = message.path.clone().split_once('?') {
                message.path = path.to_owned();
                message.add_query_string(query);
            }
            if !message.path.starts_with('/') {
                return Err(wrong(format!("`request`: the path `{}` does not start with /", message.path)));
            }
            let found = prepared.find(&message.method, &message.path);
            let found = found.map_or((None, Table::new()), |it| (Some(it.index), it.path_parameters));
            let outcome = prepared.handle(message, Some(&mut backend), &mut invocation);
            let result = CallResult {
                text: outcome.response.body.clone(),
                answer: vec![("response", json!(outcome.response))],
                request: outcome.integration_request,
                refusal: outcome.refusal,
                choices: outcome.choices,
            };
            (found.0, found.1, result)
        };
        let route =
            route.and_then(|method| document.routes.iter().position(|route| route.api == at && route.method == method));
        if let Some(request) = backend.was_missed.filter(|_| needs_answer(test)) {
            let message = format!("the request goes to {}, and the test has no `backend` that answers", request.url());
            return Err(wrong_because(message, "add `backend: {status: 200, body: {}}` to the test"));
        }
        if let (Some(named), false) = (named, named == route) {
            let message = format!("the request does not take the route {}", document.route_label(named));
            let took =
                route.map_or("no route takes it".to_owned(), |it| format!("it takes {}", document.route_label(it)));
            return Err(wrong_because(message, took));
        }
        let mut notes: Vec<Diagnostic> = route.map(|route| loaded.errors_of(route).to_vec()).unwrap_or_default();
        let invalid: BTreeSet<String> = notes.iter().filter_map(|finding| finding.property.clone()).collect();
        let label = route.and_then(|route| document.route_key(route));
        for note in &invocation.notes {
            let mut found = note.diagnostic(None);
            if let Some(label) = &label {
                found = found.on_route(label);
            }
            let place = route.zip(note.template.as_ref()).zip(note.span);
            found.location = place.and_then(|((route, name), span)| loaded.locate(route, name, span));
            notes.push(found);
        }
        let mut call = Map::new();
        call.insert("routeKey".to_owned(), json!(label));
        call.insert("pathParameters".to_owned(), json!(parameters));
        call.insert("integrationRequest".to_owned(), json!(result.request));
        for (key, value) in result.answer {
            call.insert(key.to_owned(), value);
        }
        if model.protocol != Protocol::Rest {
            call.insert("invalid".to_owned(), json!(invalid));
        }
        let error = result.refusal.map(|refusal| {
            let place = route.zip(refusal.template.as_deref()).zip(refusal.cause.span());
            let mut found = Diagnostic::new(refusal.cause.code(), refusal.cause.detail());
            found.location = place.and_then(|((route, name), span)| loaded.locate(route, name, span));
            match refusal.template {
                Some(template) => found.in_template(template),
                None => found,
            }
        });
        let log = invocation.log.to_string();
        drop(invocation);
        if let (Some(hits), Some(probe), Some(route)) = (self.hits, probe, route) {
            hits.add_call(&loaded.name, route, probe);
            let taken = result.choices.iter().filter(|choice| choice.kind == ChoiceKind::IntegrationResponse);
            taken
                .filter_map(|choice| choice.name.as_deref())
                .for_each(|name| hits.add_response(&loaded.name, route, name));
        }
        Ok(Output {
            text: result.text,
            overrides: None,
            notes,
            error,
            call: Some(Json::Object(call)),
            log,
            models: model.models.clone(),
        })
    }

    /// Returns a request or response as JSON: a body that is no text is written compactly.
    fn message(&self, node: &Node) -> Result<Map<String, Json>, Obstacle> {
        let mut members = Map::new();
        for entry in node.entries() {
            let value = match entry.key.as_str() {
                "body" => Json::String(self.payload(&entry.value)?),
                "headers" => {
                    let texts =
                        entry.value.entries().iter().map(|header| (header.key.clone(), as_texts(&header.value)));
                    Json::Object(texts.collect())
                }
                "pathParameters" => {
                    let texts = entry.value.entries().iter().map(|it| (it.key.clone(), as_texts(&it.value)));
                    Json::Object(texts.collect())
                }
                _ => entry.value.to_json(),
            };
            members.insert(entry.key.clone(), value);
        }
        Ok(members)
    }

    fn backend(&self) -> Result<Option<Replay>, Obstacle> {
        let node = &self.test.backend;
        if node.entries().is_empty() {
            return Ok(None);
        }
        let mut json = self.message(node)?;
        if !json.contains_key("status") && !json.contains_key("lambda") && !json.contains_key("failure") {
            json.insert("status".to_owned(), json!(200));
        }
        let replay = serde_json::from_value(Json::Object(json));
        replay.map(Some).map_err(|error| wrong(format!("`backend`: {error}")))
    }
}

struct CallResult {
    text: Vec<u8>,
    answer: Vec<(&'static str, Json)>,
    request: Option<IntegrationRequest>,
    refusal: Option<vtl::pipeline::Refusal>,
    choices: Vec<Choice>,
}

/// The backend of a test.
struct Recorded {
    replay: Option<Replay>,
    /// The request that no answer was given for.
    was_missed: Option<Box<IntegrationRequest>>,
}

impl Backend for Recorded {
    fn call(&mut self, request: &IntegrationRequest) -> Result<IntegrationResponse, BackendError> {
        match &mut self.replay {
            Some(replay) => replay.call(request),
            None => {
                self.was_missed = Some(Box::new(request.clone()));
                Err(BackendError::Connection("the test has no backend".to_owned()))
            }
        }
    }
}

/// Returns the text of a payload.
pub(crate) fn payload_text(payload: &Payload, subjects: &Subjects) -> Result<String, Obstacle> {
    match payload {
        Payload::Text(text) => Ok(text.clone()),
        Payload::Value(node) => Ok(node.compact()),
        Payload::File(path) => subjects.text(path),
    }
}

/// Checks if a test expects anything that depends on the backend's answer.
fn needs_answer(test: &Test) -> bool {
    let is_before = |expect: &Expect| match expect {
        Expect::IntegrationRequest(_) | Expect::NoIntegrationRequest => true,
        Expect::Member(name, _) => matches!(*name, "routeKey" | "pathParameters" | "invalid"),
        _ => false,
    };
    test.expect.as_ref().is_none_or(|all| !all.iter().all(|it| is_before(&it.expect)))
}

fn as_texts(node: &Node) -> Json {
    match &node.data {
        Data::Number(_) | Data::Bool(_) => Json::String(node.word().unwrap_or_default()),
        Data::List(items) => items.iter().map(as_texts).collect(),
        _ => node.to_json(),
    }
}

fn merged(below: &Node, above: Option<&Node>) -> Node {
    above.map_or_else(|| below.clone(), |above| below.merged(above))
}

fn epoch(context: &Node) -> Option<u64> {
    context.get("requestTimeEpoch").and_then(Node::word).and_then(|word| word.parse().ok())
}

fn words(node: &Node, name: &str) -> Result<Vec<String>, Obstacle> {
    let wrong = || wrong(format!("`{name}` must be a text or a list of texts"));
    match &node.data {
        Data::List(items) => items.iter().map(|item| item.word().ok_or_else(wrong)).collect(),
        _ => Ok(vec![node.word().ok_or_else(wrong)?]),
    }
}

/// Finds the only route with a key, of an API if one is named, that has a template if one is named.
fn only_route(
    loaded: &LoadedDocument,
    key: Option<&str>,
    api: Option<&str>,
    template: Option<&str>,
) -> Result<usize, Obstacle> {
    let document = &loaded.document;
    let missing = |message: String, choices: Vec<String>| {
        let more = if choices.len() > 20 { ", …" } else { "" };
        let shown = choices.iter().take(20).map(String::as_str).collect::<Vec<_>>().join(", ");
        Err(Box::new(Diagnostic::new(Code::NoSuchPart, message).with_help(format!("it has {shown}{more}"))))
    };
    let labels =
        |routes: &[usize]| routes.iter().take(21).map(|route| document.route_label(*route)).collect::<Vec<_>>();
    let mut routes: Vec<usize> = match key {
        Some(key) => loaded.routes.find(key).to_vec(),
        None => (0..document.routes.len()).collect(),
    };
    if let (Some(key), []) = (key, routes.as_slice()) {
        let all: Vec<usize> = (0..document.routes.len().min(21)).collect();
        return missing(format!("{} has no route {key}", loaded.name), labels(&all));
    }
    if let Some(api) = api {
        let at = api_named(loaded, api)?;
        routes.retain(|route| document.routes.get(*route).is_some_and(|it| it.api == at));
    }
    if let Some(name) = template {
        let having = loaded.routes_with(name);
        let all = std::mem::take(&mut routes);
        routes.extend(all.iter().filter(|route| having.is_some_and(|having| having.contains(route))));
        if routes.is_empty() {
            let names = all.iter().flat_map(|route| document.templates_of(*route)).map(|template| template.name);
            return missing(format!("there is no template {name}"), names.take(21).collect());
        }
    }
    match routes.as_slice() {
        [route] => Ok(*route),
        several => {
            let shown = labels(several).join(", ");
            let more = if several.len() > 21 { ", …" } else { "" };
            let message = format!("several routes fit; name one with `route`, and its `api`: {shown}{more}");
            Err(Box::new(Diagnostic::new(Code::AmbiguousChoice, message)))
        }
    }
}

fn api_label(at: usize, api: &Api) -> String {
    api.name.clone().unwrap_or_else(|| format!("number {}", at + 1))
}

fn api_named(loaded: &LoadedDocument, name: &str) -> Result<usize, Obstacle> {
    let by_number = name.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
    let mut all = loaded.document.apis.iter().enumerate();
    let found = all.find(|(at, api)| api_label(*at, api) == name || by_number == Some(*at));
    found.map(|(at, _)| at).ok_or_else(|| {
        let names: Vec<String> = loaded.document.apis.iter().enumerate().map(|(at, api)| api_label(at, api)).collect();
        let message = format!("the document has no API {name}; its APIs are {}", names.join(", "));
        Box::new(Diagnostic::new(Code::NoSuchPart, message))
    })
}

/// Chooses the API of a request: the only one of its kind, or the only one with a matching route.
fn only_api(loaded: &LoadedDocument, is_socket: bool, request: &Map<String, Json>) -> Result<usize, Obstacle> {
    let apis = &loaded.document.apis;
    let is_kind = |api: &Api| (api.protocol == Protocol::WebSocket) == is_socket;
    let of_kind: Vec<usize> = (0..).zip(apis).filter(|(_, api)| is_kind(api)).map(|(at, _)| at).collect();
    match (of_kind.as_slice(), apis.len()) {
        ([at], _) => return Ok(*at),
        (_, 1) => return Ok(0),
        _ => {}
    }
    let word = |key: &str| request.get(key).and_then(Json::as_str);
    let path = word("path").unwrap_or_default();
    let path = path.split_once('?').map_or(path, |(path, _)| path);
    let takes =
        |at: &usize| loaded.apis.get(*at).is_some_and(|api| api.find(word("method").unwrap_or("GET"), path).is_some());
    match of_kind.iter().copied().filter(takes).collect::<Vec<_>>().as_slice() {
        [at] => Ok(*at),
        _ => {
            let message = "the document has several APIs; name one with `api`, or a `route`";
            Err(Box::new(Diagnostic::new(Code::AmbiguousChoice, message)))
        }
    }
}

/// Most steps of a render with a probe, each of which takes several times as long.
pub(crate) const PROBED: u64 = 5_000_000;

/// Renders, and counts what runs if there are counts: of a render of more than [`PROBED`] steps the first ones, which
/// is noted with the name of its file. Then it is made again.
fn counted(
    hits: Option<&Hits>,
    name: &str,
    add: impl FnOnce(&Hits, Ways),
    render: impl Fn(RenderOptions<'_>) -> Result<Rendered, Error>,
) -> Result<Rendered, Error> {
    let Some(hits) = hits else { return render(RenderOptions::new()) };
    let mut ways = hits::probe();
    let budget = Budget::new(&Limits::service().with_steps(Some(PROBED)));
    let rendered = render(RenderOptions::new().probe(&mut ways).budget(&budget));
    add(hits, ways);
    match rendered {
        Err(error) if error.code() == Code::StepLimit => {
            hits.cut(name);
            render(RenderOptions::new())
        }
        rendered => rendered,
    }
}

/// Renders a template again under a probe, and returns the place of what the probe names; `None` if there is none, or
/// the render takes more than [`PROBED`] steps.
pub(crate) fn again<P: Probe>(
    test: &Test,
    folder: &Path,
    subjects: &Subjects,
    probe: &mut P,
    named: impl FnOnce(&P) -> Option<Span>,
) -> Option<Location> {
    let budget = Budget::new(&Limits::service().with_steps(Some(PROBED)));
    let options = RenderOptions::new().probe(probe).budget(&budget);
    let runner = Runner { test, folder, subjects, hits: None };
    match &test.subject {
        Subject::File { path, .. } => {
            let file = subjects.file(path).ok()?;
            let globals = runner.globals(&[]).ok()?;
            file.template.render_with(&globals, options).ok()?;
            Some(Location::of(named(probe)?, file.template.source()).in_file(&file.name))
        }
        Subject::Part { document, route, template, .. } => {
            let loaded = subjects.document(document).ok()?;
            let at = only_route(&loaded, route.as_deref(), None, Some(template)).ok()?;
            let compiled = loaded.part(at, template).ok()?;
            let variables = runner.stage_variables_of(&loaded, at);
            let globals = runner.globals(&variables).ok()?;
            compiled.render_with(&globals, options).ok()?;
            loaded.locate(at, template, named(probe)?)
        }
        Subject::Call { .. } => None,
    }
}
