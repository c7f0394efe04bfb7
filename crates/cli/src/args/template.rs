//! Flags that name a template and the rules it is compiled under.

use crate::args::document::ReadingArgs;
use crate::args::rules::{DialectName, RulesArgs};
use clap::Args;
use std::path::PathBuf;

/// The template and the rules for it.
#[derive(Args)]
pub struct TemplateArgs {
    /// Template file, or API document that contains it (see --route); - for standard input
    #[arg(value_name = "TEMPLATE", required_unless_present = "text")]
    pub file: Option<PathBuf>,
    /// Template text
    #[arg(short = 'e', value_name = "TEXT", conflicts_with = "file", allow_hyphen_values = true)]
    pub text: Option<String>,
    /// Language rules and default limits: those of API Gateway, or those of Apache Velocity 1.7 with default
    /// settings
    #[arg(long, value_enum, default_value_t, help_heading = "Rules")]
    pub dialect: DialectName,
    #[command(flatten)]
    pub rules: RulesArgs,
    /// Fail at the foreach limit; by default the loop stops there with a note
    #[arg(long, help_heading = "Rules")]
    pub foreach_fails: bool,
    #[command(flatten)]
    pub part: PartArgs,
}

/// The template of a document.
#[derive(Args)]
#[command(next_help_heading = "Document")]
pub struct PartArgs {
    /// Take the template from a route of an API document, such as 'GET /pets/{id}'
    #[arg(long, value_name = "ROUTE", conflicts_with = "text")]
    pub route: Option<String>,
    /// Take the template of this name from an API document: request:MEDIA or response:STATUS:MEDIA, as
    /// `vtl routes` lists them
    #[arg(long, value_name = "NAME", conflicts_with = "text")]
    pub template: Option<String>,
    #[command(flatten)]
    pub reading: ReadingArgs,
}
