//! With a single response without a pattern, errors of the backend come out with its status.
//!
//! ```vtl
//! {"type": "http", "responses": {"default": {"statusCode": "200"}}}
//! ```
//!
//! *Cause.* The response without a pattern takes every answer of the backend, errors as well, and gives
//! them its own status (observed 11.1, 11.7).
//!
//! *Way out.* Add responses for `4\d{2}` and `5\d{2}`.

use crate::finding::Finding;
use crate::tally::Findings;
use crate::subject::Integrated;
use vtl::Code;
use vtl::pipeline::Protocol;
use vtl::pipeline::model::IntegrationType;

pub fn check(it: &Integrated<'_>, found: &mut Findings<'_>) {
    let integration = it.integration;
    let is_fit = matches!(integration.kind, IntegrationType::Http | IntegrationType::Aws);
    if it.api.protocol != Protocol::Rest || !is_fit {
        return;
    }
    let [rule] = integration.responses.as_slice() else { return };
    let is_success = rule.status_code.starts_with('2');
    // A template may look for errors itself.
    let sets_status = rule.response_templates.iter().any(|(_, text)| text.contains("responseOverride"));
    if rule.selection_pattern.is_none() && is_success && !sets_status {
        found.push(
            Finding::property(
                Code::OnlyDefaultResponse,
                "/responses/0/selectionPattern",
                format!("errors of the backend are answered with {} as well", rule.status_code),
            )
            .help("add responses with patterns such as `4\\d{2}` and `5\\d{2}`"),
        );
    }
}
