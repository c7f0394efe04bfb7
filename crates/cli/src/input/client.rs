//! What the client sends: a request, or a message over a WebSocket connection; as one document or as curl's flags.

use crate::args::invoke::{EventName, MessageArgs};
use crate::failure::Failure;
use crate::input::reader::{self, Reader};
use percent_encoding::percent_decode_str;
use serde::Deserialize;
use std::path::Path;
use vtl::pipeline::{EventType, MethodRequest, SocketRequest, Table, match_resource};

/// What the client sends.
pub enum Message {
    Http(MethodRequest),
    Socket(SocketRequest),
}

/// The client's part of a call, read but not yet understood: of which kind it is depends on the API.
pub struct Client {
    path: Option<String>,
    document: Option<(String, String)>,
    body: Option<Vec<u8>>,
}

impl Client {
    pub fn read(args: &MessageArgs, path: Option<&str>, reader: &mut Reader) -> Result<Client, Failure> {
        let document = match (&args.request, path) {
            (Some(_), Some(path)) => {
                return Err(Failure::Input(format!("--request cannot be used with the path {path}")));
            }
            (Some(file), None) => Some((reader::name(file), reader.text(file)?)),
            (None, _) => None,
        };
        let body = match (args.data.as_deref(), &args.body) {
            (Some(data), _) => Some(match data.strip_prefix('@') {
                Some(file) => reader.bytes(Path::new(file))?,
                None => data.as_bytes().to_vec(),
            }),
            (None, Some(file)) => Some(reader.bytes(file)?),
            (None, None) => None,
        };
        Ok(Client { path: path.map(str::to_owned), document, body })
    }

    /// Whether this looks like something that comes over a WebSocket connection.
    pub fn is_socket(&self) -> bool {
        #[derive(Deserialize)]
        struct Shape {
            path: Option<serde::de::IgnoredAny>,
            method: Option<serde::de::IgnoredAny>,
        }

        match &self.document {
            Some((_, text)) => parse::<Shape>("", text).is_ok_and(|it| it.path.is_none() && it.method.is_none()),
            None => self.path.is_none(),
        }
    }

    /// The request of a REST or HTTP API.
    pub fn request(&self, args: &MessageArgs) -> Result<MethodRequest, Failure> {
        let mut request = match (&self.document, &self.path) {
            (Some((name, text)), _) => parse(name, text)?,
            (None, Some(path)) => self.typed(args, path)?,
            (None, None) => return Err(Failure::Input("name the path of the request, such as /pets/7".to_owned())),
        };
        if request.method.is_empty() {
            request.method = "GET".to_owned();
        }
        if let Some(resource) = &args.resource {
            let Some(parameters) = match_resource(resource, &request.path) else {
                return Err(Failure::Input(format!("the path {} does not belong to {resource}", request.path)));
            };
            add_missing(&mut request.path_parameters, parameters);
        }
        Ok(request)
    }

    /// What comes over a connection of a WebSocket API.
    pub fn message(&self, args: &MessageArgs) -> Result<SocketRequest, Failure> {
        if let Some((name, text)) = &self.document {
            return parse(name, text);
        }
        if let Some(path) = &self.path {
            return Err(Failure::Input(format!("a message over a WebSocket connection has no path such as {path}")));
        }
        let event_type = match args.event {
            EventName::Connect => EventType::Connect,
            EventName::Message => EventType::Message,
            EventName::Disconnect => EventType::Disconnect,
        };
        let body = self.body.clone().unwrap_or_default();
        let mut request = SocketRequest { event_type, body, ..SocketRequest::default() };
        for (name, value) in &args.query {
            add(&mut request.querystring, name.clone(), value.clone());
        }
        request.headers = args.headers.iter().cloned().collect();
        Ok(request)
    }

    /// The request that flags describe, as curl would send it.
    fn typed(&self, args: &MessageArgs, target: &str) -> Result<MethodRequest, Failure> {
        if !target.starts_with('/') {
            return Err(Failure::Input(format!("the path of a request starts with /, not {target}")));
        }
        let method = args.method.as_deref().unwrap_or(if self.body.is_some() { "POST" } else { "GET" });
        // What follows `#` is the client's own.
        let target = target.split('#').next().unwrap_or_default();
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut request = MethodRequest::new(method, path);
        for part in query.split('&').filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            add(&mut request.querystring, decode(name), decode(value));
        }
        for (name, value) in &args.query {
            add(&mut request.querystring, name.clone(), value.clone());
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

/// What was found is added to what was given.
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

/// A part of a query string: `+` and `%20` are blanks (aws-observed 12.11).
fn decode(text: &str) -> String {
    percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned()
}
