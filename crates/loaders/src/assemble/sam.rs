//! Serverless resources: APIs with a definition, and APIs made from the events of functions.

use crate::assemble::assembly::Assembly;
use crate::assemble::resource::{Resource, ResourceKind};
use crate::assemble::shapes::{SAM_PARAMETER, SAM_ROUTE};
use crate::assemble::state_machine;
use crate::diagnostic::{Fault, Remark};
use crate::model::address::is_known;
use crate::model::cors::cors_configuration;
use crate::model::defaults;
use crate::model::draft::{ApiDraft, RouteDraft};
use crate::model::shape::{Check, Shape};
use crate::model::surface::Surface;
use crate::model::table::{self, table};
use crate::model::words::{invalid_word, unknown_method, unknown_model, unknown_path};
use crate::openapi::BasePath;
use crate::syntax::pointer::{escape, unescape};
use crate::syntax::tree::Node;
use std::collections::{HashMap, HashSet};
use vtl::Code;
use vtl::pipeline::model::{GatewayResponse, IntegrationType, RequestValidator, ResponseTransferMode, Table};
use vtl::pipeline::{Integration, Method, Protocol};

/// A type of event that makes a route.
pub(crate) struct RouteEvent {
    /// Name of the type.
    pub name: &'static str,
    /// Property that refers to the API of the route.
    pub owner: &'static str,
    /// Kind of the API that is meant if no API is named.
    pub implicit_kind: ResourceKind,
    /// Reference to that API.
    pub implicit_id: &'static str,
    protocol: Protocol,
}

/// The types of events that make routes.
pub(crate) const ROUTE_EVENTS: &[RouteEvent] = &[
    RouteEvent {
        name: "Api",
        owner: "RestApiId",
        implicit_kind: ResourceKind::SamRestApi,
        implicit_id: "${ServerlessRestApi}",
        protocol: Protocol::Rest,
    },
    RouteEvent {
        name: "HttpApi",
        owner: "ApiId",
        implicit_kind: ResourceKind::SamHttpApi,
        implicit_id: "${ServerlessHttpApi}",
        protocol: Protocol::Http,
    },
];

/// Reads an API whose definition is inline, in a local file, or made from events later.
///
/// # Errors
/// The definition does not parse, or a `$ref` in it leads back to itself.
pub(super) fn api(assembly: &Assembly<'_>, resource: &Resource) -> Result<ApiDraft, Fault> {
    let protocol = if resource.kind == ResourceKind::SamHttpApi { Protocol::Http } else { Protocol::Rest };
    let mut api = ApiDraft::of_protocol(protocol);
    let definition = match (resource.get("DefinitionBody"), resource.get("DefinitionUri")) {
        (Some(body), _) => Some(body.clone()),
        (None, Some(location)) => {
            let read = location.as_str().and_then(|name| assembly.context.read_beside(location.span.file, name));
            if read.is_none() {
                let name = location.to_word().unwrap_or_else(|| "DefinitionUri".to_owned());
                let message = format!("{}; its routes are missing", assembly.context.unread(&name));
                api.remark(Code::UnknownBody, message, location.span);
            }
            read
        }
        (None, None) => None,
    };
    if let Some(loaded) = definition.map(|node| assembly.body(&node, protocol, BasePath::Ignore)).transpose()?.flatten()
    {
        api = loaded;
    }
    if let Some(name) = resource.word("Name") {
        api.api.name = Some(name);
    }
    if let Some(stage) = resource.word("StageName").filter(|stage| is_known(stage)) {
        api.api.stage = Some(stage);
    }
    let domain = resource.get("Domain").and_then(|domain| domain.word("DomainName"));
    if let Some(domain) = domain.filter(|domain| is_known(domain)) {
        api.api.domain_name = Some(domain);
    }
    if let Some(source) = resource.word("ApiKeySourceType") {
        api.api.api_key_source = source.parse().ok();
        let written = resource.get("ApiKeySourceType");
        if let (None, Some(written)) = (api.api.api_key_source, written) {
            api.remarks.extend(invalid_word("HEADER or AUTHORIZER", written));
        }
    }
    let mut known: HashSet<String> = api.api.binary_media_types.iter().cloned().collect();
    for node in resource.get("BinaryMediaTypes").map_or(&[][..], Node::items) {
        let Some(media) = node.to_word().map(|media| unescape(&media)) else { continue };
        if known.insert(media.clone()) {
            api.mark(format!("/binaryMediaTypes/{}", api.api.binary_media_types.len()), node);
            api.api.binary_media_types.push(media);
        }
    }
    let variables = resource.get("Variables").or_else(|| resource.get("StageVariables"));
    api.api.stage_variables = variables.map(|node| table(node, &mut api.remarks, Node::to_word)).unwrap_or_default();
    for (name, schema) in resource.get("Models").into_iter().flat_map(Node::fields) {
        api.mark_model(name, schema);
        api.api.models.set(name, schema.to_json());
    }
    if let Some(cors) = resource.get("CorsConfiguration").filter(|_| protocol == Protocol::Http) {
        let known = api.api.cors_configuration.take();
        api.api.cors_configuration = known.or_else(|| cors_configuration(cors, Surface::Cfn, &mut api.remarks));
    }
    for (kind, written) in resource.get("GatewayResponses").into_iter().flat_map(Node::fields) {
        api.mark_gateway_response(kind, written, "", "StatusCode");
        for (name, value) in parameters(written) {
            api.mark(format!("/gatewayResponses/{}/responseParameters/{}", escape(kind), escape(&name)), value);
        }
        api.api.gateway_responses.set(kind, gateway_response(written, &mut api.remarks));
    }
    Ok(api)
}

/// Returns the parameters of a gateway response by the names that the service has for them.
fn parameters(written: &Node) -> impl Iterator<Item = (String, &Node)> {
    let places = [("Headers", "header"), ("Paths", "path"), ("QueryStrings", "querystring")];
    places.into_iter().flat_map(|(place, prefix)| {
        let named = written.at(&["ResponseParameters", place]).into_iter().flat_map(Node::fields);
        named.map(move |(name, value)| (format!("gatewayresponse.{prefix}.{name}"), value))
    })
}

/// Reads a gateway response, in which SAM names headers without `gatewayresponse.header.`.
fn gateway_response(written: &Node, remarks: &mut Vec<Remark>) -> GatewayResponse {
    let named = parameters(written).map(|(name, value)| (name, value.to_word().unwrap_or_default()));
    let parameters: Table<String> = named.collect();
    let templates = written.some("ResponseTemplates").map(|value| table::templates(value, "", remarks));
    let mut response = GatewayResponse::default();
    response.status_code = written.word("StatusCode").filter(|status| !status.is_empty());
    response.response_parameters = parameters;
    response.response_templates = templates.unwrap_or_default();
    response
}

/// Adds the routes that functions have by their events.
///
/// # Errors
/// The budget is spent.
pub(super) fn events(assembly: &mut Assembly<'_>) -> Result<(), Fault> {
    let budget = &assembly.context.budget;
    let mut implicit: HashMap<(ResourceKind, &str), &Resource> = HashMap::new();
    for row in ROUTE_EVENTS {
        for api in assembly.of_kind(row.implicit_kind) {
            for id in &api.ids {
                implicit.entry((row.implicit_kind, id)).or_insert(api);
            }
        }
    }
    let mut known = HashMap::new();
    let has_events =
        |resource: &&Resource| matches!(resource.kind, ResourceKind::SamFunction | ResourceKind::SamStateMachine);
    for function in assembly.resources.iter().filter(has_events) {
        let is_machine = function.kind == ResourceKind::SamStateMachine;
        for (name, event) in function.get("Events").into_iter().flat_map(Node::fields) {
            let kind = event.word("Type").unwrap_or_default();
            let Some(row) = ROUTE_EVENTS.iter().find(|row| row.name == kind) else { continue };
            // A state machine has no events of HTTP APIs.
            if is_machine && row.protocol != Protocol::Rest {
                continue;
            }
            let absent = Node::null(event.span);
            let properties = event.get("Properties").unwrap_or(&absent);
            let reference = properties.word(row.owner).unwrap_or_else(|| row.implicit_id.to_owned());
            let reference = as_reference(reference, function, assembly);
            let mut found = Vec::new();
            Check::new(&mut found).all("the properties of an event", properties, &Shape::Object(&SAM_ROUTE));
            for parameter in properties.get("RequestParameters").map_or(&[][..], Node::items) {
                if !parameter.is_map() {
                    Check::new(&mut found).all("a request parameter", parameter, &Shape::Scalar);
                }
                for (name, flags) in parameter.fields() {
                    Check::new(&mut found).all(name, flags, &Shape::Object(&SAM_PARAMETER));
                }
            }
            let mut route = match is_machine {
                true => state_machine::route(function, name, event, properties),
                false => event_route(function, event, properties, row.protocol),
            };
            route.remarks.append(&mut found);
            for property in ["Path", "Method"] {
                // Events of HTTP APIs without both are the route `$default`.
                if row.protocol == Protocol::Rest && properties.get(property).is_none_or(Node::is_null) {
                    let message = format!("an event of the type {kind} must have a {property}: it is no route");
                    route.remark(Code::WrongValueType, "", message, event.span);
                }
            }
            if let Some((path, span)) = properties.get("Path").and_then(|path| Some((path.to_word()?, path.span))) {
                route.remarks.extend(unknown_path(&path, span));
            }
            let is_any = |written: &&Node| written.as_str() == Some("x-amazon-apigateway-any-method");
            let method = properties.get("Method").filter(|written| !is_any(written));
            route.remarks.extend(method.and_then(unknown_method));
            let needs_key = |node: Option<&Node>| node?.at(&["Auth", "ApiKeyRequired"])?.to_bool();
            let of_api = implicit.get(&(row.implicit_kind, reference.as_str())).copied();
            let needs_key = needs_key(Some(properties)).or_else(|| needs_key(of_api.map(|api| &api.properties)));
            if let Some(owner) = properties.get(row.owner)
                && is_known(&reference)
                && assembly.known_api(&reference).is_none()
            {
                let message = format!("{reference} is no API of the template: SAM wants a reference to one");
                route.remark(Code::UnresolvedName, "", message, owner.span);
            }
            let api = assembly.api_index(&reference, row.protocol);
            let Some(api_draft) = assembly.drafts.apis.get_mut(api) else { continue };
            if let Some(model) = properties.at(&["RequestModel", "Model"]).filter(|_| of_api.is_some()) {
                let name = model.to_word().unwrap_or_default();
                route.remarks.extend(unknown_model(&api_draft.api, &name, model.span));
            }
            if row.protocol == Protocol::Rest {
                route.method.api_key_required = needs_key.unwrap_or_default();
                // SAM gives its own API the stage `Prod`.
                if reference == row.implicit_id && api_draft.api.stage.is_none() {
                    api_draft.api.stage = Some("Prod".to_owned());
                }
            }
            let known = known.entry(api).or_insert_with(|| {
                api_draft.routes.iter().enumerate().map(|(at, route)| (key_of(route), at)).collect::<HashMap<_, _>>()
            });
            match known.get(&key_of(&route)).and_then(|at| api_draft.routes.get_mut(*at)) {
                Some(defined) => {
                    defined.remarks.append(&mut route.remarks);
                    // An integration in the definition has precedence.
                    if defined.method.integration.is_none() {
                        adopt(&mut defined.method, route.method);
                    }
                }
                None => {
                    known.insert(key_of(&route), api_draft.routes.len());
                    api_draft.add(route, budget)?;
                }
            }
        }
    }
    Ok(())
}

/// Returns the reference to an API that an event names by its logical ID, without `Ref`; other words as they are
/// (`get_rest_api_id_string` of samtranslator/model/eventsources/push.py).
fn as_reference(word: String, function: &Resource, assembly: &mut Assembly<'_>) -> String {
    let own = function.ids.first().and_then(|id| id.rsplit_once('.'));
    let prefix = own.map_or_else(|| "${".to_owned(), |(path, _)| format!("{path}."));
    let reference = format!("{prefix}{word}}}");
    if is_known(&word) && assembly.known_api(&reference).is_some() { reference } else { word }
}

/// Gives the method of a definition what an event adds to it: the integration and declarations.
fn adopt(defined: &mut Method, made: Method) {
    defined.integration = made.integration;
    defined.api_key_required |= made.api_key_required;
    for (name, is_required) in made.request_parameters.iter() {
        defined.request_parameters.set(name, *is_required);
    }
    for (media, model) in made.request_models.iter() {
        defined.request_models.set(media, model.clone());
    }
    defined.request_validator = made.request_validator.or(defined.request_validator.take());
}

/// Returns what distinguishes a route from the others of its API.
fn key_of(route: &RouteDraft) -> [Option<String>; 3] {
    let method = &route.method;
    [method.route_key.clone(), method.http_method.clone(), method.path.clone()]
}

/// Reads the route of an event.
fn event_route(function: &Resource, event: &Node, properties: &Node, protocol: Protocol) -> RouteDraft {
    let mut route = RouteDraft::declared(event.span);
    let method = &mut route.method;
    match (properties.word("Method"), properties.word("Path")) {
        (None, None) if protocol == Protocol::Http => method.route_key = Some("$default".to_owned()),
        (_, Some(path)) if protocol == Protocol::Http && path == "$default" => method.route_key = Some(path),
        (verb, path) => {
            let verb = verb.unwrap_or_else(|| "ANY".to_owned()).to_ascii_uppercase();
            let verb = if verb == "X-AMAZON-APIGATEWAY-ANY-METHOD" { "ANY".to_owned() } else { verb };
            if protocol == Protocol::Http {
                *method = Method::from_key(&format!("{verb} {}", path.unwrap_or_default()), protocol);
            } else {
                method.http_method = Some(verb);
                method.path = path;
            }
        }
    }
    let mut made = Integration::new(IntegrationType::AwsProxy);
    made.http_method = Some("POST".to_owned());
    made.uri = Some(function_uri(function, "2015-03-31", "invocations"));
    if protocol == Protocol::Http {
        made.timeout_in_millis = defaults::timeout_in_millis(protocol);
        let version = properties.word("PayloadFormatVersion").unwrap_or_else(|| "2.0".to_owned());
        let version = defaults::payload_format(version);
        if let Some(written) = properties.get("PayloadFormatVersion").filter(|_| !matches!(&*version, "1.0" | "2.0")) {
            route.remarks.extend(invalid_word("1.0 or 2.0", written));
        }
        made.payload_format_version = Some(version);
    } else {
        method.method_responses = Some(Table::new());
        declare(method, &mut made, properties);
    }
    if let Some(node) = properties.some("TimeoutInMillis") {
        route.mark("/timeoutInMillis".to_owned(), node);
        match node.to_word().unwrap_or_default().parse() {
            Ok(timeout) => made.timeout_in_millis = timeout,
            Err(_) if node.has_placeholder() => {}
            Err(_) => {
                let message = "expected a number of milliseconds";
                route.remark(Code::InvalidTimeout, "timeoutInMillis", message, node.span);
            }
        }
    }
    if let Some(written) = properties.get("ResponseTransferMode") {
        match written.to_word().as_deref() {
            // SAM's word for it, and the other operation of Lambda.
            Some("RESPONSE_STREAM") => {
                made.response_transfer_mode = Some(ResponseTransferMode::Stream);
                made.uri = Some(function_uri(function, "2021-11-15", "response-streaming-invocations"));
            }
            Some("BUFFERED") => made.response_transfer_mode = Some(ResponseTransferMode::Buffered),
            _ => route.remarks.extend(invalid_word("BUFFERED or RESPONSE_STREAM", written)),
        }
    }
    route.method.integration = Some(made);
    route
}

/// Reads request parameters (names, or names with flags) and the model of the body.
fn declare(method: &mut Method, made: &mut Integration, properties: &Node) {
    for parameter in properties.get("RequestParameters").map_or(&[][..], Node::items) {
        if let Some(name) = parameter.to_word() {
            method.request_parameters.set(name, false);
        }
        for (name, flags) in parameter.fields() {
            let flag = |key: &str| flags.get(key).and_then(Node::to_bool).unwrap_or_default();
            method.request_parameters.set(name, flag("Required"));
            if flag("Caching") {
                made.cache_key_parameters.push(name.to_owned());
            }
        }
    }
    let Some(model) = properties.some("RequestModel") else { return };
    if let Some(name) = model.word("Model") {
        method.request_models.set("application/json", name);
    }
    let flag = |key: &str| model.get(key).and_then(Node::to_bool);
    let (body, parameters) = (flag("ValidateBody"), flag("ValidateParameters"));
    if body.is_some() || parameters.is_some() {
        method.request_validator =
            Some(RequestValidator::new(body.unwrap_or_default(), parameters.unwrap_or_default()));
    }
}

/// Returns the URI by which API Gateway invokes a function or its alias, by an operation of a version of Lambda's API.
fn function_uri(function: &Resource, version: &str, operation: &str) -> String {
    let id = function.ids.first().map_or("", String::as_str);
    let name = id.trim_start_matches("${").trim_end_matches('}');
    let target = match function.word("AutoPublishAlias") {
        Some(alias) => format!("${{{name}Alias{alias}}}"),
        None => format!("${{{name}.Arn}}"),
    };
    format!("arn:${{AWS::Partition}}:apigateway:${{AWS::Region}}:lambda:path/{version}/functions/{target}/{operation}")
}
