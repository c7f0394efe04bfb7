//! The files that a document may refer to.
//!
//! A document that comes from a stranger must not read files of the machine. So it reads regular
//! files below its *root*: the nearest folder above it with `.git`, without one the working directory
//! if the document is below it, else its own folder; and below what `--allow` names.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use vtl_loaders::Options;

/// The folders and files that a document may refer to.
pub struct Reach {
    /// As the document and its references are written.
    written: Vec<String>,
    /// Without symbolic links.
    real: Vec<PathBuf>,
}

impl Reach {
    /// Finds the reach of the document at a path, a file or a folder, with what the user allows.
    pub fn of(document: &Path, allowed: &[PathBuf]) -> Self {
        let folder = if document.is_dir() { document } else { document.parent().unwrap_or(Path::new("")) };
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let mut reach = Reach { written: Vec::new(), real: Vec::new() };
        if let Ok(real) = folder.canonicalize() {
            let root = root_of(&real);
            let ups = real.components().count() - root.components().count();
            reach.written.push(folder.join("../".repeat(ups)).display().to_string());
            reach.add(root);
        }
        for path in allowed {
            reach.written.push(path.display().to_string());
            if let Ok(real) = path.canonicalize() {
                reach.add(real);
            }
        }
        reach
    }

    fn add(&mut self, real: PathBuf) {
        self.written.push(real.display().to_string());
        self.real.push(real);
    }

    /// Returns the paths of the folders and files, as [`Options::reach`] takes them.
    pub fn paths(&self) -> impl Iterator<Item = String> + use<'_> {
        self.written.iter().cloned()
    }

    /// Reads a regular file that is within reach and not too large.
    pub fn read(&self, path: &Path) -> Option<String> {
        let path = self.real(path)?;
        // A pipe would block when it is opened.
        path.metadata().ok().filter(|file| file.is_file() && file.len() <= Options::MAX_BYTES as u64)?;
        let mut bytes = Vec::new();
        // A file may have more than its size says.
        File::open(path).ok()?.take(Options::MAX_BYTES as u64 + 1).read_to_end(&mut bytes).ok()?;
        String::from_utf8(bytes).ok().filter(|text| text.len() <= Options::MAX_BYTES)
    }

    /// Returns the names of the regular files in a folder; empty if it cannot be read.
    pub fn list(&self, folder: &Path) -> Vec<String> {
        let entries = self.real(folder).and_then(|folder| std::fs::read_dir(folder).ok());
        let files = entries.into_iter().flatten().flatten().filter(|entry| entry.path().is_file());
        files.filter_map(|entry| entry.file_name().into_string().ok()).collect()
    }

    /// Returns a path without symbolic links, if it is within reach.
    fn real(&self, path: &Path) -> Option<PathBuf> {
        let path = path.canonicalize().ok()?;
        self.real.iter().any(|root| path.starts_with(root)).then_some(path)
    }
}

/// Returns the root of a document in a folder; both without symbolic links.
fn root_of(folder: &Path) -> PathBuf {
    if let Some(repository) = folder.ancestors().find(|folder| folder.join(".git").exists()) {
        return repository.to_owned();
    }
    let working = std::env::current_dir().and_then(|path| path.canonicalize());
    working.ok().filter(|working| folder.starts_with(working)).unwrap_or_else(|| folder.to_owned())
}
