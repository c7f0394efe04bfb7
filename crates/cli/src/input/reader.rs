//! Reads what the flags name: files, standard input, and the JSON documents in them.

use crate::failure::Failure;
use crate::input::sources::Sources;
use serde::Deserialize;
use serde_json::{Map, Value as Json};
use std::io::Read;
use std::path::Path;

/// Reads files, and standard input once: `vtl render - --body -` cannot mean anything.
#[derive(Default)]
pub struct Reader {
    stdin_taken: bool,
    /// The texts that were read.
    pub sources: Sources,
}

/// How a file is called in messages.
pub fn name(path: &Path) -> String {
    if is_stdin(path) { "<stdin>".to_owned() } else { path.display().to_string() }
}

fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

impl Reader {
    pub fn bytes(&mut self, path: &Path) -> Result<Vec<u8>, Failure> {
        if !is_stdin(path) {
            return std::fs::read(path).map_err(|e| Failure::Input(format!("cannot read {}: {e}", path.display())));
        }
        if std::mem::replace(&mut self.stdin_taken, true) {
            return Err(Failure::Input("standard input (-) can be read for one thing only".to_owned()));
        }
        let mut bytes = Vec::new();
        match std::io::stdin().lock().read_to_end(&mut bytes) {
            Ok(_) => Ok(bytes),
            Err(e) => Err(Failure::Input(format!("cannot read standard input: {e}"))),
        }
    }

    pub fn text(&mut self, path: &Path) -> Result<String, Failure> {
        let text = String::from_utf8(self.bytes(path)?).map_err(|e| {
            let at = e.utf8_error().valid_up_to();
            Failure::Input(format!("{} is not UTF-8: see byte {at}", name(path)))
        })?;
        self.sources.add(name(path), text.as_str());
        Ok(text)
    }

    /// A JSON object, such as the context.
    pub fn object(&mut self, path: &Path) -> Result<Map<String, Json>, Failure> {
        let text = self.text(path)?;
        parse(path, &text)
    }
}

/// Reads a JSON document that a person wrote, perhaps with an editor that marks it as UTF-8.
pub fn parse<'a, T: Deserialize<'a>>(path: &Path, text: &'a str) -> Result<T, Failure> {
    serde_json::from_str(text.trim_start_matches('\u{feff}'))
        .map_err(|e| Failure::Input(format!("{}: {e}", name(path))))
}
