//! Lambda functions behind HTTP APIs: events of format 1.0 and 2.0, and the contract of results.
//!
//! Format 2.0 has no multi-value fields: values of one name are joined with commas, cookies are a
//! field of their own, and empty fields are left out. A result without `statusCode` is the body itself
//! ("AWS Lambda proxy integrations for HTTP APIs").

use crate::diagnostic::Code;
use crate::error::Error;
use crate::pipeline::call::Refusal;
use crate::pipeline::call::backend::FUNCTION_ERROR;
use crate::pipeline::call::invocation::Invocation;
use crate::pipeline::call::lambda::{event_headers, event_with, lambda_result, scalar, status};
use crate::pipeline::message::{Headers, IntegrationResponse, MethodRequest, MethodResponse, media};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value as Json, json};
use std::borrow::Cow;

/// Headers that format 1.0 writes in capitals, whatever the client wrote.
const CAPITALISED: &[&str] = &[
    "Content-Length",
    "Content-Type",
    "Host",
    "User-Agent",
    "X-Amzn-Trace-Id",
    "X-Forwarded-For",
    "X-Forwarded-Port",
    "X-Forwarded-Proto",
];

/// Headers that format 1.0 writes in lower case, whatever the client wrote.
const LOWER: &[&str] = &["accept", "accept-encoding", "cache-control"];

/// Creates the event of format 1.0: that of a REST method with a version.
///
/// Its differences are those of recorded events (2021 to 2024, APIs n2gti2n4a3, x4nbaf67j9, hx5us1wwe7 and
/// 1xfslfeqxf): the path has the stage, the key of the route is the id of the resource, the second request id
/// is the first, and a few headers have a spelling of their own.
///
/// ```
/// use vtl::pipeline::{Invocation, MethodRequest, http::http_event_1};
/// let mut request = MethodRequest::new("GET", "/pets");
/// request.headers.add("x-a", "1");
/// request.headers.add("content-type", "text/plain");
/// let event = http_event_1(&request, "/pets", &Invocation::new());
/// assert_eq!((&event["version"], &event["resource"]), (&"1.0".into(), &"/pets".into()));
/// assert_eq!((&event["headers"]["x-a"], &event["headers"]["Content-Type"]), (&"1".into(), &"text/plain".into()));
/// ```
#[must_use]
pub fn http_event_1(request: &MethodRequest, resource: &str, invocation: &Invocation<'_>) -> Json {
    let spelled = |name: &str| {
        let known = CAPITALISED.iter().chain(LOWER).find(|known| known.eq_ignore_ascii_case(name));
        known.map_or_else(|| name.to_owned(), |known| (*known).to_owned())
    };
    let headers = request.headers.iter().map(|(name, value)| (spelled(name), value)).collect();
    let binary = is_binary(request);
    let mut request = MethodRequest { headers, path: raw_path(request, invocation), ..request.clone() };
    request.headers.set_default("Content-Length", request.body.len().to_string());
    let mut event = Map::new();
    event.insert("version".to_owned(), "1.0".into());
    let headers = event_headers(&request, &[], invocation);
    if let Json::Object(fields) = event_with(&request, &headers, resource, binary, invocation) {
        event.extend(fields);
    }
    // In the recorded order.
    for name in ["pathParameters", "stageVariables", "body", "isBase64Encoded"] {
        if let Some(value) = event.shift_remove(name) {
            event.insert(name.to_owned(), value);
        }
    }
    for map in ["headers", "multiValueHeaders"] {
        if let Some(Json::Object(headers)) = event.get_mut(map) {
            headers.sort_keys();
        }
    }
    if let Some(Json::Object(context)) = event.get_mut("requestContext") {
        // The path of the context has the stage already.
        if let Some(path) = invocation.context.get("path") {
            context.insert("path".to_owned(), path.clone());
        }
        let key = context.remove("routeKey").or_else(|| invocation.context.get("routeKey").cloned());
        if let (Some(id @ Json::Null), Some(key)) = (context.get_mut("resourceId"), key) {
            *id = key;
        }
        if invocation.given_text("extendedRequestId").is_none() {
            context.insert("extendedRequestId".to_owned(), invocation.id().into());
        }
        context.remove("deploymentId");
        context.remove("authorizer");
        if let Some(authorizer) = invocation.event_authorizer("1.0") {
            context.insert("authorizer".to_owned(), authorizer);
        }
        if let Some(Json::Object(identity)) = context.get_mut("identity") {
            identity.entry("cognitoAmr").or_insert(Json::Null);
            identity.sort_keys();
        }
        context.sort_keys();
    }
    event.into()
}

/// Creates the event of format 2.0.
///
/// ```
/// use vtl::pipeline::{Invocation, MethodRequest, http::http_event_2};
/// let mut request = MethodRequest::new("GET", "/pets");
/// request.querystring.set("q", vec!["a".to_owned(), "b c".to_owned()]);
/// request.headers.add("Cookie", "x=1; y=2");
/// let event = http_event_2(&request, "GET /pets", &Invocation::new());
/// assert_eq!(event["queryStringParameters"]["q"], "a,b c");
/// assert_eq!(event["rawQueryString"], "q=a&q=b%20c");
/// assert_eq!(event["cookies"], serde_json::json!(["x=1", "y=2"]));
/// assert!(event.get("pathParameters").is_none());
/// ```
#[must_use]
pub fn http_event_2(request: &MethodRequest, route_key: &str, invocation: &Invocation<'_>) -> Json {
    let cookies = request.headers.all("Cookie").flat_map(|header| header.split(';'));
    let cookies: Vec<&str> = cookies.map(str::trim).filter(|cookie| !cookie.is_empty()).collect();
    let mut headers: Map<String, Json> = Map::new();
    for (name, values) in request.headers.grouped().filter(|(name, _)| !name.eq_ignore_ascii_case("Cookie")) {
        headers.insert(name.to_ascii_lowercase(), values.join(",").into());
    }
    let surroundings = [
        ("content-length", Some(request.body.len().to_string())),
        ("host", invocation.text("/domainName").map(str::to_owned)),
        ("x-amzn-trace-id", Some(invocation.event_trace_id(request.headers.get("X-Amzn-Trace-Id")))),
        ("x-forwarded-for", invocation.text("/identity/sourceIp").map(str::to_owned)),
        ("x-forwarded-port", Some("443".to_owned())),
        ("x-forwarded-proto", Some("https".to_owned())),
    ];
    for (name, value) in surroundings {
        if let (Some(value), false) = (value, headers.contains_key(name)) {
            headers.insert(name.to_owned(), value.into());
        }
    }
    headers.sort_keys();
    let query: Map<String, Json> =
        request.querystring.iter().map(|(name, values)| (name.to_owned(), values.join(",").into())).collect();
    let path: Map<String, Json> =
        request.path_parameters.iter().map(|(name, value)| (name.to_owned(), value.as_str().into())).collect();
    let variables: Map<String, Json> =
        invocation.stage_variables.iter().map(|(name, value)| (name.to_owned(), value.as_str().into())).collect();
    let binary = is_binary(request);
    let body = if binary { media::encode(&request.body) } else { String::from_utf8_lossy(&request.body).into_owned() };

    let mut event = Map::new();
    let mut set = |name: &str, value: Json| {
        let empty = match &value {
            Json::Object(members) => members.is_empty(),
            Json::Array(items) => items.is_empty(),
            _ => false,
        };
        if !empty {
            event.insert(name.to_owned(), value);
        }
    };
    set("version", "2.0".into());
    set("routeKey", route_key.into());
    set("rawPath", raw_path(request, invocation).into());
    set("rawQueryString", raw_query(request).into());
    set("cookies", cookies.into());
    set("headers", headers.into());
    set("queryStringParameters", query.into());
    set("requestContext", request_context(request, route_key, invocation));
    if !request.body.is_empty() {
        set("body", body.into());
    }
    set("pathParameters", path.into());
    set("isBase64Encoded", binary.into());
    set("stageVariables", variables.into());
    event.into()
}

/// Decodes the percent-encoding of a path twice, and cuts it at a decoded `?` before the second time: `rawPath` is not
/// raw (recorded in July 2026: hotsock/voker, vokerhttp/testdata/ingress-paths.json).
fn decoded(path: &str) -> String {
    let once = decoded_once(path);
    decode(&once).into_owned()
}

fn decoded_once(path: &str) -> Cow<'_, str> {
    match decode(path) {
        Cow::Borrowed(once) => Cow::Borrowed(once.split('?').next().unwrap_or_default()),
        Cow::Owned(mut once) => {
            once.truncate(once.find('?').unwrap_or(once.len()));
            Cow::Owned(once)
        }
    }
}

fn decode(path: &str) -> Cow<'_, str> {
    percent_encoding::percent_decode_str(path).decode_utf8_lossy()
}

/// Checks a path that HTTP APIs reject with 400: `%25done`, which the second decoding cannot read (recorded as
/// [`decoded`]). That a `%` which the first cannot read is rejected too is *assumed*.
pub(super) fn is_rejected(path: &str) -> bool {
    let is_broken = |path: &str| {
        let mut rest = path.split('%').skip(1);
        rest.any(|part| !part.as_bytes().get(..2).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit)))
    };
    is_broken(path) || is_broken(&decoded_once(path))
}

/// Returns the path, decoded, with its stage, unless that is `$default`.
fn raw_path(request: &MethodRequest, invocation: &Invocation<'_>) -> String {
    match invocation.text("/stage") {
        Some(stage) if stage != "$default" && !stage.is_empty() => format!("/{stage}{}", decoded(&request.path)),
        _ => decoded(&request.path),
    }
}

/// Returns the query as the client wrote it, else the parameters percent-encoded.
fn raw_query(request: &MethodRequest) -> String {
    if let Some(raw) = &request.raw_query_string {
        return raw.clone();
    }
    const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
    let encode = |text: &str| utf8_percent_encode(text, PLAIN).to_string();
    let pairs = request.querystring.iter().flat_map(|(name, values)| values.iter().map(move |value| (name, value)));
    pairs.map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect::<Vec<_>>().join("&")
}

fn request_context(request: &MethodRequest, route_key: &str, invocation: &Invocation<'_>) -> Json {
    let context = |name: &str| invocation.context.get(name).cloned().unwrap_or_default();
    let or = |given: Json, other: Json| if given.is_null() { other } else { given };
    let agent = request.headers.get("User-Agent").map(Json::from).unwrap_or_default();
    let mut fields = json!({
        "accountId": context("accountId"),
        "apiId": context("apiId"),
        "domainName": context("domainName"),
        "domainPrefix": context("domainPrefix"),
        "http": {
            "method": request.method,
            "path": raw_path(request, invocation),
            "protocol": or(context("protocol"), "HTTP/1.1".into()),
            "sourceIp": invocation.text("/identity/sourceIp"),
            "userAgent": or(invocation.text("/identity/userAgent").map(Json::from).unwrap_or_default(), agent),
        },
        "requestId": invocation.id(),
        "routeKey": route_key,
        "stage": context("stage"),
        "time": or(context("requestTime"), invocation.request_time().into()),
        "timeEpoch": or(context("requestTimeEpoch"), invocation.epoch_millis().into()),
    });
    // Recorded events of 2022 and 2023 have neither without a certificate and an authorizer.
    let authentication = Some(context("authentication")).filter(|given| !given.is_null());
    let parts = [("authentication", authentication), ("authorizer", invocation.event_authorizer("2.0"))];
    if let Some(fields) = fields.as_object_mut() {
        fields.extend(parts.into_iter().filter_map(|(name, part)| Some((name.to_owned(), part?))));
        fields.sort_keys();
    }
    fields
}

/// Checks whether a body goes into an event as base64, by its media type or its bytes.
fn is_binary(request: &MethodRequest) -> bool {
    if request.body.is_empty() {
        return false;
    }
    let Some(media_type) = request.headers.get("Content-Type").and_then(media::essence) else {
        return std::str::from_utf8(&request.body).is_err();
    };
    let media_type = media_type.to_ascii_lowercase();
    let is_text =
        media_type.starts_with("text/") || ["json", "xml", "javascript"].iter().any(|kind| media_type.ends_with(kind));
    !is_text || std::str::from_utf8(&request.body).is_err()
}

/// Converts the result of a function into the client's response.
///
/// A body in base64 is decoded whatever the client accepts: HTTP APIs have no list of binary media
/// types. `version` is the payload format version, `1.0` or `2.0`.
///
/// ```
/// use vtl::pipeline::{IntegrationResponse, http::http_result};
/// let result = |text: &str, version: &str| {
///     http_result(&IntegrationResponse::new(200).with_body(text), version)
/// };
/// let answer = result(r#"{"message": "hi"}"#, "2.0").unwrap();
/// assert_eq!((answer.status, answer.body.as_slice()), (200, &br#"{"message":"hi"}"#[..]));
/// assert_eq!(result(r#""hi""#, "2.0").unwrap().body, b"hi");
/// let answer = result(r#"{"statusCode": 201, "cookies": ["a=1"]}"#, "2.0").unwrap();
/// assert_eq!((answer.status, answer.headers.get("set-cookie")), (201, Some("a=1")));
/// assert_eq!(result(r#"{"message": "hi"}"#, "1.0").unwrap_err().status, 500);
/// ```
///
/// # Errors
/// A refusal with 500 for a failed function or a malformed result.
pub fn http_result(response: &IntegrationResponse, version: &str) -> Result<MethodResponse, Refusal> {
    let is_short = version != "1.0" && !response.headers.contains(FUNCTION_ERROR);
    if !is_short {
        let mut answer = lambda_result(response, true).map_err(|refusal| Refusal::configuration(refusal.cause))?;
        answer.headers.set_default("Content-Type", media::JSON);
        return Ok(answer);
    }
    let wrong = |why: String| {
        Refusal::configuration(Error::new(Code::MalformedResult, format!("Malformed Lambda proxy response: {why}")))
    };
    let result: Json =
        serde_json::from_slice(&response.body).map_err(|error| wrong(format!("it is not JSON: {error}")))?;
    match result {
        Json::Object(members) if members.contains_key("statusCode") => {
            let (mut answer, is_base64) = read_result(members).map_err(wrong)?;
            if is_base64 {
                answer.body = media::decode(&answer.body).map_err(Refusal::configuration)?;
            }
            answer.headers.set_default("Content-Type", "text/plain;charset=UTF-8");
            Ok(answer)
        }
        other => {
            let body = if let Json::String(text) = other { text } else { other.to_string() };
            let headers = [("Content-Type", media::JSON)].into_iter().collect();
            Ok(MethodResponse { status: 200, headers, body: body.into_bytes() })
        }
    }
}

/// Reads the full form of format 2.0, and whether its body is base64. Unknown keys are ignored.
fn read_result(members: Map<String, Json>) -> Result<(MethodResponse, bool), String> {
    let (mut answer, mut cookies, mut is_base64) = (MethodResponse::default(), Vec::new(), false);
    for (key, value) in members {
        match (key.as_str(), value) {
            ("statusCode", value) => answer.status = status(&value).ok_or_else(|| format!("statusCode is {value}"))?,
            (_, Json::Null) => {}
            ("headers", Json::Object(members)) => {
                let mut headers = Vec::with_capacity(members.len());
                for (name, value) in members.into_iter().filter(|(_, value)| !value.is_null()) {
                    let text = scalar(&value).ok_or_else(|| format!("headers.{name} is not a string"))?;
                    headers.push((name, text));
                }
                answer.headers = Headers::of_last(headers);
            }
            ("cookies", Json::Array(items)) => {
                for item in &items {
                    cookies.push(scalar(item).ok_or("a cookie is not a string")?);
                }
            }
            ("body", value) => answer.body = scalar(&value).ok_or("body is not a string")?.into_bytes(),
            ("isBase64Encoded", Json::Bool(truth)) => is_base64 = truth,
            ("isBase64Encoded", Json::String(text)) => is_base64 = text == "true",
            ("headers" | "cookies" | "isBase64Encoded", value) => return Err(format!("{key} is {value}")),
            _ => {}
        }
    }
    for cookie in cookies {
        answer.headers.add("set-cookie", cookie);
    }
    Ok((answer, is_base64))
}
