//! Models of an API, and JSON values of which parts are unknown beside them.

pub mod schema;
pub mod shape;
