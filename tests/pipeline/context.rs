//! The variables of `$context` that a whole call fills.

use serde_json::{Value as Json, json};
use std::time::{Duration, UNIX_EPOCH};
use vtl::Code;
use vtl::pipeline::call::{Authorizer, Replay};
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

/// So do calls whose context has all that their templates read, and one that gets another context.
#[test]
fn a_given_context_is_that_of_its_call_alone() {
    let overrides = "#set($context.responseOverride.status = 201)#set($context.responseOverride.header.X-A = 'a')";
    let mut first = mock("$context.stage");
    first["requestTemplates"] = json!({"application/json": format!("{overrides}{{\"statusCode\": 200}}")});
    let api = json!({"methods": [
        {"httpMethod": "GET", "path": "/a", "integration": first},
        {"httpMethod": "GET", "path": "/b", "integration": mock("$context.stage#if($context.responseOverride.status == 201) stale#end")},
        {"httpMethod": "GET", "path": "/c", "integration": mock("$context.stage $context.resourcePath")}]});
    let api = PreparedApi::new(&serde_json::from_value::<Api>(api).unwrap());
    let mut invocation = Invocation::new();
    for (stage, path, status, body) in [
        ("one", "/a", 201, "one"),
        ("two", "/b", 200, "two"),
        ("two", "/c", 200, "two /c"),
        ("two", "/b", 200, "two"),
        ("two", "/a", 201, "two"),
        ("six", "/a", 201, "six"),
        ("six", "/c", 200, "six /c"),
    ] {
        invocation = invocation.context(json!({"stage": stage}));
        let answer = api.handle(MethodRequest::new("GET", path), None, &mut invocation).response;
        assert_eq!((answer.status, String::from_utf8(answer.body).unwrap().as_str()), (status, body), "{path}");
        assert_eq!(answer.headers.get("X-A"), (path == "/a").then_some("a"));
    }
}

/// Nor does a call see overrides that the response template of the call before took back.
#[test]
fn overrides_taken_back_are_those_of_their_call_alone() {
    let shown = "$context.responseOverride.header.keySet() $!context.responseOverride.header.X-A";
    let mut first = mock(&format!("$!context.responseOverride.header.remove('X-A') {shown}"));
    first["requestTemplates"] =
        json!({"application/json": "#set($context.responseOverride.header.X-A = 'a'){\"statusCode\": 200}"});
    let api = json!({"methods": [
        {"httpMethod": "GET", "path": "/a", "integration": first},
        {"httpMethod": "GET", "path": "/b", "integration": mock(shown)}]});
    let api = PreparedApi::new(&serde_json::from_value::<Api>(api).unwrap());
    let fresh = |path: &str| api.handle(MethodRequest::new("GET", path), None, &mut Invocation::new()).response;
    let (a, b) = (fresh("/a"), fresh("/b"));
    assert_eq!((&*a.body, &*b.body), (&b"a [] "[..], &b"[] "[..]));
    let mut invocation = Invocation::new();
    for path in ["/a", "/b", "/a", "/b"] {
        let answer = api.handle(MethodRequest::new("GET", path), None, &mut invocation).response;
        let expected = if path == "/a" { &a } else { &b };
        assert_eq!(
            (answer.status, &answer.body, &answer.headers),
            (expected.status, &expected.body, &expected.headers)
        );
    }
}

/// Templates of one call share the parameters, each those that it reads.
#[test]
fn a_call_has_the_parameters_that_its_templates_read() {
    let call = |first: &str, second: &str| {
        let mut integration = mock(second);
        let first = format!(r#"{{"statusCode": 200, "x": "{first}"}}"#);
        integration["requestTemplates"] = json!({"application/json": first});
        let api = json!({"methods": [{"httpMethod": "GET", "path": "/{id}", "integration": integration}]});
        let request =
            MethodRequest::new("GET", "/7").with_query("q", "a").with_query("Q", "b").with_header("X-Key", "k");
        let api = PreparedApi::new(&serde_json::from_value::<Api>(api).unwrap());
        let outcome = api.handle(request, None, &mut Invocation::new());
        let sent = String::from_utf8(outcome.integration_request.unwrap().body).unwrap();
        (sent.split('"').nth(5).unwrap().to_owned(), String::from_utf8(outcome.response.body).unwrap())
    };
    let is = |first: &str, second: &str| (first.to_owned(), second.to_owned());
    assert_eq!(call("$input.params('q')", "$input.params('id') $input.params('x-key')"), is("a", "7 k"));
    assert_eq!(call("$input.params('Q')", "$input.params('none')$input.params('X-Key')"), is("b", "k"));
    let all = "{path={id=7}, querystring={q=a, Q=b}, header={X-Key=k}}";
    assert_eq!(call("$input.params('q')", "$input.params()"), is("a", all));
    assert_eq!(call("$input.params()", "$input.params('q')"), is(all, "a"));
    let one = "#set($name = 'q')$input.params($name) $input.params().querystring.Q";
    assert_eq!(call("-", one), is("-", "a b"));
}

/// A call fills the variables that its templates read; a gateway response may show the others.
#[test]
fn the_answer_to_a_refusal_shows_variables_that_no_template_reads() {
    let api = json!({
        "gatewayResponses": {"DEFAULT_5XX": {"statusCode": "599", "responseTemplates": {
            "application/json": "$context.stage $context.resourcePath $context.domainName $context.identity.sourceIp"}}},
        "methods": [{"httpMethod": "GET", "path": "/pets/{id}", "integration": {"type": "mock",
            "requestTemplates": {"application/json": "{\"statusCode\": 500, \"is\": \"$context.apiId\"}"},
            "responses": {"2..": {"statusCode": "200"}}}}]});
    let api = PreparedApi::new(&serde_json::from_value::<Api>(api).unwrap());
    let given = json!({"stage": "beta", "identity": {"sourceIp": "198.51.100.7"}});
    let mut invocation = Invocation::new().context(given);
    let answer = api.handle(MethodRequest::new("GET", "/pets/7"), None, &mut invocation).response;
    let expected = "beta /pets/{id} testPrefix.testDomainName 198.51.100.7";
    assert_eq!((answer.status, String::from_utf8(answer.body).unwrap().as_str()), (599, expected));
}

/// A parameter mapping reads the context as a template does.
#[test]
fn a_mapped_header_shows_a_variable_that_no_template_reads() {
    let mut integration = mock("{}");
    integration["responses"]["default"]["responseParameters"] =
        json!({"method.response.header.X-Ip": "context.identity.sourceIp"});
    let api = json!({"methods": [{"httpMethod": "GET", "path": "/", "integration": integration}]});
    let api = PreparedApi::new(&serde_json::from_value::<Api>(api).unwrap());
    let mut invocation = Invocation::new().context(json!({"identity": {"sourceIp": "198.51.100.7"}}));
    let answer = api.handle(MethodRequest::new("GET", "/"), None, &mut invocation).response;
    assert_eq!(answer.headers.get("X-Ip"), Some("198.51.100.7"));
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

/// Recorded events: the name stands behind the path of the resource, and the key makes the identity a larger table
/// (console's tests of 2019 to 2024; one of July 2022 with `operationName`).
#[test]
fn a_method_with_a_name_and_a_key_has_them_in_its_context() {
    let integration = mock(
        "$context.operationName $context.identity.apiKey [$context.identity.apiKeyId]|$context.identity.keySet()|$context.keySet()",
    );
    let call = |required: bool, source: Json, key: Option<&str>, answer: Option<Json>| {
        let api = json!({"apiKeySource": source, "methods": [{"httpMethod": "GET", "path": "/", "operationName": "List",
            "apiKeyRequired": required, "integration": integration}]});
        let api = PreparedApi::new(&serde_json::from_value::<Api>(api).unwrap());
        let mut request = MethodRequest::new("GET", "/");
        if let Some(key) = key {
            request.headers.add("x-api-key", key);
        }
        let mut invocation = Invocation::new();
        if let Some(answer) = answer {
            invocation = invocation.authorizer(Authorizer::lambda(answer));
        }
        let text = String::from_utf8(api.handle(request, None, &mut invocation).response.body).unwrap();
        (text, invocation.notes.iter().map(|note| note.code).collect::<Vec<_>>())
    };
    let (text, notes) = call(true, Json::Null, Some("secret"), None);
    let (values, keys) = text.split_once('|').unwrap();
    assert!(values.starts_with("List secret [") && !values.ends_with("[]"), "{values}");
    let identity = "[cognitoIdentityPoolId, cognitoIdentityId, apiKey, principalOrgId, cognitoAuthenticationType, \
        userArn, apiKeyId, userAgent, accountId, caller, sourceIp, accessKey, cognitoAuthenticationProvider, user]";
    assert!(keys.starts_with(identity), "{keys}");
    assert!(keys.contains("|[resourceId, resourcePath, operationName, httpMethod,"), "{keys}");
    assert_eq!(notes, []);
    // The console's test has a key of its own.
    let (text, notes) = call(true, Json::Null, None, None);
    assert!(text.starts_with("List test-invoke-api-key [test-invoke-api-key-id]"), "{text}");
    assert_eq!(notes, [Code::NoApiKey]);
    // "For methods that don't require an API key, this variable is null."
    let (text, notes) = call(false, Json::Null, Some("secret"), None);
    assert!(text.starts_with("List  []|[cognitoIdentityPoolId, accountId,"), "{text}");
    assert!(!notes.contains(&Code::NoApiKey));
    // "Choose an API key source": the answer of the authorizer has it.
    let answer = json!({"principalId": "p", "usageIdentifierKey": "plan", "policyDocument": {"Statement": [
        {"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": "*"}]}});
    let (text, _) = call(true, json!("AUTHORIZER"), Some("secret"), Some(answer));
    assert!(text.starts_with("List plan ["), "{text}");
}

/// "Variables for data transformations": `awsEndpointRequestId` is there once the service has answered.
#[test]
fn the_id_of_the_request_at_a_service_is_known_to_the_response() {
    let api = json!({"methods": [{"httpMethod": "GET", "path": "/", "integration": {"type": "aws",
        "httpMethod": "POST", "uri": "arn:aws:apigateway:us-east-1:sqs:path/1/q",
        "requestTemplates": {"application/json": "[$context.awsEndpointRequestId]"},
        "responses": {"default": {"statusCode": "200", "responseTemplates": {
            "application/json": "[$context.awsEndpointRequestId]"}}}}}]});
    let api = PreparedApi::new(&serde_json::from_value::<Api>(api).unwrap());
    let mut backend: Replay =
        serde_json::from_value(json!({"status": 200, "headers": {"x-amzn-RequestId": "q-1"}, "body": "{}"})).unwrap();
    let outcome = api.handle(MethodRequest::new("GET", "/"), Some(&mut backend), &mut Invocation::new());
    assert_eq!(outcome.integration_request.unwrap().body, b"[]");
    assert_eq!(outcome.response.body, b"[q-1]");
}

/// Every variable of the service's table is filled in some call; what no call knows is listed here, and in
/// docs/invoke.md.
#[test]
fn every_variable_of_the_table_is_filled_or_known_to_be_unknown() {
    const UNKNOWN: &[&str] = &[
        "identity.clientCert.NAME",
        "identity.vpcId",
        "identity.vpceId",
        "isCanaryRequest",
        "wafResponseCode",
        "webaclArn",
    ];
    let variables = vtl::reference::context_variables().iter().filter(|variable| {
        let name = variable.name;
        let is_error = name.starts_with("error.");
        let is_set_by_templates = name.starts_with("requestOverride.") || name.starts_with("responseOverride.");
        !variable.websocket && !is_error && !is_set_by_templates && !UNKNOWN.contains(&name)
    });
    let answer = json!({"principalId": "p", "context": {"name": "v"}, "policyDocument": {"Statement": [
        {"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": "*"}]}});
    let caller = json!({"iam": {"accessKey": "A", "accountId": "1", "callerId": "c", "principalOrgId": "o", "userArn": "a",
        "userId": "u", "cognitoAuthenticationProvider": "p", "cognitoAuthenticationType": "authenticated",
        "cognitoIdentity": {"identityId": "i", "identityPoolId": "p"}}});
    let claims = json!({"claims": {"name": "v"}});
    let authorizers = [answer, caller, claims].map(|it| Authorizer::from_json(&it).unwrap());
    let empty: Vec<&str> = variables
        .map(|variable| variable.name)
        .filter(|name| {
            let path = name.replace("NAME", "name");
            authorizers.iter().all(|authorizer| {
                let api = json!({"methods": [{"httpMethod": "GET", "path": "/", "operationName": "List", "apiKeyRequired": true,
                    "integration": {"type": "aws", "httpMethod": "POST", "uri": "arn:aws:apigateway:us-east-1:sqs:path/1/q",
                    "responses": {"default": {"statusCode": "200",
                        "responseTemplates": {"application/json": format!("$context.{path}")}}}}}]});
                let api = PreparedApi::new(&serde_json::from_value::<Api>(api).unwrap());
                let mut backend: Replay =
                    serde_json::from_value(json!({"status": 200, "headers": {"x-amzn-RequestId": "q-1"}})).unwrap();
                let mut invocation = Invocation::new().authorizer(authorizer.clone());
                api.handle(MethodRequest::new("GET", "/"), Some(&mut backend), &mut invocation).response.body.is_empty()
            })
        })
        .collect();
    assert_eq!(empty, [] as [&str; 0]);
}
