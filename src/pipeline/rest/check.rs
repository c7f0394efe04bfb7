//! The check of REST APIs: methods, integrations and gateway responses.

use crate::diagnostic::Code;
use crate::pipeline::call::ResponseType;
use crate::pipeline::check::problem::Problems;
use crate::pipeline::check::rules::{
    PROXY_BACKENDS, check_credentials, check_method, check_templates, check_timeout, escape, is_open, is_status,
};
use crate::pipeline::mapping::{Source, Target};
use crate::pipeline::model::uri::{mask, service_fault};
use crate::pipeline::model::{
    Api, ConnectionType, DeclaredResponse, GatewayResponse, Integration, IntegrationType, Method, ResponseRule,
    ResponseTransferMode, Table, is_endpoint,
};
use crate::value::pattern::Pattern;
use std::collections::{HashMap, HashSet};

/// Checks a method and its integration.
pub(crate) fn check_declared(method: &Method, found: &mut Problems<'_>) {
    let mut names: Vec<&str> =
        method.request_parameters.names().filter_map(|full| full.splitn(4, '.').nth(3)).collect();
    names.sort_unstable();
    if names.windows(2).any(|pair| pair[0] == pair[1]) {
        let message = "Parameter names must be unique across querystring, header and path";
        found.add(Code::DuplicateParameter, "requestParameters", "", message);
    }
    match &method.integration {
        Some(integration) => check(integration, Some(method), found),
        None => found.add(Code::NoIntegration, "type", "", "No integration defined for method"),
    }
}

/// Checks the configured gateway responses of an API.
pub(crate) fn check_gateway_responses(api: &Api, found: &mut Problems<'_>) {
    for (name, own) in api.gateway_responses.iter() {
        check_gateway_response(name, own, found);
    }
}

fn check_gateway_response(name: &str, own: &GatewayResponse, found: &mut Problems<'_>) {
    let place = format!("/gatewayResponses/{}", escape(name));
    let mut add = |code, part: &str, message: &str| {
        found.add(code, "gatewayResponses", format!("{place}{part}"), format!("{name}: {message}"));
    };
    if !is_open(name) && name.parse::<ResponseType>().is_err() {
        add(Code::InvalidGatewayResponse, "", &format!("Invalid gateway response type specified: {name}"));
    }
    if let Some(status) = own.status_code.as_deref().filter(|status| !is_status(status) && !is_open(status)) {
        add(Code::InvalidStatus, "/statusCode", &format!("Invalid status code: {status}"));
    }
    for (target, source) in own.response_parameters.iter() {
        let part = format!("/responseParameters/{}", escape(target));
        let target = Target::gateway(target).err().filter(|_| !is_open(target));
        let source = Source::gateway(source).err().filter(|_| !is_open(source));
        for error in [target, source].into_iter().flatten() {
            add(Code::InvalidMapping, &part, error.detail());
        }
    }
}

/// Checks an integration; without the method, as where a document does not show it, declarations are
/// not checked.
pub(crate) fn check(integration: &Integration, method: Option<&Method>, found: &mut Problems<'_>) {
    check_http_method(integration, found);
    check_uri(integration, found);
    check_connection(integration, found);
    check_credentials(integration, found);
    // The quota of regional and private APIs may be raised, that of streams is higher.
    let is_stream = integration.response_transfer_mode == Some(ResponseTransferMode::Stream);
    check_timeout(integration, if is_stream { 900_000 } else { 300_000 }, found);
    check_transfer(integration, found);
    check_mappings(integration, method, found);
    let templates = &integration.request_templates;
    check_templates(found, "requestTemplates", ("/requestTemplates", "request"), templates, true);
    check_cache_keys(integration, found, method);
    // Responses of a proxy are not used, so exports write statuses that the method does not declare.
    let method = method.filter(|_| !integration.kind.is_proxy());
    let declared = method.and_then(|method| method.method_responses.as_ref());
    let mut headers = HashMap::new();
    for (at, (rule, name)) in integration.response_names().enumerate() {
        check_response(found, (at, rule, name), declared, &mut headers);
    }
    check_selection_patterns(integration, found);
}

fn check_mappings(integration: &Integration, method: Option<&Method>, found: &mut Problems<'_>) {
    for (target, source) in integration.request_parameters.iter() {
        let place = || format!("/requestParameters/{}", escape(target));
        if let Err(error) = Target::request(target) {
            found.add(Code::InvalidMapping, "requestParameters", place(), error.detail());
        }
        match Source::request_within(source, found.budget) {
            Err(_) if found.budget.check().is_err() => return,
            Err(error) => found.add(Code::InvalidMapping, "requestParameters", place(), error.detail()),
            Ok(parsed) if method.is_some_and(|method| !declares(method, &parsed)) => {
                add_undeclared(found, method, &parsed, ("requestParameters", place()), source);
            }
            Ok(Source::Fixed(value)) if !is_encoded(target, &value) => {
                let message = format!(
                    "Invalid mapping expression specified: Validation Result: warnings : [], errors : [Invalid mapping expression \
                     specified: {source}. Static parameter value must be valid and encoded]"
                );
                found.add(Code::InvalidMapping, "requestParameters", place(), message);
            }
            Ok(_) => {}
        }
    }
}

fn check_http_method(integration: &Integration, found: &mut Problems<'_>) {
    if integration.kind == IntegrationType::Mock {
        return;
    }
    check_method(integration, true, found);
    if let Some(method) = integration.http_method.as_deref()
        && !is_open(method)
        && !matches!(method, "" | "POST")
        && integration.is_lambda()
    {
        let message = format!("Lambda functions are invoked by POST: with {method} every call fails");
        found.property(Code::LambdaNeedsPost, "httpMethod", message);
    }
}

fn check_uri(integration: &Integration, found: &mut Problems<'_>) {
    let uri = integration.uri.as_deref().unwrap_or_default();
    let masked = mask(uri);
    // A URI that is one unresolved variable cannot be checked.
    if integration.kind == IntegrationType::Mock
        || (!uri.is_empty() && masked.starts_with('x') && uri.starts_with("${"))
    {
        return;
    }
    let blank = masked.find(|letter: char| letter.is_ascii_whitespace() || letter.is_control());
    let message = if integration.kind.is_http() {
        (!is_endpoint(&masked) || !is_port_allowed(&masked)).then_some("Invalid HTTP endpoint specified for URI")
    } else if blank.is_some() && service_fault(&masked).is_none() {
        // Recorded for an action with a blank (aws-observed 18.7).
        Some("Illegal character in the name of the action or the path: every call is answered with 500")
    } else {
        let supported = integration.is_lambda() || masked.split(':').nth(4) == Some("firehose");
        service_fault(&masked)
            .or((integration.kind == IntegrationType::AwsProxy && !supported).then_some(PROXY_BACKENDS))
    };
    if let Some(message) = message {
        found.property(Code::InvalidUri, "uri", message);
    }
}

fn check_connection(integration: &Integration, found: &mut Problems<'_>) {
    if integration.connection_type != ConnectionType::VpcLink {
        return;
    }
    if !integration.kind.is_http() {
        let message = "VPC_LINK is for the types HTTP and HTTP_PROXY only";
        found.property(Code::InvalidConnection, "connectionType", message);
    }
    if integration.connection_id.as_deref().unwrap_or_default().is_empty() {
        let message = "Connection ID must be specified for a VPC_LINK connection";
        found.property(Code::InvalidConnection, "connectionId", message);
    }
}

/// Checks that a stream has a proxy integration, and for Lambda its own URI.
fn check_transfer(integration: &Integration, found: &mut Problems<'_>) {
    let stream = integration.response_transfer_mode == Some(ResponseTransferMode::Stream);
    if stream && !integration.kind.is_proxy() {
        let message = "Response streaming is for the types HTTP_PROXY and AWS_PROXY only";
        found.property(Code::InvalidTransferMode, "responseTransferMode", message);
    }
    let uri = integration.uri.as_deref().unwrap_or_default();
    if integration.is_lambda() && !uri.ends_with('}') && stream != uri.ends_with("/response-streaming-invocations") {
        let message = "STREAM and a URI that ends in /response-streaming-invocations require each other";
        found.property(Code::InvalidTransferMode, "uri", message);
    }
}

fn check_cache_keys(integration: &Integration, found: &mut Problems<'_>, method: Option<&Method>) {
    for (at, name) in integration.cache_key_parameters.iter().enumerate() {
        let place = format!("/cacheKeyParameters/{at}");
        match Source::cache(name) {
            Err(error) => found.add(Code::InvalidMapping, "cacheKeyParameters", place, error.detail()),
            // A parameter of the integration must be mapped.
            Ok(_) if name.starts_with("integration.") => {
                if integration.request_parameters.get(name).is_none() {
                    found.add(Code::UndeclaredParameter, "cacheKeyParameters", place, undeclared(name));
                }
            }
            Ok(source) => {
                if method.is_some_and(|method| !declares(method, &source)) {
                    add_undeclared(found, method, &source, ("cacheKeyParameters", place), name);
                }
            }
        }
    }
}

/// Headers that responses declare, in small letters, by their statuses.
type Headers<'m> = HashMap<&'m str, HashSet<String>>;

fn check_response<'m>(
    found: &mut Problems<'_>,
    (at, rule, name): (usize, &'m ResponseRule, &str),
    declared: Option<&'m Table<DeclaredResponse>>,
    headers: &mut Headers<'m>,
) {
    let place = |part: &str| format!("/responses/{at}{part}");
    let own = declared.and_then(|declared| declared.get(&rule.status_code));
    if !is_open(&rule.status_code) {
        if !is_status(&rule.status_code) {
            let message = format!("Invalid status code: {:?}", rule.status_code);
            found.add(Code::InvalidStatus, "responses", place("/statusCode"), message);
        } else if declared.is_some() && own.is_none() {
            let message = "Invalid mapping expression specified: no method response has this status";
            found.add(Code::UndeclaredStatus, "responses", place("/statusCode"), message);
        }
    }
    let compile = |pattern: &String| Pattern::compile_within(pattern, 0, found.budget).err();
    if let Some(error) = rule.selection_pattern.as_ref().and_then(compile).filter(|_| found.budget.check().is_ok()) {
        found.add(Code::InvalidSelectionPattern, "responses", place("/selectionPattern"), error.detail());
    }
    for (target, source) in rule.response_parameters.iter() {
        let place = || format!("/responses/{at}/responseParameters/{}", escape(target));
        match Target::response(target) {
            Err(error) => found.add(Code::InvalidMapping, "responses", place(), error.detail()),
            Ok(Target::Header(name)) => {
                let small = |own: &DeclaredResponse| own.headers.iter().map(|name| name.to_ascii_lowercase()).collect();
                let known = own.map(|own| headers.entry(&rule.status_code).or_insert_with(|| small(own)));
                if known.is_some_and(|known| !known.contains(&name.to_ascii_lowercase())) {
                    found.add(Code::UndeclaredParameter, "responses", place(), undeclared(target));
                }
            }
            Ok(_) => {}
        }
        if let Err(error) = Source::response_within(source, found.budget) {
            if found.budget.check().is_err() {
                return;
            }
            found.add(Code::InvalidMapping, "responses", place(), error.detail());
        }
    }
    let (place, name) = (place("/responseTemplates"), format!("response:{name}"));
    check_templates(found, "responses", (&place, &name), &rule.response_templates, true);
}

/// Checks whether the method declares the parameter of a source; other sources need no declaration.
fn declares(method: &Method, source: &Source) -> bool {
    let (place, name) = match source {
        Source::Path(name) => ("path", name),
        Source::Query(name) | Source::Queries(name) => ("querystring", name),
        Source::Header(name) | Source::Headers(name) => ("header", name),
        _ => return true,
    };
    method.request_parameters.get(&format!("method.request.{place}.{name}")).is_some()
}

/// Checks that no two responses have one selection pattern (aws-observed 18.11).
fn check_selection_patterns(integration: &Integration, found: &mut Problems<'_>) {
    let mut seen = HashSet::new();
    for (at, rule) in integration.responses.iter().enumerate().filter(|_| !integration.kind.is_proxy()) {
        let pattern = rule.selection_pattern.as_deref().unwrap_or_default();
        if !is_open(pattern) && !seen.insert(pattern) {
            let name = if pattern.is_empty() { "default" } else { pattern };
            let message = format!("Integration response with selection pattern {name} already exists");
            found.add(Code::DuplicateSelectionPattern, "responses", format!("/responses/{at}"), message);
        }
    }
}

/// Checks a static value of a path or query parameter, which must be percent-encoded (aws-observed 18.13).
fn is_encoded(target: &str, value: &str) -> bool {
    let others: &[u8] = match target {
        _ if target.starts_with("integration.request.path.") => b"-._~!$&'()*+,;=:@%",
        _ if target.starts_with("integration.request.querystring.") => b"-._~!$&'()*+,;=:@%/?",
        _ => return true,
    };
    is_open(value) || value.bytes().all(|byte| byte.is_ascii_alphanumeric() || others.contains(&byte))
}

/// Adds the problem of a parameter that the method does not declare. An import declares those that are
/// in its path by itself, except for a greedy one.
fn add_undeclared(
    found: &mut Problems<'_>,
    method: Option<&Method>,
    source: &Source,
    (property, place): (&'static str, String),
    written: &str,
) {
    let path = method.and_then(|method| method.path.as_deref()).unwrap_or_default();
    let is_in_path = matches!(source, Source::Path(name) if path.contains(&format!("{{{name}}}")));
    if is_in_path {
        let message = format!("the method does not declare {written}, although its path has it");
        found.add(Code::UndeclaredPathParameter, property, place, message);
    } else {
        found.add(Code::UndeclaredParameter, property, place, undeclared(written));
    }
}

fn undeclared(name: &str) -> String {
    let detail = format!("Invalid mapping expression parameter specified: {name}");
    format!("Invalid mapping expression specified: Validation Result: warnings : [], errors : [{detail}]")
}

/// Checks the port: 80, 443, or 1024 and above ("Amazon API Gateway important notes").
fn is_port_allowed(uri: &str) -> bool {
    let authority =
        uri.split_once("://").map_or("", |(_, rest)| rest).split(['/', '?', '#']).next().unwrap_or_default();
    match authority.rsplit_once(':').map(|(_, port)| port.parse::<u32>()) {
        Some(Ok(port)) => matches!(port, 80 | 443 | 1024..=65535),
        _ => true,
    }
}
