//! Rendered texts that are meant to be JSON: what is wrong with them, at the part of the template that
//! wrote it.

use std::sync::{Arc, Mutex};
use vtl::diagnostic::{Diagnostic, Location};
use vtl::pipeline::call::CallProbe;
use vtl::{Code, Note, OutputMap, Piece, Probe, Span, State};
use vtl_check::{looks_like_json, not_json};

/// Returns a note on an output that looks like JSON, or that `is_json`, and is none.
pub fn note(source: &str, output: &str, map: &OutputMap, is_json: bool) -> Option<Note> {
    if !is_json && !looks_like_json(output) {
        return None;
    }
    let wrong = not_json(output)?;
    let pieces = map.pieces(output.len());
    let at = wrong.at.min(output.len().saturating_sub(1));
    let writer = pieces.iter().position(|piece| piece.output.contains(&at));
    let place = Location::of(Span::new(wrong.at, 0), output);
    let span = writer
        .and_then(|writer| pieces.get(writer))
        .map_or(Span::new(0, 0), |piece| narrowed(piece, at, source, output));
    // Where a value is missing, the reference in front of the place printed nothing.
    let silent = writer.filter(|_| wrong.is_missing_value && span.range().start > 0).and_then(|writer| {
        let before = pieces.get(writer.checked_sub(1)?)?;
        vtl_data::silent(source, before.span.end()..pieces[writer].span.range().start)
    });
    let is_between =
        |silent: &Span| source.get(silent.end()..span.range().start).is_some_and(|text| text.trim().is_empty());
    let silent = silent.filter(is_between);
    let cause = silent.and_then(|silent| source.get(silent.range())).map(|text| format!(": `{text}` printed nothing"));
    let span = silent.unwrap_or(span);
    let message = format!(
        "the output is no JSON at its line {}, column {}: {}{}",
        place.line,
        place.column,
        wrong.message,
        cause.unwrap_or_default()
    );
    let mut help = wrong.help.map(str::to_owned).into_iter().collect::<Vec<_>>();
    help.extend(writer.and_then(|writer| around(&pieces, writer, source, output)));
    let note = Note::new(Code::InvalidJson, span, message);
    Some(if help.is_empty() { note } else { note.with_help(help.join("; ")) })
}

/// Returns the span of the template that wrote the byte at an offset of its output, by all pieces of the output.
pub fn writer(source: &str, output: &str, pieces: &[Piece], at: usize) -> Span {
    let writer = pieces.get(pieces.partition_point(|piece| piece.output.end <= at));
    writer.map_or(Span::new(0, 0), |piece| narrowed(piece, at, source, output))
}

/// Converts a note on an output to a warning: the render itself succeeded.
pub fn diagnostic(note: &Note, name: &str, source: &str) -> Diagnostic {
    note.diagnostic(name, source).with_severity(vtl::diagnostic::Severity::Warning)
}

/// Returns the place in literal text of the byte that it wrote; of a reference, all of it.
fn narrowed(piece: &Piece, at: usize, source: &str, output: &str) -> Span {
    let start = piece.span.range().start;
    let text = source.get(piece.span.range()).unwrap_or_default();
    let written = output.get(piece.output.clone()).unwrap_or_default();
    if text == written {
        let offset = at - piece.output.start;
        let len = text.get(offset..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8);
        return Span::new(start + offset, len);
    }
    piece.span
}

/// Describes the references around a place, and what they printed.
fn around(pieces: &[Piece], writer: usize, source: &str, output: &str) -> Option<String> {
    let references = pieces
        .iter()
        .enumerate()
        .filter(|(_, piece)| source.get(piece.span.range()).is_some_and(|text| text.starts_with('$')));
    let mut near: Vec<(usize, &Piece)> = references.collect();
    near.sort_by_key(|(at, _)| at.abs_diff(writer));
    near.truncate(3);
    near.sort_by_key(|(at, _)| *at);
    let told: Vec<String> = near
        .iter()
        .map(|(_, piece)| {
            let printed: String = output.get(piece.output.clone()).unwrap_or_default().chars().take(40).collect();
            format!("`{}` printed `{printed}`", source.get(piece.span.range()).unwrap_or_default())
        })
        .collect();
    (!told.is_empty()).then(|| format!("around it {}", told.join(", ")))
}

/// The maps of the templates that a call renders, by their names.
#[derive(Clone, Default)]
pub struct Maps(Arc<Mutex<Vec<(String, OutputMap)>>>);

impl Maps {
    /// Returns the map of a template whose name begins so, such as `request:`.
    pub fn of(&self, prefix: &str) -> Option<(String, OutputMap)> {
        let maps = self.0.lock().ok()?;
        maps.iter().rev().find(|(name, _)| name.starts_with(prefix)).cloned()
    }
}

impl Probe for Maps {
    fn op(&mut self, at: Span, state: &State<'_, '_>) {
        if let Ok(mut maps) = self.0.lock()
            && let Some((_, map)) = maps.last_mut()
        {
            map.op(at, state);
        }
    }
}

/// The probe of a call: a new map for each template.
pub struct Watch(pub Maps);

impl CallProbe for Watch {
    fn template(&mut self, name: &str) -> Option<&mut dyn Probe> {
        self.0.0.lock().ok()?.push((name.to_owned(), OutputMap::default()));
        Some(&mut self.0)
    }
}
