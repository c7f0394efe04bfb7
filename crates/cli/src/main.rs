//! The `vtl` command: renders mapping templates, sends requests through integrations and checks API
//! documents.
//!
//! The rooms, from the top down; each imports only those below it:
//!
//! | Room | Content |
//! | --- | --- |
//! | `commands` | one file per command, named as it is typed |
//! | `report` | what is printed: one file per output format |
//! | `conformance` | cases for any engine: asking it, and comparing its answers |
//! | `backend` | the backends that answer an `invoke` |
//! | `input` | templates, requests and documents, read as the flags say |
//! | `args` | what can be typed: one file per command, and the groups of flags that they share |
//! | `usage` | command lines that cannot be parsed |
//! | `failure` | why a command failed, and its exit code |
//!
//! To add a command: its flags in `args/NAME.rs`, a row in `args::Command`, its `run` in
//! `commands/NAME.rs`, and an arm in `commands::run`.

mod args;
mod backend;
mod commands;
mod conformance;
mod failure;
mod input;
mod report;
mod usage;

use clap::Parser;
use input::reader::Reader;
use std::process::ExitCode;

/// Renders allocate many small objects and free them together, in half the time with this allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Exits with 0 on success, 1 if a template or a render failed, 2 on wrong usage or unusable input.
fn main() -> ExitCode {
    let command = match args::Cli::try_parse() {
        Ok(cli) => cli.command,
        Err(error) => return ExitCode::from(usage::report(&error)),
    };
    let mut reader = Reader::default();
    match commands::run(&command, &mut reader) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            match &command {
                args::Command::Check(args) => report::findings::failure(args.format, &failure, &reader.sources),
                _ => report::failure(&failure, &reader.sources, command.format()),
            }
            ExitCode::from(failure.exit_code())
        }
    }
}
