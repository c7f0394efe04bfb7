//! The target of a call: the route of a document that matches the request, or a single integration.

use crate::failure::Failure;
use crate::message::Message;
use serde::Deserialize;
use serde_json::{Map, Value as Json};
use vtl::diagnostic::{Diagnostic, Severity};
use vtl::pipeline::model::Table;
use vtl::pipeline::{Api, Method, Protocol};
use vtl_loaders::Document;

/// The route that a call takes.
pub(crate) struct Target {
    /// Key of the matching route, if the routes of the API are known.
    pub key: Option<String>,
    /// Path variables of the route.
    pub path_parameters: Table<String>,
    /// Index of the route in [`Document::routes`].
    pub route: Option<usize>,
    /// Errors of the integration: the service would refuse it.
    pub problems: Vec<Diagnostic>,
}

/// Settings of the API around a single integration, and the method without its integration.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Described {
    pub protocol_type: Option<Protocol>,
    /// Keys of the routes, in any order.
    pub route_keys: Vec<String>,
    /// The route has a response, which is sent back over the connection.
    pub route_response: bool,
    pub method: Option<Method>,
}

/// A single integration with the method and the API around it.
pub(crate) struct Single {
    /// The API, with its routes if they are known.
    pub api: Api,
    pub described: Described,
    pub is_integration: bool,
}

impl Single {
    /// Returns the method that a call takes, and its target; `None` if no route takes the request.
    pub fn method(
        &self,
        document: Option<&Document>,
        message: &mut Message,
        context: &Map<String, Json>,
    ) -> (Option<Method>, Target) {
        let api = &self.api;
        let (found, path_parameters) = route(api, message)
            .map_or((None, Table::new()), |(at, parameters)| (api.methods.get(at).cloned(), parameters));
        let key = found.as_ref().and_then(Method::key);
        if let Message::Http(request) = message {
            for (name, value) in path_parameters.clone() {
                if request.path_parameters.get(&name).is_none() {
                    request.path_parameters.set(name, value);
                }
            }
        }
        let mut method = self.described.method.clone().unwrap_or_default();
        method.route_response |= self.described.route_response;
        if api.protocol != Protocol::Rest {
            let named = context.get("routeKey").and_then(Json::as_str).or(key.as_deref());
            let keyed = Method::from_key(named.unwrap_or("$default"), api.protocol);
            (method.http_method, method.path, method.route_key) = (keyed.http_method, keyed.path, keyed.route_key);
        }
        let is_taken = api.methods.is_empty() || found.is_some() || context.contains_key("routeKey");
        let loaded = document.and_then(|document| document.method(0)).map(|(_, method)| method);
        method.integration = loaded.and_then(|method| method.integration.clone());
        let problems = document.map(|document| errors(document, None)).unwrap_or_default();
        let target = Target { key, path_parameters, route: document.map(|_| 0), problems };
        (Some(method).filter(|_| is_taken), target)
    }
}

/// Chooses the API of a document: the one that is named, the only one of its kind, or the only one with a
/// matching route.
pub(crate) fn choose(document: &Document, named: Option<&str>, request: &Json) -> Result<usize, Failure> {
    let wrong = |why: String| Err(Failure::Usage(why));
    let name = |at: usize| {
        let api = document.apis.get(at).and_then(|api| api.name.clone());
        api.unwrap_or_else(|| format!("number {}", at + 1))
    };
    let all = || (0..document.apis.len()).map(name).collect::<Vec<_>>().join(", ");
    if let Some(named) = named {
        let by_number = named.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        let found = (0..document.apis.len()).find(|at| name(*at) == named || by_number == Some(*at));
        return found.map_or_else(|| wrong(format!("the document has no API {named}; its APIs are {}", all())), Ok);
    }
    let is_kind = |api: &Api| (api.protocol == Protocol::WebSocket) == Message::is_socket(request);
    let of_kind: Vec<usize> = (0..).zip(&document.apis).filter(|(_, api)| is_kind(api)).map(|(at, _)| at).collect();
    match (of_kind.as_slice(), document.apis.len()) {
        ([at], _) => return Ok(*at),
        ([], 1) => return Ok(0),
        (_, 0) => return wrong("the document defines no API".to_owned()),
        _ => {}
    }
    let takes = |at: &usize| {
        let Some(api) = document.apis.get(*at) else { return false };
        Message::read(request, api.protocol).is_ok_and(|message| route(api, &message).is_some())
    };
    match of_kind.iter().copied().filter(takes).collect::<Vec<_>>().as_slice() {
        [at] => Ok(*at),
        [] => wrong(format!("no API of the document has a matching route; choose one to see its response: {}", all())),
        several => {
            let names = several.iter().map(|at| name(*at)).collect::<Vec<_>>().join(", ");
            wrong(format!("several APIs of the document have a matching route; choose one: {names}"))
        }
    }
}

/// Returns the index of the method that matches a message, and the path variables.
pub(crate) fn route(api: &Api, message: &Message) -> Option<(usize, Table<String>)> {
    match message {
        Message::Http(request) => api.route(&request.method, &request.path),
        Message::Socket(request) => api.route_message(request).map(|at| (at, Table::new())),
    }
}

/// Returns the errors of a document, or of one of its routes.
pub(crate) fn errors(document: &Document, route: Option<usize>) -> Vec<Diagnostic> {
    let mut found = route.map_or_else(|| document.diagnostics(), |route| document.diagnostics_of(route));
    found.retain(|diagnostic| diagnostic.severity == Severity::Error);
    found
}
