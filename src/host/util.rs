//! `$util`: the six functions (aws-observed section 4).

use crate::builtins::JavaMethod;
use crate::error::{Code, Error};
use crate::value::json::read;
use crate::value::{Arena, Value, show, text};
use base64::Engine as _;
use std::borrow::Cow;

pub(super) fn call<'r>(
    arena: &'r Arena<'r>,
    method: JavaMethod,
    args: &[Value<'r>],
) -> Result<Option<Value<'r>>, Error> {
    let [argument] = args else { return Ok(None) };
    let mut shown = String::new();
    let given: &str = match argument {
        Value::Str(text) => text,
        // All but `escapeJavaScript` take a string and nothing else (assumed; aws-observed 4.2 shows an object there).
        Value::Null => return Ok(Some(Value::Null)),
        other if method == JavaMethod::EscapeJavaScript || arena.dialect.util_takes_all => {
            show::show(arena, other, &mut shown)?;
            &shown
        }
        _ => return Ok(None),
    };
    arena.meter.charge(given.len() / 64)?;
    Ok(Some(match method {
        JavaMethod::EscapeJavaScript => arena.string(escape_javascript(given, arena.dialect.short_script_escapes))?,
        JavaMethod::UrlEncode => arena.string(url_encode(given))?,
        JavaMethod::UrlDecode => arena.string(url_decode(given)?)?,
        JavaMethod::Base64Encode => arena.string(base64_encode(given))?,
        JavaMethod::Base64Decode => arena.string(base64_decode(given)?)?,
        JavaMethod::ParseJson => {
            let read = match argument {
                Value::Str(text::Text::Borrowed(text)) => read::read(arena, text),
                _ => read::read_owned(arena, given),
            };
            match read {
                Err(error) if error.code() == Code::BadPayload && arena.dialect.lenient_parse_json => Value::Null,
                read => read?,
            }
        }
        _ => return Ok(None),
    }))
}

/// commons-lang's `StringEscapeUtils.escapeJavaScript`: also `'` and `/`, and everything beyond ASCII as `\uXXXX`
/// (aws-observed 4.1 R, 4.3 M).
/// With `short` the last two stay as they are.
pub(crate) fn escape_javascript(text: &str, short: bool) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    let mut plain = 0;
    for (at, c) in text.char_indices() {
        let stays = matches!(c, ' '..='~') && !matches!(c, '"' | '\'' | '\\' | '/');
        if stays || short && (c == '/' || c > '~') {
            continue;
        }
        out.push_str(&text[plain..at]);
        plain = at + c.len_utf8();
        match c {
            '"' => out.push_str("\\\""),
            '\'' => out.push_str("\\'"),
            '\\' => out.push_str("\\\\"),
            '/' => out.push_str("\\/"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\u{7f}' => out.push('\u{7f}'),
            _ => escape_units(c, &mut out),
        }
    }
    out.push_str(&text[plain..]);
    out
}

fn escape_units(c: char, out: &mut String) {
    use std::fmt::Write as _;
    let mut pair = [0; 2];
    let lone = text::as_lone_surrogate(c).map(|unit| [unit]);
    let units = match &lone {
        Some(unit) => unit.as_slice(),
        None => c.encode_utf16(&mut pair),
    };
    for unit in units {
        // Writing to a string cannot fail.
        let _ = write!(out, "\\u{unit:04X}");
    }
}

/// `java.net.URLEncoder`: letters, digits and `.-*_` stay, a blank is `+`, lone halves of pairs are `?`.
fn url_encode(given: &str) -> String {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let given = text::to_wire(given.to_owned());
    let mut out = String::with_capacity(given.len() + given.len() / 4);
    for byte in given.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'*' | b'_' => out.push(byte as char),
            b' ' => out.push('+'),
            _ => {
                out.push('%');
                out.push(HEX[usize::from(byte >> 4)] as char);
                out.push(HEX[usize::from(byte & 15)] as char);
            }
        }
    }
    out
}

/// `java.net.URLDecoder`: `+` is a blank, bytes that are no UTF-8 become U+FFFD, a bad `%` is an exception.
fn url_decode(given: &str) -> Result<String, Error> {
    let broken =
        |what: &str| Error::new(Code::JavaException, format!("java.lang.IllegalArgumentException: URLDecoder: {what}"));
    let bytes = given.as_bytes();
    let mut out: Vec<u8> = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'+' => out.push(b' '),
            b'%' => {
                let digits =
                    given.get(at + 1..at + 3).ok_or_else(|| broken("Incomplete trailing escape (%) pattern"))?;
                // Java reads them with parseInt, which takes a sign.
                let value = i32::from_str_radix(digits, 16)
                    .map_err(|_| broken("Illegal hex characters in escape (%) pattern"))?;
                let value = u8::try_from(value)
                    .map_err(|_| broken("Illegal hex characters in escape (%) pattern - negative value"))?;
                out.push(value);
                at += 2;
            }
            other => out.push(other),
        }
        at += 1;
    }
    Ok(java_utf8(&out))
}

/// Java's base64 of the UTF-8 bytes.
fn base64_encode(given: &str) -> String {
    let wire: Cow<'_, str> = if given.is_ascii() { given.into() } else { text::to_wire(given.to_owned()).into() };
    base64::engine::general_purpose::STANDARD.encode(wire.as_bytes())
}

/// Java's basic decoder: padding may be missing; anything outside of the alphabet is an exception.
fn base64_decode(given: &str) -> Result<String, Error> {
    use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
    const JAVA: GeneralPurpose = GeneralPurpose::new(
        &base64::alphabet::STANDARD,
        GeneralPurposeConfig::new()
            .with_decode_padding_mode(DecodePaddingMode::Indifferent)
            .with_decode_allow_trailing_bits(true),
    );
    let broken = |why: String| Error::new(Code::JavaException, format!("java.lang.IllegalArgumentException: {why}"));
    if given.ends_with('=') && !given.len().is_multiple_of(4) {
        return Err(broken("Input byte array has wrong 4-byte ending unit".to_owned()));
    }
    let bytes = JAVA.decode(given.as_bytes()).map_err(|e| broken(e.to_string()))?;
    Ok(java_utf8(&bytes))
}

fn java_utf8(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
