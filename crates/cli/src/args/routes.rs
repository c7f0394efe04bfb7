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
    /// text: for people; json: the model, in one shape for every kind of document
    #[arg(long, value_enum, default_value_t, help_heading = "Output")]
    pub format: Format,
}
