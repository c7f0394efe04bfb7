//! Parsing of quantifiers: `x?`, `x*`, `x+`, `x{2,3}`.

use super::extent::Repeats;
use super::translate::{Form, PatternParser, Piece, Subject};
use crate::error::Error;

impl PatternParser<'_> {
    /// Parses the quantifier after an atom: `x?`, `x*`, `x+`, `x{2,3}`, each optionally with `?` or `+`.
    pub(super) fn repeated(&mut self, piece: Piece) -> Result<Piece, Error> {
        let (least, most) = match self.peek() {
            _ if self.done() => return Ok(piece),
            b'?' => (0, Some(1)),
            b'*' => (0, None),
            b'+' => (1, None),
            b'{' => self.counts()?,
            _ => return Ok(piece),
        };
        self.at += 1;
        let mark = self.peek();
        let mark = if !self.done() && (mark == b'?' || mark == b'+') { mark } else { 0 };
        if mark != 0 {
            self.at += 1;
        }
        let is_empty = piece.extent.is_empty;
        let repeats = match mark {
            0 if piece.form == Form::Class => Repeats::ClassGreedily,
            b'+' => Repeats::Other,
            _ if piece.form == Form::Group => Repeats::Group,
            _ => Repeats::Other,
        };
        // Java does not go back into a turn of a possessive repetition, nor into a `\R` that is repeated, alone or in a group
        // of one way that is more than left out.
        let has_line_end = match piece.form {
            Form::Group if mark != b'+' && (least, most) == (0, Some(1)) => false,
            Form::Group => piece.extent.has_line_end && piece.extent.single_way,
            form => form == Form::LineEnd,
        };
        let is_atomic =
            has_line_end && self.texts == Subject::AnyText || mark == b'+' && !piece.extent.single_way && !is_empty;
        let extent = piece.extent.repeated(least, most, repeats);
        let inner = match (piece.form, is_atomic) {
            (Form::Class, _) => piece.text,
            (_, true) => format!("(?>{})", piece.text),
            _ => format!("(?:{})", piece.text),
        };
        if is_empty {
            // A repetition of the empty string is optional or empty.
            let text = match (least, mark) {
                (1.., _) => inner,
                (_, b'?') => format!("(?:|{inner})"),
                (_, b'+') => format!("(?>{inner}|)"),
                _ => format!("(?:{inner}|)"),
            };
            return Ok(Piece { text, extent, form: Form::Other });
        }
        let count = match (least, most) {
            (0, Some(1)) => "?".to_owned(),
            (0, None) => "*".to_owned(),
            (1, None) => "+".to_owned(),
            (n, None) => format!("{{{n},}}"),
            (n, Some(m)) if n == m => format!("{{{n}}}"),
            (n, Some(m)) => format!("{{{n},{m}}}"),
        };
        let text = match mark {
            b'+' => format!("(?>{inner}{count})"),
            b'?' => format!("{inner}{count}?"),
            _ => inner + &count,
        };
        Ok(Piece { text, extent, form: Form::Other })
    }

    /// Parses `{2,3}` up to its `}`.
    pub(super) fn counts(&mut self) -> Result<(u32, Option<u32>), Error> {
        self.at += 1;
        let mut c = self.ascii(self.at);
        self.at += 1;
        if !c.is_ascii_digit() {
            return Err(self.bad("Illegal repetition"));
        }
        let least = self.number(&mut c)?;
        let mut most = Some(least);
        if c == b',' {
            c = self.read_ascii();
            most = if c == b'}' { None } else { Some(self.number(&mut c)?) };
        }
        if c != b'}' {
            return Err(self.bad("Unclosed counted closure"));
        }
        if most.is_some_and(|most| most < least) {
            return Err(self.bad("Illegal repetition range"));
        }
        self.at -= 1;
        Ok((least, most))
    }

    /// Parses a number from its first digit `c`; sets `c` to the character after it.
    pub(super) fn number(&mut self, c: &mut u8) -> Result<u32, Error> {
        let mut n: i32 = 0;
        while c.is_ascii_digit() {
            n = n
                .checked_mul(10)
                .and_then(|n| n.checked_add(i32::from(*c - b'0')))
                .ok_or_else(|| self.bad("Illegal repetition range"))?;
            *c = self.read_ascii();
        }
        Ok(n.unsigned_abs())
    }
}
