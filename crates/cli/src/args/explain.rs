//! Flags of `vtl explain`.

use clap::Args;

#[derive(Args)]
#[command(after_help = "\
Examples:
  vtl explain V151
  vtl explain no-such-method
  vtl explain                 list of all codes")]
pub struct ExplainArgs {
    /// Number or name of the code, as a finding shows it [default: list all codes]
    #[arg(value_name = "CODE")]
    pub code: Option<String>,
}
