//! Command lines that cannot be parsed, and requests for help.

use crate::args::check::CheckFormat;
use crate::args::value::Format;
use crate::failure::Failure;
use crate::input::sources::Sources;
use crate::report;
use clap::error::Error;
use std::ffi::OsStr;
use vtl::Code;
use vtl::diagnostic::Diagnostic;

/// Prints an error of the command line, or the help that was asked for, and returns the exit code. With
/// `--format json` an error is a finding, as any other.
pub fn report(error: &Error) -> u8 {
    if error.use_stderr() && wants_json() {
        let failure = Failure::Input(Box::new(finding(&error.render().to_string())));
        if std::env::args_os().nth(1).is_some_and(|command| command == "check") {
            report::findings::failure(CheckFormat::Json, &failure, &Sources::default());
        } else {
            report::failure(&failure, &Sources::default(), Format::Json);
        }
    } else {
        let is_lost = error.print().is_err_and(|error| error.kind() != std::io::ErrorKind::BrokenPipe);
        if is_lost {
            return 2;
        }
    }
    u8::try_from(error.exit_code()).unwrap_or(2)
}

/// Looks for `--format json` or `--format=json` in the command line.
fn wants_json() -> bool {
    let mut is_value = false;
    std::env::args_os().take_while(|arg| arg != "--").any(|arg| {
        let follows = std::mem::replace(&mut is_value, arg == "--format");
        arg == OsStr::new("--format=json") || follows && arg == "json"
    })
}

/// Converts the text of an error: its first paragraph is the message, its tips are the help.
fn finding(text: &str) -> Diagnostic {
    let (first, rest) = text.split_once("\n\n").unwrap_or((text, ""));
    let message = first.trim().strip_prefix("error: ").unwrap_or(first).lines().map(str::trim).collect::<Vec<_>>();
    let tips: Vec<&str> = rest.lines().filter_map(|line| line.trim().strip_prefix("tip: ")).collect();
    let finding = Diagnostic::new(Code::WrongUsage, message.join(" "));
    if tips.is_empty() { finding } else { finding.with_help(tips.join("; ")) }
}
