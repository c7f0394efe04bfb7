//! Flags of `vtl invoke`.

use crate::args::document::ReadingArgs;
use crate::args::request::SurroundingsArgs;
use crate::args::rules::RulesArgs;
use crate::args::value::{Deny, Pair, deny, header, pair};
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// The integration, the request and the backend.
#[derive(Args)]
#[command(
    override_usage = "\
vtl invoke <DOCUMENT> [OPTIONS] <--request FILE | PATH>
       vtl invoke --integration <FILE> [OPTIONS] [--request FILE | PATH]",
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
    /// API document, and path of the request with its query string, such as '/pets/7?type=dog'. Omit the
    /// document with --integration, and the path with --request or for a WebSocket API
    #[arg(value_names = ["DOCUMENT", "PATH"], num_args = 0..=2)]
    pub places: Vec<String>,
    /// Single integration in place of a document: x-amazon-apigateway-integration, CloudFormation's
    /// Integration, or the JSON of put-integration, get-integration or create-integration
    #[arg(long, value_name = "FILE")]
    pub integration: Option<PathBuf>,
    /// With a document: name or number of the API to call. With --integration: JSON file with the settings of
    /// its API: {"binaryMediaTypes", "gatewayResponses", "models", "method"}, and for HTTP and WebSocket APIs
    /// {"protocolType", "routeKeys", "routeSelectionExpression", "routeResponse"}
    #[arg(long, value_name = "NAME|FILE")]
    pub api: Option<PathBuf>,
    /// With a document: call the route with this key whatever the path is, such as 'GET ?' where the document
    /// does not define the path; the PATH may be omitted then
    #[arg(long, value_name = "KEY", conflicts_with = "integration")]
    pub route: Option<String>,
    #[command(flatten)]
    pub reading: ReadingArgs,
    #[command(flatten)]
    pub backend: BackendArgs,
    #[command(flatten)]
    pub message: MessageArgs,
    #[command(flatten)]
    pub surroundings: SurroundingsArgs,
    /// JSON file with the answer of an authorizer: of a function {"principalId", "policyDocument", "context"} or
    /// {"isAuthorized", "context"}, or the claims of a token {"claims", "scopes"}
    #[arg(long, value_name = "FILE", help_heading = "Request")]
    pub authorizer: Option<PathBuf>,
    #[command(flatten)]
    pub rules: RulesArgs,
    /// Output format: text has the four messages; json has {"integrationRequest", "response", "choices", "notes"}
    /// and, where they apply, "refusal", "routeKey", "pathParameters", "status", "message" and "invalid"; log is
    /// the execution log
    #[arg(long, value_enum, default_value_t, help_heading = "Output")]
    pub format: CallFormat,
    /// Do not print notes to standard error
    #[arg(short, long, help_heading = "Output")]
    pub quiet: bool,
    /// Fail if there is a note of this severity or worse, or of this name or code; may be repeated
    #[arg(long, value_name = "LEVEL|NAME", value_parser = deny, help_heading = "Output")]
    pub deny: Vec<Deny>,
}

#[derive(Args)]
#[command(next_help_heading = "Backend")]
pub struct BackendArgs {
    /// Response of the backend: {"status", "headers", "body", "bodyIsBase64"},
    /// {"lambda": {"payload", "functionError"}} or {"failure": "timeout" | "connection"}
    #[arg(long, value_name = "FILE")]
    pub backend: Option<PathBuf>,
    /// Call the endpoint of an HTTP integration, with the integration's timeout and TLS settings
    #[arg(long, conflicts_with = "backend")]
    pub live: bool,
}

/// The client's request: one JSON file, or flags named as curl's.
#[derive(Args)]
#[command(next_help_heading = "Request")]
pub struct MessageArgs {
    /// File with the whole request: the event of a Lambda function (formats 1.0 and 2.0, WebSocket APIs), a curl
    /// command, or JSON
    /// {"method", "path", "pathParameters", "querystring", "headers", "body", "bodyIsBase64"}, for a WebSocket
    /// API {"eventType", "body", "headers", "querystring"}
    #[arg(long, value_name = "FILE")]
    pub request: Option<PathBuf>,
    /// HTTP method [default: GET, with a payload POST]
    #[arg(short = 'X', long = "method", value_name = "METHOD", conflicts_with = "request")]
    pub method: Option<String>,
    /// Header; may be repeated
    #[arg(short = 'H', long = "header", value_name = "K: V", value_parser = header, conflicts_with = "request")]
    pub headers: Vec<Pair>,
    /// Payload; @FILE reads it from a file
    #[arg(
        short = 'd',
        long = "data",
        value_name = "TEXT",
        conflicts_with_all = ["request", "body"],
        allow_hyphen_values = true
    )]
    pub data: Option<String>,
    /// File of the payload; - for standard input
    #[arg(long, value_name = "FILE", conflicts_with = "request")]
    pub body: Option<PathBuf>,
    /// Query parameter, not percent-encoded, in addition to those of the path; may be repeated
    #[arg(long = "query", value_name = "K=V", value_parser = pair, conflicts_with = "request")]
    pub query: Vec<Pair>,
    /// Event on the connection of a WebSocket API
    #[arg(long, value_enum, default_value_t, conflicts_with = "request")]
    pub event: EventName,
    /// Resource path, such as '/pets/{id}', from which the path parameters are read
    #[arg(long, value_name = "PATH")]
    pub resource: Option<String>,
    /// Path parameter; may be repeated
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
