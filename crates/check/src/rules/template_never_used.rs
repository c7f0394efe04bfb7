//! A template that no request selects.
//!
//! ```vtl
//! {"requestTemplates": {"*/*": "{}"}}
//! ```
//!
//! *Cause.* The key of a template is compared with the media type of the request as it reads (observed
//! 9.1): no request has the type `*/*`.
//!
//! *Way out.* Name each media type.

use super::static_mapping::escape;
use crate::finding::Finding;
use crate::tally::Findings;
use crate::subject::Integrated;
use vtl::Code;
use vtl::pipeline::Protocol;

pub fn check(it: &Integrated<'_>, found: &mut Findings<'_>) {
    let integration = it.integration;
    if it.api.protocol != Protocol::Rest || integration.kind.is_proxy() {
        return;
    }
    let mut check = |place: String, key: &str| {
        if key.contains('*') || key.starts_with('$') {
            found.push(
                Finding::property(
                    Code::TemplateNeverUsed,
                    place,
                    format!("no media type is `{key}`: the service compares the key as it reads, and the template is never used"),
                )
                .help("name each media type, such as `application/json`"),
            );
        }
    };
    for (key, _) in integration.request_templates.iter() {
        if !key.contains("${") {
            check(format!("/requestTemplates/{}", escape(key)), key);
        }
    }
    for (at, rule) in integration.responses.iter().enumerate() {
        for (key, _) in rule.response_templates.iter().filter(|(key, _)| !key.contains("${")) {
            check(format!("/responses/{at}/responseTemplates/{}", escape(key)), key);
        }
    }
}
