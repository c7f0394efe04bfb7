//! Responses in any document language: of integrations, of gateways, and as methods declare them.

use crate::diagnostic::Remark;
use crate::model::draft::RouteDraft;
use crate::model::shape::Shape::{self, Any, Flag, Map, Scalar};
use crate::model::shape::{Check, Object};
use crate::model::surface::{Surface, camel};
use crate::model::table::{self, first, table};
use crate::syntax::tree::Node;
use std::borrow::Cow;
use std::collections::HashMap;
use vtl::Code;
use vtl::pipeline::model::{ContentHandling, DeclaredResponse, GatewayResponse, ResponseRule};

/// The properties of an integration response.
const RESPONSE: Object = Object {
    fields: &[
        ("StatusCode", Scalar),
        ("SelectionPattern", Scalar),
        ("ContentHandling", Scalar),
        ("ResponseParameters", Map(&Any)),
        ("ResponseTemplates", Map(&Any)),
        ("RestApiId", Scalar),
        ("ResourceId", Scalar),
        ("HttpMethod", Scalar),
        ("Id", Scalar),
        ("Region", Scalar),
    ],
    closed: Some("an integration response"),
};

/// The properties of an integration response of a WebSocket API.
const RESPONSE_V2: Object = Object {
    fields: &[
        ("StatusCode", Scalar),
        ("SelectionPattern", Scalar),
        ("ContentHandlingStrategy", Scalar),
        ("IntegrationResponseKey", Scalar),
        ("TemplateSelectionExpression", Scalar),
        ("ResponseParameters", Map(&Any)),
        ("ResponseTemplates", Map(&Any)),
        ("ApiId", Scalar),
        ("IntegrationId", Scalar),
        ("IntegrationResponseId", Scalar),
        ("Id", Scalar),
        ("Region", Scalar),
    ],
    closed: Some("an integration response"),
};

/// The properties of a gateway response.
pub(crate) const GATEWAY_RESPONSE: Object = Object {
    fields: &[
        ("StatusCode", Scalar),
        ("ResponseParameters", Map(&Any)),
        ("ResponseTemplates", Map(&Any)),
        ("ResponseType", Scalar),
        ("DefaultResponse", Flag),
        ("RestApiId", Scalar),
        ("Id", Scalar),
        ("Region", Scalar),
    ],
    closed: Some("a gateway response"),
};

/// The properties of a response that a method declares.
pub(crate) const DECLARED_RESPONSE: Object = Object {
    fields: &[
        ("StatusCode", Scalar),
        ("ResponseModels", Map(&Scalar)),
        ("ResponseParameters", Map(&Any)),
        ("RestApiId", Scalar),
        ("ResourceId", Scalar),
        ("HttpMethod", Scalar),
        ("Id", Scalar),
        ("Region", Scalar),
    ],
    closed: Some("a method response"),
};

/// Reads an integration response; `pointer` is its place below the integration.
pub(crate) fn response_rule(node: &Node, surface: Surface, pointer: &str, draft: &mut RouteDraft) -> ResponseRule {
    let name = |name: &str| surface.spell(name);
    let object = if surface.is_v2() { &RESPONSE_V2 } else { &RESPONSE };
    let mut check = Check::new(&mut draft.remarks).spelled(surface.has_blocks(), &name).of_property("responses");
    check.value("an integration response", node, &Shape::Object(object));
    let word = |key: &str| node.word(&name(key)).filter(|word| !word.is_empty());
    for key in ["StatusCode", "SelectionPattern", "ContentHandling"] {
        if let Some(value) = node.get(&name(key)) {
            draft.mark(format!("{pointer}/{}", camel(key)), value);
        }
    }
    draft.mark(pointer.to_owned(), node);
    let handling = if surface.is_v2() { "ContentHandlingStrategy" } else { "ContentHandling" };
    let parameters = node.some(&name("ResponseParameters")).map(|value| {
        let texts = imported(value, "responseParameters", surface, draft);
        let table = table::words(&texts, "responses", &mut draft.remarks);
        draft.mark_entries(&format!("{pointer}/responseParameters"), value, &table);
        table
    });
    let response_templates = node.some(&name("ResponseTemplates")).map(|value| {
        let texts = imported(value, "responseTemplates", surface, draft);
        let table = table::templates(&texts, "responses", &mut draft.remarks);
        draft.mark_templates(&format!("{pointer}/responseTemplates"), value, &table);
        table
    });
    let content_handling = word(handling).and_then(|word| {
        let found: Option<ContentHandling> = word.parse().ok();
        if found.is_none() && !word.contains("${") {
            let message = format!("Value '{word}' failed to satisfy constraint: Member must satisfy enum value set");
            draft.remark(Code::InvalidEnumValue, "responses", message, node.span);
        }
        found
    });
    let mut rule = ResponseRule::default();
    rule.selection_pattern = word("SelectionPattern");
    if surface.is_v2() {
        rule.integration_response_key = word("IntegrationResponseKey");
        rule.template_selection_expression = word("TemplateSelectionExpression");
    }
    rule.status_code = word("StatusCode").unwrap_or_default();
    rule.response_parameters = parameters.unwrap_or_default();
    rule.response_templates = response_templates.unwrap_or_default();
    rule.content_handling = content_handling;
    rule
}

/// Returns a map as the import of an OpenAPI document reads it.
fn imported<'n>(value: &'n Node, name: &str, surface: Surface, draft: &mut RouteDraft) -> Cow<'n, Node> {
    match surface {
        Surface::OpenApi => Cow::Owned(table::imported(value, name, "responses", &mut draft.remarks)),
        _ => Cow::Borrowed(value),
    }
}

/// Reads a gateway response.
pub(crate) fn gateway_response(node: &Node, surface: Surface, remarks: &mut Vec<Remark>) -> GatewayResponse {
    let spell = |name: &str| surface.spell(name);
    Check::new(remarks).spelled(surface.has_blocks(), &spell).value(
        "a gateway response",
        node,
        &Shape::Object(&GATEWAY_RESPONSE),
    );
    let part = |name: &str| node.some(&spell(name));
    let parameters = part("ResponseParameters").map(|value| table::words(value, "", remarks));
    let templates = part("ResponseTemplates").map(|value| table::templates(value, "", remarks));
    let mut response = GatewayResponse::default();
    response.status_code = node.word(&surface.spell("StatusCode")).filter(|status| !status.is_empty());
    response.response_parameters = parameters.unwrap_or_default();
    response.response_templates = templates.unwrap_or_default();
    response
}

/// Reads a response that a method declares; `models` has the names of models by their references.
pub(crate) fn declared_response(
    node: &Node,
    surface: Surface,
    models: &HashMap<String, String>,
    remarks: &mut Vec<Remark>,
) -> DeclaredResponse {
    let spell = |name: &str| surface.spell(name);
    Check::new(remarks).spelled(surface.has_blocks(), &spell).value(
        "a method response",
        node,
        &Shape::Object(&DECLARED_RESPONSE),
    );
    let parameters = node.some(&spell("ResponseParameters"));
    let named = node.some(&spell("ResponseModels")).map(|node| table(node, remarks, Node::to_word));
    let header = |(name, _): (&str, &Node)| name.strip_prefix("method.response.header.").unwrap_or(name).to_owned();
    let mut declared = DeclaredResponse::default();
    let read = parameters.map_or(&[][..], |node| first(node.entries(), node.span, "", remarks));
    let read = read.iter().filter_map(|(name, value)| Some((name.as_str()?, value)));
    declared.headers = read.map(header).collect();
    let named = named.unwrap_or_default().into_iter();
    declared.models = named.map(|(media, name)| (media, models.get(&name).cloned().unwrap_or(name))).collect();
    declared
}
