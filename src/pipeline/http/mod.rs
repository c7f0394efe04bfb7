//! Routes of HTTP APIs: requests pass through, changed only by the parameter mapping.

pub(crate) mod check;
pub(crate) mod event;
pub(crate) mod mapping;
pub(crate) mod route;
pub(crate) mod subtype;
