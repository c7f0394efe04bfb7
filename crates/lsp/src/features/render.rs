//! Renders of a template with a sample request, mapped to the file; their code lenses and inlay hints.

use crate::file::{OpenFile, View};
use crate::sample::{self, Sample};
use lsp_types::{CodeLens, Command, InlayHint, InlayHintLabel, Position, Range};
use serde_json::{Value as Json, json};
use std::fmt::Write;
use std::path::Path;
use vtl::{OutputMap, Piece, RenderOptions, Rendered, Template};

/// Steps of a render: a template that loops ends within a second.
const STEPS: u64 = 20_000_000;

/// Milliseconds of a render.
const TIME: u64 = 2_000;

/// Most bytes of a hint.
const MAX_HINT: usize = 40;

/// Renders the template at a line with a sample, by its path or else the first.
pub(crate) fn render(view: &View<'_>, name: &str, wanted: Option<&str>, is_trace: bool) -> Result<Json, String> {
    let samples = sample::samples(view, name);
    let is_wanted = |sample: &&Sample| match wanted {
        Some(path) => sample.path.as_deref().and_then(|it| it.to_str()) == Some(path),
        None => true,
    };
    let sample = samples.iter().find(is_wanted);
    if let (Some(path), None) = (wanted, sample) {
        return Err(format!("{path} is no sample of this template"));
    }
    let (rendered, pieces) = run(view, sample)?;
    let notes: Vec<String> = rendered.notes.iter().map(ToString::to_string).collect();
    let (output, parts) = if is_trace { traced(view, &rendered.text, &pieces) } else { whole(&rendered.text, &pieces) };
    let parts = parts
        .into_iter()
        .map(|(start, end, piece)| json!({ "start": start, "end": end, "range": view.range(piece.span.range()) }));
    let pieces: Vec<Json> = parts.collect();
    Ok(json!({ "output": output, "pieces": pieces, "notes": notes, "sample": sample.map(|it| &it.name) }))
}

fn run(view: &View<'_>, sample: Option<&Sample>) -> Result<(Rendered, Vec<Piece>), String> {
    let input = sample.map_or(Ok(json!({})), Sample::input)?;
    let template = Template::parse(view.text).map_err(|error| error.to_string())?;
    let mut map = OutputMap::default();
    let limits = vtl::Limits::service().with_steps(Some(STEPS)).with_time(Some(TIME));
    let options = RenderOptions::new().limits(limits).probe(&mut map);
    let rendered = template.render_with(&sample::globals(&input), options).map_err(|error| error.to_string())?;
    let pieces = map.pieces(rendered.text.len());
    Ok((rendered, pieces))
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
    (text.to_owned(), pieces.iter().map(part).collect())
}

/// Writes a line for each part of the template that wrote something: line, source, output.
fn traced<'p>(view: &View<'_>, text: &str, pieces: &'p [Piece]) -> (String, Vec<Part<'p>>) {
    let (mut shown, mut parts, mut end) = (String::new(), Vec::new(), 0);
    for piece in pieces {
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
    (shown, parts)
}

/// Returns the code lenses of a file: a render and a trace for each sample of a template.
pub(crate) fn lenses(file: &OpenFile) -> Vec<CodeLens> {
    let mut lenses = tests(file);
    for view in file.templates() {
        let start = view.range(0..0).start;
        let mut add = |title: String, command: &str, sample: Option<&Sample>| {
            let path = sample.and_then(|it| it.path.as_deref()).and_then(|it| it.to_str());
            let arguments = Some(vec![json!(file.uri.as_str()), json!(start.line), json!(path)]);
            let command = Command { title, command: command.to_owned(), arguments };
            lenses.push(CodeLens { range: Range::new(start, start), command: Some(command), data: None });
        };
        let samples = sample::samples(&view, &file.name);
        if samples.is_empty() {
            add("Render without a sample".to_owned(), "vtl.render", None);
        }
        for sample in &samples {
            add(format!("Render with {}", sample.name), "vtl.render", Some(sample));
        }
        add("Trace".to_owned(), "vtl.trace", samples.first());
    }
    lenses
}

/// Returns a lens for each test of a test file, as it is saved.
fn tests(file: &OpenFile) -> Vec<CodeLens> {
    let path = Path::new(&file.name);
    let is_test = [".vtl-test.yaml", ".vtl-test.yml", ".vtl-test.json"].iter().any(|end| file.name.ends_with(end));
    let Some(files) = is_test.then(|| vtl_testing::discover(&[path.to_owned()]).ok()).flatten() else {
        return Vec::new();
    };
    let mut settings = vtl_testing::Settings::default();
    settings.list = true;
    let report = vtl_testing::run_files(&files, &settings, &|_| {});
    let lens = |test: vtl_testing::TestResult| {
        let start = Position::new(u32::try_from(test.line.saturating_sub(1)).unwrap_or(u32::MAX), 0);
        let arguments = Some(vec![json!(file.uri.as_str()), json!(test.name)]);
        let command = Command { title: "Run test".to_owned(), command: "vtl.runTest".to_owned(), arguments };
        CodeLens { range: Range::new(start, start), command: Some(command), data: None }
    };
    report.tests.into_iter().map(lens).collect()
}

/// Returns what the references of a template print for its first sample: for each the text that it writes first.
pub(crate) fn hints(view: &View<'_>, name: &str, wanted: Range) -> Vec<InlayHint> {
    let samples = sample::samples(view, name);
    let Some((rendered, pieces)) = samples.first().and_then(|sample| run(view, Some(sample)).ok()) else {
        return Vec::new();
    };
    let mut hints: Vec<InlayHint> = Vec::new();
    for piece in pieces {
        let source = view.text.get(piece.span.range()).unwrap_or_default();
        let output = rendered.text.get(piece.output.clone()).unwrap_or_default();
        let position: Position = view.range(piece.span.range()).end;
        let is_wanted = wanted.start <= position && position <= wanted.end;
        if !is_wanted || !source.starts_with('$') || source == output || hints.iter().any(|it| it.position == position)
        {
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
