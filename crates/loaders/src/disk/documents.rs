//! The files of the document at a path.

use std::io::{Error, ErrorKind, Result};
use std::path::{Path, PathBuf};

/// Documents that a folder without Terraform files is there for.
const OTHERS: &[&str] =
    &["manifest.json", "cdk.out/manifest.json", "serverless.yml", "serverless.yaml", "serverless.json"];

/// Returns the files of the document at a path: the file itself, the `.tf` and `.tf.json` files of a
/// folder, sorted, or the one document that a folder is there for. A folder may list what is no regular file, and
/// links that lead anywhere: read them through a [`Reach`](crate::Reach) of the folder.
///
/// ```
/// let folder = tempfile::tempdir()?;
/// let file = folder.path().join("main.tf");
/// std::fs::write(&file, "")?;
/// assert_eq!(vtl_loaders::files_of(folder.path())?, [file]);
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
/// The folder cannot be read, or has no document.
pub fn files_of(path: &Path) -> Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let shown = path.display();
    let is_terraform = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        !name.starts_with('.') && (name.ends_with(".tf") || name.ends_with(".tf.json")) && !path.is_dir()
    };
    // A link that leads nowhere is there too: reading it tells so.
    let is_there = |path: &PathBuf| path.symlink_metadata().is_ok() && !path.is_dir();
    let unreadable = |error: Error| Error::new(error.kind(), format!("cannot read {shown}: {error}"));
    let entries = std::fs::read_dir(path).map_err(unreadable)?;
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).filter(is_terraform).collect();
    files.sort();
    if files.is_empty() {
        files.extend(OTHERS.iter().map(|name| path.join(name)).find(is_there));
    }
    if files.is_empty() {
        let why = format!(
            "{shown} has no .tf or .tf.json file, no serverless.yml and no cdk.out; give the file of the document"
        );
        return Err(Error::new(ErrorKind::NotFound, why));
    }
    Ok(files)
}
