//! Flags of `vtl record`.

use crate::args::document::ReadingArgs;
use clap::Args;
use std::path::PathBuf;

#[derive(Args)]
#[command(after_help = "\
Examples:
  vtl record console.log --document openapi.yaml -o orders.vtl-test.yaml
  aws apigateway test-invoke-method … > call.json && vtl record call.json --document openapi.yaml
  vtl record session.har --document template.yaml --route 'POST /orders' -o orders.vtl-test.yaml

What the service cut or masked is left out; comments in the test say so.")]
pub struct RecordArgs {
    /// Recording: an execution log of the console or of CloudWatch, the JSON of test-invoke-method or of
    /// get-log-events, an HTTP archive (HAR) or an entry of it, the event of a function, or a curl command;
    /// - for standard input
    #[arg(value_name = "RECORDING")]
    pub recording: PathBuf,
    /// Document of the API
    #[arg(long, value_name = "DOCUMENT")]
    pub document: Option<PathBuf>,
    /// Route of the call, such as 'POST /orders' [default: the one that takes the request]
    #[arg(long, value_name = "KEY", requires = "document")]
    pub route: Option<String>,
    /// Name of the test [default: made from the request]
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// Also expect the execution log, which must be one of a single call
    #[arg(long)]
    pub log: bool,
    /// Test file to write, which must not exist [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    #[command(flatten)]
    pub reading: ReadingArgs,
}
