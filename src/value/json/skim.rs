//! Passing over a value that nobody needs.
//!
//! Only JSON as the standards have it is passed over; at the first byte that is not so the reader
//! reads the value after all, and finds out what json-smart says of it.

use super::read::Stop;
use super::scan;

/// The open brackets, innermost lowest: whether each is that of an object. Of what nests deeper, values are made.
const DEEPEST: usize = u64::BITS as usize;

/// Where the value that starts at `at` ends, with at most so many brackets open, if it is sound JSON and
/// what follows ends it for the lenient reader too: `{"a": 12 ]}` is the text `12 ]`.
///
/// The text must not hold json-smart's mark for the end, which ends it in a string with escapes.
#[inline]
pub(super) fn end_of_value(bytes: &[u8], at: usize, stop: Stop, most: usize) -> Option<usize> {
    let (at, byte) = next(bytes, at)?;
    let end = match byte {
        b'"' => return string(bytes, at + 1),
        b'{' | b'[' => return end_of_container(bytes, at, most.min(DEEPEST)),
        b'-' | b'0'..=b'9' => number(bytes, at)?,
        _ => scan::json_word(bytes, at)?.1,
    };
    stop.holds(next(bytes, end)?.1).then_some(end)
}

#[inline(never)]
fn end_of_container(bytes: &[u8], mut at: usize, most: usize) -> Option<usize> {
    let mut objects = 0_u64;
    let mut depth = 0;
    let mut byte = *bytes.get(at)?;
    // At the start of a value.
    loop {
        match byte {
            b'"' => at = string(bytes, at + 1)?,
            b'{' | b'[' => {
                if depth == most {
                    return None;
                }
                depth += 1;
                objects = objects << 1 | u64::from(byte == b'{');
                let open = byte;
                (at, byte) = next(bytes, at + 1)?;
                // `{` and `}` differ by two, as `[` and `]` do.
                if byte != open + 2 {
                    if open == b'{' {
                        (at, byte) = name(bytes, at, byte)?;
                    }
                    continue;
                }
            }
            b'-' | b'0'..=b'9' => at = number(bytes, at)?,
            _ => at = scan::json_word(bytes, at)?.1,
        }
        // Behind a value, or at the bracket that ends an empty one.
        loop {
            (at, byte) = next(bytes, at)?;
            at += 1;
            if byte == b',' {
                (at, byte) = next(bytes, at)?;
                if objects & 1 == 1 {
                    (at, byte) = name(bytes, at, byte)?;
                }
                break;
            }
            if byte != if objects & 1 == 1 { b'}' } else { b']' } {
                return None;
            }
            objects >>= 1;
            depth -= 1;
            if depth == 0 {
                return Some(at);
            }
        }
    }
}

/// The next byte that is no white space of JSON, and where it is.
#[inline(always)]
fn next(bytes: &[u8], mut at: usize) -> Option<(usize, u8)> {
    let mut byte = *bytes.get(at)?;
    while byte <= b' ' {
        if !matches!(byte, b' ' | b'\n' | b'\r' | b'\t') {
            return None;
        }
        at += 1;
        byte = *bytes.get(at)?;
    }
    Some((at, byte))
}

/// What comes behind `"name":`.
#[inline(always)]
fn name(bytes: &[u8], at: usize, byte: u8) -> Option<(usize, u8)> {
    if byte != b'"' {
        return None;
    }
    let (at, colon) = next(bytes, string(bytes, at + 1)?)?;
    if colon == b':' { next(bytes, at + 1) } else { None }
}

/// Behind the closing quote of the string whose first byte is at `at`.
#[inline(always)]
fn string(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        at = scan::quote_or_backslash(bytes, at, b'"')?;
        if bytes.get(at) == Some(&b'"') {
            return Some(at + 1);
        }
        let letter = *bytes.get(at + 1)?;
        at += 2;
        if letter == b'u' {
            bytes.get(at..at + 4)?.iter().all(u8::is_ascii_hexdigit).then_some(())?;
            at += 4;
        } else if !PLAIN_ESCAPES[usize::from(letter)] {
            return None;
        }
    }
}

/// The letters that stand for one character behind a backslash.
const PLAIN_ESCAPES: [bool; 256] = {
    let mut is = [false; 256];
    let mut at = 0;
    while at < 8 {
        is[b"\"\\/bfnrt"[at] as usize] = true;
        at += 1;
    }
    is
};

/// Behind a number that the reader takes: one with a long exponent may be none.
#[inline(always)]
fn number(bytes: &[u8], at: usize) -> Option<usize> {
    let at = digits(bytes, at + usize::from(bytes.get(at) == Some(&b'-')))?;
    match bytes.get(at) {
        Some(b'.') => {
            let at = digits(bytes, at + 1)?;
            if matches!(bytes.get(at), Some(b'e' | b'E')) { exponent(bytes, at) } else { Some(at) }
        }
        Some(b'e' | b'E') => exponent(bytes, at),
        _ => Some(at),
    }
}

fn exponent(bytes: &[u8], at: usize) -> Option<usize> {
    let first = at + 1 + usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
    let end = digits(bytes, first)?;
    (end - first <= 3).then_some(end)
}

/// Behind one digit or more.
#[inline(always)]
fn digits(bytes: &[u8], first: usize) -> Option<usize> {
    let mut at = first;
    while let Some(word) = scan::word(bytes, at) {
        let count = scan::count_digits(word);
        at += count;
        if count < 8 {
            return (at > first).then_some(at);
        }
    }
    while let Some(b'0'..=b'9') = bytes.get(at) {
        at += 1;
    }
    (at > first).then_some(at)
}
