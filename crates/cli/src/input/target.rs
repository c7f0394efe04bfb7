//! The target of a call: the route of a document that matches the request, or a single integration.

use crate::args::invoke::InvokeArgs;
use crate::failure::Failure;
use crate::input::client::{Client, Message, add_missing};
use crate::input::reader::{self, Keys, Reader};
use crate::input::rendered::{self, Maps};
use serde::Deserialize;
use serde_json::{Map, Value as Json};
use std::path::Path;
use vtl::Code;
use vtl::diagnostic::{Diagnostic, Severity};
use vtl::pipeline::call::CallNote;
use vtl::pipeline::model::{IntegrationType, Table};
use vtl::pipeline::{Api, Method, Protocol, match_resource};
use vtl_loaders::{Document, File, Options, load, load_integration};

/// The API, route and integration that a call goes to.
pub struct Target {
    /// The API, with its other methods if they are known.
    pub api: Api,
    /// The method that matches the request.
    pub method: Option<Method>,
    /// Key of the matching route, if the routes of the API are known.
    pub key: Option<String>,
    /// Path variables of the route.
    pub path_parameters: Table<String>,
    /// Errors of the integration: the service would refuse it.
    pub problems: Vec<Diagnostic>,
    /// The document of the integration, and its route there.
    origin: Option<(Document, usize)>,
    /// The result includes the route: false for a single REST integration.
    pub has_route: bool,
    /// There is no integration: the result is the route alone.
    pub is_route_only: bool,
}

/// The keys of the file of `--api`.
const KEYS: &Keys<'static> = &[
    (
        "",
        &[
            "protocolType",
            "protocol",
            "name",
            "id",
            "apiId",
            "stage",
            "stageName",
            "domainName",
            "apiKeySource",
            "binaryMediaTypes",
            "gatewayResponses",
            "models",
            "stageVariables",
            "corsConfiguration",
            "CorsConfiguration",
            "routeSelectionExpression",
            "methods",
            "routeKeys",
            "routeResponse",
            "method",
        ],
    ),
    (
        "/method",
        &[
            "httpMethod",
            "path",
            "routeKey",
            "routeResponse",
            "operationName",
            "apiKeyRequired",
            "modelSelectionExpression",
            "requestParameters",
            "requestModels",
            "requestValidator",
            "methodResponses",
            "integration",
        ],
    ),
];

/// Longest text of the settings of an API in bytes, as of a document.
const MOST_SETTINGS: usize = 8 << 20;

/// Most keys of routes of the file of `--api`: each makes a method.
const MOST_KEYS: usize = 50_000;

/// Most parts of the paths of these keys: each is a place of the routing table.
const MOST_PARTS: usize = 500_000;

/// The file of `--api`: settings of the API of a single integration.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Described {
    protocol_type: Option<Protocol>,
    /// Keys of the routes, in any order.
    route_keys: Vec<String>,
    /// The route has a response, which is sent back over the connection.
    route_response: bool,
    /// The method without its integration.
    method: Option<Method>,
}

/// Finds the target in the integration of `--integration` with the API settings of `--api`.
pub fn alone(
    client: &Client,
    args: &InvokeArgs,
    context: &Map<String, Json>,
    reader: &mut Reader,
) -> Result<(Target, Message), Failure> {
    let (mut api, described) = match &args.api {
        Some(file) => described(file, reader)?,
        None => (Api::default(), Described::default()),
    };
    let loaded = match &args.integration {
        Some(file) => Some(integration(file, described.protocol_type, args, reader)?),
        None => None,
    };
    let told = loaded.as_ref().and_then(|document| document.apis.first()).map(|api| api.protocol);
    api.protocol = described.protocol_type.or(told).unwrap_or(Protocol::Rest);
    let (keys, parts) = described
        .route_keys
        .iter()
        .fold((0, 0), |(keys, parts), key| (keys + 1, parts + key.bytes().filter(|byte| *byte == b'/').count()));
    if keys > MOST_KEYS || parts > MOST_PARTS {
        let most = format!("at most {MOST_KEYS} with {MOST_PARTS} are read");
        let why = format!("the API has {keys} routeKeys with {parts} parts of paths; {most}");
        return Err(Failure::input(Code::MemoryLimit, why));
    }
    api.methods = described.route_keys.iter().map(|key| Method::from_key(key, api.protocol)).collect();
    let mut message = match args.message.resource.as_deref() {
        // The values of the parameters are in the path.
        Some(resource) if resource.contains('{') => read(client, args, api.protocol)?,
        _ if api.protocol == Protocol::WebSocket => read(client, args, api.protocol)?,
        resource => read(&client.with_path(resource.unwrap_or("/")), args, api.protocol)?,
    };
    let (found, path_parameters) = route(&api, &message)
        .map_or((None, Table::new()), |(at, parameters)| (api.methods.get(at).cloned(), parameters));
    let key = found.as_ref().and_then(Method::key);
    hand_on(&mut message, &path_parameters);

    let mut method = described.method.unwrap_or_default();
    method.route_response |= described.route_response;
    method.path = args.message.resource.clone().or(method.path);
    if api.protocol != Protocol::Rest {
        let named = context.get("routeKey").and_then(Json::as_str).or(key.as_deref());
        let keyed = Method::from_key(named.unwrap_or("$default"), api.protocol);
        (method.http_method, method.path, method.route_key) = (keyed.http_method, keyed.path, keyed.route_key);
    }
    let is_taken = api.methods.is_empty() || found.is_some() || context.contains_key("routeKey");
    let loaded_method = loaded.as_ref().and_then(|document| document.method(0)).map(|(_, method)| method);
    method.integration = loaded_method.and_then(|method| method.integration.clone());
    let problems = loaded.as_ref().map(|document| errors(document, None)).unwrap_or_default();
    // An integration of an unknown type cannot be called; HTTP and WebSocket APIs report it as a finding.
    if let (true, None, Protocol::Rest) = (loaded.is_some(), &method.integration, api.protocol) {
        return Err(match problems.into_iter().next() {
            Some(problem) => Failure::Input(Box::new(problem)),
            None => Failure::input(Code::UnknownDocument, "the file has no integration"),
        });
    }
    let target = Target {
        has_route: api.protocol != Protocol::Rest || !api.methods.is_empty(),
        // A request that no route takes has the gateway's own answer.
        is_route_only: method.integration.is_none() && is_taken,
        method: Some(method).filter(|_| is_taken),
        api,
        key,
        path_parameters,
        problems,
        origin: loaded.map(|document| (document, 0)),
    };
    Ok((target, message))
}

fn described(file: &Path, reader: &mut Reader) -> Result<(Api, Described), Failure> {
    let text = reader.text(file)?;
    if text.len() > MOST_SETTINGS {
        let message = format!("{} has more than {MOST_SETTINGS} bytes", reader::name(file));
        return Err(Failure::input(Code::DocumentLimit, message));
    }
    Ok((reader::parse_known(file, &text, KEYS)?, reader::parse(file, &text)?))
}

/// Loads a single integration.
fn integration(
    path: &Path,
    protocol: Option<Protocol>,
    args: &InvokeArgs,
    reader: &mut Reader,
) -> Result<Document, Failure> {
    let file = File::new(reader::name(path), reader.text(path)?);
    let wrong = |error: vtl_loaders::LoadError| Failure::Input(Box::new(error.diagnostic().clone()));
    let options = Options::new().limits(args.reading.limits.raised());
    let document = load_integration(&file, protocol, &options).map_err(wrong)?;
    let is_read = document.method(0).is_some_and(|(_, method)| method.integration.is_some());
    let has_more = || {
        let whole = load(std::slice::from_ref(&file), &options);
        whole.is_ok_and(|whole| (0..whole.routes.len()).any(|at| whole.route_key(at).is_some()))
    };
    if !is_read && has_more() {
        return Err(Failure::usage(format!("{} is a whole API document; give it without --integration", file.name)));
    }
    Ok(document)
}

/// Finds the route of a document that matches the message.
pub fn in_document(document: Document, client: &Client, args: &InvokeArgs) -> Result<(Target, Message), Failure> {
    if let Some(key) = &args.route {
        return by_key(document, key, client, args);
    }
    let api = chosen(&document, client, args)?;
    let Some(model) = document.apis.get(api) else {
        return Err(Failure::input(Code::NoSuchPart, "the document defines no API"));
    };
    let mut message = read(client, args, model.protocol)?;
    let (found, path_parameters) =
        route(model, &message).map_or((None, Table::new()), |(at, parameters)| (Some(at), parameters));
    hand_on(&mut message, &path_parameters);
    let at = document.routes.iter().position(|route| route.api == api && Some(route.method) == found);
    if found.is_none() && !model.methods.is_empty() && model.methods.iter().all(|method| method.key().is_none()) {
        let label = document.routes.iter().position(|route| route.api == api).map(|at| document.route_label(at));
        let label = label.unwrap_or_default();
        let is_of_path = model.methods.iter().all(|method| method.path.is_none());
        let part = if is_of_path { "path" } else { "method or the path" };
        let message = format!("the document does not define the {part} of {label}; call it with --route '{label}'");
        return Err(Failure::input(Code::NoSuchPart, message));
    }
    let problems = at.map(|route| errors(&document, Some(route))).unwrap_or_default();
    let target = Target {
        api: model.clone(),
        method: found.and_then(|at| model.methods.get(at)).cloned(),
        key: at.and_then(|route| document.route_key(route)),
        path_parameters,
        problems,
        has_route: true,
        is_route_only: false,
        origin: at.map(|route| (document, route)),
    };
    Ok((target, message))
}

/// Finds the route of a document by its key, whatever the path of the request is.
fn by_key(document: Document, key: &str, client: &Client, args: &InvokeArgs) -> Result<(Target, Message), Failure> {
    let chosen = match &args.api {
        Some(_) => Some(chosen(&document, client, args)?),
        None => None,
    };
    let is_chosen =
        |at: &usize| document.routes.get(*at).is_some_and(|route| chosen.is_none_or(|api| route.api == api));
    let found: Vec<usize> = document.find_routes(key).into_iter().filter(is_chosen).collect();
    let [at] = found.as_slice() else {
        if !found.is_empty() {
            let message = format!("{} routes have the key {key}; choose an API with --api", found.len());
            return Err(Failure::input(Code::AmbiguousChoice, message));
        }
        let labels: Vec<String> = (0..document.routes.len()).map(|at| document.route_label(at)).collect();
        let listed = labels.iter().take(20).map(String::as_str).collect::<Vec<_>>().join(", ");
        let message = format!("the document has no route {key}; its routes are {listed}");
        return Err(Failure::no_such(message, key, labels.iter().map(String::as_str)));
    };
    let Some((model, method)) = document.method(*at) else {
        return Err(Failure::input(Code::NoSuchPart, format!("the document has no route {key}")));
    };
    let (model, method) = (model.clone(), method.clone());
    let is_socket = model.protocol == Protocol::WebSocket;
    let path = method.path.clone().unwrap_or_else(|| "/".to_owned());
    let mut message = if is_socket {
        read(client, args, model.protocol)?
    } else {
        read(&client.with_path(&path), args, model.protocol)?
    };
    let mut path_parameters = Table::new();
    if let Message::Http(request) = &mut message {
        if let Some(verb) = method.http_method.as_ref().filter(|verb| args.message.method.is_none() && *verb != "ANY") {
            request.method.clone_from(verb);
        }
        let found = method.path.as_ref().and_then(|path| match_resource(path, &request.path));
        path_parameters = found.unwrap_or_default();
    }
    hand_on(&mut message, &path_parameters);
    let target = Target {
        problems: errors(&document, Some(*at)),
        key: Some(document.route_label(*at)),
        api: model,
        method: Some(method),
        path_parameters,
        has_route: true,
        is_route_only: false,
        origin: Some((document, *at)),
    };
    Ok((target, message))
}

/// Chooses the API of a document: the one that `--api` names, the only one of its kind, or the only one with
/// a matching route.
fn chosen(document: &Document, client: &Client, args: &InvokeArgs) -> Result<usize, Failure> {
    let wrong = |code, why: String| Err(Failure::input(code, why));
    let name = |at: usize| {
        let api = document.apis.get(at).and_then(|api| api.name.clone());
        api.unwrap_or_else(|| format!("number {}", at + 1))
    };
    if let Some(named) = args.api.as_ref().and_then(|api| api.to_str()) {
        let by_number = named.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        let found = (0..document.apis.len()).find(|at| name(*at) == named || by_number == Some(*at));
        let names: Vec<String> = (0..document.apis.len()).map(name).collect();
        let why = || format!("the document has no API {named}; its APIs are {}", names.join(", "));
        return found.ok_or_else(|| Failure::no_such(why(), named, names.iter().map(String::as_str)));
    }
    let is_kind = |api: &Api| (api.protocol == Protocol::WebSocket) == client.is_socket();
    let of_kind: Vec<usize> = (0..).zip(&document.apis).filter(|(_, api)| is_kind(api)).map(|(at, _)| at).collect();
    if let ([at], _) | ([], [at]) = (of_kind.as_slice(), (0..document.apis.len()).collect::<Vec<_>>().as_slice()) {
        return Ok(*at);
    }
    let takes = |at: &usize| {
        let Some(api) = document.apis.get(*at) else { return false };
        read(client, args, api.protocol).is_ok_and(|message| route(api, &message).is_some())
    };
    match of_kind.iter().copied().filter(takes).collect::<Vec<_>>().as_slice() {
        [at] => Ok(*at),
        [] => {
            let why = "no API of the document has a matching route; choose one with --api to see its response";
            wrong(Code::NoSuchPart, why.to_owned())
        }
        several => {
            let names = several.iter().map(|at| name(*at)).collect::<Vec<_>>().join(", ");
            let why = format!("several APIs of the document have a matching route; choose one with --api: {names}");
            wrong(Code::AmbiguousChoice, why)
        }
    }
}

fn read(client: &Client, args: &InvokeArgs, protocol: Protocol) -> Result<Message, Failure> {
    match protocol {
        Protocol::WebSocket => client.message(&args.message).map(Message::Socket),
        Protocol::Rest | Protocol::Http => client.request(&args.message, protocol).map(Message::Http),
    }
}

/// Returns the index of the method that matches a message, and the path variables.
fn route(api: &Api, message: &Message) -> Option<(usize, Table<String>)> {
    match message {
        Message::Http(request) => api.route(&request.method, &request.path),
        Message::Socket(request) => api.route_message(request).map(|at| (at, Table::new())),
    }
}

fn hand_on(message: &mut Message, parameters: &Table<String>) {
    if let Message::Http(request) = message {
        add_missing(&mut request.path_parameters, parameters.clone());
    }
}

/// Returns the errors of a document, or of one of its routes.
fn errors(document: &Document, route: Option<usize>) -> Vec<Diagnostic> {
    let mut found = route.map_or_else(|| document.diagnostics(), |route| document.diagnostics_of(route));
    found.retain(|diagnostic| diagnostic.severity == Severity::Error);
    found
}

impl Target {
    /// Returns the problems of the integration and the notes on a call, each once.
    pub fn findings(&self, notes: &[CallNote]) -> Vec<Diagnostic> {
        let mut found = self.problems.clone();
        for note in notes {
            let diagnostic = self.diagnostic(note);
            // A template that does not parse is a problem of the integration already.
            let is_same = |known: &Diagnostic| {
                (known.code, &known.location, &known.message)
                    == (diagnostic.code, &diagnostic.location, &diagnostic.message)
            };
            if !self.problems.iter().any(is_same) {
                found.push(diagnostic);
            }
        }
        found
    }

    /// Returns the note on a text that a template rendered, is meant to be JSON, and is none. `prefix` begins
    /// the name of the template.
    pub fn not_json(&self, maps: &Maps, prefix: &str, output: &[u8]) -> Option<Diagnostic> {
        let (document, route) = self.origin.as_ref()?;
        let (name, map) = maps.of(prefix)?;
        let template = document.template_of(*route, &name)?;
        let integration = self.method.as_ref()?.integration.as_ref()?;
        let is_request = prefix.starts_with("request");
        if is_request && integration.kind == IntegrationType::Mock {
            return None;
        }
        let output = std::str::from_utf8(output).ok()?;
        let note = rendered::note(template.text, output, &map, is_request && integration.is_lambda())?;
        let mut diagnostic = document.note_in(&template, &note).with_severity(Severity::Warning);
        diagnostic.help.clone_from(&note.help);
        Some(self.on_route(diagnostic))
    }

    /// Converts a note on the call; one on a template is placed where the template is written.
    fn diagnostic(&self, note: &CallNote) -> Diagnostic {
        self.on_route(match &self.origin {
            Some((document, route)) => document.call_note(*route, note),
            None => note.diagnostic(None),
        })
    }

    /// Sets the route of a diagnostic.
    fn on_route(&self, diagnostic: Diagnostic) -> Diagnostic {
        match &self.key {
            Some(key) => diagnostic.on_route(key),
            None => diagnostic,
        }
    }
}
