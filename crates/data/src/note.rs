//! Notes as diagnostics.

use vtl::Note;
use vtl::diagnostic::Diagnostic;

/// Returns notes as diagnostics with their places in a template of that name.
pub fn notes(notes: &[Note], name: Option<&str>, source: &str) -> Vec<Diagnostic> {
    let placed = |note: &Note| located(note.diagnostic(name.unwrap_or_default(), source), name);
    notes.iter().map(placed).collect()
}

/// Removes the file from the places of a template that has no name.
pub(crate) fn located(mut diagnostic: Diagnostic, name: Option<&str>) -> Diagnostic {
    let related = diagnostic.related.iter_mut().map(|related| &mut related.location);
    if name.is_none() {
        diagnostic.location.iter_mut().chain(related).for_each(|location| location.file = None);
    }
    diagnostic
}
