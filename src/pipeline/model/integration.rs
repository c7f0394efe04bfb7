//! Integrations: the backend of a method or route, and the transformations around it.

use super::reading::{
    default_timeout, internet, null_is_default, null_is_default_timeout, null_is_internet, null_is_when_no_match,
    templates, version, when_no_match,
};
use super::response::{ResponseRule, responses};
use super::table::Table;
use super::words::{
    ConnectionType, ContentHandling, IntegrationType, PassthroughBehavior, Protocol, ResponseTransferMode,
};
use serde::Serialize;
use serde::de::{Deserialize, Deserializer, Error as _};
use serde_json::Value as Json;
use std::collections::HashMap;

/// An integration of a method or route.
///
/// ```
/// use vtl::pipeline::Integration;
/// use vtl::pipeline::model::PassthroughBehavior;
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
#[non_exhaustive]
pub struct Integration {
    /// Type of the integration.
    #[serde(rename = "type", alias = "IntegrationType")]
    pub kind: IntegrationType,
    /// HTTP method of the call to the backend; `ANY` passes that of the client.
    #[serde(default, alias = "IntegrationMethod")]
    pub http_method: Option<String>,
    /// Endpoint, with `{name}` and `${stageVariables.name}`.
    #[serde(default, alias = "IntegrationUri")]
    pub uri: Option<String>,
    /// Network path to the backend.
    #[serde(default = "internet", deserialize_with = "null_is_internet", alias = "ConnectionType")]
    pub connection_type: ConnectionType,
    /// Id of the VPC link.
    #[serde(default, alias = "ConnectionId")]
    pub connection_id: Option<String>,
    /// ARN of the role to call with, `arn:aws:iam::*:user/*` for the caller's own, or `None`.
    #[serde(default, alias = "CredentialsArn")]
    pub credentials: Option<String>,
    /// Source expressions by `integration.request.{header,querystring,path}.NAME`. In HTTP APIs by
    /// `append:header.NAME` and the like, or the parameters of the service call.
    #[serde(default, alias = "RequestParameters")]
    pub request_parameters: Table<String>,
    /// Templates by media type, or by the selected key in WebSocket APIs, in the order of the
    /// document; a template that is null is `""`.
    #[serde(default, deserialize_with = "templates", alias = "RequestTemplates")]
    pub request_templates: Table<String>,
    /// Treatment of a body that no template fits.
    #[serde(default = "when_no_match", deserialize_with = "null_is_when_no_match", alias = "PassthroughBehavior")]
    pub passthrough_behavior: PassthroughBehavior,
    /// Conversion of the request body.
    #[serde(default, alias = "ContentHandlingStrategy")]
    pub content_handling: Option<ContentHandling>,
    /// Group of cache entries; `None` is the id of the resource.
    #[serde(default)]
    pub cache_namespace: Option<String>,
    /// Parameters that distinguish cache entries.
    #[serde(default, deserialize_with = "null_is_default")]
    pub cache_key_parameters: Vec<String>,
    /// Longest wait for the backend, in milliseconds.
    #[serde(default = "default_timeout", deserialize_with = "null_is_default_timeout", alias = "TimeoutInMillis")]
    pub timeout_in_millis: u64,
    /// TLS settings of the endpoint.
    #[serde(default, alias = "TlsConfig")]
    pub tls_config: Option<TlsConfig>,
    /// Transfer mode of the response; `None` is buffered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response_transfer_mode: Option<ResponseTransferMode>,
    /// Load balancer behind a VPC link of the second generation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub integration_target: Option<String>,
    /// Version of the event that a function receives, `1.0` or `2.0`. HTTP APIs only.
    #[serde(default, alias = "PayloadFormatVersion", deserialize_with = "version")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payload_format_version: Option<String>,
    /// Service call in place of a URI, such as `SQS-SendMessage`. HTTP APIs only.
    #[serde(default, alias = "IntegrationSubtype", skip_serializing_if = "Option::is_none")]
    pub integration_subtype: Option<String>,
    /// Mappings by status of the backend's answer: sources by destination, such as
    /// `overwrite:header.NAME`. HTTP APIs only.
    #[serde(default, alias = "ResponseParameters", deserialize_with = "status_mappings")]
    #[serde(skip_serializing_if = "Table::is_empty")]
    pub response_parameters: Table<Table<String>>,
    /// Expression that selects the request template. WebSocket APIs only.
    #[serde(default, alias = "TemplateSelectionExpression", skip_serializing_if = "Option::is_none")]
    pub template_selection_expression: Option<String>,
    /// Description by the author of the document.
    #[serde(default, alias = "Description", skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Integration responses in the order of the document.
    #[serde(default, deserialize_with = "responses", alias = "IntegrationResponses")]
    pub responses: Vec<ResponseRule>,
}

impl Integration {
    /// Creates an integration with the service's defaults.
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

    /// Reads an integration in the words of version 2 of the service's API (`IntegrationType`,
    /// `IntegrationUri`, …), as CloudFormation and the AWS CLI write it.
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
    /// An unknown word of an enumeration, or a value of the wrong type.
    pub fn from_v2(mut json: Json, protocol: Protocol) -> Result<Self, serde_json::Error> {
        if let (Protocol::Http, Some(members)) = (protocol, json.as_object_mut()) {
            members.entry("TimeoutInMillis").or_insert(30_000.into());
        }
        serde_json::from_value(json)
    }

    /// Returns the name of an integration response, by which its templates are named: its status if
    /// no other response has the same, else its pattern or key.
    ///
    /// ```
    /// use vtl::pipeline::Integration;
    /// let integration: Integration = serde_json::from_str(r#"{"type": "mock", "responses": {
    ///     "default": {"statusCode": "200"}, "4..": {"statusCode": "400"}, "5..": {"statusCode": "400"}}}"#)?;
    /// let names = integration.responses.iter().map(|rule| integration.response_name(rule));
    /// assert_eq!(names.collect::<Vec<_>>(), ["200", "4..", "5.."]);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn response_name<'a>(&self, rule: &'a ResponseRule) -> &'a str {
        let same = self.responses.iter().filter(|other| other.status_code == rule.status_code).count();
        name_of(rule, same == 1)
    }

    /// Iterates over the integration responses with their [names](Integration::response_name).
    pub fn response_names(&self) -> impl Iterator<Item = (&ResponseRule, &str)> {
        let mut counts: HashMap<&str, usize> = HashMap::new();
        for rule in &self.responses {
            *counts.entry(&rule.status_code).or_default() += 1;
        }
        self.responses.iter().map(move |rule| {
            let is_only = counts.get(rule.status_code.as_str()) == Some(&1);
            (rule, name_of(rule, is_only))
        })
    }

    /// Checks whether the backend is a Lambda function: the URI names the Lambda service, or, in
    /// version 2, the function itself.
    #[must_use]
    pub fn is_lambda(&self) -> bool {
        let lambda = |uri: &str| {
            let masked = super::uri::mask(uri);
            let mut parts = masked.split(':');
            let named = (parts.next(), parts.nth(1), parts.nth(1));
            matches!(named, (Some("arn"), Some("lambda"), _) | (Some("arn"), _, Some("lambda")))
        };
        self.kind.is_aws() && self.uri.as_deref().is_some_and(lambda)
    }
}

/// Returns the name of a response: its key, its status if it is the only one with it, else its pattern.
fn name_of(rule: &ResponseRule, is_only: bool) -> &str {
    if let Some(key) = &rule.integration_response_key {
        return key;
    }
    if is_only && !rule.status_code.is_empty() {
        return &rule.status_code;
    }
    rule.selection_pattern.as_deref().unwrap_or("default")
}

/// TLS settings of an integration.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct TlsConfig {
    /// `true` if certificates of private or self-signed authorities are accepted.
    pub insecure_skip_verification: bool,
    /// Name to expect in the certificate. HTTP APIs only.
    #[serde(alias = "ServerNameToVerify", skip_serializing_if = "Option::is_none")]
    pub server_name_to_verify: Option<String>,
}

/// Reads mappings by status, as objects or as CloudFormation's lists of `Destination` and `Source`.
fn status_mappings<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Table<Table<String>>, D::Error> {
    #[derive(serde::Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Pair {
        destination: String,
        #[serde(default)]
        source: String,
    }

    let mut by_status = Table::new();
    for (status, mut json) in Table::<Json>::deserialize(deserializer)? {
        let mappings = match json.get_mut("ResponseParameters") {
            Some(list) => {
                let pairs = Vec::<Pair>::deserialize(list.take()).map_err(D::Error::custom)?;
                pairs.into_iter().map(|pair| (pair.destination, pair.source)).collect()
            }
            None => Table::deserialize(json).map_err(D::Error::custom)?,
        };
        by_status.set(status, mappings);
    }
    Ok(by_status)
}
