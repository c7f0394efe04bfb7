//! The execution log, word by word, beside logs that people pasted.

use serde_json::{Value as Json, json};
use vtl::pipeline::call::Replay;
use vtl::pipeline::{Api, Backend, IntegrationRequest, Invocation, Method, MethodRequest, PreparedMethod, Route};

/// The log's lines and the integration request of one call.
fn run(integration: Json, request: &MethodRequest, backend: Json) -> (Vec<String>, Option<IntegrationRequest>) {
    let method: Method = serde_json::from_value(json!({"integration": integration})).unwrap();
    let mut backend: Replay = serde_json::from_value(backend).unwrap();
    let mut invocation = Invocation::new();
    let prepared = PreparedMethod::new(&Api::default(), &method);
    let outcome = prepared.invoke(request, Some(&mut backend as &mut dyn Backend), &mut invocation);
    (invocation.log.lines().map(str::to_owned).collect(), outcome.integration_request)
}

fn has(lines: &[String], wanted: &str) {
    assert!(lines.iter().any(|line| line == wanted), "{wanted}\n{lines:#?}");
}

fn names(line: &str) -> Vec<&str> {
    line.split_once('{')
        .unwrap()
        .1
        .trim_end_matches('}')
        .split(", ")
        .filter_map(|part| part.split('=').next())
        .collect()
}

const FUNCTION: &str = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:f/invocations";

/// Recorded in October 2016 (github.com/rotemtam/serverless-aws-logs-parser, tests/mocks/file.mock.js): 19 names,
/// and in February 2019 (the tests of the npm package aws-api-gateway-log-parser): 15.
#[test]
fn maps_are_printed_in_the_order_of_a_hash_map() {
    for recorded in [
        "Origin Accept CloudFront-Viewer-Country CloudFront-Forwarded-Proto CloudFront-Is-Tablet-Viewer \
         CloudFront-Is-Mobile-Viewer User-Agent X-Forwarded-Proto CloudFront-Is-SmartTV-Viewer Host Accept-Encoding \
         X-Forwarded-Port Via x-api-key X-Amz-Cf-Id X-Forwarded-For Postman-Token Accept-Language \
         CloudFront-Is-Desktop-Viewer",
        "Accept CloudFront-Viewer-Country CloudFront-Forwarded-Proto CloudFront-Is-Tablet-Viewer \
         CloudFront-Is-Mobile-Viewer User-Agent X-Forwarded-Proto CloudFront-Is-SmartTV-Viewer Host X-Forwarded-Port \
         X-Amzn-Trace-Id Via X-Amz-Cf-Id X-Forwarded-For CloudFront-Is-Desktop-Viewer",
    ] {
        let recorded: Vec<&str> = recorded.split_whitespace().collect();
        let mut sent = recorded.clone();
        // Names of one bucket keep the order in which they came, which nobody recorded: the others are mixed.
        sent.sort_by_key(|name| name.len());
        let places = |names: &[&str]| {
            let at = |name: &str| names.iter().position(|own| *own == name).unwrap();
            ["Origin", "Accept", "Host", "X-Forwarded-Port", "Via", "CloudFront-Is-Desktop-Viewer"]
                .into_iter()
                .filter(|name| names.contains(name))
                .map(|name| (at(name), name))
                .collect::<Vec<_>>()
        };
        let mut request = MethodRequest::new("GET", "/");
        request.headers = sent.iter().map(|name| (*name, "v")).collect();
        let (lines, _) = run(json!({"type": "mock"}), &request, json!({"status": 200}));
        let line = lines.iter().find(|line| line.starts_with("Method request headers: ")).unwrap();
        assert_eq!(places(&names(line)), places(&recorded), "{line}");
    }
    // Recorded in June 2020: the headers of a call through a VPC link.
    let http = json!({"type": "http_proxy", "httpMethod": "GET", "uri": "http://b.test/"});
    let mut request = MethodRequest::new("GET", "/");
    request.headers.add("Host", "b.test");
    request.headers.add("User-Agent", "AmazonAPIGateway_a");
    let (lines, _) = run(http, &request, json!({"status": 200}));
    let line = lines.iter().find(|line| line.starts_with("Method request headers: ")).unwrap();
    assert_eq!(names(line), ["User-Agent", "Host"]);
}

/// Checks a request without body and with an API key: `null`, and the last six characters of the key
/// (aws-observed 18.4).
#[test]
fn a_request_without_body_has_null_and_secrets_are_masked() {
    let mut request = MethodRequest::new("POST", "/");
    request.headers.add("x-api-key", "0123456789bMZHBg");
    let (lines, _) = run(json!({"type": "mock"}), &request, json!({"status": 200}));
    has(&lines, "Method request body before transformations: null");
    has(&lines, "Method request headers: {x-api-key=**********bMZHBg}");
}

/// Checks the end of a long line: 1,024 characters, a blank and `[TRUNCATED]` (aws-observed 18.6).
#[test]
fn a_long_line_is_cut() {
    let mut request = MethodRequest::new("POST", "/");
    request.body = format!("\"{}\"", "x".repeat(2000)).into_bytes();
    let (lines, _) = run(json!({"type": "mock"}), &request, json!({"status": 200}));
    let line = lines.iter().find(|line| line.starts_with("Method request body before transformations: ")).unwrap();
    assert_eq!((line.len(), line.ends_with("x [TRUNCATED]")), (1024 + " [TRUNCATED]".len(), true));
}

/// Recorded in October 2016, February 2022 and March 2025: the endpoint in place of the ARN, the words of a failed
/// function and of a malformed result, and nothing of the gateway's own answer.
#[test]
fn a_function_is_named_by_its_endpoint() {
    let proxy = json!({"type": "AWS_PROXY", "httpMethod": "POST", "uri": FUNCTION});
    let request = MethodRequest::new("GET", "/t");
    let url = "https://lambda.us-east-1.amazonaws.com/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:f/invocations";

    let failed = json!({"lambda": {"payload": {"errorMessage": "no attribute x", "errorType": "AttributeError",
        "requestId": "r", "stackTrace": []}, "functionError": "Unhandled"}});
    let (lines, sent) = run(proxy.clone(), &request, failed);
    has(&lines, &format!("Endpoint request URI: {url}"));
    has(&lines, &format!("Sending request to {url}"));
    assert_eq!(sent.unwrap().url(), url);
    let end =
        "Lambda execution failed with status 200 due to customer function error: no attribute x. Lambda request id: r";
    assert_eq!(lines[lines.len() - 2..], [end, "Method completed with status: 502"]);

    let (lines, _) = run(proxy, &request, json!({"lambda": {"payload": "plain words"}}));
    let end = "Execution failed due to configuration error: Malformed Lambda proxy response";
    assert_eq!(lines[lines.len() - 2..], [end, "Method completed with status: 502"]);
}

/// Pasted logs (aws-observed 18.5): a template that does not parse, one that fails, a binary body; no detail.
#[test]
fn a_failed_template_is_told_without_detail() {
    let aws = |template: &str| json!({"type": "aws", "httpMethod": "POST", "uri": FUNCTION, "requestTemplates": {"application/json": template}});
    for template in ["#if(", "$input.body.substring(9)"] {
        let request = MethodRequest::new("POST", "/").with_body("{}");
        let (lines, _) = run(aws(template), &request, json!({"status": 200}));
        let end = "Execution failed due to configuration error: Unable to transform request";
        assert_eq!(lines[lines.len() - 2..], [end, "Method completed with status: 500"], "{template}");
    }
    let binary = MethodRequest::new("POST", "/").with_body(vec![0xFF, 0xFE]);
    let (lines, _) = run(aws("$input.body"), &binary, json!({"status": 200}));
    has(&lines, "Method request body before transformations: [Binary Data]");
    let response = json!({"type": "http", "httpMethod": "GET", "uri": "http://b.test/",
        "responses": {"default": {"statusCode": "200", "responseTemplates": {"application/json": "#if("}}}});
    let (lines, _) = run(response, &MethodRequest::new("GET", "/"), json!({"status": 200}));
    has(&lines, "Execution failed due to configuration error: Unable to transform response");
}

/// The log of a lab (aws-observed 18.6, 18.7): the action first, the header that names it, and what Java says of a
/// blank in its name.
#[test]
fn an_action_stands_in_the_query_as_it_was_written() {
    let item = |action: &str| {
        json!({"type": "AWS", "httpMethod": "POST", "uri": format!("arn:aws:apigateway:us-east-1:dynamodb:action/{action}"),
            "requestParameters": {"integration.request.querystring.color": "method.request.querystring.color"},
            "responses": {"default": {"statusCode": "200"}}})
    };
    let mut request = MethodRequest::new("POST", "/");
    request.querystring.set("color", vec!["light green".to_owned()]);
    let (lines, sent) = run(item("GetItem"), &request, json!({"status": 200}));
    let url = "https://dynamodb.us-east-1.amazonaws.com/?Action=GetItem&color=light%20green";
    has(&lines, &format!("Endpoint request URI: {url}"));
    has(&lines, &format!("Sending request to {url}"));
    let sent = sent.unwrap();
    assert_eq!(sent.headers.get("X-Amz-Target"), Some("DynamoDB_20120810.GetItem"));
    assert_eq!(sent.uri, "arn:aws:apigateway:us-east-1:dynamodb:action/GetItem");

    let (lines, sent) = run(item(" GetItem"), &request, json!({"status": 200}));
    assert!(sent.is_none());
    let end = "Execution failed due to configuration error: Illegal character in query at index 49: \
               https://dynamodb.us-east-1.amazonaws.com/?Action= GetItem&color=light%20green";
    assert_eq!(lines[lines.len() - 2..], [end, "Method completed with status: 500"]);
}

/// Recorded (aws-observed 18.6): the ids that every answer carries are not among the logged headers. In January 2019:
/// `{X-Amzn-Trace-Id=…, Content-Type=application/json}`.
#[test]
fn the_ids_of_the_answer_are_not_logged() {
    let function =
        json!({"type": "aws", "httpMethod": "POST", "uri": FUNCTION, "responses": {"default": {"statusCode": "200"}}});
    let (lines, _) = run(function, &MethodRequest::new("POST", "/"), json!({"lambda": {"payload": {}}}));
    let line = lines.iter().find(|line| line.starts_with("Method response headers: ")).unwrap();
    assert_eq!(names(line), ["X-Amzn-Trace-Id", "Content-Type"]);
}

/// The log of "Tutorial: Create a REST API with a Lambda non-proxy integration" (August 2017), line by line; the status
/// of the backend and its headers before its body are of 2019 and later. Headers that signing adds are left out.
#[test]
fn the_log_of_the_tutorial() {
    let api = json!({"models": {"Input": {"type": "object", "properties": {"callerName": {"type": "string"}}}}});
    let integration = json!({"type": "aws", "httpMethod": "POST", "uri": FUNCTION, "requestTemplates": {"application/json":
        "#set($body = $input.path('$'))\n{\n\"city\": \"$input.params('city')\",\n\"time\": \"$input.params('time')\",\n\"day\": \"$input.params('day')\",\n\"name\" : \"$body.callerName\"\n}"},
        "responses": {"default": {"statusCode": "200"}}});
    let method = json!({"httpMethod": "POST", "path": "/{city}", "requestModels": {"application/json": "Input"},
        "requestValidator": {"validateRequestBody": true, "validateRequestParameters": true}, "integration": integration});
    let mut request = MethodRequest::new("POST", "/Seattle").with_header("day", "Wednesday");
    request.path_parameters.set("city", "Seattle".to_owned());
    request.add_query_string("time=morning");
    request.body = br#"{ "callerName": "John" }"#.to_vec();
    let answer = json!({"lambda": {"payload": {"greeting": "Good morning, John of Seattle. Happy Wednesday!"}}});
    let mut backend: Replay = serde_json::from_value(answer).unwrap();
    let mut invocation = Invocation::new();
    let prepared = PreparedMethod::new(&serde_json::from_value(api).unwrap(), &serde_json::from_value(method).unwrap());
    prepared.invoke(&request, Some(&mut backend as &mut dyn Backend), &mut invocation);
    let lines: Vec<&str> = invocation
        .log
        .lines()
        .filter(|line| !line.starts_with("Endpoint request headers") && !line.contains("response headers"))
        .collect();
    let uri = "https://lambda.us-east-1.amazonaws.com/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:f/invocations";
    let expected = [
        "Starting execution for request: test-invoke-request",
        "HTTP Method: POST, Resource Path: /{city}",
        "Method request path: {city=Seattle}",
        "Method request query string: {time=morning}",
        "Method request headers: {day=Wednesday}",
        r#"Method request body before transformations: { "callerName": "John" }"#,
        "Request validation succeeded for content type application/json",
        &format!("Endpoint request URI: {uri}"),
        "Endpoint request body after transformations: {\n\"city\": \"Seattle\",\n\"time\": \"morning\",\n\"day\": \"Wednesday\",\n\"name\" : \"John\"\n}",
        &format!("Sending request to {uri}"),
        "Received response. Status: 200, Integration latency: 0 ms",
        r#"Endpoint response body before transformations: {"greeting":"Good morning, John of Seattle. Happy Wednesday!"}"#,
        r#"Method response body after transformations: {"greeting":"Good morning, John of Seattle. Happy Wednesday!"}"#,
        "Successfully completed execution",
        "Method completed with status: 200",
    ];
    assert_eq!(lines, expected);
}
