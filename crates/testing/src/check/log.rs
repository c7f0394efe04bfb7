//! Comparing execution logs: without ids, dates and what the service cut.

use crate::diff;
use regex::Regex;
use std::sync::LazyLock;

/// The parts of a line that differ from call to call.
static VARIABLE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}",
        r"|[A-Z][a-z]{2} [A-Z][a-z]{2} \d{2} \d{2}:\d{2}:\d{2} UTC \d{4}",
        r"|\b[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT",
        r"|\d{8}T\d{6}Z|Root=[^,}\s]+|AmazonAPIGateway_[a-z0-9]+|\b\d+ ms\b",
    ))
    .ok()
});

const CUT: &str = "[TRUNCATED]";

/// Compares the lines of two logs, and returns their difference.
pub(super) fn compare(expected: &str, actual: &str) -> Option<String> {
    let expected: Vec<String> = lines(expected);
    let mut actual: Vec<String> = lines(actual);
    for (one, other) in expected.iter().zip(&mut actual) {
        let kept = one.trim_end().strip_suffix(CUT).map(str::trim_end);
        if kept.is_some_and(|kept| other.starts_with(kept)) {
            other.clone_from(one);
        }
    }
    (expected != actual).then(|| diff::text(&(expected.join("\n") + "\n"), &(actual.join("\n") + "\n")))
}

fn lines(log: &str) -> Vec<String> {
    let line = |line: &str| {
        let line = match VARIABLE.as_ref() {
            Some(pattern) => pattern.replace_all(line, "…").into_owned(),
            None => line.to_owned(),
        };
        match (line.starts_with("Execution log for request"), line.find("Starting execution for request: ")) {
            (true, _) => "Execution log for request …".to_owned(),
            (_, Some(at)) => format!("{}Starting execution for request: …", &line[..at]),
            _ => line,
        }
    };
    log.replace("\r\n", "\n").lines().filter(|line| !line.trim().is_empty()).map(line).collect()
}
