//! The commands, a file for each, named as it is typed.

mod bench;
mod check;
mod completions;
mod dump;
mod invoke;
mod render;
mod routes;

use crate::args::Command;
use crate::failure::Failure;

/// Runs a command.
pub fn run(command: &Command) -> Result<(), Failure> {
    match command {
        Command::Render(args) => render::run(args),
        Command::Dump(args) => dump::run(args),
        Command::Bench(args) => bench::run(args),
        Command::Invoke(args) => invoke::run(args),
        Command::Routes(args) => routes::run(args),
        Command::Check(args) => check::run(args),
        Command::Completions(args) => completions::run(args),
    }
}
