//! `vtl render`: renders a template once.

use crate::args::render::RenderArgs;
use crate::args::value::{Deny, Format};
use crate::failure::Failure;
use crate::input::reader::Reader;
use crate::input::request::Request;
use crate::input::template::Source;
use crate::report::stdout::print;
use crate::report::{self, json};
use serde::Serialize;
use serde_json::{Map, Value as Json};
use std::fmt::Write;
use vtl::Piece;
use vtl::diagnostic::{Diagnostic, Lines, Severity, printable};
use vtl_data::Written;

/// The result as `--format json` prints it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RenderReport<'a> {
    output: &'a str,
    request_override: &'a Map<String, Json>,
    response_override: &'a Map<String, Json>,
    notes: &'a [Diagnostic],
    #[serde(skip_serializing_if = "Option::is_none")]
    trace: Option<Vec<Written<'a>>>,
}

pub fn run(args: &RenderArgs, reader: &mut Reader) -> Result<(), Failure> {
    let source = Source::read(&args.template, reader)?;
    let mut request = Request::read(&args.request, reader)?;
    request.add_stage_variables(source.stage_variables());
    let globals = request.globals()?;
    let template = source.compile()?;
    let mut rendered = source.render(&template, &globals)?;
    let mut notes = source.notes(&template, Some(&rendered));
    let mut pieces = Vec::new();
    let is_suspect = args.check_json || vtl_check::looks_like_json(&rendered.text);
    if args.trace || (is_suspect && vtl_check::not_json(&rendered.text).is_some()) {
        // Only now the map is needed: the render is repeated with it.
        let (again, map) = source.render_mapped(&template, &globals)?;
        rendered = again;
        notes.extend(source.not_json(&rendered.text, &map, args.check_json).map(|note| match args.check_json {
            true => note.with_severity(Severity::Error),
            false => note,
        }));
        pieces = map.pieces(rendered.text.len());
    }
    let is_denied = Deny::refuses(&args.deny, &notes)
        || (args.check_json && notes.iter().any(|note| note.severity == Severity::Error));
    match args.format {
        Format::Text => {
            if args.trace {
                print(traced(&source, &rendered.text, &pieces).as_bytes())?;
            } else {
                print(rendered.text.as_bytes())?;
            }
            if !args.quiet {
                report::notes(&notes, &reader.sources, &rendered.text);
            }
        }
        Format::Json => json::print_line(&RenderReport {
            output: &rendered.text,
            request_override: &rendered.overrides.request,
            response_override: &rendered.overrides.response,
            notes: &notes,
            trace: args.trace.then(|| written(&source, &rendered.text, &pieces)),
        })?,
    }
    if is_denied { Err(Failure::Reported) } else { Ok(()) }
}

fn written<'a>(source: &'a Source, output: &'a str, pieces: &[Piece]) -> Vec<Written<'a>> {
    let lines = Lines::new(&source.text);
    vtl_data::written(&source.text, output, pieces, |span| source.location(span, &lines))
}

/// Returns a source in one line.
fn shown(source: &str) -> String {
    printable(&source.replace('\n', "⏎")).into_owned()
}

/// Writes a line for each part of the template that wrote something, and for the references that wrote
/// nothing: place, source, output.
fn traced(source: &Source, output: &str, pieces: &[Piece]) -> String {
    let rows = written(source, output, pieces);
    let places: Vec<String> = rows.iter().map(|row| format!("{}:{}", row.location.line, row.location.column)).collect();
    let width = places.iter().map(String::len).max().unwrap_or_default();
    rows.iter().zip(places).fold(String::new(), |mut text, (row, place)| {
        let _ = match row.source == row.output {
            _ if row.output.is_empty() => writeln!(text, "{place:>width$}  {} → nothing", shown(row.source)),
            true => writeln!(text, "{place:>width$}  {:?}", row.output),
            false => writeln!(text, "{place:>width$}  {} → {:?}", shown(row.source), row.output),
        };
        text
    })
}
