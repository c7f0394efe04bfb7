//! Flags of `vtl completions`.

use clap::Args;

#[derive(Args)]
#[command(after_help = "\
Example:
  vtl completions bash > ~/.local/share/bash-completion/completions/vtl")]
pub struct CompletionsArgs {
    /// Shell to write the script for
    pub shell: clap_complete::Shell,
}
