//! Places in files, as people count them.

use super::printable;
use crate::span::Span;
use std::fmt;

/// A range of a file: lines and columns count from 1, a column counts characters. The end is the
/// position behind the last character.
///
/// ```
/// use vtl::{Span, diagnostic::Location};
/// let location = Location::of(Span::new(4, 3), "abc\ndef").in_file("a.vtl");
/// assert_eq!(location.to_string(), "a.vtl:2:1");
/// assert_eq!((location.end_line, location.end_column), (2, 4));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Location {
    /// Name of the file as the caller gave it, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Line of the first character.
    pub line: usize,
    /// Column of the first character.
    pub column: usize,
    /// Line of the end.
    pub end_line: usize,
    /// Column of the end.
    pub end_column: usize,
}

impl Location {
    /// Creates the location of a single position.
    #[must_use]
    pub fn new(line: usize, column: usize) -> Self {
        Location { file: None, line, column, end_line: line, end_column: column }
    }

    /// Creates the location of `span` in the text `source`, without the line ends at its end: a directive
    /// takes the one behind it.
    #[must_use]
    pub fn of(span: Span, source: &str) -> Self {
        let span = span.without_line_ends(source);
        let (line, column) = span.line_column(source);
        Location::new(line, column).until(Span::new(span.end(), 0).line_column(source))
    }

    /// Sets the end, given as line and column behind the last character.
    #[must_use]
    pub fn until(mut self, (line, column): (usize, usize)) -> Self {
        (self.end_line, self.end_column) = (line, column);
        self
    }

    /// Sets the name of the file.
    #[must_use]
    pub fn in_file(mut self, file: impl Into<String>) -> Self {
        self.file = Some(file.into());
        self
    }
}

/// Prints `file:line:column`, the file without what breaks a line.
impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.file {
            Some(file) => write!(f, "{}:{}:{}", printable(file), self.line, self.column),
            None => write!(f, "{}:{}", self.line, self.column),
        }
    }
}
