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
use crate::span::Span;
use crate::syntax::tree::{MAX_DEPTH, Node};
use models::Models;
use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};
use vtl::Code;
use vtl::pipeline::model::{DeclaredResponse, RequestValidator, Table};
use vtl::pipeline::{Api, Method, Protocol};

pub(crate) const INTEGRATION: &str = "x-amazon-apigateway-integration";
pub(crate) const INTEGRATIONS: &str = "x-amazon-apigateway-integrations";
const ANY_METHOD: &str = "x-amazon-apigateway-any-method";
const OPERATIONS: &[&str] = &["get", "put", "post", "delete", "options", "head", "patch", ANY_METHOD];

/// Steps of a parameter, a response or a reference, and of an operation.
const STEPS: usize = 8;
const OPERATION: usize = 400;

/// Steps of an entry of a table, and bytes that a step copies.
const ENTRY: usize = 8;
const BYTES_PER_STEP: usize = 64;

/// Steps of a property of an integration: all that can be read of it are looked for.
const PROPERTY: usize = 8;

/// Levels below a shared value that are read each time: responses of an integration, each of them, and its tables;
/// media types of a response, each of them, and its schema.
const SHARED_DEPTH: usize = 3;

/// Bytes of the texts of a route that are copied before they are charged.
const MOST_COPIED: usize = 1 << 20;

/// Bytes of an operation.
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
    let mut document = OpenApi {
        root,
        protocol: Protocol::Rest,
        references,
        index: &index,
        budget,
        models,
        copied: Cell::new(0),
        resolved: RefCell::default(),
        sizes: RefCell::default(),
    };
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
    /// Bytes that were copied for the route that is being read.
    copied: Cell<usize>,
    /// Ends of the references that were followed, by the address of the value that has them.
    resolved: RefCell<HashMap<*const Node, Option<&'a Node>>>,
    /// Numbers of values in those that references lead to, by their addresses.
    sizes: RefCell<HashMap<*const Node, usize>>,
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
        // Many paths may refer to one item, and many operations to one integration.
        let mut seen: HashSet<*const Node> = HashSet::new();
        for (_, written) in self.paths() {
            let item = self.resolve(written)?.filter(|item| seen.insert(std::ptr::from_ref(*item)));
            for (_, operation) in item.map_or(&[][..], Node::entries) {
                is_rest |= operation.get("x-amazon-apigateway-request-validator").is_some();
                let Some(written) = operation.get(INTEGRATION) else { continue };
                let is_default = operation.get("isDefaultRoute").and_then(Node::to_bool) == Some(true);
                let is_shared = written.word("$ref").is_some_and(|to| to.contains(INTEGRATIONS));
                let Some(integration) = self.resolve(written)? else { continue };
                if is_default || is_shared {
                    return Ok(true);
                }
                if !seen.insert(std::ptr::from_ref(integration)) {
                    continue;
                }
                if is_http_only(integration) {
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
        // Many paths may refer to one item: the steps of reading it again.
        let mut checked: HashMap<*const Node, usize> = HashMap::new();
        for (path, written) in self.paths() {
            let Some(item) = self.resolve(written)? else { continue };
            let is_beside = |key: &str| OPERATIONS.contains(&key) || key == "parameters";
            if !std::ptr::eq(item, written)
                && let Some((key, beside)) = written.fields().find(|(key, _)| is_beside(key))
            {
                let message = format!("{path}: {key} beside a $ref is not read: the reference is in its place");
                draft.remarks.push(Remark::new(Code::UnreadPart, "", message, beside.span));
            }
            match checked.get(&std::ptr::from_ref(item)) {
                Some(steps) => self.budget.spend(*steps, 0, written.span)?,
                None => {
                    let is_shared = !std::ptr::eq(item, written);
                    let steps = if is_shared { 2 * item.weight() / VALUE } else { 0 };
                    checked.insert(std::ptr::from_ref(item), steps);
                    shapes::check_path(path, item, OPERATIONS, &mut draft.remarks);
                }
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
        self.copied.set(0);
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
                    // Many operations may refer to one.
                    let shared = if std::ptr::eq(node, written) { 0 } else { self.size(node) };
                    self.budget.spend(PROPERTY * shared, 0, written.span)?;
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
        let mut body = None;
        for list in [item.get("parameters"), operation.get("parameters")].into_iter().flatten() {
            for written in first(list.items(), list.span, "", remarks) {
                self.budget.spend(STEPS, VALUE, written.span)?;
                let Some(parameter) = self.resolve(written)? else { continue };
                let part = |name: &str| self.part(parameter, written, name);
                let place = part("in");
                let place = match place.and_then(Node::as_str) {
                    Some("query") => "querystring",
                    Some("path") => "path",
                    Some("header") => "header",
                    Some("body") => {
                        let model = part("schema").and_then(|schema| self.models.borrow_mut().of_request(schema));
                        // Of several the last one counts.
                        body = model.or(body);
                        continue;
                    }
                    Some(place @ ("cookie" | "formData")) => {
                        let message = format!("a parameter is not read: a method has none of the place {place}");
                        remarks.push(Remark::new(Code::UnreadPart, "", message, parameter.span));
                        continue;
                    }
                    _ => {
                        let place = place.and_then(Node::to_word);
                        self.copy(place.as_ref().map_or(0, String::len), parameter.span)?;
                        let message = match place {
                            Some(place) => format!("a parameter is not read: {place} is no place of parameters"),
                            None => "a parameter is not read: it has no place (`in`)".to_owned(),
                        };
                        remarks.push(Remark::new(Code::UnknownField, "", message, parameter.span));
                        continue;
                    }
                };
                let Some(name) = part("name").and_then(Node::to_word) else {
                    let message = "a parameter is not read: it has no name";
                    remarks.push(Remark::new(Code::UnknownField, "", message, parameter.span));
                    continue;
                };
                self.budget.spend(name.len() / BYTES_PER_STEP, 0, parameter.span)?;
                let required = part("required").and_then(Node::to_bool).unwrap_or_default();
                method.request_parameters.set(format!("method.request.{place}.{name}"), required);
            }
        }
        if let Some(model) = body {
            let medias = self.media_types(operation, "consumes", remarks);
            method.request_models = self.of_each(&medias, &model, operation)?;
        }
        if let Some(written) = operation.get("requestBody") {
            let content = self.resolve(written)?.and_then(|body| self.part(body, written, "content"));
            method.request_models = match content {
                Some(content) => self.content_models(content, remarks, |models, schema| models.of_request(schema))?,
                None => Table::new(),
            };
        }
        let mut responses = Table::new();
        let mut produced = None;
        for (status, written) in operation.get("responses").into_iter().flat_map(Node::fields) {
            if status.len() != 3 || !status.bytes().all(|byte| byte.is_ascii_digit()) {
                if status != "default" && !status.starts_with("x-") && !status.contains("${") {
                    let message = format!("the response {status} is not read: it must have a status code or default");
                    remarks.push(Remark::new(Code::InvalidEnumValue, "", message, written.span));
                }
                continue;
            }
            self.budget.spend(STEPS, VALUE, written.span)?;
            let mut declared = DeclaredResponse::default();
            if let Some(response) = self.resolve(written)? {
                let part = |name: &str| self.part(response, written, name);
                let headers = part("headers").map_or(&[][..], |node| first(node.entries(), node.span, "", remarks));
                let names = headers.iter().filter_map(|(name, _)| name.as_str());
                self.copies(headers.len(), names.map(str::len).sum(), written.span)?;
                declared.headers = headers.iter().filter_map(|(name, _)| name.as_str().map(str::to_owned)).collect();
                if let Some(content) = part("content") {
                    declared.models =
                        self.content_models(content, remarks, |models, schema| models.referenced(schema))?;
                } else if let Some(model) =
                    part("schema").and_then(|schema| self.models.borrow_mut().referenced(schema))
                {
                    let medias = produced.get_or_insert_with(|| self.media_types(operation, "produces", remarks));
                    declared.models = self.of_each(medias, &model, written)?;
                }
            }
            responses.set(status, declared);
        }
        method.method_responses = Some(responses);
        method.operation_name = operation.word("operationId").filter(|name| !name.is_empty());
        method.api_key_required = self.needs_api_key(operation);
        method.request_validator = self.validator(operation, remarks)?;
        Ok(())
    }

    /// Checks for a security scheme of API keys that an operation asks for. The service ignores the
    /// `security` of the whole document.
    fn needs_api_key(&self, operation: &Node) -> bool {
        let named = |name: &str| self.index.get(self.root, name);
        let of_components = || self.index.get(named("components")?, "securitySchemes");
        let schemes = named("securityDefinitions").or_else(of_components);
        let is_key = |name: &str| {
            let scheme = schemes.and_then(|schemes| self.index.get(schemes, name));
            scheme.and_then(|scheme| self.resolve(scheme).ok().flatten()).is_some_and(|scheme| {
                let part = |name: &str| self.index.get(scheme, name);
                part("type").and_then(Node::as_str) == Some("apiKey")
                    && part("name").and_then(Node::as_str).is_some_and(|it| it.eq_ignore_ascii_case("x-api-key"))
                    && part("x-amazon-apigateway-authorizer").is_none()
            })
        };
        let asked = operation.get("security").map_or(&[][..], Node::items);
        asked.iter().flat_map(Node::fields).any(|(name, _)| is_key(name))
    }

    fn validator(&self, operation: &Node, remarks: &mut Vec<Remark>) -> Result<Option<RequestValidator>, Fault> {
        const NAME: &str = "x-amazon-apigateway-request-validator";
        let named = |name: &str| self.index.get(self.root, name);
        let written = operation.some(NAME).or_else(|| named(NAME).filter(|node| !node.is_null()));
        let Some(written) = written else { return Ok(None) };
        // That of the document is looked up for each operation.
        self.budget.spend(written.as_str().map_or(0, str::len) / BYTES_PER_STEP, 0, written.span)?;
        let Some(name) = written.to_word() else { return Ok(None) };
        let rules = named("x-amazon-apigateway-request-validators").and_then(|all| self.index.get(all, &name));
        let Some(rules) = rules else {
            self.copy(name.len(), written.span)?;
            let message =
                format!("the document has no request validator {name} in x-amazon-apigateway-request-validators");
            let remark = Remark::new(Code::UnknownValidator, "", message, written.span);
            if !name.is_empty() && !name.contains("${") {
                remarks.push(remark);
            }
            return Ok(None);
        };
        let flag = |key: &str| self.index.get(rules, key).and_then(Node::to_bool).unwrap_or_default();
        Ok(Some(RequestValidator::new(flag("validateRequestBody"), flag("validateRequestParameters"))))
    }

    /// Returns the media types of an operation, or else of the document (OpenAPI 2.0).
    fn media_types(&self, operation: &'a Node, key: &str, remarks: &mut Vec<Remark>) -> Vec<Cow<'a, str>> {
        let list = operation.get(key).or_else(|| self.index.get(self.root, key));
        let list = list.map_or(&[][..], |list| first(list.items(), list.span, "", remarks));
        let word = |node: &'a Node| node.as_str().map(Cow::Borrowed).or_else(|| node.to_word().map(Cow::Owned));
        let medias: Vec<_> = list.iter().filter_map(word).collect();
        if medias.is_empty() { vec!["application/json".into()] } else { medias }
    }

    /// Returns the table that has one model for each of some media types.
    fn of_each(&self, medias: &[Cow<'a, str>], model: &str, node: &Node) -> Result<Table<String>, Fault> {
        let bytes = medias.iter().map(|media| media.len() + model.len()).sum();
        self.copies(medias.len(), bytes, node.span)?;
        Ok(medias.iter().map(|media| (media.as_ref(), model.to_owned())).collect())
    }

    /// Charges a text that is copied.
    fn copy(&self, bytes: usize, span: Span) -> Result<(), Fault> {
        self.budget.spend(bytes / BYTES_PER_STEP, bytes, span)
    }

    /// Charges texts that are copied, with a name each, for a route or a response that may be one of many.
    fn copies(&self, count: usize, bytes: usize, span: Span) -> Result<(), Fault> {
        let before = self.copied.get();
        let copied = before + VALUE * count + bytes;
        self.copied.set(copied);
        // What a route has is charged when it is added.
        let held = copied.saturating_sub(before.max(MOST_COPIED));
        self.budget.spend(ENTRY * count + bytes / BYTES_PER_STEP, held, span)
    }

    /// Returns a part of a value; one that references lead to may be large and is looked at for each of them.
    fn part(&self, value: &'a Node, written: &Node, name: &str) -> Option<&'a Node> {
        if std::ptr::eq(value, written) { value.get(name) } else { self.index.get(value, name) }
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
        let written = node;
        let mut node = node;
        let end = loop {
            let Some(target) = self.part(node, written, "$ref").filter(|target| target.as_str().is_some()) else {
                break Some(node);
            };
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
        if let Some(end) = end.filter(|end| !std::ptr::eq(*end, written)) {
            self.budget.spend(self.size(end), 0, written.span)?;
        }
        Ok(end)
    }

    /// Returns the number of values in a value that is read for each reference to it.
    fn size(&self, node: &Node) -> usize {
        let mut sizes = self.sizes.borrow_mut();
        *sizes.entry(std::ptr::from_ref(node)).or_insert_with(|| values_within(node, SHARED_DEPTH))
    }

    /// Returns the models of a `content`, by media type.
    fn content_models(
        &self,
        content: &'a Node,
        remarks: &mut Vec<Remark>,
        name: impl Fn(&mut Models<'a>, &'a Node) -> Option<String>,
    ) -> Result<Table<String>, Fault> {
        let entries = first(content.entries(), content.span, "", remarks);
        let medias = entries.iter().filter_map(|(media, _)| media.as_str());
        self.copies(entries.len(), medias.map(str::len).sum(), content.span)?;
        let named = entries.iter().filter_map(|(media, value)| {
            let media = media.as_str()?;
            let model = name(&mut self.models.borrow_mut(), self.index.get(value, "schema")?)?;
            Some((media, model))
        });
        let named: Vec<(&str, String)> = named.collect();
        self.copies(0, named.iter().map(|(_, model)| model.len()).sum(), content.span)?;
        Ok(named.into_iter().collect())
    }
}

/// Returns the number of values in a value down to a depth.
fn values_within(node: &Node, depth: usize) -> usize {
    let inner = |value: &Node| 1 + if depth == 0 { 0 } else { values_within(value, depth - 1) };
    node.entries().iter().map(|(_, value)| inner(value)).sum::<usize>() + node.items().iter().map(inner).sum::<usize>()
}
