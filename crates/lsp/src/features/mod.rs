//! Answers of the server about a template, one file a feature.

pub(crate) mod actions;
pub(crate) mod closing;
pub(crate) mod completion;
pub(crate) mod diagnostics;
pub(crate) mod folding;
pub(crate) mod hover;
pub(crate) mod navigation;
pub(crate) mod outline;
pub(crate) mod render;
pub(crate) mod selection;
pub(crate) mod signature;
pub(crate) mod tests;
pub(crate) mod tokens;
