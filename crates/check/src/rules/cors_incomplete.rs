//! A preflight answer names the methods that browsers may use.

use super::static_mapping::escape;
use crate::finding::Finding;
use crate::subject::{Integrated, static_value};
use vtl::Code;
use vtl::pipeline::Protocol;
use vtl::pipeline::model::IntegrationType;

pub fn check(it: &Integrated<'_>, found: &mut Vec<Finding>) {
    let is_preflight = it.method.http_method.as_deref() == Some("OPTIONS");
    if it.api.protocol != Protocol::Rest || !is_preflight || it.integration.kind != IntegrationType::Mock {
        return;
    }
    let Some(path) = it.method.path.as_deref() else { return };
    let same = it.api.methods.iter().filter(|method| method.path.as_deref() == Some(path));
    let mut methods: Vec<&str> = same.filter_map(|method| method.http_method.as_deref()).collect();
    methods.retain(|method| !matches!(*method, "OPTIONS" | "HEAD" | "ANY") && !method.contains("${"));
    for (at, rule) in it.integration.responses.iter().enumerate() {
        for (target, source) in rule.response_parameters.iter() {
            if !target.eq_ignore_ascii_case("method.response.header.Access-Control-Allow-Methods") {
                continue;
            }
            let Some(value) = static_value(source).filter(|value| !value.contains("${")) else { continue };
            let allowed: Vec<String> = value.split(',').map(|word| word.trim().to_ascii_uppercase()).collect();
            if allowed.iter().any(|word| word == "*") {
                continue;
            }
            let missing: Vec<&str> =
                methods.iter().copied().filter(|method| !allowed.iter().any(|word| word == method)).collect();
            if !missing.is_empty() {
                let message = format!("browsers may not use {} of {path}: the preflight answer does not allow it", missing.join(", "));
                let place = format!("/responses/{at}/responseParameters/{}", escape(target));
                found.push(Finding::property(Code::CorsIncomplete, place, message).help("add it to Access-Control-Allow-Methods"));
            }
        }
    }
}
