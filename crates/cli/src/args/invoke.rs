//! Flags of `vtl invoke`.

use crate::args::document::ReadingArgs;
use crate::args::request::SurroundingsArgs;
use crate::args::rules::RulesArgs;
use crate::args::value::{Pair, header, pair};
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// An integration or a document, a request, and who answers for the backend.
#[derive(Args)]
#[command(
    override_usage = "\
vtl invoke <DOCUMENT> [OPTIONS] <--request FILE | PATH>
       vtl invoke --integration <FILE> [OPTIONS] <--request FILE | PATH>",
    after_help = "\
Examples:
  vtl invoke openapi.yaml -X GET /pets/7 --backend answer.json
  vtl invoke chat.yaml -d '{\"action\": \"join\"}' --live
  vtl invoke --integration pets.json --request request.json --backend answer.json
  vtl invoke --integration pets.json --backend answer.json --resource '/pets/{id}' \\
      -X POST -H 'Content-Type: application/json' -d '{\"name\": \"Rex\"}' '/pets/7?type=dog'
  vtl invoke --integration pets.json --live --format log /pets/7

An answer that is the service's own error (415, 500, ...) is a result: the exit code is 0."
)]
pub struct InvokeArgs {
    /// A document that holds integrations (any that `vtl routes` takes), and the path of the request with its query string:
    /// '/pets/7?type=dog'. With --integration the path alone; with --request no path
    #[arg(value_names = ["DOCUMENT", "PATH"], num_args = 0..=2)]
    pub places: Vec<String>,
    /// An integration that stands alone: x-amazon-apigateway-integration, CloudFormation's Integration, or the JSON of
    /// put-integration, get-integration or create-integration
    #[arg(long, value_name = "FILE")]
    pub integration: Option<PathBuf>,
    /// What the API of an integration has besides: {"binaryMediaTypes", "gatewayResponses", "models", "method"}, of HTTP
    /// and WebSocket APIs {"protocolType", "routeKeys", "routeSelectionExpression", "routeResponse"}. Of a document with several
    /// APIs the name of one, or its number
    #[arg(long, value_name = "FILE")]
    pub api: Option<PathBuf>,
    #[command(flatten)]
    pub reading: ReadingArgs,
    #[command(flatten)]
    pub backend: BackendArgs,
    #[command(flatten)]
    pub message: MessageArgs,
    #[command(flatten)]
    pub surroundings: SurroundingsArgs,
    #[command(flatten)]
    pub rules: RulesArgs,
    /// text: the four messages; json: {"integrationRequest", "response", "notes"}, with "routeKey", "pathParameters",
    /// "message" and "invalid" where there are such; log: the execution log
    #[arg(long, value_enum, default_value_t, help_heading = "Output")]
    pub format: CallFormat,
    /// Keeps the notes on what was swallowed or refused off standard error
    #[arg(short, long, help_heading = "Output")]
    pub quiet: bool,
}

#[derive(Args)]
#[command(next_help_heading = "Backend")]
pub struct BackendArgs {
    /// What the backend answers: {"status", "headers", "body", "bodyIsBase64"},
    /// {"lambda": {"payload", "functionError"}} or {"failure": "timeout" | "connection"}
    #[arg(long, value_name = "FILE")]
    pub backend: Option<PathBuf>,
    /// Calls the endpoint of an HTTP integration, with the integration's timeout and TLS setting
    #[arg(long, conflicts_with = "backend")]
    pub live: bool,
}

/// The client's request: one document, or flags as curl has them.
#[derive(Args)]
#[command(next_help_heading = "Request")]
pub struct MessageArgs {
    /// The whole request as one JSON document:
    /// {"method", "path", "pathParameters", "querystring", "headers", "body", "bodyIsBase64"},
    /// of a WebSocket API {"eventType", "body", "headers", "querystring"}
    #[arg(long, value_name = "FILE")]
    pub request: Option<PathBuf>,
    /// The method; GET, or POST with a payload, when it is not given
    #[arg(short = 'X', long = "method", value_name = "METHOD", conflicts_with = "request")]
    pub method: Option<String>,
    /// A header; repeat it for more
    #[arg(short = 'H', long = "header", value_name = "K: V", value_parser = header, conflicts_with = "request")]
    pub headers: Vec<Pair>,
    /// The payload itself; @FILE reads it from a file
    #[arg(
        short = 'd',
        long = "data",
        value_name = "TEXT",
        conflicts_with_all = ["request", "body"],
        allow_hyphen_values = true
    )]
    pub data: Option<String>,
    /// The payload's file, or - for standard input
    #[arg(long, value_name = "FILE", conflicts_with = "request")]
    pub body: Option<PathBuf>,
    /// A query parameter, decoded, besides those of the path
    #[arg(long = "query", value_name = "K=V", value_parser = pair, conflicts_with = "request")]
    pub query: Vec<Pair>,
    /// What happens on the connection of a WebSocket API
    #[arg(long, value_enum, default_value_t, conflicts_with = "request")]
    pub event: EventName,
    /// The resource that the path belongs to, such as '/pets/{id}': tells the path parameters
    #[arg(long, value_name = "PATH")]
    pub resource: Option<String>,
    /// A path parameter
    #[arg(long = "path-param", value_name = "K=V", value_parser = pair, conflicts_with = "request")]
    pub path_parameters: Vec<Pair>,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum EventName {
    Connect,
    #[default]
    Message,
    Disconnect,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum CallFormat {
    #[default]
    Text,
    Json,
    Log,
}
