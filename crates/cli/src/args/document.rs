//! Flags that name an API document and how it is read.

use crate::args::value::{Pair, pair};
use clap::Args;
use std::path::PathBuf;
use vtl_loaders::Kind;

/// A document that holds integrations.
#[derive(Args)]
pub struct DocumentArgs {
    /// An OpenAPI document, a CloudFormation or SAM template, a Terraform file, folder, plan or state, or JSON and command
    /// lines of the AWS CLI; - for standard input
    #[arg(value_name = "DOCUMENT")]
    pub document: PathBuf,
    #[command(flatten)]
    pub reading: ReadingArgs,
}

/// How a document is read.
#[derive(Args)]
#[command(next_help_heading = "Document")]
pub struct ReadingArgs {
    #[arg(long, value_name = "KIND", value_parser = kind, help = kind_help())]
    pub kind: Option<Kind>,
    /// The value of a parameter or variable, also of a pseudo parameter: AWS::Region=eu-west-1
    #[arg(long = "parameter", value_name = "K=V", value_parser = pair)]
    pub parameters: Vec<Pair>,
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
