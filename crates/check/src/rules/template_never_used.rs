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
    // Of responses any template may be taken where no other fits.
    for key in integration.request_templates.names() {
        if !key.contains("${") && (key.contains('*') || key.starts_with('$')) {
            let message =
                format!("no media type is `{key}`: the service compares the key as it reads, and the template is never used");
            found.push(
                Finding::property(Code::TemplateNeverUsed, format!("/requestTemplates/{}", escape(key)), message)
                    .help("name each media type, such as `application/json`"),
            );
        }
    }
}
