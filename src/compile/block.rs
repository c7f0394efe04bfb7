//! Directives and blocks of the AST, as every pass of the compiler reads them.

use crate::dialect::Dialect;
use crate::syntax::ast::{Directive, Kind, Node};

/// The variables that every `#foreach` sets.
pub(super) const LOOP_NAMES: [&str; 3] = ["velocityCount", "velocityHasNext", "foreach"];

/// Returns `true` if a directive is built in, in this dialect.
pub(super) fn is_builtin(directive: &Directive, dialect: Dialect) -> bool {
    !directive.at
        && match directive.name {
            "foreach" | "include" | "parse" | "macro" | "literal" | "break" | "define" | "stop" => true,
            "evaluate" => !dialect.service,
            _ => false,
        }
}

/// Returns the index after the `#end` of a block, given the index of its first inner node.
pub(super) fn end_of_block(nodes: &[Node], mut at: usize) -> usize {
    let mut depth = 1;
    while let Some(node) = nodes.get(at) {
        at += 1;
        match &node.kind {
            Kind::If(_) => depth += 1,
            Kind::Directive(directive) if directive.block => depth += 1,
            Kind::End => {
                depth -= 1;
                if depth == 0 {
                    break;
                }
            }
            _ => {}
        }
    }
    at
}
