//! Looking at eight bytes at once, or at sixteen.
//!
//! Each test of eight gives a word whose top bits mark the bytes that pass. A mark may be wrong
//! only above the first right one, so the first mark of any union of tests is right.

use wide::u8x16;

const ONES: u64 = u64::from_le_bytes([1; 8]);
const TOPS: u64 = u64::from_le_bytes([0x80; 8]);

/// The eight bytes at `at`, the first of them lowest.
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

/// Marks the control characters below the blank.
#[inline(always)]
fn control(word: u64) -> u64 {
    word.wrapping_sub(ONES * 0x20) & !word & TOPS
}

/// Which byte the first mark stands for.
#[inline(always)]
fn first(marks: u64) -> usize {
    marks.trailing_zeros() as usize / 8
}

/// The first `quote` or backslash from `at` on. Most strings end within four pieces;
/// a long one is worth a call of `memchr`.
#[inline(always)]
pub(super) fn quote_or_backslash(bytes: &[u8], mut at: usize, quote: u8) -> Option<usize> {
    let (quotes, backslashes) = (u8x16::splat(quote), u8x16::splat(b'\\'));
    for _ in 0..4 {
        let rest = bytes.get(at..)?;
        let Some(piece) = rest.first_chunk() else { break };
        let piece = u8x16::new(*piece);
        let marks = (piece.simd_eq(quotes) | piece.simd_eq(backslashes)).to_bitmask();
        if marks != 0 {
            return Some(at + marks.trailing_zeros() as usize);
        }
        at += 16;
    }
    last_quote_or_backslash(bytes, at, quote)
}

/// Behind the closing quote of the string whose first byte is at `first`, if it has no backslash.
#[inline(always)]
pub(super) fn end_of_plain(bytes: &[u8], first: usize) -> Option<usize> {
    let end = quote_or_backslash(bytes, first, b'"')?;
    (bytes.get(end) == Some(&b'"')).then_some(end + 1)
}

#[inline(never)]
fn last_quote_or_backslash(bytes: &[u8], at: usize, quote: u8) -> Option<usize> {
    memchr::memchr2(quote, b'\\', bytes.get(at..)?).map(|more| at + more)
}

/// The first of three bytes from `at` on, or the end.
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

/// The first `quote`, backslash or control character (with U+007F) from `at` on, or the end.
pub(super) fn end_of_run(bytes: &[u8], mut at: usize, quote: u8) -> usize {
    while let Some(word) = word(bytes, at) {
        let marks = equal(word, quote) | equal(word, b'\\') | control(word) | equal(word, 0x7F);
        if marks != 0 {
            return at + first(marks);
        }
        at += 8;
    }
    let rest = bytes.get(at..).unwrap_or_default();
    let ends = |&b: &u8| b == quote || b == b'\\' || b < 0x20 || b == 0x7F;
    at + rest.iter().position(ends).unwrap_or(rest.len())
}

/// The first byte from `at` on that is no ASCII character written as it is: quote, backslash, control
/// character, U+007F, with `slash` also `/`; or the end.
#[inline(always)]
pub(super) fn end_of_written(bytes: &[u8], mut at: usize, slash: bool) -> usize {
    // Without it the mark stands for the quote once more.
    let slash = if slash { b'/' } else { b'"' };
    while let Some(word) = word(bytes, at) {
        // Bytes beyond ASCII are marked by themselves, so what these say of them does not matter.
        let is = |byte: u8| (word ^ (ONES * u64::from(byte))).wrapping_sub(ONES);
        let control = word.wrapping_sub(ONES * 0x20);
        let marks = (is(b'"') | is(b'\\') | is(slash) | control | word.wrapping_add(ONES) | word) & TOPS;
        if marks != 0 {
            return at + first(marks);
        }
        at += 8;
    }
    let rest = bytes.get(at..).unwrap_or_default();
    let ends = |&b: &u8| matches!(b, b'"' | b'\\' | 0..0x20 | 0x7F..) || b == slash;
    at + rest.iter().position(ends).unwrap_or(rest.len())
}

/// How many of the eight bytes, from the first on, are digits.
#[inline(always)]
pub(super) fn count_digits(word: u64) -> usize {
    let values = word ^ (ONES * 0x30);
    first((values.wrapping_add(ONES * 0x76) | values) & TOPS)
}

/// How many of the eight bytes, from the first on, are digits, and the number that they write.
#[inline(always)]
pub(super) fn digits(word: u64) -> (usize, u64) {
    let values = word ^ (ONES * 0x30);
    let count = count_digits(word);
    if count == 0 {
        return (0, 0);
    }
    // Moved up, so that zeros lead; then pairs, fours and eights are joined at once.
    let ones = values << (64 - 8 * count);
    let tens = ones.wrapping_mul(10).wrapping_add(ones >> 8);
    const EVEN: u64 = 0x0000_00FF_0000_00FF;
    let high = (tens & EVEN).wrapping_mul(100 + (1_000_000 << 32));
    let low = ((tens >> 16) & EVEN).wrapping_mul(1 + (10_000 << 32));
    (count, high.wrapping_add(low) >> 32)
}

/// A whole number of one to seven digits, where it ends, and the byte that follows.
#[inline(always)]
pub(super) fn small_integer(bytes: &[u8], at: usize) -> Option<(i32, usize, u8)> {
    let word = word(bytes, at)?;
    let (count, value) = digits(word);
    (count < 8).then(|| (value as i32, at + count, (word >> (8 * count)) as u8))
}

/// One of JSON's words, null as none, and where it ends.
#[inline(always)]
pub(super) fn json_word(bytes: &[u8], at: usize) -> Option<(Option<bool>, usize)> {
    match bytes.get(at..)?.first_chunk()? {
        b"true" => Some((Some(true), at + 4)),
        b"null" => Some((None, at + 4)),
        b"fals" if bytes.get(at + 4) == Some(&b'e') => Some((Some(false), at + 5)),
        _ => None,
    }
}
