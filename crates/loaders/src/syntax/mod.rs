//! Syntax: from the text of a file to a tree of values that know where they are written.

pub(crate) mod json;
pub(crate) mod shell;
pub(crate) mod source;
pub(crate) mod tree;
pub(crate) mod yaml;
