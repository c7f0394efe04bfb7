//! The error of loading a document.

use crate::diagnostic::Fault;
use crate::syntax::source::Sources;
use std::fmt;
use vtl::diagnostic::Diagnostic;

/// The error of a document that cannot be loaded.
///
/// ```
/// use vtl_loaders::{File, Options, load};
/// let error = load(&[File::new("i.json", "{\n  \"a\": }")], &Options::default()).unwrap_err();
/// assert_eq!(error.diagnostic().code.name(), "malformed-json");
/// assert_eq!(error.source_text("i.json"), Some("{\n  \"a\": }"));
/// ```
#[derive(Debug)]
pub struct LoadError(Box<(Diagnostic, Sources)>);

impl LoadError {
    /// Creates the error of a fault.
    pub(crate) fn new(fault: Fault, sources: Sources) -> Self {
        let mut diagnostic = Diagnostic::new(fault.code, fault.message);
        diagnostic.help = fault.help;
        diagnostic.location = fault.span.map(|span| sources.location(span));
        LoadError(Box::new((diagnostic, sources)))
    }

    /// Returns the error as a diagnostic, with its code and place.
    #[must_use]
    pub fn diagnostic(&self) -> &Diagnostic {
        &self.0.0
    }

    /// Returns the content of a file that was read.
    #[must_use]
    pub fn source_text(&self, file: &str) -> Option<&str> {
        self.0.1.text_of(file)
    }
}

/// Prints the place if it is known, the message, and the suggested way out.
impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let diagnostic = self.diagnostic();
        if let Some(location) = &diagnostic.location {
            write!(f, "{location}: ")?;
        }
        f.write_str(&diagnostic.message)?;
        diagnostic.help.as_ref().map_or(Ok(()), |help| write!(f, "; {help}"))
    }
}

impl std::error::Error for LoadError {}
