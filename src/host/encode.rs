//! Encoders of `$util`: `escapeJavaScript`, `urlEncode`, `base64Encode`.
//!
//! Most names and values need no escape: sixteen bytes are checked at a time, and then nothing is written.
//! Each byte of any other text is encoded by one look-up without a branch, since a processor cannot predict
//! which bytes need an escape.

use crate::value::text;
use std::borrow::Cow;
use wide::u8x16;

/// The code of each byte: up to six bytes in little-endian order, and their number in the highest.
type Codes = [u64; 256];

/// Returns the code of these bytes.
const fn code(bytes: &[u8]) -> u64 {
    let mut code = (bytes.len() as u64) << 56;
    let mut at = 0;
    while at < bytes.len() {
        code |= (bytes[at] as u64) << (8 * at);
        at += 1;
    }
    code
}

/// The number of bytes that are encoded before there must be more room.
const PIECE: usize = 32;

/// The mask of offsets in the codes of a piece, which take at most 192 bytes.
const MASK: usize = 255;

/// The number of bytes that are writable from the start of a piece on.
const ROOM: usize = MASK + 8;

/// A text that is being written.
struct Encoder {
    /// The bytes written so far, and room for more.
    bytes: Vec<u8>,
    end: usize,
}

impl Encoder {
    /// Creates a text that starts with `start` and has about `more` bytes after it.
    fn new(start: &str, more: usize) -> Self {
        let mut bytes = Vec::with_capacity(start.len() + more + ROOM);
        bytes.extend_from_slice(start.as_bytes());
        bytes.resize(bytes.capacity(), 0);
        Encoder { end: start.len(), bytes }
    }

    /// Returns the room after the text.
    #[inline(always)]
    fn room(&mut self) -> Option<&mut [u8; ROOM]> {
        if self.bytes.len() < self.end + ROOM {
            self.bytes.resize(self.end + 2 * ROOM, 0);
        }
        self.bytes.get_mut(self.end..)?.first_chunk_mut()
    }

    /// Appends the code of each byte.
    #[inline(always)]
    fn encode(&mut self, given: &[u8], codes: &Codes) {
        for piece in given.chunks(PIECE) {
            let Some(room) = self.room() else { return };
            let mut length = 0;
            for &byte in piece {
                let code = codes[usize::from(byte)];
                room[length & MASK..][..8].copy_from_slice(&code.to_le_bytes());
                length += (code >> 56) as usize;
            }
            self.end += length;
        }
    }

    /// Appends an escape.
    fn push(&mut self, escape: [u8; 6]) {
        if let Some(room) = self.room() {
            room[..6].copy_from_slice(&escape);
            self.end += 6;
        }
    }

    fn into_string(mut self) -> String {
        self.bytes.truncate(self.end);
        ascii(self.bytes)
    }
}

/// The codes of ASCII characters in a script; those of other bytes are empty.
const SCRIPT: Codes = {
    let mut codes = [0; 256];
    let mut byte = 0;
    while byte < 128 {
        let [high, low] = HEX[byte as usize];
        codes[byte as usize] = match byte {
            b'"' | b'\'' | b'\\' | b'/' => code(&[b'\\', byte]),
            b'\n' => code(b"\\n"),
            b'\r' => code(b"\\r"),
            b'\t' => code(b"\\t"),
            0x08 => code(b"\\b"),
            0x0C => code(b"\\f"),
            ..b' ' => code(&[b'\\', b'u', b'0', b'0', high, low]),
            _ => code(&[byte]),
        };
        byte += 1;
    }
    codes
};

/// commons-lang's `StringEscapeUtils.escapeJavaScript`: also `'` and `/`, and everything beyond ASCII as `\uXXXX`
/// (aws-observed 4.1 D, 4.3 M). None when nothing needs an escape.
pub(super) fn escape_javascript(given: &str) -> Option<String> {
    let mut at = end_of_plain(given.as_bytes());
    if at == given.len() {
        return None;
    }
    if given.len() < LONG {
        let mut out = String::with_capacity(given.len() + given.len() / 8 + 16);
        write_short(given, at, &mut out);
        return Some(out);
    }
    let mut out = Encoder::new(given.get(..at)?, given.len() + given.len() / 4);
    while at < given.len() {
        let rest = given.get(at..)?;
        let ascii = end_of_ascii(rest.as_bytes());
        out.encode(rest.as_bytes().get(..ascii)?, &SCRIPT);
        at += ascii + escape_units(rest.get(ascii..)?, |escape| out.push(escape));
    }
    Some(out.into_string())
}

/// Writes a text escaped as [`escape_javascript`] does.
pub(super) fn write_javascript(given: &str, out: &mut String) {
    if given.len() < LONG {
        write_short(given, end_of_plain(given.as_bytes()), out);
    } else {
        out.push_str(escape_javascript(given).as_deref().unwrap_or(given));
    }
}

/// Length in bytes from which a text is escaped into a buffer of its own, byte by byte.
const LONG: usize = 256;

/// Writes a text of which the first `plain` bytes need no escape, and then runs of such bytes and escapes.
fn write_short(mut rest: &str, mut plain: usize, out: &mut String) {
    loop {
        out.push_str(rest.get(..plain).unwrap_or_default());
        let Some(&byte) = rest.as_bytes().get(plain) else { return };
        rest = rest.get(plain..).unwrap_or_default();
        let code = SCRIPT[usize::from(byte)];
        let read = if code >> 56 == 2 {
            out.push('\\');
            out.push(char::from((code >> 8) as u8));
            1
        } else {
            escape_units(rest, |escape| out.push_str(std::str::from_utf8(&escape).unwrap_or_default()))
        };
        rest = rest.get(read..).unwrap_or_default();
        plain = end_of_plain(rest.as_bytes());
    }
}

/// Returns the number of bytes before the first beyond ASCII.
#[inline(always)]
fn end_of_ascii(bytes: &[u8]) -> usize {
    let mut at = 0;
    while let Some(window) = bytes.get(at..).and_then(<[u8]>::first_chunk) {
        let beyond = u8x16::new(*window).to_bitmask();
        if beyond != 0 {
            return at + beyond.trailing_zeros() as usize;
        }
        at += 16;
    }
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().position(|byte| !byte.is_ascii()).unwrap_or(rest.len())
}

/// Returns the number of bytes at the start that need no escape in a script.
fn end_of_plain(bytes: &[u8]) -> usize {
    let mut at = 0;
    while let Some(window) = bytes.get(at..).and_then(<[u8]>::first_chunk) {
        let marks = odd_in_script(window);
        if marks != 0 {
            return at + marks.trailing_zeros() as usize;
        }
        at += 16;
    }
    // The end of less than sixteen bytes: the last sixteen, or the first and last eight.
    let mut window = [0; 16];
    if let Some(last) = bytes.last_chunk() {
        window = *last;
    } else if let (Some(first), Some(last)) = (bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) {
        window[..8].copy_from_slice(first);
        window[8..].copy_from_slice(last);
    } else {
        return bytes.iter().position(|&byte| SCRIPT[usize::from(byte)] >> 56 != 1).unwrap_or(bytes.len());
    }
    match (odd_in_script(&window) | 1 << 16).trailing_zeros() as usize {
        first @ ..8 if bytes.len() < 16 => first,
        end => bytes.len() + end - 16,
    }
}

/// Returns the bits of the bytes that need an escape in a script.
#[inline(always)]
fn odd_in_script(window: &[u8; 16]) -> u32 {
    let window = u8x16::new(*window);
    let is = |byte: u8| window.simd_eq(u8x16::splat(byte));
    let control = window.min(u8x16::splat(0x1F)).simd_eq(window);
    (is(b'"') | is(b'\'') | is(b'\\') | is(b'/') | control | window).to_bitmask()
}

/// Escapes as [`escape_javascript`] does, without `/` and characters beyond ASCII.
pub(super) fn escape_less(given: &str) -> String {
    let stays = |c: char| c == '/' || !c.is_ascii();
    let mut out = String::with_capacity(given.len());
    for piece in given.split_inclusive(stays) {
        let escaped = piece.trim_end_matches(stays);
        write_javascript(escaped, &mut out);
        out.push_str(piece.get(escaped.len()..).unwrap_or_default());
    }
    out
}

/// The hexadecimal digits of each byte.
const HEX: [[u8; 2]; 256] = {
    let digits = b"0123456789ABCDEF";
    let mut table = [[0; 2]; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = [digits[byte >> 4], digits[byte & 15]];
        byte += 1;
    }
    table
};

/// Writes the escapes of the UTF-16 units of the first character and of those beyond ASCII that follow it; returns
/// the number of their bytes.
#[inline(never)]
fn escape_units(given: &str, mut write: impl FnMut([u8; 6])) -> usize {
    let mut read = 0;
    for (at, c) in given.char_indices() {
        if at > 0 && c.is_ascii() {
            break;
        }
        read = at + c.len_utf8();
        let mut pair = [0; 2];
        let lone = text::as_lone_surrogate(c).map(|unit| [unit]);
        let units = match &lone {
            Some(unit) => unit.as_slice(),
            None => c.encode_utf16(&mut pair),
        };
        for unit in units {
            let ([a, b], [c, d]) = (HEX[usize::from(unit >> 8)], HEX[usize::from(unit & 0xFF)]);
            write([b'\\', b'u', a, b, c, d]);
        }
    }
    read
}

/// The codes of bytes in a URL.
const URL: Codes = {
    let mut codes = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let c = byte as u8;
        let [high, low] = HEX[byte];
        codes[byte] = match c {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'*' | b'_' => code(&[c]),
            b' ' => code(b"+"),
            _ => code(&[b'%', high, low]),
        };
        byte += 1;
    }
    codes
};

/// Encodes as `java.net.URLEncoder` does: letters, digits and `.-*_` stay, a blank is `+`, a lone surrogate
/// is `?`. `None` when all bytes stay.
pub(super) fn url_encode(given: &str) -> Option<String> {
    let plain = given.bytes().position(|byte| URL[usize::from(byte)] != code(&[byte]))?;
    let (plain, rest) = given.split_at_checked(plain)?;
    let wire = wire(rest);
    let mut out = Encoder::new(plain, wire.len() + wire.len() / 2);
    out.encode(wire.as_bytes(), &URL);
    Some(out.into_string())
}

/// The two characters of base64 for each twelve bits.
const BASE64: [[u8; 2]; 4096] = {
    const SIX: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut table = [[0; 2]; 4096];
    let mut bits = 0;
    while bits < 4096 {
        table[bits] = [SIX[bits >> 6], SIX[bits & 63]];
        bits += 1;
    }
    table
};

/// Encodes the UTF-8 bytes in base64.
pub(super) fn base64_encode(given: &str) -> String {
    let wire = wire(given);
    let (twelves, rest) = wire.as_bytes().as_chunks::<12>();
    let (groups, rest) = rest.as_chunks::<3>();
    let mut out = vec![0; wire.len().div_ceil(3) * 4];
    let (long, short) = out.split_at_mut(twelves.len() * 16);
    for (twelve, place) in twelves.iter().zip(long.as_chunks_mut::<16>().0) {
        let [a, b, c, d, e, f, g, h, ..] = *twelve;
        let [.., i, j, k, l] = *twelve;
        let head = u64::from_be_bytes([a, b, c, d, e, f, g, h]);
        let tail = head << 32 | u64::from(u32::from_be_bytes([i, j, k, l]));
        let bits = [head >> 52, head >> 40, head >> 28, head >> 16, tail >> 36, tail >> 24, tail >> 12, tail];
        for (bits, place) in bits.iter().zip(place.as_chunks_mut::<2>().0) {
            *place = BASE64[*bits as usize & 4095];
        }
    }
    let mut places = short.as_chunks_mut::<4>().0.iter_mut();
    for (group, place) in groups.iter().zip(&mut places) {
        *place = four(*group);
    }
    let padded = match rest {
        [a] => Some((four([*a, 0, 0]), 2)),
        [a, b] => Some((four([*a, *b, 0]), 1)),
        _ => None,
    };
    if let (Some((mut end, padding)), Some(place)) = (padded, places.next()) {
        end[4 - padding..].fill(b'=');
        *place = end;
    }
    ascii(out)
}

/// Encodes three bytes as four characters.
#[inline(always)]
fn four([a, b, c]: [u8; 3]) -> [u8; 4] {
    let bits = usize::from(a) << 16 | usize::from(b) << 8 | usize::from(c);
    let ([first, second], [third, fourth]) = (BASE64[bits >> 12 & 4095], BASE64[bits & 4095]);
    [first, second, third, fourth]
}

/// Replaces lone surrogates, so that the text is UTF-8.
fn wire(given: &str) -> Cow<'_, str> {
    if text::is_wire(given) { given.into() } else { text::to_wire(given.to_owned()).into() }
}
/// Converts ASCII bytes to a string.
fn ascii(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All of ASCII, and characters of two, three and four bytes around the ends of pieces.
    #[test]
    fn pieces_join_without_a_seam() {
        for length in 60..70 {
            let text = "x".repeat(length) + "/é€😀'" + &"y".repeat(length) + "\u{7f}\u{1}";
            let script =
                "x".repeat(length) + "\\/\\u00E9\\u20AC\\uD83D\\uDE00\\'" + &"y".repeat(length) + "\u{7f}\\u0001";
            assert_eq!(escape_javascript(&text).as_ref(), Some(&script));
            let url = "x".repeat(length) + "%2F%C3%A9%E2%82%AC%F0%9F%98%80%27" + &"y".repeat(length) + "%7F%01";
            assert_eq!(url_encode(&text).as_ref(), Some(&url));
            use base64::Engine as _;
            assert_eq!(base64_encode(&text), base64::engine::general_purpose::STANDARD.encode(&text));
        }
    }

    /// Every character beside each other at every place in a word, compared with one at a time.
    #[test]
    fn words_are_escaped_as_characters_are() {
        let script = |text: &str| {
            let one = |c: char| match c {
                '"' | '\'' | '\\' | '/' => format!("\\{c}"),
                '\n' => "\\n".into(),
                '\r' => "\\r".into(),
                '\t' => "\\t".into(),
                '\u{8}' => "\\b".into(),
                '\u{c}' => "\\f".into(),
                ' '..='\u{7f}' => c.to_string(),
                _ => c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04X}")).collect(),
            };
            text.chars().map(one).collect::<String>()
        };
        let url = |text: &str| {
            let one = |byte: u8| match byte {
                b' ' => "+".to_owned(),
                b'.' | b'-' | b'*' | b'_' => char::from(byte).to_string(),
                _ if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
                _ => format!("%{byte:02X}"),
            };
            text.bytes().map(one).collect::<String>()
        };
        let all: Vec<char> = (0..0x100).filter_map(char::from_u32).chain("€\u{800}\u{ffff}😀".chars()).collect();
        for before in 0..10 {
            for &c in &all {
                for d in ['a', '/', '\u{1}', '\u{80}', '€', c] {
                    for after in [0, 1, 7, 9] {
                        let text = "x".repeat(before) + &String::from_iter([c, d]) + &"y".repeat(after);
                        assert_eq!(escape_javascript(&text).unwrap_or(text.clone()), script(&text), "{text:?}");
                        assert_eq!(url_encode(&text).unwrap_or(text.clone()), url(&text), "{text:?}");
                    }
                }
            }
        }
        assert!(escape_javascript("").is_none() && escape_javascript("a b-c;d=e (f).g~\u{7f}").is_none());
        assert!(url_encode("").is_none() && url_encode("a.b-c*d_E9").is_none());
    }
}
