//! Flags of `vtl check`.

use crate::args::document::ReadingArgs;
use clap::{Args, ValueEnum};
use std::path::PathBuf;
use vtl::diagnostic::{Severity, UnknownSeverity};

#[derive(Args)]
#[command(after_help = "\
Examples:
  vtl check
  vtl check openapi.yaml templates/ --fail-level error
  vtl check . --format sarif > vtl.sarif
  vtl check . --fix

Folders are searched for templates (.vtl, .vm) and documents, without what .gitignore names. `vtl.toml`
sets levels of rules; `## vtl-ignore RULE: REASON` in a template silences one. `vtl explain RULE` explains
a rule. The exit code is 1 if there is a finding of the fail level or worse.")]
pub struct CheckArgs {
    /// Files and folders: templates (.vtl, .vm) and API documents of any kind; - for a document on standard
    /// input
    #[arg(value_name = "PATH", default_value = ".")]
    pub paths: Vec<PathBuf>,
    #[command(flatten)]
    pub reading: ReadingArgs,
    /// Sample request of the templates, as `vtl render --input` takes it: what they write with it is checked as
    /// well; may be repeated. Beside a template NAME.vtl, the samples NAME.sample.json and
    /// NAME.ANY.sample.json are taken by themselves
    #[arg(long = "input", value_name = "FILE", help_heading = "Rules")]
    pub inputs: Vec<PathBuf>,
    /// Report these alone: names or codes of rules, or categories (names, output, values, integration)
    #[arg(long, value_name = "RULE", value_delimiter = ',', value_parser = rule, help_heading = "Rules")]
    pub select: Vec<String>,
    /// Do not report these: names or codes of rules, or categories
    #[arg(long, value_name = "RULE", value_delimiter = ',', value_parser = rule, help_heading = "Rules")]
    pub ignore: Vec<String>,
    /// Severity from which on findings make the command fail: error, warning or advice [default: warning]
    #[arg(long, value_name = "LEVEL", value_parser = level, help_heading = "Rules")]
    pub fail_level: Option<Severity>,
    /// Apply the safe fixes to the files
    #[arg(long, help_heading = "Fixes")]
    pub fix: bool,
    /// Apply the other fixes as well, which a person should look at
    #[arg(long, help_heading = "Fixes")]
    pub unsafe_fixes: bool,
    /// Show the fixes as a diff and change nothing
    #[arg(long, help_heading = "Fixes")]
    pub diff: bool,
    /// Write a suppression for each finding: a comment above its line, or a property of the document
    /// (`x-vtl-ignore`, CloudFormation's `Metadata`) where a comment cannot stand
    #[arg(long, help_heading = "Fixes", conflicts_with_all = ["fix", "unsafe_fixes", "diff"])]
    pub add_ignores: bool,
    /// Output format; json has {"findings", "summary": {"error", "warning", "advice", "files"}}
    #[arg(long, value_enum, default_value_t, help_heading = "Output")]
    pub format: CheckFormat,
    /// Do not print advice
    #[arg(short, long, help_heading = "Output")]
    pub quiet: bool,
}

/// Format of findings.
#[derive(Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum CheckFormat {
    /// With the lines of the source
    #[default]
    Text,
    /// One line each
    Concise,
    Json,
    /// Annotations of GitHub Actions, and a job summary
    Github,
    /// SARIF 2.1.0
    Sarif,
    /// JUnit XML
    Junit,
}

fn level(text: &str) -> Result<Severity, String> {
    text.parse().map_err(|error: UnknownSeverity| error.to_string())
}

fn rule(text: &str) -> Result<String, String> {
    let is_category = vtl_check::RULES.iter().any(|rule| rule.category.as_str() == text);
    let code = vtl::Code::from_name(text).map(|code| code.name().to_owned());
    code.or_else(|| is_category.then(|| text.to_owned())).ok_or_else(|| {
        let known = vtl::Code::ALL.iter().map(|code| code.name());
        match vtl::reference::nearest(text, known) {
            Some(near) => format!("no rule has the name {text}; did you mean {near}?"),
            None => format!("no rule has the name {text}; `vtl explain` lists them"),
        }
    })
}
