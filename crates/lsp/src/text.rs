//! The text of an open file, with positions as the protocol counts them: lines from 0, and UTF-16 units.

use lsp_types::Position;
use std::ops::Range;
use vtl::diagnostic::Location;

/// Bytes of a line between places at which its characters are counted.
const STRIDE: usize = 256;

/// A text and the offsets of its lines.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Text {
    content: String,
    /// Offset of the first byte of each line.
    lines: Vec<usize>,
    /// Places within long lines, in the order of the text.
    marks: Vec<Mark>,
}

/// A place in a line, with what stands before it there.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Mark {
    at: usize,
    characters: usize,
    units: usize,
}

impl Text {
    /// Creates the text of a file.
    pub(crate) fn new(content: String) -> Self {
        let lines = std::iter::once(0).chain(breaks(&content, 0)).collect();
        let mut text = Text { content, lines, marks: Vec::new() };
        text.marks = (0..text.lines.len()).flat_map(|line| text.marks_of(text.line(line))).collect();
        text
    }

    /// Counts the characters of a line up to each of its marks; a short line has none.
    fn marks_of(&self, line: Range<usize>) -> Vec<Mark> {
        let mut marks = Vec::new();
        if line.len() <= STRIDE {
            return marks;
        }
        let mut mark = Mark { at: line.start, characters: 0, units: 0 };
        for c in self.content[line].chars() {
            if mark.at >= marks.last().map_or(0, |last: &Mark| last.at + STRIDE) {
                marks.push(mark);
            }
            mark =
                Mark { at: mark.at + c.len_utf8(), characters: mark.characters + 1, units: mark.units + c.len_utf16() };
        }
        marks
    }

    /// Returns the last mark of a line that is before a place, or the start of the line.
    fn mark(&self, line: &Range<usize>, is_before: impl Fn(&Mark) -> bool) -> Mark {
        if line.len() <= STRIDE {
            return Mark { at: line.start, characters: 0, units: 0 };
        }
        let first = self.marks.partition_point(|mark| mark.at < line.start);
        let behind = self.marks.partition_point(|mark| mark.at < line.end);
        let marks = self.marks.get(first..behind).unwrap_or_default();
        let last = marks[..marks.partition_point(is_before)].last().copied();
        last.unwrap_or(Mark { at: line.start, characters: 0, units: 0 })
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

    /// Returns the offset of the start of the line around an offset.
    pub(crate) fn start_of_line(&self, offset: usize) -> usize {
        let line = self.lines.partition_point(|start| *start <= offset).saturating_sub(1);
        self.lines.get(line).copied().unwrap_or_default()
    }

    /// Returns the byte offset of a position; a position behind the end of its line is that end.
    pub(crate) fn offset(&self, position: Position) -> usize {
        let line = self.line(position.line as usize);
        let wanted = position.character as usize;
        let mark = self.mark(&line, |mark| mark.units <= wanted);
        let mut units = mark.units;
        for (at, c) in self.content[mark.at..line.end].char_indices() {
            if units >= wanted {
                return mark.at + at;
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
        let mark = self.mark(&(start..offset), |mark| mark.at <= offset);
        let units = mark.units + self.content[mark.at..offset].chars().map(char::len_utf16).sum::<usize>();
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
        let wanted = column.saturating_sub(1);
        let mark = self.mark(&range, |mark| mark.characters <= wanted);
        let mut characters = self.content[mark.at..range.end].char_indices();
        characters.nth(wanted - mark.characters).map_or(range.end, |(at, _)| mark.at + at)
    }

    /// Returns the range of bytes of a location of a diagnostic.
    pub(crate) fn located(&self, location: &Location) -> Range<usize> {
        let start = self.at(location.line, location.column);
        start..self.at(location.end_line, location.end_column).max(start)
    }

    /// Puts another text in place of a range of bytes, which are those of whole characters. What is known of other
    /// lines is kept.
    pub(crate) fn edit(&mut self, range: Range<usize>, with: &str) {
        if self.content.get(range.clone()).is_none() {
            return;
        }
        let moved = |at: usize| at - range.len() + with.len();
        // The lines in which the range starts and ends become those of the text in its place.
        let first = self.lines.partition_point(|start| *start <= range.start).saturating_sub(1);
        let behind = self.lines.partition_point(|start| *start <= range.end);
        let start = self.lines.get(first).copied().unwrap_or_default();
        let next = self.lines.get(behind).copied();
        let before = self.marks.partition_point(|mark| mark.at < start);
        let rest = self.marks.partition_point(|mark| next.is_none_or(|next| mark.at < next));
        self.marks[rest..].iter_mut().for_each(|mark| mark.at = moved(mark.at));
        self.lines[behind..].iter_mut().for_each(|start| *start = moved(*start));
        self.content.replace_range(range.clone(), with);
        self.lines.splice(first + 1..behind, breaks(with, range.start));
        let last = self.lines.partition_point(|start| *start <= range.start + with.len());
        let marks: Vec<Mark> = (first..last).flat_map(|line| self.marks_of(self.line(line))).collect();
        self.marks.splice(before..rest, marks);
    }
}

/// Returns the offsets of the lines that start in a part of a text, which is at an offset of it.
fn breaks(part: &str, at: usize) -> impl Iterator<Item = usize> {
    part.match_indices('\n').map(move |(end, _)| at + end + 1)
}

#[cfg(test)]
mod tests {
    use super::Text;
    use lsp_types::Position;

    #[test]
    fn positions_of_a_long_line_are_those_of_its_characters() {
        let text = Text::new(format!("$a\n{}z\n$b\n", "a\u{1f600}".repeat(5_000)));
        for n in [0, 1, 203, 204, 205, 4_999, 5_000] {
            let at = 3 + 5 * n;
            assert_eq!(text.position(at), Position::new(1, 3 * n as u32));
            assert_eq!((text.offset(Position::new(1, 3 * n as u32)), text.at(2, 2 * n + 1)), (at, at));
        }
        assert_eq!((text.position(25_005), text.at(3, 2)), (Position::new(2, 0), 25_006));
    }

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
    fn the_start_of_a_line_is_looked_up() {
        let text = Text::new(format!("$a\n{}\r\n\nz", "x".repeat(2_000)));
        for at in 0..text.as_str().len() {
            let start = text.as_str()[..at].rfind('\n').map_or(0, |end| end + 1);
            assert_eq!(text.start_of_line(at), start, "{at}");
        }
    }

    #[test]
    fn an_edit_replaces_its_range() {
        let mut text = Text::new("one\r\ntwo".to_owned());
        let range = text.offset(Position::new(0, 1))..text.offset(Position::new(1, 1));
        text.edit(range, "\u{e9}\n");
        assert_eq!(text.as_str(), "o\u{e9}\nwo");
        assert_eq!(text.position(4), Position::new(1, 0));
    }

    #[test]
    fn an_edited_text_is_one_that_is_read_anew() {
        let long = "a\u{1f600}".repeat(700);
        let pieces = ["", "x", "\n", "\r\n", "\u{1f600}\n\ny", long.as_str()];
        let mut text = Text::new(format!("one\r\n{long}\n\n{long}{long}\r\ntwo"));
        let mut seed = 7_usize;
        let mut draw = |below: usize| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) % below
        };
        let mut edit = |text: &mut Text, width: usize| {
            let len = text.as_str().len();
            let floor = |at: usize| (0..=at).rev().find(|at| text.as_str().is_char_boundary(*at)).unwrap();
            let start = floor(draw(len + 1));
            let end = floor((start + draw(width)).min(len));
            let with = pieces[draw(pieces.len())];
            let mut anew = text.as_str().to_owned();
            anew.replace_range(start..end, with);
            text.edit(start..end, with);
            assert_eq!(*text, Text::new(anew));
        };
        for _ in 0..400 {
            edit(&mut text, 40);
        }
        for _ in 0..200 {
            edit(&mut text, 3_000);
        }
    }
}
