//! Text in a payload: `"quoted"`, `'quoted'`, and `bare`.

use super::cursor::{END, Reader, Stop};
use super::refuse::Fault;
use super::scan;
use crate::error::Error;
use crate::value::Value;
use crate::value::text::lone_surrogate;

/// Maximum length of a string whose buffer is used again.
const REUSED: usize = 64;

impl<'r> Reader<'r> {
    /// Consumes the quoted string at the cursor and returns it verbatim, control characters included, if it has no
    /// backslash; otherwise returns `None` and consumes nothing.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn plain(&mut self, quote: u8) -> Option<&'r str> {
        let first = self.at + 1;
        let end = scan::quote_or_backslash(self.bytes, first, quote)?;
        if self.bytes.get(end) != Some(&quote) {
            return None;
        }
        self.at = end + 1;
        self.text.get(first..)?.get(..end - first)
    }

    #[cold]
    fn no_closing_quote(&mut self) -> Error {
        self.at = self.bytes.len();
        self.refuse(Fault::End("null"), 0)
    }

    /// Consumes a quoted string with escapes and returns it as a string value. Here json-smart drops control
    /// characters, and the end mark ends the text.
    #[cold]
    pub(super) fn unescape(&mut self, quote: u8) -> Result<Value<'r>, Error> {
        let first = self.at + 1;
        // json-smart requires any quote ahead, even an escaped one.
        let rest = self.bytes.get(first..).unwrap_or_default();
        if memchr::memchr(quote, rest).is_none() {
            return Err(self.no_closing_quote());
        }
        let mut units = Units { text: std::mem::take(&mut self.unescaped), high: None };
        units.text.clear();
        self.at = first;
        loop {
            let end = scan::end_of_run(self.bytes, self.at, quote);
            units.text.push_str(self.text.get(self.at..end).unwrap_or_default());
            self.at = end;
            match self.peek() {
                b'\\' => {
                    self.at += 1;
                    self.escape(&mut units)?;
                }
                END => return Err(self.refuse(Fault::End("null"), 1)),
                byte => {
                    self.at += 1;
                    if byte == quote {
                        break;
                    }
                }
            }
        }
        if units.text.len() > REUSED {
            return self.arena.string(units.text);
        }
        self.unescaped = units.text;
        self.arena.copy(&self.unescaped)
    }

    /// Consumes an escape after its backslash. An unknown letter is dropped.
    fn escape(&mut self, units: &mut Units) -> Result<(), Error> {
        if self.at >= self.bytes.len() {
            return Err(self.refuse(Fault::End("null"), 0));
        }
        let letter = self.peek();
        let plain = match letter {
            b'u' => return self.unit(4, units),
            b'x' => return self.unit(2, units),
            b'n' => '\n',
            b't' => '\t',
            b'r' => '\r',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'"' | b'\'' | b'\\' | b'/' => char::from(letter),
            _ => {
                let dropped = self.text.get(self.at..).and_then(|rest| rest.chars().next()).unwrap_or('\0');
                self.at += dropped.len_utf8();
                // Of a surrogate pair only the first unit is dropped.
                if let [_, half] = dropped.encode_utf16(&mut [0; 2]) {
                    units.push(*half);
                }
                return Ok(());
            }
        };
        self.at += 1;
        units.text.push(plain);
        Ok(())
    }

    /// Consumes the hexadecimal digits of `\u` (four) or `\x` (two).
    fn unit(&mut self, digits: usize, units: &mut Units) -> Result<(), Error> {
        let mut unit = 0;
        for _ in 0..digits {
            self.at += 1;
            let byte = self.peek();
            match char::from(byte).to_digit(16) {
                Some(digit) => unit = unit << 4 | digit as u16,
                None if byte == END => return Err(self.refuse(Fault::End("EOF"), 0)),
                None => return Err(self.refuse(Fault::Unicode, 0)),
            }
        }
        self.at += 1;
        units.push(unit);
        Ok(())
    }

    /// Consumes the unquoted text up to a terminator; returns it without the white space and control
    /// characters around it.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn bare(&mut self, stop: Stop) -> &'r str {
        let first = self.at;
        self.at = stop.find(self.bytes, first);
        self.text.get(first..self.at).unwrap_or_default().trim_matches(|c| c <= ' ')
    }
}

/// A string builder that accepts UTF-16 units and joins surrogate pairs, whether escaped or not.
struct Units {
    text: String,
    /// The last high surrogate, and the length of the text just after it.
    high: Option<(u16, usize)>,
}

impl Units {
    fn push(&mut self, unit: u16) {
        if let Some(c) = char::from_u32(u32::from(unit)) {
            return self.text.push(c);
        }
        if let Some((high, end)) = self.high
            && end == self.text.len()
            && let Some(Ok(pair)) = char::decode_utf16([high, unit]).next()
        {
            self.text.pop();
            self.high = None;
            return self.text.push(pair);
        }
        self.text.push(lone_surrogate(unit));
        self.high = Some((unit, self.text.len()));
    }
}
