//! The statements and branches of a template: what a coverage report counts.

use super::ast::{Ast, Kind, Node};
use crate::span::Span;

/// Part of a template that does something when it is reached.
///
/// Statements are printed references, `#set`, `#if`, `#elseif`, `#foreach`, `#define`, `#macro` and all
/// other directives and calls. Text, comments, `#else` and `#end` are none, nor are references inside of
/// expressions and strings. The block of a `#literal` is text, so it has no statements; the blocks of
/// `#macro` and of calls have some only where macros exist, that is in Velocity's own dialect.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Statement {
    /// Place in the source: of a block, only the directive that opens it.
    pub span: Span,
    /// Kind of the statement.
    pub kind: StatementKind,
    /// Ways to go on: those of an `#if` with all its clauses, and of a `#foreach`; empty for all others.
    pub branches: Vec<Branch>,
}

/// Kind of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StatementKind {
    /// A reference that is printed.
    Reference,
    /// `#set`
    Set,
    /// `#if`
    If,
    /// `#elseif`; its branch is one of the `#if`.
    ElseIf,
    /// `#foreach`
    Foreach,
    /// Any other directive, or a macro call.
    Directive,
}

/// Way to go on behind an `#if` or `#foreach`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Branch {
    /// Condition under which it is taken.
    pub kind: BranchKind,
    /// Place of the clause that it belongs to: `#if(…)`, `#elseif(…)`, `#else`, `#foreach(…)`; the `#end` for
    /// [`Skipped`](BranchKind::Skipped).
    pub head: Span,
    /// Place of its block, up to the next clause; empty for [`Skipped`](BranchKind::Skipped).
    pub body: Span,
}

/// Condition under which a branch is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BranchKind {
    /// The condition of `#if` or `#elseif` is true.
    Then,
    /// No condition before it is true: `#else`.
    Else,
    /// The `#foreach` has a turn.
    Turn,
    /// No condition of an `#if` without `#else` is true, or a `#foreach` has no turn.
    Skipped,
}

/// A block that is open: the statement that its branches belong to.
struct Pending {
    statement: Option<usize>,
    has_else: bool,
    /// Statements of the block are counted.
    counted: bool,
}

/// Lists the statements of a template in the order of the source; `macros` is set if the dialect has macros.
pub(crate) fn statements(ast: &Ast<'_>, macros: bool) -> Vec<Statement> {
    let mut found: Vec<Statement> = Vec::new();
    let mut open: Vec<Pending> = Vec::new();
    for Node { span, kind } in &ast.nodes {
        let counted = open.last().is_none_or(|block| block.counted);
        let add = |kind: StatementKind, found: &mut Vec<Statement>| {
            counted.then(|| {
                found.push(Statement { span: *span, kind, branches: Vec::new() });
                found.len() - 1
            })
        };
        let branch = |kind: BranchKind| Branch { kind, head: *span, body: Span::new(span.end(), 0) };
        match kind {
            Kind::Text(_) | Kind::Marks(_) | Kind::Comment | Kind::Broken(_) => {}
            Kind::Reference(_) => drop(add(StatementKind::Reference, &mut found)),
            Kind::Set(_) => drop(add(StatementKind::Set, &mut found)),
            Kind::If(_) => {
                let statement = add(StatementKind::If, &mut found);
                open.push(Pending { statement, has_else: false, counted });
                start(&mut found, statement, branch(BranchKind::Then));
            }
            Kind::ElseIf(_) | Kind::Else => {
                let Some(block) = open.last_mut() else { continue };
                block.has_else = matches!(kind, Kind::Else);
                let statement = block.statement;
                if !block.has_else {
                    add(StatementKind::ElseIf, &mut found);
                }
                let kind = if block.has_else { BranchKind::Else } else { BranchKind::Then };
                close(&mut found, statement, *span);
                start(&mut found, statement, branch(kind));
            }
            Kind::Directive(directive) => {
                let foreach = directive.name == "foreach" && directive.block;
                let kind = if foreach { StatementKind::Foreach } else { StatementKind::Directive };
                let statement = add(kind, &mut found).filter(|_| foreach);
                if directive.block {
                    let runs = match directive.name {
                        "literal" => false,
                        "foreach" | "define" => true,
                        _ => macros,
                    };
                    open.push(Pending { statement, has_else: false, counted: counted && runs });
                    start(&mut found, statement, branch(BranchKind::Turn));
                }
            }
            Kind::End => {
                let Some(block) = open.pop() else { continue };
                close(&mut found, block.statement, *span);
                if !block.has_else {
                    let skipped =
                        Branch { kind: BranchKind::Skipped, head: *span, body: Span::new(span.start as usize, 0) };
                    start(&mut found, block.statement, skipped);
                }
            }
        }
    }
    found
}

/// Starts a branch of a statement.
fn start(found: &mut [Statement], statement: Option<usize>, branch: Branch) {
    if let Some(statement) = statement.and_then(|number| found.get_mut(number)) {
        statement.branches.push(branch);
    }
}

/// Ends the last branch of a statement where the next clause starts.
fn close(found: &mut [Statement], statement: Option<usize>, clause: Span) {
    if let Some(branch) =
        statement.and_then(|number| found.get_mut(number)).and_then(|statement| statement.branches.last_mut())
    {
        let start = branch.head.end();
        branch.body = Span::new(start, (clause.start as usize).saturating_sub(start));
    }
}
