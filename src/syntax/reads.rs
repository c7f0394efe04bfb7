//! The parts of the surroundings that a template can read: members of `$context` and its siblings.

use super::ast::{Ast, Expr, ExprKind, Kind, Node, Reference, Step};
use std::collections::BTreeMap;

/// Part of a value that a template can read.
///
/// A host that converts its data for each render converts only this part. Where a member of
/// [`Members`](ReadPart::Members) is missing in the data, the whole object should be given: notes name the member
/// that was probably meant.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReadPart {
    /// All of it.
    Whole,
    /// These members at most, each with the part of it. Empty if the template reads nothing.
    Members(BTreeMap<Box<str>, ReadPart>),
}

/// The parts of the surroundings that a template can read, besides the payload.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reads {
    /// Parameters by name, whatever their group.
    pub params: ReadPart,
    /// Members of `$context`, besides the overrides.
    pub context: ReadPart,
    /// Stage variables by name.
    pub stage_variables: ReadPart,
}

/// Levels of members that are told apart.
const DEEPEST: usize = 8;

impl ReadPart {
    const NONE: ReadPart = ReadPart::Members(BTreeMap::new());

    /// Adds the part behind some names.
    fn add<'a>(&mut self, mut names: impl Iterator<Item = &'a str>, depth: usize) {
        let ReadPart::Members(members) = self else { return };
        match names.next() {
            Some(name) if depth > 0 => members.entry(name.into()).or_insert(ReadPart::NONE).add(names, depth - 1),
            _ => *self = ReadPart::Whole,
        }
    }
}

impl Reads {
    /// Everything.
    pub(crate) const ALL: Reads =
        Reads { params: ReadPart::Whole, context: ReadPart::Whole, stage_variables: ReadPart::Whole };

    /// Lists the parts that a template reads; all of them if it may compile texts while it runs.
    pub(crate) fn of(ast: &Ast<'_>, evaluates: bool) -> Reads {
        if evaluates {
            return Reads::ALL;
        }
        let mut reads = Reads { params: ReadPart::NONE, context: ReadPart::NONE, stage_variables: ReadPart::NONE };
        reads.nodes(&ast.nodes);
        if let ReadPart::Members(members) = &mut reads.context {
            // The engine makes these.
            members.remove("requestOverride");
            members.remove("responseOverride");
        }
        reads
    }

    fn nodes(&mut self, nodes: &[Node<'_>]) {
        for node in nodes {
            match &node.kind {
                Kind::Text(_) | Kind::Marks(_) | Kind::Comment | Kind::Else | Kind::End | Kind::Broken(_) => {}
                Kind::Reference(reference) => self.reference(reference),
                Kind::Set(set) => {
                    self.reference(&set.0);
                    self.expression(&set.1);
                }
                Kind::If(condition) | Kind::ElseIf(condition) => self.expression(condition),
                Kind::Directive(directive) => {
                    directive.arguments.iter().flatten().for_each(|argument| self.expression(argument));
                }
            }
        }
    }

    fn expression(&mut self, expr: &Expr<'_>) {
        match &expr.kind {
            ExprKind::Template(inner) => self.nodes(&inner.ast.nodes),
            ExprKind::Reference(reference) => self.reference(reference),
            _ => expr.each_operand(|operand| self.expression(operand)),
        }
    }

    fn reference(&mut self, reference: &Reference<'_>) {
        for step in &reference.steps {
            match step {
                Step::Property(..) => {}
                Step::Index(key, _) => self.expression(key),
                Step::Method(_, arguments, _) => arguments.iter().for_each(|argument| self.expression(argument)),
            }
        }
        let names = || reference.steps.iter().map_while(member);
        match (reference.name, reference.steps.first()) {
            ("context", _) => self.context.add(names(), DEEPEST),
            ("stageVariables", _) => self.stage_variables.add(names(), DEEPEST),
            ("input", Some(Step::Method("path" | "json", ..) | Step::Property("body", _))) => {}
            ("input", Some(Step::Method("params", arguments, _))) => match arguments.as_slice() {
                [Expr { kind: ExprKind::Str(name), .. }] => self.params.add(std::iter::once(*name), DEEPEST),
                _ => self.params = ReadPart::Whole,
            },
            ("input", _) => self.params = ReadPart::Whole,
            _ => {}
        }
    }
}

/// Returns the name of the member that a step reads, if it reads no more than that.
fn member<'s>(step: &Step<'s>) -> Option<&'s str> {
    match step {
        // The one getter of a map, and what other values have.
        Step::Property(name, _) if ["class", "empty"].iter().any(|getter| name.eq_ignore_ascii_case(getter)) => None,
        Step::Property(name, _) => Some(name),
        Step::Index(Expr { kind: ExprKind::Str(name), .. }, _) => Some(name),
        Step::Method("get", arguments, _) => match arguments.as_slice() {
            [Expr { kind: ExprKind::Str(name), .. }] => Some(name),
            _ => None,
        },
        _ => None,
    }
}
