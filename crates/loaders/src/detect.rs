//! Detection of a document's grammar and format.

use crate::cdk;
use crate::diagnostic::Fault;
use crate::kind::{self, Grammar, Kind};
use crate::model::bare::is_cfn_integration;
use crate::openapi;
use crate::serverless;
use crate::syntax::tree::Node;
use vtl::Code;

/// Returns the grammar of a text, judged by its file name and its first lines.
pub(crate) fn grammar(name: &str, text: &str) -> Grammar {
    let name = name.to_ascii_lowercase();
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let has = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
    if is_command_line(text) {
        Grammar::Shell
    } else if has(&[".tf"]) {
        Grammar::Hcl
    } else if has(&[".yaml", ".yml"]) {
        Grammar::Yaml
    } else if is_json(text) {
        Grammar::Json
    } else if has(&[".sh"]) {
        Grammar::Shell
    } else if text.lines().any(is_block_head) {
        Grammar::Hcl
    } else {
        Grammar::Yaml
    }
}

/// Checks for a JSON text: braces whose first key is in double quotes, since YAML has braces too.
fn is_json(text: &str) -> bool {
    let inner = text.strip_prefix('{').map(str::trim_start);
    text.starts_with('[') || inner.is_some_and(|inner| inner.is_empty() || inner.starts_with(['"', '}']))
}

/// Checks for `aws apigateway …` as the first line after comments and a shebang.
fn is_command_line(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.next().is_some_and(|line| {
        let line = line.trim_start_matches("$ ");
        (line.starts_with("aws ") || line.starts_with("awslocal ")) && (text.contains("apigateway"))
    })
}

/// Checks for the first line of a Terraform block.
fn is_block_head(line: &str) -> bool {
    const BLOCKS: &[&str] = &["resource", "variable", "locals", "terraform", "provider", "module", "data", "output"];
    let word = line.split([' ', '"', '{']).next().unwrap_or_default();
    BLOCKS.contains(&word) && line.trim_end().ends_with(['{', '}']) && !line.contains(':')
}

/// Marks of a program that makes a document, with the command that runs it and what to load then.
const PROGRAMS: &[(&[&str], &str, &str)] = &[
    (
        &[
            "from cdktf",
            "import cdktf",
            "from \"cdktf\"",
            "from 'cdktf'",
            "@cdktf/",
            "com.hashicorp.cdktf",
            "terraform-cdk-go",
        ],
        "a cdktf program",
        "run `cdktf synth` and load cdktf.out/stacks/*/cdk.tf.json",
    ),
    (
        &["aws-cdk-lib", "aws_cdk", "@aws-cdk/", "software.amazon.awscdk", "Amazon.CDK", "aws-cdk-go"],
        "a CDK program",
        "run `cdk synth` and load the folder cdk.out",
    ),
    (
        &["@serverless/typescript", "serverless/aws\"", "serverless/aws'"],
        "a Serverless configuration",
        "run `serverless print --format json` and load its output",
    ),
];

/// Returns what a program is that has to run to give a document, and how to get the document.
pub(crate) fn program(name: &str, text: &str) -> Option<(&'static str, &'static str)> {
    const ENDINGS: &[&str] = &[".py", ".ts", ".js", ".mjs", ".cjs", ".java", ".go", ".cs"];
    let is_source = ENDINGS.iter().any(|ending| name.ends_with(ending));
    if text.trim_start().starts_with(['{', '[']) {
        return None;
    }
    let file = name.rsplit('/').next().unwrap_or_default();
    let is_serverless = is_source && file.starts_with("serverless.");
    let marked = PROGRAMS.iter().find(|(marks, ..)| marks.iter().any(|mark| text.contains(mark)));
    match marked.or(PROGRAMS.last().filter(|_| is_serverless)) {
        // Text from standard input has no ending.
        Some((_, what, help)) if is_source || !file.contains('.') => Some((what, help)),
        _ if is_source => Some(("a program", "run it, and load the document that it makes")),
        _ => None,
    }
}

/// Returns the format of a parsed document.
pub(crate) fn kind(root: &Node) -> Result<Kind, Fault> {
    if openapi::is_root(root) {
        return Ok(if root.get("swagger").is_some() { Kind::OpenApi2 } else { Kind::OpenApi3 });
    }
    if cdk::is_manifest(root) {
        return Ok(Kind::Cdk);
    }
    if serverless::is_root(root) {
        return Ok(Kind::Serverless);
    }
    let has = |key: &str| root.get(key).is_some();
    let resources = root.get("Resources").filter(|node| node.is_map()).unwrap_or(root);
    let types = |prefix: &str| {
        let of = |node: &Node| node.get("Type").and_then(Node::as_str).is_some_and(|name| name.starts_with(prefix));
        of(root) || resources.entries().iter().any(|(_, node)| of(node))
    };
    if types("AWS::Serverless::") || has("Transform") {
        return Ok(Kind::Sam);
    }
    if types("AWS::") || types("Custom::") || has("AWSTemplateFormatVersion") || (has("Resources") && !has("resource"))
    {
        return Ok(Kind::CloudFormation);
    }
    if has("planned_values") || (has("format_version") && has("configuration")) {
        return Ok(Kind::TerraformPlan);
    }
    if has("format_version") && has("values") {
        return Ok(Kind::TerraformState);
    }
    if has("lineage") && has("serial") {
        let fault = Fault::new(Code::UnsupportedDocument, root.span, "raw Terraform state is not supported");
        return Err(fault.with_help("pass the output of `terraform show -json`"));
    }
    if has("resource") || (has("terraform") && (has("provider") || has("variable"))) {
        return Ok(Kind::TerraformJson);
    }
    if has("x-amazon-apigateway-integration") || has("x-amazon-apigateway-integrations") {
        return Ok(Kind::OpenApi3);
    }
    if is_cfn_integration(root.get("Integration").unwrap_or(root)) {
        return Ok(Kind::CloudFormation);
    }
    let outputs = ["IntegrationType", "RouteKey", "Items", "items", "methodIntegration", "resourceMethods"];
    if outputs.into_iter().any(has) {
        return Ok(Kind::AwsCli);
    }
    if let Some(word) = root.word("type") {
        let input = ["restApiId", "resourceId", "integrationHttpMethod"].iter().any(|key| has(key));
        let openapi = word.bytes().any(|byte| byte.is_ascii_lowercase())
            || ["responses", "payloadFormatVersion", "integrationSubtype"].iter().any(|key| has(key));
        return Ok(if openapi && !input { Kind::OpenApi3 } else { Kind::AwsCli });
    }
    if has("httpMethod") || has("restApiId") || has("ApiId") {
        return Ok(Kind::AwsCli);
    }
    let fault = Fault::new(Code::UnknownDocument, root.span, "no API Gateway integration found");
    Err(fault.with_help(format!("supported formats: {}", kind::names())))
}
