//! A test file with its tests.

use super::test::Test;
use std::io::{Error, Read};
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

/// Most bytes of a file that a test names.
const MAX_BYTES: u64 = 128 << 20;

/// Reads a file that must be UTF-8.
pub(crate) fn read_text(path: &Path) -> Result<String, String> {
    let bytes = bounded(path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        format!("{} is not UTF-8 (at byte {at})", path.display())
    })
}

/// Reads a file to its end, which a device may not have.
fn bounded(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    vtl_loaders::open_named(path)?.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    match bytes.len() as u64 > MAX_BYTES {
        true => Err(Error::other(format!("it has more than {MAX_BYTES} bytes"))),
        false => Ok(bytes),
    }
}
