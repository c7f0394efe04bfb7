//! Results and findings as JSON, for programs.

use crate::failure::Failure;
use crate::report::stdout::print;
use serde::Serialize;
use vtl::Code;
use vtl::diagnostic::Diagnostic;
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

/// Prints a value on one line of standard output.
pub fn print_line(value: &impl Serialize) -> Result<(), Failure> {
    let mut json = serde_json::to_vec(value).map_err(unwritable)?;
    json.push(b'\n');
    print(&json)
}

/// Prints an item of a list that is printed in parts.
pub fn print_item(value: &impl Serialize) -> Result<(), Failure> {
    print(&serde_json::to_vec(value).map_err(unwritable)?)
}

/// Prints a value over several lines of standard output.
pub fn print_pretty(value: &impl Serialize) -> Result<(), Failure> {
    let mut json = serde_json::to_vec_pretty(value).map_err(unwritable)?;
    json.push(b'\n');
    print(&json)
}
