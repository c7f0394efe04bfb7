//! The severity of a diagnostic.

use std::fmt;
use std::str::FromStr;

/// The severity of a diagnostic, in ascending order.
///
/// ```
/// use vtl::diagnostic::Severity;
/// assert!(Severity::Error > Severity::Warning);
/// assert_eq!("warning".parse(), Ok(Severity::Warning));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// It works, but is risky, hard to read, or cannot be judged from here.
    Advice,
    /// It runs, and is almost surely not as meant.
    Warning,
    /// The service refuses it or answers with an error.
    Error,
}

impl Severity {
    /// Lists every severity, the worst first.
    pub const ALL: &'static [Severity] = &[Severity::Error, Severity::Warning, Severity::Advice];

    /// Returns the word that is printed: `error`, `warning` or `advice`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Severity::Advice => "advice",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The error of parsing a [`Severity`]: the text is none of its words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownSeverity(pub String);

impl fmt::Display for UnknownSeverity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unknown severity `{}`: give error, warning or advice", self.0)
    }
}

impl std::error::Error for UnknownSeverity {}

impl FromStr for Severity {
    type Err = UnknownSeverity;

    fn from_str(text: &str) -> Result<Severity, UnknownSeverity> {
        let found = Severity::ALL.iter().find(|severity| severity.as_str() == text);
        found.copied().ok_or_else(|| UnknownSeverity(text.to_owned()))
    }
}
