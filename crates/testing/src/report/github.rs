//! Annotations and the job summary of GitHub Actions.

use crate::suite::{Report, Status};
use std::fmt::Write;
use vtl::diagnostic::{Diagnostic, Location, Severity, markdown, printable};

impl Report {
    /// Returns the workflow commands that annotate failed tests: at the test, and at the template.
    #[must_use]
    pub fn to_github(&self) -> String {
        let mut out = String::new();
        for test in self.tests.iter().filter(|test| test.status == Status::Failed) {
            let here = Location::new(test.line, 1).in_file(&test.file);
            for finding in &test.findings {
                let place = finding.location.as_ref().unwrap_or(&here);
                annotate(&mut out, finding, place, &test.name, &finding.message);
                if place.file != here.file {
                    annotate(&mut out, finding, &here, &test.name, &finding.message);
                }
                for related in &finding.related {
                    let message = format!("{}: {}", finding.message, related.message);
                    annotate(&mut out, finding, &related.location, &test.name, &message);
                }
            }
        }
        for finding in &self.findings {
            if let Some(place) = &finding.location {
                annotate(&mut out, finding, place, "vtl test", &finding.message);
            }
        }
        out
    }

    /// Returns the summary of a job in Markdown.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        let summary = &self.summary;
        let mut out =
            String::from("## vtl test\n\n| Passed | Failed | Skipped | Todo |\n| ---: | ---: | ---: | ---: |\n");
        let _ = writeln!(out, "| {} | {} | {} | {} |", summary.passed, summary.failed, summary.skipped, summary.todo);
        if let Some(coverage) = &self.coverage {
            let (lines, branches) = (coverage.lines, coverage.branches);
            let _ = writeln!(
                out,
                "\nCoverage: {:.1} % of {} lines, {:.1} % of {} branches.",
                lines.percent(),
                lines.total,
                branches.percent(),
                branches.total
            );
        }
        for test in self.tests.iter().filter(|test| test.status == Status::Failed) {
            let place = markdown::span(&format!("{}:{}", test.file, test.line));
            let _ = writeln!(out, "\n### {}\n\n{place}\n", markdown::plain(&test.name));
            let _ = writeln!(out, "{}", markdown::block("diff", test.details().trim_end()));
        }
        out
    }
}

fn annotate(out: &mut String, finding: &Diagnostic, place: &Location, title: &str, message: &str) {
    let level = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Advice => "notice",
    };
    let property = |text: &str| data(text).replace(':', "%3A").replace(',', "%2C");
    let _ = writeln!(
        out,
        "::{level} file={},line={},col={},endLine={},title={}::{}",
        property(place.file.as_deref().unwrap_or_default()),
        place.line,
        place.column,
        place.end_line,
        property(&format!("{}: {title}", finding.code)),
        data(message)
    );
}

fn data(text: &str) -> String {
    let text = text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    printable(&text).into_owned()
}
