//! Macros of text and references, put where they are called.
//!
//! `#macro(field $k $v)"$k": "$v"#end` needs no frame as long as no `#define` block is printed in it: then
//! the machine makes one, since the block sees the macro's parameters. A probe is shown the call.

use super::{Compiler, end_of_block};
use crate::error::Error;
use crate::program::{Argument, ByName, Op, Simple};
use crate::syntax::ast::{Ast, Expr, ExprKind, Interpolation, Kind, Node, Reference, Step};
use crate::value::Datum;
use std::collections::HashMap;

/// A macro that can be put where it is called.
pub(super) struct Inline<'a> {
    parameters: Vec<Box<str>>,
    body: &'a [Node<'a>],
}

/// All such macros, by name. One that is defined twice is none.
pub(super) fn macros<'a>(ast: &'a Ast<'a>, source: &str) -> HashMap<Box<str>, Option<Inline<'a>>> {
    let mut found = HashMap::new();
    for (at, node) in ast.nodes.iter().enumerate() {
        let Kind::Directive(directive) = &node.kind else { continue };
        let Some((name, parameters)) = directive.arguments.as_deref().and_then(<[Expr]>::split_first) else { continue };
        if directive.name != "macro" || directive.at || !directive.block {
            continue;
        }
        let token = |expr: &Expr| source.get(expr.span.range()).unwrap_or("");
        let body = ast.nodes.get(at + 1..end_of_block(&ast.nodes, at + 1) - 1).unwrap_or_default();
        let parameters: Option<Vec<Box<str>>> = parameters.iter().map(|p| parameter(token(p))).collect();
        let inline = parameters.filter(|_| is_plain(body, false)).map(|parameters| Inline { parameters, body });
        found.entry(token(name).into()).and_modify(|twice| *twice = None).or_insert(inline);
    }
    found
}

/// `$name` as a parameter; none for what is written in another way.
fn parameter(token: &str) -> Option<Box<str>> {
    let name = token.strip_prefix('$')?;
    name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_').then(|| name.into())
}

/// Whether there is nothing but text and plain references, without steps or with names of properties.
pub(super) fn is_plain(nodes: &[Node], steps: bool) -> bool {
    nodes.iter().all(|node| match &node.kind {
        Kind::Text(_) | Kind::Comment(_) => true,
        Kind::Reference(reference) => {
            let known = reference.steps.iter().all(|step| steps && matches!(step, Step::Property(..)));
            known && reference.mark.is_none() && reference.name != "bodyContent"
        }
        _ => false,
    })
}

/// What an argument is where it is used.
#[derive(Clone, Copy)]
enum Given<'a> {
    Simple(Simple),
    Text(&'a Interpolation<'a>),
}

impl<'a> Compiler<'a> {
    /// Code for a call of a macro that can be put here; false if it cannot.
    pub(super) fn inline(&mut self, call: u32, arguments: &[Expr]) -> Result<bool, Error> {
        let Some(described) = self.program.calls.get(call as usize) else { return Ok(false) };
        let Some(Some(Inline { parameters, body })) = self.inlines.get(&described.name) else { return Ok(false) };
        let (parameters, body) = (parameters.clone(), *body);
        if self.dynamic || !self.fuse || described.bad_argument {
            return Ok(false);
        }
        let mut given = Vec::new();
        for ((name, argument), expr) in parameters.iter().zip(&described.arguments).zip(arguments) {
            let what = match (argument, &expr.kind) {
                (Argument::Constant(constant), _) => Given::Simple(Simple::Constant(*constant)),
                (Argument::ByName(ByName { simple: Some(simple), .. }), _) => Given::Simple(*simple),
                (_, ExprKind::Template(inner)) if !inner.chop && is_plain(&inner.ast.nodes, true) => Given::Text(inner),
                _ => return Ok(false),
            };
            let source = match argument {
                Argument::ByName(by_name) => by_name.source.clone(),
                Argument::Constant(_) => "".into(),
            };
            given.push((name.clone(), what, source));
        }
        let twice = |i: usize| given.iter().skip(i + 1).any(|(name, ..)| *name == given[i].0);
        if (0..given.len()).any(twice) {
            return Ok(false);
        }
        self.emit(Op::Inline(call));
        for node in body {
            self.at = node.span;
            match &node.kind {
                Kind::Text(text) => self.emit_text(text),
                Kind::Reference(reference) => match given.iter().find(|(name, ..)| **name == *reference.name) {
                    Some((_, what, source)) => self.print_given(reference, *what, source)?,
                    None => {
                        let slot = self.scope.slot(reference.name);
                        self.emit_argument(slot, if reference.quiet { "" } else { reference.literal });
                    }
                },
                _ => {}
            }
        }
        let end = self.here();
        self.barrier = self.program.ops.len();
        self.program.calls[call as usize].end = end;
        Ok(true)
    }

    /// Prints a parameter by what was given for it.
    fn print_given(&mut self, reference: &Reference, given: Given<'_>, source: &str) -> Result<(), Error> {
        let null = match (reference.quiet, reference.formal) {
            (true, _) => "",
            (_, true) => reference.literal,
            _ => source,
        };
        match given {
            Given::Simple(Simple::Variable(slot)) => self.emit_argument(slot, null),
            // Evaluated where the caller stands, and printed on the way.
            Given::Text(inner) => self.nodes(&inner.ast.nodes)?,
            Given::Simple(Simple::Constant(constant)) => match self.program.constants.get(constant as usize) {
                Some(Datum::Str(text)) => {
                    let text = text.clone();
                    self.emit_text(&text);
                }
                _ => {
                    self.emit(Op::Const(constant));
                    self.emit(Op::EmitQuiet);
                }
            },
        }
        Ok(())
    }

    fn emit_argument(&mut self, slot: u32, null: &str) {
        let text = self.text(null);
        match u16::try_from(slot) {
            Ok(slot) => drop(self.emit(Op::EmitArgument(slot, text))),
            Err(_) => {
                self.emit(Op::Load(slot));
                self.emit(Op::Emit(text));
            }
        }
    }
}
