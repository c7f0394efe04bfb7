//! Faults and remarks while a document is read: diagnostics whose place is still a [`Span`].

use crate::span::Span;
use vtl::Code;

/// An error that stops reading.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    /// Kind of error.
    pub code: Code,
    /// Description of this case.
    pub message: String,
    /// Place of the error; `None` if it concerns the document as a whole.
    pub span: Option<Span>,
    /// Suggested way out.
    pub help: Option<String>,
}

impl Fault {
    /// Creates a fault at a place.
    pub(crate) fn new(code: Code, span: Span, message: impl Into<String>) -> Self {
        Fault { code, message: message.into(), span: Some(span), help: None }
    }

    /// Creates a fault of the document as a whole.
    pub(crate) fn whole(code: Code, message: impl Into<String>) -> Self {
        Fault { code, message: message.into(), span: None, help: None }
    }

    /// Sets the suggested way out.
    pub(crate) fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// A finding that does not stop reading.
#[derive(Clone, Debug)]
pub(crate) struct Remark {
    /// Kind of finding.
    pub code: Code,
    /// Property of the integration; empty if it concerns none in particular.
    pub property: &'static str,
    /// Description of this case.
    pub message: String,
    /// Place of the finding.
    pub span: Span,
    /// Suggested way out.
    pub help: Option<String>,
}

impl Remark {
    /// Creates a remark about a property.
    pub(crate) fn new(code: Code, property: &'static str, message: impl Into<String>, span: Span) -> Self {
        Remark { code, property, message: message.into(), span, help: None }
    }

    /// Sets the suggested way out.
    pub(crate) fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// Most letters of a name in a message.
const LONGEST: usize = 120;

/// Returns a name for a message, cut where it is very long.
pub(crate) fn brief(name: &str) -> String {
    match name.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name.to_owned(),
    }
}
