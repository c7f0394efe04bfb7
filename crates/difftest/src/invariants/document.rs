//! The loaders on any text.

use vtl::Limits;
use vtl_loaders::{File, Kind, Options, load};

/// The readers of documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// JSON of any kind that is detected.
    Json,
    /// YAML of any kind that is detected.
    Yaml,
    /// Terraform's HCL.
    Hcl,
    /// A shell script with commands of the AWS CLI.
    Shell,
    /// The shorthand syntax of an argument of the AWS CLI.
    Shorthand,
    /// OpenAPI in YAML, whatever the root says.
    OpenApi,
    /// CloudFormation in YAML, whatever the root says.
    CloudFormation,
    /// `.tf.json`.
    TerraformJson,
}

/// Checks that a text loads to a document that can be printed and checked, or fails; twice the same.
pub fn document(format: Format, text: &str) -> Option<String> {
    let (name, kind) = match format {
        Format::Json => ("document.json", None),
        Format::Yaml => ("document.yaml", None),
        Format::Hcl => ("main.tf", Some(Kind::Terraform)),
        Format::Shell | Format::Shorthand => ("script.sh", Some(Kind::AwsCli)),
        Format::OpenApi => ("openapi.yaml", Some(Kind::OpenApi3)),
        Format::CloudFormation => ("template.yaml", Some(Kind::CloudFormation)),
        Format::TerraformJson => ("main.tf.json", Some(Kind::TerraformJson)),
    };
    let quoted = text.replace('\'', "'\\''");
    let text = match format {
        Format::Shorthand => format!(
            "aws apigateway put-integration --rest-api-id a --resource-id r --http-method GET --type MOCK \\\n \
             --request-parameters '{quoted}' --request-templates '{quoted}' --tls-config '{quoted}'"
        ),
        _ => text.to_owned(),
    };
    let files = [File::new(name, text)];
    // Few steps and little memory: a script of a kilobyte may spend all of a budget.
    let limits = Limits::service().with_steps(Some(2_000_000)).with_memory(Some(16 << 20));
    let options = Options::new().kind(kind).limits(limits);
    let run = || load(&files, &options).map(|document| document.to_json());
    let (first, second) = (run(), run());
    let agree = match (&first, &second) {
        (Ok(first), Ok(second)) => first == second,
        (Err(first), Err(second)) => first.to_string() == second.to_string(),
        _ => false,
    };
    (!agree).then(|| format!("{first:?}, then {second:?}"))
}
