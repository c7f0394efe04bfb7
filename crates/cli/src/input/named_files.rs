//! Files that a file of a stranger names, such as the payload `@FILE` of a curl command.

use crate::failure::Failure;
use crate::input::reader::{self, Reader};
use std::path::{Path, PathBuf};
use vtl::Code;
use vtl::diagnostic::Diagnostic;
use vtl_loaders::Reach;

/// Most bytes of all files that one file names.
const MOST_BYTES: u64 = 16 << 20;

/// Most files that one file names.
const MOST_FILES: usize = 100;

/// The files within reach of the file that names them. Their paths are those of the working directory.
pub struct NamedFiles<'r> {
    reader: &'r mut Reader,
    reach: Reach,
    /// The file that names them.
    by: String,
    files: usize,
    bytes: u64,
}

impl<'r> NamedFiles<'r> {
    /// Creates the files of what is at a path, with what the user allows.
    pub fn of(path: &Path, allowed: &[PathBuf], reader: &'r mut Reader) -> Self {
        NamedFiles { reader, reach: Reach::of(path, allowed), by: reader::name(path), files: 0, bytes: 0 }
    }

    /// Reads a file.
    pub fn bytes(&mut self, file: &str) -> Result<Vec<u8>, Failure> {
        let refused = |why: String, help: Option<&str>| {
            let mut finding = Diagnostic::new(Code::UnreadableInput, format!("{}: cannot read {file}: {why}", self.by));
            finding.help = help.map(str::to_owned);
            Failure::Input(Box::new(finding))
        };
        if file == "-" {
            return Err(refused("it is standard input".to_owned(), Some("write it to a file, and name that")));
        }
        self.files += 1;
        if self.files > MOST_FILES {
            return Err(refused(format!("it is one of more than {MOST_FILES} files"), None));
        }
        let left = MOST_BYTES.saturating_sub(self.bytes);
        let read = self.reach.bytes(Path::new(file), left);
        let bytes = read.map_err(|error| refused(error.to_string(), Reach::help(&error)))?;
        self.bytes += bytes.len() as u64;
        Ok(bytes)
    }

    /// Reads a file that must be UTF-8, and keeps its text for messages.
    pub fn text(&mut self, file: &str) -> Result<String, Failure> {
        let path = Path::new(file);
        let text = String::from_utf8(self.bytes(file)?).map_err(|error| reader::not_utf_8(path, &error))?;
        self.reader.sources.add(reader::name(path), text.as_str());
        Ok(text)
    }
}
