//! UTF-16 units of long texts: which byte a unit starts at, and which unit a byte, without a walk from
//! the start.

use super::text::{self, Text, units_of};
use std::rc::Rc;

/// Units between two marks.
const STRIDE: usize = 128;

/// The index of one text, which it keeps alive.
pub(crate) struct Units<'r> {
    text: Text<'r>,
    /// Every character is one byte and one unit.
    is_ascii: bool,
    len: usize,
    /// The unit and the byte of a character about every [`STRIDE`] units, the first one at the start.
    marks: Vec<(u32, u32)>,
}

impl<'r> Units<'r> {
    /// Walks through a text.
    pub(crate) fn of(text: &Text<'r>) -> Self {
        let (text, is_ascii) = (text.clone(), text.is_ascii());
        if is_ascii {
            return Units { len: text.len(), text, is_ascii, marks: Vec::new() };
        }
        let (mut len, mut due) = (0, 0);
        let mut marks = Vec::with_capacity(text.len() / STRIDE + 1);
        for (byte, c) in text.char_indices() {
            if len >= due {
                marks.push((len as u32, byte as u32));
                due = len + STRIDE;
            }
            len += units_of(c);
        }
        Units { text, is_ascii, len, marks }
    }

    /// Checks whether this is the index of a text.
    fn is_of(&self, text: &Text<'_>) -> bool {
        std::ptr::eq(self.text.as_str(), text.as_str())
    }

    /// Returns the steps of a walk from a mark to the next.
    pub(crate) fn steps_of_walk(&self) -> usize {
        if self.is_ascii { 0 } else { STRIDE / 16 }
    }

    /// Returns the number of units.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Returns the byte at which the unit `at` starts; `None` inside of a surrogate pair and past the end.
    pub(crate) fn byte_of(&self, at: usize) -> Option<usize> {
        if self.is_ascii {
            return (at <= self.len).then_some(at);
        }
        let mark = self.marks.partition_point(|(unit, _)| *unit as usize <= at).checked_sub(1)?;
        let (unit, start) = self.marks[mark];
        let (unit, start) = (unit as usize, start as usize);
        // The piece up to the next mark alone: the rest may be long.
        let end = self.marks.get(mark + 1).map_or(self.text.len(), |(_, next)| *next as usize);
        text::byte_of_unit(&self.text[start..end], at - unit).map(|byte| start + byte)
    }

    /// Returns the unit that starts at a byte, which must be the start of a character or the end.
    pub(crate) fn unit_of(&self, byte: usize) -> usize {
        if self.is_ascii {
            return byte;
        }
        let mark = self.marks.partition_point(|(_, start)| *start as usize <= byte).saturating_sub(1);
        let (unit, start) = self.marks.get(mark).copied().unwrap_or_default();
        unit as usize + text::utf16_len(self.text.get(start as usize..byte).unwrap_or(""))
    }
}

/// Indexes that a render keeps.
const KEPT: usize = 4;

/// The indexes of the texts that a render used last.
#[derive(Default)]
pub(crate) struct KnownUnits<'r>(Vec<Rc<Units<'r>>>);

impl<'r> KnownUnits<'r> {
    /// Returns the index of a text, if it is known.
    pub(crate) fn get(&self, text: &Text<'r>) -> Option<Rc<Units<'r>>> {
        self.0.iter().find(|known| known.is_of(text)).cloned()
    }

    /// Adds the index of a text and forgets the oldest.
    pub(crate) fn add(&mut self, text: &Text<'r>) -> Rc<Units<'r>> {
        if self.0.len() == KEPT {
            self.0.remove(0);
        }
        let units = Rc::new(Units::of(text));
        self.0.push(units.clone());
        units
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::text::{lone_surrogate, to_utf16};

    #[test]
    fn units_and_bytes_of_long_texts_are_those_of_a_walk() {
        let piece = format!("a\u{e9}\u{20ac}\u{1f600}{}", lone_surrogate(0xD83D));
        let text = Text::from(piece.repeat(100));
        let units = Units::of(&text);
        assert_eq!(units.len(), to_utf16(&text).len());
        let mut at = 0;
        for (byte, c) in text.char_indices() {
            assert_eq!((units.byte_of(at), units.unit_of(byte)), (Some(byte), at));
            if units_of(c) == 2 {
                assert_eq!(units.byte_of(at + 1), None);
            }
            at += units_of(c);
        }
        assert_eq!((units.byte_of(at), units.byte_of(at + 1)), (Some(text.len()), None));
    }
}
