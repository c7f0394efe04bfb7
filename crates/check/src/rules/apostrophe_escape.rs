//! `$util.escapeJavaScript` writes `'` as `\'`, which JSON does not have.
//!
//! ```vtl
//! {"name": "$util.escapeJavaScript($input.params('name'))"}
//! ```
//!
//! *Cause.* The function writes `'` as `\'`, which JSON does not have: Lambda, Step Functions and
//! others refuse the body (observed 4.1).
//!
//! *Way out.* Add `.replaceAll("\\'", "'")`, as the guide of the service does.
//!
//! ```vtl
//! {"name": "$util.escapeJavaScript($input.params('name')).replaceAll("\\'", "'")"}
//! ```

use crate::analysis::Template;
use crate::analysis::reader::Position;
use crate::analysis::value::Form;
use crate::finding::{Finding, Fix};
use crate::tally::Findings;
use std::collections::HashMap;
use vtl::syntax_unstable::ast::{ExprKind, Reference, Step};
use vtl::{Code, Span};

const REMEDY: &str = ".replaceAll(\"\\\\'\", \"'\")";

pub fn check(template: &Template<'_, '_>, found: &mut Findings<'_>) {
    let mut calls = None;
    for print in &template.sites.prints {
        let at = matches!(print.position, Some(Position::InString | Position::InKey));
        if !at || print.value.text().form != Form::Script {
            continue;
        }
        let span = print.reference.span;
        let finding = Finding::new(
            Code::ApostropheEscape,
            span,
            "`escapeJavaScript` writes an apostrophe as `\\'`, which is no JSON",
        )
        .help(format!("write `{REMEDY}` behind it"));
        let end = call_end(print.reference).or_else(|| {
            // The variable was set from the call.
            let calls = calls.get_or_insert_with(|| calls_by_name(template));
            calls.get(print.reference.name).copied().filter(|_| print.reference.steps.is_empty())
        });
        found.push(match end {
            Some(end) => finding.fix(Fix::safe([(Span::new(end, 0), REMEDY.to_owned())])),
            None => finding,
        });
    }
}

/// Returns the end of the first call of `escapeJavaScript` that each variable is set from.
fn calls_by_name<'s>(template: &Template<'_, 's>) -> HashMap<&'s str, usize> {
    let mut calls = HashMap::new();
    for it in &template.sites.assignments {
        if let ExprKind::Reference(reference) = &it.expr.kind
            && let Some(end) = call_end(reference)
        {
            calls.entry(it.target.name).or_insert(end);
        }
    }
    calls
}

/// Returns the end of a call of `escapeJavaScript` that a reference ends with.
fn call_end(reference: &Reference<'_>) -> Option<usize> {
    match reference.steps.last()? {
        Step::Method("escapeJavaScript", _, span) => Some(span.end()),
        _ => None,
    }
}
