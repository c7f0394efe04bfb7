//! One integration that stands for itself, as a page or a command shows it: in the words of OpenAPI, of CloudFormation, or of the
//! service's API (`put-integration`'s input, `get-integration`'s output, and their counterparts of version 2).

use crate::assemble::v2;
use crate::detect;
use crate::model::draft::{ApiDraft, RouteDraft};
use crate::model::integration::{self, Surface};
use crate::syntax::tree::Node;
use vtl::pipeline::Protocol;

/// The integration below a name that a document would give it, or the node itself.
pub(crate) fn unwrap(node: &Node) -> &Node {
    const NAMES: &[&str] = &["x-amazon-apigateway-integration", "Integration", "methodIntegration"];
    let named = NAMES.iter().find_map(|name| node.get(name).filter(|inner| inner.is_map()));
    named.unwrap_or(node)
}

/// In whose words an integration is written.
pub(crate) fn surface_of(node: &Node) -> Surface {
    let has = |names: &[&str]| names.iter().any(|name| node.get(name).is_some());
    if has(&["IntegrationType", "IntegrationUri", "IntegrationMethod"]) {
        Surface::CfnV2
    } else if detect::is_cfn_integration(node) {
        Surface::Cfn
    } else if has(&["restApiId", "resourceId", "integrationHttpMethod"]) {
        Surface::CliInput
    } else if has(&["integrationResponses"]) {
        Surface::CliOutput
    } else {
        Surface::OpenApi
    }
}

/// Reads it as the only route of an API of which nothing else is known.
pub(crate) fn load(node: &Node, surface: Surface, protocol: Option<Protocol>) -> ApiDraft {
    let protocol = protocol.unwrap_or_else(|| match surface {
        Surface::CfnV2 | Surface::TerraformV2 => v2::protocol_of(node, surface),
        Surface::OpenApi if is_http_only(node) => Protocol::Http,
        _ => Protocol::Rest,
    });
    let mut route = RouteDraft { span: node.span, ..RouteDraft::default() };
    route.method.integration = integration::read(node, surface, protocol, &mut route);
    let mut api = ApiDraft::unknown(protocol);
    api.routes.push(route);
    api
}

/// What an OpenAPI integration of a REST API cannot have.
pub(crate) fn is_http_only(integration: &Node) -> bool {
    ["payloadFormatVersion", "integrationSubtype"].iter().any(|name| integration.some(name).is_some())
        || integration.at(&["tlsConfig", "serverNameToVerify"]).is_some()
}
