//! Liberal reading of documents: null where a value is left to its default, numbers where text is
//! meant.

use super::table::Table;
use super::words::{ConnectionType, PassthroughBehavior};
use serde::de::{Deserialize, Deserializer};
use serde_json::Value as Json;

/// Default timeout of REST and WebSocket integrations in milliseconds.
const DEFAULT_TIMEOUT: u64 = 29_000;

pub(super) fn internet() -> ConnectionType {
    ConnectionType::Internet
}

pub(super) fn null_is_internet<'de, D: Deserializer<'de>>(deserializer: D) -> Result<ConnectionType, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_else(internet))
}

pub(super) fn when_no_match() -> PassthroughBehavior {
    PassthroughBehavior::WhenNoMatch
}

pub(super) fn null_is_when_no_match<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<PassthroughBehavior, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_else(when_no_match))
}

pub(super) fn default_timeout() -> u64 {
    DEFAULT_TIMEOUT
}

pub(super) fn null_is_default_timeout<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or(DEFAULT_TIMEOUT))
}

pub(super) fn null_is_default<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// Reads a status, which documents write as text or as a number.
pub(super) fn text_or_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    match Json::deserialize(deserializer)? {
        Json::Null => Ok(None),
        Json::String(text) => Ok(Some(text)),
        Json::Number(number) => Ok(Some(number.to_string())),
        other => Err(serde::de::Error::custom(format!("a status code must be a string or a number, not {other}"))),
    }
}

pub(super) fn text_or_number_required<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(text_or_number(deserializer)?.unwrap_or_default())
}

/// Reads templates by media type; null is the empty template.
pub(super) fn templates<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Table<String>, D::Error> {
    let table = Table::<Option<String>>::deserialize(deserializer)?;
    Ok(table.into_iter().map(|(media, template)| (media, template.unwrap_or_default())).collect())
}

/// Reads a version, which documents write as `1.0`, `"1.0"` or `"1"`.
pub(super) fn version<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let text = text_or_number(deserializer)?;
    Ok(text.map(|text| if text == "1" || text == "2" { text + ".0" } else { text }))
}

// The signature is serde's.
#[allow(clippy::trivially_copy_pass_by_ref)]
pub(super) fn is_false(truth: &bool) -> bool {
    !truth
}
