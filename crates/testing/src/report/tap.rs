//! Results in the Test Anything Protocol.

use crate::suite::{Report, Status};
use serde_json::{Value as Json, json};
use std::fmt::Write;
use vtl::diagnostic::printable;

impl Report {
    /// Returns the results in the Test Anything Protocol, version 13.
    ///
    /// ```
    /// assert_eq!(vtl_testing::Report::default().to_tap(), "TAP version 13\n1..0\n");
    /// ```
    #[must_use]
    pub fn to_tap(&self) -> String {
        let mut out = format!("TAP version 13\n1..{}\n", self.tests.len());
        for (at, test) in self.tests.iter().enumerate() {
            let sign = if matches!(test.status, Status::Failed | Status::Todo) { "not ok" } else { "ok" };
            let name = format!("{} {}", test.file, test.name).replace('\\', "\\\\").replace('#', "\\#");
            let _ = write!(out, "{sign} {} - {}", at + 1, printable(&name));
            let reason = printable(test.reason.as_deref().unwrap_or_default());
            match test.status {
                Status::Skipped => drop(write!(out, " # SKIP {reason}")),
                Status::Todo => drop(write!(out, " # TODO {reason}")),
                _ => {}
            }
            out.truncate(out.trim_end_matches(' ').len());
            out.push('\n');
            if test.status == Status::Failed {
                out.push_str("  ---\n");
                let message = test.findings.first().map(|finding| finding.message.clone()).unwrap_or_default();
                let at = json!({"file": test.file, "line": test.line});
                let _ = writeln!(out, "  message: {}\n  severity: fail\n  at: {at}", Json::from(message));
                let _ = writeln!(out, "  details: {}", Json::from(test.details()));
                out.push_str("  ...\n");
            }
        }
        out
    }
}
