//! Files and folders that stay what they are once they are opened.
//!
//! A path is checked before it is opened, and a stranger may put a link, a pipe or another folder in its place between
//! the two. So what was opened is checked once more, and files are made in folders that are open.

use std::fs::{File, OpenOptions};
use std::io::Result;
use std::path::{Path, PathBuf};

/// Opens a file to read it. A pipe does not wait for its other end, and no terminal becomes that of the process.
pub(super) fn open(path: &Path) -> Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, libc::O_NONBLOCK | libc::O_NOCTTY);
    options.open(path)
}

/// Returns the path without links of what was opened at a path without links.
///
/// # Errors
/// It is not there any more, and where it is cannot be told.
pub(super) fn place(file: &File, path: &Path) -> Result<PathBuf> {
    if let Some(place) = described(file).and_then(|path| std::fs::read_link(path).ok()).filter(|it| it.is_absolute()) {
        return Ok(place);
    }
    let place = path.canonicalize()?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let (there, opened) = (place.symlink_metadata()?, file.metadata()?);
        if (there.dev(), there.ino()) != (opened.dev(), opened.ino()) {
            return Err(std::io::Error::other("another file took its place while it was opened"));
        }
    }
    Ok(place)
}

/// Returns the path by which the system reaches what is open, whatever its own path leads to by now.
fn described(file: &File) -> Option<PathBuf> {
    #[cfg(target_os = "linux")]
    {
        use std::os::fd::AsRawFd;
        Some(PathBuf::from(format!("/proc/self/fd/{}", file.as_raw_fd())))
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = file;
        None
    }
}

/// A folder that is open, where the system can do that.
#[derive(Debug)]
pub(super) struct Folder {
    /// The path of files in it.
    pub path: PathBuf,
    /// Its path without links.
    pub place: PathBuf,
    /// Keeps the path valid.
    _open: Option<File>,
}

impl Folder {
    /// Opens a folder at a path without links.
    ///
    /// # Errors
    /// The error of the operating system, or it is not there any more.
    pub(super) fn open(real: &Path) -> Result<Folder> {
        #[cfg(target_os = "linux")]
        {
            use std::os::unix::fs::OpenOptionsExt;
            // Its files may be reached though they cannot be listed.
            let open = OpenOptions::new().read(true).custom_flags(libc::O_PATH | libc::O_DIRECTORY).open(real)?;
            let place = place(&open, real)?;
            let path = described(&open).filter(|it| it.metadata().is_ok_and(|it| it.is_dir()));
            Ok(Folder { path: path.unwrap_or_else(|| real.to_owned()), place, _open: Some(open) })
        }
        #[cfg(not(target_os = "linux"))]
        {
            Ok(Folder { path: real.to_owned(), place: real.canonicalize()?, _open: None })
        }
    }
}
