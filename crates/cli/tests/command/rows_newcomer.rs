//! A first day with the command: what it says to somebody who does not know it. The inputs are in
//! `corpus/reported/newcomer`.

use super::run::{Folder, Run, vtl_in_row};

fn row(args: &[&str]) -> Run {
    vtl_in_row("newcomer", args)
}

fn render(args: &[&str]) -> Run {
    row(&[&["render"], args].concat())
}

#[test]
fn module_from_root() {
    vtl_in_row("newcomer/module-from-root", &["check", "."]).says(1, &["error[V0", "mod/i.tf:"]);
}

#[test]
fn tfvars() {
    vtl_in_row("newcomer/tfvars", &["routes", "."]).says(0, &["REST n-prod (terraform)"]);
}

#[test]
fn references_of_paths_and_schemas() {
    row(&["routes", "refs/pref.yaml"]).says(0, &["GET /x  MOCK", "refs/px.yaml:3:36", "GET /y  MOCK"]);
    row(&["check", "refs/pref.yaml"]).says(1, &["error[V520]", "/components/pathItems/nope", "refs/pref.yaml:8:11"]);
    row(&["check", "refs/sref.yaml"]).says(1, &["error[V520]", "/components/schemas/Nope", "refs/sref.yaml:7:65"]);
}

#[test]
fn context_of_a_call() {
    let run = row(&[
        "invoke",
        "--integration",
        "context.json",
        "--context-value",
        "requestTimeEpoch=1710237600000",
        "--format",
        "json",
    ]);
    run.says(
        0,
        &[
            "m=GET p=/ r=/ ",
            "t=12/Mar/2024:10:00:00 +0000 e=1710237600000",
            "st=test-invoke-stage",
            "ip=test-invoke-source-ip proto=HTTP/1.1",
        ],
    );
}

#[test]
fn typos() {
    row(&["check", "typos.yaml"]).says(
        1,
        &[
            "typos.yaml:8:79",
            "did you mean `$util.escapeJavaScript`",
            "typos.yaml:8:103",
            "write `$input.params()`",
            "typos.yaml:9:114",
            "did you mean `$context.identity.sourceIp`",
            "typos.yaml:9:138",
            "did you mean `$input.params`",
        ],
    );
}

#[test]
fn failing() {
    let run = row(&["invoke", "failing.yaml", "/users/7?verbose=x"]);
    run.says(0, &["begin 9, end 1", "--> failing.yaml:", "500"]).never_says(&["note[V102]"]);
}

#[test]
fn route_question_mark() {
    let folder = "newcomer/route-question-mark";
    vtl_in_row(folder, &["routes", "main.tf"]).says(0, &["POST ?  AWS"]);
    let template = &["render", "main.tf", "--route", "POST ?", "--template", "request:application/json", "-d", "{}"];
    vtl_in_row(folder, template).says(0, &[]).never_says(&["has no route"]);
}

#[test]
fn bare_payload_as_input() {
    render(&["-e", r#"[$input.path("$.id")]"#, "--input", "bare-payload-as-input.json"])
        .says(2, &["error[V904]", "unknown key id", "the keys are body, params, context, stageVariables"]);
}

#[test]
fn side_files() {
    vtl_in_row("newcomer", &["check", "side-files/template.yaml"]).says(1, &["side-files/openapi.yaml:76:23", "`==`"]);
}

#[test]
fn a_path_that_finds_nothing() {
    render(&["-e", r#"$input.json("$.gone")"#, "-d", r#"{"a":1}"#]).says(0, &["`$.gone` finds nothing in the payload"]);
}

#[test]
fn a_root_that_does_not_exist() {
    let run = render(&["-e", r#"$inputs.path("$.a")"#, "-d", r#"{"a":"x"}"#]);
    run.says(0, &["`$inputs` is not set", "did you mean `$input`?"]).never_says(&["finds nothing"]);
}

#[test]
fn data_of_a_file() {
    let text = r#"$input.path("$.id")"#;
    assert_eq!(render(&["-e", text, "-d", "@bare-payload-as-input.json"]).out, "7");
    row(&["bench", "-e", text, "-d", "@bare-payload-as-input.json"]).says(0, &["8 bytes of payload"]);
}

#[test]
fn methods_that_do_not_exist() {
    render(&["-e", r#"$util.escapeJavascript("x")"#]).says(0, &["did you mean `escapeJavaScript`?"]);
    render(&["-e", r#"#set($x = "x")$util.toJson($x)"#]).says(0, &["it is a function of AWS AppSync"]);
    render(&["-e", r#"#set($s = "x")$s.len()"#]).says(0, &["a String has no method `len`", "did you mean `length`?"]);
}

#[test]
fn quotes_and_brackets_that_are_open() {
    render(&["-e", r#"#set($m = {"k": "a\"b"})"#]).says(1, &["a backslash does not escape a quote"]);
    render(&["-e", "$input.path('$.a'"]).says(1, &["<text>:1:18", "this bracket is not closed"]);
    render(&["-e", "#set($a = \"x)"]).says(1, &["the string that starts here is not closed", "<text>:1:11"]);
    render(&["-e", "#set($x = 1 / 0)$x"]).says(0, &["it divides by zero"]);
}

#[test]
fn a_payload_that_breaks_off_or_has_a_mark() {
    render(&["-e", r#"$input.json("$")"#, "-d", r#"{"a":"#]).says(1, &["line 1, column 6 of the payload"]);
    let folder = Folder::new();
    let body = folder.file("bom.json", b"\xef\xbb\xbf{\"a\":1}");
    render(&["-e", r#"$input.path("$.a")"#, "--body", &body]).says(0, &["a byte order mark (U+FEFF)"]);
}

#[test]
fn an_aws_integration_without_a_backend() {
    let run = vtl_in_row("reports", &["invoke", "--integration", "r55/i.json", "-d", "{}"]);
    run.says(0, &["Integration request", "AWSEvents.PutEvents", "--backend"]).never_says(&["--live"]);
}
