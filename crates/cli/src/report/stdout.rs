//! Writing to standard output.

use crate::failure::Failure;
use std::io::Write;
use vtl::Code;

/// Writes to standard output. A closed pipe (`vtl render … | head -1`) is not an error.
pub fn print(bytes: &[u8]) -> Result<(), Failure> {
    print_to(std::io::stdout().lock(), bytes)
}

fn print_to(mut out: impl Write, bytes: &[u8]) -> Result<(), Failure> {
    match out.write_all(bytes).and_then(|()| out.flush()) {
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
