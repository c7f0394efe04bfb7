//! The documents of answers as text.

use crate::failure::Failure;
use serde::Serialize;

/// Writes a document.
pub(crate) fn write(value: &impl Serialize) -> Result<Vec<u8>, Failure> {
    serde_json::to_vec(value).map_err(|error| Failure::Usage(format!("cannot write the answer: {error}")))
}
