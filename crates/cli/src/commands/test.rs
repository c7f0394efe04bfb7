//! `vtl test`: runs test files.

use crate::args::test::{TestArgs, UnreferencedName};
use crate::args::value::Format;
use crate::failure::Failure;
use crate::input::discovery::{self, Target};
use crate::input::reader::Reader;
use crate::input::sources::Sources;
use crate::report::stdout::{print, print_styled};
use crate::report::{json, output_file, tests};
use std::collections::HashSet;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use vtl::Code;
use vtl::diagnostic::Diagnostic;
use vtl_testing::{Report, SCHEMA, Settings, SnapshotMode, Status, TestResult, Unreferenced, discover, run_files};

/// Runs the tests, once or whenever a file changes.
pub fn run(args: &TestArgs, reader: &mut Reader) -> Result<(), Failure> {
    if args.schema {
        return print(SCHEMA.as_bytes());
    }
    let report = run_once(args)?;
    for (name, text) in &report.sources {
        reader.sources.add(name.as_str(), &**text);
    }
    show(args, &report, &reader.sources)?;
    if args.fail_on_empty && report.tests.is_empty() {
        return Err(Failure::input(Code::NoTests, "no test was found, or none was selected"));
    }
    if report.is_success() { Ok(()) } else { Err(Failure::Reported) }
}

/// Finds and runs the tests.
fn run_once(args: &TestArgs) -> Result<Report, Failure> {
    run_files_of(args, None)
}

/// Test files, and the tests of them that run, by file and name.
pub type Chosen = (Vec<PathBuf>, HashSet<(String, String)>);

/// Finds and runs the tests, or those that are chosen.
pub fn run_files_of(args: &TestArgs, chosen: Option<&Chosen>) -> Result<Report, Failure> {
    let unreadable = |error: std::io::Error| Failure::input(Code::UnreadableInput, error.to_string());
    let files = match chosen {
        Some((files, _)) => files.clone(),
        None => discover(&args.paths).map_err(unreadable)?,
    };
    let (covered, findings) = if args.coverage.is_on() { discovery::targets(&args.paths) } else { Default::default() };
    let mut settings = settings(args, covered);
    settings.only = chosen.map(|(_, only)| only.clone());
    let is_shown = !args.quiet && args.format == Format::Text && std::io::stderr().is_terminal();
    let counts = [AtomicUsize::new(0), AtomicUsize::new(0)];
    let progress = |result: &TestResult| {
        let [all, failed] = &counts;
        let all = all.fetch_add(1, Ordering::Relaxed) + 1;
        let failed = failed.fetch_add(usize::from(result.status == Status::Failed), Ordering::Relaxed);
        if all.is_multiple_of(256) {
            let _ = write!(std::io::stderr().lock(), "\r{all} tests, {failed} failed");
        }
    };
    let nothing = |_: &TestResult| {};
    let mut report = run_files(&files, &settings, if is_shown { &progress } else { &nothing });
    report.findings.extend(findings);
    if is_shown && report.tests.len() >= 256 {
        let _ = write!(std::io::stderr().lock(), "\r\u{1b}[K");
    }
    if let (Some(least), Some(coverage)) = (args.coverage.fail_under, &report.coverage) {
        let percent = coverage.lines.percent();
        if percent < least {
            let message = format!("the tests cover {percent:.1} % of the lines; expected {least} %");
            report.findings.push(Diagnostic::new(Code::CoverageMissed, message));
        }
    }
    Ok(report)
}

fn settings(args: &TestArgs, covered: Vec<Target>) -> Settings {
    // As other tools have it: any value but an empty one and `false`.
    let is_ci = std::env::var("CI").is_ok_and(|value| !matches!(value.as_str(), "" | "false" | "0"));
    let mut settings = Settings::default();
    settings.filter.clone_from(&args.filter);
    settings.tags.clone_from(&args.tags);
    settings.fail_fast = args.fail_fast;
    settings.jobs = args.jobs.map(usize::from);
    settings.list = args.list;
    settings.tell_reads = args.watch;
    settings.order_seed = args.seed_order;
    settings.also_covered = covered.into_iter().map(|target| target.path).collect();
    settings.coverage = args.coverage.is_on();
    let named = args.paths.iter().filter(|path| !path.is_dir());
    settings.allowed = named.chain(&args.allow).cloned().collect();
    settings.snapshots = match (args.snapshots.update, args.snapshots.check || is_ci) {
        (true, _) => SnapshotMode::Update,
        (false, true) => SnapshotMode::Check,
        (false, false) => SnapshotMode::New,
    };
    settings.unreferenced = match args.snapshots.unreferenced {
        UnreferencedName::Ignore => Unreferenced::Ignore,
        UnreferencedName::Warn => Unreferenced::Warn,
        UnreferencedName::Reject => Unreferenced::Reject,
        UnreferencedName::Delete => Unreferenced::Delete,
    };
    settings
}

/// Prints the results and writes the reports.
pub fn show(args: &TestArgs, report: &Report, sources: &Sources) -> Result<(), Failure> {
    let files = [
        (&args.reports.junit, (|report| report.to_junit()) as fn(&Report) -> String),
        (&args.reports.tap, |report| report.to_tap()),
        (&args.reports.html, |report| report.to_html()),
        (&args.reports.json, |report| serde_json::to_string(report).unwrap_or_default() + "\n"),
        (&args.coverage.coverage_lcov, |report| covered(report, |it| it.to_lcov())),
        (&args.coverage.coverage_cobertura, |report| covered(report, |it| it.to_cobertura())),
        (&args.coverage.coverage_json, |report| {
            covered(report, |it| serde_json::to_string(it).unwrap_or_default() + "\n")
        }),
    ];
    for (file, text) in files {
        if let Some(file) = file {
            write(file, &text(report))?;
        }
    }
    if args.reports.github {
        print(report.to_github().as_bytes())?;
        if let Some(summary) = std::env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty()) {
            let open = std::fs::OpenOptions::new().create(true).append(true).open(&summary);
            let written = open.and_then(|mut file| file.write_all(report.to_markdown().as_bytes()));
            written.map_err(|error| unwritable(Path::new(&summary), &error))?;
        }
    }
    if args.format == Format::Json {
        return json::print_line(report);
    }
    if args.list {
        return print_styled(&tests::list(report));
    }
    print_styled(&tests::draw(report, sources, args.coverage.coverage))
}

fn covered(report: &Report, print: fn(&vtl_testing::Coverage) -> String) -> String {
    report.coverage.as_ref().map(print).unwrap_or_default()
}

fn write(file: &Path, text: &str) -> Result<(), Failure> {
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).map_err(|error| unwritable(folder, &error))?;
    }
    output_file::replace(file, text).map_err(|error| unwritable(file, &error))
}

fn unwritable(file: &Path, error: &std::io::Error) -> Failure {
    Failure::input(Code::UnwritableOutput, format!("cannot write {}: {error}", file.display()))
}
