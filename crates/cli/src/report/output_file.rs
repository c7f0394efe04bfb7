//! Files that the user names for a report.

use std::io::{ErrorKind, Result, Write};
use std::path::Path;
use vtl_loaders::Reach;

/// Writes a file; an old one stays as it is until the new one is whole. A pipe or device, or a stream that is open
/// already, is written to.
pub fn replace(path: &Path, text: &str) -> Result<()> {
    // Opened again, a file has a place of its own, and what is printed later is written over it.
    match path.to_str() {
        Some("/dev/stdout" | "/dev/fd/1" | "/proc/self/fd/1") => {
            let mut out = std::io::stdout().lock();
            return out.write_all(text.as_bytes()).and_then(|()| out.flush());
        }
        Some("/dev/stderr" | "/dev/fd/2" | "/proc/self/fd/2") => return std::io::stderr().write_all(text.as_bytes()),
        _ => {}
    }
    let is_stream = ["/dev", "/proc"].iter().any(|it| path.starts_with(it));
    if is_stream || path.metadata().is_ok_and(|old| !old.is_file()) {
        return std::fs::write(path, text);
    }
    match Reach::of(path, &[path.to_owned()]).write(path, text.as_bytes()) {
        // A folder may take no new file.
        Err(error) if error.kind() == ErrorKind::PermissionDenied => std::fs::write(path, text),
        written => written,
    }
}
