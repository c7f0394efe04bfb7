//! `vtl invoke`: each way to give it a call, each way to show it, and what is wrong usage.

use crate::run::{Folder, Run, command, vtl, vtl_with};
use insta::assert_snapshot;
use serde_json::{Value, json};

/// The example of the OpenAPI extension's page.
const OFFICIAL: &str = r##"{"type":"aws","uri":"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:012345678901:function:HelloWorld/invocations","httpMethod":"POST","credentials":"arn:aws:iam::012345678901:role/apigateway-invoke-lambda-exec-role",
"requestTemplates":{"application/json":"#set ($root=$input.path('$')) { \"stage\": \"$root.name\", \"user-id\": \"$root.key\" }","application/xml":"#set ($root=$input.path('$')) <stage>$root.name</stage> "},
"requestParameters":{"integration.request.path.stage":"method.request.querystring.version","integration.request.querystring.provider":"method.request.querystring.vendor"},"cacheNamespace":"cache namespace","cacheKeyParameters":[],
"responses":{"2\\d{2}":{"statusCode":"200","responseParameters":{"method.response.header.requestId":"integration.response.header.cid"},"responseTemplates":{"application/json":"#set ($root=$input.path('$')) { \"stage\": \"$root.name\", \"user-id\": \"$root.key\" }","application/xml":"#set ($root=$input.path('$')) <stage>$root.name</stage> "}},
"302":{"statusCode":"302","responseParameters":{"method.response.header.Location":"integration.response.body.redirect.url"}},"default":{"statusCode":"400","responseParameters":{"method.response.header.test-method-response-header":"'static value'"}}}}"##;

const HTTP: &str = r#"{"type": "http", "httpMethod": "PUT", "uri": "http://backend.test/{id}",
    "requestParameters": {"integration.request.path.id": "method.request.path.id", "integration.request.querystring.q": "method.request.querystring.q"},
    "requestTemplates": {"application/json": "{\"in\": $input.json('$.a')}"},
    "timeoutInMillis": 3000, "cacheNamespace": "pets", "cacheKeyParameters": ["method.request.querystring.q", "method.request.header.X"],
    "responses": {"default": {"statusCode": "200", "responseTemplates": {"application/json": "out: $input.body"}}}}"#;

fn json_of(run: &Run) -> Value {
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""));
    serde_json::from_str(&run.out).expect("it is JSON")
}

fn answer(args: &[&str]) -> Value {
    json_of(&vtl(&[&["invoke", "--format", "json"], args].concat()))
}

#[test]
fn the_official_example_over_lambda() {
    let folder = Folder::new();
    let integration = folder.file("official.json", OFFICIAL);
    for (payload, status) in [
        (json!({"name": "n", "key": "k"}), 400),
        (json!({"errorMessage": "204", "name": "n", "key": "k"}), 200),
        (json!({"errorMessage": "302", "redirect": {"url": "https://x.test/"}}), 302),
        (json!({"errorMessage": "2045"}), 400),
        (json!({"errorMessage": "went wrong"}), 400),
    ] {
        let backend = folder.file("official-backend.json", json!({"lambda": {"payload": payload}}).to_string());
        let got = answer(&[
            "--integration",
            &integration,
            "--backend",
            &backend,
            "-d",
            r#"{"name":"a","key":"b"}"#,
            "/?version=v9&vendor=acme",
        ]);
        assert_eq!(got["response"]["status"], status, "{payload}");
        let fixed = &got["response"]["headers"]["test-method-response-header"];
        assert_eq!(*fixed, if status == 400 { json!("static value") } else { Value::Null });
        if status == 200 {
            assert_eq!(got["response"]["body"], r#" { "stage": "n", "user-id": "k" }"#);
        }
        if status == 302 {
            assert_eq!(got["response"]["headers"]["Location"], "https://x.test/");
        }
        let sent = &got["integrationRequest"];
        assert_eq!(sent["body"], r#" { "stage": "a", "user-id": "b" }"#);
        assert_eq!(
            sent["settings"]["credentials"],
            "arn:aws:iam::012345678901:role/apigateway-invoke-lambda-exec-role"
        );
        assert_eq!(sent["cacheKey"], Value::Null);
    }
}

#[test]
fn the_official_example_over_http() {
    let folder = Folder::new();
    let mut integration: Value = serde_json::from_str(OFFICIAL).expect("it is JSON");
    integration["type"] = json!("http");
    integration["uri"] = json!("http://backend.test/{stage}/items");
    let integration = folder.file("official-http.json", integration.to_string());
    let body = r#"{"name":"n1","key":"k1","redirect":{"url":"https://x.test/y"}}"#;
    let call = |status: u16, accept: &[&str]| {
        let backend = json!({"status": status, "headers": {"cid": "c-7"}, "body": body});
        let backend = folder.file("official-http-backend.json", backend.to_string());
        let args = ["--integration", &integration, "--backend", &backend, "-d", "{}", "/?version=v9&vendor=acme"];
        answer(&[&args[..], accept].concat())
    };
    let ok = call(201, &[]);
    assert_eq!(ok["response"]["status"], 200);
    assert_eq!(ok["response"]["headers"]["requestId"], "c-7");
    assert_eq!(ok["response"]["body"], r#" { "stage": "n1", "user-id": "k1" }"#);
    assert_eq!(ok["integrationRequest"]["uri"], "http://backend.test/v9/items");
    assert_eq!(ok["integrationRequest"]["querystring"], json!({"provider": ["acme"]}));
    assert_eq!(call(201, &["-H", "Accept: application/xml"])["response"]["body"], " <stage>n1</stage> ");
    let moved = call(302, &[]);
    assert_eq!(
        (&moved["response"]["status"], &moved["response"]["headers"]["Location"]),
        (&json!(302), &json!("https://x.test/y"))
    );
    let missing = call(404, &[]);
    assert_eq!(missing["response"]["status"], 400);
    assert_eq!(missing["response"]["headers"]["test-method-response-header"], "static value");
}

#[test]
fn flags_as_curl_has_them() {
    let folder = Folder::new();
    let integration = folder.file("http.json", HTTP);
    let backend = folder.file("http-backend.json", r#"{"status": 200, "body": "raw"}"#);
    let base = ["--integration", &integration, "--backend", &backend, "--resource", "/pets/{id}"];
    let flags =
        ["-X", "POST", "-H", "Content-Type: application/json", "-d", r#"{"a": 1}"#, "/pets/7?q=a+b%2B&q=c#here"];
    let got = answer(&[&base[..], &flags].concat());
    assert_eq!(got["integrationRequest"]["uri"], "http://backend.test/7");
    assert_eq!(got["integrationRequest"]["body"], r#"{"in": 1}"#);
    assert_eq!(got["response"]["body"], "out: raw");

    let request = json!({
        "method": "POST", "path": "/pets/7", "pathParameters": {"id": "7"}, "querystring": {"q": ["a b+", "c"]},
        "headers": {"Content-Type": "application/json"}, "body": "{\"a\": 1}",
    });
    let request = folder.file("http-request.json", request.to_string());
    assert_eq!(answer(&["--integration", &integration, "--backend", &backend, "--request", &request]), got);

    // A payload makes a POST, from a file as from the text; without one it is a GET.
    let method = |flags: &[&str]| vtl(&[&["invoke", "--format", "log", "-q"], &base[..], flags].concat()).out;
    let payload = folder.file("payload-7.json", r#"{"a": 7}"#);
    for flags in [&["-d", r#"{"a": 7}"#][..], &["-d", &format!("@{payload}")], &["--body", &payload]] {
        let log = method(&[flags, &["/pets/7"]].concat());
        assert!(log.contains("HTTP Method: POST, Resource Path: /pets/{id}\n"), "{log}");
        assert!(log.contains(r#"Endpoint request body after transformations: {"in": 7}"#), "{log}");
    }
    assert!(method(&["/pets/7"]).contains("HTTP Method: GET,"));
    assert!(method(&["-X", "DELETE", "-d", "{}", "/pets/7"]).contains("HTTP Method: DELETE,"));
    let args = [
        "invoke",
        "--format",
        "json",
        "--integration",
        &integration,
        "--backend",
        &backend,
        "--path-param",
        "id=8",
        "--query",
        "q=z",
        "--body",
        "-",
        "/x",
    ];
    let piped = json_of(&vtl_with(&args, br#"{"a": 9}"#));
    assert_eq!(piped["integrationRequest"]["uri"], "http://backend.test/8");
    assert_eq!(piped["integrationRequest"]["body"], r#"{"in": 9}"#);
    assert_eq!(piped["integrationRequest"]["querystring"], json!({"q": ["z"]}));
}

#[test]
fn the_json_has_everything() {
    let folder = Folder::new();
    let integration = folder.file("keys.json", HTTP);
    let backend = folder.file("keys-backend.json", r#"{"status": 200, "body": "AAE=", "bodyIsBase64": true}"#);
    let got = answer(&[
        "--integration",
        &integration,
        "--backend",
        &backend,
        "--path-param",
        "id=1",
        "-d",
        "{}",
        "/?q=1&other=2",
    ]);
    let keys = |value: &Value| value.as_object().expect("an object").keys().cloned().collect::<Vec<_>>().join(" ");
    assert_eq!(keys(&got), "integrationRequest response choices notes");
    assert_eq!(
        keys(&got["integrationRequest"]),
        "method uri url headers querystring body bodyIsBase64 settings cacheKey"
    );
    assert_eq!(keys(&got["response"]), "status headers body bodyIsBase64");
    let settings = json!({
        "credentials": null, "connectionType": "INTERNET", "connectionId": null, "timeoutInMillis": 3000, "tlsConfig": null,
    });
    assert_eq!(got["integrationRequest"]["settings"], settings);
    let values = json!({"method.request.querystring.q": "1", "method.request.header.X": null});
    assert_eq!(got["integrationRequest"]["cacheKey"], json!({"namespace": "pets", "values": values}));
    let again = answer(&[
        "--integration",
        &integration,
        "--backend",
        &backend,
        "--path-param",
        "id=1",
        "-d",
        "{}",
        "/?q=1&other=3",
    ]);
    assert_eq!(again["integrationRequest"]["cacheKey"], got["integrationRequest"]["cacheKey"]);
}

#[test]
fn the_service_s_own_error_is_a_result() {
    let folder = Folder::new();
    let never = r#"{"type": "http", "httpMethod": "GET", "uri": "http://b.test/", "passthroughBehavior": "NEVER"}"#;
    let got = answer(&["--integration", &folder.file("never.json", never), "-d", "x", "/"]);
    assert_eq!(got["response"]["status"], 415);
    assert_eq!(got["integrationRequest"], Value::Null);
    assert_eq!(got["notes"][0]["severity"], "error");

    let text = r#"{"type": "mock", "requestTemplates": {"application/json": "{\"statusCode\": \"200\"}"}, "responses": {"default": {"statusCode": "200"}}}"#;
    let run = vtl(&["invoke", "--integration", &folder.file("text-status.json", text), "/"]);
    assert_eq!(run.code, Some(0));
    assert!(
        run.out.contains("500\n") && run.err.contains("the status is the string \"200\""),
        "{}{}",
        run.out,
        run.err
    );
    assert_eq!(vtl(&["invoke", "-q", "--integration", &folder.file("text-status.json", text), "/"]).err, "");

    for (failure, status) in [("timeout", 504), ("connection", 504)] {
        let backend = folder.file("failure.json", json!({"failure": failure}).to_string());
        let got = answer(&[
            "--integration",
            &folder.file("failing.json", HTTP),
            "--backend",
            &backend,
            "--resource",
            "/{id}",
            "-d",
            "{}",
            "/7",
        ]);
        assert_eq!(got["response"]["status"], status);
    }
}

#[test]
fn for_people() {
    let folder = Folder::new();
    let integration = folder.file("people.json", HTTP);
    let backend = folder.file("people-backend.json", r#"{"status": 200, "headers": {"E": "f"}, "body": "raw"}"#);
    let args = [
        "invoke",
        "--integration",
        &integration,
        "--backend",
        &backend,
        "--resource",
        "/pets/{id}",
        "--context-value",
        "requestId=r-1",
        "--context-value",
        "extendedRequestId=x=",
        "-H",
        "X: y",
        "-d",
        r#"{"a": 1}"#,
        "/pets/7?q=a+b",
    ];
    let run = vtl(&args);
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""));
    assert_snapshot!(run.out);
    assert_eq!(vtl(&args).out, run.out, "same input, same output");
    let coloured = command(&args).env("CLICOLOR_FORCE", "1").output().expect("it runs").stdout;
    assert!(coloured.contains(&0x1b) && !run.out.contains('\u{1b}'));
    let plain = command(&args).env("CLICOLOR_FORCE", "1").env("NO_COLOR", "1").output().expect("it runs").stdout;
    assert!(!plain.contains(&0x1b));
}

#[test]
fn the_log_reads_as_the_console_s() {
    let folder = Folder::new();
    let integration = folder.file("log.json", HTTP);
    let backend = folder.file("log-backend.json", r#"{"status": 200, "headers": {"E": "f"}, "body": "raw"}"#);
    let context = folder.file(
        "log-context.json",
        r#"{"requestId": "r-1", "extendedRequestId": "x=", "requestTimeEpoch": 1514265475000}"#,
    );
    let args = [
        "invoke",
        "--format",
        "log",
        "--integration",
        &integration,
        "--backend",
        &backend,
        "--context",
        &context,
        "--resource",
        "/pets/{id}",
        "-d",
        r#"{"a": 1}"#,
        "/pets/7?q=a",
    ];
    let run = vtl(&args);
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""));
    assert_snapshot!(run.out);
    assert_eq!(vtl(&args).out, run.out, "same input, same log");
}

#[test]
fn what_stands_around_a_call() {
    let folder = Folder::new();
    let mock = json!({
        "type": "mock", "requestTemplates": {"application/json": "{\"statusCode\": 200}"},
        "responses": {"default": {"statusCode": "200", "responseTemplates": {
            "application/json": "$context.stage $stageVariables.table $stageVariables.get('url')"}}},
    });
    let mock = folder.file("surroundings.json", mock.to_string());
    let variables = folder.file("surroundings-stage.json", r#"{"table": "t", "url": "u"}"#);
    let context = folder.file("surroundings-context.json", r#"{"stage": "prod"}"#);
    let got = answer(&[
        "--integration",
        &mock,
        "--context",
        &context,
        "--stage-variables",
        &variables,
        "--stage-variable",
        "url=v",
        "/",
    ]);
    assert_eq!(got["response"]["body"], "prod t v");

    let api = json!({
        "gatewayResponses": {"BAD_REQUEST_PARAMETERS": {"statusCode": "422", "responseTemplates": {"application/json": "no"}}},
        "method": {"requestParameters": {"method.request.querystring.q": true}, "requestValidator": {"validateRequestParameters": true}},
    });
    let api = folder.file("surroundings-api.json", api.to_string());
    let refused = answer(&["--integration", &mock, "--api", &api, "/"]);
    assert_eq!((&refused["response"]["status"], &refused["response"]["body"]), (&json!(422), &json!("no")));
    assert_eq!(answer(&["--integration", &mock, "--api", &api, "/?q=1"])["response"]["status"], 200);
}

#[test]
fn what_the_service_would_refuse_is_told() {
    let folder = Folder::new();
    let mock = "{\n  \"type\": \"mock\",\n  \"passthroughBehavior\": \"sometimes\"\n}";
    let path = folder.file("problems.json", mock);
    let got = answer(&["--integration", &path, "/"]);
    let problem = &got["notes"][0];
    assert_eq!((&problem["severity"], &problem["property"]), (&json!("error"), &json!("passthroughBehavior")));
    assert_eq!((&problem["file"], &problem["line"], &problem["column"]), (&json!(path), &json!(3), &json!(26)));
    let run = vtl(&["invoke", "--integration", &path, "/"]);
    assert!(run.err.starts_with("error[V") && run.err.contains(&format!(" --> {path}:3:26\n")), "{}", run.err);
    assert!(run.err.contains("= note: in passthroughBehavior"), "{}", run.err);
}

#[test]
fn wrong_usage_is_2() {
    let folder = Folder::new();
    let http = folder.file("usage-http.json", HTTP);
    let lambda = folder.file("usage-lambda.json", OFFICIAL);
    let plain = folder.file("usage-plain.json", r#"{"status": 200}"#);
    let result = folder.file("usage-result.json", r#"{"lambda": {"payload": 1}}"#);
    let failure = folder.file("usage-failure.json", r#"{"failure": "boredom"}"#);
    let nothing = folder.file("usage-nothing.json", "{}");
    let request = folder.file("usage-request.json", r#"{"method": "GET", "path": "/"}"#);
    let broken = folder.file("usage-broken.json", "{\"type\": ");
    let cases: &[(&str, &[&str])] = &[
        ("--integration", &["/"]),
        ("cannot be used together", &["--integration", &http, "api.yaml", "/"]),
        ("cannot be used with", &["--integration", &http, "--backend", &plain, "--request", &request, "/"]),
        ("cannot be used with", &["--integration", &http, "--backend", &plain, "--request", &request, "-X", "GET"]),
        ("cannot be used with", &["--integration", &http, "--backend", &plain, "--live", "/"]),
        ("Lambda", &["--integration", &lambda, "--backend", &plain, "/"]),
        ("Lambda", &["--integration", &http, "--backend", &result, "/"]),
        ("--live", &["--integration", &lambda, "--live", "/"]),
        ("usage-failure.json", &["--integration", &http, "--backend", &failure, "/"]),
        ("usage-nothing.json", &["--integration", &http, "--backend", &nothing, "/"]),
        ("usage-nothing.json", &["--integration", &nothing, "/"]),
        ("usage-broken.json", &["--integration", &broken, "/"]),
        ("usage-broken.json", &["--integration", &http, "--api", &broken, "/"]),
        ("usage-broken.json", &["--integration", &http, "--request", &broken]),
        ("no/such.json", &["--integration", "no/such.json", "/"]),
        ("pets", &["--integration", &http, "--backend", &plain, "pets"]),
        ("/pets/{id}", &["--integration", &http, "--backend", &plain, "--resource", "/pets/{id}", "/cats/7"]),
        ("--format", &["--integration", &http, "--format", "xml", "/"]),
        ("--limit", &["--integration", &http, "--limit", "loops=1", "/"]),
    ];
    for (named, args) in cases {
        let run = vtl(&[&["invoke"], *args].concat());
        assert_eq!((run.code, run.out.as_str()), (Some(2), ""), "{args:?}");
        assert!(run.err.contains(named), "{args:?}: {}", run.err);
    }
}

#[test]
fn an_integration_in_whichever_words() {
    let folder = Folder::new();
    let templates = json!({"application/json": "{\"in\": $input.json('$.a')}"});
    let mappings = json!({"integration.request.querystring.q": "method.request.querystring.q"});
    let uri = "http://backend.test/items";
    let openapi = json!({
        "type": "http", "httpMethod": "PUT", "uri": uri, "requestParameters": mappings, "requestTemplates": templates,
        "timeoutInMillis": 700,
        "responses": {"4\\d\\d": {"statusCode": "404"}, "default": {"statusCode": 200, "responseTemplates": {"application/json": "out"}}},
    });
    let cloudformation = json!({
        "Type": "HTTP", "IntegrationHttpMethod": "PUT", "Uri": uri, "RequestParameters": mappings, "RequestTemplates": templates,
        "TimeoutInMillis": 700,
        "IntegrationResponses": [{"StatusCode": 404, "SelectionPattern": "4\\d\\d"},
            {"StatusCode": 200, "ResponseTemplates": {"application/json": "out"}}],
    });
    let get = json!({
        "type": "HTTP", "httpMethod": "PUT", "uri": uri, "requestParameters": mappings, "requestTemplates": templates,
        "timeoutInMillis": 700, "connectionType": "INTERNET", "passthroughBehavior": "WHEN_NO_MATCH",
        "cacheNamespace": null, "cacheKeyParameters": [],
        "integrationResponses": {"200": {"statusCode": "200", "responseTemplates": {"application/json": "out"}},
            "404": {"statusCode": "404", "selectionPattern": "4\\d\\d"}},
    });
    let put = json!({
        "restApiId": "a", "resourceId": "r", "httpMethod": "POST", "type": "HTTP", "integrationHttpMethod": "PUT", "uri": uri,
        "requestParameters": mappings, "requestTemplates": templates, "timeoutInMillis": 700,
    });
    let backend = folder.file("words-backend.json", r#"{"status": 410, "body": "gone"}"#);
    let call = |name: &str, integration: &Value| {
        let path = folder.file(name, integration.to_string());
        answer(&["--integration", &path, "--backend", &backend, "-d", r#"{"a": 1}"#, "/?q=1"])
    };
    let expected = call("words-openapi.json", &openapi);
    assert_eq!(expected["integrationRequest"]["method"], "PUT");
    assert_eq!(expected["integrationRequest"]["body"], r#"{"in": 1}"#);
    assert_eq!(expected["integrationRequest"]["settings"]["timeoutInMillis"], 700);
    assert_eq!(expected["response"]["status"], 404);
    let named = json!({"x-amazon-apigateway-integration": openapi});
    assert_eq!(call("words-named.json", &named), expected);
    assert_eq!(call("words-cloudformation.json", &cloudformation), expected);
    assert_eq!(call("words-property.json", &json!({"Integration": cloudformation})), expected);
    assert_eq!(call("words-get.json", &get), expected);
    // What `put-integration` is given has no responses.
    assert_eq!(call("words-put.json", &put)["integrationRequest"], expected["integrationRequest"]);
}

/// A template that does not parse is one finding, with the help, route and property that `check` and `render` give.
#[test]
fn an_error_in_a_template_is_told_once_and_alike() {
    let folder = Folder::new();
    let integration = json!({
        "type": "mock", "requestTemplates": {"application/json": "{\n#if($a)\n}"},
        "responses": {"default": {"statusCode": "200"}},
    });
    let operation = json!({"responses": {"200": {"description": "x"}}, "x-amazon-apigateway-integration": integration});
    let document = json!({"swagger": "2.0", "info": {"title": "x"}, "paths": {"/a": {"get": operation}}});
    let document = folder.file("once.json", document.to_string());
    let told = |args: &[&str], key: &str| {
        let run = vtl(&[args, &["--format", "json"]].concat());
        serde_json::from_str::<Value>(&run.out).expect("it is JSON")[key].clone()
    };
    let checked = told(&["check", &document], "findings");
    assert_eq!(checked[0]["code"], "V002");
    assert_eq!(checked[0]["property"], "requestTemplates");
    assert!(checked[0]["help"].is_string());
    assert_eq!(told(&["invoke", &document, "/a"], "notes"), checked);
    let route = ["render", &document, "--route", "GET /a", "--template", "request:application/json"];
    assert_eq!(told(&route, "findings"), checked);
}

const CHOOSING: &str = r#"{"type": "HTTP", "httpMethod": "POST", "uri": "http://backend.test/x",
    "requestTemplates": {"application/json": "{}"}, "responses": {"2\\d\\d": {"statusCode": "200"}}}"#;

/// Reports r29 and r33: the choices, what was compared with what, and that nothing fits.
#[test]
fn it_tells_which_template_and_response_was_chosen() {
    let folder = Folder::new();
    let integration = folder.file("choosing.json", CHOOSING);
    let backend = folder.file("choosing-backend.json", r#"{"status": 400, "body": "no"}"#);
    let args = ["--integration", &integration, "--backend", &backend, "-H", "Content-Type: text/plain", "-d", "x", "/"];
    let lines =
        ["text/plain matched none of application/json; passthrough WHEN_NO_MATCH", r"status 400 matched none of 2\d\d"];
    let got = answer(&args);
    let told: Vec<&str> =
        got["choices"].as_array().expect("choices").iter().filter_map(|it| it["text"].as_str()).collect();
    assert_eq!(told, lines);
    let text = vtl(&[&["invoke"], &args[..]].concat()).out;
    for line in lines {
        assert!(text.contains(line), "{text}");
    }
    // No response fits, which is the service's 500.
    assert_eq!(got["response"]["status"], 500);
    assert_eq!((&got["refusal"]["code"], &got["notes"][0]["code"]), (&json!("V408"), &json!("V408")));
}

#[test]
fn it_tells_why_a_request_was_refused() {
    let folder = Folder::new();
    let document = json!({"swagger": "2.0", "info": {"title": "x"}, "paths": {"/a": {"get": {"responses": {"200": {}}, "x-amazon-apigateway-integration":
        {"type": "mock", "requestTemplates": {"application/json": "{\"statusCode\": 200}"}, "responses": {"default": {"statusCode": "200"}}}}}}});
    let document = folder.file("refusing.json", document.to_string());
    let run = vtl(&["invoke", &document, "/b"]);
    assert_eq!(run.code, Some(0));
    assert!(run.err.starts_with("error[V406]: no route takes GET /b"), "{}", run.err);
    assert!(
        run.out.contains("none: no route takes GET /b") && run.out.contains("MISSING_AUTHENTICATION_TOKEN"),
        "{}",
        run.out
    );
    let policy = |effect: &str| {
        let answer = json!({"principalId": "u", "policyDocument": {"Version": "2012-10-17", "Statement": [
            {"Action": "execute-api:Invoke", "Effect": effect, "Resource": "*"}]}});
        folder.file(&format!("{effect}.json"), answer.to_string())
    };
    let denied = answer(&[&document, "/a", "--authorizer", &policy("Deny")]);
    assert_eq!(
        (&denied["response"]["status"], &denied["refusal"]["responseType"]),
        (&json!(403), &json!("ACCESS_DENIED"))
    );
    assert_eq!(answer(&[&document, "/a", "--authorizer", &policy("Allow")])["response"]["status"], 200);
    let typo = folder.file("typo.json", r#"{"principalID": "u"}"#);
    let run = vtl(&["invoke", &document, "/a", "--authorizer", &typo]);
    assert!(run.code == Some(2) && run.err.contains("did you mean principalId?"), "{}", run.err);
}

/// Without a backend the call ends with its request.
#[test]
fn without_a_backend_the_request_is_shown() {
    let folder = Folder::new();
    let http = folder.file("uncalled.json", CHOOSING);
    let got = answer(&["--integration", &http, "-d", "{}", "/"]);
    assert_eq!((&got["integrationRequest"]["uri"], &got["response"]), (&json!("http://backend.test/x"), &Value::Null));
    let [note] = got["notes"].as_array().expect("notes").as_slice() else { panic!("{got}") };
    assert_eq!((&note["code"], &note["severity"]), (&json!("V411"), &json!("advice")));
    assert!(note["help"].as_str().is_some_and(|help| help.contains("--live")), "{note}");
    let run = vtl(&["invoke", "--integration", &http, "-d", "{}", "/"]);
    assert_eq!(run.code, Some(0));
    assert!(run.out.contains("POST http://backend.test/x") && !run.out.contains("Method response"), "{}", run.out);
    assert!(run.err.contains("nothing was called"), "{}", run.err);
    let log = vtl(&["invoke", "--integration", &http, "-d", "{}", "--format", "log", "/"]).out;
    assert!(log.lines().last().is_some_and(|line| line.ends_with("Sending request to http://backend.test/x")), "{log}");
    // A function or a service cannot be called with --live.
    let uri = "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:123456789012:function:f/invocations";
    let lambda =
        folder.file("uncalled-lambda.json", json!({"type": "aws_proxy", "httpMethod": "POST", "uri": uri}).to_string());
    let got = answer(&["--integration", &lambda, "/"]);
    assert!(
        got["notes"][0]["help"].as_str().is_some_and(|help| !help.contains("--live") && help.contains("lambda")),
        "{got}"
    );
}

/// A key that nothing reads would have no effect, so it is an error (newcomer: bare-payload-as-input).
#[test]
fn unknown_keys_of_input_files_are_errors() {
    let folder = Folder::new();
    let mock = folder.file("keys-mock.json", CHOOSING);
    let invoke = |flag: &'static str| vec!["invoke", "--integration", mock.as_str(), "/", flag];
    let cases: [(Vec<&str>, &str, &str, &str); 7] = [
        (vec!["render", "-e", "x", "--input"], r#"{"id": 7}"#, "id", "the keys are body"),
        (vec!["render", "-e", "x", "--input"], r#"{"params": {"headers": {}}}"#, "headers", "did you mean header?"),
        (invoke("--backend"), r#"{"stauts": 200}"#, "stauts", "did you mean status?"),
        (invoke("--backend"), r#"{"lambda": {"payloads": {}}}"#, "payloads", "did you mean payload?"),
        (invoke("--api"), r#"{"binaryMediaType": []}"#, "binaryMediaType", "did you mean binaryMediaTypes?"),
        (invoke("--api"), r#"{"method": {"requestModel": {}}}"#, "requestModel", "did you mean requestModels?"),
        (
            vec!["invoke", "--integration", &mock, "--request"],
            r#"{"path": "/", "header": {}}"#,
            "header",
            "did you mean headers?",
        ),
    ];
    for (args, text, key, help) in cases {
        let file = folder.file("keys.json", text);
        let run = vtl(&[&args[..], &[&file, "--format", "json"]].concat());
        assert_eq!(run.code, Some(2), "{text}: {}", run.out);
        let told: Value = serde_json::from_str(&run.out).expect("it is JSON");
        let told = &told["findings"][0];
        assert_eq!(told["code"], "V904", "{text}: {told}");
        assert!(
            told["message"].as_str().is_some_and(|message| message.ends_with(&format!("unknown key {key}"))),
            "{told}"
        );
        assert!(told["help"].as_str().is_some_and(|it| it.contains(help)), "{told}");
        let column = text.find(&format!("\"{key}\"")).expect("the key") + 1;
        assert_eq!((&told["line"], &told["column"]), (&json!(1), &json!(column)), "{text}");
    }
}

/// 1710237600000 ms are 2024-03-12T10:00:00Z, as a flag or in a file.
#[test]
fn the_context_sets_the_clock() {
    let folder = Folder::new();
    let mock = json!({"type": "mock", "requestTemplates": {"application/json": "{\"statusCode\": 200}"},
        "responses": {"default": {"statusCode": "200", "responseTemplates": {"application/json": "$context.requestTime"}}}});
    let mock = folder.file("clock.json", mock.to_string());
    let flag = ["--context-value", "requestTimeEpoch=1710237600000"];
    let body = |flags: &[&str]| answer(&[&["--integration", &mock, "/"], flags].concat())["response"]["body"].clone();
    assert_eq!(body(&flag), "12/Mar/2024:10:00:00 +0000");
    let file = folder.file("clock-context.json", r#"{"requestTimeEpoch": 1710237600000}"#);
    assert_eq!(body(&["--context", &file]), "12/Mar/2024:10:00:00 +0000");
    let wrong = vtl(&["invoke", "--integration", &mock, "/", "--context-value", "requestTimeEpoch=today"]);
    assert!(wrong.code == Some(2) && wrong.err.contains("requestTimeEpoch"), "{}", wrong.err);
}
