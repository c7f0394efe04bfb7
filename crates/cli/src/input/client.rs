//! The client's request, or its message over a WebSocket connection.

use crate::args::invoke::{EventName, MessageArgs};
use crate::failure::Failure;
use crate::input::reader::{self, Keys, Reader};
use percent_encoding::{NON_ALPHANUMERIC, PercentEncode, utf8_percent_encode};
use serde::Deserialize;
use std::path::Path;
use vtl::pipeline::model::Table;
use vtl::pipeline::websocket::{EventType, SocketRequest};
use vtl::pipeline::{MethodRequest, match_resource};

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

/// The inputs of a message; whether they are a request or an event depends on the API.
pub struct Client {
    path: Option<String>,
    file: Option<(String, String)>,
    body: Option<Vec<u8>>,
}

impl Client {
    /// Reads the files that the flags name.
    pub fn read(args: &MessageArgs, path: Option<&str>, reader: &mut Reader) -> Result<Client, Failure> {
        let file = match (&args.request, path) {
            (Some(_), Some(path)) => {
                return Err(Failure::usage(format!("--request cannot be used with the path {path}")));
            }
            (Some(path), None) => Some((reader::name(path), reader.text(path)?)),
            (None, _) => None,
        };
        let body = match (args.data.as_deref(), &args.body) {
            (Some(data), _) => Some(reader.data(data)?),
            (None, Some(file)) => Some(reader.bytes(file)?),
            (None, None) => None,
        };
        Ok(Client { path: path.map(str::to_owned), file, body })
    }

    /// Sets the path unless one is given, in a file or by itself.
    pub fn with_path(&self, path: &str) -> Client {
        let path = self.path.clone().or_else(|| self.file.is_none().then(|| path.to_owned()));
        Client { path, file: self.file.clone(), body: self.body.clone() }
    }

    /// Checks if the inputs look like an event of a WebSocket connection.
    pub fn is_socket(&self) -> bool {
        #[derive(Deserialize)]
        struct Shape {
            path: Option<serde::de::IgnoredAny>,
            method: Option<serde::de::IgnoredAny>,
        }

        match &self.file {
            Some((_, text)) => parse::<Shape>("", text).is_ok_and(|it| it.path.is_none() && it.method.is_none()),
            None => self.path.is_none(),
        }
    }

    /// Returns the request of a REST or HTTP API.
    pub fn request(&self, args: &MessageArgs) -> Result<MethodRequest, Failure> {
        let mut request = match (&self.file, &self.path) {
            (Some((name, text)), _) => reader::parse_known(Path::new(name), text, REQUEST_KEYS)?,
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
        if let Some((name, text)) = &self.file {
            return reader::parse_known(Path::new(name), text, EVENT_KEYS);
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
