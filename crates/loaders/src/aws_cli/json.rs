//! JSON of the AWS CLI: what a command is given (`--cli-input-json`), and what it prints (`get-integration`, `get-method`,
//! `get-resources --embed methods`, `get-integrations` …).

use crate::assemble::{self, Resource, assemble};
use crate::aws_cli::command::clean;
use crate::context::Context;
use crate::document::Fault;
use crate::model::bare;
use crate::model::draft::{ApiDraft, Drafts, RouteDraft};
use crate::model::integration::{self, Surface};
use crate::openapi;
use crate::syntax::tree::{Data, Node};
use std::collections::HashMap;
use vtl::pipeline::{Protocol, Table};

/// Loads the input or the output of a command.
pub(crate) fn load(root: &Node, context: &Context<'_, '_>) -> Result<Drafts, Fault> {
    let has = |names: &[&str]| names.iter().any(|name| root.get(name).is_some());
    if let Some(items) = root.get("Items") {
        return version_2(items.each(), context);
    }
    if has(&["IntegrationType", "RouteKey", "ProtocolType", "IntegrationResponseKey"]) {
        return version_2(std::slice::from_ref(root), context);
    }
    if has(&["items", "item", "resourceMethods"]) {
        let items = root.get("items").or_else(|| root.get("item")).unwrap_or(root);
        return Ok(alone(resources(items.each())));
    }
    if has(&["restApiId", "resourceId"]) {
        return input(root, context);
    }
    if has(&["methodIntegration", "methodResponses", "authorizationType"]) {
        let mut api = ApiDraft::unknown(Protocol::Rest);
        api.routes.push(method(root, None, None));
        return Ok(alone(api));
    }
    if has(&["integrationHttpMethod"]) {
        return Ok(alone(bare::load(&clean(root), Surface::CliInput, Some(Protocol::Rest))));
    }
    if has(&["type"]) {
        return Ok(alone(bare::load(root, Surface::CliOutput, Some(Protocol::Rest))));
    }
    Err(Fault::new(root.span, "no integration is in it; it may be the input or output of another command"))
}

fn alone(api: ApiDraft) -> Drafts {
    Drafts { apis: vec![api], remarks: Vec::new() }
}

/// What a command of version 1 is given.
fn input(root: &Node, context: &Context<'_, '_>) -> Result<Drafts, Fault> {
    let kind = if root.get("type").is_some() {
        "Integration"
    } else if root.get("authorizationType").is_some() {
        "Method"
    } else {
        return Err(Fault::new(root.span, "no integration is in it; `put-integration` needs a `type`"));
    };
    let resource = Resource {
        kind: kind.to_owned(),
        ids: Vec::new(),
        properties: clean(root),
        surface: Surface::CliInput,
        span: root.span,
    };
    assemble(&[resource], context)
}

/// What commands of version 2 are given or print: any mix of APIs, routes and integrations.
fn version_2(items: &[Node], context: &Context<'_, '_>) -> Result<Drafts, Fault> {
    const KINDS: &[(&str, &str, &str)] = &[
        ("IntegrationResponseKey", "V2IntegrationResponse", ""),
        ("IntegrationType", "V2Integration", "IntegrationId"),
        ("RouteKey", "V2Route", "RouteId"),
        ("ProtocolType", "V2Api", "ApiId"),
        ("StageName", "V2Stage", ""),
    ];
    let mut resources = Vec::new();
    for item in items {
        let Some((_, kind, id)) = KINDS.iter().find(|(mark, ..)| item.get(mark).is_some()) else { continue };
        resources.push(Resource {
            kind: (*kind).to_owned(),
            ids: item.word(id).into_iter().collect(),
            properties: clean(item),
            surface: Surface::Cfn,
            span: item.span,
        });
    }
    match (resources.is_empty(), items.first()) {
        (true, Some(first)) => Err(Fault::new(first.span, "no integration and no route is in it")),
        _ => assemble(&resources, context),
    }
}

/// `get-resources --embed methods`.
fn resources(items: &[Node]) -> ApiDraft {
    let mut api = ApiDraft::unknown(Protocol::Rest);
    let by_id: HashMap<String, &Node> = items.iter().filter_map(|item| Some((item.word("id")?, item))).collect();
    for item in items {
        let path = item.word("path").or_else(|| path_of(item, &by_id));
        for (name, shown) in item.get("resourceMethods").into_iter().flat_map(Node::fields) {
            api.routes.push(method(shown, Some(name), path.as_deref()));
        }
    }
    api
}

/// The path of a resource of which only the parts are printed.
fn path_of(item: &Node, by_id: &HashMap<String, &Node>) -> Option<String> {
    let mut parts = Vec::new();
    let mut here = item;
    for _ in 0..=by_id.len() {
        let Some(parent) = here.word("parentId") else {
            parts.reverse();
            return Some(format!("/{}", parts.join("/")));
        };
        parts.push(here.word("pathPart")?);
        here = by_id.get(&parent)?;
    }
    None
}

/// A method as `get-method` prints it.
fn method(node: &Node, name: Option<&str>, path: Option<&str>) -> RouteDraft {
    let models = HashMap::new();
    let mut route = RouteDraft { shown: true, span: node.span, ..RouteDraft::default() };
    route.method.http_method = node.word("httpMethod").or_else(|| name.map(str::to_owned));
    route.method.path = path.map(str::to_owned);
    let parameters = node.some("requestParameters");
    route.method.request_parameters = parameters.map(|it| openapi::table(it, Node::to_bool)).unwrap_or_default();
    route.method.request_models =
        node.some("requestModels").map(|it| openapi::table(it, Node::to_word)).unwrap_or_default();
    let mut declared = Table::new();
    for (status, response) in node.get("methodResponses").into_iter().flat_map(Node::fields) {
        declared.set(status, assemble::declared_response(response, Surface::CliOutput, &models));
    }
    route.method.method_responses = Some(declared);
    if let Some(written) = node.some("methodIntegration").filter(|written| matches!(written.data, Data::Map(_))) {
        route.span = written.span;
        route.method.integration = integration::read(written, Surface::CliOutput, Protocol::Rest, &mut route);
    }
    route
}
