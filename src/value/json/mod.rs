//! JSON as the service reads and writes it: json-smart in permissive mode.

pub(crate) mod read;
pub(crate) mod write;

pub(crate) fn to_serde(text: &str) -> Result<serde_json::Value, crate::error::Error> {
    serde_json::from_str(text).map_err(|e| crate::error::Error::new(crate::error::Code::BadPayload, e.to_string()))
}
