//! `vtl test` as a process: what it prints of each kind of failure, as text and as JSON, and how it ends.

use crate::run::{Folder, Run};

const API: &str = r##"
openapi: 3.0.1
info: {title: orders, version: "1"}
components: {schemas: {Sent: {type: object, required: [of], properties: {of: {type: string}}}}}
paths:
  /orders/{id}:
    put:
      responses: {"200": {description: ok}}
      x-amazon-apigateway-integration:
        type: http
        httpMethod: POST
        uri: https://backend.test/orders
        requestTemplates: {application/json: '{"of": "$input.params("id")", "n": $input.json("$.n")}'}
        responses: {default: {statusCode: "200", responseTemplates: {application/json: '{"n": $input.json("$.n")}'}}}
"##;

const SOCKET: &str = r##"
Resources:
  Api: {Type: "AWS::ApiGatewayV2::Api", Properties: {Name: chat, ProtocolType: WEBSOCKET, RouteSelectionExpression: $request.body.action}}
  Join: {Type: "AWS::ApiGatewayV2::Route", Properties: {ApiId: !Ref Api, RouteKey: join, Target: !Join ["/", [integrations, !Ref I]], RouteResponseSelectionExpression: $default}}
  I: {Type: "AWS::ApiGatewayV2::Integration", Properties: {ApiId: !Ref Api, IntegrationType: HTTP, IntegrationMethod: POST, IntegrationUri: "https://backend.test/"}}
  IR: {Type: "AWS::ApiGatewayV2::IntegrationResponse", Properties: {ApiId: !Ref Api, IntegrationId: !Ref I, IntegrationResponseKey: $default}}
  RR: {Type: "AWS::ApiGatewayV2::RouteResponse", Properties: {ApiId: !Ref Api, RouteId: !Ref Join, RouteResponseKey: $default}}
"##;

const TESTS: &str = r#"
document: api.yaml
route: PUT /orders/{id}
defaults:
  request: {method: PUT, path: /orders/7, headers: {Content-Type: application/json}, body: {n: 1}}
  backend: {status: 200, body: {n: 2}}
tests:
  - {name: pass jsonContains, expect: {integrationRequest: {jsonContains: {of: "7"}}}}
  - {name: fail jsonContains V811, expect: {integrationRequest: {jsonContains: {of: 7}}}}
  - {name: pass schema, expect: {integrationRequest: {schema: {model: Sent}}}}
  - {name: fail schema V813, expect: {integrationRequest: {schema: {required: [to]}}}}
  - {name: fail unknown model V802, expect: {integrationRequest: {schema: {model: Snt}}}}
  - {name: pass invalid, expect: {invalid: []}}
  - {name: fail invalid V816, expect: {invalid: [uri]}}
  - {name: pass pathParameters, expect: {pathParameters: {id: "7"}}}
  - {name: fail pathParameters V816, expect: {pathParameters: {id: "8"}}}
  - {name: pass routeKey, expect: {routeKey: "PUT /orders/{id}"}}
  - {name: fail status V816, expect: {status: 201}}
  - {name: fail headers V816, expect: {headers: {X-A: b, Content-Type: null}}}
  - {name: fail json V811, expect: {json: {n: 3}}}
  - {name: fail body V810, expect: {body: '{"n": 3}'}}
  - {name: fail the backend is called V817, expect: {integrationRequest: none}}
  - {name: skipped, skip: later}
  - {name: todo, todo: not yet, expect: {status: 500}}
"#;

const MESSAGES: &str = r#"
document: chat.yaml
defaults: {request: {eventType: MESSAGE, body: {action: join}}, backend: {status: 200, body: {hi: 1}}}
tests:
  - {name: pass message, expect: {message: '{"hi":1}', routeKey: join, status: 200}}
  - {name: pass message as JSON, expect: {message: {hi: 1}}}
  - {name: fail message V816, expect: {message: {hi: 2}}}
  - {name: fail routeKey V816, expect: {routeKey: leave}}
"#;

fn folder() -> Folder {
    let folder = Folder::outside();
    folder.file("api.yaml", API);
    folder.file("chat.yaml", SOCKET);
    folder.file("a.vtl-test.yaml", TESTS);
    folder.file("chat.vtl-test.yaml", MESSAGES);
    folder
}

fn json(run: &Run) -> serde_json::Value {
    serde_json::from_str(&run.out).unwrap_or_else(|error| panic!("{error}: {run:?}"))
}

#[test]
fn each_row_passes_and_fails_as_its_name_says() {
    let run = folder().vtl(&["test", "--format", "json", "--check"]);
    assert_eq!(run.code, Some(1), "{run:?}");
    let report = json(&run);
    let tests = report["tests"].as_array().expect("tests");
    assert_eq!(tests.len(), 21);
    for test in tests {
        let name = test["name"].as_str().expect("a name");
        let codes: Vec<_> =
            test["findings"].as_array().expect("findings").iter().map(|it| it["code"].as_str()).collect();
        let (status, expected) = match name.split_once(' ') {
            Some(("fail", _)) => ("failed", name.rsplit_once(' ').map(|(_, code)| code)),
            Some(("pass", _)) => ("passed", None),
            _ => (name, None),
        };
        assert_eq!(test["status"], status, "{test}");
        assert!(status == "todo" || codes.iter().all(|code| *code == expected), "{test}");
        assert_eq!(status == "failed", !codes.is_empty() && status != "todo", "{test}");
        assert!(test["line"].as_u64().is_some_and(|line| line > 4), "{test}");
    }
    assert_eq!(report["summary"]["failed"], 12);
}

#[test]
fn failures_read_well() {
    let run = folder().vtl(&["test", "--check", "--filter", "V81[01]|V817"]);
    assert_eq!((run.code, run.err.as_str()), (Some(1), ""));
    insta::assert_snapshot!(run.out);
}

#[test]
fn the_json_of_a_report_keeps_its_shape() {
    let run = folder().vtl(&["test", "--check", "--filter", "json V811|skipped", "--format", "json"]);
    insta::assert_snapshot!(serde_json::to_string_pretty(&json(&run)).expect("it is JSON"));
}

#[test]
fn nothing_is_written_under_check() {
    let folder = Folder::outside();
    folder.file("größe a/t.vtl", "x");
    let yaml = "template: t.vtl\ntests: [{name: 大きさ of b}, {name: held, expect: {output: x}}]\n";
    folder.file("größe a/ein test.vtl-test.yaml", yaml);
    let check = folder.vtl(&["test", "--check"]);
    assert!(check.code == Some(1) && check.out.contains("1 passed, 1 failed"), "{check:?}");
    assert!(!folder.path().join("größe a/snapshots").exists());
    let run = folder.vtl(&["test", "--update"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(folder.path().join("größe a/snapshots/ein test__大きさ-of-b.snap").exists());
    assert_eq!(folder.vtl(&["test", "--check"]).code, Some(0));
}

#[test]
fn ten_thousand_snapshots_are_written_compared_and_accepted() {
    let folder = Folder::outside();
    folder.file("t.vtl", "$input.body");
    let tests: String = (0..10_000).map(|at| format!("  - {{name: t{at}, input: {{body: '{at}'}}}}\n")).collect();
    folder.file("t.vtl-test.yaml", format!("template: t.vtl\ntests:\n{tests}"));
    let run = folder.vtl(&["test", "--quiet", "--format", "json"]);
    assert_eq!(json(&run)["summary"]["snapshots"]["new"], 10_000);
    assert_eq!(folder.vtl(&["accept"]).out.lines().count(), 10_000);
    let run = folder.vtl(&["test", "--check"]);
    assert!(run.code == Some(0) && run.out.starts_with("10000 passed, 0 failed"), "{run:?}");
}

#[test]
fn the_exit_code_says_what_happened() {
    let folder = Folder::outside();
    assert_eq!(folder.vtl(&["test"]).code, Some(0));
    assert_eq!(folder.vtl(&["test", "--fail-on-empty"]).code, Some(2));
    assert_eq!(folder.vtl(&["test", "nowhere"]).code, Some(2));
    folder.file("t.vtl", "#if($input.body == 1)a#end");
    folder.file("t.vtl-test.yaml", "template: t.vtl\ntests: [{name: a, expect: {output: ''}}]\n");
    assert_eq!(folder.vtl(&["test"]).code, Some(0));
    folder.file("u.vtl", "$never\n$run\n");
    let run = folder.vtl(&["test", "--coverage", "--fail-under", "90"]);
    assert!(run.code == Some(1) && run.out.contains("V824") && run.out.contains("u.vtl"), "{run:?}");
    assert_eq!(folder.vtl(&["test", "--seed-order", "7"]).code, Some(0));
}
