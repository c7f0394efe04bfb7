//! A first day with the command: what it says to somebody who does not know it. The inputs are in
//! `corpus/reported/newcomer`.

use super::run::{Folder, Run, vtl, vtl_in_row};
use serde_json::json;

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

/// The document of the tests of 403: a stage, a name, a key.
fn named_method(folder: &Folder, template: &str) -> String {
    let integration = json!({"Type": "MOCK", "RequestTemplates": {"application/json": "{\"statusCode\": 200}"},
        "IntegrationResponses": [{"StatusCode": "200", "ResponseTemplates": {"application/json": template}}]});
    let method = json!({"RestApiId": {"Ref": "A"}, "ResourceId": {"Ref": "R"}, "HttpMethod": "GET", "OperationName": "List",
        "AuthorizationType": "NONE", "ApiKeyRequired": true, "MethodResponses": [{"StatusCode": "200"}],
        "Integration": integration});
    let template = json!({"Resources": {
        "A": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Name": "a"}},
        "R": {"Type": "AWS::ApiGateway::Resource", "Properties": {"RestApiId": {"Ref": "A"}, "PathPart": "pets",
            "ParentId": {"Fn::GetAtt": ["A", "RootResourceId"]}}},
        "M": {"Type": "AWS::ApiGateway::Method", "Properties": method},
        "S": {"Type": "AWS::ApiGateway::Stage", "Properties": {"RestApiId": {"Ref": "A"}, "StageName": "live"}}}});
    folder.file("template.json", template.to_string())
}

#[test]
fn a_403_says_why() {
    let folder = Folder::new();
    let document = named_method(&folder, "ok");
    let invoke = |args: &[&str]| vtl(&[&["invoke", &document, "-H", "X-API-Key: k"], args].concat());
    let token = r#"{"message": "Missing Authentication Token"}"#;
    invoke(&["/dogs"]).says(0, &[token, "error[V406]: no route takes GET /dogs"]);
    invoke(&["-X", "PUT", "/pets"]).says(0, &[token, "error[V406]: no route takes PUT /pets; the path has GET"]);
    invoke(&["/live/pets"]).says(0, &[token, "paths are without the stage: /pets"]);
    let deny = folder.file(
        "deny.json",
        r#"{"principalId": "u", "policyDocument": {"Statement": [
            {"Action": "execute-api:Invoke", "Effect": "Deny", "Resource": "*"}]}}"#,
    );
    invoke(&["--authorizer", &deny, "/pets"])
        .says(0, &["with an explicit deny", "error[V410]: the policy of the authorizer denies GET/pets"]);
    invoke(&["/pets"]).says(0, &["200"]).never_says(&["V406", "V410", "V412"]);
    vtl(&["invoke", &document, "/pets"])
        .says(0, &["advice[V412]: the method needs an API key", "add the header X-API-Key"]);
}

#[test]
fn context_of_a_document() {
    let folder = Folder::new();
    let text = "$context.stage|$context.path|$context.operationName|$context.identity.apiKey";
    let document = named_method(&folder, text);
    vtl(&["invoke", &document, "-H", "x-api-key: k", "/pets"]).says(0, &["live|/live/pets|List|k"]);
    let given = ["--context-value", "stage=beta", "--context-value", "operationName=Other", "/pets"];
    vtl(&[&["invoke", &document, "-H", "x-api-key: k"], &given[..]].concat()).says(0, &["beta|/beta/pets|Other|k"]);
}

/// An event as a function of an HTTP API receives it, of either format, is a request: the stage is no part of the
/// path, and the authorizer is that of the event (aws-lambda-go, events/testdata/apigw-v2-request-*.json).
#[test]
fn an_event_of_an_http_api_is_a_request() {
    let folder = Folder::new();
    let integration = json!({"type": "http_proxy", "httpMethod": "ANY", "uri": "https://b.test/", "payloadFormatVersion": "1.0",
        "requestParameters": {"overwrite:header.sub": "$context.authorizer.claims.sub", "overwrite:header.tenant": "$context.authorizer.tenant",
            "overwrite:header.path": "$context.path", "overwrite:header.key": "$context.routeKey"}});
    let integration = folder.file("i.json", integration.to_string());
    let api = folder.file("api.json", r#"{"protocolType": "HTTP", "routeKeys": ["GET /pets/{id}"]}"#);
    let invoke = |name: &str, event: &serde_json::Value| {
        let event = folder.file(name, event.to_string());
        vtl(&["invoke", "--integration", &integration, "--api", &api, "--request", &event])
    };
    let format_2 = |authorizer: serde_json::Value| {
        json!({"version": "2.0", "routeKey": "GET /pets/{id}", "rawPath": "/beta/pets/7", "rawQueryString": "",
            "headers": {}, "requestContext": {"accountId": "1", "apiId": "a", "stage": "beta", "requestId": "r",
                "routeKey": "GET /pets/{id}", "authorizer": authorizer,
                "http": {"method": "GET", "path": "/beta/pets/7", "protocol": "HTTP/1.1", "sourceIp": "192.0.2.7"}}})
    };
    let format_1 = |authorizer: serde_json::Value| {
        json!({"version": "1.0", "resource": "/pets/{id}", "path": "/beta/pets/7", "httpMethod": "GET", "headers": {},
            "requestContext": {"accountId": "1", "apiId": "a", "stage": "beta", "requestId": "r", "httpMethod": "GET",
                "authorizer": authorizer, "path": "/beta/pets/7", "resourceId": "GET /pets/{id}",
                "resourcePath": "/pets/{id}", "identity": {"sourceIp": "192.0.2.7"}}})
    };
    for event in [
        format_2(json!({"jwt": {"claims": {"sub": "u-1"}, "scopes": null}})),
        format_1(json!({"claims": {"sub": "u-1"}, "scopes": null})),
    ] {
        let run = invoke("claims.json", &event);
        run.says(0, &["(route: GET /pets/{id}, id=7)", "sub: u-1", "path: /beta/pets/7", "key: GET /pets/{id}"]);
    }
    for event in
        [format_2(json!({"lambda": {"tenant": "t"}})), format_1(json!({"claims": null, "scopes": null, "tenant": "t"}))]
    {
        invoke("lambda.json", &event).says(0, &["(route: GET /pets/{id}, id=7)", "tenant: t"]).never_says(&["sub:"]);
    }
}

/// Words of other languages and engines, and calls without parentheses or quotes.
#[test]
fn words_of_other_languages() {
    for (template, help) in [
        (r#"#set($l = [1])$l.length()"#, "did you mean `size`?"),
        (r#"#set($l = [1])$l.push(2)"#, "did you mean `add`?"),
        (r#"#set($m = {})$m.has("a")"#, "did you mean `containsKey`?"),
        (r#"#set($s = "a")$s.includes("a")"#, "did you mean `contains`?"),
        (r#"#set($s = "a")$s.upper()"#, "did you mean `toUpperCase`?"),
        ("$util.toJSON(1)", "it is a function of AWS AppSync"),
        ("$input.params.header", "write `params()`: it is a method"),
        ("$util.escapeJavaScript", "write `escapeJavaScript(String text)`: it is a method"),
        ("$ctx.args.id", "`$context` and `$input` have what AppSync's `$ctx` has"),
        ("$headers.Accept", "`$input.params('name')` is a parameter of the request"),
    ] {
        render(&["-e", template, "-d", "{}"]).says(0, &[help]);
    }
    render(&["-e", "$input.path($.a)"]).says(1, &["a path is a text: write it in quotes"]);
    render(&["-e", "#set(x = 1)"]).says(1, &["a variable begins with `$`: `#set($name = …)`"]);
}

/// A curl command names the API, its stage and its host.
#[test]
fn the_address_of_a_curl_command_is_that_of_the_call() {
    let folder = Folder::new();
    let document = named_method(&folder, "$context.apiId $context.stage $context.path $context.domainPrefix");
    let curl = "curl https://abcde12345.execute-api.eu-west-1.amazonaws.com/live/pets -H 'x-api-key: k'";
    let curl = folder.file("request.txt", curl);
    vtl(&["invoke", &document, "--request", &curl]).says(0, &["abcde12345 live /live/pets abcde12345"]);
}

/// "HTTP APIs: 404 Not Found", also where the routes alone are given.
#[test]
fn a_request_that_no_route_takes() {
    let folder = Folder::new();
    let api = |protocol: &str| {
        folder.file("api.json", format!(r#"{{"protocolType": "{protocol}", "routeKeys": ["GET /a"]}}"#))
    };
    vtl(&["invoke", "--api", &api("HTTP"), "/b"])
        .says(0, &["(route: none)", "404", r#"{"message":"Not Found"}"#, "error[V406]: no route takes GET /b"]);
    vtl(&["invoke", "--api", &api("REST"), "/b"]).says(0, &["403", r#"{"message": "Missing Authentication Token"}"#]);
    vtl(&["invoke", "--api", &api("HTTP"), "/a"]).says(0, &["(route: GET /a)"]).never_says(&["404"]);
}
