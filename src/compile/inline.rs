//! Inlining: expands calls of simple macros at compile time.
//!
//! A macro whose body is text and plain references, such as `#macro(field $k $v)"$k": "$v"#end`, is
//! inlined: its parameters are replaced by the arguments. The inlined code needs no frame. Only if
//! one of its references prints a `#define` block, which may see the parameters, does the machine create
//! the frame after all. With a probe attached the call is executed instead, so that the probe sees it.

use super::{Compiler, end_of_block};
use crate::error::Error;
use crate::program::{Argument, ByName, Op, Simple};
use crate::syntax::ast::{Ast, Expr, ExprKind, Interpolation, Kind, Node, Reference, Step};
use crate::value::Datum;
use std::collections::HashMap;

/// The parameters and body of a macro that can be inlined.
pub(super) struct InlinableMacro<'a> {
    parameters: Vec<Box<str>>,
    body: &'a [Node<'a>],
}

/// Returns the macros of a template by name; the value is `None` for a macro that cannot be inlined or is
/// defined twice.
pub(super) fn inlinable_macros<'a>(ast: &'a Ast<'a>, source: &str) -> HashMap<Box<str>, Option<InlinableMacro<'a>>> {
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
        let inline = parameters.filter(|_| is_plain(body, false)).map(|parameters| InlinableMacro { parameters, body });
        found.entry(token(name).into()).and_modify(|twice| *twice = None).or_insert(inline);
    }
    found
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
            Expansion::Interpolation(inner) => self.nodes(&inner.ast.nodes)?,
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
