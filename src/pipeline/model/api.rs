//! An API and its gateway responses.

use super::method::Method;
use super::reading::{null_is_default, templates, text_or_number};
use super::table::Table;
use super::words::{ApiKeySource, Protocol};
use serde::Serialize;
use serde_json::Value as Json;

/// An API: its routes, and the settings that they share.
///
/// ```
/// use vtl::pipeline::{Api, Protocol};
/// let api: Api = serde_json::from_str(r#"{"binaryMediaTypes": ["image/*"]}"#)?;
/// assert_eq!(api.binary_media_types, ["image/*"]);
/// assert_eq!(api.protocol, Protocol::Rest);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct Api {
    /// Kind of the API.
    #[serde(alias = "protocolType")]
    pub protocol: Protocol,
    /// Name of the API, if the document has one.
    pub name: Option<String>,
    /// ID of the API, `$context.apiId`, if the document has it.
    #[serde(alias = "apiId", skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Name of the API's only stage, `$context.stage`.
    #[serde(alias = "stageName", skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
    /// Host name of the API, `$context.domainName`, if the document has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domain_name: Option<String>,
    /// Place of the API keys of requests; `None` is a header. REST APIs only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_key_source: Option<ApiKeySource>,
    /// Media types whose bodies are bytes; bodies of other types are text.
    #[serde(deserialize_with = "null_is_default")]
    pub binary_media_types: Vec<String>,
    /// Configured gateway responses by response type, such as `DEFAULT_4XX`. REST APIs only.
    pub gateway_responses: Table<GatewayResponse>,
    /// JSON Schemas by model name.
    pub models: Table<Json>,
    /// Variables of the API's only stage.
    pub stage_variables: Table<String>,
    /// CORS settings of the API. HTTP APIs only.
    #[serde(alias = "CorsConfiguration", skip_serializing_if = "Option::is_none")]
    pub cors_configuration: Option<CorsConfiguration>,
    /// Expression that selects the route of a message, such as `$request.body.action`. WebSocket APIs
    /// only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub route_selection_expression: Option<String>,
    /// Methods or routes in the order of the document.
    #[serde(deserialize_with = "null_is_default")]
    pub methods: Vec<Method>,
}

impl Api {
    /// Creates an API without routes and with the service's defaults.
    ///
    /// ```
    /// use vtl::pipeline::{Api, Protocol};
    /// assert_eq!(Api::new(Protocol::Http).protocol, Protocol::Http);
    /// ```
    #[must_use]
    pub fn new(protocol: Protocol) -> Self {
        Api {
            protocol,
            name: None,
            id: None,
            stage: None,
            domain_name: None,
            api_key_source: None,
            binary_media_types: Vec::new(),
            gateway_responses: Table::new(),
            models: Table::new(),
            stage_variables: Table::new(),
            cors_configuration: None,
            route_selection_expression: None,
            methods: Vec::new(),
        }
    }

    /// Adds a method or route.
    #[must_use]
    pub fn with_method(mut self, method: Method) -> Self {
        self.methods.push(method);
        self
    }
}

/// Creates a REST API without methods.
impl Default for Api {
    fn default() -> Self {
        Api::new(Protocol::Rest)
    }
}

/// A configured answer of the gateway itself, in place of the built-in one of its type.
#[derive(Clone, Debug, Default, PartialEq, Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct GatewayResponse {
    /// Status of the answer; `None` keeps that of the type.
    #[serde(deserialize_with = "text_or_number")]
    pub status_code: Option<String>,
    /// Sources by `gatewayresponse.header.NAME`.
    pub response_parameters: Table<String>,
    /// Texts with substitutions by media type. They are not templates of Velocity.
    #[serde(deserialize_with = "templates")]
    pub response_templates: Table<String>,
}

/// CORS settings of an HTTP API ("Configure CORS for HTTP APIs in API Gateway").
///
/// ```
/// use vtl::pipeline::Api;
/// let api: Api = serde_json::from_str(r#"{"protocol": "HTTP", "corsConfiguration": {
///     "allowOrigins": ["https://www.example.com"], "allowMethods": ["GET"], "maxAge": 300}}"#)?;
/// assert_eq!(api.cors_configuration.unwrap().max_age, Some(300));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct CorsConfiguration {
    /// `true` if browsers may send cookies and credentials.
    #[serde(alias = "AllowCredentials", deserialize_with = "null_is_default")]
    pub allow_credentials: bool,
    /// Request headers that browsers may send; `*` allows all.
    #[serde(alias = "AllowHeaders", deserialize_with = "null_is_default")]
    pub allow_headers: Vec<String>,
    /// Methods that browsers may use; `*` allows all.
    #[serde(alias = "AllowMethods", deserialize_with = "null_is_default")]
    pub allow_methods: Vec<String>,
    /// Origins that may call; `*` allows all, and `https://*` or `http://*` all of a scheme.
    #[serde(alias = "AllowOrigins", deserialize_with = "null_is_default")]
    pub allow_origins: Vec<String>,
    /// Response headers that scripts may read; `*` exposes all.
    #[serde(alias = "ExposeHeaders", deserialize_with = "null_is_default")]
    pub expose_headers: Vec<String>,
    /// Seconds that browsers may keep the answer to a preflight request.
    #[serde(alias = "MaxAge")]
    pub max_age: Option<i64>,
}
