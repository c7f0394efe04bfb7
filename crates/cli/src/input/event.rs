//! Events of functions, as a request: what a Lambda function received is what the client sent.

use serde_json::{Map, Value as Json, json};
use vtl::pipeline::MethodRequest;
use vtl::pipeline::call::Authorizer;
use vtl::pipeline::websocket::SocketRequest;

/// A message of the client, with the context and the stage variables of its call.
pub struct Received<M> {
    pub message: M,
    pub context: Map<String, Json>,
    pub stage_variables: Map<String, Json>,
    /// The answer of the authorizer, of HTTP APIs; other events have it in the context.
    pub authorizer: Option<Authorizer>,
}

/// A message that an event was made of.
pub enum Event {
    Http(Received<MethodRequest>),
    Socket(Received<SocketRequest>),
}

impl Event {
    /// Reads an event of a REST API (format 1.0), an HTTP API (1.0 or 2.0) or a WebSocket API; `None` for JSON that is
    /// no event.
    pub fn read(json: &Json) -> Option<Result<Event, serde_json::Error>> {
        let context = json.get("requestContext")?.as_object()?;
        let surroundings = |context: Map<String, Json>| {
            let variables = json.get("stageVariables").and_then(Json::as_object).cloned().unwrap_or_default();
            (context, variables)
        };
        if let Some(http) = context.get("http").and_then(Json::as_object) {
            let (mut context, stage_variables) = surroundings(format_2_context(context, http));
            let authorizer = context.shift_remove("authorizer").and_then(|members| authorizer(&members));
            let read = format_2(json, http);
            let received = |message| Received { message, context, stage_variables, authorizer };
            return Some(read.map(received).map(Event::Http));
        }
        let (mut whole, stage_variables) = surroundings(context.clone());
        if let Some(kind) = context.get("eventType").filter(|_| context.contains_key("connectionId")) {
            let message = json!({"eventType": kind, "headers": values(json, "headers", "multiValueHeaders"),
                "querystring": values(json, "queryStringParameters", "multiValueQueryStringParameters"),
                "body": json.get("body"), "bodyIsBase64": is_base64(json)});
            let read = serde_json::from_value(message);
            return Some(read.map(|message| {
                Event::Socket(Received { message, context: whole, stage_variables, authorizer: None })
            }));
        }
        json.get("httpMethod")?;
        // Format 1.0 of an HTTP API: the path has the stage, the id of the resource is the key of the route.
        let is_http_api = json.get("version").and_then(Json::as_str) == Some("1.0");
        let authorizer = match is_http_api {
            true => whole.shift_remove("authorizer").and_then(|members| authorizer(&members)),
            false => None,
        };
        let mut path = json.get("path").and_then(Json::as_str).unwrap_or_default();
        if is_http_api {
            path = without_stage(path, whole.get("stage"));
            for (theirs, ours) in [("resourceId", Some("routeKey")), ("resourcePath", None)] {
                if let (Some(value), Some(ours)) = (whole.shift_remove(theirs), ours) {
                    whole.insert(ours.to_owned(), value);
                }
            }
        }
        let message = json!({"method": json.get("httpMethod"), "path": path,
            "pathParameters": values(json, "pathParameters", ""),
            "headers": values(json, "headers", "multiValueHeaders"),
            "querystring": values(json, "queryStringParameters", "multiValueQueryStringParameters"),
            "body": json.get("body"), "bodyIsBase64": is_base64(json)});
        let read = serde_json::from_value(message);
        Some(read.map(|message| Event::Http(Received { message, context: whole, stage_variables, authorizer })))
    }
}

/// Returns the member with all values if it is there, else that with single ones, else an empty object.
fn values(json: &Json, single: &str, all: &str) -> Json {
    let object = |name: &str| json.get(name).filter(|value| value.is_object()).cloned();
    object(all).or_else(|| object(single)).unwrap_or_else(|| json!({}))
}

fn is_base64(json: &Json) -> bool {
    json.get("isBase64Encoded").and_then(Json::as_bool).unwrap_or_default()
}

/// Reads the request of format 2.0: the path begins with the stage unless that is `$default`, cookies are apart.
fn format_2(json: &Json, http: &Map<String, Json>) -> Result<MethodRequest, serde_json::Error> {
    let text = |value: Option<&Json>| value.and_then(Json::as_str).unwrap_or_default().to_owned();
    let whole = text(json.get("rawPath").or_else(|| http.get("path")));
    let path = without_stage(&whole, json.pointer("/requestContext/stage"));
    let mut request: MethodRequest = serde_json::from_value(json!({
        "method": http.get("method"), "path": path, "pathParameters": values(json, "pathParameters", ""),
        "headers": values(json, "headers", ""), "body": json.get("body"), "bodyIsBase64": is_base64(json),
    }))?;
    request.add_query_string(&text(json.get("rawQueryString")));
    let cookies: Vec<&str> =
        json.get("cookies").and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str).collect();
    if !cookies.is_empty() {
        request.headers.set("Cookie", cookies.join("; "));
    }
    Ok(request)
}

/// Removes the stage from the start of a path of an HTTP API.
fn without_stage<'p>(path: &'p str, stage: Option<&Json>) -> &'p str {
    let stage = stage.and_then(Json::as_str).unwrap_or_default();
    let rest = path.strip_prefix('/').and_then(|path| path.strip_prefix(stage));
    rest.filter(|rest| !stage.is_empty() && rest.starts_with('/')).unwrap_or(path)
}

/// Returns the authorizer that an event of an HTTP API tells of: `{"lambda"}`, `{"jwt"}` or `{"iam"}` of format
/// 2.0; the context of a function beside empty `claims` and `scopes`, or claims, of format 1.0.
fn authorizer(members: &Json) -> Option<Authorizer> {
    let mut members = members.as_object()?.clone();
    if let Some(context) = members.get("lambda") {
        return Some(Authorizer::lambda(json!({"isAuthorized": true, "context": context})));
    }
    if members.contains_key("jwt") || members.contains_key("iam") || members.get("claims").is_some_and(Json::is_object)
    {
        return Authorizer::from_json(&members.into()).ok();
    }
    members.retain(|name, value| !(matches!(name.as_str(), "claims" | "scopes") && value.is_null()));
    Some(Authorizer::lambda(json!({"isAuthorized": true, "context": members})))
}

/// Returns `$context` of the context of format 2.0.
fn format_2_context(context: &Map<String, Json>, http: &Map<String, Json>) -> Map<String, Json> {
    let renamed = [("time", "requestTime"), ("timeEpoch", "requestTimeEpoch")];
    let mut whole: Map<String, Json> = Map::new();
    for (name, value) in context.iter().filter(|(name, _)| *name != "http") {
        let name = renamed.iter().find(|(theirs, _)| theirs == name).map_or(name.as_str(), |(_, ours)| ours);
        whole.insert(name.to_owned(), value.clone());
    }
    for (theirs, ours) in [("method", "httpMethod"), ("path", "path"), ("protocol", "protocol")] {
        whole.extend(http.get(theirs).map(|value| (ours.to_owned(), value.clone())));
    }
    whole.insert("identity".to_owned(), json!({"sourceIp": http.get("sourceIp"), "userAgent": http.get("userAgent")}));
    whole
}
