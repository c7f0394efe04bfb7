//! Findings as SARIF 2.1.0, which GitHub code scanning and others read.

use serde_json::{Value as Json, json};
use std::collections::BTreeSet;
use vtl::Code;
use vtl::diagnostic::{Diagnostic, Location, Severity};

/// Creates the log of one run.
pub fn log(findings: &[Diagnostic]) -> Json {
    let codes: Vec<Code> = findings.iter().map(|it| it.code).collect::<BTreeSet<_>>().into_iter().collect();
    let rules: Vec<Json> = codes.iter().map(|code| rule(*code)).collect();
    let results: Vec<Json> = findings.iter().map(|it| result(it, &codes)).collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "vtl",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn rule(code: Code) -> Json {
    json!({
        "id": code.as_str(),
        "name": code.name(),
        "shortDescription": {"text": code.title()},
        "help": {"text": code.page(), "markdown": code.page()},
        "defaultConfiguration": {"level": level(code.severity())},
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Advice => "note",
    }
}

fn result(it: &Diagnostic, codes: &[Code]) -> Json {
    let message = match &it.help {
        Some(help) => format!("{}\n{help}", it.message),
        None => it.message.clone(),
    };
    let mut result = json!({
        "ruleId": it.code.as_str(),
        "ruleIndex": codes.iter().position(|code| *code == it.code),
        "level": level(it.severity),
        "message": {"text": message},
        "locations": it.location.iter().map(location).collect::<Vec<_>>(),
    });
    if !it.related.is_empty() {
        let related = it.related.iter().map(|related| {
            let mut place = location(&related.location);
            place["message"] = json!({"text": related.message});
            place
        });
        result["relatedLocations"] = related.collect();
    }
    result
}

fn location(location: &Location) -> Json {
    // An empty range is the place itself.
    let end = (location.end_line.max(location.line), location.end_column);
    let end = if end.0 == location.line { (end.0, end.1.max(location.column)) } else { end };
    json!({"physicalLocation": {
        "artifactLocation": {"uri": uri(location.file.as_deref().unwrap_or("-"))},
        "region": {
            "startLine": location.line.max(1),
            "startColumn": location.column.max(1),
            "endLine": end.0.max(1),
            "endColumn": end.1.max(1),
        },
    }})
}

/// Writes a path as a relative URI.
fn uri(path: &str) -> String {
    const KEPT: &percent_encoding::AsciiSet =
        &percent_encoding::NON_ALPHANUMERIC.remove(b'/').remove(b'.').remove(b'-').remove(b'_').remove(b'~');
    let path = path.strip_prefix("./").unwrap_or(path).replace('\\', "/");
    percent_encoding::utf8_percent_encode(&path, KEPT).to_string()
}
