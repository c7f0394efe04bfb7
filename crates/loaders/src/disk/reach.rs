//! The files that a program reads because a file of a stranger names them, or because they lie beside it.

use crate::context::Options;
use crate::disk::opened::{Folder, open, place};
use std::fmt;
use std::fs::File;
use std::io::{Error, ErrorKind, Read, Result};
use std::path::{Path, PathBuf};

/// The folders and files that a file may refer to: an API document, a test file, a template with its samples.
///
/// They are those below its *root*: the nearest folder above it with `.git`, without one the working directory
/// if the file is below it, else its own folder; and what its user allows. Links are followed within it.
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
    /// Paths that the user allows, as they are written.
    allowed: Vec<PathBuf>,
}

impl Reach {
    /// Finds the reach of what is at a path, a file or a folder, with what its user allows. An allowed path itself
    /// is opened as [`open_named`] does.
    #[must_use]
    pub fn of(path: &Path, allowed: &[PathBuf]) -> Self {
        let folder = if path.is_dir() { path } else { path.parent().unwrap_or(Path::new("")) };
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let mut reach = Reach { written: Vec::new(), real: Vec::new(), allowed: allowed.to_vec() };
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
        self.text(path, Options::MAX_BYTES as u64).ok()
    }

    /// Reads a regular file that is within reach and has no more than `most` bytes.
    ///
    /// # Errors
    /// The reason, without the path: there is no such file, it is outside of reach, no regular file or too large.
    pub fn bytes(&self, path: &Path, most: u64) -> Result<Vec<u8>> {
        if self.allowed.iter().any(|it| it == path) {
            return bounded(&open_named(path)?, most);
        }
        let path = self.real(path)?;
        if is_of_the_kernel(&path) || !path.metadata()?.is_file() {
            return Err(Error::other("it is no regular file"));
        }
        bounded(&self.opened(&path)?, most)
    }

    /// Reads a regular file as [`bytes`](Reach::bytes) does; it must be UTF-8.
    ///
    /// ```
    /// let folder = tempfile::tempdir()?;
    /// std::fs::write(folder.path().join("a.json"), "{}")?;
    /// let reach = vtl_loaders::Reach::of(folder.path(), &[]);
    /// assert_eq!(reach.text(&folder.path().join("a.json"), 2)?, "{}");
    /// let why = |path: &str, most| reach.text(&folder.path().join(path), most).unwrap_err().to_string();
    /// assert_eq!(why("a.json", 1), "it has more than 1 bytes");
    /// assert!(why("..", 1).starts_with("it is outside of "));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`bytes`](Reach::bytes), and that it is not UTF-8.
    pub fn text(&self, path: &Path, most: u64) -> Result<String> {
        String::from_utf8(self.bytes(path, most)?).map_err(|error| {
            let at = error.utf8_error().valid_up_to();
            Error::new(ErrorKind::InvalidData, format!("it is not UTF-8 (at byte {at})"))
        })
    }

    /// Checks that a path leads to something within reach.
    ///
    /// # Errors
    /// The reason, without the path: there is nothing, or it is outside of reach.
    pub fn check(&self, path: &Path) -> Result<()> {
        if self.allowed.iter().any(|it| it == path) { Ok(()) } else { self.real(path).map(|_| ()) }
    }

    /// Returns what to do about an error of a path outside of reach.
    #[must_use]
    pub fn help(error: &Error) -> Option<&'static str> {
        let is_outside = error.get_ref().is_some_and(|error| error.is::<Outside>());
        is_outside.then_some("copy it there, or allow its folder with --allow")
    }

    /// Returns the names of the files in a folder, of the working directory if it is empty; none if it cannot
    /// be read. Those that are no regular files are among them, so that reading them tells why it fails.
    #[must_use]
    pub fn list(&self, folder: &Path) -> Vec<String> {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let Ok(folder) = self.folder(folder) else { return Vec::new() };
        let entries = std::fs::read_dir(&folder.path);
        let files = entries.into_iter().flatten().flatten().filter(|entry| !entry.path().is_dir());
        files.filter_map(|entry| entry.file_name().into_string().ok()).collect()
    }

    /// Returns a path without symbolic links, if it is within reach.
    pub(super) fn real(&self, path: &Path) -> Result<PathBuf> {
        let path = path.canonicalize()?;
        self.within(&path).map(|()| path)
    }

    /// Checks that a path without links is within reach.
    fn within(&self, path: &Path) -> Result<()> {
        if self.real.iter().any(|root| path.starts_with(root)) {
            return Ok(());
        }
        Err(Error::other(Outside(self.real.first().cloned().unwrap_or_default())))
    }

    /// Opens a regular file at a path that was checked. A link or a pipe may have taken its place since then.
    fn opened(&self, path: &Path) -> Result<File> {
        let file = open(path)?;
        self.within(&place(&file, path)?)?;
        if file.metadata()?.is_file() { Ok(file) } else { Err(Error::other("it is no regular file")) }
    }

    /// Opens a folder within reach.
    pub(super) fn folder(&self, path: &Path) -> Result<Folder> {
        let folder = Folder::open(&self.real(path)?)?;
        self.within(&folder.place).map(|()| folder)
    }
}

/// A path is outside of a root.
#[derive(Debug)]
struct Outside(PathBuf);

impl fmt::Display for Outside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "it is outside of {}", self.0.display())
    }
}

impl std::error::Error for Outside {}

/// Reads a file to its end. It may have more than its size says, or no end.
fn bounded(file: &File, most: u64) -> Result<Vec<u8>> {
    let too_large = || Error::other(format!("it has more than {most} bytes"));
    let length = file.metadata()?.len();
    if length > most {
        return Err(too_large());
    }
    let mut bytes = Vec::with_capacity(length as usize);
    file.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most { Err(too_large()) } else { Ok(bytes) }
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
        if is_of_the_kernel(&path.canonicalize()?) || !(kind.is_file() || kind.is_dir()) {
            return Err(Error::other(IRREGULAR));
        }
        let file = open(path)?;
        let kind = file.metadata()?.file_type();
        return if kind.is_file() || kind.is_dir() { Ok(file) } else { Err(Error::other(IRREGULAR)) };
    }
    File::open(path)
}

/// Tells why a pipe or device that the user named is not read.
const IRREGULAR: &str = "it is no regular file; give it as standard input (-)";

/// Checks whether a file is in `/proc` or `/sys`, of which reading may never end.
fn is_of_the_kernel(real: &Path) -> bool {
    ["/proc", "/sys"].iter().any(|it| real.starts_with(it))
}

/// Returns the root of a document in a folder; both without symbolic links.
fn root_of(folder: &Path) -> PathBuf {
    if let Some(repository) = folder.ancestors().find(|folder| folder.join(".git").exists()) {
        return repository.to_owned();
    }
    let working = std::env::current_dir().and_then(|path| path.canonicalize());
    working.ok().filter(|working| folder.starts_with(working)).unwrap_or_else(|| folder.to_owned())
}

#[cfg(all(test, unix))]
mod tests {
    use super::Reach;
    use std::os::unix::fs::symlink;
    use std::sync::atomic::{AtomicBool, Ordering};

    type Outcome = Result<(), Box<dyn std::error::Error>>;

    /// Returns a folder with a root, which has a file, and a file beside the root.
    fn folders() -> std::io::Result<tempfile::TempDir> {
        let folder = tempfile::tempdir()?;
        std::fs::create_dir_all(folder.path().join("root/.git"))?;
        std::fs::create_dir_all(folder.path().join("root/in"))?;
        std::fs::write(folder.path().join("root/in/a"), "inside")?;
        std::fs::create_dir(folder.path().join("out"))?;
        std::fs::write(folder.path().join("out/a"), "outside")?;
        Ok(folder)
    }

    /// A path was checked, and then something else took its place.
    #[test]
    fn what_was_opened_is_checked() -> Outcome {
        let folder = folders()?;
        let (root, out) = (folder.path().join("root").canonicalize()?, folder.path().join("out"));
        let reach = Reach::of(&root, &[]);
        let checked = reach.real(&root.join("in/a"))?;
        assert!(reach.opened(&checked).is_ok());
        std::fs::remove_file(&checked)?;
        symlink(out.join("a"), &checked)?;
        assert!(reach.opened(&checked).is_err(), "a link");
        std::fs::remove_dir_all(root.join("in"))?;
        symlink(&out, root.join("in"))?;
        assert!(reach.opened(&checked).is_err(), "a folder that is a link");
        Ok(())
    }

    /// Files are made in the folder that was checked, wherever its path leads to later.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_folder_stays_the_one_that_was_checked() -> Outcome {
        let folder = folders()?;
        let (root, out) = (folder.path().join("root"), folder.path().join("out"));
        let checked = Reach::of(&root, &[]).folder(&root.join("in"))?;
        std::fs::rename(root.join("in"), root.join("moved"))?;
        symlink(&out, root.join("in"))?;
        std::fs::write(checked.path.join("b"), "new")?;
        assert!(root.join("moved/b").exists() && !out.join("b").exists());
        Ok(())
    }

    /// While another thread changes links, nothing outside is read.
    #[test]
    fn links_that_change_lead_nowhere() -> Outcome {
        let folder = folders()?;
        let (root, out) = (folder.path().join("root"), folder.path().join("out"));
        let (link, kept, done) = (root.join("in"), root.join("kept"), AtomicBool::new(false));
        let reach = Reach::of(&root, &[]);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                // A folder and a link take turns.
                while !done.load(Ordering::Relaxed) {
                    let _ = std::fs::rename(&link, &kept).and_then(|()| symlink(&out, &link));
                    let _ = std::fs::remove_file(&link).and_then(|()| std::fs::rename(&kept, &link));
                }
            });
            let mut read = (0..20_000).filter_map(|_| reach.bytes(&link.join("a"), 100).ok());
            let outside = read.find(|text| text != b"inside");
            done.store(true, Ordering::Relaxed);
            assert_eq!(outside, None);
        });
        Ok(())
    }
}
