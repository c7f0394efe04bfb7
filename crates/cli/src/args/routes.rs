//! Flags of `vtl routes`.

use crate::args::document::DocumentArgs;
use crate::args::value::Format;
use clap::Args;

#[derive(Args)]
#[command(after_help = "\
Examples:
  vtl routes openapi.yaml
  vtl routes template.yaml --parameter Stage=prod --format json
  vtl routes infrastructure/")]
pub struct RoutesArgs {
    #[command(flatten)]
    pub document: DocumentArgs,
    /// Output format; json has the whole API model {"kind", "apis", "routes", "problems", "findings"}
    #[arg(long, value_enum, default_value_t, help_heading = "Output")]
    pub format: Format,
}
