//! Notes: mistakes that Velocity ignores in silence, reported beside the output.

use crate::diagnostic::{Code, Diagnostic, Location};
use crate::span::Span;
use std::fmt;

/// A mistake that does not stop the render, such as a call of a method that does not exist.
///
/// Notes never change the output. Serialises as `{"code", "span", "detail", "help"}`, without a help
/// that is absent.
///
/// ```
/// let out = vtl::Template::parse("[$x.nope()]")?.render(&vtl::Globals::default())?;
/// assert_eq!(out.text, "[]");
/// assert_eq!(out.notes[0].code, vtl::Code::NullReference);
/// # Ok::<(), vtl::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Note {
    /// Kind of the mistake.
    pub code: Code,
    /// Place in the template. A mistake in text that was given to `#evaluate` has the place of the
    /// `#evaluate`.
    pub span: Span,
    /// Description of this mistake.
    pub detail: String,
    /// Suggested way out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
}

impl Note {
    /// Creates a note about a span of the template.
    pub fn new(code: Code, span: Span, detail: impl Into<String>) -> Self {
        Note { code, span, detail: detail.into(), help: None }
    }

    /// Sets the suggested way out.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Converts the note into a diagnostic of the template `source`, which the reader knows as
    /// `name`.
    #[must_use]
    pub fn diagnostic(&self, name: &str, source: &str) -> Diagnostic {
        let diagnostic = Diagnostic::new(self.code, self.detail.as_str());
        let diagnostic = diagnostic.at(Location::of(self.span, source).in_file(name));
        match &self.help {
            Some(help) => diagnostic.with_help(help.as_str()),
            None => diagnostic,
        }
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.detail)
    }
}

/// Maximum number of notes of a render.
pub(crate) const MOST_NOTES: usize = 200;
