//! The check of a configuration: everything the service would refuse, found beforehand and all at once.
//!
//! Messages are the service's own where they are known (aws-observed 7.13, 15; "Amazon API Gateway
//! important notes"). Parts that a document leaves unresolved, such as `${…}`, are not reported.

pub(super) mod problem;
pub(super) mod rules;

pub use problem::Problem;
