//! Values that the service assumes where a document is silent.

use vtl::pipeline::Protocol;

/// Returns the default timeout of an integration in milliseconds.
///
/// It is also the longest timeout, unless the account's quota for REST APIs was raised.
pub(crate) const fn timeout_in_millis(protocol: Protocol) -> u64 {
    match protocol {
        Protocol::Http => 30_000,
        _ => 29_000,
    }
}

/// Models that each REST API has from the start.
pub(crate) const MODELS: &[&str] = &["Empty", "Error"];

/// Returns the name of a payload format: documents also write `1` for `1.0`.
pub(crate) fn payload_format(version: String) -> String {
    match version.as_str() {
        "1" | "2" => version + ".0",
        _ => version,
    }
}
