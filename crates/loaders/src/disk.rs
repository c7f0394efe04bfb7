//! Files of a document on disk, for callers that read them; nothing else in this crate reads a file.
//!
//! A document that comes from a stranger must not read files of the machine. So it reads regular
//! files below its *root*: the nearest folder above it with `.git`, without one the working directory
//! if the document is below it, else its own folder; and below what its user allows.

use crate::context::Options;
use std::fs::File;
use std::io::{Error, ErrorKind, Read, Result};
use std::path::{Path, PathBuf};

/// The folders and files that a document may refer to.
///
/// ```
/// use vtl_loaders::{File, Options, Reach, load};
/// let folder = tempfile::tempdir()?;
/// std::fs::write(folder.path().join("answer.vtl"), "ok")?;
/// let path = folder.path().join("main.tf");
/// std::fs::write(&path, "")?;
/// let reach = Reach::of(&path, &[]);
/// assert_eq!(reach.read(&folder.path().join("answer.vtl")).as_deref(), Some("ok"));
/// assert_eq!(reach.read("/etc/hostname".as_ref()), None);
/// // As a loader asks for files:
/// let read = |name: &str| reach.read(name.as_ref());
/// let list = |folder: &str| reach.list(folder.as_ref());
/// let options = Options::new().read_file(&read).list_folder(&list).reach(reach.paths());
/// # let _ = load(&[File::new("main.tf", "")], &options);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Reach {
    /// As the document and its references are written.
    written: Vec<String>,
    /// Without symbolic links.
    real: Vec<PathBuf>,
}

impl Reach {
    /// Finds the reach of the document at a path, a file or a folder, with what its user allows.
    #[must_use]
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

    /// Reads a regular file that is within reach, is UTF-8 and has at most [`Options::MAX_BYTES`].
    #[must_use]
    pub fn read(&self, path: &Path) -> Option<String> {
        let path = self.real(path)?;
        // A pipe would block when it is opened.
        let file = path.metadata().ok().filter(|file| file.is_file() && file.len() <= Options::MAX_BYTES as u64)?;
        let mut bytes = Vec::with_capacity(file.len() as usize);
        // A file may have more than its size says.
        File::open(path).ok()?.take(Options::MAX_BYTES as u64 + 1).read_to_end(&mut bytes).ok()?;
        String::from_utf8(bytes).ok().filter(|text| text.len() <= Options::MAX_BYTES)
    }

    /// Returns the names of the regular files in a folder, of the working directory if it is empty; none
    /// if it cannot be read.
    #[must_use]
    pub fn list(&self, folder: &Path) -> Vec<String> {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
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

/// Opens a file that the user named: a regular file, `/dev/null`, or a descriptor that is open already, such
/// as `/dev/stdin` or `/dev/fd/63`. Of other pipes and devices, and of files in `/proc` and `/sys`, reading
/// may never end.
///
/// ```
/// use std::path::Path;
/// assert!(vtl_loaders::open_named(Path::new("Cargo.toml")).is_ok());
/// # #[cfg(target_os = "linux")]
/// assert!(vtl_loaders::open_named(Path::new("/dev/zero")).is_err());
/// ```
///
/// # Errors
/// The error of the operating system; one that says that the file is no regular file.
pub fn open_named(path: &Path) -> Result<File> {
    let is_open = ["/dev/null", "/dev/stdin", "/dev/fd", "/proc/self/fd"].iter().any(|it| path.starts_with(it));
    if !is_open {
        let kind = path.metadata()?.file_type();
        let real = path.canonicalize()?;
        let is_of_the_kernel = ["/proc", "/sys"].iter().any(|it| real.starts_with(it));
        if is_of_the_kernel || !(kind.is_file() || kind.is_dir()) {
            return Err(Error::other("it is no regular file; give it as standard input (-)"));
        }
    }
    File::open(path)
}

/// Returns the root of a document in a folder; both without symbolic links.
fn root_of(folder: &Path) -> PathBuf {
    if let Some(repository) = folder.ancestors().find(|folder| folder.join(".git").exists()) {
        return repository.to_owned();
    }
    let working = std::env::current_dir().and_then(|path| path.canonicalize());
    working.ok().filter(|working| folder.starts_with(working)).unwrap_or_else(|| folder.to_owned())
}

/// Documents that a folder without Terraform files is there for.
const OTHERS: &[&str] =
    &["manifest.json", "cdk.out/manifest.json", "serverless.yml", "serverless.yaml", "serverless.json"];

/// Returns the files of the document at a path: the file itself, the `.tf` and `.tf.json` files of a
/// folder, sorted, or the one document that a folder is there for.
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
        !name.starts_with('.') && (name.ends_with(".tf") || name.ends_with(".tf.json")) && path.is_file()
    };
    let unreadable = |error: Error| Error::new(error.kind(), format!("cannot read {shown}: {error}"));
    let entries = std::fs::read_dir(path).map_err(unreadable)?;
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).filter(is_terraform).collect();
    files.sort();
    if files.is_empty() {
        files.extend(OTHERS.iter().map(|name| path.join(name)).find(|path| path.is_file()));
    }
    if files.is_empty() {
        let why = format!(
            "{shown} has no .tf or .tf.json file, no serverless.yml and no cdk.out; give the file of the document"
        );
        return Err(Error::new(ErrorKind::NotFound, why));
    }
    Ok(files)
}
