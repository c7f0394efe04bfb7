//! An API as a whole: which method or route takes a request.

mod routing;

pub use routing::match_resource;
