//! `stepFunctions.stateMachines` of the plug-in serverless-step-functions: their `http` events.

use crate::diagnostic::Fault;
use crate::serverless::defaults;
use crate::serverless::functions::{COPIES, HEADERS, cors, with_route};
use crate::serverless::made::{at, attribute, flag, list, map, map_at, merge, reference, sub, text};
use crate::serverless::service::Service;
use crate::serverless::shapes;
use crate::serverless::template::{Template, normal_name};
use crate::span::Span;
use crate::syntax::tree::{Data, Node};

/// Adds the routes of a state machine's events.
///
/// # Errors
/// The events are too many.
pub(super) fn read(name: &str, machine: &Node, service: &Service<'_>, template: &mut Template) -> Result<(), Fault> {
    let id = match machine.word("id").or_else(|| machine.word("name")) {
        Some(own) => normal_name(&own),
        None => format!("{}StepFunctionsStateMachine", normal_name(name)),
    };
    shapes::check_machine(name, machine, service);
    for event in machine.get("events").map_or(&[][..], Node::items) {
        service.count(event.span)?;
        if let Some(http) = event.some("http") {
            let http = with_route(http);
            shapes::check_route(&http, service);
            add(&id, &http, service, template)?;
        }
    }
    Ok(())
}

fn add(machine: &str, http: &Node, service: &Service<'_>, template: &mut Template) -> Result<(), Fault> {
    let span = http.span;
    let (verb, path) = (http.word("method").unwrap_or_default(), http.word("path").unwrap_or_default());
    let mut preflight = cors(http, &verb, HEADERS.get(..6).unwrap_or(HEADERS), true);
    if let Some(preflight) = &mut preflight {
        preflight.is_plain = true;
    }
    let origin = preflight.as_ref().map(|cors| {
        let origins = cors.origins.join(",");
        format!("'{}'", if origins.is_empty() { cors.origin.as_str() } else { origins.as_str() })
    });
    const ORIGIN: &str = "method.response.header.Access-Control-Allow-Origin";
    let mut responses = own_responses(http).unwrap_or_else(|| default_responses(http));
    // Each response has copies of it.
    let shared = origin.as_ref().map_or(0, String::len).saturating_mul(COPIES);
    service.spend(responses.len().saturating_mul(shared), span)?;
    let header = |(name, _): (&str, &Node)| (format!("method.response.header.{name}"), flag(span, true));
    let headers = http.at(&["response", "headers"]).into_iter().flat_map(Node::fields).map(header);
    let mut declared = [map(span, headers), map::<&str>(span, [])];
    if let Some(origin) = &origin {
        for response in &mut responses {
            let mut parameters = map_at(response, "ResponseParameters");
            parameters.set(ORIGIN, text(span, origin.as_str()));
            response.set("ResponseParameters", parameters);
        }
        declared.iter_mut().for_each(|parameters| parameters.set(ORIGIN, flag(span, true)));
    }
    let action = http.word("action");
    let role = http.some("iamRole").cloned();
    let uri = format!(
        "arn:${{AWS::Partition}}:apigateway:${{AWS::Region}}:states:action/{}",
        action.as_deref().unwrap_or("StartExecution")
    );
    let integration = [
        ("IntegrationHttpMethod", text(span, "POST")),
        ("Type", text(span, "AWS")),
        ("Credentials", role.unwrap_or_else(|| attribute(span, "ApigatewayToStepFunctionsRole", "Arn"))),
        ("Uri", map(span, [("Fn::Sub", text(span, uri))])),
        ("PassthroughBehavior", text(span, if action.is_some() { "WHEN_NO_TEMPLATES" } else { "NEVER" })),
        ("RequestTemplates", request_templates(machine, http, span)),
        ("TimeoutInMillis", service.timeout(http)?),
        ("IntegrationResponses", list(span, responses)),
    ];
    let statuses = ["200", "400"].into_iter().zip(declared);
    let method_responses = statuses.map(|(status, parameters)| {
        map(span, [("StatusCode", text(span, status)), ("ResponseParameters", parameters)])
    });
    let entries = [
        ("ApiKeyRequired", at(http, &["private"])),
        ("MethodResponses", list(span, method_responses)),
        ("Integration", map(span, integration)),
    ];
    if let Some(preflight) = preflight {
        template.preflight(&path, preflight);
    }
    template.add_method(&verb, &path, map(span, entries))
}

/// Returns the request templates: the plug-in's, replaced by the event's own; none for another action
/// without templates.
fn request_templates(machine: &str, http: &Node, span: Span) -> Node {
    let arn = || ("StateMachineArn", reference(span, machine));
    let account = || ("AccountId", reference(span, "AWS::AccountId"));
    let own = http.at(&["request", "template"]);
    if own.and_then(Node::as_str) == Some("lambda_proxy") {
        let made = |template: String| sub(span, &template, [arn(), account()]);
        let entries = [
            ("application/json", made(defaults::execution_proxy_json())),
            ("application/x-www-form-urlencoded", made(defaults::execution_proxy_form())),
        ];
        return map(span, entries);
    }
    if own.is_none() && http.some("action").is_some() {
        return Node::null(span);
    }
    let made = sub(span, defaults::EXECUTION, [arn()]);
    let mut templates = map(span, [("application/json", made.clone()), ("application/x-www-form-urlencoded", made)]);
    if let Some(own) = own {
        merge(&mut templates, own);
    }
    templates
}

/// Returns the responses of `responses`, with the status as their name.
fn own_responses(http: &Node) -> Option<Vec<Node>> {
    let written = http.get("responses")?;
    let one = |(key, value): &(Node, Node)| {
        let key = key.to_word()?;
        let span = value.span;
        let word = |name: &str| value.some(name).cloned().unwrap_or_else(|| text(span, key.as_str()));
        let entries = [
            ("StatusCode", word("statusCode")),
            ("SelectionPattern", word("selectionPattern")),
            ("ResponseParameters", map_at(value, "responseParameters")),
            ("ResponseTemplates", map_at(value, "responseTemplates")),
        ];
        Some(map(span, entries))
    };
    Some(written.entries().iter().filter_map(one).collect())
}

/// Returns the responses 200 and 400; the first has the event's headers and templates.
fn default_responses(http: &Node) -> Vec<Node> {
    let span = http.span;
    let header = |(name, value): (&str, &Node)| (format!("method.response.header.{name}"), value.clone());
    let headers = http.at(&["response", "headers"]).into_iter().flat_map(Node::fields).map(header);
    let status = |status: &str, pattern: &str, parameters: Node, templates: Node| {
        let number = Node::new(span, Data::Number(status.to_owned()));
        let pattern = text(span, pattern);
        let entries = [
            ("StatusCode", number),
            ("SelectionPattern", pattern),
            ("ResponseParameters", parameters),
            ("ResponseTemplates", templates),
        ];
        map(span, entries)
    };
    let none = || map::<&str>(span, []);
    let templates = map_at(&map_at(http, "response"), "template");
    vec![status("200", "", map(span, headers), templates), status("400", "400", none(), none())]
}
