//! The ways of `$util` to write a string: `escapeJavaScript`, `urlEncode`, `base64Encode`.
//!
//! All three work on short pieces of the text: a piece is written to a buffer of its own, byte by byte
//! without a branch, and goes to the output whole. Texts that need escapes need them at places that no
//! processor foresees, so a branch per byte would cost more than writing a byte too many.

use crate::value::text;
use std::borrow::Cow;

/// Bytes of text that are written at once.
const PIECE: usize = 64;

/// What stands in a script for an ASCII character: one byte, or two; none where it takes six.
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
/// (aws-observed 4.1 R, 4.3 M).
pub(super) fn escape_javascript(given: &str) -> String {
    let mut out = Vec::with_capacity(given.len() + given.len() / 8);
    let mut rest = given;
    loop {
        let read = escape_ascii(rest.as_bytes(), &mut out);
        let mut chars = rest.get(read..).unwrap_or_default().chars();
        let Some(c) = chars.next() else { break };
        escape_units(c, &mut out);
        rest = chars.as_str();
    }
    ascii(out)
}

/// The same, but `/` and everything beyond ASCII stay.
pub(super) fn escape_less(given: &str) -> String {
    let stays = |c: char| c == '/' || !c.is_ascii();
    let mut out = String::with_capacity(given.len());
    for piece in given.split_inclusive(stays) {
        let escaped = piece.trim_end_matches(stays);
        out.push_str(&escape_javascript(escaped));
        out.push_str(piece.get(escaped.len()..).unwrap_or_default());
    }
    out
}

/// Writes what takes one or two bytes; gives how many bytes of the text that was.
fn escape_ascii(bytes: &[u8], out: &mut Vec<u8>) -> usize {
    let mut read = 0;
    for piece in bytes.chunks(PIECE) {
        let mut written = [0; 2 * PIECE];
        let mut end = 0;
        for &byte in piece {
            let [first, second] = SCRIPT.get(usize::from(byte)).copied().unwrap_or_default();
            if first == 0 {
                out.extend_from_slice(written.get(..end).unwrap_or_default());
                return read;
            }
            if let Some(place) = written.get_mut(end..end + 2) {
                place.copy_from_slice(&[first, second]);
            }
            end += 1 + usize::from(second != 0);
            read += 1;
        }
        out.extend_from_slice(written.get(..end).unwrap_or_default());
    }
    read
}

const HEX: &[u8; 16] = b"0123456789ABCDEF";

#[cold]
fn escape_units(c: char, out: &mut Vec<u8>) {
    let mut pair = [0; 2];
    let lone = text::as_lone_surrogate(c).map(|unit| [unit]);
    let units = match &lone {
        Some(unit) => unit.as_slice(),
        None => c.encode_utf16(&mut pair),
    };
    for unit in units {
        out.extend_from_slice(b"\\u");
        out.extend([12, 8, 4, 0].map(|shift| HEX[usize::from(unit >> shift & 15)]));
    }
}

/// What stands in a URL for a byte: one byte, or three.
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

/// `java.net.URLEncoder`: letters, digits and `.-*_` stay, a blank is `+`, lone halves of pairs are `?`.
pub(super) fn url_encode(given: &str) -> String {
    let wire = wire(given);
    let mut out = Vec::with_capacity(wire.len() + wire.len() / 4);
    for piece in wire.as_bytes().chunks(PIECE) {
        let mut written = [0; 3 * PIECE];
        let mut end = 0;
        for &byte in piece {
            let encoded = URL[usize::from(byte)];
            if let Some(place) = written.get_mut(end..end + 3) {
                place.copy_from_slice(&encoded);
            }
            end += 1 + 2 * usize::from(encoded[1] != 0);
        }
        out.extend_from_slice(written.get(..end).unwrap_or_default());
    }
    ascii(out)
}

/// Two characters of base64 for each twelve bits.
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

/// Java's base64 of the UTF-8 bytes.
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

/// Three bytes as four characters.
#[inline(always)]
fn four([a, b, c]: [u8; 3]) -> [u8; 4] {
    let bits = usize::from(a) << 16 | usize::from(b) << 8 | usize::from(c);
    let ([first, second], [third, fourth]) = (BASE64[bits >> 12 & 4095], BASE64[bits & 4095]);
    [first, second, third, fourth]
}

/// What leaves as UTF-8.
fn wire(given: &str) -> Cow<'_, str> {
    if text::is_wire(given) { given.into() } else { text::to_wire(given.to_owned()).into() }
}

/// A string of bytes that are ASCII all.
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
            assert_eq!(escape_javascript(&text), script);
            let url = "x".repeat(length) + "%2F%C3%A9%E2%82%AC%F0%9F%98%80%27" + &"y".repeat(length) + "%7F%01";
            assert_eq!(url_encode(&text), url);
            use base64::Engine as _;
            assert_eq!(base64_encode(&text), base64::engine::general_purpose::STANDARD.encode(&text));
        }
    }
}
