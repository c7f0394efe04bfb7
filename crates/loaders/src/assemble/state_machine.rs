//! Events of SAM's state machines, which make methods that start an execution.

use crate::assemble::resource::Resource;
use crate::assemble::sam_cors::generated;
use crate::model::draft::RouteDraft;
use crate::syntax::tree::Node;
use vtl::pipeline::Integration;
use vtl::pipeline::model::{DeclaredResponse, IntegrationType, ResponseRule, Table};

/// Reads the method of an `Api` event, with the template that SAM's translator generates
/// (samtranslator/model/stepfunctions/events.py and `add_state_machine_integration`).
pub(super) fn route(machine: &Resource, name: &str, event: &Node, properties: &Node) -> RouteDraft {
    let id = machine.ids.first().map_or("", String::as_str).trim_start_matches("${").trim_end_matches('}');
    let verb = properties.word("Method").unwrap_or_else(|| "any".to_owned()).to_ascii_uppercase();
    let is_plain = properties.get("UnescapeMappingTemplate").and_then(Node::to_bool) == Some(true);
    // Within JavaScript's escapes `'` is `\'`, which JSON does not have.
    let input = match is_plain {
        true => r#"$util.escapeJavaScript($input.json('$')).replaceAll("\\'","'")"#,
        false => "$util.escapeJavaScript($input.json('$'))",
    };
    let mut made = Integration::new(IntegrationType::Aws);
    made.http_method = Some("POST".to_owned());
    made.uri = Some("arn:${AWS::Partition}:apigateway:${AWS::Region}:states:action/StartExecution".to_owned());
    made.credentials = Some(format!("${{{id}{name}Role.Arn}}"));
    made.request_templates
        .set("application/json", format!("{{\"input\": \"{input}\", \"stateMachineArn\": \"${{{id}}}\"}}"));
    made.responses = ["200", "400"]
        .map(|status| {
            let mut rule = ResponseRule::default();
            rule.selection_pattern = Some(status.to_owned());
            rule.status_code = status.to_owned();
            rule
        })
        .to_vec();
    let mut route = generated(event.span, &verb, &properties.word("Path").unwrap_or_default());
    route.placeholders.push("/requestTemplates/application~1json".to_owned());
    let declared = ["200", "400"].map(|status| (status, DeclaredResponse::default()));
    route.method.method_responses = Some(Table::from_iter(declared));
    route.method.integration = Some(made);
    route
}
