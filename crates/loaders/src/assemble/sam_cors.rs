//! SAM's `Cors` of REST APIs: the `OPTIONS` methods that it generates.

use crate::assemble::assembly::Assembly;
use crate::assemble::resource::ResourceKind;
use crate::diagnostic::Fault;
use crate::model::draft::RouteDraft;
use crate::span::Span;
use crate::syntax::tree::Node;
use std::collections::HashMap;
use vtl::Code;
use vtl::pipeline::model::{DeclaredResponse, IntegrationType, ResponseRule, Table};
use vtl::pipeline::{Integration, Method, Protocol};

/// Methods that `ANY` stands for, in the order of the header.
const ALL_METHODS: &str = "DELETE,GET,HEAD,OPTIONS,PATCH,POST,PUT";

/// Adds an `OPTIONS` method to each path without one, as SAM's translator does (`add_cors` of
/// samtranslator/swagger/swagger.py).
///
/// # Errors
/// The budget is spent.
pub(super) fn preflights(assembly: &mut Assembly<'_>) -> Result<(), Fault> {
    let budget = &assembly.context.budget;
    for resource in assembly.of_kind(ResourceKind::SamRestApi) {
        let Some(cors) = resource.get("Cors") else { continue };
        let Some(api) = resource.ids.first().and_then(|id| assembly.known_api(id)) else { continue };
        let mut paths: Vec<(&str, Vec<&str>)> = Vec::new();
        let mut known = HashMap::new();
        for method in api.routes.iter().map(|route| &route.method) {
            let Some(path) = method.path.as_deref() else { continue };
            let at = *known.entry(normal(path)).or_insert(paths.len());
            if at == paths.len() {
                paths.push((path, Vec::new()));
            }
            paths[at].1.extend(method.http_method.as_deref());
        }
        let without = paths.iter().filter(|(_, methods)| !methods.contains(&"OPTIONS"));
        let without: Vec<(String, String)> =
            without.map(|(path, methods)| ((*path).to_owned(), allowed(methods))).collect();
        for (path, allowed) in without {
            api.add(preflight(&path, cors, allowed), budget)?;
        }
    }
    Ok(())
}

/// Returns a path without its last slash, which makes no other resource.
fn normal(path: &str) -> &str {
    path.strip_suffix('/').filter(|path| !path.is_empty()).unwrap_or(path)
}

/// Creates the `OPTIONS` method of a path; `allowed` is the header of its methods.
fn preflight(path: &str, cors: &Node, allowed: String) -> RouteDraft {
    let part = |name: &str| cors.some(name).and_then(Node::to_word).filter(|word| !word.is_empty());
    let origin = if cors.is_map() { part("AllowOrigin") } else { cors.to_word() };
    // An import leaves out what is no string.
    let age = cors.some("MaxAge").filter(|age| age.as_str().is_none());
    let is_number = age.is_some();
    let is_credible = cors.some("AllowCredentials").and_then(Node::to_bool) == Some(true);
    let headers = [
        ("Access-Control-Allow-Origin", Some(origin.unwrap_or_else(|| "'*'".to_owned()))),
        ("Access-Control-Allow-Headers", part("AllowHeaders")),
        ("Access-Control-Allow-Methods", Some(part("AllowMethods").unwrap_or(allowed))),
        ("Access-Control-Max-Age", part("MaxAge").filter(|_| !is_number)),
        ("Access-Control-Allow-Credentials", is_credible.then(|| "'true'".to_owned())),
    ];
    let headers: Vec<(&str, String)> = headers.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
    let mut rule = ResponseRule::default();
    rule.status_code = "200".to_owned();
    rule.response_parameters =
        headers.iter().map(|(name, value)| (format!("method.response.header.{name}"), value.clone())).collect();
    rule.response_templates.set("application/json", "{}\n".to_owned());
    let mut declared = DeclaredResponse::default();
    declared.headers = headers.iter().map(|(name, _)| (*name).to_owned()).collect();
    let mut made = Integration::new(IntegrationType::Mock);
    made.request_templates.set("application/json", "{\n  \"statusCode\" : 200\n}\n".to_owned());
    made.responses = vec![rule];
    let mut route = generated(cors.span, "OPTIONS", path);
    if let Some(age) = age {
        let message = "MaxAge must be a string such as \"'600'\"; the import leaves it out";
        route.remark(Code::NonTextValue, "responses", message, age.span);
    }
    route.method.method_responses = Some(Table::from_iter([("200", declared)]));
    route.method.integration = Some(made);
    route.templates.push("/responses/0/responseTemplates/application~1json".to_owned());
    route
}

/// Creates a REST method that SAM generates, with one request template.
pub(super) fn generated(span: Span, method: &str, path: &str) -> RouteDraft {
    let mut route = RouteDraft::declared(span);
    route.method = Method::from_key(&format!("{method} {path}"), Protocol::Rest);
    route.templates.push("/requestTemplates/application~1json".to_owned());
    route
}

/// Returns the methods of a path and `OPTIONS`, as the value of a header.
fn allowed(methods: &[&str]) -> String {
    let mut all: Vec<&str> = methods.iter().copied().chain(["OPTIONS"]).collect();
    all.sort_unstable();
    all.dedup();
    let all = if all.contains(&"ANY") { ALL_METHODS.to_owned() } else { all.join(",") };
    format!("'{all}'")
}
