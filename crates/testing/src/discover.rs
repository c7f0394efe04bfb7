//! Finding test files and the test folders of other tools.

use crate::format::file::ENDS;
use crate::format::foreign::is_foreign;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Folders that hold the files of tools and other people.
const SKIPPED: &[&str] = &["node_modules", "target", "snapshots", "__pycache__", "venv"];

/// Finds test files and test folders below some paths, sorted and each once. Hidden folders and those of
/// tools are left out, unless a path names them.
///
/// ```
/// let folder = tempfile::tempdir()?;
/// std::fs::write(folder.path().join("a.vtl-test.yaml"), "tests: []")?;
/// let found = vtl_testing::discover(&[folder.path().to_owned()])?;
/// assert!(found[0].ends_with("a.vtl-test.yaml"));
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
/// A path does not exist, or a folder cannot be read.
pub fn discover(paths: &[PathBuf]) -> std::io::Result<Vec<PathBuf>> {
    let mut found = BTreeSet::new();
    for path in paths {
        if path.is_dir() {
            walk(path, &mut found)?;
        } else if path.exists() {
            found.insert(path.clone());
        } else {
            let why = format!("{}: there is no such file or folder", path.display());
            return Err(std::io::Error::new(std::io::ErrorKind::NotFound, why));
        }
    }
    Ok(found.into_iter().collect())
}

fn walk(folder: &Path, found: &mut BTreeSet<PathBuf>) -> std::io::Result<()> {
    let unreadable =
        |error: std::io::Error| std::io::Error::new(error.kind(), format!("{}: {error}", folder.display()));
    let mut names = BTreeSet::new();
    let mut folders = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let kind = entry.file_type().map_err(unreadable)?;
        // Links to folders are not followed: they may lead in a circle.
        if kind.is_dir() {
            if !name.starts_with('.') && !SKIPPED.contains(&name.as_str()) {
                folders.push(entry.path());
            }
            continue;
        }
        if kind.is_symlink() && entry.path().is_dir() {
            continue;
        }
        if ENDS.iter().any(|end| name.ends_with(end)) {
            found.insert(if folder == Path::new(".") { PathBuf::from(entry.file_name()) } else { entry.path() });
        }
        names.insert(name);
    }
    if is_foreign(|name| names.contains(name)) {
        found.insert(folder.to_owned());
    }
    folders.iter().map(|folder| folder.strip_prefix("./").unwrap_or(folder)).try_for_each(|folder| walk(folder, found))
}
