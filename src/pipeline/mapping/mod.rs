//! Parameter mapping: targets, sources and expressions, parsed once and evaluated in each call.

pub(super) mod expression;
pub(super) mod payload;
pub(super) mod source;

pub use expression::Expression;
pub use source::{BodyPath, Source, Target};
