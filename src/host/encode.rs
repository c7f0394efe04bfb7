//! Encoders of `$util`: `escapeJavaScript`, `urlEncode`, `base64Encode`.
//!
//! Most names and values need no escape: eight bytes are checked at a time, and then nothing is written.
//! Otherwise eight bytes are copied at a time, and those from the first that needs an escape are taken
//! back.

use crate::value::text;
use std::borrow::Cow;

/// The escape of each ASCII character in a script: one byte or two; zeros where it takes six.
const SCRIPT: [[u8; 2]; 128] = {
    let mut table = [[0; 2]; 128];
    let mut byte = b' ';
    while byte < 128 {
        table[byte as usize] = [byte, 0];
        byte += 1;
    }
    let short = *b"\"\"''\\\\//\nn\rr\tt\x08b\x0cf";
    let mut at = 0;
    while at < short.len() {
        table[short[at] as usize] = [b'\\', short[at + 1]];
        at += 2;
    }
    table
};

/// commons-lang's `StringEscapeUtils.escapeJavaScript`: also `'` and `/`, and everything beyond ASCII as `\uXXXX`
/// (aws-observed 4.1 D, 4.3 M). None when nothing needs an escape.
pub(super) fn escape_javascript(given: &str) -> Option<String> {
    let mut at = end_of_plain(given.as_bytes());
    if at == given.len() {
        return None;
    }
    let mut out = Vec::with_capacity(given.len() + given.len() / 8 + 16);
    out.extend_from_slice(given.as_bytes().get(..at)?);
    while let Some((word, length)) = eight(given.as_bytes(), at) {
        let marks = odd_in_script(word);
        let plain = first(marks).min(length);
        out.extend_from_slice(&word.to_le_bytes());
        out.truncate(out.len() - 8 + plain);
        at += plain;
        if plain < length {
            at += escape(given, at, &mut out);
        }
    }
    Some(ascii(out))
}

/// Length in bytes from which a text is escaped into a buffer of its own.
const LONG: usize = 256;

/// Writes a text escaped as [`escape_javascript`] does.
pub(super) fn write_javascript(given: &str, out: &mut String) {
    if given.len() >= LONG {
        out.push_str(escape_javascript(given).as_deref().unwrap_or(given));
        return;
    }
    let mut rest = given;
    loop {
        let plain = end_of_plain(rest.as_bytes());
        out.push_str(rest.get(..plain).unwrap_or_default());
        let Some(&byte) = rest.as_bytes().get(plain) else { return };
        rest = rest.get(plain..).unwrap_or_default();
        let read = match SCRIPT.get(usize::from(byte)) {
            Some(&[b'\\', short]) => {
                out.push('\\');
                out.push(char::from(short));
                1
            }
            _ => escape_units(rest, |unit| out.extend(unit.map(char::from))),
        };
        rest = rest.get(read..).unwrap_or_default();
    }
}

/// Returns the number of bytes at the start that need no escape.
fn end_of_plain(bytes: &[u8]) -> usize {
    let mut at = 0;
    while let Some(word) = bytes.get(at..).and_then(<[u8]>::first_chunk) {
        let marks = odd_in_script(u64::from_le_bytes(*word));
        if marks != 0 {
            return at + first(marks);
        }
        at += 8;
    }
    // The last eight, of which some are known to be plain.
    let from = bytes.len().saturating_sub(8).min(at);
    let Some((word, length)) = eight(bytes, from) else { return at };
    from + first(odd_in_script(word)).min(length)
}

/// Returns the index of the byte with the first mark.
#[inline(always)]
fn first(marks: u64) -> usize {
    marks.trailing_zeros() as usize / 8
}

/// Returns the next eight bytes in little-endian order, padded with letters at the end, and their number.
#[inline(always)]
fn eight(bytes: &[u8], at: usize) -> Option<(u64, usize)> {
    let rest = bytes.get(at..)?;
    if let Some(word) = rest.first_chunk() {
        return Some((u64::from_le_bytes(*word), 8));
    }
    let word = rest.iter().rev().fold(ONES * u64::from(b'x'), |word, &byte| word << 8 | u64::from(byte));
    (!rest.is_empty()).then_some((word, rest.len()))
}

const ONES: u64 = u64::from_le_bytes([1; 8]);

/// Marks the top bits of the bytes that need an escape. A mark may be wrong above the first one.
#[inline(always)]
fn odd_in_script(word: u64) -> u64 {
    let is = |byte: u8| (word ^ (ONES * u64::from(byte))).wrapping_sub(ONES);
    let control = word.wrapping_sub(ONES * 0x20);
    (is(b'"') | is(b'\'') | is(b'\\') | is(b'/') | control | word) & (ONES * 0x80)
}

/// Writes the escape of the character at `at`; returns the number of its bytes.
#[inline]
fn escape(given: &str, at: usize, out: &mut Vec<u8>) -> usize {
    let byte = given.as_bytes().get(at).copied().unwrap_or_default();
    match SCRIPT.get(usize::from(byte)) {
        Some(&short @ [b'\\', _]) => {
            out.extend_from_slice(&short);
            1
        }
        _ => escape_units(given.get(at..).unwrap_or_default(), |unit| out.extend_from_slice(&unit)),
    }
}

/// Escapes as [`escape_javascript`] does, without `/` and characters beyond ASCII.
pub(super) fn escape_less(given: &str) -> String {
    let stays = |c: char| c == '/' || !c.is_ascii();
    let mut out = String::with_capacity(given.len());
    for piece in given.split_inclusive(stays) {
        let escaped = piece.trim_end_matches(stays);
        out.push_str(escape_javascript(escaped).as_deref().unwrap_or(escaped));
        out.push_str(piece.get(escaped.len()..).unwrap_or_default());
    }
    out
}

const HEX: &[u8; 16] = b"0123456789ABCDEF";

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
            let [a, b, c, d] = [12, 8, 4, 0].map(|shift| HEX[usize::from(unit >> shift & 15)]);
            write([b'\\', b'u', a, b, c, d]);
        }
    }
    read
}

/// The encoding of each byte in a URL: one byte or three.
const URL: [[u8; 3]; 256] = {
    let mut table = [[0; 3]; 256];
    let mut byte = 0;
    while byte < 256 {
        let c = byte as u8;
        table[byte] = match c {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'*' | b'_' => [c, 0, 0],
            b' ' => [b'+', 0, 0],
            _ => [b'%', HEX[byte >> 4], HEX[byte & 15]],
        };
        byte += 1;
    }
    table
};

/// The number of bytes that are encoded at once, each by one look-up and without a branch: where escapes are
/// needed is unpredictable.
const PIECE: usize = 64;

/// Encodes as `java.net.URLEncoder` does: letters, digits and `.-*_` stay, a blank is `+`, a lone surrogate
/// is `?`. `None` when all bytes stay.
pub(super) fn url_encode(given: &str) -> Option<String> {
    let stays = |byte: u8| URL[usize::from(byte)] == [byte, 0, 0];
    let plain = given.bytes().position(|byte| !stays(byte))?;
    let (plain, rest) = given.split_at_checked(plain)?;
    let wire = wire(rest);
    let mut out = Vec::with_capacity(given.len() + wire.len() / 4);
    out.extend_from_slice(plain.as_bytes());
    for piece in wire.as_bytes().chunks(PIECE) {
        let mut written = [0; 3 * PIECE];
        let mut end = 0;
        for &byte in piece {
            let encoded = URL[usize::from(byte)];
            if let Some(place) = written.get_mut(end..).and_then(|places| places.first_chunk_mut()) {
                *place = encoded;
            }
            end += 1 + 2 * usize::from(encoded[1] != 0);
        }
        out.extend_from_slice(written.get(..end).unwrap_or_default());
    }
    Some(ascii(out))
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
    let mut out = vec![0; wire.len().div_ceil(3) * 4];
    let (groups, rest) = wire.as_bytes().as_chunks::<3>();
    let (places, last) = out.split_at_mut(groups.len() * 4);
    for (group, place) in groups.iter().zip(places.as_chunks_mut::<4>().0) {
        *place = four(*group);
    }
    let padded = match rest {
        [a] => Some((four([*a, 0, 0]), 2)),
        [a, b] => Some((four([*a, *b, 0]), 1)),
        _ => None,
    };
    if let (Some((mut end, padding)), Some(place)) = (padded, last.first_chunk_mut::<4>()) {
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
