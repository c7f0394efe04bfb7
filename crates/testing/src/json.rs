//! Texts of JSON that are read into values.

use serde::de::Error as _;
use serde_json::Value as Json;
use vtl::json_unstable::check_values;

/// Most values of an output, or of a file that it is compared with.
const MOST_VALUES: usize = 2_000_000;

/// Reads JSON.
///
/// # Errors
/// It is none, or has too many values.
pub(crate) fn read(text: &str) -> serde_json::Result<Json> {
    check_values(text, MOST_VALUES).map_err(|error| serde_json::Error::custom(error.detail()))?;
    serde_json::from_str(text)
}
