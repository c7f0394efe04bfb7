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

/// The ends of the blocks of a list of nodes.
pub(super) struct BlockEnds(Vec<u32>);

impl BlockEnds {
    /// Finds the ends in one pass.
    pub(super) fn of(nodes: &[Node]) -> Self {
        let last = nodes.len() as u32;
        let mut ends = vec![last; nodes.len()];
        let mut open = Vec::new();
        for (at, node) in nodes.iter().enumerate() {
            match &node.kind {
                Kind::If(_) => open.push(at),
                Kind::Directive(directive) if directive.block => open.push(at),
                Kind::End => {
                    if let Some(start) = open.pop() {
                        ends[start] = at as u32;
                    }
                }
                _ => {}
            }
        }
        BlockEnds(ends)
    }

    /// Returns the nodes inside of the block that the node at `start` opens.
    pub(super) fn body<'a, 's>(&self, nodes: &'a [Node<'s>], start: usize) -> &'a [Node<'s>] {
        let end = self.0.get(start).map_or(nodes.len(), |end| *end as usize);
        nodes.get(start + 1..end).unwrap_or_default()
    }
}
