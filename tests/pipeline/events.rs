//! Events of functions beside recorded ones.

use serde_json::{Value as Json, json};
use vtl::pipeline::call::{Authorizer, Replay};
use vtl::pipeline::http::{http_event_1, http_event_2};
use vtl::pipeline::rest::lambda_event;
use vtl::pipeline::websocket::{EventType, SocketRequest};
use vtl::pipeline::{Api, Invocation, MethodRequest, PreparedApi};

/// Recorded in July 2026 (github.com/hotsock/voker, vokerhttp/testdata): the path is decoded, the query is as it was
/// sent, the length of the body is among the headers (aws-observed 18.9).
#[test]
fn the_path_of_http_events_is_decoded_and_the_query_as_sent() {
    let mut request = MethodRequest::new("POST", "/capture/space%20value/%C3%A9%2Fslash").with_body("{}");
    request.add_query_string("literalPlus=a+b&space=a%20b&flag");
    let invocation = Invocation::new().context(json!({"stage": "$default"}));
    let event = http_event_2(&request, "$default", &invocation);
    assert_eq!(event["rawPath"], "/capture/space value/é/slash");
    assert_eq!(event["requestContext"]["http"]["path"], "/capture/space value/é/slash");
    assert_eq!(event["rawQueryString"], "literalPlus=a+b&space=a%20b&flag");
    assert_eq!(event["queryStringParameters"], json!({"literalPlus": "a b", "space": "a b", "flag": ""}));
    assert_eq!(event["headers"]["content-length"], "2");

    let event = http_event_1(&request, "$default", &invocation);
    assert_eq!(event["path"], "/capture/space value/é/slash");
    assert_eq!(event["headers"]["Content-Length"], "2");
}

/// Recorded in July 2026 (hotsock/voker, vokerhttp/testdata/ingress-paths.json): the path is decoded twice, and cut at a
/// `?` that the first time gives.
#[test]
fn the_path_of_http_events_is_decoded_twice() {
    let api: Api = serde_json::from_value(json!({"protocol": "HTTP", "methods": [{"routeKey": "$default", "integration": {
        "type": "aws_proxy", "httpMethod": "POST", "payloadFormatVersion": "2.0", "uri": "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:1:function:F/invocations"}}]}))
    .unwrap();
    let api = PreparedApi::new(&api);
    for (sent, seen) in [
        ("/capture/plain", Some("/capture/plain")),
        ("/capture/space%20value", Some("/capture/space value")),
        ("/capture/question%3Fvalue", Some("/capture/question")),
        ("/capture/percent%25done", None),
        ("/capture/hash%23value", Some("/capture/hash#value")),
        ("/capture/slash%2Fvalue", Some("/capture/slash/value")),
        ("/capture/unicode-%CE%BB-%E4%B8%96%E7%95%8C", Some("/capture/unicode-λ-世界")),
        ("/capture/literal%252Fvalue", Some("/capture/literal/value")),
        ("/capture/literal%253Fvalue", Some("/capture/literal?value")),
        ("/capture/literal%2525value", Some("/capture/literal%value")),
    ] {
        let mut backend: Replay = serde_json::from_value(json!({"lambda": {"payload": {"statusCode": 200}}})).unwrap();
        let outcome = api.handle(MethodRequest::new("GET", sent), Some(&mut backend), &mut Invocation::new());
        let event = outcome.integration_request.map(|request| serde_json::from_slice::<Json>(&request.body).unwrap());
        let path = event.as_ref().map(|event| event["rawPath"].as_str().unwrap());
        assert_eq!((path, outcome.response.status), (seen, if seen.is_some() { 200 } else { 400 }), "{sent}");
    }
}

/// A request that was made from parameters has no query as sent: they are percent-encoded.
#[test]
fn a_query_of_parameters_is_encoded() {
    let request = MethodRequest::new("GET", "/").with_query("q", "a b");
    let event = http_event_2(&request, "$default", &Invocation::new());
    assert_eq!(event["rawQueryString"], "q=a%20b");
}

/// Checks the trace id of a request that the client sent without one: the root alone, in REST events too
/// (aws-observed 18.9).
#[test]
fn a_trace_that_the_client_did_not_start_is_its_root() {
    let roots = |request: &MethodRequest| -> Vec<Json> {
        let invocation = Invocation::new();
        vec![
            http_event_2(request, "$default", &invocation)["headers"]["x-amzn-trace-id"].clone(),
            http_event_1(request, "$default", &invocation)["headers"]["X-Amzn-Trace-Id"].clone(),
            lambda_event(request, "/", false, &invocation)["headers"]["X-Amzn-Trace-Id"].clone(),
        ]
    };
    for trace in roots(&MethodRequest::new("GET", "/")) {
        let trace = trace.as_str().unwrap();
        assert!(trace.starts_with("Root=1-") && !trace.contains(';'), "{trace}");
    }
}

/// A recorded event of format 1.0 (August 2022, API x4nbaf67j9): `curl` over HTTP/2 with a body, stage `sandbox`.
#[test]
fn an_event_of_format_1_is_the_recorded_one() {
    let request = MethodRequest::new("POST", "/data_recorder_01")
        .with_header("host", "x4nbaf67j9.execute-api.eu-central-1.amazonaws.com")
        .with_header("user-agent", "curl/7.68.0")
        .with_header("accept", "*/*")
        .with_header("content-type", "application/json")
        .with_body(r#"{"Message": "Test123"}"#);
    let context = json!({
        "accountId": "000000000000", "apiId": "x4nbaf67j9", "stage": "sandbox", "requestId": "XKVA0jtIliAEPtA=",
        "requestTime": "20/Aug/2022:12:08:49 +0000", "requestTimeEpoch": 1_660_997_329_897_u64,
        "identity": {"sourceIp": "192.0.2.7"}});
    let event = sent("ANY /data_recorder_01", "1.0", request, context);
    let expected = r#"{"version":"1.0","resource":"/data_recorder_01","path":"/sandbox/data_recorder_01","httpMethod":"POST",
        "headers":{"Content-Length":"22","Content-Type":"application/json","Host":"x4nbaf67j9.execute-api.eu-central-1.amazonaws.com",
        "User-Agent":"curl/7.68.0","X-Amzn-Trace-Id":"Root=TRACE","X-Forwarded-For":"192.0.2.7","X-Forwarded-Port":"443",
        "X-Forwarded-Proto":"https","accept":"*/*"},
        "multiValueHeaders":{"Content-Length":["22"],"Content-Type":["application/json"],
        "Host":["x4nbaf67j9.execute-api.eu-central-1.amazonaws.com"],"User-Agent":["curl/7.68.0"],
        "X-Amzn-Trace-Id":["Root=TRACE"],"X-Forwarded-For":["192.0.2.7"],"X-Forwarded-Port":["443"],
        "X-Forwarded-Proto":["https"],"accept":["*/*"]},
        "queryStringParameters":null,"multiValueQueryStringParameters":null,
        "requestContext":{"accountId":"000000000000","apiId":"x4nbaf67j9",
        "domainName":"x4nbaf67j9.execute-api.eu-central-1.amazonaws.com","domainPrefix":"x4nbaf67j9",
        "extendedRequestId":"XKVA0jtIliAEPtA=","httpMethod":"POST","identity":{"accessKey":null,"accountId":null,"caller":null,
        "cognitoAmr":null,"cognitoAuthenticationProvider":null,"cognitoAuthenticationType":null,"cognitoIdentityId":null,
        "cognitoIdentityPoolId":null,"principalOrgId":null,"sourceIp":"192.0.2.7","user":null,"userAgent":"curl/7.68.0","userArn":null},
        "path":"/sandbox/data_recorder_01","protocol":"HTTP/1.1","requestId":"XKVA0jtIliAEPtA=",
        "requestTime":"20/Aug/2022:12:08:49 +0000","requestTimeEpoch":1660997329897,"resourceId":"ANY /data_recorder_01",
        "resourcePath":"/data_recorder_01","stage":"sandbox"},
        "pathParameters":null,"stageVariables":null,"body":"{\"Message\": \"Test123\"}","isBase64Encoded":false}"#;
    same(&event, expected);
}

/// Recorded events of format 2.0 (February 2022, API 9pyofn5yi9; November 2023, API a3jp3ewyog): what is empty is left
/// out, and there is no `authentication`.
#[test]
fn an_event_of_format_2_is_the_recorded_one() {
    let request = MethodRequest::new("POST", "/handler/pero")
        .with_header("host", "9pyofn5yi9.execute-api.eu-central-1.amazonaws.com")
        .with_header("user-agent", "curl/7.77.0")
        .with_header("accept", "*/*");
    let context = json!({
        "accountId": "052548195718", "apiId": "9pyofn5yi9", "requestId": "NILjoi6FFiAEJ6A=",
        "requestTime": "06/Feb/2022:16:10:11 +0000", "requestTimeEpoch": 1_644_163_811_849_u64,
        "identity": {"sourceIp": "93.136.72.29"}});
    let event = sent("ANY /handler/{proxy+}", "2.0", request, context);
    let expected = r#"{"version":"2.0","routeKey":"ANY /handler/{proxy+}","rawPath":"/handler/pero","rawQueryString":"",
        "headers":{"accept":"*/*","content-length":"0","host":"9pyofn5yi9.execute-api.eu-central-1.amazonaws.com",
        "user-agent":"curl/7.77.0","x-amzn-trace-id":"Root=TRACE","x-forwarded-for":"93.136.72.29",
        "x-forwarded-port":"443","x-forwarded-proto":"https"},
        "requestContext":{"accountId":"052548195718","apiId":"9pyofn5yi9",
        "domainName":"9pyofn5yi9.execute-api.eu-central-1.amazonaws.com","domainPrefix":"9pyofn5yi9",
        "http":{"method":"POST","path":"/handler/pero","protocol":"HTTP/1.1","sourceIp":"93.136.72.29","userAgent":"curl/7.77.0"},
        "requestId":"NILjoi6FFiAEJ6A=","routeKey":"ANY /handler/{proxy+}","stage":"$default",
        "time":"06/Feb/2022:16:10:11 +0000","timeEpoch":1644163811849},
        "pathParameters":{"proxy":"pero"},"isBase64Encoded":false}"#;
    same(&event, expected);
}

/// Recorded in January 2024 (aws/aws-lambda-go, events/testdata/apigw-websocket-request-disconnect.json and
/// apigw-websocket-request-send-message.json).
#[test]
fn events_of_connections_are_the_recorded_ones() {
    let integration = json!({"type": "aws_proxy", "httpMethod": "POST", "uri": FUNCTION});
    let api: Api = serde_json::from_value(json!({"protocol": "WEBSOCKET", "methods": [
        {"routeKey": "$default", "integration": integration}, {"routeKey": "$disconnect", "integration": integration}]}))
    .unwrap();
    let api = PreparedApi::new(&api);
    let sent = |request: SocketRequest, context: Json| {
        let mut backend: Replay = serde_json::from_value(json!({"lambda": {"payload": {"statusCode": 200}}})).unwrap();
        let outcome = api.handle_message(request, Some(&mut backend), &mut Invocation::new().context(context));
        String::from_utf8(outcome.integration_request.unwrap().body).unwrap()
    };
    let context = |id: &str, time: &str, epoch: u64| {
        json!({"requestId": id, "requestTime": time, "requestTimeEpoch": epoch, "stage": "prod", "apiId": "gy415nuibc",
            "connectedAt": 1_705_751_697_419_u64, "identity": {"userAgent": "Mozilla/5.0", "sourceIp": "49.105.91.154"},
            "domainName": "dl7ptocha9.execute-api.ap-northeast-1.amazonaws.com", "connectionId": "R1kmxc2VNjMCFIA=",
            "messageId": "R1knPc2ntjMCFIA=", "disconnectStatusCode": 1001, "disconnectReason": ""})
    };
    let message = sent(
        SocketRequest::message("{\r\n\t\"a\": 1\r\n}"),
        context("R1knPH17NjMFftw=", "20/Jan/2024:11:55:00 +0000", 1_705_751_700_453),
    );
    let expected = r#"{"requestContext":{"routeKey":"$default","messageId":"R1knPc2ntjMCFIA=","eventType":"MESSAGE","extendedRequestId":"R1knPH17NjMFftw=","requestTime":"20/Jan/2024:11:55:00 +0000","messageDirection":"IN","stage":"prod","connectedAt":1705751697419,"requestTimeEpoch":1705751700453,"identity":{"userAgent":"Mozilla/5.0","sourceIp":"49.105.91.154"},"requestId":"R1knPH17NjMFftw=","domainName":"dl7ptocha9.execute-api.ap-northeast-1.amazonaws.com","connectionId":"R1kmxc2VNjMCFIA=","apiId":"gy415nuibc"},"body":"{\r\n\t\"a\": 1\r\n}","isBase64Encoded":false}"#;
    assert_eq!(message, expected);

    let closed = sent(
        SocketRequest::new(EventType::Disconnect),
        context("R1koeHsUtjMFbRw=", "20/Jan/2024:11:55:08 +0000", 1_705_751_708_326),
    );
    let expected = r#"{"requestContext":{"routeKey":"$disconnect","disconnectStatusCode":1001,"eventType":"DISCONNECT","extendedRequestId":"R1koeHsUtjMFbRw=","requestTime":"20/Jan/2024:11:55:08 +0000","messageDirection":"IN","disconnectReason":"","stage":"prod","connectedAt":1705751697419,"requestTimeEpoch":1705751708326,"identity":{"userAgent":"Mozilla/5.0","sourceIp":"49.105.91.154"},"requestId":"R1koeHsUtjMFbRw=","domainName":"dl7ptocha9.execute-api.ap-northeast-1.amazonaws.com","connectionId":"R1kmxc2VNjMCFIA=","apiId":"gy415nuibc"},"isBase64Encoded":false}"#;
    assert_eq!(closed, expected);
}

/// Recorded in July 2022 and June 2020 (APIs 8t7m526y4i and 2v6hkfr3x0): the order of `requestContext`, the authorizer
/// behind the resource.
#[test]
fn the_context_of_rest_events_is_in_the_recorded_order() {
    let answer = json!({"principalId": "apigateway.amazonaws.com", "policyDocument": {"Statement": [
        {"Action": "*", "Effect": "Allow", "Resource": "*"}]}});
    let integration = json!({"type": "aws_proxy", "httpMethod": "POST", "uri": FUNCTION});
    let api: Api = serde_json::from_value(json!({"methods": [
        {"httpMethod": "GET", "path": "/orders", "integration": integration}]}))
    .unwrap();
    let mut backend: Replay = serde_json::from_value(json!({"lambda": {"payload": {}}})).unwrap();
    let mut invocation = Invocation::new().authorizer(Authorizer::lambda(answer));
    let request = MethodRequest::new("GET", "/orders");
    let outcome = PreparedApi::new(&api).handle(request, Some(&mut backend), &mut invocation);
    let event: Json = serde_json::from_slice(&outcome.integration_request.unwrap().body).unwrap();
    let keys: Vec<&str> = event["requestContext"].as_object().unwrap().keys().map(String::as_str).collect();
    let recorded = [
        "resourceId",
        "authorizer",
        "resourcePath",
        "httpMethod",
        "extendedRequestId",
        "requestTime",
        "path",
        "accountId",
        "protocol",
        "stage",
        "domainPrefix",
        "requestTimeEpoch",
        "requestId",
        "identity",
        "domainName",
    ];
    assert_eq!(keys[..recorded.len()], recorded);
    let authorizer = json!({"principalId": "apigateway.amazonaws.com", "integrationLatency": 0});
    assert_eq!(event["requestContext"]["authorizer"], authorizer);
    assert_eq!((&event["path"], &event["requestContext"]["path"]), (&json!("/orders"), &json!("/orders")));
}

const FUNCTION: &str =
    "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:1:function:f/invocations";

/// Returns the event that a function behind a route of an HTTP API receives.
fn sent(key: &str, version: &str, request: MethodRequest, context: Json) -> String {
    let (method, path) = key.split_once(' ').unwrap();
    let api: Api = serde_json::from_value(json!({"protocol": "HTTP", "methods": [{"httpMethod": method, "path": path,
        "integration": {"type": "aws_proxy", "uri": FUNCTION, "payloadFormatVersion": version}}]}))
    .unwrap();
    let mut backend: Replay = serde_json::from_value(json!({"lambda": {"payload": {}}})).unwrap();
    let mut invocation = Invocation::new().context(context);
    let outcome = PreparedApi::new(&api).handle(request, Some(&mut backend), &mut invocation);
    String::from_utf8(outcome.integration_request.unwrap().body).unwrap()
}

/// Compares an event with a recorded one that is broken into lines, the order of keys included. The id of the trace
/// differs.
#[track_caller]
fn same(event: &str, recorded: &str) {
    let recorded: String = recorded.lines().map(str::trim_start).collect();
    let traces = event.split("Root=").skip(1).filter_map(|rest| rest.split('"').next());
    let event = traces.fold(event.to_owned(), |event, trace| event.replace(trace, "TRACE"));
    assert_eq!(event, recorded);
}
