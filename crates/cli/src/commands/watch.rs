//! `vtl test --watch`: reruns the tests when a file changes.

use crate::args::test::TestArgs;
use crate::commands::test;
use crate::failure::Failure;
use crate::input::sources::Sources;
use crate::report::stdout::print_styled;
use console::{Key, Term};
use notify::{RecursiveMode, Watcher};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;
use vtl_testing::{Regex, Report, Status};

/// Quiet time after a change before the tests run: editors write a file in several steps.
const QUIET: Duration = Duration::from_millis(30);

enum Event {
    Changed,
    Key(char),
}

/// Runs the tests, and again after each change, until `q`.
pub fn run(args: &TestArgs) -> Result<(), Failure> {
    let (sender, events) = channel();
    let _watcher = watch(args, sender.clone())?;
    if Term::stdout().is_term() {
        std::thread::spawn(move || keys(&sender));
    }
    let mut args = args.clone();
    let all = args.filter.clone();
    let mut failed: Vec<String> = Vec::new();
    loop {
        rerun(&args, &mut failed);
        match next(&events) {
            None | Some('q') => return Ok(()),
            Some('u') => {
                args.snapshots.update = true;
                continue;
            }
            Some('a') => args.filter.clone_from(&all),
            Some('f') => args.filter = names(&failed),
            Some('r') => {
                let review = crate::args::test::ReviewArgs { paths: args.paths.clone(), as_json: false };
                super::review::run(&review)?;
            }
            Some(_) => {}
        }
        args.snapshots.update = false;
    }
}

/// Runs the tests and prints the results; a failure to run is printed too, for the next change may mend it.
fn rerun(args: &TestArgs, failed: &mut Vec<String>) {
    let shown = test::run_once(args).and_then(|report| {
        *failed = failures(&report);
        let sources = Sources::default();
        for (name, text) in &report.sources {
            sources.add(name.as_str(), &**text);
        }
        if Term::stdout().is_term() {
            let _ = Term::stdout().clear_screen();
        }
        test::show(args, &report, &sources)
    });
    if let Err(failure) = shown {
        crate::report::failure(&failure, &Sources::default(), args.format);
    }
    let _ = print_styled("watching; a all, f failed, u update snapshots, r review, q quit\n");
}

fn failures(report: &Report) -> Vec<String> {
    report.tests.iter().filter(|test| test.status == Status::Failed).map(|test| test.name.clone()).collect()
}

/// Returns the filter that selects tests by their names.
fn names(names: &[String]) -> Option<Regex> {
    let quoted = |name: &String| {
        let escape = |c: char| if c.is_ascii_punctuation() { format!("\\{c}") } else { c.to_string() };
        name.chars().map(escape).collect::<String>()
    };
    let any = names.iter().map(quoted).collect::<Vec<_>>().join("|");
    Regex::new(&format!("^({any})$")).ok().filter(|_| !names.is_empty())
}

/// Waits for a key, or for changes and the quiet after them; `None` if nothing can come any more.
fn next(events: &Receiver<Event>) -> Option<char> {
    loop {
        match events.recv().ok()? {
            Event::Key(key) if "aqfur".contains(key) => return Some(key),
            Event::Key(_) => {}
            Event::Changed => {
                while let Ok(event) = events.recv_timeout(QUIET) {
                    if let Event::Key('q') = event {
                        return Some('q');
                    }
                }
                return Some(' ');
            }
        }
    }
}

fn keys(sender: &Sender<Event>) {
    let term = Term::stdout();
    while let Ok(key) = term.read_key() {
        let event = match key {
            Key::Char(key) => Event::Key(key),
            Key::CtrlC => Event::Key('q'),
            _ => continue,
        };
        if sender.send(event).is_err() {
            return;
        }
    }
}

/// Watches the folders of the tests and the working directory, which has what the tests name.
fn watch(args: &TestArgs, sender: Sender<Event>) -> Result<notify::RecommendedWatcher, Failure> {
    let failed = |error: notify::Error| Failure::usage(format!("cannot watch the files: {error}"));
    let changed = move |event: notify::Result<notify::Event>| {
        let is_change = event.is_ok_and(|event| !event.kind.is_access() && event.paths.iter().any(|path| counts(path)));
        if is_change {
            let _ = sender.send(Event::Changed); // The receiver ends with the command.
        }
    };
    let mut watcher = notify::recommended_watcher(changed).map_err(failed)?;
    let mut folders: Vec<PathBuf> = args.paths.iter().map(|path| folder(path)).collect();
    folders.sort();
    folders.dedup();
    for folder in folders {
        watcher.watch(&folder, RecursiveMode::Recursive).map_err(failed)?;
    }
    Ok(watcher)
}

fn folder(path: &Path) -> PathBuf {
    let folder = if path.is_dir() { path } else { path.parent().unwrap_or(Path::new(".")) };
    if folder.as_os_str().is_empty() { PathBuf::from(".") } else { folder.to_owned() }
}

/// Checks that a file may be one of a test: results of the tests themselves are none.
fn counts(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let is_hidden = |part: &std::ffi::OsStr| part == ".git" || part == "node_modules" || part == "target";
    !name.ends_with(".snap.new") && !name.ends_with(".tmp") && !path.iter().any(is_hidden)
}
