//! Flags that describe the request a template sees.

use crate::args::value::{Pair, header, pair};
use clap::Args;
use std::path::PathBuf;

/// The request that the template sees.
#[derive(Args, Default)]
#[command(next_help_heading = "Request")]
pub struct RequestArgs {
    /// File of the payload; - for standard input
    #[arg(long, value_name = "FILE")]
    pub body: Option<PathBuf>,
    /// Payload; @FILE reads it from a file
    #[arg(short = 'd', long = "data", value_name = "TEXT", conflicts_with = "body", allow_hyphen_values = true)]
    pub data: Option<String>,
    /// Header; may be repeated
    #[arg(short = 'H', long = "header", value_name = "K: V", value_parser = header)]
    pub headers: Vec<Pair>,
    /// Query parameter, not percent-encoded; may be repeated, templates see the last value
    #[arg(long = "query", value_name = "K=V", value_parser = pair)]
    pub query: Vec<Pair>,
    /// Path parameter; may be repeated
    #[arg(long = "path-param", value_name = "K=V", value_parser = pair)]
    pub path: Vec<Pair>,
    /// JSON file with the whole request: {"body", "params": {"path", "querystring", "header"}, "context",
    /// "stageVariables"}. If body is a string, it is the payload; otherwise its JSON text is. Flags take
    /// precedence
    #[arg(long, value_name = "FILE")]
    pub input: Option<PathBuf>,
    #[command(flatten)]
    pub surroundings: SurroundingsArgs,
    /// JSON file with an object of top-level variables: {"x": 1} defines $x
    #[arg(long, value_name = "FILE")]
    pub vars: Option<PathBuf>,
}

/// The surroundings of a request: context and stage variables.
#[derive(Args, Default)]
#[command(next_help_heading = "Request")]
pub struct SurroundingsArgs {
    /// JSON file with the value of $context
    #[arg(long, value_name = "FILE")]
    pub context: Option<PathBuf>,
    /// Single value of $context; dots separate nested names: identity.sourceIp=203.0.113.9
    #[arg(long = "context-value", value_name = "K=V", value_parser = pair)]
    pub context_values: Vec<Pair>,
    /// JSON file with an object of stage variables
    #[arg(long, value_name = "FILE")]
    pub stage_variables: Option<PathBuf>,
    /// Single stage variable; may be repeated
    #[arg(long = "stage-variable", value_name = "K=V", value_parser = pair)]
    pub stage_variable: Vec<Pair>,
}
