//! Broken files and tests: each fails with its place, and the others run.

use std::path::Path;
use vtl_testing::{Report, Settings, SnapshotMode, Status, Unreferenced, discover, run_files};

fn write(folder: &Path, name: &str, text: impl AsRef<[u8]>) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("it can be made");
    std::fs::write(path, text).expect("it can be written");
}

fn run(folder: &Path, mode: SnapshotMode) -> Report {
    let mut settings = Settings::default();
    settings.snapshots = mode;
    run_files(&discover(&[folder.to_owned()]).expect("readable"), &settings, &|_| {})
}

/// Returns code, file and line of the first finding of each failed test.
fn failures(report: &Report) -> Vec<(String, String, usize)> {
    let failed = report.tests.iter().filter(|test| test.status == Status::Failed);
    failed
        .map(|test| {
            let finding = &test.findings[0];
            let place = finding.location.clone().expect("a place");
            let file = Path::new(place.file.as_deref().unwrap_or_default())
                .file_name()
                .expect("a file")
                .to_string_lossy()
                .into_owned();
            (finding.code.as_str().to_owned(), file, place.line)
        })
        .collect()
}

fn failure(code: &str, file: &str, line: usize) -> (String, String, usize) {
    (code.to_owned(), file.to_owned(), line)
}

#[test]
fn broken_things_fail_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    write(at, "good.vtl", "x");
    write(at, "broken.vtl", "a\n#if(true)");
    write(at, "bytes.vtl", [b'a', 0xff]);
    write(at, "openapi.yaml", "openapi: 3.0.1\npaths:\n  - [");
    write(
        at,
        "a.vtl-test.yaml",
        "template: good.vtl\ntests:\n  - {name: runs, expect: {output: x}}\n  - {name: broken, template: broken.vtl, expect: {output: x}}\n  - {name: missing, template: nowhere.vtl}\n  - {name: bytes, template: bytes.vtl}\n  - {name: runs, expect: {output: x}}\n  - {name: RUNS, expect: {output: x}}\n  - {name: unknown, expects: {output: x}}\n  - {expect: {output: x}}\n  - {name: wrong, expect: {status: many}}\n  - {name: document, template: 'request:a/b', document: openapi.yaml}\n  - {name: runs too, expect: {output: x}}\n",
    );
    write(at, "b.vtl-test.yaml", "template: good.vtl\ntests:\n  - {name: x\n");
    write(at, "c.vtl-test.yaml", [b'#', 0xff, b'\n']);
    write(at, "d.vtl-test.yaml", "template: good.vtl\ntests:\n  - {name: runs, expect: {output: x}}\n");
    let report = run(at, SnapshotMode::Check);
    assert_eq!((report.summary.passed, report.summary.failed), (3, 11));
    let found = failures(&report);
    assert_eq!(
        found[..9],
        [
            failure("V002", "broken.vtl", 2),
            failure("V805", "a.vtl-test.yaml", 5),
            failure("V805", "a.vtl-test.yaml", 6),
            failure("V804", "a.vtl-test.yaml", 7),
            failure("V804", "a.vtl-test.yaml", 8),
            failure("V803", "a.vtl-test.yaml", 9),
            failure("V802", "a.vtl-test.yaml", 10),
            failure("V802", "a.vtl-test.yaml", 11),
            failure("V502", "openapi.yaml", 3),
        ]
    );
    assert_eq!((found[9].0.as_str(), found[9].1.as_str()), ("V801", "b.vtl-test.yaml"));
    assert_eq!(found[10], failure("V805", "c.vtl-test.yaml", 1));
    let unknown = report.tests.iter().find(|test| test.name == "unknown").expect("a test");
    assert_eq!(unknown.findings[0].help.as_deref(), Some("did you mean `expect`?"));
    // A file that cannot be read is a failed test named after the file.
    assert!(report.tests.iter().any(|test| test.name.ends_with("b.vtl-test.yaml")));
}

#[test]
fn snapshots_have_any_bytes() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path().join("Größe und Maß");
    write(&at, "any.vtl", "$input.body");
    let tests = "template: any.vtl\ntests:\n  - {name: line ends, input: {body: \"a\\r\\nb\\r\\n\"}}\n  - {name: a zero, input: {body: \"a\\0b\"}}\n  - {name: empty}\n  - {name: snapshot too, input: {body: x}, expect: {output: x, snapshot: true}}\n";
    write(&at, "grün.vtl-test.yaml", tests);
    let first = run(&at, SnapshotMode::Check);
    assert_eq!((first.summary.failed, first.summary.snapshots.new), (4, 4));
    assert!(!at.join("snapshots").exists(), "`--check` writes nothing");
    let second = run(&at, SnapshotMode::New);
    assert_eq!((second.summary.failed, second.summary.snapshots.new), (4, 4));
    let pending = vtl_testing::Pending::find(std::slice::from_ref(&at)).expect("readable");
    assert_eq!(pending.len(), 4);
    for it in &pending {
        it.accept().expect("it can be renamed");
    }
    assert_eq!(run(&at, SnapshotMode::Check).summary.passed, 4);
    // A snapshot that Git checked out with other line ends.
    let file = at.join("snapshots/grün__empty.snap");
    let text = std::fs::read_to_string(&file).expect("readable");
    std::fs::write(&file, text.replace('\n', "\r\n")).expect("writable");
    let mixed = at.join("snapshots/grün__line-ends.snap");
    let bytes = std::fs::read(&mixed).expect("readable");
    assert!(bytes.ends_with(b"a\r\nb\r\n\n"), "{bytes:?}");
    assert_eq!(run(&at, SnapshotMode::Check).summary.passed, 4);
    // A result that differs, and one that is equal again.
    std::fs::write(&mixed, b"---\nsource: x\nexpression: y\n---\na\nb\xff\n").expect("writable");
    let changed = run(&at, SnapshotMode::New);
    assert_eq!((changed.summary.failed, changed.summary.snapshots.changed), (1, 1));
    assert!(at.join("snapshots/grün__line-ends.snap.new").exists());
    assert_eq!(run(&at, SnapshotMode::Update).summary.passed, 4);
    assert!(!at.join("snapshots/grün__line-ends.snap.new").exists());
    assert_eq!(run(&at, SnapshotMode::Check).summary.passed, 4);
}

#[test]
fn snapshots_without_a_test_are_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    write(at, "x.vtl", "x");
    write(at, "a.vtl-test.yaml", "template: x.vtl\ntests: [{name: one}, {name: two, skip: later}]\n");
    run(at, SnapshotMode::Update);
    let old = "---\nsource: \"a.vtl-test.yaml\"\nexpression: \"gone\"\n---\nx\n";
    write(at, "snapshots/a__gone.snap", old);
    write(at, "snapshots/a__two.snap", old);
    write(at, "snapshots/other__tool.snap", "---\nsource: src/lib.rs\n---\nx\n");
    // A test file that does not run keeps its snapshots; one that does not exist has none.
    write(at, "b.vtl-test.yaml", "template: x.vtl\ntests: [{name: one}]\n");
    run(at, SnapshotMode::Update);
    let files = [at.join("a.vtl-test.yaml")];
    assert_eq!(run_files(&files, &Settings::default(), &|_| {}).summary.snapshots.unreferenced, 1);
    std::fs::remove_file(at.join("b.vtl-test.yaml")).expect("it was written");
    assert_eq!(run_files(&files, &Settings::default(), &|_| {}).summary.snapshots.unreferenced, 2);
    std::fs::remove_file(at.join("snapshots/b__one.snap")).expect("it was written");
    let report = run(at, SnapshotMode::Check);
    assert!(report.is_success());
    assert_eq!(report.summary.snapshots.unreferenced, 1);
    assert!(report.findings[0].message.ends_with("a__gone.snap"), "{}", report.findings[0]);
    let mut settings = Settings::default();
    settings.unreferenced = Unreferenced::Reject;
    let files = discover(&[at.to_owned()]).expect("readable");
    assert!(!run_files(&files, &settings, &|_| {}).is_success());
    settings.unreferenced = Unreferenced::Delete;
    assert!(run_files(&files, &settings, &|_| {}).is_success());
    assert!(!at.join("snapshots/a__gone.snap").exists() && at.join("snapshots/a__two.snap").exists());
    assert!(at.join("snapshots/other__tool.snap").exists());
}

#[test]
fn a_large_snapshot_is_compared() {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), "x.vtl", "$input.body");
    let lines: String = (0..40_000).map(|at| format!("line {at}\n")).collect();
    let yaml = |text: &str| {
        format!("template: x.vtl\ntests: [{{name: one, input: {{body: {}}}}}]\n", serde_json::Value::from(text))
    };
    write(folder.path(), "a.vtl-test.yaml", yaml(&lines));
    assert!(run(folder.path(), SnapshotMode::Update).is_success());
    write(folder.path(), "a.vtl-test.yaml", yaml(&lines.replace("line 777\n", "line\u{a0}777\n")));
    let report = run(folder.path(), SnapshotMode::Check);
    let diff = report.tests[0].diff.as_deref().expect("a difference");
    assert!(diff.contains("- line 777\n+ line<U+00A0>777\n"), "{diff}");
}

#[test]
fn a_loop_ends_by_its_limits() {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), "x.vtl", "#set($s = \"xxxxxxxx\")#foreach($i in [1..1000])#set($s = \"$s$s\")#end$s");
    write(folder.path(), "a.vtl-test.yaml", "template: x.vtl\ntests: [{name: one, expect: {output: x}}]\n");
    let report = run(folder.path(), SnapshotMode::Check);
    assert!(report.tests[0].findings[0].code.as_str().starts_with("V3"), "{:?}", report.tests[0].findings);
}

#[test]
fn folders_of_other_tools_run_as_they_lie() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    let template = r#"{"id": "$input.params('id')", "q": "$input.params('q')", "h": "$input.params('X-A')", "v": $input.json('$.v'), "s": "$stageVariables.s $context.stage"}"#;
    let context = r#"{"context": {"resourcePath": "/things/{id}", "stage": "test"}, "stageVariables": {"s": "dev"}}"#;
    write(at, "scenarios/get/template.vtl", template);
    write(
        at,
        "scenarios/get/request.http",
        "POST /things/7?q=a%20b HTTP/1.1\r\nX-A: h\r\nContent-Type: application/json\r\n\r\n{\"v\": 1}\r\n",
    );
    write(at, "scenarios/get/context.json", context);
    write(at, "scenarios/get/expected.json", r#"{"v": 1, "id": "7", "q": "a b", "h": "h", "s": "dev test"}"#);
    write(at, "scenarios/answer/template.vtl", "$input.json('$.v')");
    write(at, "scenarios/answer/response.http", "HTTP/1.1 200 OK\nContent-Type: application/json\n\n{\"v\": [2]}");
    write(at, "scenarios/answer/expected.json", "[3]");
    write(at, "emulator/one/template.vtl", "$input.params('id') $input.path('$.v') $context.httpMethod");
    write(at, "emulator/one/input.json", r#"{"v": 4}"#);
    write(at, "emulator/one/setup.json", r#"{"endpoint": "/a/{id}", "method": "PUT", "pathParams": {"id": "7"}}"#);
    let report = run(at, SnapshotMode::New);
    let ends: Vec<_> = report.tests.iter().map(|test| (test.name.as_str(), test.status)).collect();
    assert_eq!(ends, [("one", Status::Failed), ("answer", Status::Failed), ("get", Status::Passed)]);
    assert_eq!(report.tests[1].findings[0].code.as_str(), "V811");
    let pending = vtl_testing::Pending::find(&[at.to_owned()]).expect("readable");
    assert_eq!((pending.len(), pending[0].new.as_str()), (1, "7 4 PUT"));
}

#[test]
fn results_are_in_the_order_of_the_files() {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), "x.vtl", "$input.body");
    let tests: String = (0..500)
        .map(|at| format!("  - {{name: test {at}, input: {{body: '{at}'}}, expect: {{output: '{at}'}}}}\n"))
        .collect();
    write(folder.path(), "a.vtl-test.yaml", format!("template: x.vtl\ntests:\n{tests}"));
    let mut settings = Settings::default();
    settings.jobs = Some(4);
    let report = run_files(&discover(&[folder.path().to_owned()]).expect("readable"), &settings, &|_| {});
    let lines: Vec<usize> = report.tests.iter().map(|test| test.line).collect();
    assert_eq!(lines, (3..503).collect::<Vec<_>>());
    assert_eq!(report.summary.passed, 500);
}

#[test]
fn a_failure_names_what_wrote_the_byte() {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), "x.vtl", "#set($greeting = \"Hi \")\n$greeting\n  $input.path('$.name')!");
    write(
        folder.path(),
        "a.vtl-test.yaml",
        "template: x.vtl\ntests: [{name: one, input: {body: {name: Ada}}, expect: {output: \"Hi \\n  Bob!\"}}]\n",
    );
    let report = run(folder.path(), SnapshotMode::Check);
    let related = &report.tests[0].findings[0].related[0];
    assert!(related.location.file.as_deref().is_some_and(|file| file.ends_with("x.vtl")));
    assert_eq!((related.location.line, related.location.column), (3, 3));
}

#[test]
fn a_seed_shuffles_the_start_and_not_the_results() {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), "t.vtl", "x");
    let tests: String = (0..50).map(|at| format!("  - {{name: t{at}, expect: {{output: x}}}}\n")).collect();
    write(folder.path(), "a.vtl-test.yaml", format!("template: t.vtl\ntests:\n{tests}"));
    let started = |seed: Option<u64>| {
        let order = std::sync::Mutex::new(Vec::new());
        let mut settings = Settings::default();
        (settings.order_seed, settings.jobs) = (seed, Some(1));
        let files = discover(&[folder.path().to_owned()]).expect("readable");
        let report = run_files(&files, &settings, &|test| order.lock().expect("no panic").push(test.name.clone()));
        let names: Vec<String> = report.tests.into_iter().map(|test| test.name).collect();
        assert_eq!(names, (0..50).map(|at| format!("t{at}")).collect::<Vec<_>>());
        order.into_inner().expect("no panic")
    };
    let (stable, one, two) = (started(None), started(Some(1)), started(Some(2)));
    assert_eq!(stable, (0..50).map(|at| format!("t{at}")).collect::<Vec<_>>());
    assert!(stable != one && one != two && one == started(Some(1)));
}

#[test]
fn a_snapshot_that_cannot_be_written_fails_its_test() {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), "t.vtl", "x");
    write(
        folder.path(),
        "a.vtl-test.yaml",
        "template: t.vtl\ntests:\n  - name: a\n  - {name: b, expect: {output: x}}\n",
    );
    // A file where the folder should be: whoever runs this, it cannot be made.
    write(folder.path(), "snapshots", "");
    let report = run(folder.path(), SnapshotMode::New);
    assert_eq!((report.summary.passed, failures(&report)), (1, vec![failure("V807", "a.vtl-test.yaml", 3)]));
}

#[test]
fn the_paths_of_an_assertion_and_of_redactions_share_their_visits() {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), "t.vtl", "$input.body");
    write(folder.path(), "b.json", format!("[{}1]", "{\"a\": 1},".repeat(20_000)));
    let paths = |n: usize, what: &str| vec![format!("{{path: '$..a', {what}}}"); n].join(", ");
    let file = |name: &str, paths: &str| {
        format!("  - {{name: {name}, input: {{body: {{file: b.json}}}}, expect: {{assert: [{paths}]}}}}\n")
    };
    let redacted = format!(
        "  - {{name: c, input: {{body: {{file: b.json}}}}, redact: [{}], expect: {{assert: [{{body: contains, value: not redacted}}]}}}}\n",
        paths(300, "with: x")
    );
    let tests = [file("a", &paths(10, "exists: true")), file("b", &paths(300, "exists: true")), redacted].concat();
    write(folder.path(), "a.vtl-test.yaml", format!("template: t.vtl\ntests:\n{tests}"));
    let report = run(folder.path(), SnapshotMode::New);
    let codes: Vec<usize> = report.tests.iter().map(|test| test.findings.len()).collect();
    assert!(codes[0] == 0 && codes[1] > 100 && codes[2] == 0, "{codes:?}");
}

#[test]
fn coverage_of_nested_and_chained_branches() {
    let folder = tempfile::tempdir().expect("a folder");
    let template = "#if($input.body == '1')1#elseif($input.body == '2')2#if(true)x#end#elseif($input.body == '3')3#else 4#end#if(false)5#end";
    write(folder.path(), "t.vtl", template);
    write(
        folder.path(),
        "a.vtl-test.yaml",
        "template: t.vtl\ntests:\n  - {name: a, input: {body: '2'}, expect: {output: 2x}}\n  - {name: b, input: {body: '9'}, expect: {output: ' 4'}}\n",
    );
    let mut settings = Settings::default();
    settings.coverage = true;
    let files = discover(&[folder.path().to_owned()]).expect("readable");
    let report = run_files(&files, &settings, &|_| {});
    let coverage = report.coverage.expect("it is measured");
    let hits: Vec<(&str, u64)> = coverage.files[0].branch_hits.iter().map(|it| (it.kind, it.hits)).collect();
    assert_eq!(
        hits,
        [("then", 0), ("then", 1), ("then", 0), ("else", 1), ("then", 1), ("skipped", 0), ("then", 0), ("skipped", 2)]
    );
}

// XML 1.0, 2.2: of the control characters only tab, line feed and carriage return are characters of a document.
#[test]
fn reports_have_no_control_characters() {
    let folder = tempfile::tempdir().expect("a folder");
    let evil = "x\u{1b}[31m\r\u{0}\u{9b}\u{2028}\u{202e}\u{2066}]]><script>\"'";
    let template = "evil\u{1b}<\".vtl";
    write(folder.path(), template, format!("$input.body\n{evil}\n\tsame {evil}\n"));
    let test = serde_json::json!({
        "template": template,
        "tests": [{"name": evil, "input": {"body": "new"}, "expect": {"output": format!("old\n{evil}\n\tsame {evil}\n")}}],
    });
    let escaped = |c: char| if c.is_ascii() { c.to_string() } else { format!("\\u{:04x}", u32::from(c)) };
    write(folder.path(), "evil.vtl-test.json", test.to_string().chars().map(escaped).collect::<String>());
    let mut settings = Settings::default();
    settings.coverage = true;
    let report = run_files(&discover(&[folder.path().to_owned()]).expect("readable"), &settings, &|_| {});
    assert_eq!(report.summary.failed, 1);
    assert_eq!(report.tests[0].findings.iter().map(|it| it.code.as_str()).collect::<Vec<_>>(), ["V810"]);
    let coverage = report.coverage.as_ref().expect("measured");
    let is_control = |c: &char| {
        c.is_control() && !matches!(c, '\n' | '\t') || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    for (kind, text) in [
        ("diff", report.tests[0].diff.clone().expect("it differs")),
        ("html", report.to_html()),
        ("markdown", report.to_markdown()),
        ("cobertura", coverage.to_cobertura()),
        ("lcov", coverage.to_lcov()),
        ("text", coverage.to_text()),
    ] {
        assert_eq!(text.chars().find(is_control), None, "{kind}: {text}");
    }
    let diff = report.tests[0].diff.clone().expect("it differs");
    assert!(diff.contains("- old\n+ new\n  x\\u{1b}[31m") && diff.contains("\n  \tsame x"), "{diff}");
    assert!(!report.to_html().contains("<script>"));
}
