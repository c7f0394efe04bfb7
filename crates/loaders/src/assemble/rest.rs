//! REST APIs as resources: `AWS::ApiGateway::*` and `aws_api_gateway_*`.

use crate::assemble::assembly::Assembly;
use crate::assemble::resource::{Resource, ResourceKind};
use crate::diagnostic::{Fault, Remark};
use crate::model::address::is_known;
use crate::model::draft::{ApiDraft, RouteDraft};
use crate::model::integration;
use crate::model::response::{declared_response, gateway_response, response_rule};
use crate::model::surface::Surface;
use crate::model::table::table;
use crate::model::words::{invalid_word, unknown_method, unknown_model, unknown_parameter, unknown_status};
use crate::openapi::BasePath;
use crate::span::Span;
use crate::syntax::pointer::{escape, unescape};
use crate::syntax::tree::{MAX_DEPTH, Node};
use serde_json::Value as Json;
use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use vtl::Code;
use vtl::pipeline::model::{DeclaredResponse, RequestValidator, Table};
use vtl::pipeline::{Api, Protocol};

/// Reads a REST API with the methods of its body.
///
/// # Errors
/// The body does not parse, or a `$ref` in it leads back to itself.
pub(super) fn api(assembly: &Assembly<'_>, resource: &Resource) -> Result<ApiDraft, Fault> {
    let parameters = resource.get("Parameters");
    let base = parameters.and_then(|parameters| parameters.word("basepath")).unwrap_or_default();
    let mut api = ApiDraft::of_protocol(Protocol::Rest);
    let deployed = resource.get("BodyS3Location").and_then(|location| location.word("Key"));
    let deployed = deployed.and_then(|key| assembly.context.asset(&key));
    let deployed = deployed.and_then(|file| assembly.context.read_path(&file));
    if let Some(body) = resource.get("Body").or(deployed.as_ref()) {
        match assembly.body(body, Protocol::Rest, BasePath::from_word(&base))? {
            Some(loaded) => api = loaded,
            None => {
                api.remark(
                    Code::UnknownBody,
                    "Body is known only after deployment; its methods are missing",
                    body.span,
                );
            }
        }
    } else if let Some(source) = resource.get("CloneFrom") {
        api.remark(Code::UnknownBody, "CloneFrom names another API; its methods are missing", source.span);
    } else if let Some(body) = resource.get("BodyS3Location") {
        api.remark(Code::UnknownBody, "BodyS3Location is not loaded; its methods are missing", body.span);
    }
    api.is_defined = !api.remarks.iter().any(|remark| remark.code == Code::UnknownBody);
    if let Some(name) = resource.word("Name") {
        api.api.name = Some(name);
    }
    if let Some(source) = resource.word("ApiKeySourceType").or_else(|| resource.word("ApiKeySource")) {
        api.api.api_key_source = source.parse().ok();
        let written = resource.get("ApiKeySourceType").or_else(|| resource.get("ApiKeySource"));
        if let (None, Some(written)) = (api.api.api_key_source, written) {
            api.remarks.extend(invalid_word("HEADER or AUTHORIZER", written));
        }
    }
    if let Some(types) = resource.get("BinaryMediaTypes") {
        api.mark_binary_types(types.items());
        // A patch operation writes `image/png` as `image~1png`, and so do some templates.
        let types = types.items().iter().filter_map(Node::to_word);
        api.api.binary_media_types = types.map(|media| unescape(&media)).collect();
    }
    Ok(api)
}

/// Assembles methods, integrations and all that belongs to them.
///
/// # Errors
/// The resources of a path form a circle.
pub(super) fn methods(assembly: &mut Assembly<'_>) -> Result<(), Fault> {
    let models = read_models(assembly)?;
    let mut parts = Parts::new(assembly.resources);
    let budget = &assembly.context.budget;
    for resource in assembly.of_kind(ResourceKind::Method) {
        let key = key_of(resource);
        let mut route = parts.route(&key, resource)?;
        route.is_declared = true;
        parts.declare(&mut route, &key, resource, &models);
        if let Some(node) = resource.get("Integration") {
            route.span = node.span;
            route.method.integration = integration::read(node, Surface::Cfn, Protocol::Rest, &mut route);
        } else if let Some(written) = parts.take_integration(&key) {
            parts.integrate(written, &key, &mut route);
        }
        let is_defined = assembly.known_api(&key.api).is_some_and(|api| api.is_defined);
        let api = assembly.api_of(&key.api, Protocol::Rest);
        if is_defined {
            check_models(&api.api, &mut route, resource);
        }
        api.add(route, budget)?;
    }
    // Integrations whose methods are not in the document.
    let mut orphans = Vec::new();
    let mut has_others: HashMap<String, bool> = HashMap::new();
    for resource in assembly.of_kind(ResourceKind::Integration) {
        let key = key_of(resource);
        // Of several for one method the last one counts.
        let Some(resource) = parts.take_integration(&key) else { continue };
        let has_methods = || assembly.known_api(&key.api).is_some_and(|api| !api.routes.is_empty());
        has_others.entry(key.api.clone()).and_modify(|others| *others = true).or_insert_with(has_methods);
        orphans.push((key, resource));
    }
    for (key, resource) in orphans {
        let mut route = parts.route(&key, resource)?;
        parts.integrate(resource, &key, &mut route);
        // A document with one integration alone is an example.
        if has_others.get(&key.api).copied().unwrap_or_default() {
            let message = "the document has no method for this integration";
            route.remark(Code::OrphanIntegration, "", message, resource.span);
        }
        assembly.api_of(&key.api, Protocol::Rest).add(route, budget)?;
    }
    let declared: HashSet<Key> = assembly.of_kind(ResourceKind::Method).map(key_of).collect();
    for resource in assembly.of_kind(ResourceKind::MethodResponse).filter(|it| !declared.contains(&key_of(it))) {
        let message = "the document has no method for this response; it is not read";
        assembly.drafts.remarks.push(Remark::new(Code::UnreadPart, "", message, resource.span));
    }
    for resource in std::mem::take(&mut parts.replaced) {
        let message = "the method has another integration, which counts; this one is not read";
        assembly.drafts.remarks.push(Remark::new(Code::OrphanIntegration, "", message, resource.span));
    }
    let mut unread: Vec<&Resource> = parts.integration_responses.into_values().flatten().collect();
    unread.sort_by_key(|resource| (resource.span.file, resource.span.start));
    for resource in unread {
        let message = "the document has no integration for this response; it is not read";
        assembly.drafts.remarks.push(Remark::new(Code::UnreadPart, "", message, resource.span));
    }
    for resource in assembly.of_kind(ResourceKind::RequestValidator) {
        if assembly.known_api(&resource.word("RestApiId").unwrap_or_default()).is_none() {
            let message = "the document does not have the API of this request validator; it is not read";
            assembly.drafts.remarks.push(Remark::new(Code::UnreadPart, "", message, resource.span));
        }
    }
    gateway_responses(assembly);
    Ok(())
}

/// Adds the models to their APIs, and returns their names by the references to them.
///
/// # Errors
/// The budget is spent.
fn read_models(assembly: &mut Assembly<'_>) -> Result<HashMap<String, String>, Fault> {
    let mut names = HashMap::new();
    for resource in assembly.of_kind(ResourceKind::Model).chain(assembly.of_kind(ResourceKind::V2Model)) {
        let symbol = resource.ids.first().cloned().unwrap_or_default();
        let name = resource.word("Name").unwrap_or(symbol);
        for id in &resource.ids {
            names.insert(id.clone(), name.clone());
        }
        if let Some(schema) = resource.get("Schema") {
            // A text has up to a value in two bytes.
            let size = schema.as_str().map_or_else(|| schema.weight(), |text| text.len().saturating_mul(16));
            assembly.context.budget.spend(size / 64, size, schema.span)?;
        }
        if let Some(schema) = resource.get("Schema").filter(|schema| schema.as_str().is_none() && !schema.is_map()) {
            let message = format!("the schema of the model {name} must be a map or a string");
            assembly.drafts.remarks.push(Remark::new(Code::WrongValueType, "", message, schema.span));
        }
        let schema = resource.get("Schema").map(|schema| match schema.as_str() {
            Some(text) => serde_json::from_str(text).unwrap_or_else(|error| {
                if !schema.has_placeholder() && !text.contains("${") {
                    let message = format!("the schema of the model {name} is not JSON: {error}");
                    assembly.drafts.remarks.push(Remark::new(Code::MalformedJson, "", message, schema.span));
                }
                Json::Null
            }),
            None => schema.to_json(),
        });
        let owner = resource.word("RestApiId").or_else(|| resource.word("ApiId")).unwrap_or_default();
        if let Some(api) = assembly.known_api(&owner) {
            if let Some(written) = resource.get("Schema") {
                api.mark_model(&name, written);
            }
            api.api.models.set(name, schema.unwrap_or_default());
        } else {
            let message = "the document does not have the API of this model; it is not read";
            assembly.drafts.remarks.push(Remark::new(Code::UnreadPart, "", message, resource.span));
        }
    }
    Ok(names)
}

/// Adds gateway responses to their APIs.
fn gateway_responses(assembly: &mut Assembly<'_>) {
    for resource in assembly.of_kind(ResourceKind::GatewayResponse) {
        let mut remarks = Vec::new();
        let response = gateway_response(&resource.properties, resource.surface, &mut remarks);
        let kind = resource.word("ResponseType").unwrap_or_default();
        if let Some(api) = assembly.known_api(&resource.word("RestApiId").unwrap_or_default()) {
            let surface = resource.surface;
            let (parameters, status) = (surface.spell("ResponseParameters"), surface.spell("StatusCode"));
            api.mark_gateway_response(&kind, &resource.properties, &parameters, &status);
            if let Some(written) = resource.get("ResponseType") {
                api.mark(format!("/gatewayResponses/{}", escape(&kind)), written);
            }
            api.api.gateway_responses.set(kind, response);
            api.remarks.append(&mut remarks);
        } else {
            let message = "the document does not have the API of this gateway response; it is not read";
            assembly.drafts.remarks.push(Remark::new(Code::UnreadPart, "", message, resource.span));
        }
    }
}

/// Adds the findings about models of a method's requests that its API does not have.
fn check_models(api: &Api, route: &mut RouteDraft, resource: &Resource) {
    for (_, name) in route.method.request_models.iter() {
        let place = resource.get("RequestModels").map_or(resource.span, |written| written.span);
        route.remarks.extend(unknown_model(api, name, place));
    }
}

/// Reads a request validator.
fn validator(resource: &Resource) -> RequestValidator {
    let flag = |name: &str| resource.get(name).and_then(Node::to_bool).unwrap_or_default();
    RequestValidator::new(flag("ValidateRequestBody"), flag("ValidateRequestParameters"))
}

/// Returns a string unless it is empty or has a placeholder.
fn known(word: &str) -> Option<String> {
    (!word.is_empty() && !word.contains("${")).then(|| word.to_owned())
}

/// The key that a method, its integration and its responses have in common.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Key {
    api: String,
    resource: String,
    method: String,
}

fn key_of(resource: &Resource) -> Key {
    let word = |name: &str| resource.word(name).unwrap_or_default();
    Key { api: word("RestApiId"), resource: word("ResourceId"), method: word("HttpMethod").to_ascii_uppercase() }
}

/// Responses that a method declares, by their status codes, with the findings about them.
#[derive(Default)]
struct Declared {
    responses: Table<DeclaredResponse>,
    remarks: Vec<Remark>,
}

impl Declared {
    fn add(&mut self, node: &Node, surface: Surface, models: &HashMap<String, String>) {
        self.remarks.extend(node.get(&surface.spell("StatusCode")).and_then(unknown_status));
        let status = node.word(&surface.spell("StatusCode")).unwrap_or_default();
        self.responses.set(status, declared_response(node, surface, models, &mut self.remarks));
    }
}

/// Parts of methods that are resources of their own, as in Terraform.
struct Parts<'a> {
    paths: Paths<'a>,
    validators: HashMap<&'a str, RequestValidator>,
    integrations: HashMap<Key, &'a Resource>,
    integration_responses: HashMap<Key, Vec<&'a Resource>>,
    method_responses: HashMap<Key, Vec<&'a Resource>>,
    /// Those that were read.
    declared: RefCell<HashMap<Key, Rc<Declared>>>,
    /// Integrations of methods that have a later one.
    replaced: Vec<&'a Resource>,
}

impl<'a> Parts<'a> {
    fn new(resources: &'a [Resource]) -> Self {
        let mut parts = Parts {
            paths: Paths::new(resources),
            validators: HashMap::new(),
            integrations: HashMap::new(),
            integration_responses: HashMap::new(),
            method_responses: HashMap::new(),
            declared: RefCell::default(),
            replaced: Vec::new(),
        };
        for resource in resources {
            match resource.kind {
                ResourceKind::RequestValidator => {
                    let validator = validator(resource);
                    parts.validators.extend(resource.ids.iter().map(|id| (id.as_str(), validator)));
                }
                ResourceKind::Integration => {
                    let key = key_of(resource);
                    // A script puts an integration again to change it.
                    let is_whole = resource.surface != Surface::CliInput && !key.resource.is_empty();
                    let old = parts.integrations.insert(key, resource);
                    parts.replaced.extend(old.filter(|_| is_whole));
                }
                ResourceKind::IntegrationResponse => {
                    parts.integration_responses.entry(key_of(resource)).or_default().push(resource);
                }
                ResourceKind::MethodResponse => {
                    parts.method_responses.entry(key_of(resource)).or_default().push(resource);
                }
                _ => {}
            }
        }
        parts
    }

    /// Creates the route of a method or an integration.
    fn route(&self, key: &Key, resource: &Resource) -> Result<RouteDraft, Fault> {
        let mut route = RouteDraft { span: resource.span, ..RouteDraft::default() };
        route.method.http_method = known(&key.method);
        route.method.path = self.paths.path(&key.resource, resource.span)?;
        route.remarks.extend(resource.get("HttpMethod").and_then(unknown_method));
        if route.method.path.is_none() && !key.resource.is_empty() && !self.paths.by_id.is_empty() {
            let message =
                format!("the path is not known: the document lacks the resource {} or one above it", key.resource);
            let place = resource.get("ResourceId").map_or(resource.span, |written| written.span);
            route.remark(Code::UnknownValue, "", message, place);
        }
        Ok(route)
    }

    /// Reads the parameters, models, validator and responses that a method declares.
    fn declare(&self, route: &mut RouteDraft, key: &Key, resource: &Resource, models: &HashMap<String, String>) {
        let (method, remarks) = (&mut route.method, &mut route.remarks);
        let flag = |node: &Node| Some(node.to_bool().or_else(|| node.get("Required")?.to_bool()).unwrap_or_default());
        method.request_parameters =
            resource.get("RequestParameters").map(|node| table(node, remarks, flag)).unwrap_or_default();
        let named = resource.get("RequestModels").map(|node| table(node, remarks, Node::to_word)).unwrap_or_default();
        method.request_models =
            named.into_iter().map(|(media, name)| (media, models.get(&name).cloned().unwrap_or(name))).collect();
        if let Some(id) = resource.word("RequestValidatorId") {
            method.request_validator = self.validators.get(id.as_str()).copied();
            if method.request_validator.is_none() {
                let message = format!("the document has no request validator {id}; requests are not validated");
                remarks.push(Remark::new(Code::UnreadPart, "", message, resource.span));
            }
        }
        if let Some(parameters) = resource.get("RequestParameters") {
            remarks.extend(parameters.fields().filter_map(|(name, value)| unknown_parameter(name, value.span)));
        }
        let inline = resource.get("MethodResponses").map_or(&[][..], Node::items);
        let mut declared = Declared::default();
        inline.iter().for_each(|node| declared.add(node, resource.surface, models));
        let shared = self.method_responses(key, models);
        remarks.extend(declared.remarks.into_iter().chain(shared.remarks.iter().cloned()));
        for (status, response) in shared.responses.iter() {
            declared.responses.set(status, response.clone());
        }
        method.method_responses = Some(declared.responses);
        method.operation_name = resource.word("OperationName").filter(|name| is_known(name));
        method.api_key_required = resource.get("ApiKeyRequired").and_then(Node::to_bool).unwrap_or_default();
    }

    /// Returns the declared responses of a method that are resources of their own: they are read once, as a script may
    /// put a method many times.
    fn method_responses(&self, key: &Key, models: &HashMap<String, String>) -> Rc<Declared> {
        if let Some(read) = self.declared.borrow().get(key) {
            return read.clone();
        }
        let Some(found) = self.method_responses.get(key) else { return Rc::default() };
        let mut declared = Declared::default();
        found.iter().for_each(|resource| declared.add(&resource.properties, resource.surface, models));
        let declared = Rc::new(declared);
        self.declared.borrow_mut().insert(key.clone(), declared.clone());
        declared
    }

    /// Removes and returns the integration of a method.
    fn take_integration(&mut self, key: &Key) -> Option<&'a Resource> {
        self.integrations.remove(key)
    }

    /// Reads an integration and its responses into a route.
    fn integrate(&mut self, written: &Resource, key: &Key, route: &mut RouteDraft) {
        route.span = written.span;
        let Some(mut read) = integration::read(&written.properties, written.surface, Protocol::Rest, route) else {
            return;
        };
        for response in self.integration_responses.remove(key).into_iter().flatten() {
            let place = format!("/responses/{}", read.responses.len());
            read.responses.push(response_rule(&response.properties, response.surface, &place, route));
        }
        route.method.integration = Some(read);
    }
}

/// The resources that form the paths of REST APIs.
struct Paths<'a> {
    by_id: HashMap<&'a str, &'a Resource>,
    roots: HashSet<String>,
    /// Paths that are known, by the identifier of the resource.
    known: RefCell<HashMap<String, Option<String>>>,
    /// Bytes of these paths.
    written: Cell<usize>,
}

/// Most bytes of the paths of all resources. A chain of resources has paths as long as its square.
const MAX_PATHS: usize = 32 << 20;

impl<'a> Paths<'a> {
    fn new(resources: &'a [Resource]) -> Self {
        let mut paths =
            Paths { by_id: HashMap::new(), roots: HashSet::new(), known: RefCell::default(), written: Cell::new(0) };
        for resource in resources {
            match resource.kind {
                ResourceKind::Resource => paths.by_id.extend(resource.ids.iter().map(|id| (id.as_str(), resource))),
                ResourceKind::RestApi => paths.roots.extend(resource.word("RootResourceId")),
                _ => {}
            }
        }
        paths
    }

    /// Returns the path of a resource; `None` if a parent is not in the document.
    ///
    /// # Errors
    /// The parents form a circle, or are too many.
    fn path(&self, id: &str, span: Span) -> Result<Option<String>, Fault> {
        let is_root = |id: &str| {
            id.ends_with(".RootResourceId}") || id.ends_with(".root_resource_id}") || self.roots.contains(id)
        };
        // Identifiers with their parts, from the resource up to one whose path is known.
        let mut parts: Vec<(String, String)> = Vec::new();
        let mut seen = HashSet::new();
        let mut id = id.to_owned();
        let mut path = loop {
            if is_root(&id) {
                break Some(String::new());
            }
            if let Some(known) = self.known.borrow().get(&id) {
                break known.clone();
            }
            if !seen.insert(id.clone()) {
                return Err(Fault::new(Code::CircularReference, span, "cyclic ParentId chain"));
            }
            if seen.len() > MAX_DEPTH {
                return Err(Fault::new(Code::DocumentLimit, span, "the ParentId chain is too long"));
            }
            let Some(resource) = self.by_id.get(id.as_str()) else { break None };
            // A data source has the whole path.
            if let Some(path) = resource.word("Path").filter(|_| resource.get("PathPart").is_none()) {
                break Some(with_part(String::new(), path.trim_matches('/')));
            }
            let Some(part) = resource.word("PathPart") else { break None };
            let parent = resource.word("ParentId").unwrap_or_default();
            parts.push((std::mem::replace(&mut id, parent), part));
        };
        for (id, part) in parts.into_iter().rev() {
            path = path.map(|path| with_part(path, &part));
            let written = self.written.get() + path.as_ref().map_or(0, String::len);
            if written > MAX_PATHS {
                return Err(Fault::new(Code::DocumentLimit, span, "the paths of the resources are too long together"));
            }
            self.written.set(written);
            self.known.borrow_mut().insert(id, path.clone());
        }
        Ok(path.map(|path| if path.is_empty() { "/".to_owned() } else { path }))
    }
}

/// Appends a part to a path, unless it is empty.
fn with_part(path: String, part: &str) -> String {
    if part.is_empty() { path } else { format!("{path}/{part}") }
}
