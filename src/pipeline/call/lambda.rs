//! Lambda proxy integrations: the event of a function and the contract of its result, format 1.0.

use super::backend::FUNCTION_ERROR;
use super::context::{OVERRIDES, REST, empty_identity};
use super::invocation::Invocation;
use super::refusal::Refusal;
use super::response_type::ResponseType;
use crate::budget::Budget;
use crate::diagnostic::Code;
use crate::error::Error;
use crate::pipeline::mapping::payload::{Payload, charge_json};
use crate::pipeline::mapping::source::json_length;
use crate::pipeline::message::headers::Repeats;
use crate::pipeline::message::{Headers, IntegrationResponse, MethodRequest, MethodResponse, media};
use crate::pipeline::model::Table;
use serde_json::{Map, Value as Json, json};
use std::collections::HashSet;

/// Members of `requestContext` that an event without them leaves out; the others are null.
const OPTIONAL: &[&str] = &["authorizer", "operationName"];

/// Creates the event of a REST method; absent fields are null ("Lambda proxy integrations in API
/// Gateway"; aws-observed 12.9 to 12.16).
///
/// `resource` is the path template of the method. A `binary` body is encoded as base64.
///
/// ```
/// use vtl::pipeline::{Invocation, MethodRequest, rest::lambda_event};
/// let event = lambda_event(&MethodRequest::new("GET", "/pets"), "/pets", false, &Invocation::new());
/// assert_eq!(event["httpMethod"], "GET");
/// assert!(event["pathParameters"].is_null() && event["body"].is_null());
/// ```
#[must_use]
pub fn lambda_event(request: &MethodRequest, resource: &str, binary: bool, invocation: &Invocation<'_>) -> Json {
    // Recorded (aws-observed 10.12, R).
    let headers = event_headers(request, &["Authorization", "User-Agent"], invocation);
    event_with(request, &headers, resource, binary, invocation)
}

/// Charges the steps and the memory of reading the result of a function.
///
/// # Errors
/// A refusal with the error of the budget.
pub(crate) fn charge_result(response: &IntegrationResponse, budget: &Budget<'_>) -> Result<(), Refusal> {
    charge_json(&response.body, budget).map_err(Refusal::configuration)
}

/// Creates the event of a request whose headers are complete.
pub(crate) fn event_with(
    request: &MethodRequest,
    headers: &Headers,
    resource: &str,
    binary: bool,
    invocation: &Invocation<'_>,
) -> Json {
    let single: Map<String, Json> =
        headers.grouped().map(|(name, values)| (name.to_owned(), values.last().copied().into())).collect();
    let multi: Map<String, Json> = headers.grouped().map(|(name, values)| (name.to_owned(), values.into())).collect();
    let last: Table<Json> = request.querystring.iter().map(|(n, v)| (n, v.last().cloned().into())).collect();
    let every: Table<Json> = request.querystring.iter().map(|(n, v)| (n, v.clone().into())).collect();
    let body = match (&request.body, binary) {
        (body, _) if body.is_empty() => Json::Null,
        (body, true) => media::encode(body).into(),
        (body, false) => String::from_utf8_lossy(body).into(),
    };
    json!({
        "resource": resource,
        "path": one_slash(&request.path),
        "httpMethod": request.method,
        "headers": single,
        "multiValueHeaders": multi,
        "queryStringParameters": null_if_empty(last),
        "multiValueQueryStringParameters": null_if_empty(every),
        "pathParameters": null_if_empty(request.path_parameters.clone()),
        "stageVariables": null_if_empty(invocation.stage_variables.clone()),
        "requestContext": request_context(request, resource, invocation),
        "body": body,
        "isBase64Encoded": binary && !request.body.is_empty(),
    })
}

/// Removes surplus slashes before the resource (aws-observed 12.13, R).
fn one_slash(path: &str) -> String {
    format!("/{}", path.trim_start_matches('/'))
}

fn null_if_empty<V: serde::Serialize>(table: Table<V>) -> Json {
    if table.is_empty() { Json::Null } else { serde_json::to_value(table).unwrap_or_default() }
}

/// Returns the client's headers in its spelling but for some, which are `capitalised`, and those that proxies
/// on the way add.
pub(crate) fn event_headers(request: &MethodRequest, capitalised: &[&str], invocation: &Invocation<'_>) -> Headers {
    let mut headers = Headers::new();
    for (name, value) in request.headers.iter() {
        let name = capitalised.iter().find(|capital| capital.eq_ignore_ascii_case(name)).copied().unwrap_or(name);
        headers.add(name, value);
    }
    let text = |path: &str| invocation.context.pointer(path).and_then(Json::as_str).map(str::to_owned);
    if let Some(host) = text("/domainName") {
        headers.set_default("Host", host);
    }
    let trace = invocation.event_trace_id(request.headers.get("X-Amzn-Trace-Id"));
    headers.set("X-Amzn-Trace-Id", trace);
    if let Some(address) = text("/identity/sourceIp") {
        headers.set_default("X-Forwarded-For", address);
    }
    headers.set_default("X-Forwarded-Port", "443");
    headers.set_default("X-Forwarded-Proto", "https");
    headers
}

fn request_context(request: &MethodRequest, resource: &str, invocation: &Invocation<'_>) -> Json {
    let given = |key: &str| invocation.context.get(key).filter(|value| !value.is_null()).cloned();
    let stage = given("stage");
    let mut context = Map::new();
    for key in REST.iter().filter(|key| !OVERRIDES.contains(key)) {
        let value = given(key).or_else(|| match *key {
            "resourcePath" => Some(resource.into()),
            "httpMethod" => Some(request.method.clone().into()),
            "path" => Some(match stage.as_ref().and_then(Json::as_str) {
                Some(stage) => format!("/{stage}{}", request.path).into(),
                None => request.path.clone().into(),
            }),
            "protocol" => Some("HTTP/1.1".into()),
            "requestId" => Some(invocation.id().into()),
            "extendedRequestId" => Some(invocation.extended_id().into()),
            _ => None,
        });
        if value.is_some() || !OPTIONAL.contains(key) {
            context.insert((*key).to_owned(), value.unwrap_or_default());
        }
    }
    let has_api_key = invocation.context.pointer("/identity/apiKey").is_some();
    let mut identity = empty_identity(has_api_key);
    if let Some(Json::Object(members)) = given("identity") {
        identity.extend(members);
    }
    if let (Some(agent @ Json::Null), Some(header)) = (identity.get_mut("userAgent"), request.headers.get("User-Agent"))
    {
        *agent = header.into();
    }
    context.insert("identity".to_owned(), identity.into());
    if let Some(members) = invocation.context.as_object() {
        for (key, value) in members {
            if !REST.contains(&key.as_str()) {
                context.insert(key.clone(), value.clone());
            }
        }
    }
    context.into()
}

/// Writes an event, charged before.
///
/// # Errors
/// The error of the budget.
pub(crate) fn event_body(event: &Json, budget: &Budget<'_>) -> Result<Vec<u8>, Error> {
    budget.make(json_length(event).saturating_mul(2))?;
    Ok(event.to_string().into_bytes())
}

/// Converts the result of a function into the client's response.
///
/// The contract is that of Java's data binding: five keys and no other, none of them required, scalars
/// are converted to the expected type (aws-observed 12.1 to 12.6, R).
///
/// ```
/// use vtl::pipeline::{IntegrationResponse, rest::lambda_result};
/// let result = |text: &str| lambda_result(&IntegrationResponse::new(200).with_body(text), false);
/// let answer = result(r#"{"statusCode": "201", "headers": {"a": true}, "body": "hi"}"#).unwrap();
/// assert_eq!((answer.status, answer.headers.get("a"), answer.body.as_slice()), (201, Some("true"), &b"hi"[..]));
/// assert_eq!(result(r#"{"cookies": []}"#).unwrap_err().status, 502);
/// ```
///
/// # Errors
/// A refusal with 502 for a failed function or a malformed result, with 500 for a body that is declared
/// as base64 and is not.
pub fn lambda_result(response: &IntegrationResponse, accepts_binary: bool) -> Result<MethodResponse, Refusal> {
    if let Some(error) = response.headers.get(FUNCTION_ERROR) {
        let text = String::from_utf8_lossy(&response.body);
        let failed = "Lambda execution failed with status 200 due to customer function error";
        let cause = Error::new(Code::Backend, format!("{failed} ({error}): {text}"));
        let told: Json = serde_json::from_slice(&response.body).unwrap_or_default();
        let of = |name: &str| told.get(name).and_then(Json::as_str).unwrap_or("null");
        let id = response.headers.get("x-amzn-RequestId").unwrap_or_else(|| of("requestId"));
        let line = format!("{failed}: {}. Lambda request id: {id}", of("errorMessage"));
        return Err(Refusal::new(ResponseType::Default5xx, cause).with_status(502).with_log_line(line));
    }
    let result = read_result(&response.body).map_err(|why| {
        let cause = Error::new(Code::MalformedResult, format!("Malformed Lambda proxy response: {why}"));
        Refusal::new(ResponseType::Default5xx, cause).with_status(502).with_log_line("Malformed Lambda proxy response")
    })?;
    let mut answer = MethodResponse { status: result.status, headers: result.headers, body: result.body.into_bytes() };
    // The media type of the result does not matter (aws-observed 9.14, R).
    if result.is_base64 && accepts_binary {
        answer.body = media::decode(&answer.body).map_err(Refusal::configuration)?;
    }
    Ok(answer)
}

/// Refuses the answer of a function that may not be called, which is a configuration error
/// (aws-observed 13.5, H).
pub(crate) fn refuse_denied(response: &IntegrationResponse) -> Result<(), Refusal> {
    if response.status == 403 {
        return Err(Refusal::configuration(Error::new(Code::Backend, "Invalid permissions on Lambda function")));
    }
    Ok(())
}

/// Returns the error text of a failed function, by which responses are selected.
pub(crate) fn error_message(payload: &Payload<'_>) -> Option<String> {
    match payload.json().ok()?.get("errorMessage")? {
        Json::Null => None,
        Json::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

struct FunctionResult {
    status: u16,
    headers: Headers,
    body: String,
    is_base64: bool,
}

fn read_result(body: &[u8]) -> Result<FunctionResult, String> {
    let json: Json = serde_json::from_slice(body).map_err(|error| format!("it is not JSON: {error}"))?;
    let Json::Object(members) = json else { return Err("it is not an object".to_owned()) };
    let mut result = FunctionResult { status: 200, headers: Headers::new(), body: String::new(), is_base64: false };
    let (mut single, mut multi) = (Map::new(), Map::new());
    for (key, value) in members {
        match (key.as_str(), value) {
            (_, Json::Null) => {}
            ("statusCode", value) => result.status = status(&value).ok_or_else(|| format!("statusCode is {value}"))?,
            ("headers", Json::Object(members)) => single = members,
            ("multiValueHeaders", Json::Object(members)) => multi = members,
            ("body", value) => result.body = scalar(&value).ok_or("body is not a string")?,
            ("isBase64Encoded", Json::Bool(truth)) => result.is_base64 = truth,
            ("isBase64Encoded", Json::String(text)) => result.is_base64 = text == "true",
            (key, _) => return Err(format!("{key} is unknown or of the wrong type")),
        }
    }
    let mut repeats = Repeats::default();
    for (name, values) in multi {
        let Json::Array(values) = values else { return Err(format!("multiValueHeaders.{name} is not a list")) };
        repeats.add(&name, values.len())?;
        for value in values {
            let text = scalar(&value).ok_or_else(|| format!("a value of multiValueHeaders.{name} is not a string"))?;
            result.headers.add(name.as_str(), text);
        }
    }
    // Values of `multiValueHeaders` come first, with their spelling; a value in both counts once.
    let mut known: Option<HashSet<(usize, String)>> = None;
    for (name, value) in single {
        if value.is_null() {
            continue;
        }
        let text = scalar(&value).ok_or_else(|| format!("headers.{name} is not a string"))?;
        let headers = &mut result.headers;
        let Some(first) = headers.position(&name) else {
            if let Some(known) = &mut known {
                known.insert((headers.len(), text.clone()));
            }
            headers.add(name, text);
            continue;
        };
        // Only names in both take the values of all.
        let known = known.get_or_insert_with(|| values_by_place(headers));
        if known.insert((first, text.clone())) {
            let spelling = headers.name_at(first).map(str::to_owned);
            headers.add(spelling.unwrap_or(name), text);
        }
    }
    Ok(result)
}

/// Returns the values of headers, each with the first place of its name.
fn values_by_place(headers: &Headers) -> HashSet<(usize, String)> {
    headers.iter().filter_map(|(name, value)| Some((headers.position(name)?, value.to_owned()))).collect()
}

pub(crate) fn status(value: &Json) -> Option<u16> {
    let status = match value {
        Json::Number(number) => number.as_u64().or_else(|| number.as_f64().filter(|n| *n >= 0.0).map(|n| n as u64))?,
        Json::String(text) => text.trim().parse().ok()?,
        _ => return None,
    };
    u16::try_from(status).ok().filter(|status| (100..1000).contains(status))
}

pub(crate) fn scalar(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.clone()),
        Json::Number(number) => Some(number.to_string()),
        Json::Bool(truth) => Some(truth.to_string()),
        _ => None,
    }
}
