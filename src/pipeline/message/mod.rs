//! The messages of a call: plain data whose bodies are bytes.
//!
//! | Message | From | To |
//! | --- | --- | --- |
//! | [`MethodRequest`] | client | gateway |
//! | [`IntegrationRequest`] | gateway | backend |
//! | [`IntegrationResponse`] | backend | gateway |
//! | [`MethodResponse`] | gateway | client |
//!
//! In JSON, a body is text if it is UTF-8, else base64 with `bodyIsBase64`.

mod backend;
pub(super) mod body;
mod client;
pub(super) mod header_rules;
pub(super) mod headers;
pub(super) mod media;

pub use backend::{CacheKey, Credentials, IntegrationRequest, IntegrationResponse, ServiceCall, Settings};
pub use client::{MethodRequest, MethodResponse};
pub use header_rules::{HeaderAction, header_to_backend, header_to_client};
#[doc(hidden)]
pub use header_rules::{NOT_FORWARDED, STRIPPED, TO_BACKEND, TO_CLIENT};
pub use headers::Headers;
pub use media::{Conversion, is_binary, request_conversion, response_conversion};
#[doc(hidden)]
pub use media::{REQUEST_CONVERSIONS, RESPONSE_CONVERSIONS};
