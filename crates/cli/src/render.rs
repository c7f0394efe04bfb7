//! `vtl render`: the output to standard output, the rest to standard error.

use crate::failure::Failure;
use crate::flags::{Format, RenderFlags};
use crate::inputs::Reader;
use crate::plan::{Request, Source, all_notes};
use crate::{paint, print};
use serde::Serialize;
use serde_json::{Map, Value as Json};
use vtl::{Note, Rendered};

/// What `--format json` prints.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Outcome<'a> {
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

pub fn run(flags: &RenderFlags) -> Result<(), Failure> {
    let mut reader = Reader::default();
    let source = Source::read(&flags.template, &mut reader)?;
    let mut request = Request::read(&flags.request, &mut reader)?;
    request.add_stage_variables(source.stage_variables());
    let globals = request.globals()?;
    let template = source.compile()?;
    let rendered = source.render(&template, &globals)?;
    let notes = all_notes(&template, Some(&rendered));
    match flags.format {
        Format::Text => {
            print(rendered.text.as_bytes())?;
            if !flags.quiet {
                paint::notes(&source, &notes, &rendered.text);
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
    let outcome = Outcome {
        output: &rendered.text,
        request_override: &rendered.overrides.request,
        response_override: &rendered.overrides.response,
        notes: notes.iter().map(row).collect(),
    };
    let mut json = serde_json::to_vec(&outcome).map_err(|e| Failure::Input(format!("cannot write the output: {e}")))?;
    json.push(b'\n');
    Ok(json)
}
