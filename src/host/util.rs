//! `$util`: the six functions (aws-observed section 4).

use super::encode::{base64_encode, escape_javascript, escape_less, url_encode};
use crate::builtins::JavaMethod;
use crate::error::{Code, Error};
use crate::value::json::read;
use crate::value::{Arena, Value, show, text};
use base64::Engine as _;

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
    // Most texts stay as they are: they are given back.
    let written = |text: Option<String>| match (text, argument) {
        (Some(text), _) => arena.string(text),
        (None, Value::Str(_)) => Ok(argument.clone()),
        (None, _) => arena.string(given.to_owned()),
    };
    Ok(Some(match method {
        JavaMethod::EscapeJavaScript if arena.dialect.short_script_escapes => arena.string(escape_less(given))?,
        JavaMethod::EscapeJavaScript => written(escape_javascript(given))?,
        JavaMethod::UrlEncode => written(url_encode(given))?,
        JavaMethod::UrlDecode => written(url_decode(given)?)?,
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

/// `java.net.URLDecoder`: `+` is a blank, bytes that are no UTF-8 become U+FFFD, a bad `%` is an exception.
/// None when all stays.
fn url_decode(given: &str) -> Result<Option<String>, Error> {
    let broken =
        |what: &str| Error::new(Code::JavaException, format!("java.lang.IllegalArgumentException: URLDecoder: {what}"));
    let bytes = given.as_bytes();
    let mut rest = bytes;
    let mut out: Vec<u8> = Vec::new();
    while let Some(plain) = memchr::memchr2(b'+', b'%', rest) {
        if out.capacity() == 0 {
            out.reserve(bytes.len());
        }
        let (plain, coded) = rest.split_at(plain);
        out.extend_from_slice(plain);
        rest = match coded {
            [b'%', coded @ ..] => {
                let at = bytes.len() - coded.len();
                let digits = given.get(at..at + 2).ok_or_else(|| broken("Incomplete trailing escape (%) pattern"))?;
                // Java reads them with parseInt, which takes a sign.
                let value = i32::from_str_radix(digits, 16)
                    .map_err(|_| broken("Illegal hex characters in escape (%) pattern"))?;
                let value = u8::try_from(value)
                    .map_err(|_| broken("Illegal hex characters in escape (%) pattern - negative value"))?;
                out.push(value);
                coded.get(2..).unwrap_or_default()
            }
            coded => {
                out.push(b' ');
                coded.get(1..).unwrap_or_default()
            }
        };
    }
    if rest.len() == bytes.len() {
        return Ok(None);
    }
    out.extend_from_slice(rest);
    Ok(Some(java_utf8(out)))
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
    Ok(java_utf8(bytes))
}

fn java_utf8(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}
