//! `vtl conformance`: the score of an engine on the recorded cases.

use crate::run::vtl;
use std::fs;
use tempfile::TempDir;

const CASES: &str = r#"{"id": "a", "topic": "one", "kind": "render", "template": "$x", "variables": {"x": 1.0}, "expect": {"output": "1.0"}}
{"id": "b", "topic": "two", "kind": "render", "template": "```", "expect": {"output": "```"}, "source": "s"}
{"id": "c", "topic": "two", "kind": "render", "template": "$input.json('$')", "body": "{\"n\": 1}", "expect": {"json": {"n": 1}}}
"#;

fn folder() -> TempDir {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("cases.jsonl"), CASES).unwrap();
    folder
}

#[test]
fn this_engine_answers_every_case_of_the_pack() {
    let run = vtl(&["conformance", "conformance/templates.jsonl", "conformance/calls.jsonl", "--format", "json"]);
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""));
    let score: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!((&score["passed"], &score["failed"]), (&score["all"], &serde_json::json!([])));
}

#[test]
fn a_case_without_its_expectation_goes_to_the_engine_line_by_line() {
    let folder = folder();
    let (cases, page) = (folder.path().to_str().unwrap(), folder.path().join("page.md"));
    let seen = folder.path().join("seen");
    let engine =
        format!(r#"while read -r line; do echo "$line" >> '{}'; echo '{{"output": "1.0"}}'; done"#, seen.display());
    let run = vtl(&["conformance", cases, "--engine", &engine, "--page", page.to_str().unwrap()]);
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""));
    assert_eq!(
        run.out,
        "one        1 of 1      100.0 %\ntwo        0 of 2        0.0 %\ntotal      1 of 3       33.3 %\n"
    );
    let first = r#"{"id":"a","topic":"one","kind":"render","template":"$x","variables":{"x": 1.0}}"#;
    assert_eq!(fs::read_to_string(seen).unwrap().lines().next(), Some(first));
    let page = fs::read_to_string(page).unwrap();
    assert!(page.contains("| two | 0 | 2 |"), "{page}");
    assert!(page.contains("### b\n\n````\n```\n````\n"), "{page}");
    assert!(
        page.contains("`output`: the service gives\n\n```\n{\"n\":1}\n```\n\nyour engine gives\n\n```\n1.0\n```"),
        "{page}"
    );
}

#[test]
fn an_engine_that_ends_or_hangs_is_started_again() {
    let folder = folder();
    let cases = folder.path().to_str().unwrap();
    let late = "3 cases have no answer, 3 for lack of time (--timeout, --start-timeout)\n";
    let other = "3 cases have no answer\n";
    for (engine, passed, last) in [
        (r#"read -r line; echo '{"output": "1.0"}'"#, "1 of 3", "33.3 %\n1 case has no answer\n"),
        ("read -r line; exec sleep 60", "0 of 3", late),
        ("exec sleep 60", "0 of 3", late),
        ("yes '{}'", "0 of 3", "0.0 %\n"),
        ("while read -r line; do echo no json; done", "0 of 3", other),
        ("exit 1", "0 of 3", other),
    ] {
        let run = vtl(&["conformance", cases, "--engine", engine, "--timeout", "1", "--start-timeout", "1"]);
        assert!(run.code == Some(0) && run.out.contains(passed) && run.out.ends_with(last), "{engine}: {run:?}");
    }
    let run = vtl(&["conformance", cases, "--engine", "exit 1", "--at-least", "1"]);
    assert_eq!(run.code, Some(1));
}

/// A pipe holds 64 KiB: the second question waits for the first, and the third for both.
#[test]
fn an_engine_that_reads_nothing_is_asked_all_the_same() {
    let folder = TempDir::new().unwrap();
    let template = "x".repeat(300_000);
    let case = |id: usize| {
        format!(r#"{{"id": "{id}", "topic": "long", "template": "{template}", "expect": {{"output": ""}}}}"#) + "\n"
    };
    fs::write(folder.path().join("cases.jsonl"), (0..5).map(case).collect::<String>()).unwrap();
    let cases = folder.path().to_str().unwrap();
    let run = vtl(&["conformance", cases, "--engine", "yes '{}'", "--timeout", "1", "--start-timeout", "1"]);
    assert!(run.code == Some(0) && run.out.ends_with("total      0 of 5        0.0 %\n"), "{run:?}");
}

/// The engine is ended at the limit: it would go on to write.
#[cfg(unix)]
#[test]
fn an_answer_beyond_the_limit_is_refused_where_the_limit_is() {
    let folder = folder();
    let (cases, page) = (folder.path().to_str().unwrap(), folder.path().join("page.md"));
    let page_of = |engine: &str| {
        let page = page.to_str().unwrap();
        let run = vtl(&["conformance", cases, "--filter", "one", "--engine", engine, "--page", page]);
        assert!(run.code == Some(0) && run.out.contains("1 case has no answer\n"), "{run:?}");
        fs::read_to_string(page).unwrap()
    };
    assert!(page_of("cat /dev/zero").contains("the answer is longer than 8 MiB"));
    // A list of 3 million values, which would take 300 MiB.
    let values = r#"{ printf '{"output":[0'; yes ',0' | head -n 4500000 | tr -d '\n'; echo ']}'; }"#;
    assert!(page_of(values).contains("the answer is longer than 8 MiB"));
}

#[test]
fn an_answer_of_this_engine_has_the_same_limit() {
    let folder = folder();
    let (cases, page) = (folder.path().join("long.jsonl"), folder.path().join("page.md"));
    // Each control character is six bytes of JSON.
    let body = "\\u0001".repeat(1_500_000);
    let case = format!(
        r#"{{"id":"long","topic":"one","kind":"render","template":"$input.body","body":"{body}","expect":{{"output":""}}}}"#
    );
    fs::write(&cases, case + "\n").unwrap();
    let run = vtl(&["conformance", cases.to_str().unwrap(), "--page", page.to_str().unwrap()]);
    assert!(run.code == Some(0) && run.out.contains("1 case has no answer\n"), "{run:?}");
    assert!(fs::read_to_string(page).unwrap().contains("the answer is longer than 8 MiB"));
}

#[test]
fn a_slow_start_is_no_slow_answer() {
    let folder = folder();
    let cases = folder.path().to_str().unwrap();
    let engine = r#"sleep 3; while read -r line; do echo '{"output": "1.0"}'; done"#;
    let run = vtl(&["conformance", cases, "--engine", engine, "--timeout", "2"]);
    assert!(run.code == Some(0) && run.out.ends_with("total      1 of 3       33.3 %\n"), "{run:?}");
    let engine = r#"read -r line; echo '{"output": "1.0"}'; exec sleep 60"#;
    let run = vtl(&["conformance", cases, "--engine", engine, "--timeout", "1", "--format", "json"]);
    let score: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!((&score["passed"], &score["unanswered"], &score["late"]), (&1.into(), &1.into(), &1.into()), "{run:?}");
}

#[cfg(unix)]
#[test]
fn a_late_engine_ends_with_what_it_started() {
    let folder = folder();
    let (cases, ended) = (folder.path().to_str().unwrap(), folder.path().join("ended"));
    // Two shells: one that waits for the other.
    let engine = format!("sh -c 'sleep 3; echo late > {}'; true", ended.display());
    let run =
        vtl(&["conformance", cases, "--filter", "one", "--engine", &engine, "--timeout", "1", "--start-timeout", "1"]);
    assert!(run.code == Some(0) && run.out.contains("0 of 1"), "{run:?}");
    std::thread::sleep(std::time::Duration::from_secs(4));
    assert!(!ended.exists(), "the engine went on");
}

/// The engine is in a group of its own, which the signal of a terminal does not reach.
#[cfg(unix)]
#[test]
fn a_signal_that_ends_the_command_ends_the_engine() {
    use crate::run::command;
    use std::process::{Command, Stdio};
    use std::time::Duration;
    let folder = folder();
    let (cases, started) = (folder.path().to_str().unwrap(), folder.path().join("started"));
    let engine = format!("sh -c 'echo $$ > {0}.part; mv {0}.part {0}; sleep 60'; true", started.display());
    let mut running = command(&["conformance", cases, "--engine", &engine]).spawn().unwrap();
    let wait_until = |what: &str, is: &dyn Fn() -> bool| {
        let turns = (0..600).take_while(|_| !is()).inspect(|_| std::thread::sleep(Duration::from_millis(50))).count();
        assert!(turns < 600, "{what}");
    };
    wait_until("the engine does not start", &|| started.exists());
    let engine = fs::read_to_string(&started).unwrap().trim().to_owned();
    let signal = |signal: &str, process: &str| {
        let quiet = Command::new("kill").args([signal, process]).stderr(Stdio::null()).status();
        quiet.is_ok_and(|status| status.success())
    };
    assert!(signal("-INT", &running.id().to_string()));
    assert_eq!(running.wait().unwrap().code(), Some(130));
    wait_until("the engine goes on", &|| !signal("-0", &engine));
}

#[test]
fn cases_are_chosen_by_topic_and_must_be_there() {
    let folder = folder();
    let cases = folder.path().to_str().unwrap();
    assert!(vtl(&["conformance", cases, "--filter", "two"]).out.ends_with("total      2 of 2      100.0 %\n"));
    assert_eq!(vtl(&["conformance", cases, "--filter", "three"]).code, Some(2));
    assert_eq!(vtl(&["conformance", "none.jsonl"]).code, Some(2));
    fs::write(folder.path().join("wrong.jsonl"), "\n{}").unwrap();
    let run = vtl(&["conformance", cases]);
    assert!(run.code == Some(2) && run.err.contains("wrong.jsonl:2: a case has no `id`"), "{run:?}");
}

#[test]
fn a_topic_may_have_a_long_name() {
    let folder = folder();
    let case = format!(
        "{{\"id\": \"a\", \"topic\": \"{}\", \"kind\": \"render\", \"template\": \"\", \"expect\": {{\"output\": \"\"}}}}\n",
        "t".repeat(70_000)
    );
    fs::write(folder.path().join("long.jsonl"), case).unwrap();
    let run = vtl(&["conformance", folder.path().join("long.jsonl").to_str().unwrap()]);
    assert!(run.code == Some(0) && run.out.contains("ttt"), "{:?}", run.err);
}
