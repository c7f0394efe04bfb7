//! Results of tests as text for people.

use crate::input::sources::Sources;
use crate::report::text;
use clap::builder::styling::{AnsiColor, Style};
use std::collections::BTreeSet;
use std::fmt::Write;
use vtl::diagnostic::printable;
use vtl_testing::{Report, Status, TestResult};

/// Draws failures with their differences, then findings, coverage and the summary.
pub fn draw(report: &Report, sources: &Sources, with_coverage: bool) -> String {
    let mut out = String::new();
    for test in report.tests.iter().filter(|test| test.status == Status::Failed) {
        let red = AnsiColor::Red.on_default().bold();
        let _ = writeln!(out, "{red}FAIL{red:#} {}\n", named(test));
        out.push_str(&text::draw_all(&test.findings, sources));
        if let Some(diff) = &test.diff {
            out.push('\n');
            out.push_str(&coloured(diff));
        }
        out.push('\n');
    }
    for test in &report.tests {
        let word = match test.status {
            Status::Skipped => "skipped",
            Status::Todo => "todo",
            _ => continue,
        };
        let yellow = AnsiColor::Yellow.on_default();
        let reason = printable(test.reason.as_deref().unwrap_or_default());
        let _ = writeln!(out, "{yellow}{word}{yellow:#} {}: {reason}", named(test));
    }
    if !report.findings.is_empty() {
        out.push_str(&text::draw_all(&report.findings, sources));
        out.push('\n');
    }
    if let (Some(coverage), true) = (&report.coverage, with_coverage) {
        out.push_str(&coverage.to_text());
        out.push('\n');
    }
    summary(&mut out, report);
    out
}

fn summary(out: &mut String, report: &Report) {
    let summary = &report.summary;
    let style = |colour: AnsiColor, count: usize| match count {
        0 => Style::new(),
        _ => colour.on_default().bold(),
    };
    let (green, red) = (style(AnsiColor::Green, summary.passed), style(AnsiColor::Red, summary.failed));
    let _ = write!(out, "{green}{} passed{green:#}, {red}{} failed{red:#}", summary.passed, summary.failed);
    for (count, word) in [(summary.skipped, "skipped"), (summary.todo, "todo")] {
        if count > 0 {
            let _ = write!(out, ", {count} {word}");
        }
    }
    let files = report.tests.iter().map(|test| test.file.as_str()).collect::<BTreeSet<_>>().len();
    let _ = write!(out, " in {files} file{}", if files == 1 { "" } else { "s" });
    let snapshots = summary.snapshots;
    let parts = [(snapshots.new, "new"), (snapshots.changed, "changed"), (snapshots.unreferenced, "unreferenced")];
    let parts: Vec<String> =
        parts.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}")).collect();
    if !parts.is_empty() {
        let _ = write!(out, "; snapshots: {}", parts.join(", "));
    }
    out.push('\n');
}

/// Draws the names of the tests, a line each.
pub fn list(report: &Report) -> String {
    report.tests.iter().map(|test| named(test) + "\n").collect()
}

/// Returns the place and the name of a test.
fn named(test: &TestResult) -> String {
    format!("{}:{} {}", printable(&test.file), test.line, printable(&test.name))
}

/// Colours the lines of a difference.
pub fn coloured(diff: &str) -> String {
    let mut out = String::new();
    for line in diff.lines() {
        let style = match line.as_bytes() {
            [b'+', b' ', ..] => AnsiColor::Green.on_default(),
            [b'-', b' ', ..] => AnsiColor::Red.on_default(),
            _ => Style::new(),
        };
        let _ = writeln!(out, "{style}{line}{style:#}");
    }
    out
}
