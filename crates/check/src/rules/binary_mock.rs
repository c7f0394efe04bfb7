//! With `*/*` among the binary media types every body is binary, and a template takes text.
//!
//! ```vtl
//! {"binaryMediaTypes": ["*/*"], "integration": {"type": "mock", "requestTemplates": {"application/json": "{\"statusCode\": 200}"}}}
//! ```
//!
//! *Cause.* With `*/*` every body is binary, and a template takes text: without `contentHandling` calls
//! fail with 500 `Unable to transform request` (observed 18.5). Preflight requests of many projects
//! failed so.
//!
//! A response of `contentHandling: CONVERT_TO_BINARY` fails likewise with a template, even if its bytes
//! are text (9.11), and a request fails where they are not (9.8).
//!
//! *Way out.* Set `contentHandling: CONVERT_TO_TEXT` at the integration.

use super::static_mapping::escape;
use crate::finding::Finding;
use crate::tally::Findings;
use crate::subject::Integrated;
use std::collections::HashMap;
use vtl::Code;
use vtl::diagnostic::Severity;
use vtl::pipeline::Protocol;
use vtl::pipeline::model::{ContentHandling, IntegrationType};

pub fn check(it: &Integrated<'_>, found: &mut Findings<'_>) {
    let integration = it.integration;
    if it.api.protocol != Protocol::Rest || integration.kind.is_proxy() {
        return;
    }
    let help = "set contentHandling to CONVERT_TO_TEXT, or remove the template";
    for (at, rule) in integration.responses.iter().enumerate() {
        let mut used = rule.response_templates.iter().filter(|(_, template)| !template.is_empty());
        if rule.content_handling == Some(ContentHandling::ConvertToBinary)
            && let Some((key, _)) = used.next()
        {
            let message = "the response is converted to binary, and the template of a binary body fails: answered with 500";
            let place = format!("/responses/{at}/responseTemplates/{}", escape(key));
            found.push(Finding::property(Code::BinaryMock, place, message).help(help));
        }
    }
    match integration.content_handling {
        Some(ContentHandling::ConvertToBinary) if !integration.request_templates.is_empty() => {
            let message = "the body is converted to binary before the template: one that is no text then is answered with 500";
            found.push(
                Finding::property(Code::BinaryMock, "/requestTemplates", message).help(help).severity(Severity::Warning),
            );
        }
        _ => {}
    }
    if integration.content_handling.is_some() {
        return;
    }
    let severity = if integration.kind == IntegrationType::Mock { Severity::Error } else { Severity::Warning };
    let types = &it.api.binary_media_types;
    if integration.request_templates.is_empty() || it.budget.charge(types.len()).is_err() {
        return;
    }
    if types.iter().any(|media| media == "*/*") {
        found.push(
            Finding::property(
                Code::BinaryMock,
                "/requestTemplates",
                "`*/*` makes every body binary, and the template of a binary body fails: calls are answered with 500",
            )
            .help("set contentHandling to CONVERT_TO_TEXT, or list the binary media types one by one")
            .severity(severity),
        );
        return;
    }
    // The number of the first of each type, in small letters.
    let mut numbers: HashMap<String, usize> = HashMap::new();
    for (at, media) in types.iter().enumerate() {
        numbers.entry(media.to_ascii_lowercase()).or_insert(at);
    }
    for key in integration.request_templates.names() {
        // `type/*` fits any subtype.
        let own = key.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let kind = format!("{}/*", own.split('/').next().unwrap_or_default());
        let first = numbers.get(&own).into_iter().chain(numbers.get(&kind)).min();
        let Some(media) = first.and_then(|at| types.get(*at)) else { continue };
        let message = format!(
            "`{media}` makes bodies of the type {key} binary, and the template of a binary body fails: such calls are \
             answered with 500"
        );
        let pointer = format!("/requestTemplates/{}", escape(key));
        let help = "set contentHandling to CONVERT_TO_TEXT, or take the type from the binary media types";
        found.push(Finding::property(Code::BinaryMock, pointer, message).help(help).severity(Severity::Warning));
    }
}
