//! Macros that can be inlined: those whose body is text and plain references.

use super::block::{BlockEnds, LOOP_NAMES};
use crate::syntax::ast::{Ast, Expr, ExprKind, Kind, Node, Step};
use std::collections::{HashMap, HashSet};

/// The parameters and body of a macro that can be inlined.
pub(super) struct InlinableMacro<'a> {
    pub(super) parameters: Vec<Box<str>>,
    pub(super) body: &'a [Node<'a>],
}

/// Returns the macros of a template by name; the value is `None` for a macro that cannot be inlined or is
/// defined twice.
pub(super) fn inlinable_macros<'a>(ast: &'a Ast<'a>, source: &str) -> HashMap<Box<str>, Option<InlinableMacro<'a>>> {
    let mut found = HashMap::new();
    let set = set_by_blocks(ast);
    let ends = BlockEnds::of(&ast.nodes);
    for (at, node) in ast.nodes.iter().enumerate() {
        let Kind::Directive(directive) = &node.kind else { continue };
        let Some((name, parameters)) = directive.arguments.as_deref().and_then(<[Expr]>::split_first) else { continue };
        if directive.name != "macro" || directive.at || !directive.block {
            continue;
        }
        let token = |expr: &Expr| source.get(expr.span.range()).unwrap_or("");
        let body = ends.body(&ast.nodes, at);
        let parameters: Option<Vec<Box<str>>> = parameters.iter().map(|p| parameter(token(p))).collect();
        let inline = parameters
            .filter(|parameters| is_plain(body, false) && !parameters.iter().any(|name| set.contains(&**name)))
            .map(|parameters| InlinableMacro { parameters, body });
        found.entry(token(name).into()).and_modify(|twice| *twice = None).or_insert(inline);
    }
    found
}

/// Returns the variables that a block may set: a block that a macro prints sets the parameters of the macro. Empty
/// for a template without `#define` and `#@name()`.
fn set_by_blocks<'a>(ast: &'a Ast<'a>) -> HashSet<&'a str> {
    let (mut set, mut has_blocks) = (HashSet::from(LOOP_NAMES), false);
    for node in &ast.nodes {
        match &node.kind {
            Kind::Set(statement) => {
                set.insert(statement.0.name);
            }
            Kind::Directive(directive) => {
                has_blocks |= directive.at || directive.name == "define";
                let variable = directive.arguments.as_deref().and_then(<[Expr]>::first);
                if let Some(Expr { kind: ExprKind::Reference(reference), .. }) = variable
                    && matches!(directive.name, "foreach" | "define")
                {
                    set.insert(reference.name);
                }
            }
            _ => {}
        }
    }
    if has_blocks { set } else { HashSet::new() }
}

/// Returns the name of a parameter that is written as plain `$name`.
fn parameter(token: &str) -> Option<Box<str>> {
    let name = token.strip_prefix('$')?;
    name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_').then(|| name.into())
}

/// Checks that nodes are text, comments and references only; references may have property steps if `steps`
/// is set, and no other.
pub(super) fn is_plain(nodes: &[Node], steps: bool) -> bool {
    nodes.iter().all(|node| match &node.kind {
        Kind::Text(_) | Kind::Comment => true,
        Kind::Reference(reference) => {
            let known = reference.steps.iter().all(|step| steps && matches!(step, Step::Property(..)));
            known && reference.mark.is_none() && reference.name != "bodyContent"
        }
        _ => false,
    })
}
