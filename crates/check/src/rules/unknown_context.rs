//! `$context` has a fixed set of variables for each kind of API.
//!
//! ```vtl
//! $context.identity.sourceIP
//! ```
//!
//! *Cause.* The service fills a fixed set of variables, and their names are compared with their case;
//! docs/reference.md lists them. WebSocket APIs have others. The variables of access logs, such as
//! `$context.responseLatency`, are nothing in a template.
//!
//! *Way out.* Use the name of the list.
//!
//! ```vtl
//! $context.identity.sourceIp
//! ```

use super::unknown_stage_variable::member;
use super::unknown_util::name_span;
use crate::analysis::Template;
use crate::analysis::value::Value;
use crate::finding::{Finding, Fix};
use crate::tally::Findings;
use vtl::Code;
use vtl::pipeline::Protocol;
use vtl::reference::{access_log_variables, context_variables, nearest};

/// Variables of access logs that templates may have: the guide lists the first for WebSocket APIs, and listed the
/// second for templates until 2023.
const LOGGED: &[&str] = &["status", "xrayTraceId"];

/// Variables of AppSync.
const APPSYNC: &[&str] = &["arguments", "args", "result", "source", "prev", "stash", "info", "request", "outErrors"];

pub fn check(template: &Template<'_, '_>, found: &mut Findings<'_>) {
    for access in &template.sites.accesses {
        let Value::Context(at) = &access.receiver else { continue };
        let Some((name, span)) = member(&access.reference.steps[access.step]) else { continue };
        let is_top = at.is_empty();
        if &**at == "authorizer" && !template.subject.has_authorizer {
            let place = name_span(template, span, name).unwrap_or(span);
            let message = format!("no authorizer of the document gives `$context.authorizer.{name}`: it gives nothing");
            found.push(Finding::new(Code::UnknownContext, place, message).help("add an authorizer to the method"));
            continue;
        }
        // `$context.authorizer.claims.custom:tenant` ends at the colon.
        if &**at == "authorizer.claims"
            && matches!(name, "cognito" | "custom" | "dev")
            && let Some(rest) = template.source.get(span.range().end..).and_then(|rest| rest.strip_prefix(':'))
        {
            let length = rest.find(|c: char| !c.is_ascii_alphanumeric() && !"_:-".contains(c)).unwrap_or(rest.len());
            let claim = format!("{name}:{}", &rest[..length]);
            let place = name_span(template, span, name).unwrap_or(span);
            let message = format!("the reference ends at the colon: `{name}` is no claim, and `:{}` is text", &rest[..length]);
            let help = format!("write `$context.authorizer.claims['{claim}']`");
            if length > 0 {
                found.push(Finding::new(Code::UnknownContext, place, message).help(help));
            }
            continue;
        }
        // Below the overrides, the claims and an authorizer anything may be.
        if !is_top && !matches!(&**at, "identity") {
            continue;
        }
        let full = if is_top { name.to_owned() } else { format!("{at}.{name}") };
        // The kind of API of a file of its own is not known.
        let may_be_socket = !template.subject.is_embedded && is_top && is_of_websockets(name);
        if may_be_socket || is_known(&full, template.subject.protocol) {
            continue;
        }
        let place = name_span(template, span, name).unwrap_or(span);
        let finding =
            Finding::new(Code::UnknownContext, place, format!("`$context` has no `{full}`: it gives nothing"));
        let siblings = siblings(at);
        found.push(if is_top && is_of_access_logs(name) {
            finding.help("access logs alone have it; nothing tells a template")
        } else if is_top && is_of_websockets(name) {
            finding.help("only WebSocket APIs have it")
        } else if is_top && APPSYNC.contains(&name) {
            finding.help("it is AppSync's; API Gateway has the request in `$input`")
        } else if is_top && identity().any(|it| it == name) {
            finding
                .help(format!("did you mean `$context.identity.{name}`?"))
                .fix(Fix::safe([(place, format!("identity.{name}"))]))
        } else {
            match nearest(name, siblings.iter().copied()) {
                Some(meant) => {
                    let whole = if is_top { meant.to_owned() } else { format!("{at}.{meant}") };
                    finding
                        .help(format!("did you mean `$context.{whole}`?"))
                        .fix(Fix::safe([(place, meant.to_owned())]))
                }
                None => finding.help("`vtl explain unknown-context` lists the variables"),
            }
        });
    }
}

fn identity() -> impl Iterator<Item = &'static str> {
    context_variables().iter().filter_map(|it| it.name.strip_prefix("identity.")).filter_map(|it| it.split('.').next())
}

/// Lists the names below a part of `$context`.
pub(super) fn siblings(at: &str) -> Vec<&'static str> {
    if at == "identity" {
        return identity().collect();
    }
    context_variables().iter().filter(|it| !it.websocket).filter_map(|it| it.name.split('.').next()).collect()
}

/// Checks if access logs alone have a variable, or one below it.
fn is_of_access_logs(name: &str) -> bool {
    access_log_variables().iter().any(|it| it.name.split('.').next() == Some(name))
}

/// Checks if WebSocket APIs alone have a variable.
fn is_of_websockets(name: &str) -> bool {
    context_variables().iter().any(|it| it.websocket && it.name == name)
}

pub(super) fn is_known(full: &str, protocol: Protocol) -> bool {
    let mut parts = full.split('.');
    let (top, below) = (parts.next().unwrap_or_default(), parts.next());
    match (top, below) {
        ("identity", Some(name)) => identity().any(|it| it == name),
        _ if LOGGED.contains(&top) => true,
        _ if is_of_websockets(top) => protocol == Protocol::WebSocket,
        _ => siblings("").contains(&top),
    }
}
