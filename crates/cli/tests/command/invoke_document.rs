//! `vtl invoke DOCUMENT PATH`: which route takes a request, and the answers where none does.

use crate::run::{Folder, vtl};
use serde_json::{Value, json};

fn answer(args: &[&str]) -> Value {
    let run = vtl(&[&["invoke", "--format", "json"], args].concat());
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""), "{args:?}");
    serde_json::from_str(&run.out).expect("it is JSON")
}

fn mock(text: &str) -> Value {
    json!({
        "type": "mock", "requestTemplates": {"application/json": "{\"statusCode\": 200}"},
        "responses": {"default": {"statusCode": "200", "responseTemplates": {"application/json": text}}},
    })
}

fn operation(text: &str) -> Value {
    json!({"responses": {"200": {"description": "fine"}}, "x-amazon-apigateway-integration": mock(text)})
}

/// aws-observed 15.6 and 12.12 to 12.14.
#[test]
fn a_rest_api_is_routed_as_the_service_does() {
    let folder = Folder::new();
    let document = json!({
        "swagger": "2.0", "info": {"title": "pets"}, "paths": {
            "/pets": {"get": operation("all")},
            "/pets/{id}": {"get": operation("one $input.params('id')")},
            "/pets/mine": {"get": operation("mine"), "x-amazon-apigateway-any-method": operation("any mine")},
            "/{proxy+}": {"x-amazon-apigateway-any-method": operation("rest $input.params('proxy')")},
        },
    });
    let document = folder.file("routed.json", document.to_string());
    for (method, path, key, body) in [
        ("GET", "/pets", "GET /pets", "all"),
        ("GET", "//pets/", "GET /pets", "all"),
        ("GET", "/pets/7?x=1", "GET /pets/{id}", "one 7"),
        ("GET", "/pets/a%2Fb", "GET /pets/{id}", "one a%2Fb"),
        ("GET", "/pets/mine", "GET /pets/mine", "mine"),
        ("PUT", "/pets/mine", "ANY /pets/mine", "any mine"),
        ("PUT", "/pets/7", "ANY /{proxy+}", "rest pets/7"),
        ("GET", "/pets/7/toys//1/", "ANY /{proxy+}", "rest pets/7/toys//1"),
    ] {
        let got = answer(&[&document, "-X", method, path]);
        assert_eq!((&got["routeKey"], &got["response"]["body"]), (&json!(key), &json!(body)), "{method} {path}");
    }
    let got = answer(&[&document, "/"]);
    assert_eq!((&got["routeKey"], &got["pathParameters"]), (&Value::Null, &json!({})));
    assert_eq!(got["response"]["status"], 403);
    assert_eq!(got["response"]["body"], r#"{"message": "Missing Authentication Token"}"#);
    assert_eq!(got["response"]["headers"]["x-amzn-ErrorType"], "MissingAuthenticationTokenException");
    assert_eq!(answer(&[&document, "/pets/7"])["pathParameters"], json!({"id": "7"}));
    let log = vtl(&["invoke", &document, "--format", "log", "/pets/7"]).out;
    assert!(log.contains("HTTP Method: GET, Resource Path: /pets/{id}\n"), "{log}");
}

#[test]
fn a_request_may_be_a_document_too() {
    let folder = Folder::new();
    let document = json!({"swagger": "2.0", "info": {"title": "pets"}, "paths": {
        "/pets/{id}": {"post": operation("$input.params('id') $stageVariables.v $context.stage")}}});
    let document = folder.file("requested.json", document.to_string());
    let request = folder.file("requested-request.json", r#"{"method": "POST", "path": "/pets/7", "body": "{}"}"#);
    let flags = ["--request", &request, "--stage-variable", "v=w", "--context-value", "stage=prod"];
    assert_eq!(answer(&[&[document.as_str()], &flags[..]].concat())["response"]["body"], "7 w prod");
}

#[test]
fn an_http_api_has_a_default_route_or_404() {
    let folder = Folder::new();
    let proxy = |uri: &str| {
        json!({"x-amazon-apigateway-integration": {
            "type": "http_proxy", "httpMethod": "ANY", "uri": uri, "payloadFormatVersion": "1.0"}})
    };
    let mut document = json!({"openapi": "3.0.1", "info": {"title": "web"}, "paths": {
        "/items/{id}": {"get": proxy("https://backend.test/{id}")}}});
    let backend = folder.file("web-backend.json", r#"{"status": 200, "body": "x"}"#);
    let path = folder.file("web.json", document.to_string());
    let got = answer(&[&path, "--backend", &backend, "/items/7"]);
    assert_eq!((&got["routeKey"], &got["pathParameters"]), (&json!("GET /items/{id}"), &json!({"id": "7"})));
    assert_eq!(got["integrationRequest"]["uri"], "https://backend.test/7");
    assert_eq!((&got["message"], &got["invalid"]), (&Value::Null, &json!([])));
    let got = answer(&[&path, "--backend", &backend, "/elsewhere"]);
    assert_eq!(
        (&got["response"]["status"], &got["response"]["body"]),
        (&json!(404), &json!(r#"{"message":"Not Found"}"#))
    );
    document["paths"]["/$default"] = json!({"x-amazon-apigateway-any-method": proxy("https://rest.test")});
    let got = answer(&[&folder.file("web-default.json", document.to_string()), "--backend", &backend, "/elsewhere"]);
    assert_eq!(got["routeKey"], "$default");
}

#[test]
fn a_message_finds_its_route() {
    let folder = Folder::new();
    let document = json!({
        "Chat": {"Type": "AWS::ApiGatewayV2::Api", "Properties": {
            "Name": "chat", "ProtocolType": "WEBSOCKET", "RouteSelectionExpression": "$request.body.action"}},
        "Join": {"Type": "AWS::ApiGatewayV2::Integration", "Properties": {
            "ApiId": {"Ref": "Chat"}, "IntegrationType": "HTTP", "IntegrationMethod": "POST", "IntegrationUri": "http://backend.test/join",
            "TemplateSelectionExpression": "\\$default", "RequestTemplates": {"$default": "{\"room\": $input.json('$.room')}"}}},
        "JoinRoute": {"Type": "AWS::ApiGatewayV2::Route", "Properties": {
            "ApiId": {"Ref": "Chat"}, "RouteKey": "join", "Target": {"Fn::Sub": "integrations/${Join}"}}},
    });
    let document = folder.file("chat.json", document.to_string());
    let backend = folder.file("chat-backend.json", r#"{"status": 200}"#);
    let got = answer(&[&document, "--backend", &backend, "-d", r#"{"action": "join", "room": 7}"#]);
    assert_eq!(got["routeKey"], "join");
    assert_eq!(got["integrationRequest"]["body"], r#"{"room": 7}"#);
    assert_eq!((&got["message"], &got["response"], &got["status"]), (&Value::Null, &Value::Null, &json!(200)));

    let request = folder
        .file("chat-request.json", json!({"eventType": "MESSAGE", "body": "{\"action\": \"leave\"}"}).to_string());
    let got = answer(&[&document, "--request", &request, "--context-value", "connectionId=c-1"]);
    assert_eq!(got["routeKey"], Value::Null);
    let message: Value = serde_json::from_str(got["message"].as_str().expect("a message")).expect("it is JSON");
    assert_eq!((&message["message"], &message["connectionId"]), (&json!("Forbidden"), &json!("c-1")));
    assert_eq!(answer(&[&document, "--event", "connect", "-H", "X: y"])["message"], Value::Null);
}

#[test]
fn of_several_apis_one_is_chosen() {
    let folder = Folder::new();
    let api = |name: &str| {
        json!({"Type": "AWS::ApiGateway::RestApi", "Properties": {"Name": name, "Body": {
        "swagger": "2.0", "info": {"title": name}, "paths": {"/both": {"get": operation(name)}, format!("/{name}"): {"get": operation(name)}}}}})
    };
    let document =
        folder.file("several.json", json!({"Resources": {"A": api("first"), "B": api("second")}}).to_string());
    assert_eq!(answer(&[&document, "/second"])["response"]["body"], "second");
    let unclear = vtl(&["invoke", &document, "/both"]);
    assert_eq!((unclear.code, unclear.out.as_str()), (Some(2), ""));
    assert!(unclear.err.contains("first, second"), "{}", unclear.err);
    assert_eq!(answer(&[&document, "--api", "second", "/both"])["response"]["body"], "second");
    assert_eq!(answer(&[&document, "--api", "1", "/both"])["response"]["body"], "first");
    assert_eq!(answer(&[&document, "--api", "1", "/second"])["response"]["status"], 403);
    assert_eq!(vtl(&["invoke", &document, "--api", "third", "/both"]).code, Some(2));
}

#[test]
fn without_an_integration_only_the_route_is_chosen() {
    let folder = Folder::new();
    let api = folder
        .file("keys-api.json", r#"{"protocolType": "HTTP", "routeKeys": ["$default", "GET /a/{b}", "GET /a/{c+}"]}"#);
    let got = answer(&["--api", &api, "/a/7"]);
    assert_eq!((&got["routeKey"], &got["pathParameters"]), (&json!("GET /a/{b}"), &json!({"b": "7"})));
    assert_eq!((&got["integrationRequest"], &got["response"]), (&Value::Null, &Value::Null));
    assert_eq!(answer(&["--api", &api, "/a/7/8"])["pathParameters"], json!({"c": "7/8"}));
    let socket = r#"{"protocolType": "WEBSOCKET", "routeKeys": ["join", "$default"], "routeSelectionExpression": "$request.body.do"}"#;
    let socket = folder.file("keys-socket.json", socket);
    assert_eq!(answer(&["--api", &socket, "-d", r#"{"do": "join"}"#])["routeKey"], "join");
    assert_eq!(answer(&["--api", &socket, "-d", "no json"])["routeKey"], "$default");
}

#[test]
fn what_is_no_call_is_wrong_usage() {
    let folder = Folder::new();
    let document = folder.file(
        "no-call.json",
        json!({"swagger": "2.0", "info": {"title": "x"}, "paths": {"/a": {"get": operation("a")}}}).to_string(),
    );
    for (named, args) in [
        ("no request path", &[document.as_str()][..]),
        ("does not start with /", &[&document, "a"]),
        ("without --integration", &["--integration", &document, "/a"]),
        ("--integration", &[]),
        ("--integration", &["/a"]),
        ("cannot read no/such.yaml", &["no/such.yaml", "/a"]),
        ("cannot be used with", &[&document, "/a", "--event", "connect", "--request", "r.json"]),
        ("supported formats: openapi2", &[&document, "/a", "--kind", "wsdl"]),
    ] {
        let run = vtl(&[&["invoke"], args].concat());
        assert_eq!((run.code, run.out.as_str()), (Some(2), ""), "{args:?}");
        assert!(run.err.contains(named), "{args:?}: {}", run.err);
    }
}

/// The documents of `crates/loaders/tests/fixtures/same`, each with the same call: one API, so one result.
#[test]
fn one_api_in_every_kind_of_document_answers_alike() {
    let folder = Folder::new();
    let fine = folder.file("same-fine.json", r#"{"status": 200, "body": "{}"}"#);
    let bad = folder.file("same-bad.json", r#"{"status": 400, "body": "{\"message\": \"Bad luck\"}"}"#);
    let post = ["-X", "POST", "-H", "Content-Type: application/json", "-d", r#"{"id": "7", "name": "R\"ex"}"#];
    let rest =
        "{\n  \"TableName\": \"pets\",\n  \"Item\": {\"id\": {\"S\": \"7\"}, \"name\": {\"S\": \"R\\\"ex\"}}\n}\n";
    for (kind, args, status, sent) in [
        ("rest", [&post[..], &["--backend", &fine, "/pets/7?dry=1"]].concat(), 200, json!(rest)),
        ("rest", [&post[..], &["--backend", &bad, "/pets/7?dry=1"]].concat(), 200, json!(rest)),
        ("http", vec!["--backend", &fine, "/pets/7"], 200, Value::Null),
        ("websocket", vec!["-d", r#"{"action": "send", "kind": "200"}"#], 200, Value::Null),
    ] {
        let folder = format!("{}/../loaders/tests/fixtures/same/{kind}", env!("CARGO_MANIFEST_DIR"));
        let mut first = None;
        for document in std::fs::read_dir(folder).expect("it is there") {
            let document = document.expect("it can be read").path();
            let document = document.to_str().expect("it is text");
            let mut got = answer(&[&[document], &args[..]].concat());
            for note in got["notes"].as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
                note.retain(|key, _| !["file", "line", "column", "endLine", "endColumn"].contains(&key.as_str()));
            }
            if sent != Value::Null {
                assert_eq!(got["integrationRequest"]["body"], sent, "{document}");
            }
            assert_eq!(got["response"]["status"].as_i64().unwrap_or(status), status, "{document}: {got}");
            assert_eq!(first.get_or_insert_with(|| got.clone()), &got, "{document}");
        }
    }
}

const ECHO: &str = "$context.httpMethod $input.params('id') $input.params('q') $input.params('X-A') \
    $context.requestId $!stageVariables.v";

fn echo(verb: &str) -> Value {
    let mut operation = operation(ECHO);
    let template = "{\"statusCode\": 200, \"a\": \"$input.path('$.a')\"}";
    operation["x-amazon-apigateway-integration"]["requestTemplates"]["application/json"] = json!(template);
    json!({"swagger": "2.0", "info": {"title": "echo"}, "paths": {"/pets/{id}": {verb: operation}}})
}

/// An event of format 1.0, as "Input format of a Lambda function for proxy integration" has it.
#[test]
fn a_request_may_be_the_event_of_a_function() {
    let folder = Folder::new();
    let document = folder.file("event-api.json", echo("post").to_string());
    let event = json!({
        "resource": "/pets/{id}", "path": "/pets/7", "httpMethod": "POST", "headers": {"X-A": "last"},
        "multiValueHeaders": {"X-A": ["first", "last"]}, "queryStringParameters": {"q": "2"},
        "multiValueQueryStringParameters": {"q": ["1", "2"]}, "pathParameters": {"id": "7"},
        "stageVariables": {"v": "w"}, "requestContext": {"httpMethod": "POST", "requestId": "r-9", "stage": "prod"},
        "body": "eyJhIjogNX0=", "isBase64Encoded": true,
    });
    let event = folder.file("event.json", event.to_string());
    let got = answer(&[&document, "--request", &event]);
    assert_eq!(got["response"]["body"], "POST 7 2 last r-9 w");
    assert_eq!(got["integrationRequest"]["body"], r#"{"statusCode": 200, "a": "5"}"#);
    let flags = ["--context-value", "requestId=mine", "--stage-variable", "v=x"];
    let got = answer(&[&[document.as_str(), "--request", &event], &flags[..]].concat());
    assert_eq!(got["response"]["body"], "POST 7 2 last mine x");
}

/// An event of format 2.0, as "Create AWS Lambda proxy integrations for HTTP APIs" has it.
#[test]
fn a_request_may_be_an_event_of_format_2() {
    let folder = Folder::new();
    let proxy = json!({"x-amazon-apigateway-integration": {
        "type": "http_proxy", "httpMethod": "ANY", "uri": "https://backend.test/{id}", "payloadFormatVersion": "1.0"}});
    let document = json!({"openapi": "3.0.1", "info": {"title": "web"}, "paths": {"/items/{id}": {"get": proxy}}});
    let document = folder.file("event-web.json", document.to_string());
    let event = json!({
        "version": "2.0", "routeKey": "GET /items/{id}", "rawPath": "/dev/items/7", "rawQueryString": "a=1&a=2",
        "cookies": ["c1=x", "c2=y"], "headers": {"x-a": "b"}, "pathParameters": {"id": "7"}, "isBase64Encoded": false,
        "requestContext": {"stage": "dev", "timeEpoch": 1583348638390_u64, "http": {"method": "GET", "path": "/dev/items/7"}},
    });
    let event = folder.file("event-2.json", event.to_string());
    let got = answer(&[&document, "--request", &event]);
    assert_eq!((&got["routeKey"], &got["pathParameters"]["id"]), (&json!("GET /items/{id}"), &json!("7")));
    let sent = &got["integrationRequest"];
    assert!(sent["url"].as_str().is_some_and(|url| url.starts_with("https://backend.test/7?a=1&a=2")), "{sent}");
    assert_eq!(sent["headers"]["Cookie"].as_str().or(sent["headers"]["cookie"].as_str()), Some("c1=x; c2=y"));
}

/// An event of a WebSocket API, as "Lambda integration requests of WebSocket APIs" has it.
#[test]
fn a_message_may_be_the_event_of_a_function() {
    let folder = Folder::new();
    let api = r#"{"protocolType": "WEBSOCKET", "routeKeys": ["join"], "routeSelectionExpression": "$request.body.do"}"#;
    let api = folder.file("event-socket.json", api);
    let event = json!({"requestContext": {"routeKey": "join", "eventType": "MESSAGE", "connectionId": "c="},
        "body": "{\"do\": \"join\"}", "isBase64Encoded": false});
    let event = folder.file("event-message.json", event.to_string());
    assert_eq!(answer(&["--api", &api, "--request", &event])["routeKey"], "join");
}

#[test]
fn a_request_may_be_a_curl_command() {
    let folder = Folder::new();
    let document = folder.file("curl-api.json", echo("post").to_string());
    let body = |command: &str| {
        let file = folder.file("curl.sh", command);
        let got = answer(&[&document, "--request", &file, "--context-value", "requestId=r"]);
        (got["integrationRequest"]["body"].clone(), got["response"]["body"].clone())
    };
    let command = "curl -sX POST 'https://a1b2c3.execute-api.eu-west-1.amazonaws.com/prod/pets/7?q=x%20y' \\\n \
        -H 'X-A: b' -H \"Content-Type: application/json\" --data-raw '{\"a\": \"it'\\''s\"}'\n";
    assert_eq!(body(command), (json!(r#"{"statusCode": 200, "a": "it's"}"#), json!("POST 7 x y b r ")));
    let command = "curl http://localhost:3000/pets/7 --json '{\"a\": 1}'";
    assert_eq!(body(command), (json!(r#"{"statusCode": 200, "a": "1"}"#), json!("POST 7   r ")));
    // As curl, `-d` alone sends a form, and no template takes it.
    let command = "$ curl localhost:3000/pets/7 -d '{\"a\": 1}'";
    let file = folder.file("curl-form.sh", command);
    let got = answer(&[&document, "--request", &file]);
    assert!(
        got["choices"][0]["text"]
            .as_str()
            .is_some_and(|it| it.starts_with("application/x-www-form-urlencoded matched none")),
        "{got}"
    );
    for (command, named) in [
        ("curl --heder 'A: b' localhost/a", "did you mean --header?"),
        ("curl -d x", "no URL"),
        ("curl 'a", "not closed"),
    ] {
        let run = vtl(&["invoke", &document, "--request", &folder.file("curl-wrong.sh", command)]);
        assert!(run.code == Some(2) && run.err.contains(named), "{command}: {}", run.err);
    }
}

#[test]
fn a_name_that_does_not_exist_has_a_nearest_one() {
    let folder = Folder::new();
    let document = folder.file("near.json", echo("get").to_string());
    for (args, meant) in [
        (&["render", &document, "--route", "GET /pet/{id}"][..], "GET /pets/{id}"),
        (&["render", &document, "--template", "request:application/jsn"], "request:application/json"),
        (&["invoke", &document, "--route", "GET /pets/{di}"], "GET /pets/{id}"),
        (&["invoke", &document, "--api", "ecko", "/a"], "echo"),
    ] {
        let run = vtl(args);
        assert_eq!(run.code, Some(2), "{args:?}");
        assert!(
            run.err.contains("V905") && run.err.contains(&format!("did you mean {meant}?")),
            "{args:?}: {}",
            run.err
        );
    }
}
