//! Findings as JUnit XML: a suite for each file, a test case for each finding.

use std::collections::BTreeMap;
use std::fmt::Write;
use vtl::diagnostic::{Diagnostic, Severity};

/// Writes the report. Findings below `fail_level` are cases that pass with output.
pub fn report(findings: &[Diagnostic], files: &[String], fail_level: Severity) -> String {
    let mut suites: BTreeMap<&str, Vec<&Diagnostic>> = files.iter().map(|file| (file.as_str(), Vec::new())).collect();
    for it in findings {
        let file = it.location.as_ref().and_then(|location| location.file.as_deref()).unwrap_or("-");
        suites.entry(file).or_default().push(it);
    }
    let is_failure = |it: &&&Diagnostic| it.severity >= fail_level;
    let tests: usize = suites.values().map(|cases| cases.len().max(1)).sum();
    let failures = findings.iter().filter(|it| it.severity >= fail_level).count();
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"vtl check\" tests=\"{tests}\" failures=\"{failures}\">\n"
    );
    for (file, cases) in &suites {
        let failures = cases.iter().filter(is_failure).count();
        let name = escaped(file);
        let tests = cases.len().max(1);
        let _ = writeln!(text, "  <testsuite name=\"{name}\" tests=\"{tests}\" failures=\"{failures}\">");
        if cases.is_empty() {
            let _ = writeln!(text, "    <testcase classname=\"{name}\" name=\"check\"/>");
        }
        for it in cases {
            let place = it.location.as_ref().map_or(String::new(), |at| format!("{}:{}", at.line, at.column));
            let case = escaped(&format!("{} {place}", it.code.name()));
            let message = escaped(&it.message);
            let details = escaped(&format!("{it}\n{}", it.help.as_deref().unwrap_or_default()));
            let _ = write!(text, "    <testcase classname=\"{name}\" name=\"{case}\">");
            let _ = if it.severity >= fail_level {
                write!(text, "<failure type=\"{}\" message=\"{message}\">{details}</failure>", it.code)
            } else {
                write!(text, "<system-out>{details}</system-out>")
            };
            text.push_str("</testcase>\n");
        }
        text.push_str("  </testsuite>\n");
    }
    text + "</testsuites>\n"
}

/// Escapes text for XML; characters that XML cannot have become U+FFFD.
fn escaped(text: &str) -> String {
    text.chars().fold(String::new(), |mut out, c| {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push_str("&#10;"),
            '\t' => out.push('\t'),
            c if c < ' ' || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            c => out.push(c),
        }
        out
    })
}
