//! The messages of a call, their headers and their media types.

pub(crate) mod headers;
pub(crate) mod integration;
pub(crate) mod media;
