//! A preflight answer names the methods that browsers may use.
//!
//! ```vtl
//! {"method.response.header.Access-Control-Allow-Methods": "'GET,OPTIONS'"}
//! ```
//!
//! *Cause.* A browser sends a request such as `PUT` to another origin only after the OPTIONS method of
//! the path named it in `Access-Control-Allow-Methods`; a preflight answer without the header, or
//! without the method, stops it. `GET`, `HEAD` and `POST` are sent all the same (Fetch standard,
//! "CORS-safelisted method"): of those it is advice.
//!
//! *Way out.* Map `method.response.header.Access-Control-Allow-Methods` to all methods of the path, and
//! declare the header at the method response.
//!
//! ```vtl
//! {"method.response.header.Access-Control-Allow-Methods": "'GET,PUT,OPTIONS'"}
//! ```

use super::static_mapping::escape;
use crate::finding::Finding;
use crate::tally::Findings;
use crate::subject::{Integrated, static_value};
use vtl::Code;
use vtl::diagnostic::Severity;
use vtl::pipeline::Protocol;
use vtl::pipeline::model::IntegrationType;

/// Target of the header that names the methods.
const METHODS: &str = "method.response.header.Access-Control-Allow-Methods";

pub fn check(it: &Integrated<'_>, found: &mut Findings<'_>) {
    let is_preflight = it.method.http_method.as_deref() == Some("OPTIONS");
    if it.api.protocol != Protocol::Rest || !is_preflight || it.integration.kind != IntegrationType::Mock {
        return;
    }
    let Some(path) = it.method.path.as_deref() else { return };
    let api = it.document.routes.get(it.route).map_or(0, |route| route.api);
    let mut methods = it.siblings.of(api, path).to_vec();
    methods.retain(|method| !matches!(*method, "OPTIONS" | "HEAD" | "ANY") && !method.contains("${"));
    for (at, rule) in it.integration.responses.iter().enumerate() {
        let has = |name: &str| rule.response_parameters.iter().any(|(target, _)| target.eq_ignore_ascii_case(name));
        let sets_headers = rule.response_templates.iter().any(|(_, text)| text.contains("responseOverride"));
        // Browsers ask for other methods than these.
        let asked: Vec<&str> = methods.iter().copied().filter(|method| !is_simple(method)).collect();
        if has("method.response.header.Access-Control-Allow-Origin") && !has(METHODS) && !sets_headers && !asked.is_empty() {
            let message = format!("browsers may not use {} of {path}: the preflight answer names no methods", asked.join(", "));
            found.push(
                Finding::property(Code::CorsIncomplete, format!("/responses/{at}/responseParameters"), message)
                    .help("map method.response.header.Access-Control-Allow-Methods as well"),
            );
        }
        for (target, source) in rule.response_parameters.iter() {
            if !target.eq_ignore_ascii_case(METHODS) {
                continue;
            }
            let Some(value) = static_value(source).filter(|value| !value.contains("${")) else { continue };
            let allowed: Vec<String> = value.split(',').map(|word| word.trim().to_ascii_uppercase()).collect();
            if allowed.iter().any(|word| word == "*") {
                continue;
            }
            let missing: Vec<&str> =
                methods.iter().copied().filter(|method| !allowed.iter().any(|word| word == method)).collect();
            let (sent, refused): (Vec<&str>, Vec<&str>) = missing.into_iter().partition(|method| is_simple(method));
            let place = format!("/responses/{at}/responseParameters/{}", escape(target));
            let finding = if !refused.is_empty() {
                let methods = refused.join(", ");
                let message = format!("browsers may not use {methods} of {path}: the preflight answer does not allow it");
                Finding::property(Code::CorsIncomplete, place, message)
            } else if !sent.is_empty() {
                let methods = sent.join(", ");
                let message = format!("the preflight answer does not allow {methods} of {path}, which browsers send all the same");
                Finding::property(Code::CorsIncomplete, place, message).severity(Severity::Advice)
            } else {
                continue;
            };
            found.push(finding.help("add it to Access-Control-Allow-Methods"));
        }
    }
}

/// Checks for a method that browsers send whatever the answer allows (Fetch, "CORS-safelisted method").
fn is_simple(method: &str) -> bool {
    matches!(method, "GET" | "HEAD" | "POST")
}
