//! What is configured: APIs, methods, integrations and their responses, as plain data.
//!
//! One model for every way of writing an integration down (OpenAPI, CloudFormation, Terraform, command line):
//! the words are those of the service's API in camel case, enumerations in capitals, defaults filled in. Reading is more liberal than
//! writing: enumerations in any case, `responses` as a list or keyed by pattern, null for an empty table.

use super::table::Table;
use serde::de::{Deserialize, Deserializer};
use serde::{Serialize, Serializer};
use serde_json::Value as Json;

/// An enumeration of the service: written in capitals, read in any case.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$note:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name { $(#[doc = concat!("`", $word, "`.")] $(#[$note])* $variant,)* }

        impl $name {
            /// Every value, in the order of the service's documents.
            pub const ALL: &'static [$name] = &[$($name::$variant),*];

            /// The word that is written.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self { $($name::$variant => $word,)* }
            }

            /// The value of a word, in any case.
            #[must_use]
            pub fn from_word(word: &str) -> Option<Self> {
                $name::ALL.iter().copied().find(|value| value.word().eq_ignore_ascii_case(word))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.word())
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.word())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let word = String::deserialize(deserializer)?;
                $name::from_word(&word).ok_or_else(|| serde::de::Error::custom(format!(
                    "Value '{word}' failed to satisfy constraint: Member must satisfy enum value set: [{}]",
                    $name::ALL.iter().map(|value| value.word()).collect::<Vec<_>>().join(", "),
                )))
            }
        }
    };
}

words! {
    /// What kind of API.
    Protocol { Rest = "REST", Http = "HTTP", WebSocket = "WEBSOCKET", }
}

words! {
    /// The five types of an integration ("Choose an API integration type").
    IntegrationType {
        /// An HTTP endpoint behind mappings and templates.
        Http = "HTTP",
        /// No backend: the rendered request names the status.
        Mock = "MOCK",
        /// A Lambda function that gets the whole request as an event.
        AwsProxy = "AWS_PROXY",
        /// An HTTP endpoint that gets the request as it is.
        HttpProxy = "HTTP_PROXY",
        /// A Lambda function or another service behind mappings and templates.
        Aws = "AWS",
    }
}

impl IntegrationType {
    /// Whether requests pass without templates.
    #[must_use]
    pub fn is_proxy(self) -> bool {
        matches!(self, IntegrationType::AwsProxy | IntegrationType::HttpProxy)
    }

    /// Whether the backend is an HTTP endpoint.
    #[must_use]
    pub fn is_http(self) -> bool {
        matches!(self, IntegrationType::Http | IntegrationType::HttpProxy)
    }

    /// Whether the backend is Lambda or another service.
    #[must_use]
    pub fn is_aws(self) -> bool {
        matches!(self, IntegrationType::Aws | IntegrationType::AwsProxy)
    }
}

words! {
    /// Whether the backend is reached through the internet or a VPC link.
    ConnectionType { Internet = "INTERNET", VpcLink = "VPC_LINK", }
}

words! {
    /// What happens to a body that no request template fits ("Method request behavior for payloads without mapping templates").
    PassthroughBehavior {
        /// It passes.
        WhenNoMatch = "WHEN_NO_MATCH",
        /// It passes if the integration has no template at all, else 415.
        WhenNoTemplates = "WHEN_NO_TEMPLATES",
        /// 415.
        Never = "NEVER",
    }
}

words! {
    /// The conversion of a payload ("Content type conversions in API Gateway").
    ContentHandling {
        /// Base64 text becomes bytes.
        ConvertToBinary = "CONVERT_TO_BINARY",
        /// Bytes become base64 text.
        ConvertToText = "CONVERT_TO_TEXT",
    }
}

words! {
    /// Whether a proxy's answer is gathered or streamed.
    ResponseTransferMode { Buffered = "BUFFERED", Stream = "STREAM", }
}

/// An API: what its methods share.
///
/// ```
/// use vtl::pipeline::Api;
/// let api: Api = serde_json::from_str(r#"{"binaryMediaTypes": ["image/*"]}"#)?;
/// assert_eq!(api.binary_media_types, ["image/*"]);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Api {
    /// REST, HTTP or WebSocket; the steps of this module are those of REST.
    pub protocol: Protocol,
    /// Its name, where the document tells.
    pub name: Option<String>,
    /// Media types whose bodies are bytes; others are text.
    #[serde(deserialize_with = "null_is_default")]
    pub binary_media_types: Vec<String>,
    /// The API's own answers, by response type.
    pub gateway_responses: Table<GatewayResponse>,
    /// JSON Schemas by name.
    pub models: Table<Json>,
    /// The variables of its only stage.
    pub stage_variables: Table<String>,
    /// The methods in the order of the document.
    #[serde(deserialize_with = "null_is_default")]
    pub methods: Vec<Method>,
}

impl Default for Api {
    fn default() -> Self {
        Api {
            protocol: Protocol::Rest,
            name: None,
            binary_media_types: Vec::new(),
            gateway_responses: Table::new(),
            models: Table::new(),
            stage_variables: Table::new(),
            methods: Vec::new(),
        }
    }
}

/// A configured answer of the gateway itself: replaces the built-in one of its type.
#[derive(Clone, Debug, Default, PartialEq, Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct GatewayResponse {
    /// The status, or null for the type's own.
    #[serde(deserialize_with = "text_or_number")]
    pub status_code: Option<String>,
    /// `gatewayresponse.header.NAME` to a source.
    pub response_parameters: Table<String>,
    /// Media type to a text with substitutions; no template language.
    #[serde(deserialize_with = "templates")]
    pub response_templates: Table<String>,
}

/// A method of a resource.
///
/// ```
/// use vtl::pipeline::{IntegrationType, Method};
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
pub struct Method {
    /// `GET`, …, or `ANY`; none where the document does not tell.
    pub http_method: Option<String>,
    /// The resource's path template, such as `/pets/{id}`.
    pub path: Option<String>,
    /// `method.request.{path,querystring,header}.NAME` to whether it is required.
    pub request_parameters: Table<bool>,
    /// Media type, or `$default`, to the name of a model.
    pub request_models: Table<String>,
    /// What is checked before the integration; nothing without one.
    pub request_validator: Option<RequestValidator>,
    /// The statuses the method declares; none: every status is fine.
    #[serde(deserialize_with = "method_responses")]
    pub method_responses: Option<Table<DeclaredResponse>>,
    /// What stands behind the method.
    pub integration: Option<Integration>,
}

/// What the gateway checks of a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RequestValidator {
    /// The body against the model of its media type.
    pub validate_request_body: bool,
    /// That required parameters are there and not blank.
    pub validate_request_parameters: bool,
}

/// A method response: what a method declares for one status.
#[derive(Clone, Debug, Default, PartialEq, Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DeclaredResponse {
    /// Names of headers that mappings may set.
    #[serde(deserialize_with = "null_is_default")]
    pub headers: Vec<String>,
    /// Media type to the name of a model.
    pub models: Table<String>,
}

/// An integration of a REST method.
///
/// ```
/// use vtl::pipeline::{Integration, PassthroughBehavior};
/// let integration: Integration = serde_json::from_str(r#"{
///     "type": "http", "httpMethod": "GET", "uri": "http://backend.test/{id}",
///     "responses": {"default": {"statusCode": 200}, "4\\d{2}": {"statusCode": "404"}}
/// }"#)?;
/// assert_eq!(integration.timeout_in_millis, 29_000);
/// assert_eq!(integration.passthrough_behavior, PassthroughBehavior::WhenNoMatch);
/// assert_eq!(integration.responses[0].selection_pattern, None);
/// assert_eq!(integration.responses[1].selection_pattern.as_deref(), Some(r"4\d{2}"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Integration {
    /// Which of the five.
    #[serde(rename = "type")]
    pub kind: IntegrationType,
    /// The method of the call to the backend; `ANY` passes the client's.
    #[serde(default)]
    pub http_method: Option<String>,
    /// The endpoint, with `{name}` and `${stageVariables.name}`.
    #[serde(default)]
    pub uri: Option<String>,
    /// Through the internet or a VPC link.
    #[serde(default = "internet", deserialize_with = "null_is_internet")]
    pub connection_type: ConnectionType,
    /// The VPC link.
    #[serde(default)]
    pub connection_id: Option<String>,
    /// A role's ARN, `arn:aws:iam::*:user/*` for the caller's own, or none.
    #[serde(default)]
    pub credentials: Option<String>,
    /// `integration.request.{header,querystring,path}.NAME` to a source expression.
    #[serde(default)]
    pub request_parameters: Table<String>,
    /// Media type to template, in the order of the document; a template that is null is `""`.
    #[serde(default, deserialize_with = "templates")]
    pub request_templates: Table<String>,
    /// What happens to a body that no template fits.
    #[serde(default = "when_no_match", deserialize_with = "null_is_when_no_match")]
    pub passthrough_behavior: PassthroughBehavior,
    /// The conversion of the request's body.
    #[serde(default)]
    pub content_handling: Option<ContentHandling>,
    /// The group of cache entries; the service takes the resource's id when there is none.
    #[serde(default)]
    pub cache_namespace: Option<String>,
    /// The parameters that tell cache entries apart.
    #[serde(default, deserialize_with = "null_is_default")]
    pub cache_key_parameters: Vec<String>,
    /// How long to wait for the backend.
    #[serde(default = "default_timeout", deserialize_with = "null_is_default_timeout")]
    pub timeout_in_millis: u64,
    /// How far the endpoint's certificate is trusted.
    #[serde(default)]
    pub tls_config: Option<TlsConfig>,
    /// Gathered or streamed; none is gathered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response_transfer_mode: Option<ResponseTransferMode>,
    /// The load balancer behind a VPC link of the second generation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub integration_target: Option<String>,
    /// The integration responses, in the order of the document.
    #[serde(default, deserialize_with = "responses")]
    pub responses: Vec<ResponseRule>,
}

impl Integration {
    /// An integration of a type with the service's defaults and nothing else.
    #[must_use]
    pub fn new(kind: IntegrationType) -> Self {
        Integration {
            kind,
            http_method: None,
            uri: None,
            connection_type: ConnectionType::Internet,
            connection_id: None,
            credentials: None,
            request_parameters: Table::new(),
            request_templates: Table::new(),
            passthrough_behavior: PassthroughBehavior::WhenNoMatch,
            content_handling: None,
            cache_namespace: None,
            cache_key_parameters: Vec::new(),
            timeout_in_millis: default_timeout(),
            tls_config: None,
            response_transfer_mode: None,
            integration_target: None,
            responses: Vec::new(),
        }
    }

    /// Whether the backend is a Lambda function: its URI names the Lambda service.
    #[must_use]
    pub fn is_lambda(&self) -> bool {
        let lambda = |uri: &str| uri.starts_with("arn:") && super::uri::mask(uri).split(':').nth(4) == Some("lambda");
        self.kind.is_aws() && self.uri.as_deref().is_some_and(lambda)
    }
}

/// TLS settings of an integration.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TlsConfig {
    /// Accept certificates of private or self-made authorities.
    pub insecure_skip_verification: bool,
    /// The name to expect in the certificate (HTTP APIs).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server_name_to_verify: Option<String>,
}

/// An integration response: which answers of the backend it takes, and what becomes of them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ResponseRule {
    /// A Java regular expression that the whole status or error text must match; none for the default.
    pub selection_pattern: Option<String>,
    /// The status the client gets.
    #[serde(deserialize_with = "text_or_number_required")]
    pub status_code: String,
    /// `method.response.header.NAME` to a source expression.
    pub response_parameters: Table<String>,
    /// Media type to template, in the order of the document.
    #[serde(deserialize_with = "templates")]
    pub response_templates: Table<String>,
    /// The conversion of the backend's body.
    pub content_handling: Option<ContentHandling>,
}

fn internet() -> ConnectionType {
    ConnectionType::Internet
}

fn null_is_internet<'de, D: Deserializer<'de>>(deserializer: D) -> Result<ConnectionType, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_else(internet))
}

fn when_no_match() -> PassthroughBehavior {
    PassthroughBehavior::WhenNoMatch
}

fn null_is_when_no_match<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PassthroughBehavior, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_else(when_no_match))
}

fn default_timeout() -> u64 {
    29_000
}

fn null_is_default_timeout<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_else(default_timeout))
}

fn null_is_default<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(deserializer: D) -> Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// A status: documents write it as text or as a number.
fn text_or_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    match Json::deserialize(deserializer)? {
        Json::Null => Ok(None),
        Json::String(text) => Ok(Some(text)),
        Json::Number(number) => Ok(Some(number.to_string())),
        other => Err(serde::de::Error::custom(format!("a status code is a text or a number, not {other}"))),
    }
}

fn text_or_number_required<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(text_or_number(deserializer)?.unwrap_or_default())
}

fn templates<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Table<String>, D::Error> {
    let table = Table::<Option<String>>::deserialize(deserializer)?;
    Ok(table.into_iter().map(|(media, template)| (media, template.unwrap_or_default())).collect())
}

/// A table by status, or only a list of statuses.
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
        other => return Err(serde::de::Error::custom(format!("method responses are an object, not {other}"))),
    }
    Ok(Some(table))
}

/// A list of responses, or an object whose keys are the patterns.
fn responses<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<ResponseRule>, D::Error> {
    let read = |json: Json| serde_json::from_value::<ResponseRule>(json).map_err(serde::de::Error::custom);
    let mut rules = match Json::deserialize(deserializer)? {
        Json::Null => Vec::new(),
        Json::Array(list) => list.into_iter().map(read).collect::<Result<Vec<_>, _>>()?,
        Json::Object(members) => {
            let mut rules = Vec::with_capacity(members.len());
            for (pattern, json) in members {
                let mut rule = if json.is_null() { ResponseRule::default() } else { read(json)? };
                if pattern != "default" {
                    rule.selection_pattern.get_or_insert(pattern);
                }
                rules.push(rule);
            }
            rules
        }
        other => return Err(serde::de::Error::custom(format!("responses are an object or a list, not {other}"))),
    };
    for rule in &mut rules {
        rule.selection_pattern.take_if(|pattern| pattern.is_empty());
    }
    Ok(rules)
}
