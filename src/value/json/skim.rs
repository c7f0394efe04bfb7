//! Skimming: validates and skips a value without building it.
//!
//! Only standard JSON is skimmed. At the first byte that deviates the function gives up, and the lenient
//! reader parses the value and decides what json-smart makes of it.

use super::cursor::Stop;
use super::scan;

/// Maximum nesting: the kinds of the open brackets are the bits of one word, innermost lowest. Deeper
/// values are left to the reader.
const MAX_DEPTH: usize = u64::BITS as usize;

/// Returns the end of the value at `at`, or `None` if it is not standard JSON, nests deeper than
/// `max_depth`, or is followed by a byte that would extend it for the lenient reader: in
/// `{"a": 12 ]}` the value is the text `12 ]`.
///
/// The text must not contain json-smart's end mark, which ends the text inside of a string with escapes.
#[inline]
pub(super) fn end_of_value(bytes: &[u8], at: usize, stop: Stop, max_depth: usize) -> Option<usize> {
    let (at, byte) = next(bytes, at)?;
    let end = match byte {
        b'"' => return string(bytes, at + 1),
        b'{' | b'[' => return end_of_container(bytes, at, max_depth.min(MAX_DEPTH)),
        b'-' | b'0'..=b'9' => number(bytes, at)?,
        _ => scan::json_word(bytes, at)?.1,
    };
    stop.contains(next(bytes, end)?.1).then_some(end)
}

#[inline(never)]
fn end_of_container(bytes: &[u8], mut at: usize, max_depth: usize) -> Option<usize> {
    let mut objects = 0_u64;
    let mut depth = 0;
    let mut byte = *bytes.get(at)?;
    // At the start of a value.
    loop {
        match byte {
            b'"' => at = string(bytes, at + 1)?,
            b'{' | b'[' => {
                if depth == max_depth {
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
        // After a value, or at the bracket that closes an empty container.
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

/// Skips JSON white space; returns the offset and value of the next byte.
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

/// Skips `"name":`; returns the offset and value of the next byte. `byte` is the one at `at`.
#[inline(always)]
fn name(bytes: &[u8], at: usize, byte: u8) -> Option<(usize, u8)> {
    if byte != b'"' {
        return None;
    }
    let (at, colon) = next(bytes, string(bytes, at + 1)?)?;
    if colon == b':' { next(bytes, at + 1) } else { None }
}

/// Returns the offset just past the closing quote of the string whose first byte is at `at`.
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

/// The letters that are valid after a backslash, apart from `u`.
const PLAIN_ESCAPES: [bool; 256] = {
    let mut is = [false; 256];
    let mut at = 0;
    while at < 8 {
        is[b"\"\\/bfnrt"[at] as usize] = true;
        at += 1;
    }
    is
};

/// Returns the end of the number at `at`; `None` for exponents of more than three digits, which the
/// reader may refuse.
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

/// Returns the end of a run of at least one digit.
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
