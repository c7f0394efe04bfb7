//! What can be typed: every command, its flags and the help text.

use clap::builder::styling::{AnsiColor, Styles};
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;
use vtl::Limits;
use vtl_loaders::Kind;

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

/// API Gateway mapping templates: render one against a sample request, see how it runs, time it.
#[derive(Parser)]
#[command(name = "vtl", version, styles = STYLES, after_help = "\
Example:
  vtl render order.vtl --body order.json
  vtl invoke --integration pets.json --backend answer.json /pets/7

Exit codes: 0 fine, 1 the template or the render failed, 2 wrong usage or unreadable input.")]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand)]
pub enum Command {
    /// Renders a template; the output goes to standard output, notes and errors to standard error
    #[command(
        override_usage = "vtl render [OPTIONS] <TEMPLATE | -e TEXT>",
        after_help = "\
Examples:
  vtl render order.vtl --body order.json
  vtl render order.vtl --input request.json --stage-variable table=orders-test
  vtl render -e '$input.params(\"id\") for $context.identity.sourceIp' \\
      --path-param id=7 --context-value identity.sourceIp=203.0.113.9
  curl -s https://example.org/order | vtl render order.vtl --body - --format json"
    )]
    Render(RenderFlags),

    /// Shows the ops that a template is compiled to
    #[command(
        override_usage = "vtl dump [OPTIONS] <TEMPLATE | -e TEXT>",
        after_help = "\
Example:
  vtl dump -e '#foreach($item in $input.path(\"$.items\"))$item.id #end'"
    )]
    Dump(DumpFlags),

    /// Times a template: the median render, from the body's bytes to the output, and the median compile
    #[command(
        override_usage = "vtl bench [OPTIONS] <TEMPLATE | -e TEXT>",
        after_help = "\
Example:
  vtl bench order.vtl --body order.json --format json"
    )]
    Bench(BenchFlags),

    /// Sends a request through an integration and shows each step: the client's request, the backend's, and both answers
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
    Invoke(Box<InvokeFlags>),

    /// Lists what a document has: its APIs, routes, templates and problems
    #[command(after_help = "\
Examples:
  vtl routes openapi.yaml
  vtl routes template.yaml --parameter Stage=prod --format json
  vtl routes infrastructure/")]
    Routes(RoutesFlags),

    /// Tells everything in a document that the service would refuse, and what is worth knowing besides
    #[command(after_help = "\
Examples:
  vtl check openapi.yaml
  vtl check template.yaml --quiet --format json

The exit code is 1 if there is a problem; advice alone gives 0.")]
    Check(CheckFlags),

    /// Prints a completion script for a shell
    #[command(after_help = "\
Example:
  vtl completions bash > ~/.local/share/bash-completion/completions/vtl")]
    Completions {
        /// The shell to complete in
        shell: clap_complete::Shell,
    },
}

#[derive(Args)]
pub struct RenderFlags {
    #[command(flatten)]
    pub template: TemplateFlags,
    #[command(flatten)]
    pub request: RequestFlags,
    /// text: the output as it is; json: {"output", "requestOverride", "responseOverride", "notes"}
    #[arg(long, value_enum, default_value_t, help_heading = "Output")]
    pub format: Format,
    /// Keeps the notes on what Velocity swallows in silence off standard error
    #[arg(short, long, help_heading = "Output")]
    pub quiet: bool,
}

#[derive(Args)]
pub struct DumpFlags {
    #[command(flatten)]
    pub template: TemplateFlags,
    /// Keeps the notes on what can be told without running it off standard error
    #[arg(short, long, help_heading = "Output")]
    pub quiet: bool,
}

#[derive(Args)]
pub struct BenchFlags {
    #[command(flatten)]
    pub template: TemplateFlags,
    #[command(flatten)]
    pub request: RequestFlags,
    /// text: for people; json: {"ns_per_render", "compile_ns", "output_sha256"}
    #[arg(long, value_enum, default_value_t, help_heading = "Output")]
    pub format: Format,
}

#[derive(Args)]
pub struct RoutesFlags {
    #[command(flatten)]
    pub document: DocumentFlags,
    /// text: for people; json: the model, in one shape for every kind of document
    #[arg(long, value_enum, default_value_t, help_heading = "Output")]
    pub format: Format,
}

#[derive(Args)]
pub struct CheckFlags {
    #[command(flatten)]
    pub document: DocumentFlags,
    /// text: a line for each finding; json: {"kind", "problems", "advice"}
    #[arg(long, value_enum, default_value_t, help_heading = "Output")]
    pub format: Format,
    /// Leaves the advice out
    #[arg(short, long, help_heading = "Output")]
    pub quiet: bool,
}

/// A document that holds integrations.
#[derive(Args)]
pub struct DocumentFlags {
    /// An OpenAPI document, a CloudFormation or SAM template, a Terraform file, folder, plan or state, or JSON and command
    /// lines of the AWS CLI; - for standard input
    #[arg(value_name = "DOCUMENT")]
    pub document: PathBuf,
    #[command(flatten)]
    pub reading: ReadingFlags,
}

/// How a document is read.
#[derive(Args)]
#[command(next_help_heading = "Document")]
pub struct ReadingFlags {
    #[arg(long, value_name = "KIND", value_parser = kind, help = kind_help())]
    pub kind: Option<Kind>,
    /// The value of a parameter or variable, also of a pseudo parameter: AWS::Region=eu-west-1
    #[arg(long = "parameter", value_name = "K=V", value_parser = pair)]
    pub parameters: Vec<Pair>,
}

/// The template and the rules it is compiled under.
#[derive(Args)]
pub struct TemplateFlags {
    /// The template's file, or - for standard input
    #[arg(value_name = "TEMPLATE", required_unless_present = "text")]
    pub file: Option<PathBuf>,
    /// The template itself
    #[arg(short = 'e', value_name = "TEXT", conflicts_with = "file", allow_hyphen_values = true)]
    pub text: Option<String>,
    /// service: as API Gateway runs it; velocity-1.7: Apache Velocity as it comes. Each has its own limits
    #[arg(long, value_enum, default_value_t, help_heading = "Rules")]
    pub dialect: DialectName,
    #[arg(long = "limit", value_name = "NAME=N|none", value_parser = limit, help = limit_help(), help_heading = "Rules")]
    pub limits: Vec<Limit>,
    /// Makes the foreach limit an error; without it the loop ends there, with a note
    #[arg(long, help_heading = "Rules")]
    pub foreach_fails: bool,
}

/// The request that the template sees.
#[derive(Args)]
#[command(next_help_heading = "Request")]
pub struct RequestFlags {
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
    pub surroundings: SurroundingsFlags,
    /// Top-level variables: of the JSON object {"x": 1} the template sees $x
    #[arg(long, value_name = "FILE")]
    pub vars: Option<PathBuf>,
}

/// What stands around a request.
#[derive(Args)]
#[command(next_help_heading = "Request")]
pub struct SurroundingsFlags {
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

/// An integration or a document, a request, and who answers for the backend.
#[derive(Args)]
pub struct InvokeFlags {
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
    pub reading: ReadingFlags,
    #[command(flatten)]
    pub backend: BackendFlags,
    #[command(flatten)]
    pub message: MessageFlags,
    #[command(flatten)]
    pub surroundings: SurroundingsFlags,
    #[arg(long = "limit", value_name = "NAME=N|none", value_parser = limit, help = limit_help(), help_heading = "Rules")]
    pub limits: Vec<Limit>,
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
pub struct BackendFlags {
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
pub struct MessageFlags {
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

#[derive(Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    #[default]
    Text,
    Json,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum DialectName {
    #[default]
    Service,
    #[value(name = "velocity-1.7")]
    Velocity17,
}

pub type Pair = (String, String);

#[derive(Clone)]
pub struct Limit {
    /// As the engine spells it: one of [`Limits::NAMES`].
    pub name: String,
    pub value: Option<u64>,
}

fn pair(text: &str) -> Result<Pair, String> {
    let (name, value) = text.split_once('=').ok_or("write NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

fn header(text: &str) -> Result<Pair, String> {
    let (name, value) = text.split_once(':').ok_or("write 'Name: value'")?;
    Ok((name.trim().to_owned(), value.trim().to_owned()))
}

fn kind(text: &str) -> Result<Kind, String> {
    Kind::from_word(text).ok_or_else(|| format!("the kinds are {}", kind_words()))
}

fn kind_words() -> String {
    Kind::ALL.iter().map(|kind| kind.word()).collect::<Vec<_>>().join(", ")
}

fn kind_help() -> String {
    format!("The kind of document, in place of what it looks like: {}", kind_words())
}

fn limit(text: &str) -> Result<Limit, String> {
    let (name, value) = text.split_once('=').ok_or("write NAME=N or NAME=none")?;
    let name = name.replace('-', "_");
    if !Limits::NAMES.contains(&name.as_str()) {
        return Err(format!("the limits are {}", limit_names()));
    }
    let value = match value {
        "none" => None,
        digits => Some(digits.parse().map_err(|_| "a limit is a whole number or none")?),
    };
    Ok(Limit { name, value })
}

fn limit_names() -> String {
    Limits::NAMES.join(", ").replace('_', "-")
}

fn limit_help() -> String {
    format!("Sets a limit, or takes it away; repeat it for more. The limits are {}", limit_names())
}
