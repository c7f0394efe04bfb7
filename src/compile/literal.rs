//! The source text of a form as Velocity prints it: the text that its lexer kept.
//!
//! `#nosuch($a ## note` loses the comment, `\#if` its backslash.

use crate::span::Span;
use crate::syntax::ast::{Expr, ExprKind, Reference, Step};

fn copy(source: &str, from: usize, to: usize, out: &mut String) {
    if let Some(piece) = source.get(from..to) {
        out.push_str(piece);
    }
}

/// Appends the text between two arguments, without stray marks.
fn copy_gap(source: &str, from: usize, to: usize, out: &mut String) {
    if let Some(gap) = source.get(from..to) {
        out.extend(gap.chars().filter(|c| !matches!(c, '$' | '#' | '!' | '\\')));
    }
}

/// Appends the text of a call. References in its arguments lose the characters before their `$`, and stray
/// marks are dropped.
pub(super) fn of_arguments(source: &str, whole: Span, arguments: &[Expr], out: &mut String) {
    let open =
        source.get(whole.range()).and_then(|text| text.find('(')).map_or(whole.end(), |n| whole.start as usize + n);
    let mut at = open.min(arguments.first().map_or(open, |first| first.span.start as usize));
    copy(source, whole.start as usize, at, out);
    for argument in arguments {
        copy_gap(source, at, argument.span.start as usize, out);
        match &argument.kind {
            ExprKind::Reference(reference) => of_reference(source, reference, out),
            _ => copy(source, argument.span.start as usize, argument.span.end(), out),
        }
        at = argument.span.end();
    }
    copy_gap(source, at, whole.end(), out);
}

fn of_reference(source: &str, reference: &Reference, out: &mut String) {
    if reference.mark.as_ref().is_some_and(|mark| mark.broken.is_some()) {
        out.push_str(source.get(reference.span.range()).unwrap_or(""));
    } else {
        out.push_str(reference.literal);
    }
}

/// Returns the span of the text that a null operand of `+` prints next to a string. In Velocity the node of
/// `a * b` starts after the `*`: `'s' + 2 * $a` is `s $a`.
pub(super) fn of_operand(source: &str, operand: &Expr) -> Span {
    match &operand.kind {
        ExprKind::Reference(reference) if reference.mark.as_ref().is_some_and(|mark| mark.broken.is_none()) => {
            let length = reference.literal.len();
            Span::new(operand.span.end().saturating_sub(length), length)
        }
        ExprKind::Group(_) if operand.span.len > 1 => {
            Span::new(operand.span.start as usize + 1, operand.span.len as usize - 2)
        }
        ExprKind::Chain(_, rest) => {
            let from = rest.last().map_or(operand.span.start as usize, |joint| joint.at.end());
            let behind = source.get(operand.span.end()..).unwrap_or("");
            let blanks = behind.len() - behind.trim_start_matches([' ', '\t', '\n', '\r']).len();
            Span::new(from, (operand.span.end() + blanks).saturating_sub(from))
        }
        _ => operand.span,
    }
}

/// Returns the span between two operators.
pub(super) fn between(operator: Span, next: Span) -> Span {
    Span::new(operator.end(), (next.start as usize).saturating_sub(operator.end()))
}

/// Returns `true` if evaluating an expression has no effect but its value: it cannot fail or be noted.
pub(super) fn is_inert(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Reference(r) => r.steps.iter().all(|s| matches!(s, Step::Property(..))),
        kind => kind.is_literal(),
    }
}
