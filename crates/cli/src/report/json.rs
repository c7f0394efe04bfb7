//! Results and findings as JSON, for programs.

use crate::failure::Failure;
use crate::report::stdout::print_by;
use serde::Serialize;
use std::borrow::Cow;
use std::io::{self, Write};
use vtl::diagnostic::{Diagnostic, printable};
use vtl_data::Summary;

/// The findings of a command that failed, and those of `vtl check`.
#[derive(Serialize)]
pub struct Findings<'a> {
    pub findings: &'a [Diagnostic],
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<Summary>,
}

/// Checks for a character that a terminal obeys, or that turns the direction of writing. JSON escapes the ASCII ones
/// but for U+007F.
fn is_obeyed(c: char) -> bool {
    c == '\u{7f}' || (!c.is_ascii() && matches!(printable(c.encode_utf8(&mut [0; 4])), Cow::Owned(_)))
}

/// A stream of JSON that writes the characters which a terminal obeys as `\u009b`; they occur in strings alone.
struct Escaping<'w>(&'w mut dyn Write);

impl Write for Escaping<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes)?;
        Ok(bytes.len())
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        // The writer of JSON hands over whole characters.
        let text = bytes.iter().any(|byte| *byte >= 0x7f).then(|| std::str::from_utf8(bytes).ok()).flatten();
        let Some(text) = text.filter(|text| text.contains(is_obeyed)) else { return self.0.write_all(bytes) };
        for part in text.split_inclusive(is_obeyed) {
            match part.chars().next_back().filter(|last| is_obeyed(*last)) {
                Some(last) => {
                    let plain = part.len() - last.len_utf8();
                    self.0.write_all(part.get(..plain).unwrap_or_default().as_bytes())?;
                    write!(self.0, "\\u{:04x}", u32::from(last))?;
                }
                None => self.0.write_all(part.as_bytes())?,
            }
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Prints a value on one line of standard output.
pub fn print_line(value: &impl Serialize) -> Result<(), Failure> {
    print_by(|out| {
        serde_json::to_writer(Escaping(out), value)?;
        out.write_all(b"\n")
    })
}

/// Prints an item of a list that is printed in parts.
pub fn print_item(value: &impl Serialize) -> Result<(), Failure> {
    print_by(|out| Ok(serde_json::to_writer(Escaping(out), value)?))
}

/// Prints a value over several lines of standard output.
pub fn print_pretty(value: &impl Serialize) -> Result<(), Failure> {
    print_by(|out| {
        serde_json::to_writer_pretty(Escaping(out), value)?;
        out.write_all(b"\n")
    })
}
