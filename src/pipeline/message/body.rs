//! Bodies in JSON: text if they are UTF-8, else base64 with `bodyIsBase64`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::borrow::Cow;

/// Decodes the body of a message in JSON.
pub(crate) fn bytes(body: Option<String>, is_base64: bool) -> Result<Vec<u8>, String> {
    let text = body.unwrap_or_default();
    if is_base64 {
        return STANDARD.decode(text).map_err(|error| format!("the body is not base64: {error}"));
    }
    Ok(text.into_bytes())
}

/// Encodes a body for JSON, and says whether the text is base64.
pub(super) fn text(body: &[u8]) -> (Cow<'_, str>, bool) {
    match std::str::from_utf8(body) {
        Ok(text) => (Cow::Borrowed(text), false),
        Err(_) => (Cow::Owned(STANDARD.encode(body)), true),
    }
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ResponseText<S> {
    pub(super) status: S,
    #[serde(default)]
    pub(super) headers: super::headers::Headers,
    #[serde(default)]
    pub(super) body: Option<String>,
    #[serde(default)]
    pub(super) body_is_base64: bool,
}

/// Implements constructors and serde for a message of status, headers and body.
macro_rules! response {
    ($name:ident, $status:ty) => {
        impl $name {
            /// Creates a response of a status, without headers and body.
            #[must_use]
            pub fn new(status: $status) -> Self {
                $name { status, ..$name::default() }
            }

            /// Adds a header and keeps those of the same name.
            #[must_use]
            pub fn with_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
                self.headers.add(name, value);
                self
            }

            /// Sets the body.
            #[must_use]
            pub fn with_body(mut self, body: impl Into<Vec<u8>>) -> Self {
                self.body = body.into();
                self
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = super::body::ResponseText::<$status>::deserialize(deserializer)?;
                let body = super::body::bytes(text.body, text.body_is_base64).map_err(serde::de::Error::custom)?;
                Ok($name { status: text.status, headers: text.headers, body })
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use serde::ser::SerializeStruct;
                let (body, is_base64) = super::body::text(&self.body);
                let mut row = serializer.serialize_struct(stringify!($name), 4)?;
                row.serialize_field("status", &self.status)?;
                row.serialize_field("headers", &self.headers)?;
                row.serialize_field("body", &body)?;
                row.serialize_field("bodyIsBase64", &is_base64)?;
                row.end()
            }
        }
    };
}

pub(super) use response;
