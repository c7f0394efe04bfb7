//! Strings: stored as UTF-8, with the UTF-16 semantics of Java.
//!
//! **Lone surrogates.** Java strings may contain one (`"😀".substring(0, 1)`), Rust strings may not. The
//! 2,048 lone surrogates are represented by the last 2,048 code points of Unicode's last private plane,
//! U+10F800 to U+10FFFF. Each counts as one unit, and is output as `?`, as Java encodes it in UTF-8.

use std::borrow::Cow;
use std::fmt;
use std::rc::Rc;

/// A Java string: borrowed from the body or the program, or reference-counted.
#[derive(Clone)]
pub(crate) enum Text<'r> {
    Borrowed(&'r str),
    Built(Rc<String>),
}

const _: () = assert!(size_of::<Text<'static>>() == 2 * size_of::<usize>());

const LONE: u32 = 0x0010_F800;

/// Returns the character that represents a lone surrogate (0xD800 to 0xDFFF).
pub(crate) fn lone_surrogate(unit: u16) -> char {
    char::from_u32(LONE + (u32::from(unit) - 0xD800)).unwrap_or('?')
}

/// Returns the lone surrogate that a character represents, if any.
pub(crate) fn as_lone_surrogate(c: char) -> Option<u16> {
    (c as u32 >= LONE).then(|| (c as u32 - LONE + 0xD800) as u16)
}

/// Returns the number of UTF-16 units of a character.
pub(crate) fn units_of(c: char) -> usize {
    if as_lone_surrogate(c).is_some() { 1 } else { c.len_utf16() }
}

/// Returns `String.length()`.
pub(crate) fn utf16_len(s: &str) -> usize {
    if s.is_ascii() { s.len() } else { s.chars().map(units_of).sum() }
}

/// Returns the byte at which the UTF-16 unit `at` starts, by a walk from the start; `None` inside of a
/// surrogate pair and past the end.
pub(crate) fn byte_of_unit(s: &str, at: usize) -> Option<usize> {
    if s.is_ascii() {
        return (at <= s.len()).then_some(at);
    }
    let mut left = at;
    for (byte, c) in s.char_indices() {
        match left {
            0 => return Some(byte),
            _ => left = left.checked_sub(units_of(c))?,
        }
    }
    (left == 0).then_some(s.len())
}

/// Iterates over the bytes at which a lone surrogate starts. Its UTF-8 is F4 8F and a byte from A0 on.
fn lone_starts(text: &str) -> impl Iterator<Item = usize> {
    let bytes = text.as_bytes();
    let is_lone = move |at: &usize| matches!(bytes.get(at + 1..at + 3), Some([0x8F, 0xA0..=0xFF]));
    memchr::memchr_iter(0xF4, bytes).filter(is_lone)
}

/// Joins the two halves of surrogate pairs that have become neighbours. The rest is copied at once.
pub(crate) fn joined(text: String) -> String {
    let (mut out, mut copied, mut high) = (String::new(), 0, None);
    for at in lone_starts(&text) {
        // The second half is U+10FC00 or more: F4 8F and a byte from B0 on.
        let is_second = text.as_bytes()[at + 2] >= 0xB0;
        match high.take() {
            Some(start) if is_second && start + 4 == at => {
                if out.is_empty() {
                    out.reserve(text.len());
                }
                let halves: Vec<u16> = text[start..at + 4].chars().filter_map(as_lone_surrogate).collect();
                out.push_str(&text[copied..start]);
                out.push_str(&from_utf16(&halves));
                copied = at + 4;
            }
            _ if is_second => {}
            _ => high = Some(at),
        }
    }
    if copied == 0 {
        return text;
    }
    out.push_str(&text[copied..]);
    out
}

/// Returns the UTF-16 units of a string, including lone surrogates.
pub(crate) fn to_utf16(s: &str) -> Vec<u16> {
    if s.is_ascii() {
        return s.bytes().map(u16::from).collect();
    }
    let mut units = Vec::with_capacity(s.len());
    let mut pair = [0; 2];
    for c in s.chars() {
        match as_lone_surrogate(c) {
            Some(unit) => units.push(unit),
            None => units.extend_from_slice(c.encode_utf16(&mut pair)),
        }
    }
    units
}

/// Iterates over the UTF-16 units of a string, including lone surrogates.
pub(crate) fn units(s: &str) -> impl Iterator<Item = u16> {
    s.chars().flat_map(|c| match as_lone_surrogate(c) {
        Some(unit) => [unit].into_iter().chain(None),
        None => {
            let mut pair = [0; 2];
            let second = (c.encode_utf16(&mut pair).len() == 2).then_some(pair[1]);
            [pair[0]].into_iter().chain(second)
        }
    })
}

/// Decodes UTF-8; invalid sequences become U+FFFD. Validates with SIMD first, since most input is valid.
pub(crate) fn from_bytes(bytes: &[u8]) -> Cow<'_, str> {
    match simdutf8::basic::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => String::from_utf8_lossy(bytes),
    }
}

/// Returns the string of UTF-16 units. Surrogate pairs are joined; lone surrogates are kept.
pub(crate) fn from_utf16(units: &[u16]) -> String {
    let mut text = String::with_capacity(units.len());
    for c in char::decode_utf16(units.iter().copied()) {
        text.push(c.unwrap_or_else(|half| lone_surrogate(half.unpaired_surrogate())));
    }
    text
}

/// Returns `true` if a string has no lone surrogates, so that it is output unchanged.
pub(crate) fn is_wire(text: &str) -> bool {
    lone_starts(text).next().is_none()
}

/// Converts a string for output: lone surrogates become `?`, as in Java's UTF-8 encoder.
pub(crate) fn to_wire(text: String) -> String {
    let text = joined(text);
    let (mut out, mut copied) = (String::new(), 0);
    for at in lone_starts(&text) {
        if out.is_empty() {
            out.reserve(text.len());
        }
        out.push_str(&text[copied..at]);
        out.push('?');
        copied = at + 4;
    }
    if copied == 0 {
        return text;
    }
    out.push_str(&text[copied..]);
    out
}

/// The zeros of the scripts whose digits Java accepts.
const ZEROS: [u32; 37] = [
    0x0030, 0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66, 0x0DE6,
    0x0E50, 0x0ED0, 0x0F20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50, 0x1BB0, 0x1C40,
    0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10,
];

/// Returns the value of a decimal digit of any script, as `Character.digit(c, 10)` does.
pub(crate) fn decimal_digit(c: char) -> Option<u32> {
    ZEROS.iter().find_map(|&zero| (c as u32).checked_sub(zero).filter(|&n| n < 10))
}

impl<'r> Text<'r> {
    pub(crate) fn as_str(&self) -> &str {
        match self {
            Text::Borrowed(s) => s,
            Text::Built(s) => s,
        }
    }

    /// Returns the text with the lifetime of the render, if it is borrowed.
    pub(crate) fn borrowed(&self) -> Option<&'r str> {
        match self {
            Text::Borrowed(s) => Some(s),
            Text::Built(_) => None,
        }
    }

    /// Returns a byte range of the text, borrowed if the text is.
    pub(crate) fn slice(&self, range: std::ops::Range<usize>) -> Text<'r> {
        match self {
            Text::Borrowed(s) => Text::Borrowed(&s[range]),
            Text::Built(s) => Text::from(s[range].to_owned()),
        }
    }

    /// Returns the bytes of itself that [`push`](Text::push) copies.
    pub(crate) fn copied_by_push(&self) -> usize {
        match self {
            Text::Built(shared) if Rc::strong_count(shared) == 1 => 0,
            shared => shared.len(),
        }
    }

    /// Returns the bytes that dropping the text frees.
    pub(crate) fn freed_by_drop(&self) -> usize {
        match self {
            Text::Built(own) if Rc::strong_count(own) == 1 => own.len(),
            _ => 0,
        }
    }

    /// Appends in place if the string is not shared; otherwise copies it.
    pub(crate) fn push(&mut self, more: &str) {
        if let Text::Built(shared) = self
            && let Some(own) = Rc::get_mut(shared)
        {
            own.push_str(more);
            return;
        }
        let old = self.as_str();
        let mut grown = String::with_capacity((old.len() + more.len()) * 2);
        grown.push_str(old);
        grown.push_str(more);
        *self = Text::from(grown);
    }
}

impl From<String> for Text<'_> {
    fn from(s: String) -> Self {
        Text::Built(Rc::new(s))
    }
}

impl<'r> From<&'r str> for Text<'r> {
    fn from(s: &'r str) -> Self {
        Text::Borrowed(s)
    }
}

impl std::ops::Deref for Text<'_> {
    type Target = str;
    fn deref(&self) -> &str {
        self.as_str()
    }
}

/// Compares two texts. That of two empty ones does not read: their addresses need not be mapped, and a masked
/// read of such a place takes a processor hundreds of cycles.
#[inline]
pub(crate) fn same(left: &str, right: &str) -> bool {
    left.len() == right.len() && (left.is_empty() || left == right)
}

/// Returns a text, or an empty one whose address is mapped, for comparisons other than [`same`].
#[inline]
pub(crate) fn mapped(text: &str) -> &str {
    const PLACE: &str = " ";
    if text.is_empty() { &PLACE[..0] } else { text }
}

impl PartialEq for Text<'_> {
    fn eq(&self, other: &Self) -> bool {
        same(self, other)
    }
}

impl fmt::Debug for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All texts of up to six of these characters join as their units do.
    #[test]
    fn halves_join_as_their_units_do() {
        let alphabet = ['a', '\u{e9}', lone_surrogate(0xD83D), lone_surrogate(0xDE00), '\u{10F7FF}', '\u{1f600}'];
        let mut texts = vec![String::new()];
        for at in 0.. {
            let text = texts[at].clone();
            if text.chars().count() == 6 {
                break;
            }
            texts.extend(alphabet.iter().map(|c| format!("{text}{c}")));
        }
        for text in texts {
            let expected = from_utf16(&to_utf16(&text));
            assert_eq!(joined(text.clone()), expected, "{text:?}");
            let wire: String = expected.chars().map(|c| if as_lone_surrogate(c).is_some() { '?' } else { c }).collect();
            assert_eq!(to_wire(text), wire);
        }
    }
}
