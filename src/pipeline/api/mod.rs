//! An API as a whole: the door for servers. [`PreparedApi`] finds the route of a request and makes the
//! call.

mod prepared;
mod problems;
mod routing;

pub use prepared::{PreparedApi, RouteMatch};
pub use routing::match_resource;
