//! Places in a text by UTF-16 units, each charged for the walk to it: of long texts from an index.

use super::java_string::out_of_bounds;
use crate::error::Error;
use crate::value::text::{as_lone_surrogate, byte_of_unit, utf16_len};
use crate::value::units::Units;
use crate::value::{Arena, Text};
use std::rc::Rc;

/// Length in bytes from which a text gets an index of its units.
const LONG: usize = 256;

/// Charges a walk through a short text by its units. Those of ASCII are its bytes.
fn charge_walk(arena: &Arena<'_>, text: &str) -> Result<(), Error> {
    if text.is_ascii() { Ok(()) } else { arena.budget.charge(1 + text.len() / 16) }
}

/// Returns the index of a long text and charges a walk from one of its marks.
fn indexed<'r>(arena: &'r Arena<'r>, text: &Text<'r>) -> Result<Rc<Units<'r>>, Error> {
    let units = arena.units(text)?;
    arena.budget.charge(units.steps_of_walk())?;
    Ok(units)
}

/// Returns the number of units.
pub(super) fn unit_count<'r>(arena: &'r Arena<'r>, text: &Text<'r>) -> Result<usize, Error> {
    if text.len() >= LONG {
        return Ok(arena.units(text)?.len());
    }
    charge_walk(arena, text)?;
    Ok(utf16_len(text))
}

/// Returns the byte at which the UTF-16 unit `at` starts; `None` inside of a surrogate pair and past the end.
pub(super) fn byte_of<'r>(arena: &'r Arena<'r>, text: &Text<'r>, at: usize) -> Result<Option<usize>, Error> {
    if text.len() >= LONG {
        return Ok(indexed(arena, text)?.byte_of(at));
    }
    charge_walk(arena, text)?;
    Ok(byte_of_unit(text, at))
}

/// Returns the UTF-16 unit that starts at a byte.
pub(super) fn unit_of<'r>(arena: &'r Arena<'r>, text: &Text<'r>, byte: usize) -> Result<usize, Error> {
    if text.len() >= LONG {
        return Ok(indexed(arena, text)?.unit_of(byte));
    }
    charge_walk(arena, &text[..byte])?;
    Ok(utf16_len(&text[..byte]))
}

/// Returns the character that starts at a unit, if one does.
pub(super) fn char_at<'r>(arena: &'r Arena<'r>, text: &Text<'r>, at: i32) -> Result<Option<char>, Error> {
    let Ok(at) = usize::try_from(at) else { return Ok(None) };
    Ok(byte_of(arena, text, at)?.and_then(|byte| text[byte..].chars().next()))
}

/// Returns the unit at an index, which must be in the text.
pub(super) fn unit_at<'r>(arena: &'r Arena<'r>, text: &Text<'r>, at: i32) -> Result<u16, Error> {
    let unit = |c: char, nth: usize| match as_lone_surrogate(c) {
        Some(half) => Some(half),
        None => c.encode_utf16(&mut [0; 2]).get(nth).copied(),
    };
    let found = match char_at(arena, text, at)? {
        Some(c) => unit(c, 0),
        // The second half of a pair.
        None => char_at(arena, text, at.wrapping_sub(1))?.and_then(|c| unit(c, 1)),
    };
    found.ok_or_else(|| out_of_bounds(format!("String index out of range: {at}")))
}

/// Returns the character that the unit before `at` belongs to, and its byte, if it starts there.
pub(super) fn char_before<'r>(
    arena: &'r Arena<'r>,
    text: &Text<'r>,
    at: usize,
) -> Result<Option<(usize, char)>, Error> {
    let Some(before) = at.checked_sub(1) else { return Ok(None) };
    let byte = byte_of(arena, text, before)?;
    Ok(byte.and_then(|byte| text[byte..].chars().next().map(|c| (byte, c))))
}
