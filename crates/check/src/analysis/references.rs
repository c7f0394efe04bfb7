//! All references of a template, wherever they are.

use vtl::syntax_unstable::ast::{Ast, Expr, ExprKind, Kind, Node, Reference, Step};

/// The use of a reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// It is printed as text of the output.
    Printed,
    /// Its value is used.
    Read,
    /// It is assigned to.
    Set,
    /// It is the variable of a loop, or the name of a block.
    Bound,
}

/// Calls `found` for each reference, in the order of the source.
pub fn each<'a, 's>(ast: &'a Ast<'s>, found: &mut dyn FnMut(&'a Reference<'s>, Use)) {
    for node in &ast.nodes {
        of_node(node, found);
    }
}

fn of_node<'a, 's>(node: &'a Node<'s>, found: &mut dyn FnMut(&'a Reference<'s>, Use)) {
    match &node.kind {
        Kind::Reference(reference) => of_reference(reference, Use::Printed, found),
        Kind::Set(set) => {
            of_reference(&set.0, Use::Set, found);
            of_expr(&set.1, found);
        }
        Kind::If(condition) | Kind::ElseIf(condition) => of_expr(condition, found),
        Kind::Directive(directive) => {
            let binds = matches!(directive.name, "foreach" | "define" | "macro");
            for (at, argument) in directive.arguments.iter().flatten().enumerate() {
                match &argument.kind {
                    ExprKind::Reference(reference) if binds && (at == 0 || directive.name == "macro") => {
                        of_reference(reference, Use::Bound, found);
                    }
                    _ => of_expr(argument, found),
                }
            }
        }
        _ => {}
    }
}

fn of_reference<'a, 's>(reference: &'a Reference<'s>, used: Use, found: &mut dyn FnMut(&'a Reference<'s>, Use)) {
    found(reference, used);
    for step in &reference.steps {
        match step {
            Step::Property(..) => {}
            Step::Method(_, arguments, _) => arguments.iter().for_each(|argument| of_expr(argument, found)),
            Step::Index(key, _) => of_expr(key, found),
        }
    }
}

/// Calls `found` for each reference of an expression.
pub fn of_expr<'a, 's>(expr: &'a Expr<'s>, found: &mut dyn FnMut(&'a Reference<'s>, Use)) {
    match &expr.kind {
        ExprKind::Reference(reference) => of_reference(reference, Use::Read, found),
        ExprKind::Template(inner) => {
            let mut read = |reference: &'a Reference<'s>, used| {
                found(reference, if used == Use::Printed { Use::Read } else { used });
            };
            for node in &inner.ast.nodes {
                of_node(node, &mut read);
            }
        }
        ExprKind::List(items) | ExprKind::And(items) | ExprKind::Or(items) => {
            items.iter().for_each(|item| of_expr(item, found));
        }
        ExprKind::Map(members) => members.iter().for_each(|(key, value)| {
            of_expr(key, found);
            of_expr(value, found);
        }),
        ExprKind::Range(ends) => {
            of_expr(&ends.0, found);
            of_expr(&ends.1, found);
        }
        ExprKind::Group(inner) | ExprKind::Not(inner) => of_expr(inner, found),
        ExprKind::Chain(first, rest) => {
            of_expr(first, found);
            rest.iter().for_each(|joint| of_expr(&joint.right, found));
        }
        _ => {}
    }
}
