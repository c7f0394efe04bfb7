//! Byte scanning in words of eight (SWAR) and sixteen bytes (SIMD).
//!
//! Each SWAR test returns a word in which the top bit of every matching byte is set. Borrows can set
//! false marks only above the first true mark, so the first mark of any union of tests is correct.

use wide::u8x16;

const ONES: u64 = u64::from_le_bytes([1; 8]);
const TOPS: u64 = u64::from_le_bytes([0x80; 8]);

/// Returns the eight bytes at `at` as a little-endian word.
#[inline(always)]
pub(super) fn word(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().map(|chunk| u64::from_le_bytes(*chunk))
}

/// Marks the bytes that equal `byte`.
#[inline(always)]
fn equal(word: u64, byte: u8) -> u64 {
    let zero = word ^ (ONES * u64::from(byte));
    zero.wrapping_sub(ONES) & !zero & TOPS
}

/// Returns the index of the first marked byte.
#[inline(always)]
fn first(marks: u64) -> usize {
    marks.trailing_zeros() as usize / 8
}

/// Returns the offset of the first `quote` or backslash from `at` on. Most strings end within four
/// words of sixteen bytes; longer ones are left to `memchr`.
#[inline(always)]
pub(super) fn quote_or_backslash(bytes: &[u8], mut at: usize, quote: u8) -> Option<usize> {
    let (quotes, backslashes) = (u8x16::splat(quote), u8x16::splat(b'\\'));
    for _ in 0..4 {
        let Some(piece) = bytes.get(at..)?.first_chunk() else { return in_last_window(bytes, at, quote) };
        let piece = u8x16::new(*piece);
        let marks = (piece.simd_eq(quotes) | piece.simd_eq(backslashes)).to_bitmask();
        if marks != 0 {
            return Some(at + marks.trailing_zeros() as usize);
        }
        at += 16;
    }
    last_quote_or_backslash(bytes, at, quote)
}

/// Finds the byte in the last sixteen bytes of the text, of which less than sixteen are from `at` on.
#[inline(never)]
fn in_last_window(bytes: &[u8], at: usize, quote: u8) -> Option<usize> {
    let Some(piece) = bytes.last_chunk() else { return last_quote_or_backslash(bytes, at, quote) };
    let piece = u8x16::new(*piece);
    let marks = (piece.simd_eq(u8x16::splat(quote)) | piece.simd_eq(u8x16::splat(b'\\'))).to_bitmask();
    let marks = marks >> (16 - (bytes.len() - at));
    (marks != 0).then(|| at + marks.trailing_zeros() as usize)
}

/// Returns the offset just past the closing quote of the string whose first byte is at `first`, if the
/// string has no backslash. Control characters are part of it.
#[inline(always)]
pub(super) fn end_of_plain(bytes: &[u8], first: usize) -> Option<usize> {
    let end = quote_or_backslash(bytes, first, b'"')?;
    (bytes.get(end) == Some(&b'"')).then_some(end + 1)
}

#[inline(never)]
fn last_quote_or_backslash(bytes: &[u8], at: usize, quote: u8) -> Option<usize> {
    memchr::memchr2(quote, b'\\', bytes.get(at..)?).map(|more| at + more)
}

/// Returns the offset of the first of three bytes from `at` on, or the length of `bytes`.
#[inline(always)]
pub(super) fn one_of(bytes: &[u8], mut at: usize, wanted: [u8; 3]) -> usize {
    let [a, b, c] = wanted;
    for _ in 0..2 {
        let Some(word) = word(bytes, at) else { break };
        let marks = equal(word, a) | equal(word, b) | equal(word, c);
        if marks != 0 {
            return at + first(marks);
        }
        at += 8;
    }
    let rest = bytes.get(at..).unwrap_or_default();
    at + memchr::memchr3(a, b, c, rest).unwrap_or(rest.len())
}

/// Returns the offset of the first `quote`, backslash or control character (including U+007F) from
/// `at` on, or the length of `bytes`.
pub(super) fn end_of_run(bytes: &[u8], mut at: usize, quote: u8) -> usize {
    while let Some(window) = bytes.get(at..).and_then(|rest| rest.first_chunk()) {
        let window = u8x16::new(*window);
        let is = |byte: u8| window.simd_eq(u8x16::splat(byte));
        let control = window.min(u8x16::splat(0x1F)).simd_eq(window);
        let marks = (is(quote) | is(b'\\') | is(0x7F) | control).to_bitmask();
        if marks != 0 {
            return at + marks.trailing_zeros() as usize;
        }
        at += 16;
    }
    let rest = bytes.get(at..).unwrap_or_default();
    let ends = |&b: &u8| b == quote || b == b'\\' || b < 0x20 || b == 0x7F;
    at + rest.iter().position(ends).unwrap_or(rest.len())
}

/// Returns the offset of the first byte from `at` on that is not an ASCII character which the
/// serializer writes unescaped, or the length of `bytes`. Escaped are the quote, backslash, control
/// characters and U+007F, with `slash` also `/`.
#[inline(always)]
pub(super) fn end_of_written(bytes: &[u8], mut at: usize, slash: bool) -> usize {
    while let Some(window) = bytes.get(at..).and_then(|rest| rest.first_chunk()) {
        let marks = not_written(window, slash);
        if marks != 0 {
            return at + marks.trailing_zeros() as usize;
        }
        at += 16;
    }
    let rest = bytes.get(at..).unwrap_or_default();
    let ends = |&b: &u8| matches!(b, b'"' | b'\\' | 0..0x20 | 0x7F..) || slash && b == b'/';
    at + rest.iter().position(ends).unwrap_or(rest.len())
}

/// Returns the bits of the bytes at which [`end_of_written`] stops.
#[inline(always)]
pub(super) fn not_written(window: &[u8; 16], slash: bool) -> u32 {
    let window = u8x16::new(*window);
    let offset = window - u8x16::splat(b' ');
    let printable = offset.min(u8x16::splat(b'~' - b' ')).simd_eq(offset);
    let mut special = window.simd_eq(u8x16::splat(b'"')) | window.simd_eq(u8x16::splat(b'\\'));
    if slash {
        special |= window.simd_eq(u8x16::splat(b'/'));
    }
    special.to_bitmask() | printable.to_bitmask() ^ 0xFFFF
}

/// Returns the number of leading bytes of a word that are digits.
#[inline(always)]
pub(super) fn count_digits(word: u64) -> usize {
    let values = word ^ (ONES * 0x30);
    first((values.wrapping_add(ONES * 0x76) | values) & TOPS)
}

/// Returns the number of leading digits of a word, and the value they have as a decimal number.
#[inline(always)]
pub(super) fn digits(word: u64) -> (usize, u64) {
    let values = word ^ (ONES * 0x30);
    let count = count_digits(word);
    if count == 0 {
        return (0, 0);
    }
    // Shifted up so that zeros lead; then all pairs, all groups of four and the two halves are joined.
    let ones = values << (64 - 8 * count);
    let tens = ones.wrapping_mul(10).wrapping_add(ones >> 8);
    const EVEN: u64 = 0x0000_00FF_0000_00FF;
    let high = (tens & EVEN).wrapping_mul(100 + (1_000_000 << 32));
    let low = ((tens >> 16) & EVEN).wrapping_mul(1 + (10_000 << 32));
    (count, high.wrapping_add(low) >> 32)
}

/// Parses a whole number of one to seven digits; returns its value, its end and the byte that follows.
/// No digits at all count as 0.
#[inline(always)]
pub(super) fn small_integer(bytes: &[u8], at: usize) -> Option<(i32, usize, u8)> {
    let word = word(bytes, at)?;
    let (count, value) = digits(word);
    (count < 8).then(|| (value as i32, at + count, (word >> (8 * count)) as u8))
}

/// Parses `true`, `false` or `null` (as `None`) at `at`; returns it with its end.
#[inline(always)]
pub(super) fn json_word(bytes: &[u8], at: usize) -> Option<(Option<bool>, usize)> {
    match bytes.get(at..)?.first_chunk()? {
        b"true" => Some((Some(true), at + 4)),
        b"null" => Some((None, at + 4)),
        b"fals" if bytes.get(at + 4) == Some(&b'e') => Some((Some(false), at + 5)),
        _ => None,
    }
}
