//! Flags of `vtl test`, `vtl review`, `vtl accept` and `vtl reject`.

use crate::args::value::Format;
use clap::{Args, ValueEnum};
use std::path::PathBuf;
use vtl_testing::Regex;

/// Which tests run, and what is written.
#[derive(Args, Clone)]
#[command(after_help = "\
Examples:
  vtl test
  vtl test orders --filter 'two lines'
  vtl test --update
  vtl test --junit report.xml --coverage --fail-under 90
  vtl test --schema > vtl-test.schema.json

Exit codes: 0 all tests hold; 1 a test failed or the coverage is too low; 2 nothing could run.")]
pub struct TestArgs {
    /// Test files, and folders to search for them: *.vtl-test.yaml, .yml or .json, and folders with
    /// template.vtl and request.http, response.http, input.json or setup.json
    #[arg(value_name = "PATH", default_value = ".")]
    pub paths: Vec<PathBuf>,
    /// Run the tests whose name, or file and name, match a regular expression
    #[arg(long, value_name = "REGEX", value_parser = regex)]
    pub filter: Option<Regex>,
    /// Run the tests with this tag; may be repeated
    #[arg(long = "tag", value_name = "TAG")]
    pub tags: Vec<String>,
    /// Print the JSON Schema of test files, for editors
    #[arg(long, exclusive = true)]
    pub schema: bool,
    /// Only list the tests
    #[arg(long)]
    pub list: bool,
    /// Stop at the first failure
    #[arg(long)]
    pub fail_fast: bool,
    /// Fail if no test is found or selected
    #[arg(long)]
    pub fail_on_empty: bool,
    /// Number of threads [default: one for each processor, up to 3]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub jobs: Option<u16>,
    /// Start the tests in a random order of this seed; the results keep the order of the files
    #[arg(long, value_name = "SEED")]
    pub seed_order: Option<u64>,
    /// Rerun the tests when a file changes
    #[arg(long, conflicts_with_all = ["list", "format"])]
    pub watch: bool,
    /// Folder or file that tests may read, besides those of their repository; may be repeated
    #[arg(long = "allow", value_name = "PATH")]
    pub allow: Vec<PathBuf>,
    #[command(flatten)]
    pub snapshots: SnapshotArgs,
    #[command(flatten)]
    pub coverage: CoverageArgs,
    #[command(flatten)]
    pub reports: ReportArgs,
    /// Output format; json has {"tests", "summary", "coverage"}
    #[arg(long, value_enum, default_value_t, help_heading = "Output")]
    pub format: Format,
    /// Print failures and the summary only, without progress
    #[arg(short, long, help_heading = "Output")]
    pub quiet: bool,
}

fn regex(text: &str) -> Result<Regex, String> {
    Regex::new(text).map_err(|error| error.to_string())
}

#[derive(Args, Clone)]
#[command(next_help_heading = "Snapshots")]
pub struct SnapshotArgs {
    /// Write results as snapshots
    #[arg(long, conflicts_with = "check")]
    pub update: bool,
    /// Compare with snapshots and write nothing [default where CI is set]
    #[arg(long)]
    pub check: bool,
    /// Snapshots that no test has
    #[arg(long, value_enum, default_value_t)]
    pub unreferenced: UnreferencedName,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum UnreferencedName {
    Ignore,
    #[default]
    Warn,
    Reject,
    Delete,
}

#[derive(Args, Clone)]
#[command(next_help_heading = "Coverage")]
pub struct CoverageArgs {
    /// Print the lines and branches of templates that the tests ran
    #[arg(long)]
    pub coverage: bool,
    /// Write the coverage in the format of lcov
    #[arg(long, value_name = "FILE")]
    pub coverage_lcov: Option<PathBuf>,
    /// Write the coverage in the format of Cobertura
    #[arg(long, value_name = "FILE")]
    pub coverage_cobertura: Option<PathBuf>,
    /// Write the coverage as JSON
    #[arg(long, value_name = "FILE")]
    pub coverage_json: Option<PathBuf>,
    /// Fail if less than this percentage of lines is covered
    #[arg(long, value_name = "PERCENT", value_parser = percent)]
    pub fail_under: Option<f64>,
}

fn percent(text: &str) -> Result<f64, String> {
    let number = text.trim_end_matches('%').parse::<f64>().map_err(|error| error.to_string())?;
    if (0.0..=100.0).contains(&number) { Ok(number) } else { Err("expected a number from 0 to 100".to_owned()) }
}

impl CoverageArgs {
    /// Checks if any flag needs the coverage.
    pub fn is_on(&self) -> bool {
        let files = [&self.coverage_lcov, &self.coverage_cobertura, &self.coverage_json];
        self.coverage || self.fail_under.is_some() || files.iter().any(|file| file.is_some())
    }
}

#[derive(Args, Clone)]
#[command(next_help_heading = "Reports")]
pub struct ReportArgs {
    /// Write the results in the format of JUnit
    #[arg(long, value_name = "FILE")]
    pub junit: Option<PathBuf>,
    /// Write the results in the Test Anything Protocol
    #[arg(long, value_name = "FILE")]
    pub tap: Option<PathBuf>,
    /// Write the results as JSON
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
    /// Write the results as one page of HTML
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
    /// Print annotations for GitHub Actions, and write the job's summary
    #[arg(long)]
    pub github: bool,
}

/// Flags of `vtl review`, `vtl accept` and `vtl reject`.
#[derive(Args, Clone)]
#[command(after_help = "\
Examples:
  vtl review
  vtl review tests --as-json
  vtl accept tests
  vtl reject tests

docs/testing.md describes snapshots and their review.")]
pub struct ReviewArgs {
    /// Folders to search for results that wait for a review, or files of snapshots
    #[arg(value_name = "PATH", default_value = ".")]
    pub paths: Vec<PathBuf>,
    /// Print the results that wait as JSON, and change nothing
    #[arg(long)]
    pub as_json: bool,
}
