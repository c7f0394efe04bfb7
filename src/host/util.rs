//! `$util`: the six functions (aws-observed section 4).

use super::encode::{base64_encode, escape_javascript, escape_less, url_encode, write_javascript};
use super::unreadable::in_text;
use crate::builtins::JavaMethod;
use crate::diagnostic::Code;
use crate::error::Error;
use crate::value::json::read;
use crate::value::{Arena, Value, show, text};
use base64::Engine as _;

pub(super) fn call<'r>(
    arena: &'r Arena<'r>,
    method: JavaMethod,
    args: &[Value<'r>],
) -> Result<Option<Value<'r>>, Error> {
    let [argument] = args else { return Ok(None) };
    match argument {
        Value::Str(text) => written(arena, method, argument, text),
        // All but `escapeJavaScript` take a string and nothing else (assumed; aws-observed 4.2 shows an object there).
        Value::Null => Ok(Some(Value::Null)),
        other if method == JavaMethod::EscapeJavaScript || arena.dialect.util_takes_all => {
            let mut shown = String::new();
            show::show(arena, other, &mut shown)?;
            written(arena, method, argument, &shown)
        }
        _ => Ok(None),
    }
}

/// Calls a function of `$util` with the text of its argument.
fn written<'r>(
    arena: &'r Arena<'r>,
    method: JavaMethod,
    argument: &Value<'r>,
    given: &str,
) -> Result<Option<Value<'r>>, Error> {
    let is_fast = given.is_ascii() && !matches!(method, JavaMethod::UrlEncode | JavaMethod::UrlDecode);
    arena.budget.charge(4 + given.len() / if is_fast { 16 } else { 6 })?;
    // A character takes up to six.
    arena.room(given.len().saturating_mul(match method {
        JavaMethod::EscapeJavaScript => 6,
        JavaMethod::UrlEncode => 3,
        JavaMethod::Base64Encode => 2,
        _ => 1,
    }))?;
    let text = match method {
        JavaMethod::EscapeJavaScript if arena.dialect.short_script_escapes => Some(escape_less(given)),
        JavaMethod::EscapeJavaScript => escape_javascript(given),
        JavaMethod::UrlEncode => url_encode(given),
        JavaMethod::UrlDecode => url_decode(arena, given)?,
        JavaMethod::Base64Encode => Some(base64_encode(given)),
        JavaMethod::Base64Decode => Some(base64_decode(arena, given)?),
        JavaMethod::ParseJson => return parse_json(arena, argument, given).map(Some),
        _ => return Ok(None),
    };
    match (text, argument) {
        (Some(text), _) => arena.string(text).map(Some),
        // Most texts stay as they are: they are given back.
        (None, Value::Str(_)) => Ok(Some(argument.clone())),
        (None, _) => arena.string(given.to_owned()).map(Some),
    }
}

fn parse_json<'r>(arena: &'r Arena<'r>, argument: &Value<'r>, given: &str) -> Result<Value<'r>, Error> {
    let read = match argument {
        Value::Str(text::Text::Borrowed(text)) => read::read(arena, text),
        _ => read::read_owned(arena, given),
    };
    match read {
        Err(error) if error.code() == Code::BadPayload && arena.dialect.lenient_parse_json => Ok(Value::Null),
        read => read.map_err(|error| in_text(error, given, "text given to `$util.parseJson`")),
    }
}

/// Writes a string escaped as `escapeJavaScript` does; returns `false` and writes nothing where a switch asks for
/// another way.
pub(crate) fn write_script(arena: &Arena<'_>, given: &str, out: &mut String) -> Result<bool, Error> {
    if arena.dialect.short_script_escapes {
        return Ok(false);
    }
    arena.budget.charge(given.len() / 16)?;
    if given.len() >= 256 {
        // A character takes up to six, in a text of its own.
        arena.room(given.len().saturating_mul(6))?;
    }
    write_javascript(given, out);
    Ok(true)
}

/// Decodes as `java.net.URLDecoder` does: `+` is a blank, invalid UTF-8 becomes U+FFFD, a bad `%` throws.
/// `None` when nothing is encoded.
fn url_decode(arena: &Arena<'_>, given: &str) -> Result<Option<String>, Error> {
    let broken = |what: &str| Error::new(Code::JavaException, format!("IllegalArgumentException: URLDecoder: {what}"));
    let bytes = given.as_bytes();
    let Some(mut at) = memchr::memchr2(b'+', b'%', bytes) else { return Ok(None) };
    let mut out: Vec<u8> = Vec::with_capacity(bytes.len());
    out.extend_from_slice(&bytes[..at]);
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'+' => out.push(b' '),
            b'%' => {
                let digits = given.get(at..at + 2).ok_or_else(|| broken("Incomplete trailing escape (%) pattern"))?;
                // Java reads them with parseInt, which takes a sign.
                let value = i32::from_str_radix(digits, 16)
                    .map_err(|_| broken("Illegal hex characters in escape (%) pattern"))?;
                let value = u8::try_from(value)
                    .map_err(|_| broken("Illegal hex characters in escape (%) pattern - negative value"))?;
                out.push(value);
                at += 2;
            }
            plain => out.push(plain),
        }
    }
    java_utf8(arena, out).map(Some)
}

/// Decodes as Java's basic decoder does: padding may be missing, anything outside of the alphabet throws.
fn base64_decode(arena: &Arena<'_>, given: &str) -> Result<String, Error> {
    use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
    const JAVA: GeneralPurpose = GeneralPurpose::new(
        &base64::alphabet::STANDARD,
        GeneralPurposeConfig::new()
            .with_decode_padding_mode(DecodePaddingMode::Indifferent)
            .with_decode_allow_trailing_bits(true),
    );
    let broken = |why: String| Error::new(Code::JavaException, format!("IllegalArgumentException: {why}"));
    if given.ends_with('=') && !given.len().is_multiple_of(4) {
        return Err(broken("Input byte array has wrong 4-byte ending unit".to_owned()));
    }
    let bytes = JAVA.decode(given.as_bytes()).map_err(|e| broken(e.to_string()))?;
    java_utf8(arena, bytes)
}

/// Decodes UTF-8; each sequence that is none becomes U+FFFD, which takes longer than what is valid.
fn java_utf8(arena: &Arena<'_>, bytes: Vec<u8>) -> Result<String, Error> {
    String::from_utf8(bytes).or_else(|error| {
        let bytes = error.as_bytes();
        arena.budget.charge(bytes.len())?;
        // A byte may become three.
        arena.room(2 * bytes.len())?;
        Ok(String::from_utf8_lossy(bytes).into_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::budget::Budget;
    use crate::dialect::Dialect;
    use crate::limits::Limits;

    /// Outputs of Java 17; `None` for an exception.
    #[test]
    fn urls_are_decoded_in_runs() {
        let budget = Budget::new(&Limits::service());
        let arena = Arena::new(&budget, Dialect::service());
        let cases = [
            ("", Some("")),
            ("plain é", Some("plain é")),
            ("+", Some(" ")),
            ("a+b++", Some("a b  ")),
            ("%41%42c%2b%2B+", Some("ABc++ ")),
            ("%C3%A9%", None),
            ("%c3%A9é", Some("éé")),
            ("%FF.", Some("\u{fffd}.")),
            ("x%E2%82", Some("x\u{fffd}")),
            ("%+1", Some("\u{1}")),
            ("%-1", None),
            ("%4", None),
            ("%é", None),
            ("%€", None),
            ("100%zz", None),
        ];
        for (given, decoded) in cases {
            let own = url_decode(&arena, given).ok().map(|text| text.unwrap_or(given.to_owned()));
            assert_eq!(own.as_deref(), decoded, "{given}");
        }
        assert!(matches!(url_decode(&arena, "nothing to decode"), Ok(None)));
    }
}
