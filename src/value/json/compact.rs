//! Whether a text is, byte for byte, what would be written for its value: then `$input.json('$')` is
//! the payload itself, and nothing need be built.
//!
//! Most payloads were written by a machine without blanks. What is not plainly so is read and written.
//!
//! An object must not have a name twice. The objects of a list mostly have the same names, so names are
//! kept as ways: each knows which came before it and which came after it last. Along a way all names
//! differ, so who walks one that is known has only to compare the text with what is expected there.

use super::scan;
use super::write::plain_beyond_ascii;
use crate::value::float;
use crate::value::shape::print;

/// Deeper payloads are read, and refused.
const DEEPEST: usize = 400;

/// Names are compared each with each.
const MOST_NAMES: usize = 64;

/// So many are kept for objects to come; more only while an object is open that has them.
const MOST_KEPT: usize = 1_000;

/// The first value of the text, if it is an object or list that is written as it stands.
pub(crate) fn compact(text: &str, escape_slash: bool) -> Option<&str> {
    let bytes = text.as_bytes();
    if !matches!(bytes.first(), Some(b'{' | b'[')) {
        return None;
    }
    let mut names = Vec::with_capacity(32);
    names.push(Name::default());
    let shown = String::new();
    let end = if escape_slash {
        Scan::<true> { bytes, names, shown }.value(0, 0, 0)?
    } else {
        Scan::<false> { bytes, names, shown }.value(0, 0, 0)?
    };
    text.get(..end)
}

/// A name with its quotes and its colon. The first of all stands for the payload and has no text.
#[derive(Default)]
struct Name {
    /// Its first sixteen bytes, and which of them count.
    head: u128,
    mask: u128,
    start: usize,
    length: usize,
    /// The names that were met last: first in an object in its value, and next in its own object.
    inside: u32,
    behind: u32,
    place: Place,
    print: u32,
}

impl Name {
    /// Where it ends if it stands there.
    #[inline(always)]
    fn end_in(&self, bytes: &[u8], at: usize) -> Option<usize> {
        let rest = bytes.get(at..)?;
        let first = u128::from_le_bytes(*rest.first_chunk()?);
        let same = first & self.mask == self.head
            && (self.length <= 16 || rest.get(..self.length) == bytes.get(self.start..self.start + self.length));
        same.then_some(at + self.length)
    }
}

/// Where a name stands: behind which name, or inside of its value.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Place(u32);

impl Place {
    fn behind(name: usize) -> Self {
        Place((name as u32) << 1)
    }

    fn inside(name: usize) -> Self {
        Place((name as u32) << 1 | 1)
    }

    fn name(self) -> usize {
        (self.0 >> 1) as usize
    }

    fn is_first(self) -> bool {
        self.0 & 1 == 1
    }
}

struct Scan<'t, const ESCAPE_SLASH: bool> {
    bytes: &'t [u8],
    names: Vec<Name>,
    /// What a decimal number is written to.
    shown: String,
}

impl<const ESCAPE_SLASH: bool> Scan<'_, ESCAPE_SLASH> {
    /// Behind the value of a name.
    #[inline(always)]
    fn value(&mut self, at: usize, name: usize, depth: usize) -> Option<usize> {
        match *self.bytes.get(at)? {
            b'"' => self.string(at + 1),
            b'-' | b'0'..=b'9' => self.number(at),
            b'{' if depth < DEEPEST => self.object(at + 1, name, depth + 1),
            b'[' if depth < DEEPEST => self.list(at + 1, name, depth + 1),
            _ => Some(scan::json_word(self.bytes, at)?.1),
        }
    }

    fn list(&mut self, mut at: usize, name: usize, depth: usize) -> Option<usize> {
        if *self.bytes.get(at)? == b']' {
            return Some(at + 1);
        }
        loop {
            at = self.value(at, name, depth)?;
            match *self.bytes.get(at)? {
                b',' => at += 1,
                b']' => return Some(at + 1),
                _ => return None,
            }
        }
    }

    fn object(&mut self, mut at: usize, owner: usize, depth: usize) -> Option<usize> {
        if *self.bytes.get(at)? == b'}' {
            return Some(at + 1);
        }
        let before = self.names.len();
        let mut place = Place::inside(owner);
        let mut expected = self.names.get(owner)?.inside as usize;
        loop {
            // One that is no longer kept may have left its number to another.
            let known = self.names.get(expected).filter(|name| name.place == place);
            let name = match known.and_then(|name| Some((name.end_in(self.bytes, at)?, name.behind))) {
                Some((end, behind)) => {
                    at = end;
                    std::mem::replace(&mut expected, behind as usize)
                }
                None => {
                    at = self.other_name(at, place)?;
                    expected = 0;
                    self.names.len() - 1
                }
            };
            at = self.value(at, name, depth)?;
            match *self.bytes.get(at)? {
                b',' => at += 1,
                b'}' => break,
                _ => return None,
            }
            place = Place::behind(name);
        }
        if self.names.len() > MOST_KEPT {
            self.names.truncate(before);
        }
        Some(at + 1)
    }

    /// Behind `"name":`, which becomes the last of the names, unless the object has, or seems to have, it already.
    #[inline(never)]
    fn other_name(&mut self, start: usize, place: Place) -> Option<usize> {
        if *self.bytes.get(start)? != b'"' {
            return None;
        }
        let end = self.string(start + 1)? + 1;
        let text = self.bytes.get(start..end).filter(|text| text.last() == Some(&b':'))?;
        let print = print(text.get(1..text.len() - 2).unwrap_or_default());
        let mut earlier = place;
        let mut count = 1;
        while !earlier.is_first() {
            earlier = self.names.get(earlier.name()).filter(|before| before.print != print)?.place;
            count += 1;
        }
        if count > MOST_NAMES {
            return None;
        }
        let first = match self.bytes.get(start..).and_then(|rest| rest.first_chunk::<16>()) {
            Some(first) => u128::from_le_bytes(*first),
            None => text.iter().take(16).rev().fold(0, |all, &byte| all << 8 | u128::from(byte)),
        };
        let mask = u128::MAX >> (128 - 8 * text.len().min(16));
        let head = first & mask;
        let number = self.names.len() as u32;
        let before = self.names.get_mut(place.name())?;
        *(if place.is_first() { &mut before.inside } else { &mut before.behind }) = number;
        self.names.push(Name { head, mask, start, length: text.len(), inside: 0, behind: 0, place, print });
        Some(end)
    }

    /// Behind the closing quote.
    #[inline(always)]
    fn string(&self, at: usize) -> Option<usize> {
        let end = scan::end_of_written(self.bytes, at, ESCAPE_SLASH);
        if *self.bytes.get(end)? == b'"' { Some(end + 1) } else { self.rest_of_string(end) }
    }

    #[inline(never)]
    fn rest_of_string(&self, mut at: usize) -> Option<usize> {
        loop {
            at += match (*self.bytes.get(at)?, self.bytes.get(at + 1)) {
                (b'"', _) => return Some(at + 1),
                (b'\\', Some(b'"' | b'\\' | b'n' | b't' | b'r' | b'b' | b'f')) => 2,
                (b'\\', Some(b'/')) if ESCAPE_SLASH => 2,
                _ => plain_beyond_ascii(self.bytes, at)?,
            };
            at = scan::end_of_written(self.bytes, at, ESCAPE_SLASH);
        }
    }

    /// Behind a number that prints as it is written.
    #[inline(always)]
    fn number(&mut self, at: usize) -> Option<usize> {
        if let Some(word) = scan::word(self.bytes, at) {
            let count = scan::digits(word).0;
            let next = word.checked_shr(8 * count as u32).unwrap_or(0) as u8;
            if (1..8).contains(&count) && (word as u8 != b'0' || count == 1) && next != b'.' {
                return Some(at + count);
            }
        }
        self.longer_number(at)
    }

    #[inline(never)]
    fn longer_number(&mut self, start: usize) -> Option<usize> {
        let negative = *self.bytes.get(start)? == b'-';
        let first = start + usize::from(negative);
        let end = self.end_of_digits(first);
        let digits = end - first;
        let (head, next) = (*self.bytes.get(first)?, *self.bytes.get(end)?);
        if next == b'.' {
            return self.decimal(start, end + 1);
        }
        // Longer ones are of other classes.
        let same = digits != 0 && end - start <= 18 && (head != b'0' || digits == 1 && !negative);
        same.then_some(end)
    }

    fn end_of_digits(&self, mut at: usize) -> usize {
        while let Some(word) = scan::word(self.bytes, at) {
            let digits = scan::digits(word).0;
            at += digits;
            if digits < 8 {
                return at;
            }
        }
        at + self.bytes.get(at..).unwrap_or_default().iter().take_while(|byte| byte.is_ascii_digit()).count()
    }

    fn decimal(&mut self, start: usize, point: usize) -> Option<usize> {
        let end = self.end_of_digits(point);
        let written = std::str::from_utf8(self.bytes.get(start..end)?).ok()?;
        self.shown.clear();
        float::show_double(written.parse().ok()?, &mut self.shown);
        (written.len() <= 18 && self.shown == written).then_some(end)
    }
}
