//! Flags of `vtl check`.

use crate::args::document::DocumentArgs;
use crate::args::value::Format;
use clap::Args;

#[derive(Args)]
#[command(after_help = "\
Examples:
  vtl check openapi.yaml
  vtl check template.yaml --quiet --format json

The exit code is 1 if there is an error; warnings and advice alone give 0.
`vtl explain CODE` explains a finding.")]
pub struct CheckArgs {
    #[command(flatten)]
    pub document: DocumentArgs,
    /// Output format; json has {"findings", "summary": {"error", "warning", "advice", "files"}}
    #[arg(long, value_enum, default_value_t, help_heading = "Output")]
    pub format: Format,
    /// Do not print advice
    #[arg(short, long, help_heading = "Output")]
    pub quiet: bool,
}
