//! The client's request, or its message over a WebSocket connection.

use crate::args::invoke::{EventName, MessageArgs};
use crate::failure::Failure;
use crate::input::curl::{self, CurlRequest};
use crate::input::event::Event;
use crate::input::named_files::NamedFiles;
use crate::input::reader::{self, Keys, Reader};
use percent_encoding::{NON_ALPHANUMERIC, PercentEncode, utf8_percent_encode};
use serde::Deserialize;
use serde_json::{Map, Value as Json};
use std::path::{Path, PathBuf};
use vtl::json_unstable::MOST_VALUES;
use vtl::pipeline::call::Authorizer;
use vtl::pipeline::model::Table;
use vtl::pipeline::websocket::{EventType, SocketRequest};
use vtl::pipeline::{MethodRequest, Protocol, match_resource};

/// The keys of the file of `--request`.
const REQUEST_KEYS: &Keys<'static> =
    &[("", &["method", "path", "pathParameters", "querystring", "rawQueryString", "headers", "body", "bodyIsBase64"])];

/// The keys of the file of `--request` for a WebSocket API.
const EVENT_KEYS: &Keys<'static> = &[("", &["eventType", "body", "bodyIsBase64", "headers", "querystring"])];

/// A request, or an event of a WebSocket connection.
pub enum Message {
    Http(MethodRequest),
    Socket(SocketRequest),
}

/// Content of the file of `--request`.
#[derive(Clone)]
enum Given {
    /// Name and text of JSON of our own.
    Own(String, String),
    Http(MethodRequest),
    Curl(CurlRequest),
    Socket(SocketRequest),
}

/// The inputs of a message; whether they are a request or an event depends on the API.
pub struct Client {
    path: Option<String>,
    file: Option<Given>,
    /// Context and stage variables of an event.
    pub context: Map<String, Json>,
    pub stage_variables: Map<String, Json>,
    /// Answer of the authorizer of an event.
    pub authorizer: Option<Authorizer>,
    body: Option<Vec<u8>>,
}

impl Client {
    /// Reads the files that the flags name, and of those that a curl command names the ones of its repository and
    /// those that are `allowed`.
    pub fn read(
        args: &MessageArgs,
        path: Option<&str>,
        allowed: &[PathBuf],
        reader: &mut Reader,
    ) -> Result<Client, Failure> {
        let (mut context, mut stage_variables, mut authorizer) = (Map::new(), Map::new(), None);
        let file = match (&args.request, path) {
            (Some(_), Some(path)) => {
                return Err(Failure::usage(format!("--request cannot be used with the path {path}")));
            }
            (Some(path), None) => {
                let text = reader.text(path)?;
                reader::check_size(path, &text, MOST_VALUES)?;
                let event = serde_json::from_str(&text).ok().and_then(|json| Event::read(&json));
                Some(match event.transpose().map_err(|error| reader::malformed(path, &text, &error))? {
                    Some(Event::Http(event)) => {
                        (context, stage_variables) = (event.context, event.stage_variables);
                        authorizer = event.authorizer;
                        Given::Http(event.message)
                    }
                    Some(Event::Socket(event)) => {
                        (context, stage_variables) = (event.context, event.stage_variables);
                        Given::Socket(event.message)
                    }
                    None if curl::is_curl(&text) => {
                        Given::Curl(curl::read(&text, &mut NamedFiles::of(path, allowed, reader))?)
                    }
                    None => Given::Own(reader::name(path), text),
                })
            }
            (None, _) => None,
        };
        let body = match (args.data.as_deref(), &args.body) {
            (Some(data), _) => Some(reader.data(data)?),
            (None, Some(file)) => Some(reader.bytes(file)?),
            (None, None) => None,
        };
        Ok(Client { path: path.map(str::to_owned), file, context, stage_variables, authorizer, body })
    }

    /// Sets the path unless one is given, in a file or by itself.
    pub fn with_path(&self, path: &str) -> Client {
        let path = self.path.clone().or_else(|| self.file.is_none().then(|| path.to_owned()));
        Client {
            path,
            file: self.file.clone(),
            context: self.context.clone(),
            stage_variables: self.stage_variables.clone(),
            authorizer: self.authorizer.clone(),
            body: self.body.clone(),
        }
    }

    /// Returns the stage that the address of a curl command has, if it calls a REST API.
    pub fn stage(&self) -> Option<&str> {
        let Some(Given::Curl(curl)) = &self.file else { return None };
        let (stage, _) = curl.request.path.trim_start_matches('/').split_once('/')?;
        Some(stage).filter(|_| curl.has_stage)
    }

    /// Checks if the inputs look like an event of a WebSocket connection.
    pub fn is_socket(&self) -> bool {
        #[derive(Deserialize)]
        struct Shape {
            path: Option<serde::de::IgnoredAny>,
            method: Option<serde::de::IgnoredAny>,
        }

        match &self.file {
            Some(Given::Socket(_)) => true,
            Some(Given::Http(_) | Given::Curl(_)) => false,
            Some(Given::Own(_, text)) => {
                parse::<Shape>("", text).is_ok_and(|it| it.path.is_none() && it.method.is_none())
            }
            None => self.path.is_none(),
        }
    }

    /// Returns the request of a REST or HTTP API.
    pub fn request(&self, args: &MessageArgs, protocol: Protocol) -> Result<MethodRequest, Failure> {
        let mut request = match (&self.file, &self.path) {
            (Some(Given::Own(name, text)), _) => reader::parse_known(Path::new(name), text, REQUEST_KEYS)?,
            (Some(Given::Http(request)), _) => request.clone(),
            (Some(Given::Curl(curl)), _) => match (curl.has_stage && protocol == Protocol::Rest, &curl.request) {
                (true, request) => without_stage(request),
                (false, request) => request.clone(),
            },
            (Some(Given::Socket(_)), _) => {
                return Err(Failure::usage("the event of --request is of a WebSocket API, the API is none"));
            }
            (None, Some(path)) => self.typed(args, path)?,
            (None, None) => return Err(Failure::usage("no request path is given, such as /pets/7")),
        };
        if request.method.is_empty() {
            request.method = "GET".to_owned();
        }
        if let Some(resource) = &args.resource {
            let Some(parameters) = match_resource(resource, &request.path) else {
                return Err(Failure::usage(format!(
                    "the path {} does not match the resource {resource}",
                    request.path
                )));
            };
            add_missing(&mut request.path_parameters, parameters);
        }
        Ok(request)
    }

    /// Returns the event of a WebSocket API.
    pub fn message(&self, args: &MessageArgs) -> Result<SocketRequest, Failure> {
        match &self.file {
            Some(Given::Own(name, text)) => return reader::parse_known(Path::new(name), text, EVENT_KEYS),
            Some(Given::Socket(event)) => return Ok(event.clone()),
            Some(Given::Http(_) | Given::Curl(_)) => {
                return Err(Failure::usage("the API is a WebSocket API, which takes no HTTP request"));
            }
            None => {}
        }
        if let Some(path) = &self.path {
            return Err(Failure::usage(format!("WebSocket messages have no path; remove {path}")));
        }
        let event_type = match args.event {
            EventName::Connect => EventType::Connect,
            EventName::Message => EventType::Message,
            EventName::Disconnect => EventType::Disconnect,
        };
        let body = self.body.clone().unwrap_or_default();
        let mut request = SocketRequest::new(event_type);
        request.body = body;
        for (name, value) in &args.query {
            add(&mut request.querystring, name.clone(), value.clone());
        }
        request.headers = args.headers.iter().cloned().collect();
        Ok(request)
    }

    /// Returns the request of the flags; like curl, it is a POST if it has a payload.
    fn typed(&self, args: &MessageArgs, target: &str) -> Result<MethodRequest, Failure> {
        if !target.starts_with('/') {
            return Err(Failure::usage(format!("the request path {target} does not start with /")));
        }
        let method = args.method.as_deref().unwrap_or(if self.body.is_some() { "POST" } else { "GET" });
        // Clients do not send the fragment.
        let target = target.split('#').next().unwrap_or_default();
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut request = MethodRequest::new(method, path);
        if !query.is_empty() {
            request.add_query_string(query);
        }
        for (name, value) in &args.query {
            match request.raw_query_string {
                Some(_) => request.add_query_string(&format!("{}={}", encode(name), encode(value))),
                None => request.add_query(name.as_str(), value.as_str()),
            }
        }
        request.headers = args.headers.iter().cloned().collect();
        request.path_parameters = args.path_parameters.iter().cloned().collect();
        request.body = self.body.clone().unwrap_or_default();
        Ok(request)
    }
}

/// Removes the stage from the start of a path, which the service's own host names have.
fn without_stage(request: &MethodRequest) -> MethodRequest {
    let mut request = request.clone();
    let behind = request.path.trim_start_matches('/').split_once('/').map_or("", |(_, rest)| rest);
    request.path = format!("/{behind}");
    request
}

fn parse<'a, T: Deserialize<'a>>(name: &str, text: &'a str) -> Result<T, Failure> {
    reader::parse(Path::new(name), text)
}

/// Adds the entries whose names are missing.
pub fn add_missing(given: &mut Table<String>, found: Table<String>) {
    for (name, value) in found {
        if given.get(&name).is_none() {
            given.set(name, value);
        }
    }
}

fn add(query: &mut Table<Vec<String>>, name: String, value: String) {
    match query.get_mut(&name) {
        Some(values) => values.push(value),
        None => query.set(name, vec![value]),
    }
}

/// Encodes a part of a query string.
fn encode(text: &str) -> PercentEncode<'_> {
    utf8_percent_encode(text, NON_ALPHANUMERIC)
}
