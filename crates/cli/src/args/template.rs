//! Flags that name a template and the rules it is compiled under.

use crate::args::document::ReadingArgs;
use crate::args::rules::{DialectName, RulesArgs};
use clap::Args;
use std::path::PathBuf;

/// The template and the rules it is compiled under.
#[derive(Args)]
pub struct TemplateArgs {
    /// The template's file, or the document it stands in (see --route); - for standard input
    #[arg(value_name = "TEMPLATE", required_unless_present = "text")]
    pub file: Option<PathBuf>,
    /// The template itself
    #[arg(short = 'e', value_name = "TEXT", conflicts_with = "file", allow_hyphen_values = true)]
    pub text: Option<String>,
    /// service: as API Gateway runs it; velocity-1.7: Apache Velocity as it comes. Each has its own limits
    #[arg(long, value_enum, default_value_t, help_heading = "Rules")]
    pub dialect: DialectName,
    #[command(flatten)]
    pub rules: RulesArgs,
    /// Makes the foreach limit an error; without it the loop ends there, with a note
    #[arg(long, help_heading = "Rules")]
    pub foreach_fails: bool,
    #[command(flatten)]
    pub part: PartArgs,
}

/// A template that stands in a document.
#[derive(Args)]
#[command(next_help_heading = "Document")]
pub struct PartArgs {
    /// Takes the template from a document, and from the route with this key: 'GET /pets/{id}'
    #[arg(long, value_name = "ROUTE", conflicts_with = "text")]
    pub route: Option<String>,
    /// Takes the template from a document: request:MEDIA or response:STATUS:MEDIA, as `vtl routes` lists them
    #[arg(long, value_name = "NAME", conflicts_with = "text")]
    pub template: Option<String>,
    #[command(flatten)]
    pub reading: ReadingArgs,
}
