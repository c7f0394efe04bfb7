//! The reasons why a request is not answered.

use serde_json::{Value as Json, json};
use std::fmt;
use vtl::Error;
use vtl::diagnostic::Diagnostic;
#[cfg(feature = "documents")]
use vtl_loaders::LoadError;

/// The reason why there is no result.
///
/// ```
/// let failure = vtl_data::Rules { dialect: Some("jinja".to_owned()), ..Default::default() }.parse_options().unwrap_err();
/// assert_eq!(failure.to_string(), "unknown dialect `jinja`; the dialects are service, velocity-1.7");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The request is wrong: a missing or unknown member, a value of another type.
    Usage(String),
    /// A template or a document is at fault.
    Finding {
        /// The error, with its code and place.
        diagnostic: Box<Diagnostic>,
        /// The error drawn with its line of the source.
        report: String,
    },
}

impl Failure {
    /// Creates the failure of a wrong request.
    pub fn usage(message: impl Into<String>) -> Self {
        Failure::Usage(message.into())
    }

    /// Creates the failure of a template of that name.
    #[must_use]
    pub fn template(error: &Error, name: Option<&str>, source: &str) -> Self {
        let mut diagnostic = error.diagnostic(name.unwrap_or("template"), source);
        if let (None, Some(location)) = (name, &mut diagnostic.location) {
            location.file = None;
        }
        let report = error.report(name.unwrap_or("template"), source).to_string();
        Failure::Finding { diagnostic: Box::new(diagnostic), report }
    }

    /// Returns the failure as JSON: `{"error", "findings", "report"}`.
    #[must_use]
    pub fn to_json(&self) -> Json {
        match self {
            Failure::Usage(message) => json!({"error": message}),
            Failure::Finding { diagnostic, report } => {
                json!({"error": self.to_string(), "findings": [diagnostic], "report": report})
            }
        }
    }
}

#[cfg(feature = "documents")]
impl From<LoadError> for Failure {
    fn from(error: LoadError) -> Self {
        Failure::Finding { diagnostic: Box::new(error.diagnostic().clone()), report: format!("error: {error}\n") }
    }
}

/// Prints one line.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Usage(message) => f.write_str(message),
            Failure::Finding { diagnostic, .. } => diagnostic.fmt(f),
        }
    }
}

impl std::error::Error for Failure {}
