//! A stage variable that the stage does not define gives nothing.
//!
//! ```vtl
//! $stageVariables.tabel
//! ```
//!
//! *Cause.* The document defines variables of the stage, and this one is not among them. It prints
//! nothing (observed 5.9).
//!
//! *Way out.* Define it at the stage, or use the name that is defined.
//!
//! ```vtl
//! $stageVariables.table
//! ```

use super::unknown_util::name_span;
use crate::analysis::Template;
use crate::analysis::value::Value;
use crate::finding::{Finding, Fix};
use crate::tally::Findings;
use vtl::reference::{nearest, steps_of_nearest};
use vtl::syntax_unstable::ast::{ExprKind, Step};
use vtl::{Code, Span};

pub fn check(template: &Template<'_, '_>, found: &mut Findings<'_>) {
    // Without variables in the document, they may be set elsewhere.
    let Some(api) = template.subject.api.filter(|api| !api.stage_variables.is_empty()) else { return };
    for access in &template.sites.accesses {
        if access.receiver != Value::StageVariables {
            continue;
        }
        let Some((name, span)) = member(&access.reference.steps[access.step]) else { continue };
        if api.stage_variables.get(name).is_some() {
            continue;
        }
        if template.subject.budget.charge(steps_of_nearest(name) * api.stage_variables.len()).is_err() {
            return;
        }
        let at = name_span(template, span, name).unwrap_or(span);
        let message = format!("the stage of the document defines no variable `{name}`");
        let finding = Finding::new(Code::UnknownStageVariable, at, message);
        found.push(match nearest(name, api.stage_variables.names()) {
            Some(meant) => finding
                .help(format!("did you mean `$stageVariables.{meant}`?"))
                .fix(Fix::safe([(at, meant.to_owned())])),
            None => finding.help("define it at the stage"),
        });
    }
}

/// Returns the name of a member that a step reads, and its place.
pub fn member<'s>(step: &Step<'s>) -> Option<(&'s str, Span)> {
    let key = match step {
        Step::Property(name, span) => return Some((name, *span)),
        Step::Method("get", arguments, _) => arguments.first()?,
        Step::Method(..) => return None,
        Step::Index(key, _) => key,
    };
    match &key.kind {
        ExprKind::Str(name) => Some((name, key.span)),
        _ => None,
    }
}
