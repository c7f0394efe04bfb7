//! Prints results and findings: a file for each format.
//!
//! A result goes to standard output. Findings go to standard error as text, or, with `--format json`,
//! to standard output with the result. Write errors of standard error are ignored: it may be closed.

pub mod findings;
pub mod json;
pub mod junit;
pub mod lines;
pub mod messages;
pub mod new_file;
pub mod outcome;
pub mod output_file;
pub mod sarif;
pub mod stdout;
pub mod tests;
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
    let text = text::draw_all(findings, sources);
    let _ = match stream.current_choice() {
        // The stream would write each piece between two colours by itself.
        anstream::ColorChoice::Never => stream.write_all(anstream::adapter::strip_str(&text).to_string().as_bytes()),
        _ => stream.write_all(text.as_bytes()),
    };
}

/// Prints why a command failed.
pub fn failure(failure: &Failure, sources: &Sources, format: Format) {
    let (Failure::Input(finding) | Failure::Template(finding)) = failure else { return };
    let findings = std::slice::from_ref(&**finding);
    let is_printed = format == Format::Json && json::print_line(&json::Findings { findings, summary: None }).is_ok();
    if !is_printed {
        notes(findings, sources, "");
    }
}
