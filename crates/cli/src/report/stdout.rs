//! Writing to standard output.

use crate::failure::Failure;
use std::io::{BufWriter, Write};
use vtl::Code;

/// Bytes that are written at once.
const BUFFER: usize = 1 << 16;

/// Writes to standard output. A closed pipe (`vtl render … | head -1`) is not an error.
pub fn print(bytes: &[u8]) -> Result<(), Failure> {
    print_to(std::io::stdout().lock(), bytes)
}

/// Writes to standard output what is too long to be made first.
pub fn print_by(write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>) -> Result<(), Failure> {
    let mut out = BufWriter::with_capacity(BUFFER, std::io::stdout().lock());
    told(write(&mut out).and_then(|()| out.flush()))
}

fn print_to(mut out: impl Write, bytes: &[u8]) -> Result<(), Failure> {
    told(out.write_all(bytes).and_then(|()| out.flush()))
}

/// Tells that standard output cannot be written.
fn told(written: std::io::Result<()>) -> Result<(), Failure> {
    match written {
        Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Failure::input(Code::UnwritableOutput, format!("cannot write the output: {e}")))
        }
        _ => Ok(()),
    }
}

/// Writes text with colours, which are left out unless standard output is a terminal.
pub fn print_styled(text: &str) -> Result<(), Failure> {
    print_to(anstream::stdout().lock(), text.as_bytes())
}
