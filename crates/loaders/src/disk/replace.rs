//! Files that a program writes or removes beside those of a stranger.

use super::reach::Reach;
use std::fs::{File, OpenOptions};
use std::hash::{BuildHasher, RandomState};
use std::io::{Error, ErrorKind, Result, Write};
use std::path::{Path, PathBuf};

impl Reach {
    /// Writes a file within reach, whole or not at all: to a new file, which then takes its place. Folders above it
    /// are made; a link is followed, and an old file keeps its permissions.
    ///
    /// ```
    /// let folder = tempfile::tempdir()?;
    /// let reach = vtl_loaders::Reach::of(folder.path(), &[]);
    /// reach.write(&folder.path().join("a/b.txt"), b"new")?;
    /// assert_eq!(std::fs::read(folder.path().join("a/b.txt"))?, b"new");
    /// assert!(reach.write(&folder.path().join("../b.txt"), b"new").is_err());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    /// The reason, without the path: it is outside of reach, no regular file, or the system refuses it.
    pub fn write(&self, path: &Path, bytes: &[u8]) -> Result<()> {
        let real = match path.symlink_metadata() {
            Ok(_) => self.real(path)?,
            Err(error) if error.kind() == ErrorKind::NotFound => self.made(path)?,
            Err(error) => return Err(error),
        };
        let old = real.metadata().ok();
        if old.as_ref().is_some_and(|old| !old.is_file()) {
            return Err(Error::other("it is no regular file"));
        }
        let (mut file, new) = new_file(&real)?;
        let written = file
            .write_all(bytes)
            .and_then(|()| old.map_or(Ok(()), |old| file.set_permissions(old.permissions())))
            .and_then(|()| std::fs::rename(&new, &real));
        if written.is_err() {
            let _ = std::fs::remove_file(&new);
        }
        written
    }

    /// Removes a file or a link from a folder within reach.
    ///
    /// # Errors
    /// The reason, without the path: the folder is outside of reach, or the system refuses it.
    pub fn remove(&self, path: &Path) -> Result<()> {
        std::fs::remove_file(self.in_folder(path)?)
    }

    /// Returns the path of a new file, whose folder is made if it is within reach.
    fn made(&self, path: &Path) -> Result<PathBuf> {
        let folder = folder_of(path);
        let nearest = folder.ancestors().map(here).find(|it| it.symlink_metadata().is_ok());
        self.real(nearest.unwrap_or(Path::new(".")))?;
        std::fs::create_dir_all(folder)?;
        self.in_folder(path)
    }

    /// Returns a path whose folder is within reach, with that folder as it is without links.
    fn in_folder(&self, path: &Path) -> Result<PathBuf> {
        let name = path.file_name().ok_or_else(|| Error::other("it names no file"))?;
        Ok(self.real(folder_of(path))?.join(name))
    }
}

fn folder_of(path: &Path) -> &Path {
    here(path.parent().unwrap_or(Path::new("")))
}

/// Returns a folder, the working directory for an empty path.
fn here(folder: &Path) -> &Path {
    if folder.as_os_str().is_empty() { Path::new(".") } else { folder }
}

/// Creates a file beside another. Nobody can foresee its name and put a link there.
fn new_file(beside: &Path) -> Result<(File, PathBuf)> {
    let path = beside.with_file_name(format!(".vtl-{:016x}.tmp", RandomState::new().hash_one(beside)));
    Ok((OpenOptions::new().write(true).create_new(true).open(&path)?, path))
}
