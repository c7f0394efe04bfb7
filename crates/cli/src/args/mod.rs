//! Command line: every command, its flags and the help text.

pub mod bench;
pub mod check;
pub mod completions;
pub mod conformance;
pub mod document;
pub mod dump;
pub mod example;
pub mod explain;
pub mod init;
pub mod invoke;
pub mod lsp;
pub mod record;
pub mod render;
pub mod request;
pub mod routes;
pub mod rules;
pub mod serve;
pub mod template;
pub mod test;
pub mod value;

use crate::args::value::Format;
use clap::builder::styling::{AnsiColor, Styles};
use clap::{Parser, Subcommand};

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

/// Render, test and check API Gateway mapping templates and integrations
#[derive(Parser)]
#[command(name = "vtl", version, styles = STYLES, after_help = "\
Examples:
  vtl render order.vtl --body order.json
  vtl check openapi.yaml
  vtl invoke openapi.yaml --backend answer.json /pets/7

Exit codes: 0 success; 1 errors in a template, a render or a document; 2 wrong usage or unusable input.")]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand)]
pub enum Command {
    /// Render a template with a sample request
    Render(render::RenderArgs),
    /// Print the bytecode of a template
    Dump(dump::DumpArgs),
    /// Measure the median time to render and to compile a template
    Bench(bench::BenchArgs),
    /// Send a request through an integration and print each step
    Invoke(Box<invoke::InvokeArgs>),
    /// List the APIs, routes and templates of an API document
    Routes(routes::RoutesArgs),
    /// Report what goes wrong in templates and API documents before it is deployed
    Check(check::CheckArgs),
    /// Explain a diagnostic code: example, cause and fix
    Explain(explain::ExplainArgs),
    /// Run the tests of templates and integrations
    Test(Box<test::TestArgs>),
    /// Write first tests for the documents of a folder, and settings
    Init(init::InitArgs),
    /// Make a test of a recorded call
    Record(record::RecordArgs),
    /// Print a sample request of a route, made from its models
    Example(example::ExampleArgs),
    /// Step through results of tests that differ from their snapshots
    Review(test::ReviewArgs),
    /// Make results of tests their snapshots
    Accept(test::ReviewArgs),
    /// Remove results of tests that differ from their snapshots
    Reject(test::ReviewArgs),
    /// Answer the requests of another program, line by line
    Serve(serve::ServeArgs),
    /// Count how many recorded cases an engine answers as the service does
    Conformance(conformance::ConformanceArgs),
    /// Serve an editor over the Language Server Protocol
    Lsp(lsp::LspArgs),
    /// Print a completion script for a shell
    Completions(completions::CompletionsArgs),
}

impl Command {
    /// Returns the format in which failures are printed.
    pub fn format(&self) -> Format {
        match self {
            Command::Render(args) => args.format,
            Command::Bench(args) => args.format,
            Command::Invoke(args) if args.format == invoke::CallFormat::Json => Format::Json,
            Command::Routes(args) => args.format,
            Command::Conformance(args) => args.format,
            Command::Test(args) => args.format,
            // Its failures have formats of their own.
            Command::Check(_)
            | Command::Dump(_)
            | Command::Invoke(_)
            | Command::Explain(_)
            | Command::Init(_)
            | Command::Record(_)
            | Command::Example(_)
            | Command::Review(_)
            | Command::Accept(_)
            | Command::Reject(_)
            | Command::Serve(_)
            | Command::Lsp(_)
            | Command::Completions(_) => Format::Text,
        }
    }
}
