//! What is told of a render: each op to a probe, and once for each place what Velocity swallows.

use super::{State, Vm, Watch};
use crate::diagnostic::Code;
use crate::note::{MOST_NOTES, Note};
use crate::span::Span;
use crate::value::Value;

impl<'r, W: Watch> Vm<'r, W> {
    /// Shows the op that is about to run to the probe.
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

    pub(super) fn note(&mut self, code: Code, span: Span, detail: impl FnOnce(&str) -> String) {
        if self.notes.len() < MOST_NOTES && !self.notes.iter().any(|n| n.code == code && n.span == span) {
            let detail = detail(self.program.excerpt(span));
            let note = Note { code, span, detail };
            if W::ON {
                self.watch.note(&note);
            }
            self.notes.push(note);
        }
    }

    #[cold]
    pub(super) fn note_here(&mut self, code: Code, detail: String) {
        self.note(code, self.program.span(self.at), |_| detail);
    }

    #[cold]
    pub(super) fn note_nothing(&mut self) {
        let span = self.program.span(self.at);
        // What happened inside of the reference has been said already.
        let inside = |n: &Note| n.span.start >= span.start && n.span.end() <= span.end();
        if !self.notes.last().is_some_and(inside) {
            self.note(Code::NullReference, span, |source| format!("`{source}` resolves to nothing"));
        }
    }

    #[cold]
    pub(super) fn note_missing(&mut self, code: Code, receiver: &Value<'r>, name: &str) {
        let class = receiver.class_name();
        self.note(code, self.program.span(self.at), |_| format!("a {class} has no `{name}` that fits"));
    }

    #[cold]
    pub(super) fn note_ignored(&mut self) {
        self.note(Code::IgnoredSet, self.program.span(self.at), |source| format!("`{source}` sets nothing"));
    }

    #[cold]
    pub(super) fn note_operand(&mut self, left: &Value<'r>, right: &Value<'r>) {
        let (left, right) = (left.class_name(), right.class_name());
        self.note(Code::NullOperand, self.program.span(self.at), |source| {
            format!("`{source}` has no value: the operands are {left} and {right}")
        });
    }
}
