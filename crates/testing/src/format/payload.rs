//! Texts that stand in a test file, or in a file that it names.

use super::fields::text;
use crate::node::{Data, Fault, Node};
use std::path::{Path, PathBuf};

/// A text in the test file, or in a file that it names.
#[derive(Clone, Debug)]
pub(crate) enum Payload {
    Text(String),
    /// A value that is no text, written compactly.
    Value(Node),
    File(PathBuf),
}

impl Payload {
    /// Reads a text, `{file: F}` or any other value.
    pub fn read(node: &Node, folder: &Path) -> Result<Payload, Fault> {
        Ok(match (&node.data, node.entries()) {
            (Data::Text(text), _) => Payload::Text(text.clone()),
            (_, [only]) if only.key == "file" => Payload::File(folder.join(text(&only.value, "`file`")?)),
            _ => Payload::Value(node.clone()),
        })
    }
}
