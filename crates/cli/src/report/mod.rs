//! Prints results and findings: a file for each format.
//!
//! A result goes to standard output. Findings go to standard error as text, or, with `--format json`,
//! to standard output with the result. Write errors of standard error are ignored: it may be closed.

pub mod json;
pub mod messages;
pub mod outcome;
pub mod stdout;
pub mod summary;
pub mod text;

use crate::args::value::Format;
use crate::failure::Failure;
use crate::input::sources::Sources;
use std::io::{IsTerminal, Write};
use vtl::diagnostic::Diagnostic;

/// Prints findings beside the result `output`, which is on standard output already.
pub fn notes(findings: &[Diagnostic], sources: &Sources, output: &str) {
    let mut stream = anstream::stderr().lock();
    if !findings.is_empty() && !output.is_empty() && !output.ends_with('\n') && std::io::stdout().is_terminal() {
        let _ = writeln!(stream);
    }
    let _ = stream.write_all(text::draw_all(findings, sources).as_bytes());
}

/// Prints why a command failed.
pub fn failure(failure: &Failure, sources: &Sources, format: Format) {
    match failure {
        Failure::Input(message) => {
            let _ = writeln!(anstream::stderr(), "{}", text::draw_error(message));
        }
        Failure::Document(finding) | Failure::Template(finding) => match format {
            Format::Text => notes(std::slice::from_ref(finding), sources, ""),
            Format::Json => {
                let findings = json::Findings { findings: std::slice::from_ref(finding), summary: None };
                if let Err(Failure::Input(message)) = json::print_line(&findings) {
                    let _ = writeln!(anstream::stderr(), "{}", text::draw_error(&message));
                }
            }
        },
        Failure::Reported => {}
    }
}
