//! HTTP and WebSocket APIs as resources: `AWS::ApiGatewayV2::*` and `aws_apigatewayv2_*`.

use crate::assemble::{self, Assembly, Resource};
use crate::document::Fault;
use crate::model::draft::{ApiDraft, RouteDraft};
use crate::model::integration::{self, Surface};
use crate::openapi::{self, BasePath};
use crate::syntax::tree::Node;
use std::collections::{HashMap, HashSet};
use vtl::pipeline::{Integration, IntegrationType, Method, Protocol};

/// The surface of version 2 that goes with one of version 1.
fn surface_of(resource: &Resource) -> Surface {
    if resource.surface == Surface::Terraform { Surface::TerraformV2 } else { Surface::CfnV2 }
}

/// The protocol that an integration alone tells: a payload format, a subtype, response parameters, a TLS name or a VPC link
/// mean HTTP; templates, selection expressions, a content handling or the types that are no proxies mean WebSocket.
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

/// An API of version 2.
pub(crate) fn api(assembly: &Assembly<'_>, resource: &Resource) -> Result<ApiDraft, Fault> {
    let word = resource.word("ProtocolType").unwrap_or_default();
    let protocol = Protocol::from_word(&word).filter(|it| *it != Protocol::Rest).unwrap_or(Protocol::Http);
    let mut api = ApiDraft::unknown(protocol);
    if let Some(body) = resource.get("Body") {
        let base = resource.word("Basepath").unwrap_or_default();
        match assembly.body(body, Protocol::Http, BasePath::from_word(&base))? {
            Some(loaded) => api = loaded,
            None => assemble::note(&mut api, "the body is not known, so its routes are missing", body.span),
        }
    }
    if let Some(name) = resource.word("Name") {
        api.api.name = Some(name);
    }
    if protocol == Protocol::WebSocket {
        api.api.route_selection_expression = resource.word("RouteSelectionExpression");
    }
    if let Some(target) = resource.word("Target") {
        api.routes.push(quick_route(resource, target));
    }
    Ok(api)
}

/// The one route of an API that is made with a target.
fn quick_route(resource: &Resource, target: String) -> RouteDraft {
    let mut route = RouteDraft { shown: true, span: resource.span, ..RouteDraft::default() };
    set_route_key(
        &mut route.method,
        &resource.word("RouteKey").unwrap_or_else(|| "$default".to_owned()),
        Protocol::Http,
    );
    let is_function = !target.starts_with("http");
    let mut made = Integration::new(if is_function { IntegrationType::AwsProxy } else { IntegrationType::HttpProxy });
    made.http_method = Some(if is_function { "POST" } else { "ANY" }.to_owned());
    made.payload_format_version = Some(if is_function { "2.0" } else { "1.0" }.to_owned());
    made.timeout_in_millis = 30_000;
    made.credentials = resource.word("CredentialsArn");
    made.uri = Some(target);
    route.method.integration = Some(made);
    route
}

/// `GET /pets`, `$default`, or any key of a WebSocket API.
pub(crate) fn set_route_key(method: &mut Method, key: &str, protocol: Protocol) {
    match key.split_once(' ') {
        Some((verb, path)) if protocol == Protocol::Http => {
            method.http_method = Some(verb.trim().to_ascii_uppercase());
            method.path = Some(path.trim().to_owned());
        }
        _ => method.route_key = Some(key.to_owned()),
    }
}

/// Routes with their integrations; integrations alone where an API has no route.
pub(crate) fn routes(assembly: &mut Assembly<'_>) {
    let integrations: HashMap<&str, &Resource> =
        assembly.of_kind("V2Integration").flat_map(|it| it.ids.iter().map(move |id| (id.as_str(), it))).collect();
    let mut responses: HashMap<String, Vec<&Resource>> = HashMap::new();
    for resource in assembly.of_kind("V2IntegrationResponse") {
        responses.entry(resource.word("IntegrationId").unwrap_or_default()).or_default().push(resource);
    }
    let mut protocols: HashMap<String, Protocol> = HashMap::new();
    for resource in assembly.of_kind("V2Integration") {
        let api = resource.word("ApiId").unwrap_or_default();
        let told = protocol_of(&resource.properties, surface_of(resource));
        let answers = resource.ids.iter().any(|id| responses.contains_key(id));
        let told = if answers { Protocol::WebSocket } else { told };
        let known = protocols.entry(api).or_insert(told);
        if told == Protocol::WebSocket {
            *known = told;
        }
    }
    let read = |resource: &Resource, protocol: Protocol, route: &mut RouteDraft| {
        route.span = resource.span;
        let mut read = integration::read(&resource.properties, surface_of(resource), protocol, route)?;
        for response in resource.ids.iter().filter_map(|id| responses.get(id)).flatten() {
            let place = format!("/responses/{}", read.responses.len());
            read.responses.push(integration::response_rule(&response.properties, surface_of(response), &place, route));
        }
        Some(read)
    };
    let answering: HashSet<String> =
        assembly.of_kind("V2RouteResponse").filter_map(|resource| resource.word("RouteId")).collect();
    for resource in assembly.of_kind("V2Route") {
        let reference = resource.word("ApiId").unwrap_or_default();
        let key = resource.word("RouteKey").unwrap_or_default();
        let guess = protocols.get(&reference).copied().unwrap_or(route_protocol(&key));
        let api = assembly.api_of(&reference, guess);
        let protocol = api.api.protocol;
        let mut route = RouteDraft { shown: true, span: resource.span, ..RouteDraft::default() };
        set_route_key(&mut route.method, &key, protocol);
        if protocol == Protocol::WebSocket {
            route.method.route_response = resource.ids.iter().any(|id| answering.contains(id));
            declare(&mut route.method, resource);
        }
        let target = resource.word("Target").unwrap_or_default();
        let target = target.strip_prefix("integrations/").unwrap_or(&target);
        match integrations.get(target) {
            Some(written) => route.method.integration = read(written, protocol, &mut route),
            None if target.is_empty() => {}
            None => route.note("", format!("the integration {target} is not in the document"), resource.span),
        }
        api.routes.push(route);
    }
    let mut bare: Vec<(String, RouteDraft)> = Vec::new();
    for resource in assembly.of_kind("V2Integration") {
        let reference = resource.word("ApiId").unwrap_or_default();
        let guess = protocols.get(&reference).copied().unwrap_or(Protocol::Http);
        let api = assembly.api_of(&reference, guess);
        if api.routes.is_empty() {
            let mut route = RouteDraft::default();
            route.method.integration = read(resource, api.api.protocol, &mut route);
            bare.push((reference, route));
        }
    }
    for (reference, route) in bare {
        assembly.api_of(&reference, Protocol::Http).routes.push(route);
    }
}

/// What a WebSocket route declares.
fn declare(method: &mut Method, resource: &Resource) {
    let required = |node: &Node| node.to_bool().or_else(|| node.get("Required")?.to_bool()).unwrap_or_default();
    method.model_selection_expression = resource.word("ModelSelectionExpression");
    if let Some(models) = resource.get("RequestModels") {
        method.request_models = openapi::table(models, Node::to_word);
    }
    if let Some(parameters) = resource.get("RequestParameters") {
        method.request_parameters = openapi::table(parameters, |node| Some(required(node)));
    }
    // Terraform: blocks.
    for block in resource.get("RequestParameter").map_or(&[][..], Node::each) {
        if let Some(name) = block.word("request_parameter_key") {
            method.request_parameters.set(name, block.get("required").is_some_and(required));
        }
    }
}

fn route_protocol(key: &str) -> Protocol {
    if key == "$default" || key.contains(" /") { Protocol::Http } else { Protocol::WebSocket }
}
