//! The protocol of an API, judged by an integration alone.

use crate::model::surface::Surface;
use crate::syntax::tree::Node;
use vtl::pipeline::Protocol;

/// Returns the protocol of the API that an integration of version 2 must belong to.
///
/// A payload format, a subtype, response parameters, a TLS server name or a VPC link mean HTTP.
/// Templates, selection expressions, a content handling or a type that is not a proxy mean
/// WebSocket. HTTP if nothing is decisive.
pub(crate) fn protocol_of(node: &Node, surface: Surface) -> Protocol {
    let has = |name: &str| {
        node.some(&surface.spell(name)).is_some_and(|value| {
            !value.to_word().is_some_and(|word| word.is_empty())
                && (value.to_word().is_some() || !value.each().is_empty())
        })
    };
    let word = |name: &str| node.word(&surface.spell(name)).unwrap_or_default();
    let server_name =
        |config: &Node| config.each().iter().any(|one| one.some(&surface.spell("ServerNameToVerify")).is_some());
    if ["PayloadFormatVersion", "IntegrationSubtype", "ResponseParameters"].iter().any(|name| has(name))
        || node.get(&surface.spell("TlsConfig")).is_some_and(server_name)
        || word("ConnectionType") == "VPC_LINK"
    {
        return Protocol::Http;
    }
    let has_templates = node.get(&surface.spell("RequestTemplates")).is_some_and(|value| !value.entries().is_empty());
    let is_plain = matches!(word("IntegrationType").as_str(), "AWS" | "HTTP" | "MOCK");
    if has_templates || has("TemplateSelectionExpression") || has("ContentHandlingStrategy") || is_plain {
        return Protocol::WebSocket;
    }
    Protocol::Http
}

/// Checks an OpenAPI integration for properties that an HTTP API cannot have.
pub(crate) fn is_rest_only(integration: &Node) -> bool {
    const OF_REST: &[&str] = &[
        "passthroughBehavior",
        "contentHandling",
        "requestTemplates",
        "responses",
        "cacheKeyParameters",
        "cacheNamespace",
    ];
    let kind = integration.word("type").unwrap_or_default().to_ascii_uppercase();
    matches!(kind.as_str(), "HTTP" | "AWS" | "MOCK") || OF_REST.iter().any(|name| integration.some(name).is_some())
}

/// Checks an OpenAPI integration for properties that a REST API cannot have.
pub(crate) fn is_http_only(integration: &Node) -> bool {
    integration.some("integrationSubtype").is_some()
        || integration.word("payloadFormatVersion").is_some_and(|version| matches!(version.as_str(), "2.0" | "2"))
        || integration.at(&["tlsConfig", "serverNameToVerify"]).is_some()
}
