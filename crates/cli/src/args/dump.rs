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
    /// Do not print notes to standard error
    #[arg(short, long, help_heading = "Output")]
    pub quiet: bool,
}
