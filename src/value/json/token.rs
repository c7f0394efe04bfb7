//! The ends of strings, numbers and words of standard JSON, found sixteen bytes at a time without
//! building a value.

use super::scan;
use wide::u8x16;

/// Sixteen bytes of the text: most strings and numbers end within them.
pub(super) type Window = [u8; 16];

/// Returns the window at `at`, unless the text ends within it.
#[inline(always)]
pub(super) fn window(bytes: &[u8], at: usize) -> Option<&Window> {
    bytes.get(at..)?.first_chunk()
}

/// A text that is expected, of which the first sixteen bytes are compared at once.
#[derive(Clone, Copy, Default)]
pub(super) struct Expected {
    head: Window,
    /// The bits of the bytes of `head` that are past the end of the text.
    past: u32,
}

impl Expected {
    /// Creates the text that is `bytes`, which may be followed by others.
    pub(super) fn new(bytes: impl Iterator<Item = u8>) -> Self {
        let mut expected = Expected { head: [0; 16], past: 0xFFFF };
        for (byte, place) in bytes.zip(&mut expected.head) {
            *place = byte;
            expected.past <<= 1;
        }
        expected.past &= 0xFFFF;
        expected
    }

    /// Creates the text that is the first `length` bytes from a window on.
    #[inline(always)]
    pub(super) fn in_window(window: &Window, length: usize) -> Self {
        Expected { head: *window, past: 0xFFFF & (0xFFFF << length.min(16)) }
    }

    /// Returns `true` if the window starts with the text, or with its first sixteen bytes.
    #[inline(always)]
    pub(super) fn is_at(&self, window: &Window) -> bool {
        u8x16::new(*window).simd_eq(u8x16::new(self.head)).to_bitmask() | self.past == 0xFFFF
    }
}

/// Skips JSON white space; returns the offset and value of the next byte.
#[inline(always)]
pub(super) fn next(bytes: &[u8], at: usize) -> Option<(usize, u8)> {
    let byte = *bytes.get(at)?;
    if byte > b' ' { Some((at, byte)) } else { after_space(bytes, at) }
}

#[inline(never)]
fn after_space(bytes: &[u8], mut at: usize) -> Option<(usize, u8)> {
    loop {
        match *bytes.get(at)? {
            // Indentation is skipped eight blanks at a time.
            b' ' if scan::word(bytes, at) == Some(u64::from_le_bytes([b' '; 8])) => at += 8,
            b' ' | b'\n' | b'\r' | b'\t' => at += 1,
            byte => return (byte > b' ').then_some((at, byte)),
        }
    }
}

/// Returns the end of the string, number or word whose first byte is `byte`, at `at`.
#[inline(always)]
pub(super) fn end_of_scalar(bytes: &[u8], at: usize, byte: u8) -> Option<usize> {
    match byte {
        b'"' => end_of_string(bytes, at + 1),
        b'-' | b'0'..=b'9' => {
            let length = window(bytes, at).and_then(number_in);
            length.map(|length| at + length).or_else(|| end_of_long_number(bytes, at))
        }
        _ => Some(scan::json_word(bytes, at)?.1),
    }
}

/// Returns the offset just past the closing quote of the string whose first byte is at `at`.
#[inline(always)]
pub(super) fn end_of_string(bytes: &[u8], at: usize) -> Option<usize> {
    let length = window(bytes, at).and_then(string_in);
    length.map(|length| at + length).or_else(|| end_of_long_string(bytes, at))
}

/// Returns the length of the rest of a string with its closing quote, if it ends in the window and has
/// no backslash.
#[inline(always)]
pub(super) fn string_in(window: &Window) -> Option<usize> {
    let window = u8x16::new(*window);
    let quotes = window.simd_eq(u8x16::splat(b'"')).to_bitmask();
    let backslashes = window.simd_eq(u8x16::splat(b'\\')).to_bitmask();
    let plain = quotes != 0 && backslashes & below_first(u64::from(quotes)) as u32 == 0;
    plain.then(|| quotes.trailing_zeros() as usize + 1)
}

/// Returns the bits up to the first of `marks`; all bits if there is none.
#[inline(always)]
fn below_first(marks: u64) -> u64 {
    marks ^ marks.wrapping_sub(1)
}

/// The length of a step through a long string, and of the longest escape.
const STEP: usize = 32;
const MAX_ESCAPE: usize = 6;

/// Returns the offset just past the closing quote of a string that is long or has escapes.
#[inline(never)]
pub(super) fn end_of_long_string(bytes: &[u8], mut at: usize) -> Option<usize> {
    'step: while let Some(piece) = bytes.get(at..).and_then(|rest| rest.first_chunk::<STEP>()) {
        let (mut quotes, mut backslashes) = (marks(piece, b'"'), marks(piece, b'\\'));
        // Most escapes are those of quotes.
        let escaped = backslashes << 1;
        if escaped & !quotes == 0 {
            quotes ^= escaped;
            backslashes = 0;
        }
        while backslashes & below_first(quotes) != 0 {
            let backslash = backslashes.trailing_zeros() as usize;
            if backslash > STEP - MAX_ESCAPE {
                at += backslash;
                continue 'step;
            }
            let after = u64::MAX << (backslash + 1 + escape(piece.get(backslash + 1..)?)?);
            (quotes, backslashes) = (quotes & after, backslashes & after);
        }
        if quotes != 0 {
            return Some(at + quotes.trailing_zeros() as usize + 1);
        }
        at += STEP;
    }
    loop {
        at = scan::quote_or_backslash(bytes, at, b'"')?;
        if bytes.get(at) == Some(&b'"') {
            return Some(at + 1);
        }
        at += 1;
        at += escape(bytes.get(at..)?)?;
    }
}

/// Returns the bits of the bytes that equal `byte`.
#[inline(always)]
fn marks(piece: &[u8; STEP], byte: u8) -> u64 {
    let half = |from: usize| match piece[from..].first_chunk() {
        Some(half) => u64::from(u8x16::new(*half).simd_eq(u8x16::splat(byte)).to_bitmask()),
        None => 0,
    };
    half(0) | half(16) << 16
}

/// Returns the length of an escape after its backslash.
#[inline(always)]
fn escape(after: &[u8]) -> Option<usize> {
    match after {
        [b'u', digits @ ..] => digits.first_chunk::<4>()?.iter().all(u8::is_ascii_hexdigit).then_some(5),
        [letter, ..] => PLAIN_ESCAPES[usize::from(*letter)].then_some(1),
        [] => None,
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

/// Returns the length of a number without sign and exponent that ends in the window.
#[inline(always)]
pub(super) fn number_in(window: &Window) -> Option<usize> {
    Some(decimal_in(window)?.1)
}

/// Returns the length of a number without sign and exponent that ends in the window, after that of its
/// whole part.
#[inline(always)]
pub(super) fn decimal_in(window: &Window) -> Option<(usize, usize)> {
    decimal(window, digits(window))
}

/// Returns the bits of the bytes that are digits.
#[inline(always)]
fn digits(window: &Window) -> u32 {
    let values = u8x16::new(*window) - u8x16::splat(b'0');
    values.min(u8x16::splat(9)).simd_eq(values).to_bitmask()
}

/// Returns the lengths of [`decimal_in`] for a piece with these digits.
#[inline(always)]
fn decimal<const LENGTH: usize>(piece: &[u8; LENGTH], digits: u32) -> Option<(usize, usize)> {
    // The bits of the bytes that are no digits, and those past the piece.
    let mut others = !u64::from(digits);
    let whole = others.trailing_zeros() as usize;
    let mut end = piece[whole % LENGTH];
    if end == b'.' {
        if digits >> whole >> 1 & 1 == 0 {
            return None;
        }
        others &= others.wrapping_sub(1);
        end = piece[others.trailing_zeros() as usize % LENGTH];
    }
    let length = others.trailing_zeros() as usize;
    (digits & 1 == 1 && length < LENGTH && end | 0x20 != b'e').then_some((whole, length))
}

/// Returns the end of the number at `at`; `None` for exponents of more than three digits, which the
/// reader may refuse.
#[inline(never)]
pub(super) fn end_of_long_number(bytes: &[u8], at: usize) -> Option<usize> {
    let first = at + usize::from(bytes.get(at) == Some(&b'-'));
    if let Some(piece) = bytes.get(first..).and_then(|rest| rest.first_chunk::<STEP>())
        && let (Some(head), Some(tail)) = (piece.first_chunk(), piece.last_chunk())
        && let Some((_, length)) = decimal(piece, digits(head) | digits(tail) << 16)
    {
        return Some(first + length);
    }
    let at = end_of_digits(bytes, first)?;
    match bytes.get(at) {
        Some(b'.') => {
            let at = end_of_digits(bytes, at + 1)?;
            if matches!(bytes.get(at), Some(b'e' | b'E')) { end_of_exponent(bytes, at) } else { Some(at) }
        }
        Some(b'e' | b'E') => end_of_exponent(bytes, at),
        _ => Some(at),
    }
}

fn end_of_exponent(bytes: &[u8], at: usize) -> Option<usize> {
    let first = at + 1 + usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
    let end = end_of_digits(bytes, first)?;
    (end - first <= 3).then_some(end)
}

/// Returns the end of a run of at least one digit.
#[inline(always)]
fn end_of_digits(bytes: &[u8], first: usize) -> Option<usize> {
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
