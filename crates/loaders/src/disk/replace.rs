//! Files that a program writes or removes beside those of a stranger.

use super::opened::Folder;
use super::reach::Reach;
use std::ffi::OsStr;
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
        // A link is followed: the file that it leads to is replaced.
        let path = match path.symlink_metadata() {
            Ok(_) => self.real(path)?,
            Err(error) if error.kind() == ErrorKind::NotFound => path.to_owned(),
            Err(error) => return Err(error),
        };
        let (folder, name) = self.made(&path)?;
        let path = folder.path.join(name);
        let old = path.symlink_metadata().ok();
        if old.as_ref().is_some_and(|old| !old.is_file()) {
            return Err(Error::other("it is no regular file"));
        }
        let (mut file, new) = new_file(&path)?;
        let written = file
            .write_all(bytes)
            .and_then(|()| old.map_or(Ok(()), |old| file.set_permissions(old.permissions())))
            .and_then(|()| std::fs::rename(&new, &path));
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
        let folder = self.folder(folder_of(path))?;
        std::fs::remove_file(folder.path.join(name_of(path)?))
    }

    /// Returns the folder of a file, which is made if it is within reach, and the name of the file.
    fn made<'p>(&self, path: &'p Path) -> Result<(Folder, &'p OsStr)> {
        let name = name_of(path)?;
        let folder = folder_of(path);
        let nearest = folder.ancestors().map(here).find(|it| it.symlink_metadata().is_ok()).unwrap_or(Path::new("."));
        let mut made = self.folder(nearest)?;
        let missing = folder.strip_prefix(nearest).unwrap_or(folder);
        for part in missing.components() {
            let next = made.path.join(part);
            match std::fs::create_dir(&next) {
                Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(error),
                _ => made = self.folder(&next)?,
            }
        }
        Ok((made, name))
    }
}

fn name_of(path: &Path) -> Result<&OsStr> {
    path.file_name().ok_or_else(|| Error::other("it names no file"))
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
