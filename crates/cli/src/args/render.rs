//! Flags of `vtl render`.

use crate::args::request::RequestArgs;
use crate::args::template::TemplateArgs;
use crate::args::value::{Deny, Format, deny};
use clap::Args;

#[derive(Args)]
#[command(
    override_usage = "vtl render [OPTIONS] <TEMPLATE | -e TEXT>",
    after_help = "\
Examples:
  vtl render order.vtl --body order.json
  vtl render order.vtl --input request.json --stage-variable table=orders-test
  vtl render -e '$input.params(\"id\") for $context.identity.sourceIp' \\
      --path-param id=7 --context-value identity.sourceIp=203.0.113.9
  vtl render openapi.yaml --route 'GET /pets/{id}' --template request:application/json --body pet.json
  curl -s https://example.org/order | vtl render order.vtl --body - --format json"
)]
pub struct RenderArgs {
    #[command(flatten)]
    pub template: TemplateArgs,
    #[command(flatten)]
    pub request: RequestArgs,
    /// Output format; json has {"output", "requestOverride", "responseOverride", "notes"}
    #[arg(long, value_enum, default_value_t, help_heading = "Output")]
    pub format: Format,
    /// Do not print notes to standard error
    #[arg(short, long, help_heading = "Output")]
    pub quiet: bool,
    /// Read the output as JSON, whatever it begins with, and fail if it is none; without the flag it is a
    /// note where the output begins like JSON
    #[arg(long, help_heading = "Output")]
    pub check_json: bool,
    /// Print what each part of the template wrote in place of the output; with --format json beside it
    #[arg(long, help_heading = "Output")]
    pub trace: bool,
    /// Fail if there is a note of this severity or worse, or of this name or code; may be repeated
    #[arg(long, value_name = "LEVEL|NAME", value_parser = deny, help_heading = "Output")]
    pub deny: Vec<Deny>,
}
