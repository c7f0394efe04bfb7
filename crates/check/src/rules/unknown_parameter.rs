//! A parameter that neither the path nor the method's declarations know.
//!
//! ```vtl
//! $input.params('limt')
//! ```
//!
//! *Cause.* The method declares its parameters, and neither they nor the path have this one.
//!
//! *Way out.* Declare it, or check its name.
//!
//! ```vtl
//! $input.params('limit')
//! ```

use super::unknown_util::name_span;
use crate::analysis::Template;
use crate::analysis::value::{Place, Value};
use crate::finding::Finding;
use crate::tally::Findings;
use std::collections::HashSet;
use vtl::Code;
use vtl::reference::{nearest, steps_of_nearest};
use vtl::syntax_unstable::ast::{ExprKind, Step};

pub fn check(template: &Template<'_, '_>, found: &mut Findings<'_>) {
    let Some(method) = template.subject.method.filter(|method| method.path.is_some()) else { return };
    let declared: Vec<&str> = method.request_parameters.names().filter_map(|full| full.splitn(4, '.').nth(3)).collect();
    let in_path = template.subject.path_parameters();
    let path_names: HashSet<&str> = in_path.iter().map(String::as_str).collect();
    let declared_names: HashSet<String> = declared.iter().map(|name| name.to_ascii_lowercase()).collect();
    // A method without declarations of query or headers knows any of them.
    let is_open = declared.iter().all(|name| path_names.contains(name));
    let budget = template.subject.budget;
    for access in &template.sites.accesses {
        let step = &access.reference.steps[access.step];
        if let (Value::ParamMap(Place::Path), Step::Property(name, span)) = (&access.receiver, step) {
            if !path_names.contains(&**name) {
                if budget.charge(steps_of_nearest(name) * in_path.len()).is_err() {
                    return;
                }
                let at = name_span(template, *span, name).unwrap_or(*span);
                let finding =
                    Finding::new(Code::UnknownRequestParameter, at, format!("the path has no parameter `{name}`"));
                found.push(match nearest(name, in_path.iter().map(String::as_str)) {
                    Some(meant) => finding.help(format!("did you mean `{meant}`?")),
                    None => finding.help("write it in the path of the resource, in braces"),
                });
            }
            continue;
        }
        if access.receiver != Value::Input {
            continue;
        }
        let Step::Method("params", arguments, _) = step else { continue };
        let Some(argument) = arguments.first() else { continue };
        let ExprKind::Str(name) = &argument.kind else { continue };
        let is_known = path_names.contains(&**name)
            || declared_names.contains(&name.to_ascii_lowercase())
            || is_usual_header(name);
        if is_known || budget.charge(steps_of_nearest(name) * (in_path.len() + declared.len())).is_err() {
            continue;
        }
        let is_near = || nearest(name, in_path.iter().map(String::as_str)).is_some();
        if is_open && !is_near() {
            continue;
        }
        let message = format!("the method declares no parameter `{name}`");
        let finding = Finding::new(Code::UnknownRequestParameter, argument.span, message);
        let known = declared.iter().copied().chain(in_path.iter().map(String::as_str));
        found.push(match nearest(name, known) {
            Some(meant) => finding.help(format!("did you mean `{meant}`?")),
            None => finding.help("declare it at the method, or check its name"),
        });
    }
}

/// Checks for headers that every client or the service sends.
fn is_usual_header(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.starts_with("x-")
        || name.starts_with("cloudfront-")
        || name.starts_with("accept")
        || matches!(
            &*name,
            "authorization" | "content-type" | "host" | "origin" | "referer" | "user-agent" | "via" | "cookie"
        )
}
