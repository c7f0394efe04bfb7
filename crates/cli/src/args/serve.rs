//! Flags of `vtl serve`.

use clap::Args;

#[derive(Args)]
#[command(after_help = "\
Example:
  echo '{\"id\": 1, \"command\": \"render\", \"template\": \"Hi $input.path(\\\"$.name\\\")\", \"body\": {\"name\": \"Ada\"}}' |
      vtl serve --stdio

docs/protocol.md describes the requests and the answers.")]
pub struct ServeArgs {
    /// Read requests from standard input, one JSON object a line, and write each answer as a line; end with
    /// the input
    #[arg(long, required = true)]
    pub stdio: bool,
}
