//! What Velocity swallows in silence, told without changing the output.

use crate::diagnostic::{Code, Diagnostic, Location};
use crate::span::Span;
use std::fmt;

/// A mistake that does not stop the render, such as a method that does not exist.
///
/// ```
/// let out = vtl::Template::parse("[$x.nope()]")?.render(&vtl::Globals::default())?;
/// assert_eq!(out.text, "[]");
/// assert_eq!(out.notes[0].code, vtl::Code::NullReference);
/// # Ok::<(), vtl::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// What kind of mistake.
    pub code: Code,
    /// Where in the template.
    pub span: Span,
    /// What exactly.
    pub detail: String,
}

impl Note {
    /// Converts the note into a diagnostic of the template `source`, which the reader knows as
    /// `name`.
    #[must_use]
    pub fn diagnostic(&self, name: &str, source: &str) -> Diagnostic {
        Diagnostic::new(self.code, self.detail.as_str()).at(Location::of(self.span, source).in_file(name))
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.detail)
    }
}

impl serde::Serialize for Note {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        let mut row = serializer.serialize_struct("Note", 3)?;
        row.serialize_field("code", &self.code)?;
        row.serialize_field("span", &self.span)?;
        row.serialize_field("detail", &self.detail)?;
        row.end()
    }
}

/// How many notes a render keeps; more would only repeat themselves.
pub(crate) const MOST_NOTES: usize = 200;
