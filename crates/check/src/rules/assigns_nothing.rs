//! A `#set` from nothing changes nothing: the variable keeps its old value, such as that of the turn before.
//!
//! ```vtl
//! #foreach($i in $input.path('$.items'))
//! #set($net = $i.gross - $i.tax)
//! $net
//! #end
//! ```
//!
//! *Cause.* A calculation with a value that is missing, with a string, or by zero is nothing, and a
//! `#set` from nothing changes nothing (observed 2.31): the variable keeps its old value, here that of
//! the turn before. In Velocity 1.7's own dialect it is so for every reference to nothing; on the
//! service that is the empty string (2.32).
//!
//! *Way out.* Set the variable before, or test the value.
//!
//! ```vtl
//! #foreach($i in $input.path('$.items'))
//! #set($net = 0)
//! #set($net = $i.gross - $i.tax)
//! $net
//! #end
//! ```

use crate::analysis::Template;
use crate::analysis::references;
use crate::analysis::sites::{Assignment, Operation};
use crate::analysis::value::Value;
use crate::finding::Finding;
use crate::tally::Findings;
use vtl::syntax_unstable::ast::{Expr, ExprKind, Operator};
use vtl::{Code, Span};

pub fn check(template: &Template<'_, '_>, found: &mut Findings<'_>) {
    // By their places: those within an expression are found without a look at all others.
    let operations = &template.sites.operations;
    let mut by_start: Vec<usize> = (0..operations.len()).collect();
    by_start.sort_by_key(|at| operations[*at].span.range().start);
    for assignment in &template.sites.assignments {
        let name = assignment.target.name;
        if !assignment.target.steps.is_empty() || assignment.is_guarded || !is_stale(&assignment.old) {
            continue;
        }
        // `#set($sum = $sum - $x)` may well keep the sum, and what nobody reads surprises nobody.
        if mentions(assignment.expr, name) || !template.read.contains(name) {
            continue;
        }
        let Some((span, reason)) = nothing(template, assignment, &by_start) else { continue };
        let message = format!("{reason}: then `${name}` keeps the value that it had before");
        found.push(
            Finding::new(Code::AssignsNothing, span, message)
                .help(format!("set it before, `#set(${name} = \"\")`, or test the value")),
        );
    }
}

/// Checks for an old value that is no default: what another turn or `#set` has calculated or read.
fn is_stale(old: &Value) -> bool {
    !matches!(old, Value::Nothing | Value::Exact(_) | Value::Number(Some(_)) | Value::Boolean(Some(_)) | Value::Block)
}

fn mentions(expr: &Expr<'_>, name: &str) -> bool {
    let mut found = false;
    references::of_expr(expr, &mut |reference, _| found |= reference.name == name);
    found
}

/// Returns the part of an assignment that may be nothing, and why.
fn nothing(
    template: &Template<'_, '_>,
    assignment: &Assignment<'_, '_>,
    by_start: &[usize],
) -> Option<(Span, String)> {
    let mut expr = assignment.expr;
    while let ExprKind::Group(inner) = &expr.kind {
        expr = inner;
    }
    match &expr.kind {
        // On the service a reference to nothing is the empty string.
        ExprKind::Reference(reference) if template.subject.is_velocity => {
            let may_miss = !reference.steps.is_empty() || !template.set.contains_key(reference.name);
            may_miss.then(|| (reference.span, format!("`{}` may be nothing", template.text(reference.span))))
        }
        ExprKind::Chain(..) => {
            let (operations, outer) = (&template.sites.operations, expr.span.range());
            let first = by_start.partition_point(|at| operations[*at].span.range().start < outer.start);
            let begins_within = |at: &usize| operations[*at].span.range().start < outer.end;
            let mut within: Vec<usize> = by_start[first..].iter().copied().take_while(begins_within).collect();
            // The one that was found first is told.
            within.sort_unstable();
            within.iter().map(|at| &operations[*at]).find_map(|operation| operand(template, operation))
        }
        _ => None,
    }
}

/// Returns the operand that makes a calculation nothing.
fn operand(template: &Template<'_, '_>, operation: &Operation<'_, '_>) -> Option<(Span, String)> {
    let is_division = matches!(operation.operator, Operator::Div | Operator::Rem);
    if !is_division && !matches!(operation.operator, Operator::Sub | Operator::Mul) {
        return None;
    }
    let text = |expr: &Expr<'_>| template.text(expr.span).to_owned();
    let (left, right) = (&operation.left, &operation.right);
    if is_division && right.1 == Value::Number(Some(0)) {
        return Some((right.0.span, "a division by zero is nothing".to_owned()));
    }
    let unsure = [left, right].into_iter().find(|(_, value)| matches!(value, Value::Data { .. }));
    let (expr, _) = unsure?;
    Some((expr.span, format!("`{}` may be missing or a string, of which nothing can be calculated", text(expr))))
}
