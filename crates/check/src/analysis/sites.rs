//! Sites: the places of a template that rules judge, with what the analysis knows there.

use crate::analysis::reader::{Fault, Position};
use crate::analysis::value::Value;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use vtl::Span;
use vtl::syntax_unstable::ast::{Expr, Operator, Reference};

/// A reference that is printed.
#[derive(Clone, Debug)]
pub struct Print<'a, 's> {
    pub reference: &'a Reference<'s>,
    pub value: Value,
    /// Place in the JSON text; `None` where it is not known, or the text is no JSON.
    pub position: Option<Position>,
    /// Set if a condition around it tests the same reference.
    pub guarded: bool,
}

/// A reference that is tested as it is: `#if($x)`.
#[derive(Clone, Debug)]
pub struct Test<'a, 's> {
    pub reference: &'a Reference<'s>,
    pub value: Value,
}

/// Two operands with a comparison or an operator between them.
#[derive(Clone, Debug)]
pub struct Operation<'a, 's> {
    pub operator: Operator,
    pub left: (&'a Expr<'s>, Value),
    pub right: (&'a Expr<'s>, Value),
    pub span: Span,
}

/// A step of a reference: a property, a call or an index.
#[derive(Clone, Debug)]
pub struct Access<'a, 's> {
    pub reference: &'a Reference<'s>,
    /// Index of the step.
    pub step: usize,
    pub receiver: Value,
    pub arguments: Vec<Value>,
}

/// A `#set`.
#[derive(Clone, Debug)]
pub struct Assignment<'a, 's> {
    pub target: &'a Reference<'s>,
    pub expr: &'a Expr<'s>,
    pub value: Value,
    /// Value of the variable before.
    pub old: Value,
    /// Set if a condition around it speaks of a reference on the right side.
    pub is_guarded: bool,
    pub span: Span,
}

/// A choice that a path through the template made, or that several paths made which were joined.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Decision {
    /// Offset of the directive.
    pub at: usize,
    /// Number of the visit.
    pub visit: u32,
    /// Set for the turns of a `#foreach`: none, one, or more. Otherwise it is the arm of an `#if`.
    pub is_loop: bool,
    /// The choices, a bit each.
    pub options: u32,
    /// All choices that there are.
    pub all: u32,
}

impl Decision {
    /// Checks for a loop that had a turn.
    pub fn has_turns(&self) -> bool {
        self.is_loop && self.options & 1 == 0
    }

    /// Checks for a loop without a turn.
    pub fn has_no_turn(&self) -> bool {
        self.is_loop && self.options == 1
    }
}

/// Text that cannot be JSON.
#[derive(Clone, Debug)]
pub struct Broken {
    pub fault: Fault,
    pub span: Span,
    /// Offset at which it is noticed.
    pub at: usize,
    /// The fewest choices that lead to it.
    pub decisions: Vec<Decision>,
    /// Source of the span.
    pub text: String,
}

/// All sites of a template.
#[derive(Debug, Default)]
pub struct Sites<'a, 's> {
    pub prints: Vec<Print<'a, 's>>,
    pub tests: Vec<Test<'a, 's>>,
    pub operations: Vec<Operation<'a, 's>>,
    pub accesses: Vec<Access<'a, 's>>,
    pub assignments: Vec<Assignment<'a, 's>>,
    /// `#foreach` loops: the list, and what it is.
    pub loops: Vec<(&'a Expr<'s>, Value)>,
    pub broken: Vec<Broken>,
    /// Offset from which on the output is not judged, since the paths are too many.
    pub cut: Option<usize>,
    /// Offset of the first block that is nested too deeply, from which on the output is not judged.
    pub deep: Option<usize>,
    seen: HashMap<(u8, usize, usize), Vec<usize>>,
    /// The number of the broken place of a fault.
    faults: HashMap<(Fault, Span), usize>,
}

impl<'a, 's> Sites<'a, 's> {
    fn is_new(&mut self, kind: u8, at: (usize, usize), index: usize, same: impl Fn(&Self, usize) -> bool) -> bool {
        let known = self.seen.get(&(kind, at.0, at.1)).cloned().unwrap_or_default();
        if known.len() >= 8 || known.iter().any(|index| same(self, *index)) {
            return false;
        }
        self.seen.entry((kind, at.0, at.1)).or_default().push(index);
        true
    }

    pub fn print(&mut self, print: Print<'a, 's>) {
        let at = (print.reference.span.range().start, 0);
        let same = |sites: &Self, index: usize| {
            let other = &sites.prints[index];
            (&other.value, other.position, other.guarded) == (&print.value, print.position, print.guarded)
        };
        if self.is_new(0, at, self.prints.len(), same) {
            self.prints.push(print);
        }
    }

    pub fn test(&mut self, test: Test<'a, 's>) {
        let at = (test.reference.span.range().start, 0);
        let same = |sites: &Self, index: usize| sites.tests[index].value == test.value;
        if self.is_new(1, at, self.tests.len(), same) {
            self.tests.push(test);
        }
    }

    pub fn operation(&mut self, operation: Operation<'a, 's>) {
        let at = (operation.span.range().start, 0);
        let same = |sites: &Self, index: usize| {
            let other = &sites.operations[index];
            other.left.1 == operation.left.1 && other.right.1 == operation.right.1
        };
        if self.is_new(2, at, self.operations.len(), same) {
            self.operations.push(operation);
        }
    }

    pub fn access(&mut self, access: Access<'a, 's>) {
        let at = (access.reference.span.range().start, access.step);
        let same = |sites: &Self, index: usize| {
            let other = &sites.accesses[index];
            other.receiver == access.receiver && other.arguments == access.arguments
        };
        if self.is_new(3, at, self.accesses.len(), same) {
            self.accesses.push(access);
        }
    }

    pub fn assignment(&mut self, assignment: Assignment<'a, 's>) {
        let at = (assignment.span.range().start, 0);
        let same = |sites: &Self, index: usize| {
            let other = &sites.assignments[index];
            (&other.value, &other.old, other.is_guarded) == (&assignment.value, &assignment.old, assignment.is_guarded)
        };
        if self.is_new(4, at, self.assignments.len(), same) {
            self.assignments.push(assignment);
        }
    }

    pub fn run_loop(&mut self, list: &'a Expr<'s>, value: Value) {
        let at = (list.span.range().start, 0);
        let same = |sites: &Self, index: usize| sites.loops[index].1 == value;
        if self.is_new(5, at, self.loops.len(), same) {
            self.loops.push((list, value));
        }
    }

    pub fn broken(&mut self, broken: Broken) {
        match self.faults.entry((broken.fault, broken.span)) {
            Entry::Occupied(known) => {
                let known = &mut self.broken[*known.get()];
                if known.decisions.len() > broken.decisions.len() {
                    *known = broken;
                }
            }
            Entry::Vacant(new) => {
                new.insert(self.broken.len());
                self.broken.push(broken);
            }
        }
    }
}
