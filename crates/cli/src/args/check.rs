//! Flags of `vtl check`.

use crate::args::document::DocumentArgs;
use crate::args::value::Format;
use clap::Args;

#[derive(Args)]
#[command(after_help = "\
Examples:
  vtl check openapi.yaml
  vtl check template.yaml --quiet --format json

The exit code is 1 if there is a problem; advice alone gives 0.")]
pub struct CheckArgs {
    #[command(flatten)]
    pub document: DocumentArgs,
    /// text: a line for each finding; json: {"kind", "problems", "advice"}
    #[arg(long, value_enum, default_value_t, help_heading = "Output")]
    pub format: Format,
    /// Leaves the advice out
    #[arg(short, long, help_heading = "Output")]
    pub quiet: bool,
}
