//! Results and findings as JSON, for programs.

use crate::failure::Failure;
use crate::report::stdout::print;
use serde::Serialize;
use std::borrow::Cow;
use std::fmt::Write as _;
use vtl::Code;
use vtl::diagnostic::{Diagnostic, printable};
use vtl_data::Summary;

/// The findings of a command that failed, and those of `vtl check`.
#[derive(Serialize)]
pub struct Findings<'a> {
    pub findings: &'a [Diagnostic],
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<Summary>,
}

fn unwritable(error: serde_json::Error) -> Failure {
    Failure::input(Code::UnwritableOutput, format!("cannot write the output: {error}"))
}

/// Writes the characters of strings that a terminal obeys, or that turn the direction of writing, as `\u009b`.
fn escaped(json: Vec<u8>) -> Vec<u8> {
    let is_escaped = |c: char| matches!(printable(c.encode_utf8(&mut [0; 4])), Cow::Owned(_));
    let is_obeyed = |c: char| c == '\u{7f}' || (!c.is_ascii() && is_escaped(c));
    match std::str::from_utf8(&json) {
        Ok(text) if text.contains(is_obeyed) => {
            let mut written = String::with_capacity(text.len() + 64);
            for c in text.chars() {
                match is_obeyed(c) {
                    true => drop(write!(written, "\\u{:04x}", u32::from(c))),
                    false => written.push(c),
                }
            }
            written.into_bytes()
        }
        _ => json,
    }
}

/// Prints a value on one line of standard output.
pub fn print_line(value: &impl Serialize) -> Result<(), Failure> {
    let mut json = escaped(serde_json::to_vec(value).map_err(unwritable)?);
    json.push(b'\n');
    print(&json)
}

/// Prints an item of a list that is printed in parts.
pub fn print_item(value: &impl Serialize) -> Result<(), Failure> {
    print(&escaped(serde_json::to_vec(value).map_err(unwritable)?))
}

/// Prints a value over several lines of standard output.
pub fn print_pretty(value: &impl Serialize) -> Result<(), Failure> {
    let mut json = escaped(serde_json::to_vec_pretty(value).map_err(unwritable)?);
    json.push(b'\n');
    print(&json)
}
