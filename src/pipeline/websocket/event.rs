//! The event of functions behind WebSocket routes.

use super::message::{EventType, SocketRequest};
use crate::pipeline::call::context::{OVERRIDES, SOCKET};
use crate::pipeline::call::invocation::Invocation;
use serde_json::{Map, Value as Json, json};

/// Creates the event of a function behind a WebSocket route. What an event does not have is left out
/// (recorded in 2024: aws/aws-lambda-go, events/testdata/apigw-websocket-request-disconnect.json).
///
/// ```
/// use vtl::pipeline::Invocation;
/// use vtl::pipeline::websocket::{SocketRequest, socket_event};
/// let event = socket_event(&SocketRequest::message("hi"), "join", &Invocation::new());
/// assert_eq!((&event["body"], &event["requestContext"]["messageDirection"]), (&"hi".into(), &"IN".into()));
/// assert!(event.get("headers").is_none() && event["requestContext"].get("disconnectReason").is_none());
/// ```
#[must_use]
pub fn socket_event(request: &SocketRequest, route_key: &str, invocation: &Invocation<'_>) -> Json {
    let mut context = Map::new();
    for key in SOCKET.iter().filter(|key| !OVERRIDES.contains(key)) {
        let given = invocation.context.get(*key).filter(|value| !value.is_null()).cloned();
        let value = match (*key, request.event_type) {
            ("routeKey", _) => Some(given.unwrap_or_else(|| route_key.into())),
            ("eventType", kind) => Some(kind.as_str().into()),
            ("messageDirection", _) => Some("IN".into()),
            ("messageId", EventType::Connect | EventType::Disconnect) => None,
            ("disconnectStatusCode" | "disconnectReason", EventType::Connect | EventType::Message) => None,
            ("requestId", _) => Some(given.unwrap_or_else(|| invocation.id().into())),
            ("extendedRequestId", _) => Some(given.unwrap_or_else(|| invocation.id().into())),
            ("requestTime", _) => Some(given.unwrap_or_else(|| invocation.request_time().into())),
            ("requestTimeEpoch", _) => Some(given.unwrap_or_else(|| invocation.epoch_millis().into())),
            _ => given,
        };
        if let Some(value) = value {
            context.insert((*key).to_owned(), value);
        }
    }
    for (key, value) in invocation.context.as_object().into_iter().flatten() {
        if !SOCKET.contains(&key.as_str()) && !value.is_null() {
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
