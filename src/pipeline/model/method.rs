//! Methods of REST APIs and routes of HTTP and WebSocket APIs.

use super::integration::Integration;
use super::reading::{is_false, null_is_default};
use super::table::Table;
use super::words::Protocol;
use serde::Serialize;
use serde::de::{Deserialize, Deserializer};
use serde_json::Value as Json;

/// Methods of requests, and `ANY`, which stands for all of them.
#[doc(hidden)]
pub const METHODS: &[&str] = &["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "ANY"];

/// A method of a resource, or a route of an HTTP or WebSocket API.
///
/// ```
/// use vtl::pipeline::model::{IntegrationType, Method};
/// let method: Method = serde_json::from_str(r#"{
///     "httpMethod": "GET", "path": "/pets/{id}",
///     "requestParameters": {"method.request.path.id": true},
///     "integration": {"type": "mock", "requestTemplates": {"application/json": "{\"statusCode\": 200}"},
///                     "responses": {"default": {"statusCode": "200"}}}
/// }"#)?;
/// assert_eq!(method.integration.map(|i| i.kind), Some(IntegrationType::Mock));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct Method {
    /// HTTP method such as `GET`, or `ANY`; `None` if the document does not say.
    pub http_method: Option<String>,
    /// Path template of the resource, such as `/pets/{id}`.
    pub path: Option<String>,
    /// Key of a route that is not a method and a path: `$default`, or any key of a WebSocket API.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub route_key: Option<String>,
    /// `true` if the route has a response, so that an answer goes back to the client. WebSocket APIs
    /// only.
    #[serde(skip_serializing_if = "is_false")]
    pub route_response: bool,
    /// Name of the operation, `$context.operationName` of REST APIs: the `operationId` of an OpenAPI document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operation_name: Option<String>,
    /// `true` if the method needs an API key. REST and WebSocket APIs only.
    #[serde(skip_serializing_if = "is_false")]
    pub api_key_required: bool,
    /// Expression that selects the model to check a message against. WebSocket APIs only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model_selection_expression: Option<String>,
    /// Declared parameters, `method.request.{path,querystring,header}.NAME`, and whether each is
    /// required.
    pub request_parameters: Table<bool>,
    /// Names of models by media type or `$default`.
    pub request_models: Table<String>,
    /// Checks before the integration; `None` checks nothing.
    pub request_validator: Option<RequestValidator>,
    /// Declared responses by status; `None` allows every status.
    #[serde(deserialize_with = "method_responses")]
    pub method_responses: Option<Table<DeclaredResponse>>,
    /// Integration of the method.
    pub integration: Option<Integration>,
}

impl Method {
    /// Creates a method or route of a key: `GET /pets/{id}`, or any key of a WebSocket API.
    ///
    /// ```
    /// use vtl::pipeline::{Method, Protocol};
    /// let route = Method::from_key("GET /pets/{id}", Protocol::Http);
    /// assert_eq!((route.http_method.as_deref(), route.path.as_deref()), (Some("GET"), Some("/pets/{id}")));
    /// assert_eq!(Method::from_key("$default", Protocol::Http).key().as_deref(), Some("$default"));
    /// ```
    #[must_use]
    pub fn from_key(key: &str, protocol: Protocol) -> Self {
        match key.split_once(' ') {
            Some((method, path)) if protocol != Protocol::WebSocket => Method {
                http_method: Some(method.trim().to_ascii_uppercase()),
                path: Some(path.trim().to_owned()),
                ..Method::default()
            },
            _ => Method { route_key: Some(key.to_owned()), ..Method::default() },
        }
    }

    /// Sets the integration.
    ///
    /// ```
    /// use vtl::pipeline::{Integration, Method, Protocol, model::IntegrationType};
    /// let mock = Integration::new(IntegrationType::Mock);
    /// let method = Method::from_key("GET /", Protocol::Rest).with_integration(mock);
    /// assert!(method.integration.is_some());
    /// ```
    #[must_use]
    pub fn with_integration(mut self, integration: Integration) -> Self {
        self.integration = Some(integration);
        self
    }

    /// Returns the key, such as `GET /pets/{id}` or `$default`; `None` if method or path is unknown.
    #[must_use]
    pub fn key(&self) -> Option<String> {
        let pair = || Some(format!("{} {}", self.http_method.as_deref()?, self.path.as_deref()?));
        self.route_key.clone().or_else(pair)
    }
}

/// The checks of a request before its integration.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct RequestValidator {
    /// `true` if the body is validated against the model of its media type.
    pub validate_request_body: bool,
    /// `true` if required parameters must be present and not blank.
    pub validate_request_parameters: bool,
}

impl RequestValidator {
    /// Creates a validator.
    #[must_use]
    pub const fn new(body: bool, parameters: bool) -> Self {
        RequestValidator { validate_request_body: body, validate_request_parameters: parameters }
    }
}

/// A method response: the declaration of a method for one status.
#[derive(Clone, Debug, Default, PartialEq, Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct DeclaredResponse {
    /// Names of headers that mappings may set.
    #[serde(deserialize_with = "null_is_default")]
    pub headers: Vec<String>,
    /// Names of models by media type.
    pub models: Table<String>,
}

/// Reads method responses by status, or a list of statuses.
fn method_responses<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Table<DeclaredResponse>>, D::Error> {
    let read = |json: Json| serde_json::from_value::<DeclaredResponse>(json).map_err(serde::de::Error::custom);
    let mut table = Table::new();
    match Json::deserialize(deserializer)? {
        Json::Null => return Ok(None),
        Json::Array(statuses) => {
            for status in statuses {
                match status {
                    Json::String(text) => table.set(text, DeclaredResponse::default()),
                    other => table.set(other.to_string(), DeclaredResponse::default()),
                }
            }
        }
        Json::Object(members) => {
            for (status, response) in members {
                table.set(status, if response.is_null() { DeclaredResponse::default() } else { read(response)? });
            }
        }
        other => return Err(serde::de::Error::custom(format!("method responses must be an object, not {other}"))),
    }
    Ok(Some(table))
}
