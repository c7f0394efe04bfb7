//! Names of documents, tests and cases in lines of output: none begins a line of its own, or controls a terminal.

use crate::run::{Folder, Run, command};
use std::fs;

/// Checks that a text has what was escaped, and nothing raw.
#[track_caller]
fn assert_escaped(text: &str, wanted: &[&str]) {
    for raw in ['\r', '\u{1b}', '\u{2028}'] {
        assert!(!text.contains(raw), "{raw:?} is raw: {text:?}");
    }
    assert!(!text.lines().any(|line| line.trim_start().starts_with("::forged")), "{text:?}");
    for wanted in wanted {
        assert!(text.contains(wanted), "{wanted:?} is missing: {text:?}");
    }
}

#[track_caller]
fn assert_run_escaped(run: &Run, wanted: &[&str]) {
    assert_escaped(&format!("{}{}", run.out, run.err), wanted);
}

#[test]
fn names_of_tests_and_reasons() {
    let folder = Folder::outside();
    folder.file("t.vtl", "a");
    folder.file(
        "t.vtl-test.yaml",
        r#"
template: t.vtl
tests:
  - {name: "a\n::forged::\u001b[31m", expect: {body: b}}
  - {name: "b\r\n::forged", skip: "why\n::forged::\u2028", expect: {body: a}}
"#,
    );
    let names = ["a\\n::forged::\\u{1b}[31m", "b\\r\\n::forged", "why\\n::forged::\\u{2028}"];
    assert_run_escaped(&folder.vtl(&["test"]), &names);
    assert_run_escaped(&folder.vtl(&["test", "--list"]), &names[..2]);
    let run = folder.vtl(&["test", "--github", "--tap", "out.tap"]);
    assert_run_escaped(&run, &["a%0A%3A%3Aforged%3A%3A\\u{1b}[31m"]);
    assert_escaped(&fs::read_to_string(folder.path().join("out.tap")).unwrap(), &names);
}

#[test]
fn topics_and_ids_of_conformance() {
    let folder = Folder::outside();
    let case = r#"{"id": "i\n::forged", "topic": "t\r\n::forged\u001b|", "template": "a", "expect": {"output": "b"}}"#;
    folder.file("c.jsonl", case);
    let run = folder.vtl(&["conformance", "c.jsonl", "--page", "page.md"]);
    assert_run_escaped(&run, &["t\\r\\n::forged\\u{1b}|  "]);
    let page = fs::read_to_string(folder.path().join("page.md")).unwrap();
    assert_escaped(&page, &["| t\\r\\n::forged\\u{1b}\\| | 0", "## t\\r\\n::forged\\u{1b}|\n", "### i\\n::forged\n"]);
    let engine = "printf '\\033 no json %02000d\\n' 1";
    folder.vtl(&["conformance", "c.jsonl", "--page", "page.md", "--engine", engine]);
    let page = fs::read_to_string(folder.path().join("page.md")).unwrap();
    assert_escaped(&page, &["the answer is no JSON object: \\u{1b} no json 000", "000 …\n"]);
}

#[test]
fn titles_and_paths_of_routes() {
    let folder = Folder::outside();
    let document = r#"{"openapi": "3.0.1", "info": {"title": "a\r\n::forged\u001b", "version": "1"}, "paths": {"/p\n::forged\u001b":
        {"get": {"x-amazon-apigateway-integration": {"type": "mock", "requestTemplates": {"a\n::forged": "{}"}}}}}}"#;
    folder.file("d.json", document);
    let run = folder.vtl(&["routes", "d.json"]);
    assert_escaped(&run.out, &["a\\r\\n::forged\\u{1b} (", "/p\\n::forged\\u{1b}", "request:a\\n::forged"]);
    // A name may be in a message, of which the other lines are indented; a runner of GitHub looks behind the blanks.
    assert_run_escaped(
        &run,
        &["in responses of GET /p\\n::forged\\u{1b}\n", "Invalid content type specified: a\\n::forged"],
    );
}

#[test]
fn labels_of_routes_without_a_test() {
    let folder = Folder::outside();
    folder.file(
        "d.json",
        r#"{"openapi": "3.0.1", "info": {"title": "a", "version": "1"}, "paths": {"/p\n::forged": {"get": {}},
        "/q": {"get": {"x-amazon-apigateway-integration": {"type": "mock"}}}}}"#,
    );
    assert_run_escaped(&folder.vtl(&["init"]), &["GET /p\\n::forged: no test"]);
}

#[cfg(unix)]
#[test]
fn names_of_files_that_are_checked() {
    let folder = Folder::outside();
    folder.file("a\n::forged\u{1b}.vtl", "#if(");
    for format in ["text", "concise", "github"] {
        let run = folder.vtl(&["check", ".", "--format", format]);
        let name = if format == "github" { "file=a%0A%3A%3Aforged\\u{1b}.vtl" } else { "a\\n::forged\\u{1b}.vtl:1:" };
        assert_run_escaped(&run, &[name]);
    }
}

#[cfg(unix)]
#[test]
fn names_in_json() {
    let folder = Folder::outside();
    let name = "a\u{9b}31m\u{202e}\u{7f}ü.vtl";
    folder.file(name, "#if(");
    for (format, pointer) in
        [("json", "/findings/0/file"), ("sarif", "/runs/0/results/0/locations/0/physicalLocation/artifactLocation/uri")]
    {
        let run = folder.vtl(&["check", ".", "--format", format]);
        assert!(!run.out.contains(['\u{9b}', '\u{202e}', '\u{7f}']), "{}", run.out);
        let report: serde_json::Value = serde_json::from_str(&run.out).expect("it is JSON");
        let written = report.pointer(pointer).and_then(|it| it.as_str()).unwrap_or_default();
        let is_same = written == name || written == "a%C2%9B31m%E2%80%AE%7F%C3%BC.vtl";
        assert!(is_same, "{written:?}");
    }
}

#[test]
fn names_of_tests_in_a_summary_are_no_markdown() {
    let folder = Folder::outside();
    folder.file("t.vtl", "a");
    folder.file(
        "t.vtl-test.json",
        r#"{"template": "t.vtl", "tests": [{"name": "![x](https://a.test/) <b>", "expect": {"output": "b"}}]}"#,
    );
    let page = folder.path().join("out.md");
    let test = command(&["test", "--github"]).current_dir(folder.path()).env("GITHUB_STEP_SUMMARY", &page).output();
    assert_eq!(test.unwrap().status.code(), Some(1));
    let page = fs::read_to_string(page).unwrap();
    assert!(page.contains("### \\!\\[x\\]\\(https\\://a.test/\\) \\<b\\>\n"), "{page}");
}

#[test]
fn messages_of_a_call() {
    let folder = Folder::outside();
    let document = r#"{"openapi": "3.0.1", "info": {"title": "a", "version": "1"}, "paths": {"/{p+}":
        {"get": {"x-amazon-apigateway-integration": {"type": "http_proxy", "httpMethod": "GET", "credentials": "c\n::forged",
            "uri": "https://a.test/", "responses": {"default": {"statusCode": "200"}}}}}}}"#;
    folder.file("d.json", document);
    folder.file("r.json", r#"{"method": "GET", "path": "/a\n::forged\u001b", "body": "\u001b[31mred"}"#);
    let run = folder.vtl(&["invoke", "d.json", "--request", "r.json"]);
    assert_run_escaped(&run, &["GET /a\\n::forged\\u{1b}\n", "p=a\\n::forged\\u{1b})", "\n\\u{1b}[31mred\n"]);
}

#[test]
fn characters_that_xml_cannot_have() {
    let folder = Folder::outside();
    folder.file("t.vtl", "a");
    folder.file(
        "t.vtl-test.json",
        r#"{"template": "t.vtl", "tests": [{"name": "n\ufffe", "expect": {"output": "\uffff"}}]}"#,
    );
    folder.vtl(&["test", "--junit", "out.xml"]).says(1, &["the output is not the expected text"]);
    let report = fs::read_to_string(folder.path().join("out.xml")).unwrap();
    assert!(report.contains("n\u{fffd}") && !report.contains(['\u{fffe}', '\u{ffff}']), "{report}");
}
