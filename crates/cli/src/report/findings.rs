//! Findings of `vtl check`, in each of its formats.

use crate::args::check::CheckFormat;
use crate::failure::Failure;
use crate::input::sources::Sources;
use crate::report::{self, json, junit, lines, sarif, stdout, text};
use std::io::Write;
use std::path::Path;
use vtl::Code;
use vtl::diagnostic::{Diagnostic, Severity};
use vtl_data::Summary;

/// Findings, and what is told beside them.
pub struct Listing<'a> {
    pub findings: &'a [Diagnostic],
    /// Names of the files that were read, in order.
    pub files: &'a [String],
    /// Number of safe fixes, and of others.
    pub fixable: (usize, usize),
    /// Severity from which on findings fail the command.
    pub fail_level: Severity,
}

/// Prints findings.
pub fn print(format: CheckFormat, listing: &Listing<'_>, sources: &Sources) -> Result<(), Failure> {
    let Listing { findings, files, fixable: (safe, other), fail_level } = *listing;
    let summary = Summary::of(findings, files.len());
    match format {
        CheckFormat::Json => json::print_pretty(&json::Findings { findings, summary: Some(summary) }),
        CheckFormat::Sarif => json::print_pretty(&sarif::log(findings)),
        CheckFormat::Junit => stdout::print(junit::report(findings, files, fail_level).as_bytes()),
        CheckFormat::Concise => stdout::print(lines::concise(findings).as_bytes()),
        CheckFormat::Github => {
            if let Some(path) = std::env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty()) {
                append(Path::new(&path), &lines::github_summary(findings, &summary))?;
            }
            stdout::print(lines::github(findings).as_bytes())
        }
        CheckFormat::Text if findings.is_empty() => Ok(()),
        CheckFormat::Text => {
            let drawn = text::draw_all(findings, sources);
            let hint = match (safe, other) {
                (0, 0) => String::new(),
                (0, other) => format!("{other} can be fixed with --unsafe-fixes\n"),
                (safe, 0) => format!("{safe} can be fixed with --fix\n"),
                (safe, other) => format!("{safe} can be fixed with --fix, {other} more with --unsafe-fixes\n"),
            };
            stdout::print_styled(&format!("{drawn}\n{summary}\n{hint}"))
        }
    }
}

/// Prints why a target that was named cannot be checked, as a finding of the format.
pub fn failure(format: CheckFormat, failure: &Failure, sources: &Sources) {
    let (Failure::Input(finding) | Failure::Template(finding)) = failure else { return };
    let findings = std::slice::from_ref(&**finding);
    let summary = Summary::of(findings, sources.len());
    let is_printed = match format {
        CheckFormat::Text => false,
        CheckFormat::Json => json::print_line(&json::Findings { findings, summary: Some(summary) }).is_ok(),
        _ => {
            let mut files = sources.names();
            files.sort();
            let listing = Listing { findings, files: &files, fixable: (0, 0), fail_level: Severity::Error };
            print(format, &listing, sources).is_ok()
        }
    };
    if !is_printed {
        report::notes(findings, sources, "");
    }
}

/// Adds text to the end of a file.
fn append(path: &Path, text: &str) -> Result<(), Failure> {
    let file = std::fs::OpenOptions::new().create(true).append(true).open(path);
    file.and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(|error| Failure::input(Code::UnwritableOutput, format!("cannot write {}: {error}", path.display())))
}
