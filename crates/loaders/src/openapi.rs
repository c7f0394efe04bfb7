//! OpenAPI 2.0 and 3.x with Amazon's extensions ("Working with API Gateway extensions to OpenAPI").
//!
//! Operations become methods in the order of the document. The document does not name its protocol:
//! it is an HTTP API if it has anything that a REST API cannot have (the payload format 2.0, a subtype,
//! a default route, shared integrations), or what a REST API ignores (CORS settings, a payload format)
//! without what only REST APIs have, and a REST API otherwise.

mod models;
mod shapes;

use crate::budget::{Budget, VALUE};
use crate::diagnostic::{Fault, Remark};
use crate::model::address;
use crate::model::cors::cors_configuration;
use crate::model::draft::{ApiDraft, RouteDraft};
use crate::model::integration;
use crate::model::protocol::{is_http_only, is_rest_only};
use crate::model::response::gateway_response;
use crate::model::surface::Surface;
use crate::model::table::{first, table};
use crate::model::words::invalid_word;
use crate::references::{Index, References};
use crate::syntax::tree::{MAX_DEPTH, Node};
use models::Models;
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use vtl::Code;
use vtl::pipeline::model::{DeclaredResponse, RequestValidator, Table};
use vtl::pipeline::{Api, Method, Protocol};

pub(crate) const INTEGRATION: &str = "x-amazon-apigateway-integration";
pub(crate) const INTEGRATIONS: &str = "x-amazon-apigateway-integrations";
const ANY_METHOD: &str = "x-amazon-apigateway-any-method";
const OPERATIONS: &[&str] = &["get", "put", "post", "delete", "options", "head", "patch", ANY_METHOD];

/// Steps of a parameter, a response or a reference, and steps and bytes of an operation.
const STEPS: usize = 8;
const OPERATION: usize = 400;
const ROUTE: usize = 1_024;

/// Handling of the document's base path ("Set the OpenAPI basePath property").
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum BasePath {
    /// The base path is ignored.
    #[default]
    Ignore,
    /// The base path is put before every path.
    Prepend,
    /// All but the first part of the base path is put before every path.
    Split,
}

impl BasePath {
    /// Returns the handling that an import asks for; any other word means `ignore`.
    pub(crate) fn from_word(word: &str) -> Self {
        match word.to_ascii_lowercase().as_str() {
            "prepend" => BasePath::Prepend,
            "split" => BasePath::Split,
            _ => BasePath::Ignore,
        }
    }
}

/// Checks for the root of an OpenAPI document.
pub(crate) fn is_root(node: &Node) -> bool {
    node.is_map() && (node.get("swagger").is_some() || node.get("openapi").is_some())
}

/// Reads a whole document. The protocol is guessed if it is `None`.
///
/// # Errors
/// A `$ref` leads back to itself.
pub(crate) fn load(
    root: &Node,
    protocol: Option<Protocol>,
    base: BasePath,
    references: &References,
    budget: &Budget<'_>,
) -> Result<ApiDraft, Fault> {
    let index = Index::default();
    let models = RefCell::new(Models::new(root, references, &index, budget));
    let resolved = RefCell::default();
    let mut document = OpenApi { root, protocol: Protocol::Rest, references, index: &index, budget, models, resolved };
    document.protocol = match protocol {
        Some(protocol) => protocol,
        None if document.needs_http()? => Protocol::Http,
        None => Protocol::Rest,
    };
    let mut draft = document.api(base)?;
    draft.api.models = document.models.into_inner().finish()?;
    draft.remarks.extend(references.remarks.iter().cloned());
    Ok(draft)
}

/// Reads shared integrations without a document around them.
pub(crate) fn load_shared(shared: &Node) -> ApiDraft {
    let mut api = ApiDraft::of_protocol(Protocol::Http);
    for (_, node) in shared.entries() {
        let mut route = RouteDraft { span: node.span, ..RouteDraft::default() };
        route.method.integration = integration::read(node, Surface::OpenApi, Protocol::Http, &mut route);
        api.routes.push(route);
    }
    api
}

struct OpenApi<'a> {
    root: &'a Node,
    protocol: Protocol,
    references: &'a References,
    index: &'a Index<'a>,
    budget: &'a Budget<'a>,
    models: RefCell<Models<'a>>,
    /// Ends of the references that were followed, by the address of the value that has them.
    resolved: RefCell<HashMap<*const Node, Option<&'a Node>>>,
}

impl<'a> OpenApi<'a> {
    /// Decides between REST and HTTP by what only one of them has (aws-observed 18.14). A payload format
    /// of 1.0 and CORS settings are imported as a REST API too.
    fn needs_http(&self) -> Result<bool, Fault> {
        const OF_REST: &[&str] = &[
            "x-amazon-apigateway-request-validator",
            "x-amazon-apigateway-request-validators",
            "x-amazon-apigateway-gateway-responses",
            "x-amazon-apigateway-binary-media-types",
            "x-amazon-apigateway-api-key-source",
            "x-amazon-apigateway-policy",
            "x-amazon-apigateway-minimum-compression-size",
        ];
        if self.root.get("openapi").is_none() {
            return Ok(false);
        }
        let mut is_rest = OF_REST.iter().any(|name| self.root.get(name).is_some());
        let mut may_be_http = self.root.get("x-amazon-apigateway-cors").is_some();
        for (_, item) in self.paths() {
            for (_, operation) in self.resolve(item)?.map_or(&[][..], Node::entries) {
                is_rest |= operation.get("x-amazon-apigateway-request-validator").is_some();
                let Some(written) = operation.get(INTEGRATION) else { continue };
                let is_default = operation.get("isDefaultRoute").and_then(Node::to_bool) == Some(true);
                let is_shared = written.word("$ref").is_some_and(|to| to.contains(INTEGRATIONS));
                let Some(integration) = self.resolve(written)? else { continue };
                if is_default || is_shared || is_http_only(integration) {
                    return Ok(true);
                }
                is_rest |= is_rest_only(integration);
                may_be_http |= integration.some("payloadFormatVersion").is_some();
            }
        }
        Ok(may_be_http && !is_rest)
    }

    fn paths(&self) -> impl Iterator<Item = (&'a str, &'a Node)> + use<'a> {
        self.root.get("paths").into_iter().flat_map(Node::fields)
    }

    fn api(&self, base: BasePath) -> Result<ApiDraft, Fault> {
        let root = self.root;
        let mut draft = ApiDraft::default();
        let binary = root.get("x-amazon-apigateway-binary-media-types").map_or(&[][..], Node::items);
        shapes::check_root(root, &mut draft.remarks);
        draft.api = Api::new(self.protocol);
        draft.api.name = root.at(&["info", "title"]).and_then(Node::to_word);
        draft.api.binary_media_types = binary.iter().filter_map(Node::to_word).collect();
        draft.mark_binary_types(binary);
        address::add(&mut draft.api, root);
        let source = root.word("x-amazon-apigateway-api-key-source").and_then(|word| word.parse().ok());
        if let (None, Some(written)) = (&source, root.get("x-amazon-apigateway-api-key-source")) {
            draft.remarks.extend(invalid_word("HEADER or AUTHORIZER", written));
        }
        draft.api.api_key_source = source.filter(|_| self.protocol == Protocol::Rest);
        let schemas = root.get("definitions").or_else(|| root.at(&["components", "schemas"]));
        for (name, schema) in schemas.into_iter().flat_map(Node::fields) {
            draft.mark_model(name, schema);
        }
        if let Some(responses) = root.get("x-amazon-apigateway-gateway-responses") {
            for (kind, node) in responses.fields() {
                draft.mark_gateway_response(kind, node, "responseParameters", "statusCode");
            }
            let mut remarks = Vec::new();
            draft.api.gateway_responses = table(responses, &mut draft.remarks, |node| {
                Some(gateway_response(node, Surface::OpenApi, &mut remarks))
            });
            draft.remarks.append(&mut remarks);
        }
        if let Some(cors) = root.some("x-amazon-apigateway-cors").filter(|_| self.protocol == Protocol::Http) {
            draft.api.cors_configuration = cors_configuration(cors, Surface::OpenApi, &mut draft.remarks);
        }
        let prefix = self.prefix(base);
        // Many paths may refer to one item.
        let mut checked: HashSet<*const Node> = HashSet::new();
        for (path, item) in self.paths() {
            let Some(item) = self.resolve(item)? else { continue };
            if checked.insert(std::ptr::from_ref(item)) {
                shapes::check_path(path, item, OPERATIONS, &mut draft.remarks);
            }
            for (name, operation) in item.fields() {
                if OPERATIONS.contains(&name) {
                    let route = self.operation(&prefix, path, name, item, operation)?;
                    draft.add(route, self.budget)?;
                }
            }
        }
        Ok(draft)
    }

    fn operation(
        &self,
        prefix: &str,
        path: &str,
        name: &str,
        item: &'a Node,
        operation: &'a Node,
    ) -> Result<RouteDraft, Fault> {
        self.budget.spend(OPERATION, ROUTE, operation.span)?;
        let mut route = RouteDraft::declared(operation.span);
        let word = if name == ANY_METHOD { "ANY".to_owned() } else { name.to_ascii_uppercase() };
        let is_default = operation.get("isDefaultRoute").and_then(Node::to_bool) == Some(true);
        if self.protocol == Protocol::Http && (is_default || path == "/$default") {
            route.method.route_key = Some("$default".to_owned());
        } else {
            route.method.http_method = Some(word);
            route.method.path = Some(format!("{prefix}{path}"));
        }
        shapes::check_operation(operation, &mut route.remarks);
        if self.protocol == Protocol::Rest {
            self.declare(&mut route.method, item, operation, &mut route.remarks)?;
        }
        if let Some(written) = operation.some(INTEGRATION) {
            route.span = written.span;
            match self.resolve(written)? {
                Some(node) => {
                    route.method.integration = integration::read(node, Surface::OpenApi, self.protocol, &mut route);
                }
                None => {
                    let target = written.word("$ref").unwrap_or_default();
                    let message = format!("the reference {target} leads to nothing in this document");
                    route.remark(Code::MissingReference, "type", message, written.span);
                }
            }
        }
        Ok(route)
    }

    /// Reads the declarations of a REST method.
    fn declare(
        &self,
        method: &mut Method,
        item: &'a Node,
        operation: &'a Node,
        remarks: &mut Vec<Remark>,
    ) -> Result<(), Fault> {
        for list in [item.get("parameters"), operation.get("parameters")].into_iter().flatten() {
            for parameter in first(list.items(), list.span, "", remarks) {
                self.budget.spend(STEPS, VALUE, parameter.span)?;
                let Some(parameter) = self.resolve(parameter)? else { continue };
                let place = match parameter.word("in").as_deref() {
                    Some("query") => "querystring",
                    Some("path") => "path",
                    Some("header") => "header",
                    Some("body") => {
                        if let Some(model) =
                            parameter.get("schema").and_then(|schema| self.models.borrow_mut().of_request(schema))
                        {
                            for media in self.media_types(operation, "consumes") {
                                method.request_models.set(media, model.clone());
                            }
                        }
                        continue;
                    }
                    Some(place @ ("cookie" | "formData")) => {
                        let message = format!("a parameter is not read: a method has none of the place {place}");
                        remarks.push(Remark::new(Code::UnreadPart, "", message, parameter.span));
                        continue;
                    }
                    place => {
                        let message = match place {
                            Some(place) => format!("a parameter is not read: {place} is no place of parameters"),
                            None => "a parameter is not read: it has no place (`in`)".to_owned(),
                        };
                        remarks.push(Remark::new(Code::UnknownField, "", message, parameter.span));
                        continue;
                    }
                };
                let Some(name) = parameter.word("name") else {
                    let message = "a parameter is not read: it has no name";
                    remarks.push(Remark::new(Code::UnknownField, "", message, parameter.span));
                    continue;
                };
                let required = parameter.get("required").and_then(Node::to_bool).unwrap_or_default();
                method.request_parameters.set(format!("method.request.{place}.{name}"), required);
            }
        }
        if let Some(body) = operation.get("requestBody") {
            let body = self.resolve(body)?;
            let content = body.and_then(|body| body.get("content"));
            method.request_models = content
                .map(|content| self.content_models(content, remarks, |models, schema| models.of_request(schema)))
                .unwrap_or_default();
        }
        let mut responses = Table::new();
        for (status, response) in operation.get("responses").into_iter().flat_map(Node::fields) {
            if status.len() != 3 || !status.bytes().all(|byte| byte.is_ascii_digit()) {
                if status != "default" && !status.starts_with("x-") && !status.contains("${") {
                    let message = format!("the response {status} is not read: it must have a status code or default");
                    remarks.push(Remark::new(Code::InvalidEnumValue, "", message, response.span));
                }
                continue;
            }
            self.budget.spend(STEPS, VALUE, response.span)?;
            let mut declared = DeclaredResponse::default();
            if let Some(response) = self.resolve(response)? {
                let headers = response.get("headers");
                let headers = headers.map_or(&[][..], |node| first(node.entries(), node.span, "", remarks));
                declared.headers = headers.iter().filter_map(|(name, _)| name.as_str().map(str::to_owned)).collect();
                if let Some(content) = response.get("content") {
                    declared.models = self.content_models(content, remarks, |models, schema| models.referenced(schema));
                } else if let Some(model) = self.response_model(response) {
                    let medias = self.media_types(operation, "produces");
                    declared.models = medias.into_iter().map(|media| (media, model.clone())).collect();
                }
            }
            responses.set(status, declared);
        }
        method.method_responses = Some(responses);
        method.operation_name = operation.word("operationId").filter(|name| !name.is_empty());
        method.api_key_required = self.needs_api_key(operation);
        method.request_validator = self.validator(operation, remarks);
        Ok(())
    }

    /// Checks for a security scheme of API keys that an operation asks for. The service ignores the
    /// `security` of the whole document.
    fn needs_api_key(&self, operation: &Node) -> bool {
        let named = |name: &str| self.index.get(self.root, name);
        let of_components = || self.index.get(named("components")?, "securitySchemes");
        let schemes = named("securityDefinitions").or_else(of_components);
        let is_key = |name: &str| {
            schemes.and_then(|schemes| self.index.get(schemes, name)).is_some_and(|scheme| {
                scheme.word("type").is_some_and(|kind| kind == "apiKey")
                    && scheme.word("name").is_some_and(|name| name.eq_ignore_ascii_case("x-api-key"))
                    && scheme.get("x-amazon-apigateway-authorizer").is_none()
            })
        };
        let asked = operation.get("security").map_or(&[][..], Node::items);
        asked.iter().flat_map(Node::fields).any(|(name, _)| is_key(name))
    }

    fn validator(&self, operation: &Node, remarks: &mut Vec<Remark>) -> Option<RequestValidator> {
        const NAME: &str = "x-amazon-apigateway-request-validator";
        let named = |name: &str| self.index.get(self.root, name);
        let written = operation.some(NAME).or_else(|| named(NAME).filter(|node| !node.is_null()))?;
        let name = written.to_word()?;
        let rules = named("x-amazon-apigateway-request-validators").and_then(|all| self.index.get(all, &name));
        let Some(rules) = rules else {
            let message =
                format!("the document has no request validator {name} in x-amazon-apigateway-request-validators");
            let remark = Remark::new(Code::UnknownValidator, "", message, written.span);
            if !name.is_empty() && !name.contains("${") {
                remarks.push(remark);
            }
            return None;
        };
        let flag = |key: &str| rules.get(key).and_then(Node::to_bool).unwrap_or_default();
        Some(RequestValidator::new(flag("validateRequestBody"), flag("validateRequestParameters")))
    }

    /// Returns the media types of an operation, or else of the document (OpenAPI 2.0).
    fn media_types(&self, operation: &Node, key: &str) -> Vec<String> {
        let list = operation.get(key).or_else(|| self.index.get(self.root, key)).map_or(&[][..], Node::items);
        let medias: Vec<String> = list.iter().filter_map(Node::to_word).collect();
        if medias.is_empty() { vec!["application/json".to_owned()] } else { medias }
    }

    fn prefix(&self, base: BasePath) -> String {
        let path = self.root.word("basePath").or_else(|| {
            let server = self.root.get("servers")?.items().first()?;
            let variable = server.at(&["variables", "basePath", "default"]).and_then(Node::to_word);
            variable.or_else(|| {
                let url = server.word("url")?;
                let rest = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
                rest.find('/').map(|at| rest[at..].to_owned())
            })
        });
        let path = path.unwrap_or_default();
        let parts = path.split('/').filter(|part| !part.is_empty());
        let skipped = match base {
            BasePath::Ignore => return String::new(),
            BasePath::Prepend => 0,
            BasePath::Split => 1,
        };
        parts.skip(skipped).map(|part| format!("/{part}")).collect()
    }

    /// Follows `$ref` within the document and its files; `None` if it leads to nothing.
    fn resolve(&self, node: &'a Node) -> Result<Option<&'a Node>, Fault> {
        let mut seen: Vec<*const Node> = Vec::new();
        let mut node = node;
        let end = loop {
            let Some(target) = node.get("$ref").filter(|target| target.as_str().is_some()) else { break Some(node) };
            self.budget.spend(STEPS, 0, node.span)?;
            let here = std::ptr::from_ref(node);
            if let Some(known) = self.resolved.borrow().get(&here) {
                break *known;
            }
            if seen.contains(&here) || seen.len() > MAX_DEPTH {
                let written = target.as_str().unwrap_or_default();
                let message = match seen.len() > MAX_DEPTH {
                    true => format!("the reference {written} leads through more than {MAX_DEPTH} others"),
                    false => format!("the reference {written} leads back to itself"),
                };
                return Err(Fault::new(Code::CircularReference, node.span, message));
            }
            seen.push(here);
            match self.references.find(self.root, target, self.index) {
                Some(found) => node = found,
                None => break None,
            }
        };
        self.resolved.borrow_mut().extend(seen.into_iter().map(|here| (here, end)));
        Ok(end)
    }

    /// Returns the models of a response of OpenAPI 2.0.
    fn response_model(&self, response: &'a Node) -> Option<String> {
        self.models.borrow_mut().referenced(response.get("schema")?)
    }

    /// Returns the models of a `content`, by media type.
    fn content_models(
        &self,
        content: &'a Node,
        remarks: &mut Vec<Remark>,
        name: impl Fn(&mut Models<'a>, &'a Node) -> Option<String>,
    ) -> Table<String> {
        let entries = first(content.entries(), content.span, "", remarks).iter();
        let named = entries.filter_map(|(media, value)| {
            let media = media.as_str()?;
            let model = name(&mut self.models.borrow_mut(), value.get("schema")?)?;
            Some((media, model))
        });
        named.collect()
    }
}
