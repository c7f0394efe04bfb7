//! The messages of a WebSocket connection.

use crate::pipeline::call::Outcome;
use crate::pipeline::message::body::bytes;
use crate::pipeline::message::headers::{Repeats, texts};
use crate::pipeline::message::{Headers, MethodRequest};
use crate::pipeline::model::Table;
use crate::pipeline::model::words::words;
use serde::de::{Deserialize, Deserializer, Error as _};
use serde_json::Value as Json;

words! {
    /// The type of an event on a connection, as in `$context.eventType`.
    EventType {
        /// The connection is opened.
        Connect = "CONNECT",
        /// A message arrives.
        Message = "MESSAGE",
        /// The connection is closed.
        Disconnect = "DISCONNECT",
    }
}

/// Returns `Message`.
impl Default for EventType {
    fn default() -> Self {
        EventType::Message
    }
}

/// An event from the client: a message, or the opening or closing of a connection.
///
/// ```
/// use vtl::pipeline::websocket::{EventType, SocketRequest};
/// let request: SocketRequest =
///     serde_json::from_str(r#"{"eventType": "CONNECT", "querystring": {"token": ["t"]}, "headers": {"X-A": "1"}}"#)?;
/// assert_eq!((request.event_type, request.headers.get("x-a")), (EventType::Connect, Some("1")));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct SocketRequest {
    /// Type of the event.
    pub event_type: EventType,
    /// Message; empty for the other events.
    pub body: Vec<u8>,
    /// Query parameters of the opening request, decoded.
    pub querystring: Table<Vec<String>>,
    /// Headers of the opening request.
    pub headers: Headers,
}

impl SocketRequest {
    /// Creates an event of a type, without a message.
    #[must_use]
    pub fn new(event_type: EventType) -> Self {
        SocketRequest { event_type, ..SocketRequest::default() }
    }

    /// Creates a message.
    #[must_use]
    pub fn message(body: impl Into<Vec<u8>>) -> Self {
        SocketRequest { body: body.into(), ..SocketRequest::default() }
    }

    /// Converts the event to a request for mappings and templates; only the opening has parameters.
    pub(crate) fn to_method_request(&self) -> MethodRequest {
        let mut request = MethodRequest::new("POST", "");
        request.body.clone_from(&self.body);
        if self.event_type == EventType::Connect {
            request.querystring.clone_from(&self.querystring);
            request.headers.clone_from(&self.headers);
        }
        request
    }
}

impl<'de> Deserialize<'de> for SocketRequest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(serde::Deserialize, Default)]
        #[serde(rename_all = "camelCase", default)]
        struct Text {
            event_type: String,
            body: Option<String>,
            body_is_base64: bool,
            querystring: Table<Json>,
            headers: Headers,
        }

        let text = Text::deserialize(deserializer)?;
        let event_type = match text.event_type.as_str() {
            "" => EventType::Message,
            word => word.parse().map_err(D::Error::custom)?,
        };
        let mut querystring = Table::new();
        let mut repeats = Repeats::default();
        for (name, value) in text.querystring {
            let values = texts(value).map_err(D::Error::custom)?;
            repeats.add(&name, values.len()).map_err(D::Error::custom)?;
            querystring.set(name, values);
        }
        let body = bytes(text.body, text.body_is_base64).map_err(D::Error::custom)?;
        Ok(SocketRequest { event_type, body, querystring, headers: text.headers })
    }
}

/// The answer to a client: the status of the call, and the message that goes back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SocketResponse {
    /// Status of the call; on `CONNECT` it decides whether the connection is opened.
    pub status: u16,
    /// Message to the client; `None` if nothing is sent.
    pub message: Option<Vec<u8>>,
}

impl SocketResponse {
    /// Creates an answer of a status, without a message.
    #[must_use]
    pub fn new(status: u16) -> Self {
        SocketResponse { status, message: None }
    }
}

/// The messages of a whole WebSocket call.
pub type SocketOutcome = Outcome<SocketResponse>;
