//! Flags that name an API document and how it is read.

use crate::args::rules::LimitArgs;
use crate::args::value::{Pair, pair};
use clap::Args;
use std::path::PathBuf;
use vtl_loaders::{Kind, UnknownKind};

/// The API document.
#[derive(Args)]
pub struct DocumentArgs {
    /// API document: OpenAPI, CloudFormation, SAM, Terraform (file, folder, plan or state), or JSON and
    /// command lines of the AWS CLI; - for standard input
    #[arg(value_name = "DOCUMENT")]
    pub document: PathBuf,
    #[command(flatten)]
    pub reading: ReadingArgs,
}

/// Options of reading a document.
#[derive(Args, Default)]
#[command(next_help_heading = "Document")]
pub struct ReadingArgs {
    #[arg(long, value_name = "KIND", value_parser = kind, help = kind_help())]
    pub kind: Option<Kind>,
    /// Value of a template parameter, Terraform variable or pseudo parameter (AWS::Region=eu-west-1); may
    /// be repeated
    #[arg(long = "parameter", value_name = "K=V", value_parser = pair)]
    pub parameters: Vec<Pair>,
    /// File with such values: .tfvars, or JSON or YAML of a map, or of the AWS CLI's list; may be repeated
    #[arg(long = "parameter-file", value_name = "FILE")]
    pub parameter_files: Vec<PathBuf>,
    /// Folder or file that the document, or a curl command, may refer to, besides those of its repository; may be
    /// repeated
    #[arg(long = "allow", value_name = "PATH")]
    pub allow: Vec<PathBuf>,
    #[command(flatten)]
    pub limits: LimitArgs,
}

impl ReadingArgs {
    /// Checks for any of the options that are about a document alone.
    pub fn is_given(&self) -> bool {
        let is_plain = self.kind.is_none() && self.parameters.is_empty();
        !is_plain || !self.parameter_files.is_empty() || !self.allow.is_empty()
    }
}

fn kind(text: &str) -> Result<Kind, String> {
    text.parse().map_err(|error: UnknownKind| error.to_string())
}

fn kind_words() -> String {
    Kind::ALL.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join(", ")
}

fn kind_help() -> String {
    format!("Document format [default: detected] [possible values: {}]", kind_words())
}
