//! Flags of `vtl bench`.

use crate::args::request::RequestArgs;
use crate::args::template::TemplateArgs;
use crate::args::value::Format;
use clap::Args;

#[derive(Args)]
#[command(
    override_usage = "vtl bench [OPTIONS] <TEMPLATE | -e TEXT>",
    after_help = "\
Example:
  vtl bench order.vtl --body order.json --format json"
)]
pub struct BenchArgs {
    #[command(flatten)]
    pub template: TemplateArgs,
    #[command(flatten)]
    pub request: RequestArgs,
    /// Output format; json has {"ns_per_render", "compile_ns", "output_sha256"}
    #[arg(long, value_enum, default_value_t, help_heading = "Output")]
    pub format: Format,
}
