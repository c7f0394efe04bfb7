//! The variables of `$context` that a whole call fills.

use serde_json::{Value as Json, json};
use std::time::{Duration, UNIX_EPOCH};
use vtl::pipeline::websocket::{EventType, SocketRequest};
use vtl::pipeline::{Api, Invocation, MethodRequest, PreparedApi};

fn mock(template: &str) -> Json {
    json!({"type": "mock", "requestTemplates": {"application/json": "{\"statusCode\": 200}"},
        "responses": {"default": {"statusCode": "200", "responseTemplates": {"application/json": template}}}})
}

/// Calls `GET` of a path of the resource `/pets/{id}` and returns what the template printed.
fn printed(template: &str, request: MethodRequest, mut invocation: Invocation<'_>) -> String {
    let api = json!({"methods": [{"httpMethod": "GET", "path": "/pets/{id}", "integration": mock(template)}]});
    let api = PreparedApi::new(&serde_json::from_value::<Api>(api).unwrap());
    String::from_utf8(api.handle(request, None, &mut invocation).response.body).unwrap()
}

/// The template of a first-time user, of whose variables most were empty.
const NEWCOMER: &str = "m=$context.httpMethod p=$context.path r=$context.resourcePath id=$context.requestId \
    t=$context.requestTime e=$context.requestTimeEpoch st=$context.stage api=$context.apiId \
    acc=$context.accountId ua=$context.identity.userAgent proto=$context.protocol dom=$context.domainName";

/// The values of a call that was told nothing are those of the console's test: stage, domain and a path without
/// stage as in its events (recorded in 2020 and 2023: `test-invoke-stage`, `testPrefix.testDomainName`).
#[test]
fn a_call_that_was_told_nothing_has_all_that_a_call_has() {
    let request = MethodRequest::new("GET", "/pets/7").with_header("User-Agent", "curl/8");
    let clock = UNIX_EPOCH + Duration::from_secs(1_514_265_475);
    let text = printed(NEWCOMER, request, Invocation::new().clock(clock));
    let expected = "m=GET p=/pets/7 r=/pets/{id} id=test-invoke-request \
        t=26/Dec/2017:05:17:55 +0000 e=1514265475000 st=test-invoke-stage api=a1b2c3d4e5 \
        acc=123456789012 ua=curl/8 proto=HTTP/1.1 dom=testPrefix.testDomainName";
    assert_eq!(text, expected);
    let ids = "[$context.extendedRequestId][$context.resourceId][$context.deploymentId][$context.domainPrefix]\
        [$context.identity.sourceIp][$context.identity.userAgent]";
    assert!(!printed(ids, MethodRequest::new("GET", "/pets/7"), Invocation::new()).contains("[]"));
}

#[test]
fn what_is_given_is_kept_and_what_follows_from_it_too() {
    let given = json!({"stage": "beta", "apiId": "abc", "identity": {"sourceIp": "198.51.100.7"}});
    let template = "$context.stage $context.path $context.domainName $context.domainPrefix \
        $context.identity.sourceIp [$context.identity.user] $context.resourceId";
    let of = |path: &str| printed(template, MethodRequest::new("GET", path), Invocation::new().context(given.clone()));
    let first = of("/pets/7");
    let expected = "beta /beta/pets/7 abc.execute-api.us-east-1.amazonaws.com abc 198.51.100.7 [] ";
    assert!(first.starts_with(expected), "{first}");
    assert_eq!(first, of("/pets/7"), "a run is like the other");
    // "Variables for data transformations": the domain should equal the header.
    let request = MethodRequest::new("GET", "/pets/7").with_header("Host", "api.example.com:8443");
    assert_eq!(printed("$context.domainName $context.domainPrefix", request, Invocation::new()), "api.example.com api");
}

/// aws-observed 5.1 and 5.2 (R), in this order.
#[test]
fn the_keys_are_in_the_recorded_order() {
    let template = "$context.keySet()|$context.identity.keySet()";
    let text = printed(template, MethodRequest::new("GET", "/pets/7"), Invocation::new());
    let context = "[resourceId, resourcePath, httpMethod, extendedRequestId, requestTime, path, accountId, protocol, \
        requestOverride, stage, domainPrefix, requestTimeEpoch, requestId, identity, domainName, deploymentId, \
        responseOverride, apiId]";
    let identity = "[cognitoIdentityPoolId, accountId, cognitoIdentityId, caller, sourceIp, principalOrgId, accessKey, \
        cognitoAuthenticationType, cognitoAuthenticationProvider, userArn, userAgent, user]";
    assert_eq!(text, format!("{context}|{identity}"));
}

/// "WebSocket API mapping template reference": the request id is the extended one.
#[test]
fn a_message_has_the_ids_of_its_connection() {
    let template = "$context.eventType $context.routeKey $context.connectionId $context.messageId $context.stage \
        $context.requestId $context.extendedRequestId $context.connectedAt";
    let integration = json!({"type": "mock", "requestTemplates": {"$default": "{\"statusCode\": 200}"},
        "responses": [{"integrationResponseKey": "$default", "responseTemplates": {"$default": template}}]});
    let api = json!({"protocol": "WEBSOCKET", "methods": [
        {"routeKey": "$default", "routeResponse": true, "integration": integration}]});
    let api = PreparedApi::new(&serde_json::from_value::<Api>(api).unwrap());
    let say = |id: &str| {
        let mut invocation = Invocation::new().request_id(id);
        let message = api.handle_message(SocketRequest::message("{}"), None, &mut invocation).response.message;
        String::from_utf8(message.unwrap()).unwrap().split(' ').map(str::to_owned).collect::<Vec<_>>()
    };
    let (one, two) = (say("r-1"), say("r-2"));
    assert_eq!((one[0].as_str(), one[1].as_str(), one[4].as_str()), ("MESSAGE", "$default", "prod"));
    assert_eq!((&one[5], &one[6], one[7].as_str()), (&"r-1".to_owned(), &"r-1".to_owned(), "0"));
    assert!(one[2] == two[2] && one[3] != two[3], "{one:?} {two:?}");
    let opened = api.handle_message(SocketRequest::new(EventType::Connect), None, &mut Invocation::new());
    assert_eq!(opened.response.status, 200);
}

/// A reused invocation knows nothing of the call before.
#[test]
fn calls_one_after_another_are_separate() {
    let api = json!({"methods": [
        {"httpMethod": "GET", "path": "/a", "integration": mock("$context.resourcePath $context.path")},
        {"httpMethod": "GET", "path": "/b/{id}", "integration": mock("$context.resourcePath $context.path")}]});
    let api = PreparedApi::new(&serde_json::from_value::<Api>(api).unwrap());
    let mut invocation = Invocation::new();
    let mut get = |path: &str| api.handle(MethodRequest::new("GET", path), None, &mut invocation).response.body;
    assert_eq!((get("/a"), get("/b/7"), get("/a")), (b"/a /a".into(), b"/b/{id} /b/7".into(), b"/a /a".into()));
}

/// Gateway responses of a call without a route know the call too.
#[test]
fn a_call_without_a_route_has_a_context() {
    let api: Api = serde_json::from_value(json!({"gatewayResponses": {"DEFAULT_4XX": {
        "responseTemplates": {"application/json": "$context.httpMethod $context.path $context.requestId"}}}}))
    .unwrap();
    let mut invocation = Invocation::new().context(json!({"stage": "s", "requestId": "r"}));
    let outcome = PreparedApi::new(&api).handle(MethodRequest::new("PUT", "/x"), None, &mut invocation);
    assert_eq!(outcome.response.body, b"PUT /s/x r");
}
