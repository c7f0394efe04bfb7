//! Overrides that the service does not send.
//!
//! ```vtl
//! #set($context.responseOverride.status = 42)
//! ```
//!
//! *Cause.* A status that is no integer from 100 to 599 is ignored (observed 6.6); some headers are
//! renamed to `x-amzn-Remapped-…` or dropped (10.7).
//!
//! *Way out.* Set a status that exists, and other headers.
//!
//! ```vtl
//! #set($context.responseOverride.status = 422)
//! ```

use crate::analysis::Template;
use crate::analysis::value::Value;
use crate::finding::Finding;
use crate::tally::Findings;
use vtl::Code;
use vtl::pipeline::message::{HeaderAction, header_to_backend, header_to_client};
use vtl::pipeline::model::IntegrationType;
use vtl::reference::nearest;
use vtl::syntax_unstable::ast::{ExprKind, Reference, Step};

pub fn check(template: &Template<'_, '_>, found: &mut Findings<'_>) {
    for assignment in &template.sites.assignments {
        if assignment.target.name != "context" {
            continue;
        }
        let Some(path) = path(assignment.target) else { continue };
        let parts: Vec<&str> = path.iter().map(String::as_str).collect();
        let message = match parts.as_slice() {
            ["responseOverride", "status"] => match &assignment.value {
                Value::Number(Some(status)) if !(100..600).contains(status) => {
                    format!("{status} is no status: the override is ignored")
                }
                Value::Exact(text) if !is_status(text) => format!("`{text}` is no status: the override is ignored"),
                _ => continue,
            },
            ["responseOverride", "header", name] => match header_to_client(name) {
                HeaderAction::Drop => format!("the service does not send the header {name}"),
                HeaderAction::Remap => format!("the service sends the header {name} as x-amzn-Remapped-{name}"),
                _ => continue,
            },
            ["requestOverride", "header", name] if action(template, name) == HeaderAction::Fail => {
                format!("no override can set the header {name}: every call is answered with 500")
            }
            ["requestOverride", "header", name] if action(template, name) == HeaderAction::Drop => {
                format!("the service does not send the header {name}")
            }
            ["responseOverride", name, ..] if is_meant(name, &["header", "status"]) => {
                format!("`responseOverride` has no `{name}`: it has `header` and `status`")
            }
            ["requestOverride", name, ..] if is_meant(name, &["header", "path", "querystring"]) => {
                format!("`requestOverride` has no `{name}`: it has `header`, `path` and `querystring`")
            }
            ["requestOverride", "header" | "path" | "querystring", ..] if template.subject.is_response && template.subject.is_embedded => {
                "the request is sent already when a response template runs".to_owned()
            }
            _ => continue,
        };
        found.push(Finding::new(Code::OverrideUnmapped, assignment.target.span, message));
    }
}

/// Checks for a name that is not one of the known, and was meant to be. A key of another kind keeps a value
/// for the rest of the template.
fn is_meant(name: &str, known: &[&str]) -> bool {
    let is_usual = matches!(name, "headers" | "statusCode" | "query" | "queryString" | "queryStringParameters" | "pathParameters");
    !known.contains(&name) && (is_usual || nearest(name, known.iter().copied()).is_some())
}

/// Returns the treatment of a header that a request template sets; of a file of its own, at an HTTP backend.
fn action(template: &Template<'_, '_>, name: &str) -> HeaderAction {
    let kind = template.subject.integration.map_or(IntegrationType::Http, |it| it.kind);
    match template.subject.is_response || kind == IntegrationType::Mock {
        true => HeaderAction::Pass,
        false => header_to_backend(name, kind),
    }
}

fn is_status(text: &str) -> bool {
    text.parse::<u16>().is_ok_and(|status| (100..600).contains(&status))
}

fn path(target: &Reference<'_>) -> Option<Vec<String>> {
    target
        .steps
        .iter()
        .map(|step| match step {
            Step::Property(name, _) => Some((*name).to_owned()),
            Step::Index(key, _) => match &key.kind {
                ExprKind::Str(name) => Some((*name).to_owned()),
                _ => None,
            },
            Step::Method(..) => None,
        })
        .collect()
}
