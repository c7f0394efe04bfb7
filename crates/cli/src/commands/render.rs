//! `vtl render`: the output to standard output, the rest to standard error.

use crate::args::render::RenderArgs;
use crate::args::value::Format;
use crate::failure::Failure;
use crate::input::reader::Reader;
use crate::input::request::Request;
use crate::input::template::{Source, all_notes};
use crate::report::stdout::print;
use crate::report::text;
use serde::Serialize;
use serde_json::{Map, Value as Json};
use vtl::{Note, Rendered};

/// What `--format json` prints.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RenderReport<'a> {
    output: &'a str,
    request_override: &'a Map<String, Json>,
    response_override: &'a Map<String, Json>,
    notes: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    code: &'static str,
    line: usize,
    column: usize,
    message: String,
}

pub fn run(args: &RenderArgs) -> Result<(), Failure> {
    let mut reader = Reader::default();
    let source = Source::read(&args.template, &mut reader)?;
    let mut request = Request::read(&args.request, &mut reader)?;
    request.add_stage_variables(source.stage_variables());
    let globals = request.globals()?;
    let template = source.compile()?;
    let rendered = source.render(&template, &globals)?;
    let notes = all_notes(&template, Some(&rendered));
    match args.format {
        Format::Text => {
            print(rendered.text.as_bytes())?;
            if !args.quiet {
                text::notes(&source, &notes, &rendered.text);
            }
            Ok(())
        }
        Format::Json => print(&to_json(&source, &rendered, &notes)?),
    }
}

fn to_json(source: &Source, rendered: &Rendered, notes: &[&Note]) -> Result<Vec<u8>, Failure> {
    let row = |note: &&Note| {
        let (_, line, column) = source.place(note.span);
        Row { code: note.code.as_str(), line, column, message: note.detail.clone() }
    };
    let report = RenderReport {
        output: &rendered.text,
        request_override: &rendered.overrides.request,
        response_override: &rendered.overrides.response,
        notes: notes.iter().map(row).collect(),
    };
    let mut json = serde_json::to_vec(&report).map_err(|e| Failure::Input(format!("cannot write the output: {e}")))?;
    json.push(b'\n');
    Ok(json)
}
