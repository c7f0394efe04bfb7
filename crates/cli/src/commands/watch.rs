//! `vtl test --watch`: reruns the tests that a change concerns.

use crate::args::test::{ReviewArgs, TestArgs};
use crate::commands::test;
use crate::failure::Failure;
use crate::input::sources::Sources;
use crate::report::stdout::print_styled;
use console::{Key, Term};
use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;
use vtl_testing::{Regex, Report, Status, TestResult};

/// Quiet time after a change before the tests run: editors write a file in several steps.
const QUIET: Duration = Duration::from_millis(10);

const HELP: &str = "watching; a all, f failed, / filter, u update snapshots, r review, q quit\n";

enum Event {
    /// A file changed; its real path.
    Changed(PathBuf),
    Key(char),
}

/// The tests of a rerun.
enum Selection {
    All,
    Failed,
    /// Those that depend on one of these files.
    Of(HashSet<PathBuf>),
}

struct Session {
    args: TestArgs,
    /// The last result of each test.
    last: Vec<TestResult>,
    watcher: RecommendedWatcher,
    /// Folders that are watched.
    watched: HashSet<PathBuf>,
}

/// Runs the tests, and again after each change, until `q`.
pub fn run(args: &TestArgs) -> Result<(), Failure> {
    let (sender, events) = channel();
    let (go_on, may_read) = channel();
    let mut session =
        Session { args: args.clone(), last: Vec::new(), watcher: watcher(sender.clone())?, watched: HashSet::new() };
    for path in &args.paths {
        let folder = folder(path);
        session.watch(&folder, RecursiveMode::Recursive)?;
    }
    if Term::stdout().is_term() {
        std::thread::spawn(move || keys(&sender, &may_read));
    }
    session.rerun(&Selection::All);
    while let Ok(event) = events.recv() {
        match event {
            Event::Changed(path) => {
                let (paths, key) = settle(path, &events);
                session.rerun(&Selection::Of(paths));
                if key.is_some_and(|key| session.press(key)) {
                    return Ok(());
                }
                key.map(|_| go_on.send(()));
            }
            Event::Key(key) => {
                if session.press(key) {
                    return Ok(());
                }
                let _ = go_on.send(()); // The thread ends with the command.
            }
        }
    }
    Ok(())
}

/// Collects changes until none comes for a while, or a key.
fn settle(first: PathBuf, events: &Receiver<Event>) -> (HashSet<PathBuf>, Option<char>) {
    let mut paths = HashSet::from([first]);
    while let Ok(event) = events.recv_timeout(QUIET) {
        match event {
            Event::Changed(path) => drop(paths.insert(path)),
            Event::Key(key) => return (paths, Some(key)),
        }
    }
    (paths, None)
}

impl Session {
    /// Does what a key says; returns `true` to quit.
    fn press(&mut self, key: char) -> bool {
        match key {
            'q' => return true,
            'a' => {
                self.args.filter = None;
                self.rerun(&Selection::All);
            }
            'f' => self.rerun(&Selection::Failed),
            'u' => {
                self.args.snapshots.update = true;
                self.rerun(&Selection::All);
                self.args.snapshots.update = false;
            }
            'r' => {
                let review = ReviewArgs { paths: self.args.paths.clone(), as_json: false };
                if let Err(failure) = super::review::run(&review) {
                    crate::report::failure(&failure, &Sources::default(), self.args.format);
                }
                self.rerun(&Selection::All);
            }
            '/' => {
                let _ = print_styled("filter: ");
                let line = Term::stdout().read_line().unwrap_or_default();
                match Regex::new(line.trim()) {
                    Ok(filter) => {
                        self.args.filter = Some(filter).filter(|_| !line.trim().is_empty());
                        self.rerun(&Selection::All);
                    }
                    Err(error) => drop(print_styled(&format!("{error}\n{HELP}"))),
                }
            }
            _ => {}
        }
        false
    }

    /// Runs tests and prints the results; a failure to run is printed too, for the next change may mend it.
    fn rerun(&mut self, selection: &Selection) {
        // Coverage is one of all tests.
        let needs_all = self.args.coverage.is_on() || self.last.is_empty();
        let chosen = match selection {
            Selection::Of(paths) if !needs_all => Some(self.concerned(paths)),
            Selection::Failed => Some(self.chosen(|test| test.status == Status::Failed)),
            _ => None,
        };
        if chosen.as_ref().is_some_and(|(files, _)| files.is_empty()) {
            if matches!(selection, Selection::Failed) {
                let _ = print_styled(&format!("no test failed\n{HELP}"));
            }
            return;
        }
        let shown = test::run_files_of(&self.args, chosen.as_ref()).and_then(|report| {
            let whole = self.merge(&report, chosen.is_some());
            let sources = Sources::default();
            for (name, text) in &report.sources {
                sources.add(name.as_str(), &**text);
            }
            if Term::stdout().is_term() {
                let _ = Term::stdout().clear_screen();
            }
            for folder in report.watched.iter().map(|path| folder(path)).collect::<HashSet<_>>() {
                self.watch(&folder, RecursiveMode::NonRecursive)?;
            }
            test::show(&self.args, &report, &sources)?;
            whole.map_or(Ok(()), |whole| print_styled(&whole))
        });
        if let Err(failure) = shown {
            crate::report::failure(&failure, &Sources::default(), self.args.format);
        }
        let _ = print_styled(HELP);
    }

    /// Returns the test files that hold tests of some kind, and these tests by file and name.
    fn chosen(&self, is_it: impl Fn(&TestResult) -> bool) -> (Vec<PathBuf>, HashSet<(String, String)>) {
        let tests = self.last.iter().filter(|test| is_it(test));
        let only: HashSet<_> = tests.map(|test| (test.file.clone(), test.name.clone())).collect();
        let mut files: Vec<PathBuf> = only.iter().map(|(file, _)| PathBuf::from(file)).collect();
        files.sort();
        files.dedup();
        (files, only)
    }

    /// Returns the tests that depend on files; those of a changed test file are all of it, also new ones.
    fn concerned(&self, paths: &HashSet<PathBuf>) -> (Vec<PathBuf>, HashSet<(String, String)>) {
        let is_changed = |read: &PathBuf| {
            let read = real(read);
            paths.contains(&read) || read.is_dir() && paths.iter().any(|path| path.parent() == Some(&read))
        };
        let (mut files, mut only) = self.chosen(|test| test.reads.iter().any(is_changed));
        let all = vtl_testing::discover(&self.args.paths).unwrap_or_default();
        for file in all.into_iter().filter(|file| paths.contains(&real(file))) {
            // An empty name stands for all of the file.
            only.insert((file.display().to_string(), String::new()));
            files.push(file);
        }
        files.sort();
        files.dedup();
        (files, only)
    }

    /// Replaces the results of tests that ran, and returns a line on all of them if others did not.
    fn merge(&mut self, report: &Report, is_part: bool) -> Option<String> {
        if is_part {
            let ran: HashSet<_> = report.tests.iter().map(|test| (&test.file, &test.name)).collect();
            let gone: HashSet<_> = report.whole_files.iter().collect();
            self.last.retain(|test| !ran.contains(&(&test.file, &test.name)) && !gone.contains(&test.file));
        } else {
            self.last.clear();
        }
        self.last.extend(report.tests.iter().cloned());
        self.last.sort_by(|one, other| (&one.file, one.line).cmp(&(&other.file, other.line)));
        let count = |status| self.last.iter().filter(|test| test.status == status).count();
        (self.last.len() > report.tests.len())
            .then(|| format!("of all: {} passed, {} failed\n", count(Status::Passed), count(Status::Failed)))
    }

    /// Watches a folder, unless it is watched.
    fn watch(&mut self, folder: &Path, mode: RecursiveMode) -> Result<(), Failure> {
        let folder = real(folder);
        let is_below = self.watched.iter().any(|known| folder.starts_with(known));
        if is_below || !folder.is_dir() {
            return Ok(());
        }
        let failed = |error: notify::Error| Failure::usage(format!("cannot watch {}: {error}", folder.display()));
        self.watcher.watch(&folder, mode).map_err(failed)?;
        if mode == RecursiveMode::Recursive {
            self.watched.insert(folder);
        }
        Ok(())
    }
}

/// Sends keys, one at a time: who handles a key may read others itself.
fn keys(sender: &Sender<Event>, may_read: &Receiver<()>) {
    let term = Term::stdout();
    while let Ok(key) = term.read_key() {
        let key = match key {
            Key::Char(key) => key,
            Key::CtrlC => 'q',
            _ => continue,
        };
        if sender.send(Event::Key(key)).is_err() || may_read.recv().is_err() {
            return;
        }
    }
}

fn watcher(sender: Sender<Event>) -> Result<RecommendedWatcher, Failure> {
    let changed = move |event: notify::Result<notify::Event>| {
        let Ok(event) = event else { return };
        if event.kind.is_access() {
            return;
        }
        for path in event.paths.into_iter().filter(|path| counts(path)) {
            let _ = sender.send(Event::Changed(real(&path))); // The receiver ends with the command.
        }
    };
    notify::recommended_watcher(changed).map_err(|error| Failure::usage(format!("cannot watch the files: {error}")))
}

fn folder(path: &Path) -> PathBuf {
    let folder = if path.is_dir() { path } else { path.parent().unwrap_or(Path::new(".")) };
    if folder.as_os_str().is_empty() { PathBuf::from(".") } else { folder.to_owned() }
}

/// Returns a path without links, also if the file is gone.
fn real(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| match (folder_of(path).canonicalize(), path.file_name()) {
        (Ok(folder), Some(name)) => folder.join(name),
        _ => path.to_owned(),
    })
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Checks that a file may be one of a test: results of the tests themselves are none.
fn counts(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let is_hidden = |part: &std::ffi::OsStr| part == ".git" || part == "node_modules" || part == "target";
    !name.ends_with(".snap.new") && !name.ends_with(".tmp") && !path.iter().any(is_hidden)
}
