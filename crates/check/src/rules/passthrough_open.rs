//! With `WHEN_NO_MATCH` a body of another media type goes to the backend as it is.
//!
//! ```vtl
//! {"passthroughBehavior": "when_no_match", "requestTemplates": {"application/json": "{}"}}
//! ```
//!
//! *Cause.* A body of another media type passes by the templates and goes to the backend as it is
//! (observed 9.2).
//!
//! *Way out.* Set `passthroughBehavior` to `NEVER`.

use crate::finding::Finding;
use crate::tally::Findings;
use crate::subject::Integrated;
use vtl::Code;
use vtl::pipeline::Protocol;
use vtl::pipeline::model::{IntegrationType, PassthroughBehavior};

pub fn check(it: &Integrated<'_>, found: &mut Findings<'_>) {
    let integration = it.integration;
    let is_fit = matches!(integration.kind, IntegrationType::Http | IntegrationType::Aws);
    let has_body = !matches!(it.method.http_method.as_deref(), Some("GET" | "HEAD" | "OPTIONS" | "DELETE"));
    if it.api.protocol == Protocol::Rest
        && is_fit
        && has_body
        && !integration.request_templates.is_empty()
        && integration.passthrough_behavior == PassthroughBehavior::WhenNoMatch
    {
        found.push(
            Finding::property(
                Code::PassthroughOpen,
                "/passthroughBehavior",
                "a body of a media type without a template goes to the backend as it is",
            )
            .help("set passthroughBehavior to NEVER"),
        );
    }
}
