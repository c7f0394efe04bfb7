//! Text to tree: parsers of JSON, YAML and shell, and the tree that all documents become.

pub(crate) mod build;
pub(crate) mod duplicate;
pub(crate) mod json;
pub(crate) mod pointer;
pub(crate) mod runs;
pub(crate) mod shell;
pub(crate) mod source;
pub(crate) mod tree;
pub(crate) mod yaml;
