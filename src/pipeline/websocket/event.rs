//! What comes over a WebSocket connection, and the event that a function behind AWS_PROXY gets of it.

use crate::pipeline::call::invocation::Invocation;
use crate::pipeline::message::headers::{Headers, texts};
use crate::pipeline::message::integration::{MethodRequest, bytes};
use crate::pipeline::model::table::Table;
use serde::de::{Deserialize, Deserializer, Error as _};
use serde_json::{Map, Value as Json, json};

/// What happens on a connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum EventType {
    /// It is opened.
    Connect,
    /// A message comes in.
    #[default]
    Message,
    /// It is closed.
    Disconnect,
}

impl EventType {
    /// The word of `$context.eventType`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            EventType::Connect => "CONNECT",
            EventType::Message => "MESSAGE",
            EventType::Disconnect => "DISCONNECT",
        }
    }
}

/// What a client sends: a message, or the opening or end of a connection.
///
/// ```
/// use vtl::pipeline::{EventType, SocketRequest};
/// let request: SocketRequest =
///     serde_json::from_str(r#"{"eventType": "CONNECT", "querystring": {"token": ["t"]}, "headers": {"X-A": "1"}}"#)?;
/// assert_eq!((request.event_type, request.headers.get("x-a")), (EventType::Connect, Some("1")));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SocketRequest {
    /// Which of the three.
    pub event_type: EventType,
    /// The message.
    pub body: Vec<u8>,
    /// Query parameters of the opening.
    pub querystring: Table<Vec<String>>,
    /// Headers of the opening.
    pub headers: Headers,
}

impl SocketRequest {
    /// A message.
    #[must_use]
    pub fn message(body: impl Into<Vec<u8>>) -> Self {
        SocketRequest { body: body.into(), ..SocketRequest::default() }
    }

    /// The same as a request that mappings and templates are applied to: parameters are there on opening only.
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
        let event_type = match text.event_type.to_ascii_uppercase().as_str() {
            "CONNECT" => EventType::Connect,
            "MESSAGE" | "" => EventType::Message,
            "DISCONNECT" => EventType::Disconnect,
            other => {
                let why = format!("an event type is CONNECT, MESSAGE or DISCONNECT, not {other:?}");
                return Err(D::Error::custom(why));
            }
        };
        let mut querystring = Table::new();
        for (name, value) in text.querystring {
            querystring.set(name, texts(value).map_err(D::Error::custom)?);
        }
        let body = bytes(text.body, text.body_is_base64).map_err(D::Error::custom)?;
        Ok(SocketRequest { event_type, body, querystring, headers: text.headers })
    }
}

/// What `requestContext` takes from the context, in the order of published events.
const CONTEXT_KEYS: &[&str] = &[
    "routeKey",
    "messageId",
    "eventType",
    "extendedRequestId",
    "requestTime",
    "messageDirection",
    "disconnectStatusCode",
    "disconnectReason",
    "stage",
    "connectedAt",
    "requestTimeEpoch",
    "identity",
    "requestId",
    "domainName",
    "connectionId",
    "apiId",
];

/// The event of a WebSocket route.
///
/// ```
/// use vtl::pipeline::{Invocation, SocketRequest, socket_event};
/// let event = socket_event(&SocketRequest::message("hi"), "join", &Invocation::new());
/// assert_eq!((&event["body"], &event["requestContext"]["messageDirection"]), (&"hi".into(), &"IN".into()));
/// assert!(event.get("headers").is_none() && event["requestContext"]["disconnectReason"].is_null());
/// ```
#[must_use]
pub fn socket_event(request: &SocketRequest, route_key: &str, invocation: &Invocation) -> Json {
    let mut context = Map::new();
    for key in CONTEXT_KEYS {
        let given = invocation.context.get(*key).filter(|value| !value.is_null()).cloned();
        let value = match (*key, request.event_type) {
            ("routeKey", _) => Some(given.unwrap_or_else(|| route_key.into())),
            ("eventType", kind) => Some(kind.word().into()),
            ("messageDirection", _) => Some("IN".into()),
            ("messageId", EventType::Connect | EventType::Disconnect) => None,
            ("disconnectStatusCode" | "disconnectReason", EventType::Connect | EventType::Message) => None,
            ("requestId", _) => Some(given.unwrap_or_else(|| invocation.id().into())),
            ("extendedRequestId", _) => Some(given.unwrap_or_else(|| invocation.id().into())),
            ("requestTime", _) => Some(given.unwrap_or_else(|| invocation.request_time().into())),
            ("requestTimeEpoch", _) => Some(given.unwrap_or_else(|| invocation.epoch_millis().into())),
            _ => given,
        };
        context.insert((*key).to_owned(), value.unwrap_or_default());
    }
    for (key, value) in invocation.context.as_object().into_iter().flatten() {
        if !context.contains_key(key) && key != "requestOverride" && key != "responseOverride" {
            context.insert(key.clone(), value.clone());
        }
    }

    let mut event = Map::new();
    let mut set = |name: &str, members: Map<String, Json>| {
        if !members.is_empty() {
            event.insert(name.to_owned(), members.into());
        }
    };
    let last = |values: Vec<&str>| Json::from(values.last().copied());
    set("headers", request.headers.grouped().map(|(name, values)| (name.to_owned(), last(values))).collect());
    set(
        "multiValueHeaders",
        request.headers.grouped().map(|(name, values)| (name.to_owned(), values.into())).collect(),
    );
    let query = || request.querystring.iter();
    set(
        "queryStringParameters",
        query().map(|(name, values)| (name.to_owned(), values.last().cloned().into())).collect(),
    );
    set("multiValueQueryStringParameters", query().map(|(name, values)| (name.to_owned(), json!(values))).collect());
    set("requestContext", context);
    let variables = invocation.stage_variables.iter();
    set("stageVariables", variables.map(|(name, value)| (name.to_owned(), value.as_str().into())).collect());
    if request.event_type == EventType::Message {
        event.insert("body".to_owned(), String::from_utf8_lossy(&request.body).into());
    }
    event.insert("isBase64Encoded".to_owned(), false.into());
    event.into()
}
