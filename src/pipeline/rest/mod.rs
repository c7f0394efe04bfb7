//! REST APIs: methods of resources, with validation, mappings and templates.

pub(super) mod check;
mod method;
mod request;
pub(super) mod response;
mod validate;

pub use crate::pipeline::call::lambda::{lambda_event, lambda_result};
pub use method::PreparedMethod;
