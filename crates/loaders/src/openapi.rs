//! OpenAPI 2.0 and 3.x with Amazon's extensions ("Working with API Gateway extensions to OpenAPI").
//!
//! Operations become methods in the order of the document. REST or HTTP is not written in the document: only what a REST API
//! cannot have (a payload format, a subtype, a default route, shared integrations) makes it an HTTP API.

use crate::cloudformation::intrinsics::Intrinsics;
use crate::document::Fault;
use crate::model::bare;
use crate::model::draft::{ApiDraft, RouteDraft};
use crate::model::integration::{self, MOST, Surface};
use crate::syntax::tree::{Data, MAX_DEPTH, Node, Span};
use vtl::pipeline::{Api, DeclaredResponse, GatewayResponse, Method, Protocol, RequestValidator, Table};

const INTEGRATION: &str = "x-amazon-apigateway-integration";
pub(crate) const INTEGRATIONS: &str = "x-amazon-apigateway-integrations";
const ANY_METHOD: &str = "x-amazon-apigateway-any-method";
const OPERATIONS: &[&str] = &["get", "put", "post", "delete", "options", "head", "patch", ANY_METHOD];

/// What becomes of the document's base path ("Set the OpenAPI basePath property").
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum BasePath {
    /// Nothing.
    #[default]
    Ignore,
    /// It goes before every path.
    Prepend,
    /// All but its first part goes before every path.
    Split,
}

impl BasePath {
    pub(crate) fn from_word(word: &str) -> Self {
        match word.to_ascii_lowercase().as_str() {
            "prepend" => BasePath::Prepend,
            "split" => BasePath::Split,
            _ => BasePath::Ignore,
        }
    }
}

/// Whether this is the root of an OpenAPI document.
pub(crate) fn is_root(node: &Node) -> bool {
    node.is_map() && (node.get("swagger").is_some() || node.get("openapi").is_some())
}

/// Evaluates CloudFormation's functions in the extensions of a document that a template includes, and the variables that an import
/// knows ("AWS variables for OpenAPI import") as far as they are given.
pub(crate) fn evaluate(node: &mut Node, functions: &Intrinsics<'_>, depth: usize) -> Result<(), Fault> {
    const EXTENSIONS: &[&str] = &[INTEGRATION, INTEGRATIONS, "x-amazon-apigateway-gateway-responses"];
    let Data::Map(entries) = &mut node.data else { return Ok(()) };
    for (key, value) in entries {
        if key.as_str().is_some_and(|key| EXTENSIONS.contains(&key)) {
            let known = functions.evaluate(value)?;
            *value = functions.import(known.unwrap_or_else(|| Node::null(value.span)));
        } else if depth < 3 {
            evaluate(value, functions, depth + 1)?;
        }
    }
    Ok(())
}

/// Reads a whole document; the protocol is given where what stands around it tells.
pub(crate) fn load(root: &Node, protocol: Option<Protocol>, base: BasePath) -> Result<ApiDraft, Fault> {
    let document = OpenApi { root, protocol: Protocol::Rest };
    let protocol = match protocol {
        Some(protocol) => protocol,
        None if document.needs_http()? => Protocol::Http,
        None => Protocol::Rest,
    };
    OpenApi { root, protocol }.api(base)
}

/// Reads shared integrations that stand for themselves.
pub(crate) fn load_shared(shared: &Node) -> ApiDraft {
    let mut api = ApiDraft::unknown(Protocol::Http);
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
}

impl<'a> OpenApi<'a> {
    fn needs_http(&self) -> Result<bool, Fault> {
        if self.root.get("openapi").is_none() {
            return Ok(false);
        }
        if self.root.get("x-amazon-apigateway-cors").is_some() {
            return Ok(true);
        }
        for (_, item) in self.paths() {
            for (_, operation) in self.resolve(item)?.map_or(&[][..], Node::entries) {
                let Some(written) = operation.get(INTEGRATION) else { continue };
                let is_default = operation.get("isDefaultRoute").and_then(Node::to_bool) == Some(true);
                let is_shared = written.word("$ref").is_some_and(|to| to.contains(INTEGRATIONS));
                if is_default || is_shared || self.resolve(written)?.is_some_and(bare::is_http_only) {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    fn paths(&self) -> impl Iterator<Item = (&'a str, &'a Node)> + use<'a> {
        self.root.get("paths").into_iter().flat_map(Node::fields)
    }

    fn api(&self, base: BasePath) -> Result<ApiDraft, Fault> {
        let root = self.root;
        let mut draft = ApiDraft::default();
        let schemas = root.get("definitions").or_else(|| root.at(&["components", "schemas"]));
        let binary = root.get("x-amazon-apigateway-binary-media-types").map_or(&[][..], Node::items);
        let mut aside = RouteDraft::default();
        draft.api = Api {
            protocol: self.protocol,
            name: root.at(&["info", "title"]).and_then(Node::to_word),
            binary_media_types: binary.iter().filter_map(Node::to_word).collect(),
            models: schemas.map(|schemas| table(schemas, |schema| Some(schema.to_json()))).unwrap_or_default(),
            ..Api::default()
        };
        if let Some(responses) = root.get("x-amazon-apigateway-gateway-responses") {
            draft.api.gateway_responses =
                table(responses, |node| Some(gateway_response(node, Surface::OpenApi, &mut aside)));
            draft.remarks = aside.remarks;
        }
        let prefix = self.prefix(base);
        for (path, item) in self.paths() {
            let Some(item) = self.resolve(item)? else { continue };
            for (name, operation) in item.fields() {
                if OPERATIONS.contains(&name) {
                    draft.routes.push(self.operation(&prefix, path, name, item, operation)?);
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
        let mut route = RouteDraft { shown: true, span: operation.span, ..RouteDraft::default() };
        let word = if name == ANY_METHOD { "ANY".to_owned() } else { name.to_ascii_uppercase() };
        let is_default = operation.get("isDefaultRoute").and_then(Node::to_bool) == Some(true);
        if self.protocol == Protocol::Http && (is_default || path == "/$default") {
            route.method.route_key = Some("$default".to_owned());
        } else {
            route.method.http_method = Some(word);
            route.method.path = Some(format!("{prefix}{path}"));
        }
        if self.protocol == Protocol::Rest {
            self.declare(&mut route.method, item, operation)?;
        }
        if let Some(written) = operation.some(INTEGRATION) {
            route.span = written.span;
            match self.resolve(written)? {
                Some(node) => {
                    route.method.integration = integration::read(node, Surface::OpenApi, self.protocol, &mut route);
                }
                None => route.fault("type", "the reference leads nowhere", written.span),
            }
        }
        Ok(route)
    }

    /// The declarations of a REST method.
    fn declare(&self, method: &mut Method, item: &'a Node, operation: &'a Node) -> Result<(), Fault> {
        for list in [item.get("parameters"), operation.get("parameters")].into_iter().flatten() {
            for parameter in list.items().iter().take(MOST) {
                let Some(parameter) = self.resolve(parameter)? else { continue };
                let place = match parameter.word("in").as_deref() {
                    Some("query") => "querystring",
                    Some("path") => "path",
                    Some("header") => "header",
                    Some("body") => {
                        if let Some(model) = parameter.get("schema").and_then(model_name) {
                            for media in self.media_types(operation, "consumes") {
                                method.request_models.set(media, model.clone());
                            }
                        }
                        continue;
                    }
                    _ => continue,
                };
                let Some(name) = parameter.word("name") else { continue };
                let required = parameter.get("required").and_then(Node::to_bool).unwrap_or_default();
                method.request_parameters.set(format!("method.request.{place}.{name}"), required);
            }
        }
        if let Some(body) = operation.get("requestBody") {
            let body = self.resolve(body)?;
            method.request_models = body.and_then(|body| body.get("content")).map(content_models).unwrap_or_default();
        }
        let mut responses = Table::new();
        for (status, response) in operation.get("responses").into_iter().flat_map(Node::fields) {
            if status.len() != 3 || !status.bytes().all(|byte| byte.is_ascii_digit()) {
                continue;
            }
            let mut declared = DeclaredResponse::default();
            if let Some(response) = self.resolve(response)? {
                let headers = response.get("headers").into_iter().flat_map(Node::fields);
                declared.headers = headers.map(|(name, _)| name.to_owned()).collect();
                if let Some(content) = response.get("content") {
                    declared.models = content_models(content);
                } else if let Some(model) = response.get("schema").and_then(model_name) {
                    let medias = self.media_types(operation, "produces");
                    declared.models = medias.into_iter().map(|media| (media, model.clone())).collect();
                }
            }
            responses.set(status, declared);
        }
        method.method_responses = Some(responses);
        method.request_validator = self.validator(operation);
        Ok(())
    }

    fn validator(&self, operation: &Node) -> Option<RequestValidator> {
        const NAME: &str = "x-amazon-apigateway-request-validator";
        let name = operation.word(NAME).or_else(|| self.root.word(NAME))?;
        let rules = self.root.at(&["x-amazon-apigateway-request-validators", &name])?;
        let flag = |key: &str| rules.get(key).and_then(Node::to_bool).unwrap_or_default();
        Some(RequestValidator {
            validate_request_body: flag("validateRequestBody"),
            validate_request_parameters: flag("validateRequestParameters"),
        })
    }

    /// OpenAPI 2: the media types of an operation, else of the document.
    fn media_types(&self, operation: &Node, key: &str) -> Vec<String> {
        let list = operation.get(key).or_else(|| self.root.get(key)).map_or(&[][..], Node::items);
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

    /// Follows `$ref` within the document; none where it leads nowhere or elsewhere.
    fn resolve(&self, node: &'a Node) -> Result<Option<&'a Node>, Fault> {
        let mut seen: Vec<&Span> = Vec::new();
        let mut node = node;
        while let Some(target) = node.get("$ref").and_then(Node::as_str) {
            if seen.contains(&&node.span) || seen.len() > MAX_DEPTH {
                return Err(Fault::new(node.span, format!("the reference {target} leads back to itself")));
            }
            seen.push(&node.span);
            let Some(way) = target.strip_prefix("#/") else { return Ok(None) };
            let step = |node: &'a Node, part: &str| {
                let key = part.replace("~1", "/").replace("~0", "~");
                node.get(&key).or_else(|| node.items().get(key.parse::<usize>().ok()?))
            };
            match way.split('/').try_fold(self.root, step) {
                Some(found) => node = found,
                None => return Ok(None),
            }
        }
        Ok(Some(node))
    }
}

/// A map of the document as a table of the model.
pub(crate) fn table<V>(node: &Node, mut read: impl FnMut(&Node) -> Option<V>) -> Table<V> {
    // The tables are searched one by one; nobody has so many.
    node.fields().take(MOST).filter_map(|(key, value)| Some((key, read(value)?))).collect()
}

/// A gateway response in the words of a surface.
pub(crate) fn gateway_response(node: &Node, surface: Surface, draft: &mut RouteDraft) -> GatewayResponse {
    let part = |name: &str| node.some(&surface.spell(name));
    let parameters = part("ResponseParameters").map(|value| integration::words(value, "", "", draft, |_, _| true));
    let templates = part("ResponseTemplates").map(|value| integration::templates(value, "", "", draft));
    GatewayResponse {
        status_code: node.word(&surface.spell("StatusCode")).filter(|status| !status.is_empty()),
        response_parameters: parameters.unwrap_or_default(),
        response_templates: templates.unwrap_or_default(),
    }
}

fn content_models(content: &Node) -> Table<String> {
    table(content, |media| media.get("schema").and_then(model_name))
}

/// `Pet` of `#/definitions/Pet`.
fn model_name(schema: &Node) -> Option<String> {
    let target = schema.word("$ref")?;
    target.rsplit('/').next().map(str::to_owned)
}
