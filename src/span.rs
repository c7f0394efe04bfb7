//! Positions in a source text. Line and column are computed only for reports.

/// A range of a source text: the byte where it starts and its length in bytes.
///
/// ```
/// let span = vtl::Span::new(4, 3);
/// assert_eq!(&"abc def"[span.range()], "def");
/// assert_eq!(span.line_column("abc\ndef"), (2, 1));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize)]
pub struct Span {
    /// Byte offset of the first byte.
    pub start: u32,
    /// Length in bytes.
    pub len: u32,
}

impl Span {
    /// Creates a span from a byte offset and a length in bytes; both saturate at 4 GiB.
    #[must_use]
    pub fn new(start: usize, len: usize) -> Self {
        let cut = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Span { start: cut(start), len: cut(len) }
    }

    /// Returns the range of its bytes.
    #[must_use]
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end()
    }

    /// Returns the offset just past its last byte.
    #[must_use]
    pub fn end(self) -> usize {
        self.start as usize + self.len as usize
    }

    /// Creates the span from the start of `self` to the end of `other`.
    #[must_use]
    pub fn to(self, other: Span) -> Span {
        Span::new(self.start as usize, other.end().saturating_sub(self.start as usize))
    }

    /// Returns the span without the line ends at its end in `source`; an empty or blank span as it is.
    ///
    /// ```
    /// assert_eq!(vtl::Span::new(0, 6).without_line_ends("#end\r\n"), vtl::Span::new(0, 4));
    /// ```
    #[must_use]
    pub fn without_line_ends(self, source: &str) -> Span {
        match source.get(self.range()).map(|text| text.trim_end_matches(['\r', '\n']).len()) {
            Some(len) if len > 0 => Span::new(self.start as usize, len),
            _ => self,
        }
    }

    /// Returns line and column of its start in `source`, both counted from 1; the column counts characters.
    #[must_use]
    pub fn line_column(self, source: &str) -> (usize, usize) {
        let mut at = (self.start as usize).min(source.len());
        while !source.is_char_boundary(at) {
            at -= 1;
        }
        let before = &source[..at];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |l| l.chars().count()) + 1;
        (line, column)
    }
}
