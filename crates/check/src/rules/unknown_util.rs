//! `$util` has six functions; any other name gives nothing.
//!
//! ```vtl
//! $util.escapeJavascript($input.params('q'))
//! ```
//!
//! *Cause.* `$util` has `base64Decode`, `base64Encode`, `escapeJavaScript`, `parseJson`, `urlDecode`
//! and `urlEncode`; names are compared with their case. Any other call gives nothing. `$util.toJson`,
//! `qr`, `error` and `dynamodb` are AppSync's (observed 4.10).
//!
//! *Way out.* Use one of the six. JSON is printed by `$input.json`.
//!
//! ```vtl
//! $util.escapeJavaScript($input.params('q'))
//! ```

use crate::analysis::Template;
use crate::analysis::value::Value;
use crate::finding::{Finding, Fix};
use crate::tally::Findings;
use vtl::Code;
use vtl::Span;
use vtl::diagnostic::Severity;
use vtl::reference::{nearest, util_functions};
use vtl::syntax_unstable::ast::Step;

/// Functions of AppSync, the sibling service, and the way to say the same here.
const APPSYNC: &[(&str, &str)] = &[
    ("toJson", "print JSON with `$input.json('$.path')`"),
    ("qr", "write `#set($ignored = …)`"),
    ("quiet", "write `#set($ignored = …)`"),
    ("error", "set `$context.responseOverride.status`"),
    ("appendError", "set `$context.responseOverride.status`"),
    ("unauthorized", "set `$context.responseOverride.status`"),
    ("validate", "compare, and set `$context.responseOverride.status`"),
    ("dynamodb", "write DynamoDB's types by hand: `{\"S\": \"…\"}`"),
    ("autoId", "use `$context.requestId`"),
    ("autoUlid", "use `$context.requestId`"),
    ("time", "use `$context.requestTimeEpoch` or `$context.requestTime`"),
    ("isNull", "compare: `#if($x == \"\")`"),
    ("isNullOrEmpty", "compare: `#if($x == \"\")`"),
    ("isNullOrBlank", "compare: `#if($x == \"\")`"),
    ("defaultIfNull", "compare: `#if($x == \"\")…#else…#end`"),
    ("defaultIfNullOrEmpty", "compare: `#if($x == \"\")…#else…#end`"),
    ("defaultIfNullOrBlank", "compare: `#if($x == \"\")…#else…#end`"),
    ("isString", "API Gateway cannot ask for the type of a value"),
    ("typeOf", "API Gateway cannot ask for the type of a value"),
    ("matches", "call the string: `$x.matches('…')`"),
    ("map", "write a map literal: `{\"a\": 1}`"),
    ("list", "write a list literal: `[1, 2]`"),
    ("str", "call the string itself"),
    ("math", "calculate in `#set`"),
    ("transform", "write it by hand"),
    ("rds", "write it by hand"),
    ("http", "use `$input.params()`"),
    ("xml", "write it by hand"),
];

pub fn check(template: &Template<'_, '_>, found: &mut Findings<'_>) {
    for access in &template.sites.accesses {
        if access.receiver != Value::Util {
            continue;
        }
        let (name, span) = match &access.reference.steps[access.step] {
            Step::Method(name, _, span) | Step::Property(name, span) => (*name, *span),
            Step::Index(..) => continue,
        };
        let is_call = matches!(access.reference.steps[access.step], Step::Method(..));
        let names: Vec<&str> = util_functions().map(|it| it.name).collect();
        if is_call && names.contains(&name) {
            continue;
        }
        let is_dropped = access.reference.quiet && matches!(name, "qr" | "quiet");
        let severity = if is_dropped { Severity::Warning } else { Severity::Error };
        let whole = access.reference.span;
        let at = name_span(template, span, name).unwrap_or(span);
        let finding = if names.contains(&name) {
            Finding::new(Code::UnknownUtil, whole, format!("`$util.{name}` is a function: without parentheses it is nothing"))
                .help(format!("write `$util.{name}(…)`"))
        } else {
            let appsync = APPSYNC.iter().find(|(it, _)| *it == name);
            let meant = nearest(name, names.iter().copied());
            match (appsync, meant) {
                (Some((_, help)), _) => Finding::new(
                    Code::UnknownUtil,
                    at,
                    format!("`$util.{name}` is a function of AppSync, which API Gateway does not have"),
                )
                .help(*help),
                (None, Some(meant)) => {
                    Finding::new(Code::UnknownUtil, at, format!("`$util` has no function `{name}`: it gives nothing"))
                        .help(format!("did you mean `$util.{meant}`?"))
                        .fix(Fix::safe([(at, meant.to_owned())]))
                }
                (None, None) => {
                    Finding::new(Code::UnknownUtil, at, format!("`$util` has no function `{name}`: it gives nothing"))
                        .help(format!("its functions are {}", names.join(", ")))
                }
            }
        };
        found.push(finding.severity(severity));
    }
}

/// Returns the place of a name within the step that has it.
pub fn name_span(template: &Template<'_, '_>, step: Span, name: &str) -> Option<Span> {
    let at = template.text(step).find(name)?;
    Some(Span::new(step.range().start + at, name.len()))
}
