//! `vtl check`: what is wrong with a document, at its places.

use crate::args::check::CheckArgs;
use crate::args::value::Format;
use crate::failure::Failure;
use crate::input::document;
use crate::input::reader::{self, Reader};
use crate::report::stdout::print;
use serde_json::{Value as Json, json};
use std::fmt::Write;
use vtl_loaders::{Document, Finding, Severity};

pub fn run(args: &CheckArgs) -> Result<(), Failure> {
    let document = document::load(&args.document.document, &args.document.reading, &mut Reader::default())?;
    let problems = document.problems();
    let advice = if args.quiet { Vec::new() } else { document.advice() };
    match args.format {
        Format::Text => print(to_text(&document, &problems, &advice).as_bytes())?,
        Format::Json => {
            let rows = |findings: &[Finding]| findings.iter().map(|it| row(&document, it)).collect::<Vec<_>>();
            let report = json!({"kind": document.kind.word(), "problems": rows(&problems), "advice": rows(&advice)});
            print(format!("{report:#}\n").as_bytes())?;
        }
    }
    if problems.is_empty() {
        Ok(())
    } else {
        Err(Failure::Problems(problems.len(), reader::name(&args.document.document)))
    }
}

/// One line for each finding, in the order of the text.
fn to_text(document: &Document, problems: &[Finding], advice: &[Finding]) -> String {
    let mut text = String::new();
    let mut all: Vec<&Finding> = problems.iter().chain(advice).collect();
    all.sort_by(|one, other| one.place.cmp(&other.place));
    for finding in all {
        let word = match finding.severity {
            Severity::Problem => "problem",
            Severity::Note => "advice",
        };
        let _ = write!(text, "{}: {word}: ", finding.place);
        if let Some(key) = finding.route.and_then(|route| document.route_key(route)) {
            let _ = write!(text, "{key}: ");
        }
        if !finding.property.is_empty() {
            let _ = write!(text, "{}: ", finding.property);
        }
        let _ = writeln!(text, "{}", finding.message.replace('\n', " "));
    }
    text
}

fn row(document: &Document, finding: &Finding) -> Json {
    json!({
        "routeKey": finding.route.and_then(|route| document.route_key(route)),
        "property": finding.property,
        "message": finding.message,
        "place": finding.place,
    })
}
