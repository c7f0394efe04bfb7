//! With `*/*` among the binary media types every body is binary, and a template takes text.

use crate::finding::Finding;
use crate::subject::Integrated;
use vtl::Code;
use vtl::diagnostic::Severity;
use vtl::pipeline::Protocol;
use vtl::pipeline::model::IntegrationType;

pub fn check(it: &Integrated<'_>, found: &mut Vec<Finding>) {
    let all = it.api.binary_media_types.iter().any(|media| media == "*/*");
    let integration = it.integration;
    if !all || it.api.protocol != Protocol::Rest || integration.kind.is_proxy() {
        return;
    }
    if integration.request_templates.is_empty() || integration.content_handling.is_some() {
        return;
    }
    let severity = if integration.kind == IntegrationType::Mock { Severity::Error } else { Severity::Warning };
    found.push(
        Finding::property(
            Code::BinaryMock,
            "/requestTemplates",
            "`*/*` makes every body binary, and the template of a binary body fails: calls are answered with 500",
        )
        .help("set contentHandling to CONVERT_TO_TEXT, or list the binary media types one by one")
        .severity(severity),
    );
}
