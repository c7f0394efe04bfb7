//! Passing over a value that nobody needs.
//!
//! Only JSON as the standards have it is passed over; at the first byte that is not so the reader
//! reads the value after all, and finds out what json-smart says of it.

use super::read::{END, Stop};
use super::scan;

/// The kinds of the open brackets, a bit each: whether it is an object.
struct Open {
    kinds: [u64; 7],
    depth: usize,
    most: usize,
}

impl Open {
    #[inline(always)]
    fn push(&mut self, object: bool) -> Option<()> {
        if self.depth >= self.most {
            return None;
        }
        let word = self.kinds.get_mut(self.depth / 64)?;
        *word = *word & !(1 << (self.depth % 64)) | u64::from(object) << (self.depth % 64);
        self.depth += 1;
        Some(())
    }

    #[inline(always)]
    fn in_object(&self) -> bool {
        let at = self.depth.wrapping_sub(1);
        self.kinds.get(at / 64).is_some_and(|word| word >> (at % 64) & 1 == 1)
    }
}

/// Where the value that starts at `at` ends, with at most so many brackets open, if it is sound JSON and
/// what follows ends it for the lenient reader too: `{"a": 12 ]}` is the text `12 ]`.
pub(super) fn end_of_value(bytes: &[u8], mut at: usize, stop: Stop, most: usize) -> Option<usize> {
    let mut open = Open { kinds: [0; 7], depth: 0, most };
    loop {
        at = space(bytes, at);
        let mut bare = false;
        match *bytes.get(at)? {
            b'"' => at = string(bytes, at + 1)?,
            b'{' => {
                open.push(true)?;
                at = space(bytes, at + 1);
                if *bytes.get(at)? != b'}' {
                    at = name(bytes, at)?;
                    continue;
                }
                open.depth -= 1;
                at += 1;
            }
            b'[' => {
                open.push(false)?;
                at = space(bytes, at + 1);
                if *bytes.get(at)? != b']' {
                    continue;
                }
                open.depth -= 1;
                at += 1;
            }
            b'-' | b'0'..=b'9' => {
                at = number(bytes, at)?;
                bare = true;
            }
            _ => {
                at = scan::json_word(bytes, at)?.1;
                bare = true;
            }
        }
        loop {
            if open.depth == 0 {
                let ends = !bare || stop.holds(*bytes.get(space(bytes, at))?);
                return ends.then_some(at);
            }
            at = space(bytes, at);
            match (*bytes.get(at)?, open.in_object()) {
                (b',', true) => {
                    at = name(bytes, space(bytes, at + 1))?;
                    break;
                }
                (b',', false) => {
                    at += 1;
                    break;
                }
                (b'}', true) | (b']', false) => {
                    open.depth -= 1;
                    at += 1;
                }
                _ => return None,
            }
        }
    }
}

/// Behind JSON's white space.
#[inline(always)]
fn space(bytes: &[u8], mut at: usize) -> usize {
    while let Some(b' ' | b'\n' | b'\r' | b'\t') = bytes.get(at) {
        at += 1;
    }
    at
}

/// Behind `"name":`.
#[inline(always)]
fn name(bytes: &[u8], at: usize) -> Option<usize> {
    if *bytes.get(at)? != b'"' {
        return None;
    }
    let end = space(bytes, string(bytes, at + 1)?);
    (*bytes.get(end)? == b':').then_some(end + 1)
}

/// Behind the closing quote of the string whose first byte is at `first`.
#[inline(always)]
fn string(bytes: &[u8], first: usize) -> Option<usize> {
    let end = scan::quote_or_backslash(bytes, first, b'"')?;
    if bytes.get(end) == Some(&b'"') { Some(end + 1) } else { escaped(bytes, first, end) }
}

/// The same for a string whose first backslash is at `at`.
fn escaped(bytes: &[u8], first: usize, mut at: usize) -> Option<usize> {
    while bytes.get(at) == Some(&b'\\') {
        at = match *bytes.get(at + 1)? {
            b'u' if bytes.get(at + 2..at + 6)?.iter().all(u8::is_ascii_hexdigit) => at + 6,
            b'"' | b'\\' | b'/' | b'n' | b't' | b'r' | b'b' | b'f' => at + 2,
            _ => return None,
        };
        at = scan::quote_or_backslash(bytes, at, b'"')?;
    }
    // In a string with escapes this mark ends the text.
    memchr::memchr(END, bytes.get(first..at)?).is_none().then_some(at + 1)
}

/// Behind a number that the reader takes: one with a long exponent may be none.
#[inline(always)]
fn number(bytes: &[u8], at: usize) -> Option<usize> {
    let at = digits(bytes, at + usize::from(bytes.get(at) == Some(&b'-')))?;
    let at = if bytes.get(at) == Some(&b'.') { digits(bytes, at + 1)? } else { at };
    if !matches!(bytes.get(at), Some(b'e' | b'E')) {
        return Some(at);
    }
    let first = at + 1 + usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
    let end = digits(bytes, first)?;
    (end - first <= 3).then_some(end)
}

/// Behind one digit or more.
#[inline(always)]
fn digits(bytes: &[u8], first: usize) -> Option<usize> {
    let mut at = first;
    while let Some(b'0'..=b'9') = bytes.get(at) {
        at += 1;
    }
    (at > first).then_some(at)
}
