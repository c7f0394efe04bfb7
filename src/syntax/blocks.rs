//! Which blocks are open. `#if … #end` is matched here, with a stack, not by recursion.

use crate::diagnostic::Code;
use crate::error::Error;
use crate::span::Span;

#[derive(Debug, Default)]
pub(super) struct Blocks<'s> {
    open: Vec<Open<'s>>,
    /// The macros whose definition is complete, in the order of the text.
    pub(super) macros: Vec<&'s str>,
}

#[derive(Debug)]
struct Open<'s> {
    at: Span,
    what: What<'s>,
}

#[derive(Debug)]
enum What<'s> {
    /// An `#if` that has not seen its `#else`.
    If,
    Else,
    /// A directive: the number of its node and its name.
    Directive(usize, &'s str),
}

impl<'s> Blocks<'s> {
    pub(super) fn open_if(&mut self, at: Span) {
        self.open.push(Open { at, what: What::If });
    }

    pub(super) fn open(&mut self, node: usize, name: &'s str, at: Span) {
        self.open.push(Open { at, what: What::Directive(node, name) });
    }

    pub(super) fn else_if(&mut self, at: Span) -> Result<(), Error> {
        match self.open.last() {
            Some(Open { what: What::If, .. }) => Ok(()),
            other => Err(stray("#elseif", at, other)),
        }
    }

    pub(super) fn else_(&mut self, at: Span) -> Result<(), Error> {
        match self.open.last_mut() {
            Some(open @ Open { what: What::If, .. }) => {
                open.what = What::Else;
                Ok(())
            }
            other => Err(stray("#else", at, other.as_deref())),
        }
    }

    /// Closes the innermost block; gives the node of the directive that opened it, if it was one.
    pub(super) fn end(&mut self, at: Span) -> Result<Option<usize>, Error> {
        match self.open.pop() {
            Some(Open { what: What::Directive(node, _), .. }) => Ok(Some(node)),
            Some(_) => Ok(None),
            None => Err(stray("#end", at, None)),
        }
    }

    /// All blocks must be closed at the end of the template.
    pub(super) fn finish(&self, source: &str) -> Result<(), Error> {
        let Some(open) = self.open.last() else { return Ok(()) };
        let name = match &open.what {
            What::If | What::Else => "if",
            What::Directive(_, name) => name,
        };
        let (line, _) = open.at.line_column(source);
        Err(Error::new(Code::Unclosed, format!("`#{name}` of line {line} is not closed"))
            .at(open.at)
            .with_help("close the block with `#end`"))
    }
}

fn stray(what: &str, at: Span, around: Option<&Open<'_>>) -> Error {
    let error = Error::new(Code::StrayEnd, format!("`{what}` without an `#if` that it could belong to")).at(at);
    match around {
        Some(open) => error.with_related(open.at, "this block is open here"),
        None if what == "#end" => Error::new(Code::StrayEnd, "`#end` without a block that it could close").at(at),
        None => error,
    }
}
