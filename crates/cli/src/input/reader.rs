//! Reads the files that the flags name, and standard input.

use crate::failure::Failure;
use crate::input::sources::Sources;
use serde::Deserialize;
use serde_json::{Map, Value as Json};
use std::fs::File;
use std::io::Read;
use std::path::Path;
use vtl::Code;
use vtl::diagnostic::{Diagnostic, Location};

/// Most bytes of a file.
const MAX_BYTES: u64 = 128 << 20;

/// Reads files, and standard input at most once.
#[derive(Default)]
pub struct Reader {
    stdin_taken: bool,
    /// The texts that were read.
    pub sources: Sources,
}

/// Returns the name of a file in messages.
pub fn name(path: &Path) -> String {
    if is_stdin(path) { "<stdin>".to_owned() } else { path.display().to_string() }
}

fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

impl Reader {
    /// Reads a file.
    pub fn bytes(&mut self, path: &Path) -> Result<Vec<u8>, Failure> {
        if !is_stdin(path) {
            return File::open(path)
                .and_then(bounded)
                .map_err(|e| unreadable(format!("cannot read {}: {e}", path.display())));
        }
        if std::mem::replace(&mut self.stdin_taken, true) {
            return Err(Failure::usage("standard input (-) is named twice; it can be read only once"));
        }
        bounded(std::io::stdin().lock()).map_err(|e| unreadable(format!("cannot read standard input: {e}")))
    }

    /// Reads a file that must be UTF-8, and keeps its text for messages.
    pub fn text(&mut self, path: &Path) -> Result<String, Failure> {
        let text = String::from_utf8(self.bytes(path)?).map_err(|e| {
            let at = e.utf8_error().valid_up_to();
            unreadable(format!("{} is not UTF-8 (at byte {at})", name(path)))
        })?;
        self.sources.add(name(path), text.as_str());
        Ok(text)
    }

    /// Reads a file that holds a JSON object.
    pub fn object(&mut self, path: &Path) -> Result<Map<String, Json>, Failure> {
        let text = self.text(path)?;
        parse(path, &text)
    }
}

fn unreadable(message: String) -> Failure {
    Failure::input(Code::UnreadableInput, message)
}

/// Reads to the end, which a device may not have.
fn bounded(from: impl Read) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(std::io::Error::other(format!("it has more than {MAX_BYTES} bytes")));
    }
    Ok(bytes)
}

/// Parses JSON; a byte order mark is skipped.
pub fn parse<'a, T: Deserialize<'a>>(path: &Path, text: &'a str) -> Result<T, Failure> {
    serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(|error| malformed(&name(path), &error))
}

/// Creates the failure of a JSON file that does not parse or has another shape than expected.
fn malformed(file: &str, error: &serde_json::Error) -> Failure {
    let text = error.to_string();
    let (line, column) = (error.line(), error.column());
    // The place is drawn, so it need not be in the text.
    let message = text.strip_suffix(&format!(" at line {line} column {column}")).unwrap_or(&text);
    let mut finding = Diagnostic::new(Code::MalformedInput, message);
    finding.location = Some(Location::new(line.max(1), column.max(1)).in_file(file));
    Failure::Input(Box::new(finding))
}
