//! Whether a text is, byte for byte, what would be written for its value: then `$input.json('$')` is
//! the payload itself, and nothing need be built.
//!
//! Most payloads were written by a machine without blanks. What is not plainly so is read and written.

use super::scan;
use super::write::end_of_plain;
use crate::value::float;
use crate::value::shape::print;

/// An open object or list: where its names begin among all.
struct Open {
    object: bool,
    names: usize,
}

/// Deeper payloads are read, and refused.
const DEEPEST: usize = 400;

/// The first value of the text, if it is an object or list that is written as it stands.
pub(crate) fn compact(text: &str, escape_slash: bool) -> Option<&str> {
    let end = Scan { text, bytes: text.as_bytes(), escape_slash, names: Vec::new() }.end()?;
    text.get(..end)
}

struct Scan<'t> {
    text: &'t str,
    bytes: &'t [u8],
    escape_slash: bool,
    /// A number for each name of the open objects.
    names: Vec<u32>,
}

impl Scan<'_> {
    fn end(&mut self) -> Option<usize> {
        let mut open: Vec<Open> = Vec::new();
        let mut at = 0;
        loop {
            match *self.bytes.get(at)? {
                bracket @ (b'{' | b'[') => {
                    let object = bracket == b'{';
                    if open.len() >= DEEPEST {
                        return None;
                    }
                    open.push(Open { object, names: self.names.len() });
                    at += 1;
                    match (*self.bytes.get(at)?, object) {
                        (b'}', true) | (b']', false) => {}
                        (_, true) => {
                            at = self.name(at, self.names.len())?;
                            continue;
                        }
                        _ => continue,
                    }
                }
                _ if open.is_empty() => return None,
                b'"' => at = self.string(at + 1)?,
                b'-' | b'0'..=b'9' => at = self.number(at)?,
                _ => at = scan::json_word(self.bytes, at)?.1,
            }
            loop {
                let Some(inner) = open.last() else { return Some(at) };
                match (*self.bytes.get(at)?, inner.object) {
                    (b',', true) => {
                        at = self.name(at + 1, inner.names)?;
                        break;
                    }
                    (b',', false) => {
                        at += 1;
                        break;
                    }
                    (b'}', true) | (b']', false) => {
                        self.names.truncate(inner.names);
                        open.pop();
                        at += 1;
                    }
                    _ => return None,
                }
            }
        }
    }

    /// Behind `"name":`, unless the object has, or seems to have, that name already.
    fn name(&mut self, at: usize, first: usize) -> Option<usize> {
        if *self.bytes.get(at)? != b'"' {
            return None;
        }
        let end = self.string(at + 1)?;
        let name = print(self.bytes.get(at..end)?);
        let others = self.names.get(first..)?;
        if others.len() >= MOST_NAMES || others.contains(&name) || *self.bytes.get(end)? != b':' {
            return None;
        }
        self.names.push(name);
        Some(end + 1)
    }

    /// Behind the closing quote.
    fn string(&self, mut at: usize) -> Option<usize> {
        loop {
            at += end_of_plain(self.text.get(at..)?, self.escape_slash);
            match (*self.bytes.get(at)?, self.bytes.get(at + 1)) {
                (b'"', _) => return Some(at + 1),
                (b'\\', Some(b'"' | b'\\' | b'n' | b't' | b'r' | b'b' | b'f')) => at += 2,
                (b'\\', Some(b'/')) if self.escape_slash => at += 2,
                _ => return None,
            }
        }
    }

    /// Behind a number that prints as it is written.
    fn number(&self, first: usize) -> Option<usize> {
        let rest = self.bytes.get(first..)?;
        let length = rest.iter().position(|byte| !matches!(byte, b'0'..=b'9' | b'-' | b'.'))?;
        let written = self.text.get(first..first + length)?;
        // Longer ones are of other classes.
        let same = length <= 18
            && match written.strip_prefix('-').unwrap_or(written).as_bytes() {
                [b'0'] => length == 1,
                [b'1'..=b'9', rest @ ..] if rest.iter().all(u8::is_ascii_digit) => true,
                [b'0'..=b'9', .., b'0'..=b'9'] if written.contains('.') => {
                    let mut shown = String::new();
                    float::show_double(written.parse().ok()?, &mut shown);
                    shown == written
                }
                _ => false,
            };
        same.then_some(first + length)
    }
}

/// Names are compared each with each.
const MOST_NAMES: usize = 64;
