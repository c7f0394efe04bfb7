//! The client's message: a request, or an event of a WebSocket connection.

use crate::failure::Failure;
use serde::Deserialize;
use serde_json::Value as Json;
use vtl::pipeline::websocket::SocketRequest;
use vtl::pipeline::{MethodRequest, Protocol};

/// A request, or an event of a WebSocket connection.
#[derive(Clone, Debug)]
pub(crate) enum Message {
    Http(MethodRequest),
    Socket(SocketRequest),
}

impl Message {
    /// Reads the message for an API of that protocol. The path of a request may have a query string.
    pub fn read(request: &Json, protocol: Protocol) -> Result<Message, Failure> {
        let wrong = |error: serde_json::Error| Failure::Usage(format!("request: {error}"));
        if protocol == Protocol::WebSocket {
            return SocketRequest::deserialize(request).map(Message::Socket).map_err(wrong);
        }
        let mut request = MethodRequest::deserialize(request).map_err(wrong)?;
        if request.method.is_empty() {
            request.method = "GET".to_owned();
        }
        if let Some((path, query)) = request.path.split_once('?') {
            let (path, query) = (path.to_owned(), query.to_owned());
            request.path = path;
            request.add_query_string(&query);
        }
        if !request.path.starts_with('/') {
            return Err(Failure::Usage(format!("request: the path `{}` does not start with /", request.path)));
        }
        Ok(Message::Http(request))
    }

    /// Checks if a request looks like an event of a WebSocket connection.
    pub fn is_socket(request: &Json) -> bool {
        request.get("path").is_none() && request.get("method").is_none()
    }
}
