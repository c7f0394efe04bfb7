//! Each row of the format's tables, with a test that passes and one that fails.

use std::path::Path;
use vtl_testing::{Report, Settings, Status, discover, run_files};

fn run(folder: &Path) -> Report {
    let files = discover(&[folder.to_owned()]).expect("the folder is readable");
    run_files(&files, &Settings::default(), &|_| {})
}

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("it can be made");
    std::fs::write(path, text).expect("it can be written");
}

/// Runs a file of tests called `pass …` and `fail … Vxxx`, and returns what is not as named.
fn wrong(report: &Report) -> Vec<String> {
    let mut wrong = Vec::new();
    for test in &report.tests {
        let codes: Vec<&str> = test.findings.iter().map(|finding| finding.code.as_str()).collect();
        let is_right = match test.name.rsplit_once(' ') {
            Some((name, code)) if name.starts_with("fail") => test.status == Status::Failed && codes == [code],
            _ => test.status == Status::Passed && codes.is_empty(),
        };
        if !is_right {
            wrong.push(format!("{}: {:?} {:?} {:?}", test.name, test.status, test.findings, test.diff));
        }
    }
    wrong
}

const ORDER: &str = r##"#set($context.responseOverride.status = 201)
#set($context.requestOverride.header.X-Id = "$input.path('$.id')")
{"id": $input.path('$.id'), "skus": [#foreach($line in $input.path('$.lines'))"$line.sku"#if($foreach.hasNext), #end#end], "note": "$nothing"}"##;

const TEMPLATE: &str = r#"
template: order.vtl
defaults: {input: {body: {id: 7, lines: [{sku: A1}, {sku: B2}]}}}
tests:
  - {name: pass output, expect: {output: '{"id": 7, "skus": ["A1", "B2"], "note": ""}'}}
  - {name: pass output of a file, expect: {output: {file: expected.json}}}
  - {name: fail output V810, expect: {output: '{"id": 7, "skus": ["A1","B2"], "note": ""}'}}
  - {name: fail output of no file V805, expect: {output: {file: nowhere.json}}}
  - {name: pass json, expect: {json: {note: '', skus: [A1, B2], id: 7.0}}}
  - {name: fail json V811, expect: {json: {note: '', skus: [A1, B2], id: '7'}}}
  - {name: fail json with more V811, expect: {json: {skus: [A1, B2], id: 7}}}
  - {name: fail no json V811, input: {body: {id: oops}}, expect: {json: {}}}
  - {name: pass jsonContains, expect: {jsonContains: {id: 7}}}
  - {name: fail jsonContains V811, expect: {jsonContains: {id: 8}}}
  - {name: pass equals, expect: {assert: [{path: '$.skus', equals: [A1, B2]}, {path: '$.skus[*]', equals: [A1, B2]}]}}
  - {name: fail equals V812, expect: {assert: [{path: '$.skus[0]', equals: B2}]}}
  - {name: pass matches, expect: {assert: [{path: '$.skus[*]', matches: '^[A-Z][0-9]$'}]}}
  - {name: fail matches V812, expect: {assert: [{path: '$.skus[*]', matches: '^A'}]}}
  - {name: pass exists, expect: {assert: [{path: '$.id', exists: true}, {path: '$.no', exists: false}]}}
  - {name: fail exists V812, expect: {assert: [{path: '$.no', exists: true}]}}
  - {name: fail not exists V812, expect: {assert: [{path: '$.id', exists: false}]}}
  - {name: pass count, expect: {assert: [{path: '$.skus', count: 2}, {path: '$.skus[*]', count: 2}]}}
  - {name: fail count V812, expect: {assert: [{path: '$.skus', count: 3}]}}
  - {name: pass type, expect: {assert: [{path: '$.id', type: integer}, {path: '$.skus', type: array}]}}
  - {name: fail type V812, expect: {assert: [{path: '$.id', type: string}]}}
  - {name: pass contains, expect: {assert: [{path: '$.skus', contains: B2}, {path: '$.skus[0]', contains: A}, {path: '$', contains: {id: 7}}]}}
  - {name: fail contains V812, expect: {assert: [{path: '$.skus', contains: C3}]}}
  - {name: pass body contains, expect: {assert: [{body: contains, value: '"id": 7'}]}}
  - {name: fail body contains V812, expect: {assert: [{body: contains, value: '"id": 8'}]}}
  - {name: pass lessThan, expect: {assert: [{path: '$.id', lessThan: 7.5, greaterThan: 6}]}}
  - {name: fail lessThan V812, expect: {assert: [{path: '$.id', lessThan: 7}]}}
  - {name: fail greaterThan V812, expect: {assert: [{path: '$.id', greaterThan: 7}]}}
  - {name: pass schema, expect: {schema: {type: object, required: [id], properties: {id: {type: integer}}}}}
  - {name: pass schema of a file, expect: {schema: {file: schema.json}}}
  - {name: fail schema V813, expect: {schema: {type: object, required: [total]}}}
  - {name: pass schema with a reference, expect: {schema: {definitions: {A: {type: object}}, allOf: [{$ref: '#/definitions/A'}]}}}
  - {name: fail schema of a file behind a reference V802, expect: {schema: {$ref: '../other.json'}}}
  - {name: fail schema of no definition V802, expect: {schema: {$ref: '#/definitions/nope'}}}
  - {name: fail schema of an address V802, expect: {schema: {items: {$ref: 'https://a.test/b'}}}}
  - {name: pass requestOverride, expect: {requestOverride: {header: {X-Id: '7'}}}}
  - {name: fail requestOverride V811, expect: {requestOverride: {header: {X-Id: '8'}}}}
  - {name: pass responseOverride, expect: {responseOverride: {status: 201}}}
  - {name: fail responseOverride V811, expect: {responseOverride: {status: 202}}}
  - {name: pass notes, expect: {notes: [null-reference]}}
  - {name: fail notes V814, expect: {notes: none}}
  - {name: fail an error V815, expect: {error: V101}}
  - {name: fail status of a template V816, expect: {status: 200}}
"#;

#[test]
fn rows_of_a_template() {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), "order.vtl", ORDER);
    write(folder.path(), "expected.json", r#"{"id": 7, "skus": ["A1", "B2"], "note": ""}"#);
    write(folder.path(), "schema.json", r#"{"type": "object", "properties": {"skus": {"type": "array"}}}"#);
    write(folder.path(), "a.vtl-test.yaml", TEMPLATE);
    let report = run(folder.path());
    assert_eq!(report.tests.len(), 43);
    assert!(wrong(&report).is_empty(), "{}", wrong(&report).join("\n"));
}

#[test]
fn rows_of_an_error() {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), "fails.vtl", "#set($list = [1])\n$list.get(5)\n");
    write(folder.path(), "broken.vtl", "a\n#if(true)");
    let tests = "
template: fails.vtl
tests:
  - {name: pass code, expect: {error: V102}}
  - {name: pass name, expect: {error: out-of-bounds}}
  - {name: pass any, expect: {error: true}}
  - {name: pass line, expect: {error: {code: V102, line: 2}}}
  - {name: fail code V815, expect: {error: V101}}
  - {name: fail line V815, expect: {error: {code: V102, line: 1}}}
  - {name: fail without V102, expect: {output: ok}}
  - {name: pass of a template that does not parse, template: broken.vtl, expect: {error: {code: V002, line: 2}}}
  - {name: fail of a template that does not parse V815, template: broken.vtl, expect: {error: V001}}
";
    write(folder.path(), "a.vtl-test.yaml", tests);
    let report = run(folder.path());
    assert_eq!(report.tests.len(), 9);
    assert!(wrong(&report).is_empty(), "{}", wrong(&report).join("\n"));
    // The error is shown where the template has it.
    let place = report.tests[6].findings[0].location.as_ref().expect("a place");
    assert!(place.file.as_ref().is_some_and(|file| file.ends_with("fails.vtl")) && place.line == 2, "{place}");
}

const OPENAPI: &str = r##"
openapi: 3.0.1
info: {title: orders, version: '1'}
components:
  schemas:
    Receipt: {type: object, required: [queued], properties: {queued: {type: string}}}
    Order: {type: object, required: [sku]}
paths:
  /orders/{id}:
    post:
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Order'}}}}
      responses: {'202': {description: ok, headers: {X-Kind: {schema: {type: string}}}}}
      x-amazon-apigateway-request-validator: body
      x-amazon-apigateway-integration:
        type: aws
        httpMethod: POST
        uri: arn:aws:apigateway:eu-west-1:sqs:path/123456789012/orders
        credentials: arn:aws:iam::123456789012:role/r
        requestParameters:
          integration.request.header.Content-Type: "'application/x-www-form-urlencoded'"
          integration.request.querystring.kind: "'order'"
        requestTemplates:
          application/json: Action=SendMessage&MessageBody=$util.urlEncode($input.body)
        responses:
          default:
            statusCode: '202'
            responseParameters: {method.response.header.X-Kind: "'order'"}
            responseTemplates:
              application/json: |-
                {"queued": "$input.path('$.MessageId')"}
x-amazon-apigateway-request-validators: {body: {validateRequestBody: true, validateRequestParameters: false}}
"##;

const CALLS: &str = r#"
document: openapi.yaml
route: POST /orders/{id}
defaults:
  request: {method: POST, path: /orders/7, body: {sku: A1}}
  backend: {status: 200, headers: {Content-Type: application/json}, body: {MessageId: m-1}}
tests:
  - {name: pass status, expect: {status: 202}}
  - {name: fail status V816, expect: {status: 200}}
  - {name: pass headers, expect: {headers: {x-kind: order, X-Other: null}}}
  - {name: fail headers V816, expect: {headers: {X-Kind: pet}}}
  - {name: fail missing header V816, expect: {headers: {X-Other: pet}}}
  - {name: fail absent header V816, expect: {headers: {X-Kind: null}}}
  - {name: pass body, expect: {body: '{"queued": "m-1"}'}}
  - {name: fail body V810, expect: {body: '{"queued": "m-2"}'}}
  - {name: pass json, expect: {json: {queued: m-1}}}
  - {name: fail json V811, expect: {json: {queued: m-2}}}
  - {name: pass model, expect: {schema: {model: Receipt}}}
  - {name: fail model V813, expect: {schema: {model: Order}}}
  - {name: fail no model V802, expect: {schema: {model: Ordre}}}
  - {name: pass routeKey, expect: {routeKey: 'POST /orders/{id}', pathParameters: {id: '7'}}}
  - {name: fail routeKey V816, expect: {routeKey: 'GET /orders'}}
  - {name: fail pathParameters V816, expect: {pathParameters: {id: '8'}}}
  - name: pass integrationRequest
    expect:
      integrationRequest:
        method: POST
        headers: {Content-Type: application/x-www-form-urlencoded}
        querystring: {kind: order}
        body: Action=SendMessage&MessageBody=%7B%22sku%22%3A%22A1%22%7D
        assert: [{body: contains, value: SendMessage}]
  - {name: fail integrationRequest method V816, expect: {integrationRequest: {method: GET}}}
  - {name: fail integrationRequest querystring V811, expect: {integrationRequest: {querystring: {kind: pet}}}}
  - {name: fail integrationRequest body V810, expect: {integrationRequest: {body: Action=ReceiveMessage}}}
  - {name: fail integrationRequest none V817, expect: {integrationRequest: none}}
  - {name: pass refused, request: {body: '{}'}, backend: null, expect: {integrationRequest: none, status: 400}}
  - {name: fail refused V817, request: {body: '{}'}, expect: {integrationRequest: {method: POST}}}
  - {name: pass timeout, backend: null, cases: [{name: one, backend: {failure: timeout}}], expect: {status: 504}}
  - {name: pass request only, backend: null, expect: {integrationRequest: {method: POST}}}
  - {name: fail without backend V802, backend: null, expect: {status: 202}}
  - {name: fail other route V802, request: {path: /pets}, expect: {status: 202}}
  - {name: pass log, expect: {log: {file: console.log}}}
  - {name: fail log V818, expect: {log: {file: other.log}}}
"#;

#[test]
fn rows_of_a_call() {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), "openapi.yaml", OPENAPI);
    write(folder.path(), "a.vtl-test.yaml", CALLS);
    // The log of the same call, with ids, dates and a cut as a console shows them.
    let api =
        vtl_loaders::load(&[vtl_loaders::File::new("o.yaml", OPENAPI)], &vtl_loaders::Options::new()).expect("loads");
    let mut request = vtl::pipeline::MethodRequest::new("POST", "/orders/7");
    request.body = br#"{"sku":"A1"}"#.to_vec();
    let mut replay: vtl::pipeline::call::Replay = serde_json::from_str(
        r#"{"status": 200, "headers": {"Content-Type": "application/json"}, "body": "{\"MessageId\":\"m-1\"}"}"#,
    )
    .expect("an answer");
    let mut invocation = vtl::pipeline::Invocation::new().request_id("0c3f9a4e-1111-4222-8333-944455556666");
    vtl::pipeline::PreparedApi::new(&api.apis[0]).handle(request, Some(&mut replay), &mut invocation);
    let log = invocation.log.to_string().replace("1970", "2026");
    let (cut, _) = log.split_once("Endpoint request body").expect("a body");
    let after = log.split_once("SendMessage").expect("a body").1.split_once('\n').expect("more lines").1;
    write(
        folder.path(),
        "console.log",
        &format!("{cut}Endpoint request body after transformations: Action=Send [TRUNCATED]\n{after}"),
    );
    write(folder.path(), "other.log", &log.replace("202", "201"));
    let report = run(folder.path());
    assert_eq!(report.tests.len(), 29);
    assert!(wrong(&report).is_empty(), "{}", wrong(&report).join("\n"));
}

#[test]
fn skip_todo_tags_and_cases() {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), "id.vtl", "$input.path('$.id')");
    let tests = "
template: id.vtl
tags: [fast]
tests:
  - {name: skipped, skip: not now, expect: {output: x}}
  - {name: must fail, todo: later, input: {body: {id: 1}}, expect: {output: '2'}}
  - {name: passes already, todo: later, input: {body: {id: 1}}, expect: {output: '1'}}
  - name: each
    tags: [slow]
    cases:
      - {input: {body: {id: 1}}, expect: {output: '1'}}
      - {name: two, input: {body: {id: 2}}, expect: {output: '2'}}
";
    write(folder.path(), "a.vtl-test.yaml", tests);
    let report = run(folder.path());
    let ends: Vec<_> = report.tests.iter().map(|test| (test.name.as_str(), test.status)).collect();
    use Status::{Failed, Passed, Skipped, Todo};
    let expected = [
        ("skipped", Skipped),
        ("must fail", Todo),
        ("passes already", Failed),
        ("each / id=1", Passed),
        ("each / two", Passed),
    ];
    assert_eq!(ends, expected);
    assert_eq!(report.tests[2].findings[0].code.as_str(), "V823");
    let files = discover(&[folder.path().to_owned()]).expect("readable");
    let mut settings = Settings::default();
    settings.tags = vec!["slow".to_owned()];
    assert_eq!(run_files(&files, &settings, &|_| {}).tests.len(), 2);
    settings.tags = Vec::new();
    settings.filter = vtl_testing::Regex::new("^must|a.vtl-test.yaml skipped").ok();
    assert_eq!(run_files(&files, &settings, &|_| {}).tests.len(), 2);
}

#[test]
fn redactions_apply_to_outputs() {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), "id.vtl", r#"{"id": "$context.requestId", "list": [{"it's/~": "$context.requestId"}]}"#);
    let tests = r#"
template: id.vtl
context: {requestId: r-1}
tests: []
"#;
    write(folder.path(), "b.vtl-test.yaml", tests);
    let tests = r#"
template: id.vtl
defaults: {context: {requestId: r-1}}
redact: [{path: $.id, with: "[id]"}, {path: '$..["it''s/~"]', with: "[it]"}]
tests:
  - {name: pass json, expect: {json: {id: "[id]", list: [{"it's/~": "[it]"}]}}}
  - {name: pass output, expect: {output: '{"id": "[id]", "list": [{"it''s/~": "[it]"}]}'}}
"#;
    write(folder.path(), "a.vtl-test.yaml", tests);
    let report = run(folder.path());
    let unknown = report.tests.iter().find(|test| test.name.ends_with("b.vtl-test.yaml")).expect("the broken file");
    assert_eq!((unknown.findings[0].code.as_str(), unknown.line), ("V803", 3));
    let report = run_files(&[folder.path().join("a.vtl-test.yaml")], &Settings::default(), &|_| {});
    assert!(wrong(&report).is_empty(), "{}", wrong(&report).join("\n"));
}

/// A schema that asks for nothing would take any text.
#[test]
fn keywords_that_check_nothing_are_noted() {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), "id.vtl", "{}");
    let test = |schema: &str| {
        let file = format!("template: id.vtl\ntests:\n- name: a\n  expect: {{schema: {schema}}}\n");
        write(folder.path(), "a.vtl-test.yaml", &file);
        let report = run(folder.path());
        assert_eq!(report.tests[0].status, Status::Passed, "{schema}: {:?}", report.tests[0].findings);
        assert!(report.is_success(), "{schema}");
        report.findings.iter().map(|finding| format!("{}: {}", finding.code, finding.message)).collect::<Vec<_>>()
    };
    for (schema, told) in [
        ("{typ: string}", "a keyword that checks nothing: typ"),
        ("{type: [object, text]}", "a keyword that checks nothing: type: a list"),
        ("{properties: {typ: {required: true, const: 1}}}", "2 keywords that check nothing: required: true, const"),
    ] {
        assert_eq!(test(schema), [format!("V802: the schema has {told}")], "{schema}");
    }
    let fine =
        "{title: a, type: object, x-a: 1, definitions: {a: {enum: [b]}}, properties: {a: {$ref: '#/definitions/a'}}}";
    assert!(test(fine).is_empty(), "{:?}", test(fine));
}
