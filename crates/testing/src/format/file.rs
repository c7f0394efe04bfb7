//! A test file with its tests.

use super::test::Test;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use vtl::Code;
use vtl::diagnostic::Diagnostic;
use vtl_loaders::Reach;

/// Ends of the names of test files.
pub(crate) const ENDS: &[&str] = &[".vtl-test.yaml", ".vtl-test.yml", ".vtl-test.json"];

/// A test file, or a folder in a layout of another tool.
#[derive(Debug)]
pub(crate) struct TestFile {
    /// Path as it is shown.
    pub name: String,
    /// Text, for excerpts.
    pub text: String,
    /// Folder of the snapshots.
    pub snapshots: PathBuf,
    /// First part of the names of the snapshots.
    pub stem: String,
    pub tests: Vec<Result<Test, BrokenTest>>,
    /// Files that the tests may read, and where they write snapshots.
    pub reach: Arc<Reach>,
}

/// A finding because of which a test cannot run.
pub(crate) type Obstacle = Box<Diagnostic>;

/// A test that cannot run.
#[derive(Debug)]
pub(crate) struct BrokenTest {
    pub name: String,
    pub line: usize,
    pub finding: Diagnostic,
}

/// Most bytes of a test file, and of a document that a test names.
pub(crate) const MAX_BYTES: u64 = 128 << 20;

/// Reads a file within reach, which must be UTF-8 and have no more than `most` bytes.
pub(crate) fn read_text(path: &Path, reach: &Reach, most: u64) -> Result<String, Obstacle> {
    reach.text(path, most).map_err(|error| unreadable(path, &error))
}

/// Creates the finding of a file that a test names and that cannot be read.
pub(crate) fn unreadable(path: &Path, error: &std::io::Error) -> Obstacle {
    let mut finding = Diagnostic::new(Code::UnreadableTestInput, format!("cannot read {}: {error}", path.display()));
    finding.help = Reach::help(error).map(str::to_owned);
    Box::new(finding)
}
