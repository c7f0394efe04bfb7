//! Renders of a template with a sample request, mapped to the file; their code lenses and inlay hints.

use crate::evaluate;
use crate::features::tests;
use crate::file::{OpenFile, View};
use crate::pool::Stop;
use crate::sample::{self, Sample};
use lsp_types::{CodeLens, Command, InlayHint, InlayHintLabel, Position, Range};
use serde_json::{Value as Json, json};
use std::collections::HashSet;
use std::fmt::Write;
use std::path::Path;
use vtl::Piece;

/// Most lenses with samples at a template.
const MAX_LENSES: usize = 5;

/// Most parts of an output that are told: each takes 3,000 bytes until it is sent.
const MOST_PIECES: usize = 10_000;

/// Most hints of a file.
pub(crate) const MOST_HINTS: usize = 10_000;

/// Most bytes of a hint.
const MAX_HINT: usize = 40;

/// Renders the template at a line with a sample, by its key or else the first.
pub(crate) fn render(view: &View<'_>, wanted: Option<&str>, is_trace: bool, stop: &Stop) -> Result<Json, String> {
    let samples = sample::samples(view);
    let sample = samples.iter().find(|sample| wanted.is_none_or(|key| sample.key == key));
    if let (Some(key), None) = (wanted, sample) {
        return Err(format!("{key} is no sample of this template"));
    }
    let (rendered, pieces) = evaluate::run(view, sample, stop)?;
    let notes: Vec<String> = rendered.notes.iter().map(ToString::to_string).collect();
    let (output, parts) = if is_trace { traced(view, &rendered.text, &pieces) } else { whole(&rendered.text, &pieces) };
    let parts = parts
        .into_iter()
        .map(|(start, end, piece)| json!({ "start": start, "end": end, "range": view.range(piece.span.range()) }));
    let pieces: Vec<Json> = parts.collect();
    Ok(json!({ "output": output, "pieces": pieces, "notes": notes, "sample": sample.map(|it| &it.name) }))
}

/// A part of a shown text, in UTF-16 units, and what wrote it.
type Part<'p> = (usize, usize, &'p Piece);

fn units(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

fn whole<'p>(text: &str, pieces: &'p [Piece]) -> (String, Vec<Part<'p>>) {
    let mut end = 0;
    let part = |piece: &'p Piece| {
        let start = end;
        end += units(text.get(piece.output.clone()).unwrap_or_default());
        (start, end, piece)
    };
    (text.to_owned(), pieces.iter().take(MOST_PIECES).map(part).collect())
}

/// Writes a line for each part of the template that wrote something: line, source, output.
fn traced<'p>(view: &View<'_>, text: &str, pieces: &'p [Piece]) -> (String, Vec<Part<'p>>) {
    let (mut shown, mut parts, mut end) = (String::new(), Vec::new(), 0);
    for piece in pieces.iter().take(MOST_PIECES) {
        let line = view.range(piece.span.range()).start.line + 1;
        let source = view.text.get(piece.span.range()).unwrap_or_default();
        let output = text.get(piece.output.clone()).unwrap_or_default();
        let from = shown.len();
        let _ = match source == output {
            true => writeln!(shown, "{line}  {output:?}"),
            false => writeln!(shown, "{line}  {} → {output:?}", source.replace('\n', "⏎")),
        };
        let start = end;
        end += units(&shown[from..]);
        parts.push((start, end, piece));
    }
    let more = pieces.len().saturating_sub(MOST_PIECES);
    if more > 0 {
        let _ = writeln!(shown, "… and {more} more");
    }
    (shown, parts)
}

/// Returns the code lenses of a file: a render and a trace for each sample of a template.
pub(crate) fn lenses(file: &OpenFile) -> Vec<CodeLens> {
    let mut lenses = of_tests(file);
    for view in file.templates() {
        let start = view.range(0..0).start;
        let mut add = |title: String, command: &str, sample: Option<&Sample>| {
            let key = sample.map(|it| &it.key);
            let arguments = Some(vec![json!(file.uri.as_str()), json!(start.line), json!(key)]);
            let command = Command { title, command: command.to_owned(), arguments };
            lenses.push(CodeLens { range: Range::new(start, start), command: Some(command), data: None });
        };
        let samples = sample::samples(&view);
        if samples.is_empty() {
            add("Render without a sample".to_owned(), "vtl.render", None);
        }
        for sample in samples.iter().take(MAX_LENSES) {
            add(format!("Render with {}", sample.name), "vtl.render", Some(sample));
        }
        add("Trace".to_owned(), "vtl.trace", samples.first());
    }
    lenses
}

/// Returns a lens for each test of a test file, as it is saved.
fn of_tests(file: &OpenFile) -> Vec<CodeLens> {
    let path = Path::new(&file.name);
    if !sample::is_test(path) {
        return Vec::new();
    }
    let lens = |test: tests::Listed| {
        let arguments = Some(vec![json!(file.uri.as_str()), json!(test.name)]);
        let command = Command { title: "Run test".to_owned(), command: "vtl.runTest".to_owned(), arguments };
        CodeLens { range: test.range, command: Some(command), data: None }
    };
    tests::list(path).into_iter().map(lens).collect()
}

/// Returns what the references of a template print for its first sample: for each the text that it writes first.
pub(crate) fn hints(view: &View<'_>, wanted: Range, stop: &Stop) -> Vec<InlayHint> {
    let samples = sample::samples(view);
    let run = |sample| evaluate::run(view, Some(sample), stop).ok();
    let Some((rendered, pieces)) = samples.first().and_then(run) else {
        return Vec::new();
    };
    let mut hints: Vec<InlayHint> = Vec::new();
    let mut seen = HashSet::new();
    for piece in pieces {
        if hints.len() >= MOST_HINTS {
            break;
        }
        let source = view.text.get(piece.span.range()).unwrap_or_default();
        let output = rendered.text.get(piece.output.clone()).unwrap_or_default();
        // A loop prints the same reference many times.
        if !source.starts_with('$') || source == output || !seen.insert(piece.span.range().end) {
            continue;
        }
        let position: Position = view.range(piece.span.range()).end;
        if position < wanted.start || wanted.end < position {
            continue;
        }
        let mut value = output.replace('\n', "⏎");
        if let Some((cut, _)) = value.char_indices().nth(MAX_HINT) {
            value.truncate(cut);
            value.push('…');
        }
        hints.push(InlayHint {
            position,
            label: InlayHintLabel::String(format!("= {value}")),
            kind: None,
            text_edits: None,
            tooltip: None,
            padding_left: Some(true),
            padding_right: None,
            data: None,
        });
    }
    hints
}
