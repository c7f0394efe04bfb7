//! CORS of HTTP APIs: answers to preflight requests, and headers of responses ("Configure CORS for HTTP
//! APIs in API Gateway").
//!
//! The page says when headers are returned (the request has `Origin`, a preflight also
//! `Access-Control-Request-Method`), that preflights are answered even without an `OPTIONS` route, and
//! that CORS headers of the backend are ignored. The rest is *assumed*, see COMPATIBILITY.md.

use crate::pipeline::call::Refusal;
use crate::pipeline::call::steps::{check_answer, check_sendable};
use crate::pipeline::message::{Headers, MethodRequest, MethodResponse};
use crate::pipeline::model::CorsConfiguration;

/// Checks whether a request is a preflight, which the gateway answers itself.
pub(crate) fn is_preflight(request: &MethodRequest) -> bool {
    request.method.eq_ignore_ascii_case("OPTIONS")
        && request.headers.contains("Origin")
        && request.headers.contains("Access-Control-Request-Method")
}

/// Answers a preflight request. An origin that is not allowed gets no headers.
///
/// # Errors
/// A refusal of headers that cannot be sent, of the request or of the configuration.
pub(crate) fn preflight(cors: &CorsConfiguration, request: &MethodRequest) -> Result<MethodResponse, Refusal> {
    check_sendable(request)?;
    let mut response = MethodResponse::new(204);
    if allow_origin(cors, request, &mut response.headers) {
        let headers = &mut response.headers;
        set_list(headers, "access-control-allow-methods", &cors.allow_methods);
        set_list(headers, "access-control-allow-headers", &cors.allow_headers);
        if let Some(seconds) = cors.max_age {
            headers.set("access-control-max-age", seconds.to_string());
        }
    }
    check_answer(&response)?;
    Ok(response)
}

/// Replaces the CORS headers of the backend by the configured ones.
pub(super) fn apply(cors: &CorsConfiguration, request: &MethodRequest, headers: &mut Headers) {
    const PREFIX: &str = "access-control-";
    let is_cors = |name: &str| name.get(..PREFIX.len()).is_some_and(|start| start.eq_ignore_ascii_case(PREFIX));
    *headers = headers.iter().filter(|(name, _)| !is_cors(name)).collect();
    if allow_origin(cors, request, headers) {
        set_list(headers, "access-control-expose-headers", &cors.expose_headers);
    }
}

/// Sets the headers that depend on the origin; returns whether the origin is allowed.
fn allow_origin(cors: &CorsConfiguration, request: &MethodRequest, headers: &mut Headers) -> bool {
    let Some(origin) = request.headers.get("Origin") else { return false };
    let matches = |allowed: &&String| match allowed.strip_suffix('*') {
        Some(prefix) => origin.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix)),
        None => allowed.eq_ignore_ascii_case(origin),
    };
    let Some(allowed) = cors.allow_origins.iter().find(matches) else { return false };
    headers.set("access-control-allow-origin", if allowed == "*" { "*" } else { origin });
    if cors.allow_credentials {
        headers.set("access-control-allow-credentials", "true");
    }
    true
}

fn set_list(headers: &mut Headers, name: &str, values: &[String]) {
    if !values.is_empty() {
        headers.set(name, values.join(","));
    }
}
