//! Whole calls: the recorded, hand-checked and documented cases of `corpus/apigateway`, each one
//! request through one integration.

mod authorizer;
mod choices;
mod compare;
mod context;
mod door;
mod events;
mod gateway;
mod growth;
mod headers;
mod hostile;
mod http;
mod injection;
mod log;
#[path = "../corpus/page.rs"]
mod page;
mod problems;
mod routing;
mod socket;
mod v2;
mod validation;

use compare::{check_request, check_response, report};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::time::{Duration, UNIX_EPOCH};
use vtl::pipeline::call::Replay;
use vtl::pipeline::{
    Api, Backend, IntegrationRequest, Invocation, Method, MethodRequest, MethodResponse, Outcome, PreparedMethod, Route,
};

/// Runs every case once: all pass, none is missing, and the score by file and by source is the one on the
/// pages.
#[test]
fn the_recorded_calls_pass_and_their_score_is_on_the_pages() {
    type Check = fn(&Json) -> Result<(), String>;
    let files: [(_, _, _, Check); 4] = [
        ("integrations", include_str!("../../corpus/apigateway/integrations.jsonl"), 166, check),
        ("integrations-method", include_str!("../../corpus/apigateway/integrations-method.jsonl"), 15, check),
        ("integrations-seeds", include_str!("../../corpus/apigateway/integrations-seeds.jsonl"), 48, check),
        ("HTTP and WebSocket APIs", include_str!("../../corpus/apigateway/v2.jsonl"), 97, v2::check),
    ];
    let mut rows: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for (file, cases, count, check) in files {
        report(cases, count, |case| {
            let outcome = check(case);
            let row = rows.entry(format!("{file}: {}", case["confidence"].as_str().unwrap())).or_default();
            row.0 += usize::from(outcome.is_ok());
            row.1 += 1;
            outcome
        });
    }
    page::score("calls", rows.iter().map(|(topic, (passed, all))| (topic.as_str(), *passed, *all)));
}

/// The example of the OpenAPI extension's page.
const OFFICIAL: &str = r##"{"type":"aws","uri":"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:012345678901:function:HelloWorld/invocations","httpMethod":"POST","credentials":"arn:aws:iam::012345678901:role/apigateway-invoke-lambda-exec-role",
"requestTemplates":{"application/json":"#set ($root=$input.path('$')) { \"stage\": \"$root.name\", \"user-id\": \"$root.key\" }","application/xml":"#set ($root=$input.path('$')) <stage>$root.name</stage> "},
"requestParameters":{"integration.request.path.stage":"method.request.querystring.version","integration.request.querystring.provider":"method.request.querystring.vendor"},"cacheNamespace":"cache namespace","cacheKeyParameters":[],
"responses":{"2\\d{2}":{"statusCode":"200","responseParameters":{"method.response.header.requestId":"integration.response.header.cid"},"responseTemplates":{"application/json":"#set ($root=$input.path('$')) { \"stage\": \"$root.name\", \"user-id\": \"$root.key\" }","application/xml":"#set ($root=$input.path('$')) <stage>$root.name</stage> "}},
"302":{"statusCode":"302","responseParameters":{"method.response.header.Location":"integration.response.body.redirect.url"}},"default":{"statusCode":"400","responseParameters":{"method.response.header.test-method-response-header":"'static value'"}}}}"##;

#[test]
fn the_official_example_selects_by_error_text() {
    for (payload, status) in [
        (json!({"name": "n"}), 400),
        (json!({"errorMessage": "204"}), 200),
        (json!({"errorMessage": "302"}), 302),
        (json!({"errorMessage": "2045"}), 400),
        (json!({"errorMessage": "went wrong"}), 400),
    ] {
        let (response, _) = official(OFFICIAL, json!({"lambda": {"payload": payload}}), "");
        assert_eq!(response.status, status, "{payload}");
        let fixed = (status == 400).then_some("static value");
        assert_eq!(response.headers.get("test-method-response-header"), fixed);
    }
}

#[test]
fn the_official_example_over_http_selects_by_status() {
    let http = OFFICIAL.replacen(r#""type":"aws""#, r#""type":"http""#, 1);
    let uri = http.split('"').nth(7).unwrap().to_owned();
    let http = http.replace(&uri, "http://backend.test/{stage}/items");
    let body = r#"{"name":"n1","key":"k1","redirect":{"url":"https://x.test/y"}}"#;
    let backend = |status: u16| json!({"status": status, "headers": {"cid": "c-7"}, "body": body});

    let (response, sent) = official(&http, backend(201), "");
    assert_eq!((response.status, response.headers.get("requestId")), (200, Some("c-7")));
    assert_eq!(response.body, br#" { "stage": "n1", "user-id": "k1" }"#);
    let sent = sent.unwrap();
    assert_eq!(sent.uri, "http://backend.test/v9/items");
    assert_eq!(json!(sent.querystring), json!({"provider": ["acme"]}));

    let (response, _) = official(&http, backend(201), "application/xml");
    assert_eq!(response.body, b" <stage>n1</stage> ");
    let (response, _) = official(&http, backend(302), "");
    assert_eq!((response.status, response.headers.get("Location")), (302, Some("https://x.test/y")));
    let (response, _) = official(&http, backend(404), "");
    assert_eq!((response.status, response.headers.get("test-method-response-header")), (400, Some("static value")));
}

fn official(integration: &str, backend: Json, accept: &str) -> (MethodResponse, Option<IntegrationRequest>) {
    let mut request = MethodRequest::new("POST", "/");
    request.querystring.set("version", vec!["v9".to_owned()]);
    request.querystring.set("vendor", vec!["acme".to_owned()]);
    request.body = br#"{"name":"a","key":"b"}"#.to_vec();
    if !accept.is_empty() {
        request.headers.add("Accept", accept);
    }
    let outcome = call(integration, &request, &backend, &mut Invocation::new());
    (outcome.response, outcome.integration_request)
}

fn call(integration: &str, request: &MethodRequest, backend: &Json, invocation: &mut Invocation) -> Outcome {
    let method = Method::default().with_integration(serde_json::from_str(integration).unwrap());
    let mut backend: Option<Replay> = serde_json::from_value(backend.clone()).unwrap();
    let backend = backend.as_mut().map(|replay| replay as &mut dyn Backend);
    PreparedMethod::new(&Api::default(), &method).invoke(request, backend, invocation)
}

const LAMBDA: &str =
    "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:1:function:f/invocations";

#[test]
fn an_event_is_queued_and_its_result_is_nobody_s() {
    // "Set up asynchronous invocation of the backend Lambda function"
    let integration = json!({
        "type": "aws", "httpMethod": "POST", "uri": LAMBDA, "responses": {"default": {"statusCode": "200"}},
        "requestParameters": {"integration.request.header.X-Amz-Invocation-Type": "'Event'"},
    });
    let backend = json!({"lambda": {"payload": {"secret": 1}}});
    let outcome = call(&integration.to_string(), &MethodRequest::new("POST", "/"), &backend, &mut Invocation::new());
    assert_eq!((outcome.response.status, outcome.response.body.as_slice()), (200, &b""[..]));
    assert!(outcome.integration_request.unwrap().is_asynchronous());
}

#[test]
fn a_backend_that_does_not_answer_is_a_gateway_timeout() {
    // "Gateway response types": INTEGRATION_TIMEOUT and INTEGRATION_FAILURE are 504
    let http = r#"{"type": "http", "httpMethod": "GET", "uri": "http://backend.test/", "responses": {"default": {"statusCode": "200"}}}"#;
    for (failure, message) in
        [("timeout", "Endpoint request timed out"), ("connection", "Network error communicating with endpoint")]
    {
        let mut invocation = Invocation::new();
        let outcome = call(http, &MethodRequest::new("GET", "/"), &json!({"failure": failure}), &mut invocation);
        assert_eq!(outcome.response.status, 504);
        assert_eq!(serde_json::from_slice::<Json>(&outcome.response.body).unwrap(), json!({"message": message}));
        assert!(outcome.integration_request.is_some() && outcome.integration_response.is_none());
        assert_eq!(invocation.notes.len(), 1);
    }
}

#[test]
fn a_status_given_as_text_is_an_error_with_a_note() {
    // aws-observed 8.2
    let mock = r#"{"type": "mock", "requestTemplates": {"application/json": "{\"statusCode\": \"200\"}"}, "responses": {"default": {"statusCode": "200"}}}"#;
    let mut invocation = Invocation::new();
    let outcome = call(mock, &MethodRequest::new("GET", "/"), &Json::Null, &mut invocation);
    assert_eq!(outcome.response.status, 500);
    assert!(invocation.notes[0].detail.contains(r#"the status is the string "200""#), "{:?}", invocation.notes);
}

#[test]
fn the_cache_key_holds_the_listed_parameters_only() {
    // "Enabling API caching": `?type=a&department=A` serves `?type=a&department=B`
    let integration = r#"{"type": "mock", "cacheNamespace": "group", "cacheKeyParameters": ["method.request.querystring.type", "method.request.header.H"]}"#;
    let key = |kind: &str, department: &str| {
        let mut request = MethodRequest::new("GET", "/");
        request.querystring.set("type", vec![kind.to_owned()]);
        request.querystring.set("department", vec![department.to_owned()]);
        call(integration, &request, &Json::Null, &mut Invocation::new()).integration_request.unwrap().cache_key
    };
    assert_eq!(key("a", "A"), key("a", "B"));
    assert_ne!(key("a", "A"), key("b", "A"));
    let expected = json!({"namespace": "group", "values": {"method.request.querystring.type": "a", "method.request.header.H": null}});
    assert_eq!(json!(key("a", "A")), expected);
}

#[test]
fn the_backend_is_told_how_to_be_reached() {
    let integration = json!({
        "type": "http", "httpMethod": "GET", "uri": "https://b.test/", "connectionType": "VPC_LINK",
        "connectionId": "${stageVariables.link}", "credentials": "arn:aws:iam::*:user/*", "timeoutInMillis": 700,
        "tlsConfig": {"insecureSkipVerification": true},
    });
    let mut invocation = Invocation::new().stage_variables([("link", "vl-1")]);
    let outcome =
        call(&integration.to_string(), &MethodRequest::new("GET", "/"), &json!({"status": 200}), &mut invocation);
    let expected = json!({
        "credentials": "caller", "connectionType": "VPC_LINK", "connectionId": "vl-1", "timeoutInMillis": 700,
        "tlsConfig": {"insecureSkipVerification": true},
    });
    assert_eq!(json!(outcome.integration_request.unwrap().settings), expected);
}

#[test]
fn the_log_reads_as_the_console_s() {
    let method: Method = serde_json::from_value(json!({
        "httpMethod": "POST", "path": "/pets/{id}",
        "integration": {
            "type": "http", "httpMethod": "PUT", "uri": "http://backend.test/{id}",
            "requestParameters": {
                "integration.request.path.id": "method.request.path.id",
                "integration.request.querystring.q": "method.request.querystring.q",
            },
            "requestTemplates": {"application/json": "{\"in\": $input.json('$.a')}"},
            "responses": {"default": {"statusCode": "200", "responseTemplates": {"application/json": "out"}}},
        },
    }))
    .unwrap();
    let mut request = MethodRequest::new("POST", "/pets/7");
    request.path_parameters.set("id", "7".to_owned());
    request.querystring.set("q", vec!["a b".to_owned()]);
    request.headers.add("X-A", "1");
    request.headers.add("X-B", "2");
    request.body = br#"{"a": 1}"#.to_vec();
    let mut backend: Replay =
        serde_json::from_value(json!({"status": 200, "headers": {"E": "f"}, "body": "raw"})).unwrap();
    let log = |backend: &mut Replay| {
        let now = UNIX_EPOCH + Duration::from_secs(1_514_265_475);
        let mut invocation =
            Invocation::new().request_id("r-1").clock(now).context(json!({"apiId": "a1", "extendedRequestId": "x="}));
        PreparedMethod::new(&Api::default(), &method).invoke(&request, Some(backend), &mut invocation);
        invocation.log.to_string()
    };
    let first = log(&mut backend);
    assert_eq!(first, log(&mut backend));
    let trace = first.split("X-Amzn-Trace-Id=").nth(1).unwrap().split([',', '}']).next().unwrap();
    let lines: Vec<_> = first.lines().map(|line| line.trim_start_matches("Tue Dec 26 05:17:55 UTC 2017 : ")).collect();
    let agent = "User-Agent=AmazonAPIGateway_a1";
    assert_eq!(
        lines,
        [
            "Execution log for request r-1",
            "Starting execution for request: r-1",
            "HTTP Method: POST, Resource Path: /pets/{id}",
            "Method request path: {id=7}",
            "Method request query string: {q=a b}",
            "Method request headers: {X-B=2, X-A=1}",
            r#"Method request body before transformations: {"a": 1}"#,
            "Endpoint request URI: http://backend.test/7?q=a%20b",
            &format!(
                "Endpoint request headers: {{x-amzn-apigateway-api-id=a1, Accept=application/json, {agent}, X-Amzn-Trace-Id={trace}, Content-Type=application/json}}"
            ),
            r#"Endpoint request body after transformations: {"in": 1}"#,
            "Sending request to http://backend.test/7?q=a%20b",
            "Received response. Status: 200, Integration latency: 0 ms",
            "Endpoint response headers: {E=f}",
            "Endpoint response body before transformations: raw",
            "Method response body after transformations: out",
            &format!("Method response headers: {{X-Amzn-Trace-Id={trace}, Content-Type=application/json}}"),
            "Successfully completed execution",
            "Method completed with status: 200",
        ]
    );
}

#[test]
fn a_list_names_no_status() {
    let mock = r#"{"type": "mock", "requestTemplates": {"application/json": "[200]"}, "responses": {"default": {"statusCode": "200"}}}"#;
    let outcome = call(mock, &MethodRequest::new("GET", "/"), &Json::Null, &mut Invocation::new());
    assert_eq!(outcome.response.status, 500);
}

#[test]
fn steps_stand_alone() {
    let method: Method =
        serde_json::from_value(json!({"integration": serde_json::from_str::<Json>(OFFICIAL).unwrap()})).unwrap();
    let prepared = PreparedMethod::new(&Api::default(), &method);
    let mut invocation = Invocation::new();
    let request = MethodRequest::new("POST", "/").with_body(br#"{"name":"n","key":"k"}"#);
    let received = prepared.receive(&request, &mut invocation).into_owned();
    prepared.validate(&received, &mut invocation).unwrap();
    let sent = prepared.request(&received, &mut invocation).unwrap();
    assert_eq!(sent.body, br#" { "stage": "n", "user-id": "k" }"#);
    let mut backend: Replay =
        serde_json::from_value(json!({"lambda": {"payload": {"errorMessage": "200", "name": "x"}}})).unwrap();
    let answered = prepared.send(&sent, Some(&mut backend), &mut invocation).unwrap();
    let response = prepared.respond(&received, &answered, &mut invocation).unwrap();
    assert_eq!((response.status, response.body.as_slice()), (200, &br#" { "stage": "x", "user-id": "" }"#[..]));
}

fn check(case: &Json) -> Result<(), String> {
    let mut api = case.get("api").cloned().unwrap_or_else(|| json!({}));
    let mut method = api["method"].take();
    if method.is_null() {
        method = json!({});
    }
    method["integration"] = case["integration"].clone();
    let api: Api = serde_json::from_value(api).map_err(|error| format!("api: {error}"))?;
    let method: Method = serde_json::from_value(method).map_err(|error| format!("method: {error}"))?;
    let request: MethodRequest = serde_json::from_value(case["request"].clone()).map_err(|error| error.to_string())?;
    let mut backend: Option<Replay> =
        serde_json::from_value(case["backend"].clone()).map_err(|error| error.to_string())?;
    let variables: BTreeMap<String, String> = serde_json::from_value(case["stageVariables"].clone()).unwrap();

    let mut invocation = Invocation::new().context(case["context"].clone()).stage_variables(variables);
    let backend = backend.as_mut().map(|replay| replay as &mut dyn Backend);
    let outcome = PreparedMethod::new(&api, &method).invoke(&request, backend, &mut invocation);

    let expect = &case["expect"];
    let checked = check_response(&expect["response"], &outcome.response).and_then(|()| {
        match (expect.get("integrationRequest"), &outcome.integration_request) {
            (None | Some(Json::Null), _) => Ok(()),
            (Some(_), None) => Err("the backend was not called".to_owned()),
            (Some(expected), Some(sent)) => check_request(expected, sent),
        }
    });
    checked.map_err(|why| format!("{why}\n{}", invocation.log))
}
