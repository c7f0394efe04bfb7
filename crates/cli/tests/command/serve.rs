//! `vtl serve --stdio`: requests of another program, line by line.

use crate::run::{vtl, vtl_with};

#[test]
fn requests_are_answered_in_order_until_the_input_ends() {
    let input = concat!(
        r#"{"id": "a", "command": "compile", "template": "[$input.path('$.n')]"}"#,
        "\n\n",
        r#"{"id": "b", "command": "render", "template": 1, "body": {"n": 1}}"#,
        "\r\nno json\n",
        r#"{"id": 3, "command": "render", "template": 1, "body": "{\"n\": 2}"}"#,
    );
    let run = vtl_with(&["serve", "--stdio"], input.as_bytes());
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""));
    let lines: Vec<&str> = run.out.lines().collect();
    assert_eq!(lines.len(), 4, "{}", run.out);
    let reads = r#""reads":{"params":{},"context":{},"stageVariables":{}},"slots":[]"#;
    assert_eq!(lines[0], format!(r#"{{"id":"a","template":1,{reads},"notes":[]}}"#));
    assert_eq!(lines[1], r#"{"id":"b","output":"[1]","requestOverride":{},"responseOverride":{},"notes":[]}"#);
    assert!(lines[2].starts_with(r#"{"error":"the request cannot be read"#), "{}", lines[2]);
    assert_eq!(lines[3], r#"{"id":3,"output":"[2]","requestOverride":{},"responseOverride":{},"notes":[]}"#);
}

#[test]
fn a_request_without_an_end_is_refused_and_the_next_is_answered() {
    let mut input = vec![b'x'; (128 << 20) + 1];
    input.extend_from_slice(b"\n{\"id\": 1, \"command\": \"free\", \"template\": 9}\n");
    let run = vtl_with(&["serve", "--stdio"], &input);
    assert_eq!(run.out, "{\"error\":\"the request is longer than 128 MiB\"}\n{\"id\":1,\"freed\":false}\n");
}

#[test]
fn a_request_of_many_values_is_refused_but_for_its_payload() {
    let list = format!("[{}1]", "[],".repeat(600_000));
    let requests = [
        format!(r#"{{"id": 1, "command": "render", "template": "$context.a.size()", "context": {{"a": {list}}}}}"#),
        format!(r#"{{"id": 2, "command": "render", "template": "$input.body.length()", "body": {list}}}"#),
        format!(r#"{{"id": 3, "command": "render", "template": "a", "variables": {{"a": {list}}}}}"#),
    ];
    let run = vtl_with(&["serve", "--stdio"], requests.join("\n").as_bytes());
    let refused = "the JSON has more than 500000 values and names, of which a text of 64 bytes is one more";
    let lines: Vec<&str> = run.out.lines().collect();
    assert_eq!(lines[0], format!(r#"{{"id":1,"error":"{refused}"}}"#));
    assert!(lines[1].starts_with(r#"{"id":2,"output":"1800003""#), "{}", lines[1]);
    assert_eq!(lines[2], format!(r#"{{"id":3,"error":"{refused}"}}"#));
}

/// The answers are the very documents of the command.
#[test]
fn a_render_and_a_call_give_what_the_command_prints() {
    let rendered = vtl(&["render", "-e", "$input.body $x.y()", "-d", "b", "--format", "json"]);
    let served = vtl_with(
        &["serve", "--stdio"],
        br#"{"command": "render", "template": "$input.body $x.y()", "body": "b", "name": "<text>"}"#,
    );
    assert_eq!(served.out, rendered.out);
    let called = vtl(&["invoke", "examples/pets.yaml", "/pets/7", "--format", "json"]);
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/pets.yaml")).unwrap();
    let request = serde_json::json!({"command": "invoke", "files": [{"name": "examples/pets.yaml", "text": text}],
        "request": {"path": "/pets/7"}});
    let served = vtl_with(&["serve", "--stdio"], request.to_string().as_bytes());
    assert_eq!((called.code, served.out), (Some(0), called.out));
}

#[test]
fn the_way_to_talk_must_be_named() {
    let run = vtl(&["serve"]);
    assert_eq!((run.code, run.out.as_str()), (Some(2), ""));
    assert!(run.err.contains("--stdio"), "{}", run.err);
}
