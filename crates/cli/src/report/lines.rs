//! Findings in one line each: for editors and pre-commit, and as annotations of GitHub Actions.

use std::fmt::Write;
use vtl::diagnostic::{Diagnostic, Severity, markdown, printable};
use vtl_data::Summary;

/// Writes `file:line:column: severity[CODE] name: message`, a line each.
pub fn concise(findings: &[Diagnostic]) -> String {
    findings.iter().fold(String::new(), |mut text, it| {
        let place = it.location.as_ref().map_or(String::new(), |location| format!("{location}: "));
        let message = it.message.replace('\n', " ");
        let message = printable(&message);
        let _ = writeln!(text, "{place}{}[{}] {}: {message}", it.severity, it.code, it.code.name());
        text
    })
}

/// Writes workflow commands of GitHub Actions, which annotate the lines of a change.
pub fn github(findings: &[Diagnostic]) -> String {
    findings.iter().fold(String::new(), |mut text, it| {
        let command = match it.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Advice => "notice",
        };
        let mut properties = Vec::new();
        if let Some(location) = &it.location {
            if let Some(file) = &location.file {
                properties.push(format!("file={}", escaped(file, true)));
            }
            properties.push(format!("line={},endLine={}", location.line, location.end_line));
            if location.line == location.end_line {
                properties.push(format!("col={},endColumn={}", location.column, location.end_column));
            }
        }
        properties.push(format!("title={} {}", it.code, it.code.name()));
        let help = it.help.as_ref().map_or(String::new(), |help| format!("\n{help}"));
        let message = escaped(&format!("{}{help}", it.message), false);
        let _ = writeln!(text, "::{command} {}::{message}", properties.join(","));
        text
    })
}

/// Writes the summary of a job in Markdown.
pub fn github_summary(findings: &[Diagnostic], summary: &Summary) -> String {
    let mut text = format!("### vtl check\n\n{summary}\n");
    if !findings.is_empty() {
        text.push_str("\n| Place | Severity | Rule | |\n| --- | --- | --- | --- |\n");
    }
    for it in findings.iter().take(500) {
        let place = it.location.as_ref().map_or(String::new(), ToString::to_string);
        let place = markdown::span(&place).replace('|', "\\|");
        let message = markdown::plain(&it.message.replace('\n', " "));
        let _ = writeln!(text, "| {place} | {} | {} `{}` | {message} |", it.severity, it.code, it.code.name());
    }
    text
}

fn escaped(text: &str, is_property: bool) -> String {
    let text = text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    let text = printable(&text).into_owned();
    if is_property { text.replace(':', "%3A").replace(',', "%2C") } else { text }
}
