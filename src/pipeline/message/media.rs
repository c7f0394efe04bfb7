//! Media types, and conversion of payloads between text and bytes.

use crate::diagnostic::Code;
use crate::error::Error;
use crate::pipeline::model::ContentHandling;
use crate::value::text;
use base64::Engine;
use base64::alphabet::STANDARD as ALPHABET;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use std::borrow::Cow;

pub(crate) const JSON: &str = "application/json";

/// Returns a media type without its parameters: `application/json; charset=utf-8` is
/// `application/json`. Returns `None` if there is no slash in it.
pub(crate) fn essence(value: &str) -> Option<&str> {
    let essence = value.split(';').next()?.trim();
    essence.contains('/').then_some(essence)
}

/// Returns `true` if the key of a template, which may have parameters, denotes a media type.
pub(crate) fn is_type(key: &str, media_type: &str) -> bool {
    key.eq_ignore_ascii_case(media_type) || essence(key).is_some_and(|key| key.eq_ignore_ascii_case(media_type))
}

/// Checks whether a media type is one of the binary media types of an API (aws-observed 9.12, 9.13).
///
/// `type/*` matches every subtype, `*/*` everything, even a missing type; `*/subtype` matches nothing,
/// not even itself.
///
/// ```
/// use vtl::pipeline::message::is_binary;
/// let types = ["image/*".to_owned(), "*/pdf".to_owned()];
/// assert!(is_binary(&types, Some("image/png")));
/// assert!(!is_binary(&types, Some("*/pdf")));
/// assert!(!is_binary(&types, None));
/// ```
#[must_use]
pub fn is_binary(binary_media_types: &[String], media_type: Option<&str>) -> bool {
    binary_media_types.iter().any(|configured| {
        if configured == "*/*" {
            return true;
        }
        let (Some(media_type), false) = (media_type, configured.starts_with('*')) else { return false };
        match configured.strip_suffix('*') {
            Some(prefix) if prefix.ends_with('/') => {
                media_type.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
            }
            _ => media_type.eq_ignore_ascii_case(configured),
        }
    })
}

/// The conversion of a payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Conversion {
    /// Reads the bytes as UTF-8; invalid ones become U+FFFD.
    Text,
    /// Decodes base64; other text is an error.
    Decode,
    /// Encodes as base64.
    Encode,
    /// Keeps the bytes.
    Keep,
}

use ContentHandling::{ConvertToBinary as ToBinary, ConvertToText as ToText};
use Conversion::{Decode, Encode, Keep, Text};

/// Conversions of requests: whether the body is binary, the configured handling, the conversion
/// (aws-observed 9.7, R).
#[doc(hidden)]
pub const REQUEST_CONVERSIONS: &[(bool, Option<ContentHandling>, Conversion)] = &[
    (false, None, Text),
    (false, Some(ToText), Text),
    (false, Some(ToBinary), Decode),
    (true, None, Keep),
    (true, Some(ToText), Encode),
    (true, Some(ToBinary), Keep),
];

/// Conversions of responses: whether the body is binary, whether the client accepts binary, the
/// configured handling, the conversion (aws-observed 9.9, R).
#[doc(hidden)]
pub const RESPONSE_CONVERSIONS: &[(bool, bool, Option<ContentHandling>, Conversion)] = &[
    (false, false, None, Text),
    (false, false, Some(ToText), Text),
    (false, false, Some(ToBinary), Decode),
    (false, true, None, Decode),
    (false, true, Some(ToText), Text),
    (false, true, Some(ToBinary), Decode),
    (true, false, None, Encode),
    (true, false, Some(ToText), Encode),
    (true, false, Some(ToBinary), Keep),
    (true, true, None, Keep),
    (true, true, Some(ToText), Encode),
    (true, true, Some(ToBinary), Keep),
];

/// Returns the conversion of a request body.
#[must_use]
pub fn request_conversion(binary: bool, handling: Option<ContentHandling>) -> Conversion {
    REQUEST_CONVERSIONS.iter().find(|row| (row.0, row.1) == (binary, handling)).map_or(Keep, |row| row.2)
}

/// Returns the conversion of a response body.
#[must_use]
pub fn response_conversion(binary: bool, accepts_binary: bool, handling: Option<ContentHandling>) -> Conversion {
    let row = RESPONSE_CONVERSIONS.iter().find(|row| (row.0, row.1, row.2) == (binary, accepts_binary, handling));
    row.map_or(Keep, |row| row.3)
}

impl Conversion {
    /// Converts a payload.
    ///
    /// ```
    /// use vtl::pipeline::message::Conversion;
    /// assert_eq!(Conversion::Decode.apply(b"aGk=")?, &b"hi"[..]);
    /// assert_eq!(Conversion::Decode.apply(b"no base64!").unwrap_err().code(), vtl::Code::Conversion);
    /// # Ok::<(), vtl::Error>(())
    /// ```
    ///
    /// # Errors
    /// `V405` for text that is not base64.
    pub fn apply(self, body: &[u8]) -> Result<Cow<'_, [u8]>, Error> {
        match self {
            Keep => Ok(Cow::Borrowed(body)),
            Text => Ok(match text::from_bytes(body) {
                Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
                Cow::Owned(text) => Cow::Owned(text.into_bytes()),
            }),
            Encode => Ok(Cow::Owned(BASE64.encode(body).into_bytes())),
            Decode => decode(body).map(Cow::Owned),
        }
    }
}

/// Base64 as Java's decoder reads it: padding may be missing.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &ALPHABET,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

pub(crate) fn decode(text: &[u8]) -> Result<Vec<u8>, Error> {
    BASE64.decode(text).map_err(|error| Error::new(Code::Conversion, format!("the body is not base64: {error}")))
}

pub(crate) fn encode(bytes: &[u8]) -> String {
    BASE64.encode(bytes)
}
