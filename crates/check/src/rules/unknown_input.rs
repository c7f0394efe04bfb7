//! `$input` has `body`, `json`, `params` and `path`; anything else gives nothing.
//!
//! ```vtl
//! $input.params.header.X-Trace
//! ```
//!
//! *Cause.* `$input` has `body`, `json('$.…')`, `path('$.…')`, `params()` and `params('…')`. Anything
//! else gives nothing (observed 3.24).
//!
//! *Way out.* Write `$input.params().header`, `.querystring` or `.path`, or `$input.params('X-Trace')`.
//!
//! ```vtl
//! $input.params().header.X-Trace
//! ```

use super::unknown_util::name_span;
use crate::analysis::Template;
use crate::analysis::value::Value;
use crate::finding::{Finding, Fix};
use crate::tally::Findings;
use vtl::Code;
use vtl::reference::nearest;
use vtl::syntax_unstable::ast::Step;

const METHODS: &[&str] = &["path", "json", "params"];
const PLACES: &[&str] = &["path", "querystring", "header"];

/// Names that other systems have, and the way to say it here.
const ELSEWHERE: &[(&str, &str)] = &[
    ("headers", "write `$input.params().header`"),
    ("header", "write `$input.params().header`"),
    ("querystring", "write `$input.params().querystring`"),
    ("queryString", "write `$input.params().querystring`"),
    ("query", "write `$input.params().querystring`"),
    ("pathParameters", "write `$input.params().path`"),
];

pub fn check(template: &Template<'_, '_>, found: &mut Findings<'_>) {
    for access in &template.sites.accesses {
        let reference = access.reference;
        let step = &reference.steps[access.step];
        let (name, span, is_call) = match step {
            Step::Method(name, _, span) => (*name, *span, true),
            Step::Property(name, span) => (*name, *span, false),
            Step::Index(..) => continue,
        };
        let at = name_span(template, span, name).unwrap_or(span);
        match access.receiver {
            Value::Input => {
                let is_known = if is_call { METHODS.contains(&name) } else { name == "body" };
                if is_known || is_java(name) {
                    continue;
                }
                let message = if METHODS.contains(&name) {
                    format!("`$input.{name}` without parentheses is nothing")
                } else {
                    format!("`$input` has no `{name}`: it gives nothing")
                };
                let finding = Finding::new(Code::UnknownInput, at, message);
                let known = METHODS.iter().copied().chain(["body"]);
                found.push(match (ELSEWHERE.iter().find(|(it, _)| *it == name), nearest(name, known)) {
                    _ if name == "params" => {
                        finding.help("write `$input.params()`").fix(Fix::safe([(at, "params()".to_owned())]))
                    }
                    _ if METHODS.contains(&name) => finding.help(format!("write `$input.{name}('$.…')`")),
                    (Some((_, help)), _) => finding.help(*help),
                    (None, Some("body")) if is_call => finding.help("`$input.body` has no parentheses"),
                    (None, Some(meant)) if (meant == "body") != is_call => finding
                        .help(format!("did you mean `$input.{meant}`?"))
                        .fix(Fix::safe([(at, meant.to_owned())])),
                    _ => finding.help("it has body, json('$.…'), params('…') and path('$.…')"),
                });
            }
            Value::Params if !is_call && !PLACES.contains(&name) => {
                let finding = Finding::new(
                    Code::UnknownInput,
                    at,
                    format!("`$input.params()` has no `{name}`: it gives nothing"),
                );
                let meant = match name {
                    "headers" => Some("header"),
                    "queryString" | "query" | "queryStringParameters" | "querystrings" => Some("querystring"),
                    _ => nearest(name, PLACES.iter().copied()),
                };
                found.push(match meant {
                    Some(meant) => finding
                        .help(format!("did you mean `{meant}`?"))
                        .fix(Fix::safe([(at, meant.to_owned())])),
                    None => finding.help("it has path, querystring and header"),
                });
            }
            _ => {}
        }
    }
}

/// Methods that every object has.
fn is_java(name: &str) -> bool {
    matches!(name, "class" | "getClass" | "toString" | "hashCode" | "equals")
}
