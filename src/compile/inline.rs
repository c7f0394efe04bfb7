//! Inlining: expands calls of simple macros at compile time.
//!
//! A macro whose body is text and plain references, such as `#macro(field $k $v)"$k": "$v"#end`, is
//! inlined: its parameters are replaced by the arguments. The inlined code needs no frame. Only if
//! one of its references prints a `#define` block, which may see the parameters, does the machine create
//! the frame after all. With a probe attached the call is executed instead, so that the probe sees it.

use super::compiler::Compiler;
use super::inlinable::{InlinableMacro, is_plain};
use crate::error::Error;
use crate::program::{Argument, ByName, Op, Simple};
use crate::syntax::ast::{Expr, ExprKind, Interpolation, Kind, Reference};
use crate::value::Datum;

/// Work that all inlined calls of a small template may take, in ops and look-ups of parameters. Larger templates
/// may take as much as they have bytes.
const MOST_INLINED: usize = 20_000;

/// The expansion of a parameter.
#[derive(Clone, Copy)]
enum Expansion<'a> {
    /// A variable or constant.
    Simple(Simple),
    /// A double-quoted string, expanded in place.
    Interpolation(&'a Interpolation<'a>),
}

impl<'a> Compiler<'a> {
    /// Emits the inlined code of a macro call; returns `false` and emits nothing if the call cannot be inlined.
    pub(super) fn inline(&mut self, call: u32, arguments: &[Expr]) -> Result<bool, Error> {
        let Some(described) = self.program.calls.get(call as usize) else { return Ok(false) };
        let Some(Some(InlinableMacro { parameters, body })) = self.inlinable.get(&described.name) else {
            return Ok(false);
        };
        let (parameters, body) = (parameters.clone(), *body);
        if self.dynamic || !self.fuse || described.bad_argument {
            return Ok(false);
        }
        let mut expansions = Vec::new();
        for ((name, argument), expr) in parameters.iter().zip(&described.arguments).zip(arguments) {
            let expansion = match (argument, &expr.kind) {
                (Argument::Constant(constant), _) => Expansion::Simple(Simple::Constant(*constant)),
                (Argument::ByName(ByName { simple: Some(simple), .. }), _) => Expansion::Simple(*simple),
                (_, ExprKind::Template(inner)) if !inner.chop && is_plain(&inner.ast.nodes, true) => {
                    Expansion::Interpolation(inner)
                }
                _ => return Ok(false),
            };
            let source = match argument {
                Argument::ByName(by_name) => by_name.source.clone(),
                Argument::Constant(_) => "".into(),
            };
            expansions.push((name.clone(), expansion, source));
        }
        let repeated = |i: usize| expansions.iter().skip(i + 1).any(|(name, ..)| *name == expansions[i].0);
        if (0..expansions.len()).any(repeated) {
            return Ok(false);
        }
        let most = MOST_INLINED.max(self.program.source.len());
        if self.inlined + body.len() * (1 + expansions.len()) > most {
            return Ok(false);
        }
        let before = self.program.ops.len();
        self.emit(Op::Inline(call));
        for node in body {
            self.at = node.span;
            match &node.kind {
                Kind::Text(text) => self.emit_text(text),
                Kind::Reference(reference) => match expansions.iter().find(|(name, ..)| **name == *reference.name) {
                    Some((_, expansion, source)) => self.print_expansion(reference, *expansion, source)?,
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
        self.inlined += self.program.ops.len() - before + body.len() * expansions.len();
        Ok(true)
    }

    /// Emits code that prints a parameter; `source` is the source of the argument.
    fn print_expansion(&mut self, reference: &Reference, expansion: Expansion<'_>, source: &str) -> Result<(), Error> {
        let null = match (reference.quiet, reference.formal) {
            (true, _) => "",
            (_, true) => reference.literal,
            _ => source,
        };
        match expansion {
            Expansion::Simple(Simple::Variable(slot)) => self.emit_argument(slot, null),
            // Written to the output without building the string.
            Expansion::Interpolation(inner) => {
                for node in &inner.ast.nodes {
                    match &node.kind {
                        Kind::Text(text) => self.emit_text(text),
                        _ => self.nodes(std::slice::from_ref(node))?,
                    }
                }
            }
            Expansion::Simple(Simple::Constant(constant)) => match self.program.constants.get(constant as usize) {
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

    /// Emits code that prints a variable, or `null` if it has no value.
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
