//! Methods of REST APIs, from the client's request to its response.

pub(crate) mod check;
pub(crate) mod request;
pub(crate) mod response;
pub(crate) mod validate;
