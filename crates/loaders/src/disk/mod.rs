//! Files on disk, for callers that read and write them; nothing else in this crate touches a file.
//!
//! Files that come from a stranger must not read or change other files of the machine, nor stop the program that
//! reads them: a link, a pipe, a device or a file of any size may be wherever a file is expected.

mod documents;
mod opened;
mod reach;
mod replace;

pub use documents::files_of;
pub use reach::{Reach, open_named};
