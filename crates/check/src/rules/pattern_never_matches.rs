//! The pattern of an HTTP backend is matched with the status alone.

use crate::finding::Finding;
use crate::java;
use crate::subject::Integrated;
use vtl::Code;
use vtl::pipeline::Protocol;

pub fn check(it: &Integrated<'_>, found: &mut Vec<Finding>) {
    let integration = it.integration;
    if it.api.protocol != Protocol::Rest || integration.kind.is_proxy() || integration.is_lambda() {
        return;
    }
    // Of a service that is not known it may be a function.
    let uri = integration.uri.as_deref().unwrap_or_default();
    if integration.kind.is_aws() && (uri.starts_with("${") || uri.split(':').nth(4).is_none_or(|service| service.contains("${"))) {
        return;
    }
    for (at, rule) in integration.responses.iter().enumerate() {
        let Some(pattern) = rule.selection_pattern.as_deref() else { continue };
        if pattern.contains("${") || matches!(pattern, "-" | "") || is_plain(pattern) {
            continue;
        }
        if java::matches_a_status(pattern) == Some(false) {
            found.push(
                Finding::property(
                    Code::PatternNeverMatches,
                    format!("/responses/{at}/selectionPattern"),
                    format!("`{pattern}` matches no status: the pattern of such a backend is compared with its status alone"),
                )
                .help("write a pattern for statuses such as `4\\d{2}`; bodies are matched for Lambda functions only"),
            );
        }
    }
}

/// Checks for a pattern that is a status: it matches.
fn is_plain(pattern: &str) -> bool {
    pattern.parse::<u16>().is_ok_and(|status| (100..600).contains(&status))
}
