//! Expressions that say where a value comes from and where it goes.

pub(crate) mod expression;
pub(crate) mod source;
