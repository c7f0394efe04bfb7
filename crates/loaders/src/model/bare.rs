//! A single integration without the document around it.

use crate::model::draft::{ApiDraft, RouteDraft};
use crate::model::integration;
use crate::model::protocol::{is_http_only, is_rest_only, protocol_of};
use crate::model::surface::Surface;
use crate::syntax::tree::Node;
use vtl::pipeline::Protocol;

/// Returns the integration below its usual name, or the node itself if it has none.
pub(crate) fn unwrap(node: &Node) -> &Node {
    const NAMES: &[&str] = &["x-amazon-apigateway-integration", "Integration", "methodIntegration"];
    let named = NAMES.iter().find_map(|name| node.get(name).filter(|inner| inner.is_map()));
    named.unwrap_or(node)
}

/// Detects the document language of an integration.
pub(crate) fn surface_of(node: &Node) -> Surface {
    let has = |names: &[&str]| names.iter().any(|name| node.get(name).is_some());
    if has(&["IntegrationType", "IntegrationUri", "IntegrationMethod"]) {
        Surface::CfnV2
    } else if is_cfn_integration(node) {
        Surface::Cfn
    } else if has(&["restApiId", "resourceId", "integrationHttpMethod"]) {
        Surface::CliInput
    } else if has(&["integrationResponses"]) {
        Surface::CliOutput
    } else {
        Surface::OpenApi
    }
}

/// Reads an integration as the only route of an API. The protocol is guessed if it is `None`.
pub(crate) fn load(node: &Node, surface: Surface, protocol: Option<Protocol>) -> ApiDraft {
    let protocol = protocol.unwrap_or_else(|| match surface {
        Surface::CfnV2 | Surface::TerraformV2 => protocol_of(node, surface),
        Surface::OpenApi if is_http_only(node) => Protocol::Http,
        Surface::OpenApi if node.some("payloadFormatVersion").is_some() && !is_rest_only(node) => Protocol::Http,
        _ => Protocol::Rest,
    });
    let mut route = RouteDraft { span: node.span, ..RouteDraft::default() };
    route.method.integration = integration::read(node, surface, protocol, &mut route);
    ApiDraft::with_route(protocol, route)
}

/// Checks for the `Integration` property of a CloudFormation method.
pub(crate) fn is_cfn_integration(node: &Node) -> bool {
    const WORDS: &[&str] = &["AWS", "AWS_PROXY", "HTTP", "HTTP_PROXY", "MOCK"];
    let own = [
        "IntegrationHttpMethod",
        "IntegrationResponses",
        "RequestTemplates",
        "Uri",
        "PassthroughBehavior",
        "CacheNamespace",
    ];
    node.word("Type").is_some_and(|word| WORDS.contains(&word.to_ascii_uppercase().as_str()))
        || (node.get("IntegrationType").is_none() && own.iter().take(2).any(|key| node.get(key).is_some()))
}
