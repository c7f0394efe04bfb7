//! Resources that refer to each other, put together to APIs: what CloudFormation, SAM and Terraform have in common.
//!
//! A resource is found by the text that a reference to it evaluates to: `${Things}` in CloudFormation,
//! `${aws_api_gateway_resource.things.id}` in Terraform, an identifier in a state.

pub(crate) mod sam;
pub(crate) mod v2;

use crate::context::Context;
use crate::document::Fault;
use crate::model::draft::{ApiDraft, Drafts, RouteDraft};
use crate::model::integration::{self, Surface};
use crate::openapi::{self, BasePath};
use crate::syntax::tree::{Data, MAX_DEPTH, Node, Span};
use std::collections::{HashMap, HashSet};
use vtl::pipeline::{Api, DeclaredResponse, Protocol, RequestValidator, Table};

/// A resource with its values evaluated.
#[derive(Clone, Debug)]
pub(crate) struct Resource {
    /// Its kind without the vendor's prefix: `RestApi`, `V2Route`, `Serverless::Api`.
    pub kind: String,
    /// The texts that references to it evaluate to.
    pub ids: Vec<String>,
    /// Its properties.
    pub properties: Node,
    /// The spelling of its properties.
    pub surface: Surface,
    /// Where it is written.
    pub span: Span,
}

impl Resource {
    /// A property by CloudFormation's name, if it is neither absent nor null.
    pub(crate) fn get(&self, name: &str) -> Option<&Node> {
        self.properties.some(&self.surface.spell(name))
    }

    /// A property's text, if it is not empty.
    pub(crate) fn word(&self, name: &str) -> Option<String> {
        self.get(name).and_then(Node::to_word).filter(|word| !word.is_empty())
    }
}

/// APIs while their resources are put together.
pub(crate) struct Assembly<'a> {
    pub context: &'a Context<'a, 'a>,
    pub resources: &'a [Resource],
    pub drafts: Drafts,
    /// Index of an API by the text of a reference to it.
    by_id: HashMap<String, usize>,
}

/// Puts all resources together.
pub(crate) fn assemble(resources: &[Resource], context: &Context<'_, '_>) -> Result<Drafts, Fault> {
    let mut assembly = Assembly { context, resources, drafts: Drafts::default(), by_id: HashMap::new() };
    for resource in resources {
        let api = match resource.kind.as_str() {
            "RestApi" => assembly.rest_api(resource)?,
            "V2Api" => v2::api(&assembly, resource)?,
            "Serverless::Api" | "Serverless::HttpApi" => sam::api(&mut assembly, resource)?,
            _ => continue,
        };
        assembly.declare(api, &resource.ids);
    }
    assembly.rest()?;
    v2::routes(&mut assembly);
    sam::events(&mut assembly);
    Ok(assembly.drafts)
}

impl<'a> Assembly<'a> {
    pub(crate) fn of_kind(&self, kind: &'static str) -> impl Iterator<Item = &'a Resource> + use<'a> {
        self.resources.iter().filter(move |resource| resource.kind == kind)
    }

    fn declare(&mut self, api: ApiDraft, ids: &[String]) {
        for id in ids {
            self.by_id.insert(id.clone(), self.drafts.apis.len());
        }
        self.drafts.apis.push(api);
    }

    /// The API that a reference means; one of which only the protocol is known where the document does not define it.
    pub(crate) fn api_of(&mut self, reference: &str, protocol: Protocol) -> &mut ApiDraft {
        let at = self.api_index(reference, protocol);
        &mut self.drafts.apis[at]
    }

    /// The index of the same.
    pub(crate) fn api_index(&mut self, reference: &str, protocol: Protocol) -> usize {
        if let Some(at) = self.by_id.get(reference) {
            return *at;
        }
        self.declare(ApiDraft::unknown(protocol), &[reference.to_owned()]);
        self.drafts.apis.len() - 1
    }

    pub(crate) fn known_api(&mut self, reference: &str) -> Option<&mut ApiDraft> {
        let at = *self.by_id.get(reference)?;
        self.drafts.apis.get_mut(at)
    }

    /// The OpenAPI document of an API, as a map or as a text; none where its text is not known.
    pub(crate) fn body(&self, body: &Node, protocol: Protocol, base: BasePath) -> Result<Option<ApiDraft>, Fault> {
        let parsed = match &body.data {
            Data::Map(_) => return openapi::load(body, Some(protocol), base).map(Some),
            Data::Text(text) if text.open => self.context.parse_text(body).ok(),
            Data::Text(_) => Some(self.context.parse_text(body)?),
            _ => None,
        };
        match parsed.filter(openapi::is_root) {
            Some(root) => openapi::load(&root, Some(protocol), base).map(Some),
            None => Ok(None),
        }
    }

    fn rest_api(&self, resource: &Resource) -> Result<ApiDraft, Fault> {
        let parameters = resource.get("Parameters");
        let base = parameters.and_then(|parameters| parameters.word("basepath")).unwrap_or_default();
        let mut api = ApiDraft::unknown(Protocol::Rest);
        if let Some(body) = resource.get("Body") {
            match self.body(body, Protocol::Rest, BasePath::from_word(&base))? {
                Some(loaded) => api = loaded,
                None => note(&mut api, "the body is not known, so its methods are missing", body.span),
            }
        } else if let Some(body) = resource.get("BodyS3Location") {
            note(&mut api, "the body is in a bucket, so its methods are missing", body.span);
        }
        if let Some(name) = resource.word("Name") {
            api.api.name = Some(name);
        }
        set_binary_types(&mut api.api, resource.get("BinaryMediaTypes"));
        Ok(api)
    }

    /// Methods, integrations and what belongs to them, of REST APIs.
    fn rest(&mut self) -> Result<(), Fault> {
        let paths = Paths::new(self.resources);
        let validators: HashMap<&String, RequestValidator> = self
            .of_kind("RequestValidator")
            .flat_map(|resource| resource.ids.iter().map(move |id| (id, validator(resource))))
            .collect();
        let models = self.models();
        let mut parts = Parts::new(self.resources);
        for resource in self.of_kind("Method") {
            let key = key_of(resource);
            let mut route = RouteDraft { shown: true, span: resource.span, ..RouteDraft::default() };
            route.method.http_method = known(&key.method);
            route.method.path = paths.path(&key.resource, resource.span)?;
            let flags = resource.get("RequestParameters");
            let flag =
                |node: &Node| Some(node.to_bool().or_else(|| node.get("Required")?.to_bool()).unwrap_or_default());
            route.method.request_parameters = flags.map(|node| openapi::table(node, flag)).unwrap_or_default();
            let named =
                resource.get("RequestModels").map(|node| openapi::table(node, Node::to_word)).unwrap_or_default();
            route.method.request_models =
                named.into_iter().map(|(media, name)| (media, models.get(&name).cloned().unwrap_or(name))).collect();
            let validator = resource.word("RequestValidatorId");
            route.method.request_validator = validator.and_then(|id| validators.get(&id).copied());
            let inline = resource.get("MethodResponses").map_or(&[][..], Node::items);
            let mut declared = Table::new();
            for (node, surface) in
                inline.iter().map(|node| (node, resource.surface)).chain(parts.method_responses(&key))
            {
                let status = node.word(&surface.spell("StatusCode")).unwrap_or_default();
                declared.set(status, declared_response(node, surface, &models));
            }
            route.method.method_responses = Some(declared);
            if let Some(node) = resource.get("Integration") {
                route.span = node.span;
                route.method.integration = integration::read(node, Surface::Cfn, Protocol::Rest, &mut route);
            } else if let Some(written) = parts.take_integration(&key) {
                parts.integrate(written, &key, &mut route);
            }
            self.api_of(&key.api, Protocol::Rest).routes.push(route);
        }
        // Integrations whose methods the document does not show.
        for resource in self.of_kind("Integration") {
            let key = key_of(resource);
            if parts.take_integration(&key).is_none() {
                continue;
            }
            let mut route = RouteDraft::default();
            route.method.http_method = known(&key.method);
            route.method.path = paths.path(&key.resource, resource.span)?;
            parts.integrate(resource, &key, &mut route);
            let has_methods = self.known_api(&key.api).is_some_and(|api| !api.routes.is_empty());
            if has_methods {
                route.note("", "the integration belongs to no method of the document", resource.span);
            }
            self.api_of(&key.api, Protocol::Rest).routes.push(route);
        }
        self.settings();
        Ok(())
    }

    /// The names of models by the texts of references to them; the models go to their APIs.
    fn models(&mut self) -> HashMap<String, String> {
        let mut names = HashMap::new();
        for resource in self.of_kind("Model").chain(self.of_kind("V2Model")) {
            let symbol = resource.ids.first().cloned().unwrap_or_default();
            let name = resource.word("Name").unwrap_or(symbol);
            for id in &resource.ids {
                names.insert(id.clone(), name.clone());
            }
            let schema = resource.get("Schema").map(|schema| match schema.as_str() {
                Some(text) => serde_json::from_str(text).unwrap_or_default(),
                None => schema.to_json(),
            });
            let owner = resource.word("RestApiId").or_else(|| resource.word("ApiId")).unwrap_or_default();
            if let Some(api) = self.known_api(&owner) {
                api.api.models.set(name, schema.unwrap_or_default());
            }
        }
        names
    }

    /// Gateway responses and the variables of stages.
    fn settings(&mut self) {
        for resource in self.of_kind("GatewayResponse") {
            let mut aside = RouteDraft::default();
            let response = openapi::gateway_response(&resource.properties, resource.surface, &mut aside);
            let kind = resource.word("ResponseType").unwrap_or_default();
            if let Some(api) = self.known_api(&resource.word("RestApiId").unwrap_or_default()) {
                api.api.gateway_responses.set(kind, response);
                api.remarks.append(&mut aside.remarks);
            }
        }
        let mut stages: HashMap<String, Vec<Table<String>>> = HashMap::new();
        for resource in self.resources {
            let (owner, variables) = match resource.kind.as_str() {
                "Stage" => ("RestApiId", resource.get("Variables")),
                "V2Stage" => ("ApiId", resource.get("StageVariables")),
                "Deployment" if resource.get("StageName").is_some() => {
                    let described = resource.get("StageDescription").and_then(|node| node.some("Variables"));
                    ("RestApiId", described.or_else(|| resource.get("Variables")))
                }
                _ => continue,
            };
            let variables = variables.map(|node| openapi::table(node, Node::to_word)).unwrap_or_default();
            stages.entry(resource.word(owner).unwrap_or_default()).or_default().push(variables);
        }
        for (owner, mut variables) in stages {
            if let (Some(api), Some(only), true) = (self.known_api(&owner), variables.pop(), variables.is_empty()) {
                api.api.stage_variables = only;
            }
        }
    }
}

pub(crate) fn note(api: &mut ApiDraft, message: &str, span: Span) {
    let mut aside = RouteDraft::default();
    aside.note("", message, span);
    api.remarks.append(&mut aside.remarks);
}

/// `image~1png` is how a patch operation would write `image/png`; templates may too.
pub(crate) fn set_binary_types(api: &mut Api, types: Option<&Node>) {
    if let Some(types) = types {
        api.binary_media_types =
            types.items().iter().filter_map(Node::to_word).map(|media| media.replace("~1", "/")).collect();
    }
}

fn validator(resource: &Resource) -> RequestValidator {
    let flag = |name: &str| resource.get(name).and_then(Node::to_bool).unwrap_or_default();
    RequestValidator {
        validate_request_body: flag("ValidateRequestBody"),
        validate_request_parameters: flag("ValidateRequestParameters"),
    }
}

pub(crate) fn declared_response(node: &Node, surface: Surface, models: &HashMap<String, String>) -> DeclaredResponse {
    let parameters = node.some(&surface.spell("ResponseParameters"));
    let named = node.some(&surface.spell("ResponseModels")).map(|node| openapi::table(node, Node::to_word));
    let header = |(name, _): (&str, &Node)| name.strip_prefix("method.response.header.").unwrap_or(name).to_owned();
    DeclaredResponse {
        headers: parameters.into_iter().flat_map(Node::fields).map(header).collect(),
        models: named
            .unwrap_or_default()
            .into_iter()
            .map(|(media, name)| (media, models.get(&name).cloned().unwrap_or(name)))
            .collect(),
    }
}

/// A text that is not open.
fn known(word: &str) -> Option<String> {
    (!word.is_empty() && !word.contains("${")).then(|| word.to_owned())
}

/// What joins a method with its integration and responses.
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

/// Terraform's separate parts of methods.
struct Parts<'a> {
    integrations: HashMap<Key, &'a Resource>,
    integration_responses: HashMap<Key, Vec<&'a Resource>>,
    method_responses: HashMap<Key, Vec<&'a Resource>>,
}

impl<'a> Parts<'a> {
    fn new(resources: &'a [Resource]) -> Self {
        let mut parts = Parts {
            integrations: HashMap::new(),
            integration_responses: HashMap::new(),
            method_responses: HashMap::new(),
        };
        for resource in resources {
            match resource.kind.as_str() {
                "Integration" => drop(parts.integrations.insert(key_of(resource), resource)),
                "IntegrationResponse" => {
                    parts.integration_responses.entry(key_of(resource)).or_default().push(resource)
                }
                "MethodResponse" => parts.method_responses.entry(key_of(resource)).or_default().push(resource),
                _ => {}
            }
        }
        parts
    }

    fn method_responses(&self, key: &Key) -> impl Iterator<Item = (&'a Node, Surface)> + use<'a> {
        let found = self.method_responses.get(key).cloned().unwrap_or_default();
        found.into_iter().map(|resource| (&resource.properties, resource.surface))
    }

    fn take_integration(&mut self, key: &Key) -> Option<&'a Resource> {
        self.integrations.remove(key)
    }

    fn integrate(&self, written: &Resource, key: &Key, route: &mut RouteDraft) {
        route.span = written.span;
        let Some(mut read) = integration::read(&written.properties, written.surface, Protocol::Rest, route) else {
            return;
        };
        for response in self.integration_responses.get(key).into_iter().flatten() {
            let place = format!("/responses/{}", read.responses.len());
            read.responses.push(integration::response_rule(&response.properties, response.surface, &place, route));
        }
        route.method.integration = Some(read);
    }
}

/// The tree of resources of REST APIs.
struct Paths<'a> {
    by_id: HashMap<&'a str, &'a Resource>,
    roots: HashSet<String>,
}

impl<'a> Paths<'a> {
    fn new(resources: &'a [Resource]) -> Self {
        let mut paths = Paths { by_id: HashMap::new(), roots: HashSet::new() };
        for resource in resources {
            match resource.kind.as_str() {
                "Resource" => paths.by_id.extend(resource.ids.iter().map(|id| (id.as_str(), resource))),
                "RestApi" => paths.roots.extend(resource.word("RootResourceId")),
                _ => {}
            }
        }
        paths
    }

    /// The path of a resource; none where one above it is not in the document.
    fn path(&self, id: &str, span: Span) -> Result<Option<String>, Fault> {
        let mut parts = Vec::new();
        let mut seen = HashSet::new();
        let mut id = id.to_owned();
        loop {
            let is_root =
                id.ends_with(".RootResourceId}") || id.ends_with(".root_resource_id}") || self.roots.contains(&id);
            if is_root {
                break;
            }
            if !seen.insert(id.clone()) {
                return Err(Fault::new(span, "the resources above this one form a circle"));
            }
            if seen.len() > MAX_DEPTH {
                return Err(Fault::new(span, "the resources nest too deeply"));
            }
            let Some(resource) = self.by_id.get(id.as_str()) else { return Ok(None) };
            // Looked up in the account, so the whole path is written.
            if let Some(path) = resource.word("Path").filter(|_| resource.get("PathPart").is_none()) {
                parts.push(path.trim_matches('/').to_owned());
                break;
            }
            let Some(part) = resource.word("PathPart") else { return Ok(None) };
            parts.push(part);
            id = resource.word("ParentId").unwrap_or_default();
        }
        parts.reverse();
        parts.retain(|part| !part.is_empty());
        Ok(Some(format!("/{}", parts.join("/"))))
    }
}
