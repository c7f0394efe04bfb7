//! Flags of `vtl example`.

use crate::args::document::DocumentArgs;
use clap::Args;

#[derive(Args)]
#[command(after_help = "\
Examples:
  vtl example openapi.yaml --route 'POST /orders'
  vtl example openapi.yaml --route 'POST /orders' > order.json
  vtl invoke openapi.yaml --request order.json")]
pub struct ExampleArgs {
    #[command(flatten)]
    pub document: DocumentArgs,
    /// Key of the route [default: the only one]
    #[arg(long, value_name = "KEY")]
    pub route: Option<String>,
}
