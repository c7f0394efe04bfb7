//! Flags of `vtl dump`.

use crate::args::template::TemplateArgs;
use clap::Args;

#[derive(Args)]
#[command(
    override_usage = "vtl dump [OPTIONS] <TEMPLATE | -e TEXT>",
    after_help = "\
Example:
  vtl dump -e '#foreach($item in $input.path(\"$.items\"))$item.id #end'"
)]
pub struct DumpArgs {
    #[command(flatten)]
    pub template: TemplateArgs,
    /// Keeps the notes on what can be told without running it off standard error
    #[arg(short, long, help_heading = "Output")]
    pub quiet: bool,
}
