//! What kind of document a text is.

use crate::document::Fault;
use crate::openapi;
use crate::syntax::tree::Node;

/// The kinds of documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// OpenAPI 2.0.
    OpenApi2,
    /// OpenAPI 3.x.
    OpenApi3,
    /// A CloudFormation template.
    CloudFormation,
    /// A template with serverless resources.
    Sam,
    /// HCL.
    Terraform,
    /// `.tf.json`, also cdktf's output.
    TerraformJson,
    /// `terraform show -json` of a plan.
    TerraformPlan,
    /// `terraform show -json` of a state.
    TerraformState,
    /// A command line of the AWS CLI, its input JSON or its output.
    AwsCli,
}

impl Kind {
    /// All kinds.
    pub const ALL: &'static [Kind] = &[
        Kind::OpenApi2,
        Kind::OpenApi3,
        Kind::CloudFormation,
        Kind::Sam,
        Kind::Terraform,
        Kind::TerraformJson,
        Kind::TerraformPlan,
        Kind::TerraformState,
        Kind::AwsCli,
    ];

    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Kind::OpenApi2 => "openapi2",
            Kind::OpenApi3 => "openapi3",
            Kind::CloudFormation => "cloudformation",
            Kind::Sam => "sam",
            Kind::Terraform => "terraform",
            Kind::TerraformJson => "terraform-json",
            Kind::TerraformPlan => "terraform-plan",
            Kind::TerraformState => "terraform-state",
            Kind::AwsCli => "aws-cli",
        }
    }

    /// The kind of a word.
    ///
    /// ```
    /// use vtl_loaders::Kind;
    /// assert_eq!(Kind::from_word("sam"), Some(Kind::Sam));
    /// ```
    #[must_use]
    pub fn from_word(word: &str) -> Option<Kind> {
        Kind::ALL.iter().copied().find(|kind| kind.word() == word)
    }
}

/// How a text is to be parsed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Json,
    Yaml,
    Hcl,
    CommandLine,
}

/// The form of a text, by its name and its beginning.
pub(crate) fn form(name: &str, text: &str) -> Form {
    let name = name.to_ascii_lowercase();
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let has = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
    if is_command_line(text) {
        Form::CommandLine
    } else if has(&[".tf"]) {
        Form::Hcl
    } else if has(&[".yaml", ".yml"]) {
        Form::Yaml
    } else if is_json(text) {
        Form::Json
    } else if has(&[".sh"]) {
        Form::CommandLine
    } else if text.lines().any(is_block_head) {
        Form::Hcl
    } else {
        Form::Yaml
    }
}

/// Braces whose first key is in quotes; YAML has braces too.
fn is_json(text: &str) -> bool {
    let inner = text.strip_prefix('{').map(str::trim_start);
    text.starts_with('[') || inner.is_some_and(|inner| inner.is_empty() || inner.starts_with(['"', '}']))
}

/// `aws apigateway …`, perhaps after comments and a shebang.
fn is_command_line(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.next().is_some_and(|line| {
        let line = line.trim_start_matches("$ ");
        line.starts_with("aws ") && (text.contains("apigateway"))
    })
}

/// The first line of a Terraform block.
fn is_block_head(line: &str) -> bool {
    const BLOCKS: &[&str] = &["resource", "variable", "locals", "terraform", "provider", "module", "data", "output"];
    let word = line.split([' ', '"', '{']).next().unwrap_or_default();
    BLOCKS.contains(&word) && line.trim_end().ends_with(['{', '}']) && !line.contains(':')
}

/// Whether a text is a program that only makes a document when it runs.
pub(crate) fn is_cdktf_source(name: &str, text: &str) -> bool {
    const MARKS: &[&str] = &[
        "from cdktf",
        "import cdktf",
        "from \"cdktf\"",
        "from 'cdktf'",
        "@cdktf/",
        "com.hashicorp.cdktf",
        "terraform-cdk-go",
    ];
    const ENDINGS: &[&str] = &[".py", ".ts", ".js", ".java", ".go", ".cs"];
    !text.trim_start().starts_with('{')
        && (MARKS.iter().any(|mark| text.contains(mark)) || ENDINGS.iter().any(|ending| name.ends_with(ending)))
}

/// The kind of a parsed document.
pub(crate) fn kind(root: &Node) -> Result<Kind, Fault> {
    if openapi::is_root(root) {
        return Ok(if root.get("swagger").is_some() { Kind::OpenApi2 } else { Kind::OpenApi3 });
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
        return Err(Fault::new(root.span, "a raw state is not read; `terraform show -json` prints one that is"));
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
    let kinds = Kind::ALL.iter().map(|kind| kind.word()).collect::<Vec<_>>().join(", ");
    Err(Fault::new(root.span, format!("this is no document with integrations; the kinds are {kinds}")))
}

/// A bare `Integration` property: in CloudFormation's words, and no resource.
pub(crate) fn is_cfn_integration(node: &Node) -> bool {
    const WORDS: &[&str] = &["AWS", "AWS_PROXY", "HTTP", "HTTP_PROXY", "MOCK"];
    let own = [
        "IntegrationHttpMethod",
        "IntegrationResponses",
        "RequestTemplates",
        "Uri",
        "PassthroughBehavior",
        "CacheNamespace",
    ];
    node.word("Type").is_some_and(|word| WORDS.contains(&word.to_ascii_uppercase().as_str()))
        || (node.get("IntegrationType").is_none() && own.iter().take(2).any(|key| node.get(key).is_some()))
}
