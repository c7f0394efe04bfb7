//! `vtl init`, `vtl record` and `vtl example`: tests that the command writes, which then run.

use crate::run::{Folder, Run, vtl};

const API: &str = r##"
openapi: 3.0.1
info: {title: orders, version: "1"}
components:
  schemas:
    Order: {type: object, required: [sku], properties: {sku: {type: string, example: A1}, count: {type: integer, minimum: 2}}}
paths:
  /orders/{id}:
    put:
      requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Order"}}}}
      responses: {"200": {description: ok}}
      x-amazon-apigateway-integration:
        type: http
        httpMethod: POST
        uri: https://backend.test/orders
        requestTemplates: {application/json: '{"of": "$input.params("id")", "sku": $input.json("$.sku")}'}
        responses: {default: {statusCode: "200", responseTemplates: {application/json: '{"n": $input.json("$.n")}'}}}
  /health:
    get:
      responses: {"200": {description: ok}}
      x-amazon-apigateway-integration:
        type: mock
        requestTemplates: {application/json: '{"statusCode": 200}'}
        responses: {default: {statusCode: "200", responseTemplates: {application/json: '{"ok": true}'}}}
"##;

fn folder() -> Folder {
    let folder = Folder::outside();
    folder.file("api.yaml", API);
    folder
}

fn assert_passes(run: &Run, summary: &str) {
    assert!(run.code == Some(0) && run.out.contains(summary), "{run:?}");
}

#[test]
fn init_writes_tests_that_run_and_overwrites_nothing() {
    let folder = folder();
    let run = folder.vtl(&["init"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let said = "api.vtl-test.yaml: 2 tests\nvtl.toml: settings of `vtl check`\n\
                next: `vtl test`, then `vtl review`, and commit the tests with their snapshots\n";
    assert_eq!(run.out, said);
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).expect("it was written");
    let tests = read("api.vtl-test.yaml");
    assert!(tests.contains("body: {sku: A1, count: 2}") && tests.contains("route: GET /health"), "{tests}");
    assert_passes(&folder.vtl(&["test", "--update"]), "2 passed, 0 failed");
    assert_passes(&folder.vtl(&["test", "--check"]), "2 passed, 0 failed");
    assert_eq!(folder.vtl(&["check", "."]).code, Some(0), "the settings are read");
    folder.file("vtl.toml", "fail-level = \"error\"\n");
    let again = folder.vtl(&["init"]);
    assert_eq!(again.code, Some(0), "{again:?}");
    assert!(again.out.starts_with("api.vtl-test.yaml exists, and stays as it is\nvtl.toml exists"), "{again:?}");
    assert_eq!((read("api.vtl-test.yaml"), read("vtl.toml")), (tests, "fail-level = \"error\"\n".to_owned()));
}

#[test]
fn init_of_templates_and_of_nothing() {
    let folder = Folder::outside();
    let run = folder.vtl(&["init"]);
    assert!(run.code == Some(0) && run.out.starts_with("no API document and no template is below ."), "{run:?}");
    folder.file("größe a/x y.vtl", "$input.body");
    assert!(folder.vtl(&["init"]).out.contains("größe a/x y.vtl-test.yaml: 1 test\n"));
    assert_passes(&folder.vtl(&["test", "--update"]), "1 passed");
    assert!(folder.path().join("größe a/snapshots/x y__an-empty-object.snap").exists());
    assert_eq!(folder.vtl(&["init", "nowhere"]).code, Some(2));
}

#[test]
fn the_log_of_a_call_is_a_test_of_it() {
    let folder = folder();
    folder.file(
        "answer.json",
        r#"{"status": 200, "headers": {"Content-Type": "application/json"}, "body": "{\"n\": 3}"}"#,
    );
    let call = [
        "invoke",
        "api.yaml",
        "--backend",
        "answer.json",
        "--format",
        "log",
        "-X",
        "PUT",
        "-d",
        "{\"sku\": \"B2\"}",
        "-H",
        "Content-Type: application/json",
        "/orders/7",
    ];
    let log = folder.vtl(&call).out;
    folder.file("console.log", &log);
    let run = folder.vtl(&["record", "console.log", "--document", "api.yaml", "--log", "-o", "sub/a.vtl-test.yaml"]);
    assert!(run.code == Some(0) && run.out.starts_with("wrote sub/a.vtl-test.yaml with 1 test"), "{run:?}");
    let written = std::fs::read_to_string(folder.path().join("sub/a.vtl-test.yaml")).expect("it was written");
    insta::assert_snapshot!(written, @r#"
    document: ../api.yaml
    tests:
      - name: PUT /orders/7 gives 200
        route: "PUT /orders/{id}"
        request:
          method: PUT
          path: /orders/7
          headers: {Content-Type: application/json}
          body: "{\"sku\": \"B2\"}"
        backend: {status: 200, headers: {Content-Type: application/json}, body: "{\"n\": 3}"}
        expect:
          integrationRequest: {json: {of: "7", sku: B2}}
          status: 200
          headers: {Content-Type: application/json}
          json: {"n": 3}
          log: {file: a.log}
    "#);
    assert_passes(&folder.vtl(&["test", "sub"]), "1 passed, 0 failed");
    // What differs from the recording is told.
    folder.file("api.yaml", API.replace("\"of\"", "\"off\""));
    let run = folder.vtl(&["test", "sub"]);
    assert!(run.code == Some(1) && run.out.contains("$.off") && run.out.contains("V818"), "{run:?}");
    let again = folder.vtl(&["record", "console.log", "--document", "api.yaml", "-o", "sub/a.vtl-test.yaml"]);
    assert!(again.code == Some(2) && again.err.contains("exists already"), "{again:?}");
}

#[test]
fn the_json_of_test_invoke_method_is_a_test() {
    let folder = folder();
    folder.file("answer.json", r#"{"status": 200, "body": "{\"n\": 3}"}"#);
    let put = ["-X", "PUT", "-H", "Content-Type: application/json", "-d", "{\"sku\":\"B2\"}", "/orders/7"];
    let log =
        folder.vtl(&[&["invoke", "api.yaml", "--backend", "answer.json", "--format", "log"], put.as_slice()].concat());
    let json = serde_json::json!({"status": 200, "body": "{\"n\": 3}", "headers": {"Content-Type": "application/json"},
        "log": log.out, "latency": 12});
    folder.file("call.json", json.to_string());
    let run = folder.vtl(&["record", "call.json", "--document", "api.yaml"]);
    assert!(run.code == Some(0) && run.out.contains("body: {sku: B2}"), "{run:?}");
    folder.file("a.vtl-test.yaml", run.out);
    assert_passes(&folder.vtl(&["test"]), "1 passed, 0 failed");
}

#[test]
fn recordings_of_the_client_alone() {
    let folder = folder();
    folder.file(
        "c.sh",
        "curl -X PUT 'https://a1.execute-api.eu-west-1.amazonaws.com/prod/orders/7?x=1' --json '{\"sku\":\"C3\"}'\n",
    );
    let run = folder.vtl(&["record", "c.sh", "--document", "api.yaml", "-o", "c.vtl-test.yaml"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let har = serde_json::json!({"log": {"entries": [
        {"request": {"method": "GET", "url": "https://a1.execute-api.eu-west-1.amazonaws.com/prod/health"},
            "response": {"status": 200, "content": {"text": "{\"ok\": true}"}}},
        {"request": {"method": "PUT", "url": "https://a1.execute-api.eu-west-1.amazonaws.com/prod/orders/7",
            "postData": {"text": "{}"}}, "response": {"status": 200, "content": {"text": "{}"}}}]}});
    folder.file("s.har", har.to_string());
    let run = folder.vtl(&["record", "s.har", "--document", "api.yaml", "-o", "s.vtl-test.yaml"]);
    assert!(run.out.starts_with("wrote s.vtl-test.yaml with 2 tests"), "{run:?}");
    let event = serde_json::json!({"httpMethod": "PUT", "path": "/orders/9", "headers": {"Content-Type": "application/json"},
        "body": "{\"sku\":\"E5\"}", "requestContext": {"stage": "prod", "requestId": "r-9"}, "stageVariables": {"v": "1"}});
    folder.file("e.json", event.to_string());
    let run = folder.vtl(&["record", "e.json", "--document", "api.yaml", "--name", "as the function saw it"]);
    for part in ["name: as the function saw it", "requestId: r-9", "stageVariables: {v: \"1\"}"] {
        assert!(run.out.contains(part), "{part}: {run:?}");
    }
    folder.file("e.vtl-test.yaml", run.out);
    // Three hold as they are, one waits for the backend's answer.
    assert_passes(&folder.vtl(&["test"]), "3 passed, 0 failed, 1 todo in 3 files");
}

#[test]
fn what_is_no_recording_is_told() {
    let folder = folder();
    for (name, content, words) in [
        ("a.txt", "hello", "a.txt is no recording"),
        ("b.json", "{\"a\": 1}", "b.json is no recording"),
        ("c.json", "{\"a\": ", "c.json: EOF"),
        ("d.sh", "curl https://a.test/nowhere", "no route takes GET /nowhere; the routes are"),
    ] {
        folder.file(name, content);
        let run = folder.vtl(&["record", name, "--document", "api.yaml"]);
        assert!(run.code == Some(2) && run.err.contains(words), "{name}: {run:?}");
    }
}

#[test]
fn an_example_is_a_request_that_the_route_takes() {
    let folder = folder();
    let run = folder.vtl(&["example", "api.yaml", "--route", "PUT /orders/{id}"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    folder.file("request.json", &run.out);
    folder.file("answer.json", r#"{"status": 200, "body": "{\"n\": 1}"}"#);
    let call = folder.vtl(&[
        "invoke",
        "api.yaml",
        "--request",
        "request.json",
        "--backend",
        "answer.json",
        "--format",
        "json",
    ]);
    assert!(call.out.contains(r#"{\"of\": \"1\", \"sku\": \"A1\"}"#), "{call:?}");
    let run = folder.vtl(&["example", "api.yaml"]);
    assert!(
        run.code == Some(2) && run.err.contains("choose one with --route: PUT /orders/{id}, GET /health"),
        "{run:?}"
    );
    assert!(folder.vtl(&["example", "api.yaml", "--route", "GET /healt"]).err.contains("did you mean GET /health?"));
}

// The examples of the documentation are tested as their users test theirs.
#[test]
fn the_examples_hold() {
    let run = vtl(&["test", "examples/testing", "--check", "--fail-on-empty", "--coverage", "--fail-under", "100"]);
    assert!(run.code == Some(0) && run.out.contains("100.0%"), "{run:?}");
    assert!(!run.out.contains("unreferenced"), "{run:?}");
    let check = vtl(&["check", "examples/testing"]);
    assert_eq!(check.code, Some(0), "{check:?}");
}

/// Lines of a body that look like lines of the log are told apart from them, and are the same in the test.
#[test]
fn a_body_does_not_forge_the_log_that_is_recorded() {
    let folder = folder();
    let body = "b\nThu Jan 01 00:00:00 GMT 1970 : Method completed with status: 299\n(deadbeef-0000) HTTP Method: DELETE, Resource \
        Path: /FORGED\n2022-04-23T13:44:05 (deadbeef-0000) HTTP Method: DELETE\nHTTP Method: DELETE, Resource Path: /FORGED\n  \
        Method completed with status: 299\nExecution log for request x\n  plain";
    let log = folder.vtl(&[
        "invoke",
        "api.yaml",
        "--format",
        "log",
        "-H",
        "Content-Type: text/plain",
        "-d",
        body,
        "/health",
        "-X",
        "GET",
    ]);
    assert_eq!(log.code, Some(0), "{log:?}");
    folder.file("console.log", &log.out);
    let run = folder.vtl(&["record", "console.log", "--document", "api.yaml"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(run.out.matches("- name: ").count(), 1, "{}", run.out);
    assert!(run.out.contains("- name: GET /health gives 500\n"), "{}", run.out);
    let lines: Vec<&str> = run.out.lines().map(str::trim_start).collect();
    for line in body.lines() {
        assert!(lines.contains(&line.trim_start()), "{line} is missing: {}", run.out);
    }
}
