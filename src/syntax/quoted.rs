//! String literals: their quotes, doubled quotes and `\u` escapes.

use std::borrow::Cow;

/// Decodes `'…'`: `''` is a quote, nothing else is special.
pub(super) fn single(image: &str) -> Cow<'_, str> {
    let inner = inside(image);
    if inner.contains('\'') { inner.replace("''", "'").into() } else { inner.into() }
}

/// Decodes `"…"`: `\uXXXX` first, then `""` is a quote. Returns `None` for a `\u` without four
/// hexadecimal digits.
pub(super) fn double(image: &str) -> Option<Cow<'_, str>> {
    let text = unescape(inside(image))?;
    Some(if text.contains('"') { text.replace("\"\"", "\"").into() } else { text })
}

/// Returns a literal without its quotes.
pub(super) fn inside(image: &str) -> &str {
    image.get(1..image.len().saturating_sub(1)).unwrap_or("")
}

/// Replaces `\uXXXX` as Velocity does, digits read by Java's `parseInt`. Returns `None` where that
/// throws.
fn unescape(text: &str) -> Option<Cow<'_, str>> {
    let Some(first) = text.find("\\u") else { return Some(text.into()) };
    let mut units: Vec<u16> = Vec::new();
    let mut out = String::with_capacity(text.len());
    let mut at = first;
    out.push_str(&text[..first]);
    loop {
        let digits = text.get(at + 2..at + 6)?;
        let (negative, hex) = match digits.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, digits.strip_prefix('+').unwrap_or(digits)),
        };
        if !hex.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        let unit = i32::from_str_radix(hex, 16).ok()?;
        units.push(if negative { -unit } else { unit } as u16);
        at += 6;
        if text[at..].starts_with("\\u") {
            continue;
        }
        let piece: String = char::decode_utf16(units.drain(..)).map(|c| c.unwrap_or('?')).collect();
        out.push_str(&piece);
        let next = text[at..].find("\\u").map_or(text.len(), |n| at + n);
        out.push_str(&text[at..next]);
        if next == text.len() {
            return Some(out.into());
        }
        at = next;
    }
}
