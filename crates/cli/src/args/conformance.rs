//! Flags of `vtl conformance`.

use crate::args::value::Format;
use clap::Args;
use std::path::PathBuf;

#[derive(Args)]
#[command(
    override_usage = "vtl conformance [OPTIONS] [CASES]...",
    after_help = "\
Examples:
  vtl conformance conformance/
  vtl conformance conformance/templates.jsonl --engine 'node engine.js' --page result.md

conformance/README.md describes the cases, and what an engine reads and writes."
)]
pub struct ConformanceArgs {
    /// Files of cases, or folders with them
    #[arg(value_name = "CASES", required = true)]
    pub cases: Vec<PathBuf>,
    /// Command of the engine, which reads a case and writes its answer, line by line [default: this engine]
    #[arg(long, value_name = "CMD")]
    pub engine: Option<String>,
    /// Seconds that an answer may take
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    pub timeout: u64,
    /// Seconds that the first answer of the engine may take, since it starts with it
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    pub start_timeout: u64,
    /// Run only the cases whose topic or id contains this text
    #[arg(long, value_name = "TEXT")]
    pub filter: Option<String>,
    /// Write a page with the first differences of each topic
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub page: Option<PathBuf>,
    /// Fail if fewer cases pass
    #[arg(long, value_name = "COUNT", help_heading = "Output")]
    pub at_least: Option<usize>,
    /// Output format; json has {"passed", "all", "unanswered", "late", "topics", "failed"}
    #[arg(long, value_enum, default_value_t, help_heading = "Output")]
    pub format: Format,
}
