//! The four messages of a call: plain data, bodies are bytes.
//!
//! As JSON a body is text when it is UTF-8, otherwise base64 with `bodyIsBase64`.

use crate::pipeline::message::headers::{Headers, STRIPPED, lists, texts};
use crate::pipeline::model::integration::{ConnectionType, IntegrationType, TlsConfig};
use crate::pipeline::model::table::Table;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Serialize, SerializeStruct, Serializer};
use serde_json::Value as Json;
use std::borrow::Cow;

/// What the client sends, after the resource was found.
///
/// ```
/// use vtl::pipeline::MethodRequest;
/// let request: MethodRequest = serde_json::from_str(r#"{
///     "method": "POST", "path": "/pets/7", "pathParameters": {"id": "7"},
///     "querystring": {"q": ["a", "b"]}, "headers": {"Accept": "text/plain"}, "body": "{}"
/// }"#)?;
/// assert_eq!(request.querystring.get("q").unwrap(), &["a", "b"]);
/// assert_eq!(request.body, b"{}");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MethodRequest {
    /// `GET`, `POST`, …
    pub method: String,
    /// The path without the stage, as the client wrote it.
    pub path: String,
    /// Path parameters, not decoded.
    pub path_parameters: Table<String>,
    /// Query parameters, decoded.
    pub querystring: Table<Vec<String>>,
    /// The headers.
    pub headers: Headers,
    /// The payload; empty for none.
    pub body: Vec<u8>,
}

impl MethodRequest {
    /// A request with nothing but method and path.
    #[must_use]
    pub fn new(method: &str, path: &str) -> Self {
        MethodRequest { method: method.to_owned(), path: path.to_owned(), ..MethodRequest::default() }
    }

    /// The request without the headers that nothing behind the door ever sees ([`STRIPPED`]).
    ///
    /// ```
    /// use vtl::pipeline::MethodRequest;
    /// let mut request = MethodRequest::new("GET", "/");
    /// request.headers.add("TE", "trailers");
    /// request.headers.add("X-Mine", "1");
    /// assert_eq!(request.received().headers.iter().collect::<Vec<_>>(), [("X-Mine", "1")]);
    /// ```
    #[must_use]
    pub fn received(&self) -> Cow<'_, MethodRequest> {
        if !self.headers.iter().any(|(name, _)| lists(STRIPPED, name)) {
            return Cow::Borrowed(self);
        }
        let mut request = self.clone();
        request.headers = self.headers.iter().filter(|(name, _)| !lists(STRIPPED, name)).collect();
        Cow::Owned(request)
    }

    /// The media type of the body: without parameters, JSON when the client does not tell
    /// (aws-observed 9.1).
    #[must_use]
    pub fn content_type(&self) -> &str {
        crate::pipeline::message::media::essence(self.headers.get("Content-Type").unwrap_or_default())
            .unwrap_or(crate::pipeline::message::media::JSON)
    }

    /// The first media type the client accepts, without parameters (aws-observed 9.12).
    #[must_use]
    pub fn accept(&self) -> Option<&str> {
        let first = self.headers.get("Accept")?.split(',').next()?;
        crate::pipeline::message::media::essence(first)
    }
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[derive(Default)]
struct RequestText {
    method: String,
    path: String,
    path_parameters: Table<String>,
    querystring: Table<Json>,
    headers: Headers,
    body: Option<String>,
    body_is_base64: bool,
}

impl<'de> Deserialize<'de> for MethodRequest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = RequestText::deserialize(deserializer)?;
        let mut querystring = Table::new();
        for (name, value) in text.querystring {
            querystring.set(name, texts(value).map_err(D::Error::custom)?);
        }
        Ok(MethodRequest {
            method: text.method,
            path: text.path,
            path_parameters: text.path_parameters,
            querystring,
            headers: text.headers,
            body: bytes(text.body, text.body_is_base64).map_err(D::Error::custom)?,
        })
    }
}

impl Serialize for MethodRequest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (body, is_base64) = body_text(&self.body);
        let mut row = serializer.serialize_struct("MethodRequest", 7)?;
        row.serialize_field("method", &self.method)?;
        row.serialize_field("path", &self.path)?;
        row.serialize_field("pathParameters", &self.path_parameters)?;
        row.serialize_field("querystring", &self.querystring)?;
        row.serialize_field("headers", &self.headers)?;
        row.serialize_field("body", &body)?;
        row.serialize_field("bodyIsBase64", &is_base64)?;
        row.end()
    }
}

/// What the backend gets, and how it is to be reached.
#[derive(Clone, Debug, PartialEq)]
pub struct IntegrationRequest {
    /// Which kind of backend.
    pub kind: IntegrationType,
    /// The method of the call.
    pub method: String,
    /// The endpoint with path parameters and stage variables filled in; its own query string is kept.
    pub uri: String,
    /// The headers.
    pub headers: Headers,
    /// Query parameters besides those in the URI.
    pub querystring: Table<Vec<String>>,
    /// The payload; for AWS_PROXY the event.
    pub body: Vec<u8>,
    /// How to reach the backend.
    pub settings: Settings,
    /// What tells this request's cache entry from others; none without cache key parameters.
    pub cache_key: Option<CacheKey>,
    /// HTTP APIs: the service call in place of a request to an address.
    pub service_call: Option<ServiceCall>,
}

/// A call of a service through an integration subtype.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ServiceCall {
    /// The subtype, such as `SQS-SendMessage`.
    pub subtype: String,
    /// Its parameters; those without a value are left out.
    pub parameters: Table<String>,
}

impl IntegrationRequest {
    /// The endpoint with the query parameters appended, form-encoded: what an HTTP client calls.
    ///
    /// ```
    /// # use vtl::pipeline::*;
    /// let method: Method = serde_json::from_str(r#"{"integration": {"type": "http", "httpMethod": "GET",
    ///     "uri": "http://b.test/?a=1", "requestParameters": {"integration.request.querystring.q": "'x y'"}}}"#)?;
    /// let prepared = Prepared::new(&Api::default(), &method);
    /// let request = prepared.request(&MethodRequest::new("GET", "/"), &mut Invocation::new()).unwrap();
    /// assert_eq!(request.url(), "http://b.test/?a=1&q=x%20y");
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn url(&self) -> String {
        use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
        const QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
        let mut url = self.uri.clone();
        for (name, values) in self.querystring.iter() {
            for value in values {
                url.push(if url.contains('?') { '&' } else { '?' });
                url.extend(utf8_percent_encode(name, QUERY));
                url.push('=');
                url.extend(utf8_percent_encode(value, QUERY));
            }
        }
        url
    }

    /// Whether Lambda is asked to run the function without waiting for it
    /// ("Set up asynchronous invocation").
    #[must_use]
    pub fn is_asynchronous(&self) -> bool {
        self.kind.is_aws()
            && self.headers.get("X-Amz-Invocation-Type").is_some_and(|value| value.eq_ignore_ascii_case("Event"))
    }
}

impl Serialize for IntegrationRequest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (body, is_base64) = body_text(&self.body);
        let mut row = serializer.serialize_struct("IntegrationRequest", 10)?;
        row.serialize_field("method", &self.method)?;
        row.serialize_field("uri", &self.uri)?;
        row.serialize_field("headers", &self.headers)?;
        row.serialize_field("querystring", &self.querystring)?;
        row.serialize_field("body", &body)?;
        row.serialize_field("bodyIsBase64", &is_base64)?;
        row.serialize_field("settings", &self.settings)?;
        row.serialize_field("cacheKey", &self.cache_key)?;
        match &self.service_call {
            Some(call) => {
                row.serialize_field("integrationSubtype", &call.subtype)?;
                row.serialize_field("parameters", &call.parameters)?;
            }
            None => {
                row.skip_field("integrationSubtype")?;
                row.skip_field("parameters")?;
            }
        }
        row.end()
    }
}

/// How the backend is to be reached.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Settings {
    /// In whose name.
    pub credentials: Credentials,
    /// Through what.
    pub connection_type: ConnectionType,
    /// The VPC link, with stage variables filled in.
    pub connection_id: Option<String>,
    /// How long to wait.
    pub timeout_in_millis: u64,
    /// How far the endpoint's certificate is trusted.
    pub tls_config: Option<TlsConfig>,
}

/// In whose name the backend is called.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Credentials {
    /// In nobody's: the backend's own permissions decide.
    #[default]
    None,
    /// In the caller's (`arn:aws:iam::*:user/*`).
    Caller,
    /// In a role's.
    Role(String),
}

/// The role's ARN, `caller`, or null.
impl Serialize for Credentials {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Credentials::None => serializer.serialize_none(),
            Credentials::Caller => serializer.serialize_str("caller"),
            Credentials::Role(arn) => serializer.serialize_str(arn),
        }
    }
}

/// What tells cache entries apart: two requests that differ only in parameters not named here
/// share one ("Enabling API caching").
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct CacheKey {
    /// The integration's namespace, or its resource.
    pub namespace: Option<String>,
    /// The chosen parameters with their values; null for one that is absent.
    pub values: Table<Option<String>>,
}

/// What the backend answers.
///
/// ```
/// use vtl::pipeline::IntegrationResponse;
/// let response: IntegrationResponse =
///     serde_json::from_str(r#"{"status": 404, "headers": {"ETag": "1"}, "body": "AAE=", "bodyIsBase64": true}"#)?;
/// assert_eq!(response.body, [0, 1]);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct IntegrationResponse {
    /// The status; a MOCK may name any whole number (aws-observed 8.2).
    pub status: i64,
    /// The headers.
    pub headers: Headers,
    /// The payload.
    pub body: Vec<u8>,
}

/// What the client gets.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MethodResponse {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: Headers,
    /// The payload.
    pub body: Vec<u8>,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct ResponseText<S> {
    status: S,
    #[serde(default)]
    headers: Headers,
    #[serde(default)]
    body: Option<String>,
    #[serde(default)]
    body_is_base64: bool,
}

macro_rules! response_as_json {
    ($name:ident, $status:ty) => {
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = ResponseText::<$status>::deserialize(deserializer)?;
                let body = bytes(text.body, text.body_is_base64).map_err(D::Error::custom)?;
                Ok($name { status: text.status, headers: text.headers, body })
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let (body, is_base64) = body_text(&self.body);
                let mut row = serializer.serialize_struct(stringify!($name), 4)?;
                row.serialize_field("status", &self.status)?;
                row.serialize_field("headers", &self.headers)?;
                row.serialize_field("body", &body)?;
                row.serialize_field("bodyIsBase64", &is_base64)?;
                row.end()
            }
        }
    };
}

response_as_json!(IntegrationResponse, i64);
response_as_json!(MethodResponse, u16);

pub(crate) fn bytes(body: Option<String>, is_base64: bool) -> Result<Vec<u8>, String> {
    let text = body.unwrap_or_default();
    if is_base64 {
        return STANDARD.decode(text).map_err(|error| format!("the body is not base64: {error}"));
    }
    Ok(text.into_bytes())
}

fn body_text(body: &[u8]) -> (Cow<'_, str>, bool) {
    match std::str::from_utf8(body) {
        Ok(text) => (Cow::Borrowed(text), false),
        Err(_) => (Cow::Owned(STANDARD.encode(body)), true),
    }
}
