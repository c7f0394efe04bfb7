//! Flags that describe the request a template sees.

use crate::args::value::{Pair, header, pair};
use clap::Args;
use std::path::PathBuf;

/// The request that the template sees.
#[derive(Args)]
#[command(next_help_heading = "Request")]
pub struct RequestArgs {
    /// The payload's file, or - for standard input
    #[arg(long, value_name = "FILE")]
    pub body: Option<PathBuf>,
    /// The payload itself
    #[arg(short = 'd', long = "data", value_name = "TEXT", conflicts_with = "body", allow_hyphen_values = true)]
    pub data: Option<String>,
    /// A header; repeat it for more
    #[arg(short = 'H', long = "header", value_name = "K: V", value_parser = header)]
    pub headers: Vec<Pair>,
    /// A query parameter, decoded; of several values templates see the last
    #[arg(long = "query", value_name = "K=V", value_parser = pair)]
    pub query: Vec<Pair>,
    /// A path parameter
    #[arg(long = "path-param", value_name = "K=V", value_parser = pair)]
    pub path: Vec<Pair>,
    /// The whole request as one JSON document: {"body", "params": {"path", "querystring", "header"},
    /// "context", "stageVariables"}. A body that is a string is the payload itself. Flags win over it
    #[arg(long, value_name = "FILE")]
    pub input: Option<PathBuf>,
    #[command(flatten)]
    pub surroundings: SurroundingsArgs,
    /// Top-level variables: of the JSON object {"x": 1} the template sees $x
    #[arg(long, value_name = "FILE")]
    pub vars: Option<PathBuf>,
}

/// What stands around a request.
#[derive(Args)]
#[command(next_help_heading = "Request")]
pub struct SurroundingsArgs {
    /// What $context holds: a JSON object
    #[arg(long, value_name = "FILE")]
    pub context: Option<PathBuf>,
    /// One value of $context; dots reach into objects: identity.sourceIp=203.0.113.9
    #[arg(long = "context-value", value_name = "K=V", value_parser = pair)]
    pub context_values: Vec<Pair>,
    /// The stage variables: a JSON object
    #[arg(long, value_name = "FILE")]
    pub stage_variables: Option<PathBuf>,
    /// One stage variable
    #[arg(long = "stage-variable", value_name = "K=V", value_parser = pair)]
    pub stage_variable: Vec<Pair>,
}
