//! Numbers of findings.

use serde::Serialize;
use std::fmt;
use vtl::diagnostic::{Diagnostic, Severity};

/// Numbers of findings by severity, and of the files that were read.
#[derive(Clone, Copy, Serialize)]
pub struct Summary {
    pub error: usize,
    pub warning: usize,
    pub advice: usize,
    pub files: usize,
}

impl Summary {
    /// Counts findings.
    pub fn of(findings: &[Diagnostic], files: usize) -> Summary {
        let count = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
        let (error, warning, advice) = (count(Severity::Error), count(Severity::Warning), count(Severity::Advice));
        Summary { error, warning, advice, files }
    }
}

/// Prints `1 error, 2 warnings, 0 advice in 1 file`.
impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = |count: usize| if count == 1 { "" } else { "s" };
        let Summary { error, warning, advice, files } = *self;
        write!(f, "{error} error{}, {warning} warning{}, ", plural(error), plural(warning))?;
        write!(f, "{advice} advice in {files} file{}", plural(files))
    }
}
