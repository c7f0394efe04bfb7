//! `java.lang.String` in UTF-16 units, and the readers of a string method's arguments.

use super::exception::null_pointer;
use crate::diagnostic::Code;
use crate::error::Error;
use crate::value::Arena;
use crate::value::Value;
use crate::value::text::{is_wire, mapped, to_utf16};
use memchr::memmem::Finder;

/// Creates the error for an index outside of a string.
pub(super) fn out_of_bounds(message: impl Into<String>) -> Error {
    Error::new(Code::OutOfBounds, message)
}

/// Returns the string argument at a position; null is a `NullPointerException`.
pub(super) fn text_at<'a>(args: &'a [Value<'_>], at: usize) -> Result<&'a str, Error> {
    match args.get(at) {
        Some(Value::Str(text)) => Ok(mapped(text)),
        _ => Err(null_pointer()),
    }
}

/// Returns the argument at a position as an `int`, 0 for anything but a whole number.
pub(super) fn int_at(args: &[Value<'_>], at: usize) -> i32 {
    match args.get(at) {
        Some(Value::Int(i)) => *i,
        Some(Value::Short(i)) => i32::from(*i),
        Some(Value::Byte(i)) => i32::from(*i),
        _ => 0,
    }
}

/// Checks a character as `Character.isWhitespace` does.
pub(super) fn is_whitespace(c: char) -> bool {
    match c {
        '\u{A0}' | '\u{2007}' | '\u{202F}' | '\u{85}' => false,
        '\u{1C}'..='\u{1F}' => true,
        _ => c.is_whitespace(),
    }
}

/// Checks for a lone half of a surrogate pair.
pub(super) fn has_lone(s: &str) -> bool {
    !is_wire(s)
}

/// Text in UTF-16 that is searched for parts of it, half surrogate pairs among them.
pub(super) struct WideText<'p> {
    bytes: Vec<u8>,
    part: Finder<'p>,
}

/// Returns a text as bytes in UTF-16.
pub(super) fn wide(s: &str) -> Vec<u8> {
    to_utf16(s).into_iter().flat_map(u16::to_be_bytes).collect()
}

impl<'p> WideText<'p> {
    /// Prepares the search for `part`, which is in UTF-16.
    pub(super) fn new(s: &str, part: &'p [u8]) -> Self {
        WideText { bytes: wide(s), part: Finder::new(part) }
    }

    /// Returns the first unit from `from` on at which the part starts.
    pub(super) fn find(&self, arena: &Arena<'_>, from: usize) -> Result<Option<usize>, Error> {
        let mut at = 2 * from;
        while let Some(found) = self.bytes.get(at..).and_then(|rest| self.part.find(rest)) {
            if (at + found).is_multiple_of(2) {
                return Ok(Some((at + found) / 2));
            }
            // The bytes of the part, but from the middle of a unit on.
            arena.budget.charge(1 + self.part.needle().len() / 16)?;
            at += found + 1;
        }
        Ok(None)
    }
}
