//! The configuration of an API as plain data: methods, integrations and their responses.

pub(crate) mod integration;
pub(crate) mod java_uri;
mod reading;
pub(crate) mod schema;
pub(crate) mod table;
pub(crate) mod uri;
