//! The messages between gateway and backend.

use super::body;
use super::headers::Headers;
use crate::pipeline::model::service;
use crate::pipeline::model::{ConnectionType, IntegrationType, Table, TlsConfig};
use serde::ser::{Serialize, SerializeStruct, Serializer};

/// The backend's request, and the settings to reach the backend with.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct IntegrationRequest {
    /// Type of the integration.
    pub kind: IntegrationType,
    /// HTTP method.
    pub method: String,
    /// Endpoint or ARN with path parameters and stage variables filled in, and its own query string;
    /// [`url`](IntegrationRequest::url) is what an HTTP client calls.
    pub uri: String,
    /// Headers.
    pub headers: Headers,
    /// Query parameters besides those of the URI.
    pub querystring: Table<Vec<String>>,
    /// Body; the event for AWS_PROXY.
    pub body: Vec<u8>,
    /// Credentials, connection, timeout and TLS options.
    pub settings: Settings,
    /// Key of the cache entry; `None` without cache key parameters.
    pub cache_key: Option<CacheKey>,
    /// Service call in place of a request to the URI. HTTP APIs only.
    pub service_call: Option<ServiceCall>,
}

/// A call of an AWS service through an integration subtype.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct ServiceCall {
    /// Subtype such as `SQS-SendMessage`.
    pub subtype: String,
    /// Parameters of the call; those without a value are left out.
    pub parameters: Table<String>,
}

impl IntegrationRequest {
    /// Creates a request of a type to a URI, with default settings.
    #[must_use]
    pub fn new(kind: IntegrationType, method: impl Into<String>, uri: impl Into<String>) -> Self {
        IntegrationRequest {
            kind,
            method: method.into(),
            uri: uri.into(),
            headers: Headers::new(),
            querystring: Table::new(),
            body: Vec::new(),
            settings: Settings::default(),
            cache_key: None,
            service_call: None,
        }
    }

    /// Returns the URL that an HTTP client calls: the endpoint with the query parameters appended,
    /// percent-encoded. The ARN of a service becomes the service's endpoint; the name of an action
    /// stands first in its query, as it was written (aws-observed 18.6, 18.7).
    ///
    /// ```
    /// use vtl::pipeline::IntegrationRequest;
    /// use vtl::pipeline::model::IntegrationType;
    /// let mut request = IntegrationRequest::new(IntegrationType::Http, "GET", "http://b.test/?a=1");
    /// request.querystring.set("q", vec!["x y".to_owned()]);
    /// assert_eq!(request.url(), "http://b.test/?a=1&q=x%20y");
    /// let item = "arn:aws:apigateway:us-east-1:dynamodb:action/GetItem";
    /// let request = IntegrationRequest::new(IntegrationType::Aws, "POST", item);
    /// assert_eq!(request.url(), "https://dynamodb.us-east-1.amazonaws.com/?Action=GetItem");
    /// ```
    #[must_use]
    pub fn url(&self) -> String {
        use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
        const QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
        let mut url = service::endpoint(&self.uri).unwrap_or_else(|| self.uri.clone());
        let action = service::action(&self.uri).map(|(name, _)| name);
        if let Some(name) = action {
            url.push_str("?Action=");
            url.push_str(name);
        }
        let mut mark = if url.contains('?') { '&' } else { '?' };
        for (name, values) in self.querystring.iter() {
            for value in values.iter().filter(|_| action.is_none() || name != "Action") {
                url.push(mark);
                mark = '&';
                url.extend(utf8_percent_encode(name, QUERY));
                url.push('=');
                url.extend(utf8_percent_encode(value, QUERY));
            }
        }
        url
    }

    /// Checks whether Lambda runs the function without waiting for the result ("Set up asynchronous
    /// invocation").
    #[must_use]
    pub fn is_asynchronous(&self) -> bool {
        self.kind.is_aws()
            && self.headers.get("X-Amz-Invocation-Type").is_some_and(|value| value.eq_ignore_ascii_case("Event"))
    }
}

impl Serialize for IntegrationRequest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (body, is_base64) = body::text(&self.body);
        let mut row = serializer.serialize_struct("IntegrationRequest", 11)?;
        row.serialize_field("method", &self.method)?;
        row.serialize_field("uri", &self.uri)?;
        row.serialize_field("url", &self.url())?;
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

/// The settings to reach a backend with.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Settings {
    /// Credentials of the call.
    pub credentials: Credentials,
    /// Network path to the backend.
    pub connection_type: ConnectionType,
    /// Id of the VPC link, with stage variables filled in.
    pub connection_id: Option<String>,
    /// Longest wait for the answer, in milliseconds.
    pub timeout_in_millis: u64,
    /// TLS settings of the endpoint.
    pub tls_config: Option<TlsConfig>,
}

/// Creates settings without credentials, over the internet, with a timeout of 29 seconds.
impl Default for Settings {
    fn default() -> Self {
        Settings {
            credentials: Credentials::None,
            connection_type: ConnectionType::Internet,
            connection_id: None,
            timeout_in_millis: 29_000,
            tls_config: None,
        }
    }
}

/// The credentials of a call to a backend.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Credentials {
    /// None: the permissions of the backend's resource decide.
    #[default]
    None,
    /// Those of the caller (`arn:aws:iam::*:user/*`).
    Caller,
    /// Those of the role with this ARN.
    Role(String),
}

/// Writes the ARN of the role, `caller`, or null.
impl Serialize for Credentials {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Credentials::None => serializer.serialize_none(),
            Credentials::Caller => serializer.serialize_str("caller"),
            Credentials::Role(arn) => serializer.serialize_str(arn),
        }
    }
}

/// The key of a cache entry: requests that differ only in other parameters share the entry ("Enabling
/// API caching").
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct CacheKey {
    /// Namespace of the integration, or its resource.
    pub namespace: Option<String>,
    /// Values of the cache key parameters; `None` for an absent one.
    pub values: Table<Option<String>>,
}

/// The backend's response.
///
/// Serialises as `{"status", "headers", "body", "bodyIsBase64"}`.
///
/// ```
/// use vtl::pipeline::IntegrationResponse;
/// let response: IntegrationResponse =
///     serde_json::from_str(r#"{"status": 404, "headers": {"ETag": "1"}, "body": "AAE=", "bodyIsBase64": true}"#)?;
/// assert_eq!(response, IntegrationResponse::new(404).with_header("ETag", "1").with_body([0, 1]));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct IntegrationResponse {
    /// Status; a MOCK may name any whole number (aws-observed 8.2).
    pub status: i64,
    /// Headers, spelled as the backend wrote them.
    pub headers: Headers,
    /// Body; empty if there is none.
    pub body: Vec<u8>,
}

body::response!(IntegrationResponse, i64);
