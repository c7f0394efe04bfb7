//! The part of a template that wrote a byte of the output.

use crate::format::test::{Subject, Test};
use crate::run;
use crate::subject::Subjects;
use std::path::Path;
use vtl::OutputMap;
use vtl::diagnostic::Diagnostic;

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
    let mut map = OutputMap::default();
    // The last piece goes on for ever: a byte behind the end belongs to it.
    let writer = |map: &OutputMap| map.pieces(usize::MAX).iter().find(|it| it.output.contains(&byte)).map(|it| it.span);
    let place = run::again(test, folder, subjects, &mut map, writer);
    if let (Some(place), Some(first)) = (place, findings.first_mut()) {
        *first = first.clone().with_related("this wrote the first byte that differs", place);
    }
    findings
}
