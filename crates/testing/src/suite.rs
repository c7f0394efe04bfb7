//! Running test files: selects their tests, runs them on all processors, and collects the results.

use crate::check;
use crate::coverage::{Coverage, Hits, measure};
use crate::diff;
use crate::format::expect::Expect;
use crate::format::test::{Subject, Test};
use crate::format::{self, TestFile};
use crate::node::Place;
use crate::reads::reads;
use crate::run::{Output, PROBED, run};
use crate::snapshot::{self, Compared, SnapshotMode};
use crate::subject::Subjects;
use crate::writer;
use regex::Regex;
use serde::Serialize;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use vtl::Code;
use vtl::diagnostic::{Diagnostic, Location, Severity};
use vtl_loaders::Reach;

/// Settings of a run.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Settings {
    /// Runs the tests whose name, or file and name, match.
    pub filter: Option<Regex>,
    /// Runs the tests that have one of these tags; all if there is none.
    pub tags: Vec<String>,
    /// Stops at the first failure.
    pub fail_fast: bool,
    /// Stops before the next test once it is set, from another thread.
    pub cancelled: Option<Arc<AtomicBool>>,
    /// Number of threads, each of which may hold the memory of a test; `None` for one on each processor, up to three.
    pub jobs: Option<usize>,
    /// Handling of results that differ from their snapshot.
    pub snapshots: SnapshotMode,
    /// Handling of snapshots that no test has.
    pub unreferenced: Unreferenced,
    /// Measures the coverage of templates.
    pub coverage: bool,
    /// Templates, and documents with templates, that count in the coverage even if no test names them.
    pub also_covered: Vec<PathBuf>,
    /// Only lists the tests.
    pub list: bool,
    /// Runs these tests alone, by the name of their file and their own; an empty one is all of the file.
    pub only: Option<HashSet<(String, String)>>,
    /// Tells for each test the files on which it depends.
    pub tell_reads: bool,
    /// Files, and folders with files, that tests may read besides those of their repository.
    pub allowed: Vec<PathBuf>,
    /// Starts the tests in a random order of this seed. The results are in the order of the files.
    pub order_seed: Option<u64>,
}

/// Handling of snapshots that no test has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unreferenced {
    /// Says nothing.
    Ignore,
    /// Reports each as a warning.
    #[default]
    Warn,
    /// Fails the run.
    Reject,
    /// Removes them.
    Delete,
}

/// The end of a test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// All expectations hold.
    Passed,
    /// An expectation does not hold, or the test cannot run.
    Failed,
    /// The test says that it is left out.
    Skipped,
    /// The test says that it must fail, and it does.
    Todo,
}

/// The result of a test.
///
/// Serialises as `{"file", "line", "name", "status", "findings", "diff", "reason"}`.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct TestResult {
    /// Test file, or folder of another tool's test.
    pub file: String,
    /// Line of the test.
    pub line: usize,
    /// Name of the test.
    pub name: String,
    /// End of the test.
    pub status: Status,
    /// The expectations that do not hold, or why the test cannot run.
    pub findings: Vec<Diagnostic>,
    /// Drawn differences.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub diff: Option<String>,
    /// Reason why it is skipped or must fail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Running time.
    #[serde(skip)]
    pub time: Duration,
    /// Files on which the result depends, if [`Settings::tell_reads`] asks for them.
    #[serde(skip)]
    pub reads: Vec<PathBuf>,
}

/// Numbers of tests and snapshots.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Summary {
    /// Tests that passed.
    pub passed: usize,
    /// Tests that failed.
    pub failed: usize,
    /// Tests that were left out.
    pub skipped: usize,
    /// Tests that fail as they must.
    pub todo: usize,
    /// Snapshots.
    pub snapshots: SnapshotSummary,
}

/// Numbers of snapshots.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SnapshotSummary {
    /// Results without a snapshot.
    pub new: usize,
    /// Results that differ from their snapshot.
    pub changed: usize,
    /// Snapshots that no test has.
    pub unreferenced: usize,
}

/// The results of a run.
///
/// Serialises as `{"tests", "summary", "coverage", "findings"}`.
#[derive(Debug, Default, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// Tests in the order of the files.
    pub tests: Vec<TestResult>,
    /// Numbers.
    pub summary: Summary,
    /// Coverage, if it was measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coverage: Option<Coverage>,
    /// Findings that concern no single test, such as snapshots that no test has.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Diagnostic>,
    /// Texts that findings point into, by the names of their files.
    #[serde(skip)]
    pub sources: HashMap<String, Arc<str>>,
    /// Files that the run read: tests, templates, documents. What a watcher looks at.
    #[serde(skip)]
    pub watched: Vec<PathBuf>,
    /// Names of the test files of which all tests ran.
    #[serde(skip)]
    pub whole_files: Vec<String>,
}

impl Report {
    /// Checks that no test failed and no finding is an error.
    #[must_use]
    pub fn is_success(&self) -> bool {
        let is_error = |finding: &Diagnostic| finding.severity == Severity::Error;
        self.summary.failed == 0 && !self.findings.iter().any(is_error)
    }
}

/// Snapshot events of a test.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Change {
    None,
    New,
    Changed,
}

/// Runs test files, and calls `done` after each test, from several threads.
///
/// ```
/// use vtl_testing::{Settings, Status, run_files};
/// let folder = tempfile::tempdir()?;
/// std::fs::write(folder.path().join("hi.vtl"), "Hi $input.path('$.name')")?;
/// let file = folder.path().join("hi.vtl-test.yaml");
/// std::fs::write(&file, "template: hi.vtl\ntests:\n- {name: Ada, input: {body: {name: Ada}}, expect: {output: Hi Ada}}\n")?;
/// let report = run_files(&[file], &Settings::default(), &|_| {});
/// assert_eq!(report.tests[0].status, Status::Passed);
/// # Ok::<(), std::io::Error>(())
/// ```
#[must_use]
pub fn run_files(paths: &[PathBuf], settings: &Settings, done: &(dyn Fn(&TestResult) + Sync)) -> Report {
    let files =
        in_parallel(paths.len(), settings.jobs, |at| paths.get(at).map(|path| format::read(path, &settings.allowed)));
    let files: Vec<TestFile> = files.into_iter().flatten().collect();
    let mut selected: Vec<(usize, usize)> = files
        .iter()
        .enumerate()
        .flat_map(|(file, it)| (0..it.tests.len()).map(move |test| (file, test)))
        .filter(|(file, test)| files.get(*file).is_some_and(|it| is_selected(it, *test, settings)))
        .collect();
    let order = settings.order_seed.map(|seed| shuffle(&mut selected, seed));
    let subjects = Subjects::new(&settings.allowed);
    let hits = settings.coverage.then(Hits::default);
    let is_stopped = AtomicBool::new(false);
    let results = in_parallel(selected.len(), settings.jobs, |at| {
        let (file, test) = selected.get(at)?;
        let file = files.get(*file)?;
        let is_cancelled = settings.cancelled.as_ref().is_some_and(|flag| flag.load(Ordering::Relaxed));
        if is_cancelled || is_stopped.load(Ordering::Relaxed) {
            return None;
        }
        let result = run_one(file, *test, settings, &subjects, hits.as_ref());
        if settings.fail_fast && result.0.status == Status::Failed {
            is_stopped.store(true, Ordering::Relaxed);
        }
        done(&result.0);
        Some(result)
    });
    let mut report = Report::default();
    let mut known = HashSet::new();
    for (result, change, notes) in in_order(results, order).into_iter().flatten() {
        let summary = &mut report.summary;
        match result.status {
            Status::Passed => summary.passed += 1,
            Status::Failed => summary.failed += 1,
            Status::Skipped => summary.skipped += 1,
            Status::Todo => summary.todo += 1,
        }
        summary.snapshots.new += usize::from(change == Change::New);
        summary.snapshots.changed += usize::from(change == Change::Changed);
        report.tests.push(result);
        // Those of a schema that a file has are the same for each of its cases.
        let new: Vec<Diagnostic> = notes.into_iter().filter(|note| known.insert(note.to_string())).collect();
        report.findings.extend(new);
    }
    let has_whole =
        |name: &String| settings.only.as_ref().is_none_or(|only| only.contains(&(name.clone(), String::new())));
    report.whole_files = files.iter().map(|file| file.name.clone()).filter(has_whole).collect();
    let is_whole = settings.only.is_none() && settings.filter.is_none() && settings.tags.is_empty() && !settings.list;
    if is_whole && settings.unreferenced != Unreferenced::Ignore && !is_stopped.load(Ordering::Relaxed) {
        look_for_unreferenced(&files, settings, &mut report);
    }
    for name in hits.iter().flat_map(Hits::all_cut) {
        let message = format!("the coverage of {name} has the first {PROBED} steps of a render that takes more");
        let finding = Diagnostic::new(Code::StepLimit, message).with_severity(Severity::Warning);
        report.findings.push(finding.at(Location::new(1, 1).in_file(name)));
    }
    report.coverage = hits.map(|hits| {
        subjects.load_also(&settings.also_covered);
        measure(&hits, &subjects)
    });
    report.sources = subjects.into_sources();
    report.watched = paths.iter().cloned().chain(report.sources.keys().map(PathBuf::from)).collect();
    report.watched.sort();
    report.watched.dedup();
    report.sources.extend(files.into_iter().map(|file| (file.name, Arc::from(file.text))));
    report
}

/// Most threads, unless the caller names a number: the tests of each may hold 256 MiB at a time.
const MOST_THREADS: usize = 3;

/// Does work for each number on several threads, and returns the results in order.
fn in_parallel<T: Send>(count: usize, jobs: Option<usize>, work: impl Fn(usize) -> Option<T> + Sync) -> Vec<Option<T>> {
    let most = std::thread::available_parallelism().map_or(1, usize::from).min(MOST_THREADS);
    let jobs = jobs.unwrap_or(most).clamp(1, count.max(1));
    if jobs == 1 {
        return (0..count).map(work).collect();
    }
    let next = AtomicUsize::new(0);
    let all = Mutex::new((0..count).map(|_| None).collect::<Vec<Option<T>>>());
    // Threads take several at a time, so that they rarely wait for each other.
    let batch = (count / (jobs * 16)).clamp(1, 64);
    std::thread::scope(|scope| {
        for _ in 0..jobs {
            scope.spawn(|| {
                loop {
                    let start = next.fetch_add(batch, Ordering::Relaxed);
                    if start >= count {
                        return;
                    }
                    let range = start..(start + batch).min(count);
                    let results: Vec<Option<T>> = range.clone().map(&work).collect();
                    let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
                    for (at, result) in range.zip(results) {
                        if let Some(slot) = all.get_mut(at) {
                            *slot = result;
                        }
                    }
                }
            });
        }
    });
    all.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// Shuffles items, and returns the place that each had before.
fn shuffle<T>(items: &mut Vec<T>, seed: u64) -> Vec<usize> {
    let mut state = seed;
    // SplitMix64.
    let mut random = || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    };
    let mut places: Vec<(usize, T)> = items.drain(..).enumerate().collect();
    for last in (1..places.len()).rev() {
        places.swap(last, (random() % (last as u64 + 1)) as usize);
    }
    let (order, shuffled) = places.into_iter().unzip();
    *items = shuffled;
    order
}

/// Returns results in the order before a shuffle.
fn in_order<T>(results: Vec<T>, order: Option<Vec<usize>>) -> Vec<T> {
    let Some(order) = order else { return results };
    let mut placed: Vec<(usize, T)> = order.into_iter().zip(results).collect();
    placed.sort_by_key(|(place, _)| *place);
    placed.into_iter().map(|(_, result)| result).collect()
}

fn is_selected(file: &TestFile, test: usize, settings: &Settings) -> bool {
    let Some(test) = file.tests.get(test) else { return false };
    let (name, tags) = match test {
        Ok(test) => (&test.name, test.tags.as_slice()),
        // A broken test may have any tag.
        Err(broken) => (&broken.name, settings.tags.as_slice()),
    };
    let only = settings.only.as_ref();
    let is_one = |only: &HashSet<(String, String)>| {
        ["", name.as_str()].iter().any(|name| only.contains(&(file.name.clone(), (*name).to_owned())))
    };
    if !only.is_none_or(is_one) {
        return false;
    }
    let is_named = |filter: &Regex| filter.is_match(name) || filter.is_match(&format!("{} {name}", file.name));
    settings.filter.as_ref().is_none_or(is_named)
        && (settings.tags.is_empty() || settings.tags.iter().any(|tag| tags.contains(tag)))
}

fn run_one(
    file: &TestFile,
    at: usize,
    settings: &Settings,
    subjects: &Subjects,
    hits: Option<&Hits>,
) -> (TestResult, Change, Vec<Diagnostic>) {
    let mut notes = Vec::new();
    let mut result = TestResult {
        file: file.name.clone(),
        line: 1,
        name: String::new(),
        status: Status::Passed,
        findings: Vec::new(),
        diff: None,
        reason: None,
        time: Duration::ZERO,
        reads: Vec::new(),
    };
    let subjects = &subjects.within(&file.reach);
    let test = match file.tests.get(at) {
        Some(Ok(test)) => test,
        Some(Err(broken)) => {
            result.name.clone_from(&broken.name);
            result.line = broken.line;
            result.status = Status::Failed;
            result.findings.push(broken.finding.clone());
            result.reads.push(PathBuf::from(&file.name));
            return (result, Change::None, notes);
        }
        None => return (result, Change::None, notes),
    };
    result.name.clone_from(&test.name);
    result.line = test.place.line.max(1);
    if test.skip.is_some() || settings.list {
        result.status = Status::Skipped;
        result.reason.clone_from(&test.skip);
        return (result, Change::None, notes);
    }
    let start = Instant::now();
    let change = examine(file, test, settings, subjects, hits, &mut result, &mut notes);
    result.time = start.elapsed();
    if settings.tell_reads {
        let folder = file.snapshots.parent().unwrap_or(Path::new(""));
        result.reads = reads(&file.name, folder, test, subjects);
    }
    let has_failed = !result.findings.is_empty();
    result.status = match (&test.todo, has_failed) {
        (None, false) => Status::Passed,
        (None, true) => Status::Failed,
        (Some(reason), true) => {
            result.reason = Some(reason.clone());
            Status::Todo
        }
        (Some(reason), false) => {
            let finding =
                Diagnostic::new(Code::TodoPasses, format!("the test passes, and is marked as todo: {reason}"));
            result.findings.push(finding.at(place(test, file)).with_help("remove `todo`"));
            Status::Failed
        }
    };
    (result, change, notes)
}

fn place(test: &Test, file: &TestFile) -> Location {
    if test.place == Place::default() {
        Location::new(1, 1).in_file(&file.name)
    } else {
        test.place.in_file(&file.name)
    }
}

/// Runs a test and compares what comes out; `notes` are no reason to fail.
fn examine(
    file: &TestFile,
    test: &Test,
    settings: &Settings,
    subjects: &Subjects,
    hits: Option<&Hits>,
    result: &mut TestResult,
    notes: &mut Vec<Diagnostic>,
) -> Change {
    let folder = file.snapshots.parent().unwrap_or(Path::new(""));
    let output = match run(test, folder, subjects, hits) {
        Ok(output) => output,
        Err(finding) if finding.code.as_str() < "V400" && expects_error(test) => {
            Output { error: Some(*finding), ..Output::default() }
        }
        Err(mut finding) => {
            if finding.location.is_none() {
                let at = match &test.subject {
                    Subject::File { place, .. } | Subject::Part { place, .. } | Subject::Call { place, .. } => *place,
                };
                let at = if finding.code == Code::WrongTest { test.place } else { at };
                finding.location = Some(at.in_file(&file.name));
            }
            result.findings.push(*finding);
            return Change::None;
        }
    };
    let mut change = Change::None;
    let mut diffs = Vec::new();
    if let Some(expectations) = &test.expect {
        let found = check::compare(expectations, &output, &test.redact, &file.name, subjects);
        notes.extend(found.notes);
        if let Some(at) = found.at_byte {
            result.findings.extend(writer::point_out(found.findings, test, folder, subjects, at));
        } else {
            result.findings.extend(found.findings);
        }
        diffs = found.diffs;
    }
    let has_snapshot = |expectations: &Vec<_>| {
        expectations.iter().any(|it: &crate::format::expect::Expectation| matches!(it.expect, Expect::Snapshot))
    };
    if test.expect.as_ref().is_none_or(has_snapshot) {
        change = against_snapshot(file, test, settings, &output, result, &mut diffs);
    }
    if !diffs.is_empty() {
        result.diff = Some(diffs.join("\n"));
    }
    change
}

/// Checks if a test expects an error, which may be one of compiling the template.
fn expects_error(test: &Test) -> bool {
    test.expect.iter().flatten().any(|it| matches!(it.expect, Expect::Error { .. }))
}

fn against_snapshot(
    file: &TestFile,
    test: &Test,
    settings: &Settings,
    output: &Output,
    result: &mut TestResult,
    diffs: &mut Vec<String>,
) -> Change {
    let path = snapshot::path(&file.snapshots, &file.stem, &test.name);
    let text = snapshot::show(output, &test.redact);
    let source = Path::new(&file.name).file_name().map_or(file.name.clone(), |it| it.to_string_lossy().into_owned());
    let shown = path.display();
    let (finding, change) = match snapshot::compare(&path, &file.reach, &source, &test.name, &text, settings.snapshots)
    {
        Compared::Equal => return Change::None,
        Compared::Written { is_new } => return if is_new { Change::New } else { Change::Changed },
        Compared::Failed(why, help) => {
            let mut finding = Diagnostic::new(Code::InaccessibleSnapshot, why);
            finding.help = help.map(str::to_owned);
            (finding, Change::None)
        }
        Compared::Differs(Some(stored)) => {
            diffs.push(format!("the snapshot\n{}", diff::text(&stored, &text)));
            let finding = Diagnostic::new(Code::SnapshotDiffers, format!("the result is not the snapshot {shown}"));
            (finding.with_help("`vtl review` shows and accepts it"), Change::Changed)
        }
        Compared::Differs(None) => {
            diffs.push(format!("the snapshot\n{}", diff::text("", &text)));
            let finding = Diagnostic::new(Code::SnapshotMissing, format!("there is no snapshot {shown} yet"));
            (finding.with_help("`vtl review` shows and accepts it"), Change::New)
        }
    };
    result.findings.push(finding.at(place(test, file)));
    change
}

fn look_for_unreferenced(files: &[TestFile], settings: &Settings, report: &mut Report) {
    let mut referenced: HashSet<PathBuf> = HashSet::new();
    let mut stems: HashMap<&Path, (&Reach, HashMap<String, bool>)> = HashMap::new();
    for file in files {
        let is_read = file.tests.iter().all(Result::is_ok);
        let (_, stems) = stems.entry(&file.snapshots).or_insert_with(|| (&file.reach, HashMap::new()));
        stems.insert(file.stem.clone(), is_read);
        let tests = file.tests.iter().flatten();
        referenced.extend(tests.map(|test| snapshot::path(&file.snapshots, &file.stem, &test.name)));
    }
    let mut folders: Vec<_> = stems.into_iter().collect();
    folders.sort_by(|one, other| one.0.cmp(other.0));
    for (folder, (reach, stems)) in folders {
        for (path, unreadable) in snapshot::unreferenced(folder, reach, &referenced, &stems) {
            let shown = path.display().to_string();
            let at = Location::new(1, 1).in_file(shown.as_str());
            if let Some(why) = unreadable {
                let mut finding = Diagnostic::new(Code::InaccessibleSnapshot, format!("cannot read {shown}: {why}"));
                finding.help = Reach::help(&why).map(str::to_owned);
                report.findings.push(finding.with_severity(Severity::Warning).at(at));
                continue;
            }
            if settings.unreferenced == Unreferenced::Delete && reach.remove(&path).is_ok() {
                continue;
            }
            report.summary.snapshots.unreferenced += 1;
            let finding = Diagnostic::new(Code::UnreferencedSnapshot, format!("no test has the snapshot {shown}"));
            let finding = finding.at(at);
            report.findings.push(match settings.unreferenced {
                Unreferenced::Reject => finding.with_severity(Severity::Error),
                _ => finding.with_help("`--unreferenced delete` removes it"),
            });
        }
    }
}
