//! What can be typed: every command, its flags and the help text.

pub mod bench;
pub mod check;
pub mod completions;
pub mod document;
pub mod dump;
pub mod explain;
pub mod invoke;
pub mod render;
pub mod request;
pub mod routes;
pub mod rules;
pub mod template;
pub mod value;

use crate::args::value::Format;
use clap::builder::styling::{AnsiColor, Styles};
use clap::{Parser, Subcommand};

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

/// API Gateway mapping templates: render one against a sample request, see how it runs, time it.
#[derive(Parser)]
#[command(name = "vtl", version, styles = STYLES, after_help = "\
Example:
  vtl render order.vtl --body order.json
  vtl invoke --integration pets.json --backend answer.json /pets/7

Exit codes: 0 fine, 1 the template or the render failed, 2 wrong usage or unreadable input.")]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand)]
pub enum Command {
    /// Renders a template; the output goes to standard output, notes and errors to standard error
    Render(render::RenderArgs),
    /// Shows the ops that a template is compiled to
    Dump(dump::DumpArgs),
    /// Times a template: the median render, from the body's bytes to the output, and the median compile
    Bench(bench::BenchArgs),
    /// Sends a request through an integration and shows each step: the client's request, the backend's, and both answers
    Invoke(Box<invoke::InvokeArgs>),
    /// Lists what a document has: its APIs, routes, templates and problems
    Routes(routes::RoutesArgs),
    /// Tells everything in a document that the service would refuse, and what is worth knowing besides
    Check(check::CheckArgs),
    /// Explains a diagnostic code: example, cause and fix
    Explain(explain::ExplainArgs),
    /// Prints a completion script for a shell
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
            Command::Check(args) => args.format,
            Command::Dump(_) | Command::Invoke(_) | Command::Explain(_) | Command::Completions(_) => Format::Text,
        }
    }
}
