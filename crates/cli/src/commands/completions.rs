//! `vtl completions`: a completion script for a shell.

use crate::args::Cli;
use crate::args::completions::CompletionsArgs;
use crate::failure::Failure;
use crate::report::stdout::print;
use clap::CommandFactory;

pub fn run(args: &CompletionsArgs) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "vtl", &mut script);
    print(&script)
}
