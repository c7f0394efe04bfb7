//! JSON that the AWS CLI reads (`--cli-input-json`) or prints (`get-integration`, `get-method`,
//! `get-resources --embed methods`, `get-integrations` …).

use crate::assemble::assemble;
use crate::assemble::resource::{Resource, ResourceKind};
use crate::aws_cli::skeleton::without_empty;
use crate::budget::Budget;
use crate::context::Context;
use crate::diagnostic::Fault;
use crate::model::draft::{ApiDraft, Drafts, RouteDraft};
use crate::model::response::declared_response;
use crate::model::shape::Shape::{self, Any, Flag, Map, Scalar};
use crate::model::shape::{Check, Object};
use crate::model::surface::Surface;
use crate::model::table::table;
use crate::model::{bare, integration};
use crate::syntax::tree::{Data, MAX_DEPTH, Node};
use std::collections::HashMap;
use vtl::Code;
use vtl::pipeline::Protocol;
use vtl::pipeline::model::Table;

/// Loads the input or the output of a command.
///
/// # Errors
/// The JSON has no integration.
pub(crate) fn load(root: &Node, context: &Context<'_, '_>) -> Result<Drafts, Fault> {
    let has = |names: &[&str]| names.iter().any(|name| root.get(name).is_some());
    if let Some(items) = root.get("Items") {
        return v2_resources(items.each(), context);
    }
    if has(&["IntegrationType", "RouteKey", "ProtocolType", "IntegrationResponseKey"]) {
        return v2_resources(std::slice::from_ref(root), context);
    }
    if has(&["items", "item", "resourceMethods"]) {
        let items = root.get("items").or_else(|| root.get("item")).unwrap_or(root);
        return Ok(Drafts::of(resources(items.each(), context)?));
    }
    if has(&["restApiId", "resourceId"]) {
        return input(root, context);
    }
    if has(&["methodIntegration", "methodResponses", "authorizationType"]) {
        return Ok(Drafts::of(ApiDraft::with_route(Protocol::Rest, method(root, None, None))));
    }
    if has(&["integrationHttpMethod"]) {
        return Ok(Drafts::of(bare::load(&without_empty(root), Surface::CliInput, Some(Protocol::Rest))));
    }
    if has(&["type"]) {
        return Ok(Drafts::of(bare::load(root, Surface::CliOutput, Some(Protocol::Rest))));
    }
    let fault = Fault::new(Code::UnknownDocument, root.span, "no integration found");
    Err(fault.with_help("this may be the input or output of another command"))
}

/// Loads the input of a command of REST APIs.
fn input(root: &Node, context: &Context<'_, '_>) -> Result<Drafts, Fault> {
    let kind = if root.get("type").is_some() {
        ResourceKind::Integration
    } else if root.get("authorizationType").is_some() {
        ResourceKind::Method
    } else {
        let fault = Fault::new(Code::UnknownDocument, root.span, "no integration found");
        return Err(fault.with_help("the input of `put-integration` needs a `type`"));
    };
    let resource = Resource {
        kind,
        ids: Vec::new(),
        properties: without_empty(root),
        surface: Surface::CliInput,
        span: root.span,
    };
    assemble(&[resource], context)
}

/// Loads what commands of HTTP and WebSocket APIs read or print: APIs, routes and integrations.
fn v2_resources(items: &[Node], context: &Context<'_, '_>) -> Result<Drafts, Fault> {
    // Each kind by a property that no other has.
    const KINDS: &[(&str, ResourceKind)] = &[
        ("IntegrationResponseKey", ResourceKind::V2IntegrationResponse),
        ("IntegrationType", ResourceKind::V2Integration),
        ("RouteKey", ResourceKind::V2Route),
        ("ProtocolType", ResourceKind::V2Api),
        ("StageName", ResourceKind::V2Stage),
    ];
    let mut resources = Vec::new();
    for item in items {
        let Some((_, kind)) = KINDS.iter().find(|(mark, _)| item.get(mark).is_some()) else { continue };
        resources.push(Resource {
            kind: *kind,
            ids: item.word(kind.identifier()).into_iter().collect(),
            properties: without_empty(item),
            surface: Surface::Cfn,
            span: item.span,
        });
    }
    match (resources.is_empty(), items.first()) {
        (true, Some(first)) => Err(Fault::new(Code::UnknownDocument, first.span, "no integration and no route found")),
        _ => assemble(&resources, context),
    }
}

/// Reads the output of `get-resources --embed methods`.
///
/// # Errors
/// The budget is spent.
fn resources(items: &[Node], context: &Context<'_, '_>) -> Result<ApiDraft, Fault> {
    let mut api = ApiDraft::of_protocol(Protocol::Rest);
    for item in items {
        Check::new(&mut api.remarks).all("an item", item, &Shape::Object(&ITEM));
    }
    let by_id: HashMap<&str, &Node> = items.iter().filter_map(|item| Some((item.get("id")?.as_str()?, item))).collect();
    let mut known = HashMap::new();
    for item in items {
        let path = match item.word("path") {
            Some(path) => Some(path),
            None => path_of(item, &by_id, &mut known, &context.budget)?,
        };
        for (name, shown) in item.get("resourceMethods").into_iter().flat_map(Node::fields) {
            api.add(method(shown, Some(name), path.as_deref()), &context.budget)?;
        }
    }
    Ok(api)
}

/// A path with the number of its parts; `None` if a parent is missing, or if it has too many parts.
type Path = Option<(String, usize)>;

/// Returns the path of a resource whose output has only its part.
///
/// # Errors
/// The budget is spent.
fn path_of<'a>(
    item: &'a Node,
    by_id: &HashMap<&str, &'a Node>,
    known: &mut HashMap<&'a str, Path>,
    budget: &Budget<'_>,
) -> Result<Option<String>, Fault> {
    let id = |item: &'a Node| item.get("id").and_then(Node::as_str);
    // Resources from this one up to one whose path is known.
    let mut below = Vec::new();
    let mut here = item;
    let mut path: Path = loop {
        if let Some(path) = id(here).and_then(|id| known.get(id)) {
            break path.clone();
        }
        let Some(parent) = here.get("parentId").and_then(Node::as_str) else { break Some((String::new(), 0)) };
        // A resource that is met again is in a circle, and has no path.
        if let Some(id) = id(here) {
            known.insert(id, None);
        }
        below.push(here);
        match by_id.get(parent) {
            Some(next) => here = next,
            None => break None,
        }
    };
    for item in below.into_iter().rev() {
        let part = item.get("pathPart").and_then(Node::as_str);
        // Both the path of the resource and that which is known for those below it.
        let length = path.as_ref().map_or(0, |(path, _)| path.len()) + part.map_or(0, str::len);
        budget.spend(length / 64, 2 * length, item.span)?;
        path = path
            .zip(part)
            .filter(|((_, parts), _)| *parts < MAX_DEPTH)
            .map(|((path, parts), part)| (format!("{path}/{part}"), parts + 1));
        if let Some(id) = id(item) {
            known.insert(id, path.clone());
        }
    }
    Ok(path.map(|(path, _)| if path.is_empty() { "/".to_owned() } else { path }))
}

/// A resource as `get-resources` prints it.
const ITEM: Object = Object {
    fields: &[
        ("id", Scalar),
        ("parentId", Scalar),
        ("path", Scalar),
        ("pathPart", Scalar),
        ("resourceMethods", Map(&Map(&Any))),
    ],
    closed: None,
};

/// A method as `get-method` prints it.
const METHOD: Object = Object {
    fields: &[
        ("apiKeyRequired", Flag),
        ("httpMethod", Scalar),
        ("methodIntegration", Map(&Any)),
        ("methodResponses", Map(&Any)),
        ("operationName", Scalar),
        ("requestModels", Map(&Scalar)),
        ("requestParameters", Map(&Flag)),
    ],
    closed: None,
};

/// Reads a method as `get-method` prints it.
fn method(node: &Node, name: Option<&str>, path: Option<&str>) -> RouteDraft {
    let models = HashMap::new();
    let mut route = RouteDraft::declared(node.span);
    Check::new(&mut route.remarks).all("a method", node, &Shape::Object(&METHOD));
    route.method.http_method = node.word("httpMethod").or_else(|| name.map(str::to_owned));
    route.method.path = path.map(str::to_owned);
    route.method.operation_name = node.word("operationName").filter(|name| !name.is_empty());
    route.method.api_key_required = node.get("apiKeyRequired").and_then(Node::to_bool).unwrap_or_default();
    let parameters = node.some("requestParameters");
    route.method.request_parameters =
        parameters.map(|it| table(it, &mut route.remarks, Node::to_bool)).unwrap_or_default();
    let models_of = node.some("requestModels");
    route.method.request_models = models_of.map(|it| table(it, &mut route.remarks, Node::to_word)).unwrap_or_default();
    let mut declared = Table::new();
    for (status, response) in node.get("methodResponses").into_iter().flat_map(Node::fields) {
        declared.set(status, declared_response(response, Surface::CliOutput, &models, &mut route.remarks));
    }
    route.method.method_responses = Some(declared);
    if let Some(written) = node.some("methodIntegration").filter(|written| matches!(written.data, Data::Map(_))) {
        route.span = written.span;
        route.method.integration = integration::read(written, Surface::CliOutput, Protocol::Rest, &mut route);
    }
    route
}
