//! Headers that a mapping cannot set.
//!
//! ```vtl
//! {"requestParameters": {"integration.request.header.Content-Length": "'0'"}}
//! ```
//!
//! *Cause.* A mapping onto `Content-Length` or `Transfer-Encoding` fails every call with 500, at a
//! service or function also one onto `Authorization`, `Connection`, `Expect`, `Proxy-Authenticate` and
//! `TE` (observed 10.5). Some headers are dropped on the way to an HTTP backend (10.4), and some are
//! renamed to `x-amzn-Remapped-…` on the way to the client (10.7).
//!
//! *Way out.* Remove the mapping, or use a header of another name.

use super::static_mapping::escape;
use crate::finding::Finding;
use crate::subject::Integrated;
use crate::tally::Findings;
use vtl::Code;
use vtl::diagnostic::Severity;
use vtl::pipeline::Protocol;
use vtl::pipeline::message::{HeaderAction, header_to_backend, header_to_client};
use vtl::pipeline::model::IntegrationType;

pub fn check(it: &Integrated<'_>, found: &mut Findings<'_>) {
    let integration = it.integration;
    if it.api.protocol != Protocol::Rest {
        return;
    }
    // A mock uses no mappings of the request.
    let sends = integration.kind != IntegrationType::Mock;
    for (target, _) in integration.request_parameters.iter().filter(|_| sends) {
        let Some(name) = target.strip_prefix("integration.request.header.") else { continue };
        let place = format!("/requestParameters/{}", escape(target));
        let action = header_to_backend(name, integration.kind);
        let finding = |message| Finding::property(Code::HeaderNotSent, place, message).help("remove the mapping");
        match action {
            HeaderAction::Fail => found.push(
                finding(format!("no mapping can set the header {name}: every call is answered with 500"))
                    .severity(Severity::Error),
            ),
            HeaderAction::Drop => found.push(finding(format!("the service does not send the header {name}"))),
            _ => {}
        }
    }
    for (at, rule) in integration.responses.iter().enumerate().filter(|_| !integration.kind.is_proxy()) {
        for (target, _) in rule.response_parameters.iter() {
            let Some(name) = target.strip_prefix("method.response.header.") else { continue };
            let message = match header_to_client(name) {
                HeaderAction::Drop => format!("the service does not send the header {name}"),
                HeaderAction::Remap => format!("the service sends the header {name} as x-amzn-Remapped-{name}"),
                _ => continue,
            };
            let place = format!("/responses/{at}/responseParameters/{}", escape(target));
            found.push(Finding::property(Code::HeaderNotSent, place, message).help("use a header of another name"));
        }
    }
}
