//! `vtl render`: renders a template once.

use crate::args::render::RenderArgs;
use crate::args::value::Format;
use crate::failure::Failure;
use crate::input::reader::Reader;
use crate::input::request::Request;
use crate::input::template::Source;
use crate::report::stdout::print;
use crate::report::{self, json};
use serde::Serialize;
use serde_json::{Map, Value as Json};
use vtl::diagnostic::Diagnostic;

/// The result as `--format json` prints it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RenderReport<'a> {
    output: &'a str,
    request_override: &'a Map<String, Json>,
    response_override: &'a Map<String, Json>,
    notes: &'a [Diagnostic],
}

pub fn run(args: &RenderArgs, reader: &mut Reader) -> Result<(), Failure> {
    let source = Source::read(&args.template, reader)?;
    let mut request = Request::read(&args.request, reader)?;
    request.add_stage_variables(source.stage_variables());
    let globals = request.globals()?;
    let template = source.compile()?;
    let rendered = source.render(&template, &globals)?;
    match args.format {
        Format::Text => {
            print(rendered.text.as_bytes())?;
            if !args.quiet {
                report::notes(&source.notes(&template, Some(&rendered)), &reader.sources, &rendered.text);
            }
            Ok(())
        }
        Format::Json => json::print_line(&RenderReport {
            output: &rendered.text,
            request_override: &rendered.overrides.request,
            response_override: &rendered.overrides.response,
            notes: &source.notes(&template, Some(&rendered)),
        }),
    }
}
