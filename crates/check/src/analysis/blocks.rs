//! The blocks of a template as a tree: the nodes of a parse are a flat list.

use vtl::syntax_unstable::ast::{Ast, Directive, Expr, Kind, Node};

/// Nesting that is followed; the content of deeper blocks is left out.
pub const DEEPEST: usize = 64;

/// A node, or a block with its content.
#[derive(Debug)]
pub enum Block<'a, 's> {
    /// A node that opens no block.
    Plain(&'a Node<'s>),
    /// `#if` with its arms: condition, if it has one, and content.
    If { node: &'a Node<'s>, arms: Vec<(Option<&'a Expr<'s>>, Vec<Block<'a, 's>>)> },
    /// `#foreach`
    Foreach { node: &'a Node<'s>, directive: &'a Directive<'s>, body: Vec<Block<'a, 's>> },
    /// `#define`
    Define { directive: &'a Directive<'s>, body: Vec<Block<'a, 's>> },
    /// A block that is nested too deeply.
    Deep(&'a Node<'s>),
    /// `#macro`, or a call with a block.
    Other,
}

/// Builds the tree of a template.
pub fn tree<'a, 's>(ast: &'a Ast<'s>) -> Vec<Block<'a, 's>> {
    let mut stack: Vec<Open<'a, 's>> = Vec::new();
    let mut top = Vec::new();
    for node in &ast.nodes {
        match &node.kind {
            Kind::If(condition) => {
                stack.push(Open { node, conditions: vec![Some(condition)], arms: vec![Vec::new()] });
            }
            Kind::ElseIf(_) | Kind::Else => {
                if let Some(open) = stack.last_mut() {
                    open.conditions.push(match &node.kind {
                        Kind::ElseIf(condition) => Some(condition),
                        _ => None,
                    });
                    open.arms.push(Vec::new());
                }
            }
            Kind::Directive(directive) if directive.block => {
                stack.push(Open { node, conditions: Vec::new(), arms: vec![Vec::new()] });
            }
            Kind::End => {
                if let Some(open) = stack.pop() {
                    let depth = stack.len();
                    let content = content(&mut stack, &mut top);
                    content.push(if depth < DEEPEST { open.close() } else { Block::Deep(open.node) });
                }
            }
            _ => content(&mut stack, &mut top).push(Block::Plain(node)),
        }
    }
    // Blocks that are not closed end with the template.
    while let Some(open) = stack.pop() {
        let depth = stack.len();
        content(&mut stack, &mut top).push(if depth < DEEPEST { open.close() } else { Block::Deep(open.node) });
    }
    top
}

struct Open<'a, 's> {
    node: &'a Node<'s>,
    conditions: Vec<Option<&'a Expr<'s>>>,
    arms: Vec<Vec<Block<'a, 's>>>,
}

impl<'a, 's> Open<'a, 's> {
    fn close(mut self) -> Block<'a, 's> {
        let node = self.node;
        match &node.kind {
            Kind::If(_) => Block::If { node, arms: self.conditions.into_iter().zip(self.arms).collect() },
            Kind::Directive(directive) => {
                let body = self.arms.pop().unwrap_or_default();
                match directive.name {
                    "foreach" => Block::Foreach { node, directive, body },
                    "define" => Block::Define { directive, body },
                    _ => Block::Other,
                }
            }
            _ => Block::Other,
        }
    }
}

fn content<'b, 'a, 's>(stack: &'b mut [Open<'a, 's>], top: &'b mut Vec<Block<'a, 's>>) -> &'b mut Vec<Block<'a, 's>> {
    match stack.last_mut().and_then(|open| open.arms.last_mut()) {
        Some(arm) => arm,
        None => top,
    }
}
