//! The part of a template that wrote a byte of the output.

use crate::format::test::{Subject, Test};
use crate::run;
use crate::subject::Subjects;
use std::path::Path;
use vtl::diagnostic::Diagnostic;
use vtl::{Probe, Span, State};

/// Notes which operation wrote which part of the output.
#[derive(Default)]
pub(crate) struct Writers {
    /// Ends of the parts, with the operation that wrote each.
    parts: Vec<(usize, Span)>,
    last: Option<Span>,
}

impl Probe for Writers {
    fn op(&mut self, at: Span, state: &State<'_, '_>) {
        let length = state.output().len();
        // A string that was built or a block that was kept is taken from the output again.
        while self.parts.last().is_some_and(|(end, _)| *end > length) {
            self.parts.pop();
        }
        let written = self.parts.last().map_or(0, |(end, _)| *end);
        if let Some(last) = self.last.filter(|_| length > written) {
            self.parts.push((length, last));
        }
        self.last = Some(at);
    }
}

impl Writers {
    /// Returns the place in the template that wrote a byte; behind the end, the place that wrote last.
    pub fn of(&self, byte: usize) -> Option<Span> {
        let at = self.parts.partition_point(|(end, _)| *end <= byte);
        self.parts.get(at).or(self.parts.last()).map(|(_, span)| *span)
    }
}

/// Adds to findings the place in the template that wrote a byte of the output.
pub(crate) fn point_out(
    mut findings: Vec<Diagnostic>,
    test: &Test,
    folder: &Path,
    subjects: &Subjects,
    byte: usize,
) -> Vec<Diagnostic> {
    if matches!(test.subject, Subject::Call { .. }) || !test.redact.is_empty() {
        return findings;
    }
    let mut writers = Writers::default();
    let place = run::again(test, folder, subjects, &mut writers, |writers| writers.of(byte));
    if let (Some(place), Some(first)) = (place, findings.first_mut()) {
        *first = first.clone().with_related("this wrote the first byte that differs", place);
    }
    findings
}
