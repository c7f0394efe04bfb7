//! Reporting: ops to the probe, and notes, one per source span, on problems that Velocity ignores.

use super::cause::{Cause, kind};
use super::probe::{State, Watch};
use super::state::Vm;
use crate::builtins::JavaMethod as M;
use crate::diagnostic::Code;
use crate::note::{MOST_NOTES, Note};
use crate::program::{Op, PathCall};
use crate::span::Span;
use crate::value::{ListKind, Value, num};

/// Steps of finding the cause of a note: names are compared with all that a value has.
const STEPS_OF_CAUSE: usize = 1_000;

/// The addition to a detail for a null reference in a condition: on the service its value is `""`, and
/// every string is true.
const TRUE_ON_SERVICE: &str = ", which is true in a condition on the service";

/// Suggests a condition that holds for a value only.
fn compare(source: &str) -> String {
    format!("to test for a value, compare: `#if({source} != \"\")`")
}

impl<'r, W: Watch> Vm<'r, W> {
    /// Reports the next op to the probe.
    pub(super) fn show(&mut self) {
        let names = if self.names.is_empty() { &self.program.names } else { &self.names };
        let state = State {
            arena: self.arena,
            names,
            slots: &self.slots,
            source: &self.program.source,
            output: self.out.text(),
            depth: self.depth,
        };
        self.watch.op(self.program.span(self.at), &state);
    }

    /// Charges the work of a note. The next charge reports that the limit was reached.
    fn charge_note(&self, steps: usize) {
        let _ = self.arena.budget.charge(steps);
    }

    /// Adds a note on `span` of the running program, unless there is one already. A note from the text of an
    /// `#evaluate` gets the span of that `#evaluate`.
    fn note(&mut self, code: Code, span: Span, cause: impl FnOnce(&Self, &str) -> Cause) {
        self.charge_note(4);
        self.last_note = Some((self.number, span));
        if self.notes.len() >= MOST_NOTES {
            return;
        }
        let evaluated = self.number != 0;
        let place = if evaluated { self.template_span } else { span };
        let is_known = |n: &&Note| n.code == code && n.span == place;
        if !evaluated && self.notes.iter().any(|n| is_known(&n)) {
            return;
        }
        // Each run of an evaluated text finds the cause anew.
        self.charge_note(if evaluated { STEPS_OF_CAUSE } else { 0 });
        let Cause { detail, help } = cause(self, self.program.excerpt(span));
        // Notes from different positions of an evaluated text share one span, but not their details.
        if self.notes.iter().any(|n| is_known(&n) && n.detail == detail) {
            return;
        }
        let note = Note { help, ..Note::new(code, place, detail) };
        if W::ON {
            self.watch.note(&note);
        }
        self.notes.push(note);
    }

    /// Returns the op that is `places` after the running one.
    fn op_after(&self, places: usize) -> Option<Op> {
        self.program.ops.get(self.at + places).copied()
    }

    /// Returns `true` if the running reference is quiet (`$!x`), so printing nothing is intended.
    fn is_quiet(&self) -> bool {
        match self.op_after(1) {
            Some(Op::Nothing) => matches!(self.op_after(2), Some(Op::EmitQuiet)),
            next => matches!(next, Some(Op::EmitQuiet)),
        }
    }

    /// Returns `true` if the op that is `places` later tests the value, as in `#if`.
    fn is_condition(&self, places: usize) -> bool {
        matches!(self.op_after(places), Some(Op::JumpIfFalse(_) | Op::JumpIfTrue(_) | Op::Not | Op::Truth))
    }

    /// Returns `true` if the last note lies inside of a span.
    fn is_explained(&self, span: Span) -> bool {
        self.last_note.is_some_and(|(number, inner)| {
            number == self.number && inner.start >= span.start && inner.end() <= span.end()
        })
    }

    /// Adds a note on the running op.
    #[cold]
    pub(super) fn note_here(&mut self, code: Code, detail: String) {
        self.note(code, self.program.span(self.at), |_, _| Cause { detail, help: None });
    }

    /// Notes a null reference, unless null is expected there: `$!x`, `$map.put(…)`.
    #[cold]
    pub(super) fn note_nothing(&mut self) {
        self.charge_note(2);
        let span = self.program.span(self.at);
        let before = self.at.checked_sub(1).and_then(|at| self.program.ops.get(at));
        let method = match before {
            Some(Op::Call(method, _)) => self.program.methods.get(*method as usize).map(|method| method.id),
            _ => None,
        };
        let is_for_its_effect =
            matches!(method, Some(M::Put | M::PutIfAbsent | M::Remove | M::Replace | M::Set | M::SetValue | M::PutAll));
        if is_for_its_effect || self.is_quiet() || self.is_explained(span) {
            return;
        }
        let is_condition = self.is_condition(1);
        self.note(Code::NullReference, span, |vm, source| {
            let cause = vm.cause_of_nothing(source).unwrap_or_default();
            let mut detail = format!("`{source}` resolves to nothing");
            if is_condition {
                detail += TRUE_ON_SERVICE;
            }
            if !cause.detail.is_empty() && cause.detail != format!("`{source}` is not set") {
                detail = format!("{detail}: {}", cause.detail);
            }
            Cause { detail, help: cause.help.or_else(|| is_condition.then(|| compare(source))) }
        });
    }

    /// Notes a method or property that a value does not have.
    #[cold]
    pub(super) fn note_missing(&mut self, code: Code, receiver: &Value<'r>, name: &str) {
        self.note(code, self.program.span(self.at), |vm, _| {
            if code == Code::UnknownProperty {
                return vm.cause_of_no_property(receiver, name);
            }
            // The arguments of a call are still on the stack.
            let count = match vm.op_after(0) {
                Some(Op::Call(_, count)) => usize::from(count),
                _ => 0,
            };
            let args = vm.stack.get(vm.stack.len().saturating_sub(count)..).unwrap_or_default();
            vm.cause_of_no_method(receiver, name, args)
        });
    }

    /// Notes that `$input.path('…')` or `.json('…')` found nothing.
    #[cold]
    pub(super) fn note_path(&mut self, call: &PathCall) {
        if self.is_quiet() {
            return;
        }
        let is_condition = matches!(self.op_after(1), Some(Op::Nothing)) && self.is_condition(2);
        self.note(Code::PathNotFound, self.program.span(self.at), |vm, source| {
            let mut detail = format!("`{}` finds nothing in the payload", call.text);
            if is_condition {
                detail += TRUE_ON_SERVICE;
            }
            if let Some(oddity) = vm.roots.payload_oddity() {
                detail = format!("{detail}: {oddity}");
            }
            Cause { detail, help: is_condition.then(|| compare(&format!("$input.{source}"))) }
        });
    }

    /// Notes a map or list that prints in Java's form, which is not JSON.
    #[cold]
    pub(super) fn note_java_form(&mut self, value: &Value<'r>) {
        let (what, form) = match value {
            Value::Map(map) if !map.kind().is_silent() => ("map", "{key=value}"),
            Value::List(list) if matches!(list.kind(), ListKind::Array | ListKind::Unmodifiable) => ("list", "[a, b]"),
            _ => return,
        };
        if !self.arena.dialect.service {
            return;
        }
        self.note(Code::JavaForm, self.program.span(self.at), |_, source| {
            let detail = format!("`{source}` prints a {what} in Java's form, `{form}`, which is not JSON");
            Cause { detail, help: Some("`$input.json('$.path')` writes a part of the payload as JSON".to_owned()) }
        });
    }

    /// Notes a `#set` that assigns nothing.
    #[cold]
    pub(super) fn note_ignored(&mut self) {
        let span = self.program.span(self.at);
        if !self.is_explained(span) {
            let detail = |_: &Self, source: &str| Cause { detail: format!("`{source}` sets nothing"), help: None };
            self.note(Code::IgnoredSet, span, detail);
        }
    }

    /// Notes an operator whose result is null because of its operands.
    #[cold]
    pub(super) fn note_operand(&mut self, left: &Value<'r>, right: &Value<'r>) {
        let divides = matches!(self.op_after(0), Some(Op::Div | Op::Rem));
        let by_zero = divides && left.is_number() && right.is_number() && num::double_value(right) == 0.0;
        self.note(Code::NullOperand, self.program.span(self.at), |_, source| {
            let detail = match by_zero {
                true => format!("`{source}` has no value: it divides by zero"),
                false => format!("`{source}` has no value: the operands are {} and {}", kind(left), kind(right)),
            };
            Cause { detail, help: None }
        });
    }
}
