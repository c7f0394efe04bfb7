//! The commands, a file for each, named as it is typed.

mod accept;
mod bench;
mod check;
mod completions;
mod conformance;
mod dump;
mod example;
mod explain;
mod init;
mod invoke;
mod lsp;
mod record;
mod render;
mod review;
mod routes;
mod serve;
mod test;
mod watch;

use crate::args::Command;
use crate::failure::Failure;
use crate::input::reader::Reader;

/// Runs a command; the reader keeps the texts that it read.
pub fn run(command: &Command, reader: &mut Reader) -> Result<(), Failure> {
    match command {
        Command::Render(args) => render::run(args, reader),
        Command::Dump(args) => dump::run(args, reader),
        Command::Bench(args) => bench::run(args, reader),
        Command::Invoke(args) => invoke::run(args, reader),
        Command::Routes(args) => routes::run(args, reader),
        Command::Check(args) => check::run(args, reader),
        Command::Explain(args) => explain::run(args),
        Command::Lsp(args) => lsp::run(args),
        Command::Serve(args) => serve::run(args),
        Command::Conformance(args) => conformance::run(args),
        Command::Init(args) => init::run(args, reader),
        Command::Record(args) => record::run(args, reader),
        Command::Example(args) => example::run(args, reader),
        Command::Test(args) if args.watch => watch::run(args),
        Command::Test(args) => test::run(args, reader),
        Command::Review(args) => review::run(args),
        Command::Accept(args) => accept::run(args, accept::Decision::Accept),
        Command::Reject(args) => accept::run(args, accept::Decision::Reject),
        Command::Completions(args) => completions::run(args),
    }
}
