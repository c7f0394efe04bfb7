//! The `vtl` command: renders a mapping template against a sample request, shows what it
//! was compiled to, times it, sends requests through whole integrations, and checks the documents they stand in.
//!
//! A command goes one way: `flags` (what was typed) → `plan`, or `call` for an invocation (what is meant; `inputs` reads
//! the files) → `render`, `dump`, `bench` or `invoke` → standard output. Whatever is said about it goes to
//! standard error, through `paint`.

mod answers;
mod bench;
mod call;
mod check;
mod client;
mod document;
mod dump;
mod failure;
mod flags;
mod inputs;
mod invoke;
mod live;
mod messages;
mod paint;
mod part;
mod plan;
mod render;
mod routes;
mod spelling;
mod target;

use clap::{CommandFactory, Parser};
use failure::Failure;
use flags::{Cli, Command};
use std::io::Write;
use std::process::ExitCode;

/// A render makes many small things and drops them at once, which this allocator does in half the time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// 0 is fine, 1 a template or a render that failed, 2 wrong usage or unreadable input.
fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Render(flags) => render::run(&flags),
        Command::Dump(flags) => dump::run(&flags),
        Command::Bench(flags) => bench::run(&flags),
        Command::Routes(flags) => routes::run(&flags),
        Command::Check(flags) => check::run(&flags),
        Command::Invoke(flags) => invoke::run(&flags),
        Command::Completions { shell } => completions(shell),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            paint::failure(&failure);
            ExitCode::from(failure.exit_code())
        }
    }
}

fn completions(shell: clap_complete::Shell) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "vtl", &mut script);
    print(&script)
}

/// Writes to standard output. A reader that has seen enough (`vtl render … | head -1`) is no failure.
fn print(bytes: &[u8]) -> Result<(), Failure> {
    printed(std::io::stdout().lock(), bytes)
}

fn printed(mut out: impl Write, bytes: &[u8]) -> Result<(), Failure> {
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Failure::Input(format!("cannot write the output: {e}")))
        }
        _ => Ok(()),
    }
}
