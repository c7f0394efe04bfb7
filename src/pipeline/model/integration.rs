//! What is configured: APIs, methods, integrations and their responses, as plain data.
//!
//! One model for every way of writing an integration down (OpenAPI, CloudFormation, Terraform, command line):
//! the words are those of the service's API in camel case, enumerations in capitals, defaults filled in. Reading is more liberal than
//! writing: enumerations in any case, `responses` as a list or keyed by pattern, null for an empty table.

use crate::pipeline::model::reading::{
    default_timeout, internet, is_false, method_responses, null_is_default, null_is_default_timeout, null_is_internet,
    null_is_when_no_match, responses, status_mappings, templates, text_or_number, text_or_number_required, version,
    when_no_match,
};
use crate::pipeline::model::table::Table;
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
    /// REST, HTTP or WebSocket.
    #[serde(alias = "protocolType")]
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
    /// WebSocket APIs: what tells the route of a message, such as `$request.body.action`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub route_selection_expression: Option<String>,
    /// The methods or routes in the order of the document.
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
            route_selection_expression: None,
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

/// A method of a resource, or a route of an HTTP or WebSocket API.
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
    /// The key of a route that is no method and path: `$default`, or any of a WebSocket API.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub route_key: Option<String>,
    /// WebSocket APIs: whether the route has a response, so that an answer goes back.
    #[serde(skip_serializing_if = "is_false")]
    pub route_response: bool,
    /// WebSocket APIs: what tells the model that a message is checked against.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model_selection_expression: Option<String>,
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

/// An integration of a method or route.
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
    #[serde(rename = "type", alias = "IntegrationType")]
    pub kind: IntegrationType,
    /// The method of the call to the backend; `ANY` passes the client's.
    #[serde(default, alias = "IntegrationMethod")]
    pub http_method: Option<String>,
    /// The endpoint, with `{name}` and `${stageVariables.name}`.
    #[serde(default, alias = "IntegrationUri")]
    pub uri: Option<String>,
    /// Through the internet or a VPC link.
    #[serde(default = "internet", deserialize_with = "null_is_internet", alias = "ConnectionType")]
    pub connection_type: ConnectionType,
    /// The VPC link.
    #[serde(default, alias = "ConnectionId")]
    pub connection_id: Option<String>,
    /// A role's ARN, `arn:aws:iam::*:user/*` for the caller's own, or none.
    #[serde(default, alias = "CredentialsArn")]
    pub credentials: Option<String>,
    /// `integration.request.{header,querystring,path}.NAME` to a source expression; HTTP APIs: `append:header.NAME` and
    /// the like, or the parameters of the service call.
    #[serde(default, alias = "RequestParameters")]
    pub request_parameters: Table<String>,
    /// Media type (WebSocket APIs: the selected key) to template, in the order of the document; a template that is null is
    /// `""`.
    #[serde(default, deserialize_with = "templates", alias = "RequestTemplates")]
    pub request_templates: Table<String>,
    /// What happens to a body that no template fits.
    #[serde(default = "when_no_match", deserialize_with = "null_is_when_no_match", alias = "PassthroughBehavior")]
    pub passthrough_behavior: PassthroughBehavior,
    /// The conversion of the request's body.
    #[serde(default, alias = "ContentHandlingStrategy")]
    pub content_handling: Option<ContentHandling>,
    /// The group of cache entries; the service takes the resource's id when there is none.
    #[serde(default)]
    pub cache_namespace: Option<String>,
    /// The parameters that tell cache entries apart.
    #[serde(default, deserialize_with = "null_is_default")]
    pub cache_key_parameters: Vec<String>,
    /// How long to wait for the backend.
    #[serde(default = "default_timeout", deserialize_with = "null_is_default_timeout", alias = "TimeoutInMillis")]
    pub timeout_in_millis: u64,
    /// How far the endpoint's certificate is trusted.
    #[serde(default, alias = "TlsConfig")]
    pub tls_config: Option<TlsConfig>,
    /// Gathered or streamed; none is gathered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response_transfer_mode: Option<ResponseTransferMode>,
    /// The load balancer behind a VPC link of the second generation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub integration_target: Option<String>,
    /// HTTP APIs: the version of the event a function gets, `1.0` or `2.0`.
    #[serde(default, alias = "PayloadFormatVersion", deserialize_with = "version")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payload_format_version: Option<String>,
    /// HTTP APIs: the service call behind AWS_PROXY in place of a URI, such as `SQS-SendMessage`.
    #[serde(default, alias = "IntegrationSubtype", skip_serializing_if = "Option::is_none")]
    pub integration_subtype: Option<String>,
    /// HTTP APIs: status of the backend's answer to destination (`overwrite:header.NAME`) to source.
    #[serde(default, alias = "ResponseParameters", deserialize_with = "status_mappings")]
    #[serde(skip_serializing_if = "Table::is_empty")]
    pub response_parameters: Table<Table<String>>,
    /// WebSocket APIs: what tells the request template.
    #[serde(default, alias = "TemplateSelectionExpression", skip_serializing_if = "Option::is_none")]
    pub template_selection_expression: Option<String>,
    /// What its author says about it.
    #[serde(default, alias = "Description", skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The integration responses, in the order of the document.
    #[serde(default, deserialize_with = "responses", alias = "IntegrationResponses")]
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
            payload_format_version: None,
            integration_subtype: None,
            response_parameters: Table::new(),
            template_selection_expression: None,
            description: None,
            responses: Vec::new(),
        }
    }

    /// Reads an integration in the words of version 2 of the service's API (`IntegrationType`, `IntegrationUri`, …), as
    /// CloudFormation and the command line write it.
    ///
    /// ```
    /// use vtl::pipeline::{Integration, Protocol};
    /// let json = serde_json::json!({"IntegrationType": "HTTP_PROXY", "IntegrationMethod": "ANY", "IntegrationUri": "https://b.test",
    ///     "PayloadFormatVersion": 1.0, "ResponseParameters": {"404": {"overwrite:statuscode": "200"}}});
    /// let integration = Integration::from_v2(json, Protocol::Http)?;
    /// assert_eq!((integration.timeout_in_millis, integration.payload_format_version.as_deref()), (30_000, Some("1.0")));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    ///
    /// # Errors
    /// A word that an enumeration does not have, or a value of the wrong type.
    pub fn from_v2(mut json: Json, protocol: Protocol) -> Result<Self, serde_json::Error> {
        if let (Protocol::Http, Some(members)) = (protocol, json.as_object_mut()) {
            members.entry("TimeoutInMillis").or_insert(30_000.into());
        }
        serde_json::from_value(json)
    }

    /// Whether the backend is a Lambda function: its URI names the Lambda service, or, in version 2, the function itself.
    #[must_use]
    pub fn is_lambda(&self) -> bool {
        let lambda = |uri: &str| {
            let masked = crate::pipeline::model::uri::mask(uri);
            let mut parts = masked.split(':');
            let named = (parts.next(), parts.nth(1), parts.nth(1));
            matches!(named, (Some("arn"), Some("lambda"), _) | (Some("arn"), _, Some("lambda")))
        };
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
    #[serde(alias = "ServerNameToVerify", skip_serializing_if = "Option::is_none")]
    pub server_name_to_verify: Option<String>,
}

/// An integration response: which answers of the backend it takes, and what becomes of them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ResponseRule {
    /// A Java regular expression that the whole status or error text must match; none for the default.
    pub selection_pattern: Option<String>,
    /// WebSocket APIs, in place of the pattern: `$default`, or a pattern between slashes.
    #[serde(alias = "IntegrationResponseKey", skip_serializing_if = "Option::is_none")]
    pub integration_response_key: Option<String>,
    /// WebSocket APIs: what tells the response template.
    #[serde(alias = "TemplateSelectionExpression", skip_serializing_if = "Option::is_none")]
    pub template_selection_expression: Option<String>,
    /// The status the client gets; WebSocket APIs have none.
    #[serde(deserialize_with = "text_or_number_required")]
    pub status_code: String,
    /// `method.response.header.NAME` to a source expression.
    #[serde(alias = "ResponseParameters")]
    pub response_parameters: Table<String>,
    /// Media type (WebSocket APIs: the selected key) to template, in the order of the document.
    #[serde(alias = "ResponseTemplates", deserialize_with = "templates")]
    pub response_templates: Table<String>,
    /// The conversion of the backend's body.
    #[serde(alias = "ContentHandlingStrategy")]
    pub content_handling: Option<ContentHandling>,
}
