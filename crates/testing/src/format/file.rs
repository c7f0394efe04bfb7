//! A test file with its tests.

use super::test::Test;
use std::path::{Path, PathBuf};
use vtl::diagnostic::Diagnostic;

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
}

/// A test that cannot run.
#[derive(Debug)]
pub(crate) struct BrokenTest {
    pub name: String,
    pub line: usize,
    pub finding: Diagnostic,
}

/// Reads a file that must be UTF-8.
pub(crate) fn read_text(path: &Path) -> Result<String, String> {
    let bytes = std::fs::read(path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        format!("{} is not UTF-8 (at byte {at})", path.display())
    })
}
