//! Many edits of a text at once: it is cut into pieces, so that an edit moves the bytes of one and not of all behind it.

use crate::quick::Edit;
use lsp_types::{Position, TextDocumentContentChangeEvent};

/// Fewest bytes of a piece, so that small texts have some.
const LEAST: usize = 16;

/// A text in pieces.
pub(crate) struct Pieces {
    pieces: Vec<Piece>,
    /// Bytes of a piece that is cut; an edited one has up to twice as many.
    size: usize,
    /// Bytes of the text before the edits, and of the text now.
    old: usize,
    len: usize,
    /// Bytes at the start and at the end of the text that no edit has touched.
    head: usize,
    tail: usize,
}

/// A part of a text.
struct Piece {
    text: String,
    /// Number of line ends in it.
    breaks: usize,
    /// Its length in UTF-16 units.
    units: usize,
}

impl Piece {
    fn new(text: &str) -> Piece {
        let breaks = text.bytes().filter(|byte| *byte == b'\n').count();
        Piece { text: text.to_owned(), breaks, units: text.chars().map(char::len_utf16).sum() }
    }

    /// Cuts a text into pieces.
    fn cut(mut text: &str, size: usize) -> Vec<Piece> {
        let mut pieces = Vec::new();
        while text.len() > 2 * size {
            let end = (size..text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len());
            let (first, rest) = text.split_at(end);
            pieces.push(Piece::new(first));
            text = rest;
        }
        pieces.push(Piece::new(text));
        pieces
    }
}

/// A place in a text: the number of a piece, and an offset in it.
type Place = (usize, usize);

impl Pieces {
    /// Cuts a text: an edit looks at all pieces and at the bytes of one, so both are as many.
    pub(crate) fn new(text: &str) -> Pieces {
        let (size, len) = (text.len().isqrt().max(LEAST), text.len());
        Pieces { pieces: Piece::cut(text, size), size, old: len, len, head: len, tail: len }
    }

    /// Applies a change of the client.
    pub(crate) fn edit(&mut self, change: &TextDocumentContentChangeEvent) {
        let Some(range) = change.range else {
            let old = self.old;
            *self = Pieces { old, head: 0, tail: 0, ..Pieces::new(&change.text) };
            return;
        };
        let start = self.place(range.start);
        let end = self.place(range.end).max(start);
        let (before, behind) = (self.offset(start), self.len - self.offset(end));
        let parts = [&self.pieces[start.0].text[..start.1], &change.text, &self.pieces[end.0].text[end.1..]];
        let edited = Piece::cut(&parts.concat(), self.size);
        self.pieces.splice(start.0..=end.0, edited);
        self.len = before + change.text.len() + behind;
        (self.head, self.tail) = (self.head.min(before), self.tail.min(behind));
    }

    /// Returns the text, and one edit that covers all.
    pub(crate) fn join(self) -> (String, Edit) {
        let range = self.head..(self.old - self.tail).max(self.head);
        let len = self.len - self.head - (self.old - range.end);
        (self.pieces.into_iter().map(|piece| piece.text).collect(), Edit { range, len })
    }

    fn offset(&self, (piece, at): Place) -> usize {
        self.pieces[..piece].iter().map(|piece| piece.text.len()).sum::<usize>() + at
    }

    /// Returns the place of a position, where `Text` has its offset.
    fn place(&self, position: Position) -> Place {
        let end = (self.pieces.len() - 1, self.pieces[self.pieces.len() - 1].text.len());
        let Some(start) = self.start(position.line as usize) else { return end };
        let mut left = position.character as usize;
        let (mut piece, mut at) = start;
        // The character before the place, in the line.
        let mut last = None;
        while let Some(Piece { text, breaks, units }) = self.pieces.get(piece) {
            if at == 0 && *breaks == 0 && *units < left {
                left -= units;
                last = text.chars().next_back().or(last);
            } else {
                for c in text[at..].chars() {
                    if left == 0 || c == '\n' {
                        return self.before_return((piece, at), last.filter(|_| c == '\n'));
                    }
                    left = left.saturating_sub(c.len_utf16());
                    at += c.len_utf8();
                    last = Some(c);
                }
            }
            (piece, at) = (piece + 1, 0);
        }
        self.before_return(end, last)
    }

    /// Returns the place in front of the carriage return that ends a line.
    fn before_return(&self, (mut piece, mut at): Place, last: Option<char>) -> Place {
        if last != Some('\r') {
            return (piece, at);
        }
        while at == 0 && piece > 0 {
            piece -= 1;
            at = self.pieces[piece].text.len();
        }
        (piece, at.saturating_sub(1))
    }

    /// Returns the place of the first character of a line.
    fn start(&self, line: usize) -> Option<Place> {
        let mut left = line;
        if left == 0 {
            return Some((0, 0));
        }
        for (number, piece) in self.pieces.iter().enumerate() {
            if piece.breaks >= left {
                return piece.text.match_indices('\n').nth(left - 1).map(|(at, _)| (number, at + 1));
            }
            left -= piece.breaks;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::Pieces;
    use crate::text::Text;
    use lsp_types::{Position, Range, TextDocumentContentChangeEvent};

    #[test]
    fn edits_of_pieces_are_those_of_the_text() {
        let mut seed = 7_usize;
        let mut draw = |below: usize| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) % below
        };
        let parts =
            ["", "x", "\n", "\r", "\r\n", "\u{1f600}\n\ny", "a long line of many \u{e9} and \u{1f600}, \u{1f600}"];
        for _ in 0..200 {
            let old: String = (0..draw(12)).map(|_| parts[draw(parts.len())]).collect();
            let mut text = Text::new(old.clone());
            let mut pieces = Pieces::new(&old);
            for _ in 0..draw(20) {
                let mut position = || Position::new(draw(12) as u32, draw(40) as u32);
                let range = (position(), position());
                let with = parts[draw(parts.len())];
                let start = text.offset(range.0);
                text.edit(start..text.offset(range.1).max(start), with);
                let range = (draw(30) > 0).then_some(Range::new(range.0, range.1));
                if range.is_none() {
                    text = Text::new(with.to_owned());
                }
                pieces.edit(&TextDocumentContentChangeEvent { range, range_length: None, text: with.to_owned() });
            }
            let (new, edit) = pieces.join();
            assert_eq!(new, text.as_str());
            let with = &new[edit.range.start..edit.range.start + edit.len];
            assert_eq!(new, [&old[..edit.range.start], with, &old[edit.range.end..]].concat());
        }
    }
}
