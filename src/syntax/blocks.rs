//! The blocks that are open: `#if … #end` is matched with a stack, not by recursion.

use crate::diagnostic::Code;
use crate::error::Error;
use crate::span::Span;
use std::collections::HashSet;

/// Most blocks that are reported as not closed.
const MOST_UNCLOSED: usize = 100;

/// Stack of the blocks that are open.
#[derive(Debug, Default)]
pub(super) struct Blocks<'s> {
    open: Vec<PendingBlock<'s>>,
    /// Names of the macros whose definition is complete.
    pub(super) macros: HashSet<&'s str>,
}

#[derive(Debug)]
struct PendingBlock<'s> {
    at: Span,
    kind: BlockKind<'s>,
}

#[derive(Debug)]
enum BlockKind<'s> {
    /// An `#if` that has not seen its `#else`.
    If,
    Else,
    /// A directive: the number of its node and its name.
    Directive(usize, &'s str),
    /// A `#foreach` that has no collection: the number of its node.
    EmptyLoop(usize),
}

impl<'s> Blocks<'s> {
    pub(super) fn open_if(&mut self, at: Span) {
        self.open.push(PendingBlock { at, kind: BlockKind::If });
    }

    pub(super) fn open(&mut self, node: usize, name: &'s str, at: Span) {
        self.open.push(PendingBlock { at, kind: BlockKind::Directive(node, name) });
    }

    pub(super) fn open_empty_loop(&mut self, node: usize, at: Span) {
        self.open.push(PendingBlock { at, kind: BlockKind::EmptyLoop(node) });
    }

    pub(super) fn else_if(&mut self, at: Span) -> Result<(), Error> {
        match self.open.last() {
            Some(PendingBlock { kind: BlockKind::If, .. }) => Ok(()),
            other => Err(stray("#elseif", at, other)),
        }
    }

    pub(super) fn else_(&mut self, at: Span) -> Result<(), Error> {
        match self.open.last_mut() {
            Some(open @ PendingBlock { kind: BlockKind::If, .. }) => {
                open.kind = BlockKind::Else;
                Ok(())
            }
            other => Err(stray("#else", at, other.as_deref())),
        }
    }

    /// Closes the innermost block; returns the number of the directive's node that opened it, if one did.
    pub(super) fn end(&mut self, at: Span) -> Result<Option<usize>, Error> {
        match self.open.pop() {
            Some(PendingBlock { kind: BlockKind::Directive(node, _) | BlockKind::EmptyLoop(node), .. }) => {
                Ok(Some(node))
            }
            Some(_) => Ok(None),
            None => Err(stray("#end", at, None)),
        }
    }

    /// Forgets the innermost block if its directive ends at `end`.
    pub(super) fn drop_last(&mut self, end: usize) {
        self.open.pop_if(|block| block.at.end() == end);
    }

    /// Returns an error for each block that is still open at the end of the template, the innermost first.
    pub(super) fn finish(&self) -> Vec<Error> {
        let unclosed = |block: &PendingBlock<'_>| {
            let name = match &block.kind {
                BlockKind::If | BlockKind::Else => "if",
                BlockKind::Directive(_, name) => name,
                BlockKind::EmptyLoop(_) => "foreach",
            };
            Error::new(Code::Unclosed, format!("`#{name}` is not closed"))
                .at(block.at)
                .with_help("close the block with `#end`")
        };
        // A loop that was begun and left is named for what it lacks first.
        let empty = |block: &PendingBlock<'_>| match block.kind {
            BlockKind::EmptyLoop(_) => Some(
                Error::new(Code::BadArguments, "`#foreach` has no collection")
                    .at(block.at)
                    .with_help("write `#foreach($item in $list)`"),
            ),
            _ => None,
        };
        let open = self.open.iter().rev().take(MOST_UNCLOSED);
        open.flat_map(|block| empty(block).into_iter().chain([unclosed(block)])).collect()
    }
}

fn stray(what: &str, at: Span, around: Option<&PendingBlock<'_>>) -> Error {
    let error = Error::new(Code::StrayEnd, format!("`{what}` without an `#if` that it could belong to")).at(at);
    match around {
        Some(open) => error.with_related(open.at, "this block is open here"),
        None if what == "#end" => Error::new(Code::StrayEnd, "`#end` without a block that it could close").at(at),
        None => error,
    }
}
