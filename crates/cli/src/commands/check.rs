//! `vtl check`: the findings in an API document.

use crate::args::check::CheckArgs;
use crate::args::value::Format;
use crate::failure::Failure;
use crate::input::document;
use crate::input::reader::Reader;
use crate::report::summary::Summary;
use crate::report::{json, stdout, text};
use vtl::diagnostic::Severity;

pub fn run(args: &CheckArgs, reader: &mut Reader) -> Result<(), Failure> {
    let document = document::load(&args.document.document, &args.document.reading, reader)?;
    let mut findings = document.diagnostics();
    findings.retain(|finding| !args.quiet || finding.severity != Severity::Advice);
    let summary = Summary::of(&findings, reader.sources.len());
    match args.format {
        Format::Json => json::print_pretty(&json::Findings { findings: &findings, summary: Some(summary) })?,
        Format::Text if findings.is_empty() => {}
        Format::Text => {
            let drawn = text::draw_all(&findings, &reader.sources);
            stdout::print_styled(&format!("{drawn}\n{summary}\n"))?;
        }
    }
    if summary.error == 0 { Ok(()) } else { Err(Failure::Reported) }
}
