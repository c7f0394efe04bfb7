//! Texts that stand in a test file, or in a file that it names.

use super::fields::text;
use crate::node::{Data, Fault, Node};
use std::path::{Path, PathBuf};

/// Returns a path that a test file of a folder names, without `.` in it.
pub(super) fn within(folder: &Path, name: &str) -> PathBuf {
    let path: PathBuf = folder.join(name).components().collect();
    if path.as_os_str().is_empty() { PathBuf::from(".") } else { path }
}

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
            (_, [only]) if only.key == "file" => Payload::File(within(folder, &text(&only.value, "`file`")?)),
            _ => Payload::Value(node.clone()),
        })
    }
}
