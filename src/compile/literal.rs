//! The source text of a form as Velocity prints it: the text that its lexer kept.
//!
//! `#nosuch($a ## note` loses the comment, `\#if` its backslash.

use crate::span::Span;
use crate::syntax::ast::{Expr, ExprKind, Kind, Node, Reference, Step};

/// Returns the text of the block of a `#literal`.
pub(super) fn of_block(source: &str, block: Span, nodes: &[Node]) -> String {
    // The marks in `$#end` belong to the `#end`.
    let inside = nodes.iter().map(|node| node.span.end()).take_while(|&end| end <= block.end()).last();
    let block = Span::new(block.start as usize, inside.unwrap_or(block.start as usize) - block.start as usize);
    of_nodes(source, block, nodes, |node, text| match node {
        Kind::Marks(left) => left,
        // Only `#** … *#` comments leave text.
        _ if text.starts_with("#*") && (!text.starts_with("#**") || text[3..].starts_with('#')) => "",
        Kind::Comment(rest) => rest,
        _ => text,
    })
}

/// Returns the text of a macro call with its block.
pub(super) fn of_call(source: &str, whole: Span, nodes: &[Node]) -> String {
    of_nodes(source, whole, nodes, |node, text| match node {
        Kind::Marks(_) => "",
        Kind::Comment(rest) => rest,
        _ => text,
    })
}

/// Returns the text of the leading `nodes` that lie in `whole`; `left` returns the remaining text of comments and
/// marks.
fn of_nodes(source: &str, whole: Span, nodes: &[Node], left: impl for<'t> Fn(&'t Kind, &'t str) -> &'t str) -> String {
    let mut out = String::with_capacity(whole.len as usize);
    let mut at = whole.start as usize;
    for node in nodes.iter().take_while(|n| (n.span.start as usize) < whole.end()) {
        copy(source, at, node.span.start as usize, &mut out);
        match &node.kind {
            Kind::Comment(_) | Kind::Marks(_) => out.push_str(left(&node.kind, &source[node.span.range()])),
            Kind::Text(text) if text.contains('#') && source[node.span.range()].starts_with('\\') => out.push_str(text),
            Kind::Reference(reference) => of_reference(source, reference, &mut out),
            Kind::Directive(directive) => {
                let arguments = directive.arguments.as_deref().unwrap_or_default();
                of_arguments(source, node.span, arguments, &mut out);
            }
            Kind::Set(set) => {
                let mut references = vec![&set.0];
                references_of(&set.1, &mut references);
                of_marked(source, node.span, &references, &mut out);
            }
            Kind::If(condition) | Kind::ElseIf(condition) => {
                let mut references = Vec::new();
                references_of(condition, &mut references);
                of_marked(source, node.span, &references, &mut out);
            }
            _ => out.push_str(&source[node.span.range()]),
        }
        at = node.span.end().max(at);
    }
    copy(source, at, whole.end(), &mut out);
    out
}

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

/// Collects the outermost references of an expression in order.
fn references_of<'e, 's>(expr: &'e Expr<'s>, found: &mut Vec<&'e Reference<'s>>) {
    match &expr.kind {
        ExprKind::Reference(reference) => found.push(reference),
        ExprKind::Group(inner) | ExprKind::Not(inner) => references_of(inner, found),
        ExprKind::List(all) | ExprKind::And(all) | ExprKind::Or(all) => {
            all.iter().for_each(|e| references_of(e, found))
        }
        ExprKind::Map(members) => members.iter().for_each(|(key, value)| {
            references_of(key, found);
            references_of(value, found);
        }),
        ExprKind::Range(ends) => {
            references_of(&ends.0, found);
            references_of(&ends.1, found);
        }
        ExprKind::Chain(first, rest) => {
            references_of(first, found);
            rest.iter().for_each(|joint| references_of(&joint.right, found));
        }
        _ => {}
    }
}

/// Appends the text of a form whose references lose the characters before their `$`.
fn of_marked(source: &str, whole: Span, references: &[&Reference], out: &mut String) {
    let mut at = whole.start as usize;
    for reference in references {
        copy(source, at, reference.span.start as usize, out);
        if out.ends_with('#') {
            out.pop();
        }
        of_reference(source, reference, out);
        at = reference.span.end();
    }
    copy(source, at, whole.end(), out);
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
