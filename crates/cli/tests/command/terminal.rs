//! `vtl review` and `vtl test --watch` on a terminal, driven by keys.

use crate::run::{Folder, command};
use rexpect::session::{PtySession, spawn_command};
use std::path::Path;

/// Longest wait for an output, in milliseconds.
const PATIENCE: u64 = 30_000;

fn on_terminal(folder: &Folder, args: &[&str]) -> PtySession {
    let mut command = command(args);
    command.current_dir(folder.path()).env("TERM", "xterm").env("NO_COLOR", "1").env_remove("CI");
    spawn_command(command, Some(PATIENCE)).expect("a terminal can be had")
}

/// Presses a key that needs no Enter.
fn press(session: &mut PtySession, key: &str) {
    session.send(key).and_then(|_| session.flush()).expect("the command reads keys");
}

fn see(session: &mut PtySession, text: &str) -> String {
    session.exp_string(text).unwrap_or_else(|error| panic!("waiting for {text:?}: {error}"))
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// Creates a folder with results that wait for a review.
fn pending(tests: &str) -> Folder {
    let folder = Folder::outside();
    folder.file("t.vtl", "$input.body");
    folder.file("t.vtl-test.yaml", format!("template: t.vtl\ntests:\n{tests}"));
    let mut test = command(&["test"]);
    test.current_dir(folder.path()).env_remove("CI").output().expect("the command runs");
    folder
}

const FOUR: &str = "
  - {name: a, input: {body: one}}
  - {name: b, input: {body: two}}
  - {name: c, input: {body: three}}
  - {name: d, input: {body: four}}
";

#[test]
fn a_review_accepts_one_rejects_one_and_accepts_the_rest() {
    let folder = pending(FOUR);
    let mut review = on_terminal(&folder, &["review"]);
    see(&mut review, "Reviewing [1/4]");
    see(&mut review, "one");
    press(&mut review, "a");
    see(&mut review, "Reviewing [2/4]");
    press(&mut review, "x"); // No key of the review.
    press(&mut review, "r");
    see(&mut review, "Reviewing [3/4]");
    press(&mut review, "A");
    see(&mut review, "3 accepted, 1 rejected, 0 left");
    review.exp_eof().expect("it ends");
    assert_eq!(names(&folder.path().join("snapshots")), ["t__a.snap", "t__c.snap", "t__d.snap"]);
}

#[test]
fn a_review_that_is_interrupted_keeps_what_waits() {
    let folder = pending(FOUR);
    let mut review = on_terminal(&folder, &["review"]);
    see(&mut review, "Reviewing [1/4]");
    press(&mut review, "a");
    see(&mut review, "Reviewing [2/4]");
    press(&mut review, "s");
    see(&mut review, "Reviewing [3/4]");
    review.send_control('c').expect("it takes it");
    review.exp_eof().expect("it ends");
    let left = ["t__a.snap", "t__b.snap.new", "t__c.snap.new", "t__d.snap.new"];
    assert_eq!(names(&folder.path().join("snapshots")), left);
}

#[test]
fn a_watch_reruns_what_a_change_concerns() {
    let folder = Folder::outside();
    folder.file("a.vtl", "one");
    folder.file("b.vtl", "two");
    folder.file("a.vtl-test.yaml", "template: a.vtl\ntests: [{name: first, expect: {output: one}}]\n");
    folder.file("b.vtl-test.yaml", "template: b.vtl\ntests: [{name: second, expect: {output: {file: b.txt}}}]\n");
    folder.file("b.txt", "two");
    let mut watch = on_terminal(&folder, &["test", "--watch"]);
    see(&mut watch, "2 passed, 0 failed");
    see(&mut watch, "watching");
    folder.file("a.vtl", "other");
    see(&mut watch, "first");
    see(&mut watch, "0 passed, 1 failed in 1 file");
    see(&mut watch, "of all: 1 passed, 1 failed");
    // Only what failed.
    press(&mut watch, "f");
    see(&mut watch, "0 passed, 1 failed in 1 file");
    // A fixture is of its test, and a file that is broken for a moment is told.
    folder.file("b.txt", "2");
    see(&mut watch, "of all: 0 passed, 2 failed");
    folder.file("b.vtl-test.yaml", "template: [\n");
    see(&mut watch, "V801");
    see(&mut watch, "watching");
    folder.file("b.vtl-test.yaml", "template: b.vtl\ntests: [{name: third, expect: {output: two}}, {name: snap}]\n");
    see(&mut watch, "1 passed, 1 failed in 1 file");
    see(&mut watch, "watching");
    folder.file("a.vtl", "one");
    see(&mut watch, "of all: 2 passed, 1 failed");
    see(&mut watch, "watching");
    press(&mut watch, "r");
    see(&mut watch, "Reviewing [1/1]");
    press(&mut watch, "a");
    see(&mut watch, "3 passed, 0 failed in 2 files");
    see(&mut watch, "watching");
    press(&mut watch, "f");
    see(&mut watch, "no test failed");
    press(&mut watch, "/");
    see(&mut watch, "filter: ");
    watch.send_line("thi").expect("it reads a line");
    see(&mut watch, "1 passed, 0 failed in 1 file");
    see(&mut watch, "watching");
    press(&mut watch, "q");
    watch.exp_eof().expect("it ends");
}
