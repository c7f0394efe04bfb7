//! Detection of a document's grammar and format.

use crate::cdk;
use crate::diagnostic::Fault;
use crate::kind::{self, Grammar, Kind};
use crate::model::bare::is_cfn_integration;
use crate::model::surface::Surface;
use crate::openapi;
use crate::serverless;
use crate::syntax::tree::Node;
use vtl::Code;

/// Returns the grammar of a text, judged by its file name and its first lines.
pub(crate) fn grammar(name: &str, text: &str) -> Grammar {
    let name = name.to_ascii_lowercase();
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let has = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
    if is_command_line(text) || has(&[".sh", ".bash"]) || is_script(text) {
        Grammar::Shell
    } else if has(&[".tf"]) {
        Grammar::Hcl
    } else if has(&[".yaml", ".yml"]) {
        Grammar::Yaml
    } else if is_json(text) {
        Grammar::Json
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

/// Checks for a first line that names a shell: `#!/bin/sh`, `#!/usr/bin/env bash`.
fn is_script(text: &str) -> bool {
    let program = text.strip_prefix("#!").and_then(|text| text.lines().next());
    program
        .is_some_and(|line| line.split(['/', ' ']).any(|word| matches!(word, "sh" | "bash" | "zsh" | "dash" | "ksh")))
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
    if let Some(kind) = template_kind(root) {
        return Ok(kind);
    }
    let has_map = |key: &str| root.get(key).is_some_and(Node::is_map);
    if has_map("planned_values") || (has("format_version") && has_map("configuration")) {
        return Ok(Kind::TerraformPlan);
    }
    if has("format_version") && has_map("values") {
        return Ok(Kind::TerraformState);
    }
    if has("lineage") && has("serial") {
        let fault = Fault::new(Code::UnsupportedDocument, root.span, "raw Terraform state is not supported");
        return Err(fault.with_help("pass the output of `terraform show -json`"));
    }
    let resource = root.get("resource").map_or(&[][..], Node::each);
    let is_resource = !resource.is_empty() && resource.iter().all(|node| node.is_map() && are_blocks(node));
    if is_resource || (has("terraform") && (has_map("provider") || has_map("variable"))) {
        return Ok(Kind::TerraformJson);
    }
    if has("x-amazon-apigateway-integration") || has("x-amazon-apigateway-integrations") {
        return Ok(Kind::OpenApi3);
    }
    let named = root.get("Integration").filter(|node| node.is_map());
    if is_cfn_integration(named.unwrap_or(root)) && (named.is_some() || is_integration(root, Surface::Cfn)) {
        return Ok(Kind::CloudFormation);
    }
    if is_cli_output(root) {
        return Ok(Kind::AwsCli);
    }
    if let Some(word) = root.word("type").filter(|_| is_integration(root, Surface::OpenApi)) {
        let input = ["restApiId", "resourceId", "integrationHttpMethod"].iter().any(|key| has(key));
        let openapi = word.bytes().any(|byte| byte.is_ascii_lowercase())
            || ["responses", "payloadFormatVersion", "integrationSubtype"].iter().any(|key| has(key));
        return Ok(if openapi && !input { Kind::OpenApi3 } else { Kind::AwsCli });
    }
    let fault = Fault::new(Code::UnknownDocument, root.span, "no API Gateway integration found");
    Err(fault.with_help(format!("supported formats: {}", kind::names())))
}

/// Returns the kind of a CloudFormation template, a map of resources or a resource; `None` for others.
fn template_kind(root: &Node) -> Option<Kind> {
    const SECTIONS: &[&str] = &[
        "Resources",
        "Parameters",
        "Outputs",
        "Conditions",
        "Mappings",
        "Metadata",
        "Description",
        "Globals",
        "Rules",
        "Hooks",
    ];
    let resources = root.get("Resources").filter(|node| node.is_map());
    let type_of = |node: &Node| node.get("Type").and_then(Node::as_str).map(str::to_owned);
    let all: Vec<String> =
        resources.unwrap_or(root).entries().iter().filter_map(|(_, node)| type_of(node)).chain(type_of(root)).collect();
    let has_type = |prefix: &str| all.iter().any(|name| name.starts_with(prefix));
    let macros = root.get("Transform").map_or(&[][..], Node::each);
    let is_macro = |node: &Node| node.as_str().is_some_and(|name| name.starts_with("AWS::Serverless-"));
    let is_sections = resources.is_some() && root.fields().all(|(name, _)| SECTIONS.contains(&name));
    if has_type("AWS::Serverless::") || macros.iter().any(is_macro) {
        return Some(Kind::Sam);
    }
    let is_template = root.get("AWSTemplateFormatVersion").is_some()
        || has_type("AWS::")
        || has_type("Custom::")
        || is_sections
        || (resources.is_some() && !macros.is_empty());
    is_template.then_some(Kind::CloudFormation)
}

/// Checks for blocks by their types and names, each a map or a list of maps.
fn are_blocks(node: &Node) -> bool {
    let is_map = |node: &Node| !node.each().is_empty() && node.each().iter().all(Node::is_map);
    !node.entries().is_empty() && node.entries().iter().all(|(_, value)| is_map(value))
}

/// Checks for what the AWS CLI reads or prints: integrations, methods, resources, routes and APIs.
fn is_cli_output(root: &Node) -> bool {
    const V2: &[&str] = &["IntegrationType", "RouteKey", "ProtocolType", "IntegrationResponseKey"];
    let has = |node: &Node, keys: &[&str]| keys.iter().any(|key| node.get(key).is_some());
    let any = |name: &str, keys: &[&str]| root.get(name).map_or(&[][..], Node::each).iter().any(|item| has(item, keys));
    has(root, V2)
        || any("Items", V2)
        || any("items", &["resourceMethods", "pathPart", "parentId", "methodIntegration"])
        || any("item", &["resourceMethods", "pathPart", "parentId", "methodIntegration"])
        || has(root, &["methodIntegration", "resourceMethods"])
        || (has(root, &["httpMethod"]) && has(root, &["authorizationType", "methodResponses", "apiKeyRequired"]))
        || has(root, &["restApiId"])
}

/// Checks for an integration: one of the types, with a property that other objects do not have. A mock
/// needs none; other types may be misspelled where there are several.
fn is_integration(node: &Node, surface: Surface) -> bool {
    const TYPES: &[&str] = &["AWS", "AWS_PROXY", "HTTP", "HTTP_PROXY", "MOCK"];
    const OWN: &[&str] = &[
        "uri",
        "requestTemplates",
        "requestParameters",
        "responses",
        "passthroughBehavior",
        "contentHandling",
        "integrationSubtype",
        "payloadFormatVersion",
        "cacheKeyParameters",
        "cacheNamespace",
        "connectionType",
        "connectionId",
        "credentials",
        "timeoutInMillis",
        "integrationResponses",
        "integrationHttpMethod",
        "tlsConfig",
    ];
    let word = node.word(&surface.spell("Type")).unwrap_or_default().to_ascii_uppercase();
    let is_own = |name: &&str| {
        let mut letters = name.chars();
        let capital: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
        surface.name_of(name).is_some_and(|name| node.get(&name).is_some())
            || node.get(&surface.spell(&capital)).is_some()
    };
    let own = OWN.iter().filter(|name| is_own(name)).count();
    match TYPES.contains(&word.as_str()) {
        true => own > 0 || word == "MOCK" || node.get("httpMethod").is_some(),
        false => own > 1,
    }
}
