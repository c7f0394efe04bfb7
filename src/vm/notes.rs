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

    /// Keeps a note about `span` of the program that runs, unless there is one for it. A note from text given to
    /// `#evaluate` points to the template's `#evaluate`.
    pub(super) fn note(&mut self, code: Code, span: Span, detail: impl FnOnce(&str) -> String) {
        self.last_note = Some((self.number, span));
        if self.notes.len() >= MOST_NOTES {
            return;
        }
        let evaluated = self.number != 0;
        let place = if evaluated { self.template_span } else { span };
        let mut known = self.notes.iter().filter(|n| n.code == code && n.span == place);
        if !evaluated && known.next().is_some() {
            return;
        }
        let detail = detail(self.program.excerpt(span));
        // Notes from many places of the evaluated text share one span: the details tell them apart.
        if !known.any(|n| n.detail == detail) {
            let note = Note::new(code, place, detail);
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
        let inside = |(number, inner): (u32, Span)| {
            number == self.number && inner.start >= span.start && inner.end() <= span.end()
        };
        if !self.last_note.is_some_and(inside) {
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
