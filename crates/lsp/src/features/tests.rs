//! The editor's test view: lists the tests of a file, runs them, and returns the results with their places.

use crate::pool::Stop;
use crate::text::Text;
use lsp_types::{Position, Range};
use serde_json::{Value as Json, json};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use vtl::diagnostic::{Diagnostic, Location};
use vtl_testing::{Report, Settings, SnapshotMode, TestResult, Unreferenced, run_files};

/// A test of a file.
pub(crate) struct Listed {
    pub(crate) name: String,
    pub(crate) range: Range,
}

/// Returns the tests of a file as it is saved.
pub(crate) fn list(path: &Path) -> Vec<Listed> {
    let mut settings = settings();
    settings.list = true;
    let report = run_files(&[path.to_owned()], &settings, &|_| {});
    report.tests.into_iter().map(|test| Listed { range: line(test.line), name: test.name }).collect()
}

fn settings() -> Settings {
    let mut settings = Settings::default();
    settings.snapshots = SnapshotMode::Check;
    settings.unreferenced = Unreferenced::Ignore;
    settings
}

fn line(line: usize) -> Range {
    let start = Position::new(u32::try_from(line.saturating_sub(1)).unwrap_or(u32::MAX), 0);
    Range::new(start, start)
}

/// Finds the test files below folders, or takes the files themselves.
pub(crate) fn discover(paths: &[PathBuf]) -> Result<Json, String> {
    let files = vtl_testing::discover(paths).map_err(|error| error.to_string())?;
    let of_file = |path: &PathBuf| {
        let tests = list(path).into_iter().map(|test| json!({"name": test.name, "range": test.range}));
        json!({"path": path, "tests": tests.collect::<Vec<_>>()})
    };
    Ok(files.iter().map(of_file).collect())
}

/// Runs the tests of a file, all or those of some names. Tests that a stop comes before have no result.
pub(crate) fn run(path: &Path, names: Option<&[String]>, stop: &Stop) -> Json {
    let file = path.display().to_string();
    let mut settings = settings();
    settings.only = names.map(|names| names.iter().map(|name| (file.clone(), name.clone())).collect());
    settings.cancelled = Some(stop.flag());
    let report = run_files(&[path.to_owned()], &settings, &|_| {});
    let mut texts = Texts::new();
    report.tests.iter().map(|test| of_result(test, &report, &mut texts)).collect()
}

/// The sources of a report that findings are placed in, each read once.
type Texts<'r> = HashMap<&'r str, Text>;

fn of_result<'r>(test: &'r TestResult, report: &'r Report, texts: &mut Texts<'r>) -> Json {
    let messages: Vec<Json> = test.findings.iter().map(|finding| of_finding(finding, test, report, texts)).collect();
    json!({"name": test.name, "status": test.status, "range": line(test.line), "messages": messages, "diff": test.diff,
        "reason": test.reason, "milliseconds": test.time.as_secs_f64() * 1_000.0})
}

fn of_finding<'r>(finding: &'r Diagnostic, test: &'r TestResult, report: &'r Report, texts: &mut Texts<'r>) -> Json {
    let message = match &finding.help {
        Some(help) => format!("{}\n{help}", finding.message),
        None => finding.message.clone(),
    };
    let own = Location::new(test.line, 1).in_file(test.file.as_str());
    let place = finding.location.as_ref().unwrap_or(&own);
    let path = finding.location.as_ref().and_then(|it| it.file.as_deref()).unwrap_or(&test.file);
    let range = match report.sources.get(path) {
        Some(source) => {
            let text = texts.entry(path).or_insert_with(|| Text::new(source.to_string()));
            text.range(text.located(place))
        }
        None => line(place.line),
    };
    json!({"code": finding.code.name(), "message": message, "path": path, "range": range})
}
