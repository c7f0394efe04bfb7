//! HTTP and WebSocket APIs as resources: `AWS::ApiGatewayV2::*` and `aws_apigatewayv2_*`.

use crate::assemble::assembly::Assembly;
use crate::assemble::resource::{Resource, ResourceKind};
use crate::diagnostic::{Fault, Remark};
use crate::model::address::is_known;
use crate::model::cors::cors_configuration;
use crate::model::draft::{ApiDraft, RouteDraft};
use crate::model::protocol::protocol_of;
use crate::model::response::response_rule;
use crate::model::surface::Surface;
use crate::model::table::table;
use crate::model::words::{invalid_word, unknown_route_key};
use crate::model::{defaults, integration};
use crate::openapi::BasePath;
use crate::syntax::tree::Node;
use std::collections::{HashMap, HashSet};
use vtl::Code;
use vtl::pipeline::model::IntegrationType;
use vtl::pipeline::{Integration, Method, Protocol};

/// Returns the language of a resource of version 2.
fn surface_of(resource: &Resource) -> Surface {
    if resource.surface == Surface::Terraform { Surface::TerraformV2 } else { Surface::CfnV2 }
}

/// Reads an HTTP or WebSocket API with the routes of its body.
///
/// # Errors
/// The body does not parse, or a `$ref` in it leads back to itself.
pub(super) fn api(assembly: &Assembly<'_>, resource: &Resource) -> Result<ApiDraft, Fault> {
    let word = resource.word("ProtocolType").unwrap_or_default();
    let known = word.parse().ok().filter(|it| *it != Protocol::Rest);
    let protocol = known.unwrap_or(Protocol::Http);
    let mut api = ApiDraft::of_protocol(protocol);
    let mut unknown = Vec::new();
    if known.is_none()
        && let Some(written) = resource.get("ProtocolType")
    {
        unknown.extend(invalid_word("HTTP or WEBSOCKET", written));
    }
    let deployed = resource.get("BodyS3Location").and_then(|location| location.word("Key"));
    let deployed = deployed.and_then(|key| assembly.context.asset(&key));
    let deployed = deployed.and_then(|file| assembly.context.read_path(&file));
    if let Some(body) = resource.get("Body").or(deployed.as_ref()) {
        // The AWS CLI writes it as one word.
        let base = resource.word("BasePath").or_else(|| resource.word("Basepath")).unwrap_or_default();
        match assembly.body(body, Protocol::Http, BasePath::from_word(&base))? {
            Some(loaded) => api = loaded,
            None => {
                api.remark(Code::UnknownBody, "Body is known only after deployment; its routes are missing", body.span);
            }
        }
    } else if let Some(body) = resource.get("BodyS3Location") {
        api.remark(Code::UnknownBody, "BodyS3Location is not loaded; its routes are missing", body.span);
    }
    if let Some(name) = resource.word("Name") {
        api.api.name = Some(name);
    }
    if let Some(cors) = resource.get("CorsConfiguration").filter(|_| protocol == Protocol::Http) {
        api.api.cors_configuration = cors_configuration(cors, resource.surface, &mut api.remarks);
    }
    if protocol == Protocol::WebSocket {
        api.api.route_selection_expression = resource.word("RouteSelectionExpression");
    }
    api.remarks.append(&mut unknown);
    if let Some(target) = resource.word("Target") {
        api.add(quick_route(resource, target), &assembly.context.budget)?;
    }
    Ok(api)
}

/// Creates the route of an API that is made with a target ("quick create").
fn quick_route(resource: &Resource, target: String) -> RouteDraft {
    let mut route = RouteDraft::declared(resource.span);
    let key = resource.word("RouteKey").unwrap_or_else(|| "$default".to_owned());
    route.method = Method::from_key(&key, Protocol::Http);
    let is_function = !target.starts_with("http");
    let mut made = Integration::new(if is_function { IntegrationType::AwsProxy } else { IntegrationType::HttpProxy });
    made.http_method = Some(if is_function { "POST" } else { "ANY" }.to_owned());
    made.payload_format_version = Some(if is_function { "2.0" } else { "1.0" }.to_owned());
    made.timeout_in_millis = defaults::timeout_in_millis(Protocol::Http);
    made.credentials = resource.word("CredentialsArn");
    made.uri = Some(target);
    route.method.integration = Some(made);
    route
}

/// Assembles routes with their integrations, and integrations alone for an API without routes.
///
/// # Errors
/// The budget is spent.
pub(super) fn routes(assembly: &mut Assembly<'_>) -> Result<(), Fault> {
    let budget = &assembly.context.budget;
    let integrations: HashMap<&str, &Resource> = assembly
        .of_kind(ResourceKind::V2Integration)
        .flat_map(|it| it.ids.iter().map(move |id| (id.as_str(), it)))
        .collect();
    let mut responses: HashMap<String, Vec<&Resource>> = HashMap::new();
    for resource in assembly.of_kind(ResourceKind::V2IntegrationResponse) {
        responses.entry(resource.word("IntegrationId").unwrap_or_default()).or_default().push(resource);
    }
    let mut protocols: HashMap<String, Protocol> = HashMap::new();
    for resource in assembly.of_kind(ResourceKind::V2Integration) {
        let api = resource.word("ApiId").unwrap_or_default();
        let told = protocol_of(&resource.properties, surface_of(resource));
        let answers = resource.ids.iter().any(|id| responses.contains_key(id));
        let told = if answers { Protocol::WebSocket } else { told };
        let known = protocols.entry(api).or_insert(told);
        if told == Protocol::WebSocket {
            *known = told;
        }
    }
    let mut shared = Shared { responses: &responses, read: HashMap::new(), uses: HashMap::new() };
    for resource in assembly.of_kind(ResourceKind::V2Route) {
        let target = resource.word("Target").unwrap_or_default();
        if let Some(written) = integrations.get(target_of(&target)) {
            *shared.uses.entry(std::ptr::from_ref(*written)).or_default() += 1;
        }
    }
    let unread = assembly.of_kind(ResourceKind::V2IntegrationResponse);
    let unread: Vec<&Resource> =
        unread.filter(|it| !integrations.contains_key(it.word("IntegrationId").unwrap_or_default().as_str())).collect();
    for resource in unread {
        let message = "the document has no integration for this response; it is not read";
        assembly.drafts.remarks.push(Remark::new(Code::UnreadPart, "", message, resource.span));
    }
    let routes: HashSet<&str> =
        assembly.of_kind(ResourceKind::V2Route).flat_map(|route| route.ids.iter().map(String::as_str)).collect();
    for resource in assembly.of_kind(ResourceKind::V2RouteResponse) {
        if !routes.contains(resource.word("RouteId").unwrap_or_default().as_str()) {
            let message = "the document has no route for this response; it is not read";
            assembly.drafts.remarks.push(Remark::new(Code::UnreadPart, "", message, resource.span));
        }
    }
    let answering: HashSet<String> =
        assembly.of_kind(ResourceKind::V2RouteResponse).filter_map(|resource| resource.word("RouteId")).collect();
    for resource in assembly.of_kind(ResourceKind::V2Route) {
        let reference = resource.word("ApiId").unwrap_or_default();
        let key = resource.word("RouteKey").unwrap_or_default();
        let guess = protocols.get(&reference).copied().unwrap_or(route_protocol(&key));
        let api = assembly.api_of(&reference, guess);
        let protocol = api.api.protocol;
        let mut route = RouteDraft::declared(resource.span);
        route.method = Method::from_key(&key, protocol);
        if protocol == Protocol::Http {
            route.remarks.extend(resource.get("RouteKey").and_then(unknown_route_key));
        }
        if protocol == Protocol::WebSocket {
            route.method.route_response = resource.ids.iter().any(|id| answering.contains(id));
            declare(&mut route, resource);
        }
        let target = resource.word("Target").unwrap_or_default();
        let target = target_of(&target);
        match integrations.get(target) {
            Some(written) => shared.integrate(written, protocol, &mut route),
            None if target.is_empty() => {}
            None => {
                let message = format!("the integration {target} is not in the document");
                route.remark(Code::MissingIntegration, "", message, resource.span);
            }
        }
        api.add(route, budget)?;
    }
    let mut bare: Vec<(String, RouteDraft)> = Vec::new();
    for resource in assembly.of_kind(ResourceKind::V2Integration) {
        let reference = resource.word("ApiId").unwrap_or_default();
        let guess = protocols.get(&reference).copied().unwrap_or(Protocol::Http);
        let api = assembly.api_of(&reference, guess);
        if api.routes.is_empty() {
            let mut route = RouteDraft::default();
            shared.integrate(resource, api.api.protocol, &mut route);
            bare.push((reference, route));
        }
    }
    for (reference, route) in bare {
        assembly.api_of(&reference, Protocol::Http).add(route, budget)?;
    }
    Ok(())
}

/// Returns the reference to an integration in the target of a route.
fn target_of(target: &str) -> &str {
    target.strip_prefix("integrations/").unwrap_or(target)
}

/// Integrations, of which each is read once: many routes may share one.
struct Shared<'a, 'r> {
    /// Responses by the references to their integrations.
    responses: &'r HashMap<String, Vec<&'a Resource>>,
    /// A route of each integration that was read and has further uses, by the address of its resource.
    read: HashMap<(*const Resource, Protocol), RouteDraft>,
    /// Number of routes that an integration is still to be read for.
    uses: HashMap<*const Resource, usize>,
}

impl Shared<'_, '_> {
    /// Gives a route an integration, with its places and findings.
    fn integrate(&mut self, written: &Resource, protocol: Protocol, route: &mut RouteDraft) {
        let address = std::ptr::from_ref(written);
        let known = self.read.remove(&(address, protocol));
        let mut read = known.unwrap_or_else(|| read_integration(written, protocol, self.responses));
        let uses = self.uses.entry(address).or_default();
        if *uses > 1 {
            *uses -= 1;
            self.read.insert((address, protocol), read.clone());
        }
        route.span = read.span;
        route.method.integration = read.method.integration;
        route.marks.append(&mut read.marks);
        route.placeholders.append(&mut read.placeholders);
        route.templates.append(&mut read.templates);
        route.remarks.append(&mut read.remarks);
    }
}

/// Reads an integration with its responses as that of a route.
fn read_integration(written: &Resource, protocol: Protocol, responses: &HashMap<String, Vec<&Resource>>) -> RouteDraft {
    let mut route = RouteDraft { span: written.span, ..RouteDraft::default() };
    let Some(mut read) = integration::read(&written.properties, surface_of(written), protocol, &mut route) else {
        return route;
    };
    for response in written.ids.iter().filter_map(|id| responses.get(id)).flatten() {
        let place = format!("/responses/{}", read.responses.len());
        read.responses.push(response_rule(&response.properties, surface_of(response), &place, &mut route));
    }
    route.method.integration = Some(read);
    route
}

/// Reads the declarations of a WebSocket route.
fn declare(route: &mut RouteDraft, resource: &Resource) {
    let (method, remarks) = (&mut route.method, &mut route.remarks);
    let required = |node: &Node| node.to_bool().or_else(|| node.get("Required")?.to_bool()).unwrap_or_default();
    method.operation_name = resource.word("OperationName").filter(|name| is_known(name));
    method.api_key_required = resource.get("ApiKeyRequired").and_then(Node::to_bool).unwrap_or_default();
    method.model_selection_expression = resource.word("ModelSelectionExpression");
    if let Some(models) = resource.get("RequestModels") {
        method.request_models = table(models, remarks, Node::to_word);
    }
    if let Some(parameters) = resource.get("RequestParameters") {
        method.request_parameters = table(parameters, remarks, |node| Some(required(node)));
    }
    // Terraform has a block for each parameter.
    for block in resource.get("RequestParameter").map_or(&[][..], Node::each) {
        if let Some(name) = block.word("request_parameter_key") {
            method.request_parameters.set(name, block.get("required").is_some_and(required));
        }
    }
}

/// Guesses the protocol of an API by a route key.
fn route_protocol(key: &str) -> Protocol {
    if key == "$default" || key.contains(" /") { Protocol::Http } else { Protocol::WebSocket }
}
