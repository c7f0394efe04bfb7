//! The text of an open file, with positions as the protocol counts them: lines from 0, and UTF-16 units.

use lsp_types::Position;
use std::ops::Range;
use vtl::diagnostic::Location;

/// A text and the offsets of its lines.
#[derive(Clone, Debug, Default)]
pub(crate) struct Text {
    content: String,
    /// Offset of the first byte of each line.
    lines: Vec<usize>,
}

impl Text {
    /// Creates the text of a file.
    pub(crate) fn new(content: String) -> Self {
        let breaks = content.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        let lines = std::iter::once(0).chain(breaks).collect();
        Text { content, lines }
    }

    /// Returns the whole text.
    pub(crate) fn as_str(&self) -> &str {
        &self.content
    }

    /// Returns the range of bytes of a line without its line end; empty for a line that does not exist.
    fn line(&self, line: usize) -> Range<usize> {
        let Some(start) = self.lines.get(line).copied() else { return self.content.len()..self.content.len() };
        let end = self.lines.get(line + 1).map_or(self.content.len(), |next| next - 1);
        let text = &self.content[start..end];
        start..start + text.strip_suffix('\r').unwrap_or(text).len()
    }

    /// Returns the byte offset of a position; a position behind the end of its line is that end.
    pub(crate) fn offset(&self, position: Position) -> usize {
        let line = self.line(position.line as usize);
        let mut units = 0;
        for (at, c) in self.content[line.clone()].char_indices() {
            if units >= position.character as usize {
                return line.start + at;
            }
            units += c.len_utf16();
        }
        line.end
    }

    /// Returns the position of a byte offset; an offset within a character is the character's.
    pub(crate) fn position(&self, offset: usize) -> Position {
        let mut offset = offset.min(self.content.len());
        while !self.content.is_char_boundary(offset) {
            offset -= 1;
        }
        let line = self.lines.partition_point(|start| *start <= offset).saturating_sub(1);
        let start = self.lines.get(line).copied().unwrap_or_default();
        let units: usize = self.content[start..offset].chars().map(char::len_utf16).sum();
        Position::new(u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(units).unwrap_or(u32::MAX))
    }

    /// Returns the range of the protocol of a range of bytes.
    pub(crate) fn range(&self, range: Range<usize>) -> lsp_types::Range {
        lsp_types::Range::new(self.position(range.start), self.position(range.end))
    }

    /// Returns the position of the end of a line, in front of its line end.
    pub(crate) fn end_of_line(&self, line: u32) -> Position {
        self.position(self.line(line as usize).end)
    }

    /// Returns the byte offset of a line and column, both from 1, where columns count characters.
    pub(crate) fn at(&self, line: usize, column: usize) -> usize {
        let range = self.line(line.saturating_sub(1));
        let mut characters = self.content[range.clone()].char_indices();
        characters.nth(column.saturating_sub(1)).map_or(range.end, |(at, _)| range.start + at)
    }

    /// Returns the range of bytes of a location of a diagnostic.
    pub(crate) fn located(&self, location: &Location) -> Range<usize> {
        let start = self.at(location.line, location.column);
        start..self.at(location.end_line, location.end_column).max(start)
    }

    /// Returns the text with another in place of a range of bytes.
    pub(crate) fn edited(&self, range: Range<usize>, with: &str) -> Text {
        let before = self.content.get(..range.start).unwrap_or_default();
        let behind = self.content.get(range.end..).unwrap_or_default();
        Text::new([before, with, behind].concat())
    }
}

#[cfg(test)]
mod tests {
    use super::Text;
    use lsp_types::Position;

    #[test]
    fn positions_count_utf_16_units_and_leave_line_ends_out() {
        let text = Text::new("a\u{1f600}b\r\n$x\n".to_owned());
        assert_eq!(text.offset(Position::new(0, 3)), 5);
        assert_eq!(text.position(5), Position::new(0, 3));
        assert_eq!(text.offset(Position::new(0, 99)), 6);
        assert_eq!(text.offset(Position::new(1, 1)), 9);
        assert_eq!(text.offset(Position::new(7, 0)), text.as_str().len());
        assert_eq!(text.at(2, 2), 9);
        assert_eq!(text.position(3), Position::new(0, 1));
    }

    #[test]
    fn an_edit_replaces_its_range() {
        let text = Text::new("one\r\ntwo".to_owned());
        let range = text.offset(Position::new(0, 1))..text.offset(Position::new(1, 1));
        let text = text.edited(range, "\u{e9}\n");
        assert_eq!(text.as_str(), "o\u{e9}\nwo");
        assert_eq!(text.position(4), Position::new(1, 0));
    }
}
