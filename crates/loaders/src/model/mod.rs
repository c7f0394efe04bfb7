//! From a tree to the model of [`vtl::pipeline`], in the words of any document language.

pub(crate) mod bare;
pub(crate) mod draft;
pub(crate) mod integration;
