//! Lines and columns of a text at which many places are looked up.

use super::Location;
use crate::span::Span;

/// Bytes between two counts of characters.
const BLOCK: usize = 256;

/// Index of the lines of a text: finds a line and a column without reading the text from its start, as
/// [`Location::of`] does. A text may be one long line.
///
/// ```
/// use vtl::Span;
/// use vtl::diagnostic::{Lines, Location};
/// let text = "é\nab$c";
/// let lines = Lines::new(text);
/// assert_eq!(lines.line_column(text, 5), (2, 3));
/// assert_eq!(lines.location(text, Span::new(5, 2)), Location::of(Span::new(5, 2), text));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Lines {
    /// Offset of the first byte of each line.
    starts: Vec<u32>,
    /// Number of characters before each block of [`BLOCK`] bytes.
    characters: Vec<u32>,
}

impl Lines {
    /// Creates the index of a text of at most 4 GiB.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let cut = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| cut(at + 1));
        let starts = std::iter::once(0).chain(breaks).collect();
        let mut count = 0;
        let mut characters = Vec::with_capacity(text.len() / BLOCK + 1);
        for block in text.as_bytes().chunks(BLOCK) {
            characters.push(cut(count));
            count += count_characters(block);
        }
        Lines { starts, characters }
    }

    /// Returns line and column of an offset in the indexed text, both from 1; the column counts characters.
    #[must_use]
    pub fn line_column(&self, text: &str, offset: usize) -> (usize, usize) {
        let line = self.starts.partition_point(|start| *start as usize <= offset).saturating_sub(1);
        let start = self.starts.get(line).copied().unwrap_or_default() as usize;
        let column = self.characters_before(text, offset).saturating_sub(self.characters_before(text, start)) + 1;
        (line + 1, column)
    }

    /// Returns the location of a span in the indexed text, as [`Location::of`] does.
    #[must_use]
    pub fn location(&self, text: &str, span: Span) -> Location {
        let span = span.without_line_ends(text);
        let (line, column) = self.line_column(text, span.range().start);
        Location::new(line, column).until(self.line_column(text, span.end()))
    }

    /// Returns the offset of a line and column of the indexed text, both from 1; `None` for a line that it does not
    /// have, and the end of the text for a column behind it.
    ///
    /// ```
    /// use vtl::diagnostic::Lines;
    /// let text = "é\nab$c";
    /// assert_eq!(Lines::new(text).offset(text, 2, 3), Some(5));
    /// ```
    #[must_use]
    pub fn offset(&self, text: &str, line: usize, column: usize) -> Option<usize> {
        let start = *self.starts.get(line.checked_sub(1)?)? as usize;
        let wanted = self.characters_before(text, start).saturating_add(column.checked_sub(1)?);
        let block = self.characters.partition_point(|count| *count as usize <= wanted).saturating_sub(1);
        let counted = self.characters.get(block).copied().unwrap_or_default() as usize;
        let bytes = text.as_bytes().iter().enumerate().skip(block * BLOCK);
        let found = bytes.filter(|(_, byte)| is_first(**byte)).nth(wanted.saturating_sub(counted));
        Some(found.map_or(text.len(), |(at, _)| at))
    }

    fn characters_before(&self, text: &str, offset: usize) -> usize {
        let offset = offset.min(text.len());
        let block = offset / BLOCK;
        let counted = self.characters.get(block).copied().unwrap_or_default() as usize;
        match text.as_bytes().get(block * BLOCK..offset) {
            Some(rest) if block < self.characters.len() => counted + count_characters(rest),
            // The offset is the end of the last block.
            _ => count_characters(text.as_bytes()),
        }
    }
}

/// Counts the characters whose first byte is among the bytes.
fn count_characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| is_first(**byte)).count()
}

/// Checks for the first byte of a character.
fn is_first(byte: u8) -> bool {
    (byte as i8) >= -0x40
}

#[cfg(test)]
mod tests {
    use super::Lines;

    #[test]
    fn offsets_are_those_of_lines_and_columns() {
        let text = format!("a\n{}\r\n\n{}", "é$\u{1f600}".repeat(300), "xyé".repeat(200));
        let lines = Lines::new(&text);
        for (at, _) in text.char_indices().chain([(text.len(), 'x')]) {
            let (line, column) = lines.line_column(&text, at);
            assert_eq!(lines.offset(&text, line, column), Some(at));
        }
        assert_eq!(lines.offset(&text, 4, 601), Some(text.len()));
        assert_eq!((lines.offset(&text, 5, 1), lines.offset(&text, 0, 1)), (None, None));
        assert_eq!((lines.offset(&text, 1, usize::MAX), Lines::new("").offset("", 1, 7)), (Some(text.len()), Some(0)));
    }
}
