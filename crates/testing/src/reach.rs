//! The files that a document under test may refer to: regular files of its repository.

use std::path::{Path, PathBuf};
use vtl_loaders::Options;

/// The folder below which a document reads files: the nearest above it with `.git`, without one the
/// working directory if the document is below it, else its own folder.
pub(crate) struct Reach {
    root: Option<PathBuf>,
    written: Vec<String>,
}

impl Reach {
    pub fn of(document: &Path) -> Self {
        let folder = if document.is_dir() { document } else { document.parent().unwrap_or(Path::new("")) };
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let Ok(real) = folder.canonicalize() else { return Reach { root: None, written: Vec::new() } };
        let root = root_of(&real);
        let ups = real.components().count() - root.components().count();
        let written = vec![folder.join("../".repeat(ups)).display().to_string(), root.display().to_string()];
        Reach { root: Some(root), written }
    }

    pub fn paths(&self) -> impl Iterator<Item = String> + use<'_> {
        self.written.iter().cloned()
    }

    /// Reads a regular file that is within reach and not too large.
    pub fn read(&self, path: &Path) -> Option<String> {
        let path = self.real(path)?;
        path.metadata().ok().filter(|file| file.is_file() && file.len() <= Options::MAX_BYTES as u64)?;
        std::fs::read_to_string(path).ok()
    }

    /// Returns the names of the regular files in a folder.
    pub fn list(&self, folder: &Path) -> Vec<String> {
        let entries = self.real(folder).and_then(|folder| std::fs::read_dir(folder).ok());
        let files = entries.into_iter().flatten().flatten().filter(|entry| entry.path().is_file());
        files.filter_map(|entry| entry.file_name().into_string().ok()).collect()
    }

    fn real(&self, path: &Path) -> Option<PathBuf> {
        let path = path.canonicalize().ok()?;
        path.starts_with(self.root.as_ref()?).then_some(path)
    }
}

fn root_of(folder: &Path) -> PathBuf {
    if let Some(repository) = folder.ancestors().find(|folder| folder.join(".git").exists()) {
        return repository.to_owned();
    }
    let working = std::env::current_dir().and_then(|path| path.canonicalize());
    working.ok().filter(|working| folder.starts_with(working)).unwrap_or_else(|| folder.to_owned())
}
