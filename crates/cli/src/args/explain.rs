//! Flags of `vtl explain`.

use clap::Args;

#[derive(Args)]
#[command(after_help = "\
Examples:
  vtl explain V151
  vtl explain no-such-method

Without a code, all codes are listed.")]
pub struct ExplainArgs {
    /// Number or name of the code, as a finding shows it
    #[arg(value_name = "CODE")]
    pub code: Option<String>,
}
