//! Files that a command makes: none is ever overwritten.

use crate::failure::Failure;
use std::io::{ErrorKind, Write};
use std::path::{Component, Path, PathBuf};
use vtl::Code;

/// Writes a file that does not exist yet, whole or not at all.
pub fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let shown = path.display();
    let failed = |error: std::io::Error| match error.kind() {
        ErrorKind::AlreadyExists => Failure::input(
            Code::UnwritableOutput,
            format!("{shown} exists already, and stays as it is; give another name"),
        ),
        _ => Failure::input(Code::UnwritableOutput, format!("cannot write {shown}: {error}")),
    };
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).open(path).map_err(failed)?;
    file.write_all(text.as_bytes()).map_err(|error| {
        let _ = std::fs::remove_file(path); // It is new, and not whole.
        failed(error)
    })
}

/// Returns a path as it is written in a file of a folder.
pub fn relative(folder: &Path, path: &Path) -> String {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let (Ok(from), Ok(to)) = (real(folder), real(path)) else { return path.display().to_string() };
    let same = from.components().zip(to.components()).take_while(|(one, other)| one == other).count();
    let ups = from.components().skip(same).map(|_| Component::ParentDir);
    let parts: PathBuf = ups.chain(to.components().skip(same)).collect();
    if parts.as_os_str().is_empty() { ".".to_owned() } else { parts.display().to_string().replace('\\', "/") }
}

/// Returns a path without links, also if its last parts do not exist yet.
fn real(path: &Path) -> std::io::Result<PathBuf> {
    match path.canonicalize() {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
            match (path.file_name(), parent != path) {
                (Some(name), true) => Ok(real(parent)?.join(name)),
                _ => Err(error),
            }
        }
        done => done,
    }
}
