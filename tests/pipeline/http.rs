//! HTTP APIs: what the documents say and the corpus leaves out.

use serde_json::{Value as Json, json};
use vtl::pipeline::call::Replay;
use vtl::pipeline::http::HttpRoute;
use vtl::pipeline::{Api, Backend, Integration, Invocation, Method, MethodRequest, Outcome, Protocol, Route};

/// Calls a route whose integration has these properties besides what every one has.
fn call(properties: &Json, request: &MethodRequest, backend: &Json, invocation: &mut Invocation) -> Outcome {
    let mut json = json!({
        "IntegrationType": "HTTP_PROXY", "IntegrationMethod": "ANY", "IntegrationUri": "https://b.test/base?x=1",
        "PayloadFormatVersion": "1.0",
    });
    json.as_object_mut().unwrap().extend(properties.as_object().unwrap().clone());
    let integration = Integration::from_v2(json, Protocol::Http).unwrap();
    let method = Method::from_key("POST /pets/{id}", Protocol::Http).with_integration(integration);
    let mut backend: Replay = serde_json::from_value(backend.clone()).unwrap();
    let api = Api::new(Protocol::Http);
    HttpRoute::new(&api, &method).invoke(request, Some(&mut backend as &mut dyn Backend), invocation)
}

fn request() -> MethodRequest {
    serde_json::from_value(json!({
        "method": "POST", "path": "/pets/7", "pathParameters": {"id": "7"},
        "querystring": {"q": ["1", "2"], "Q": ["3"]}, "headers": {"H": ["a", "b"], "Content-Type": "application/json"},
        "body": r#"{"name": "rex", "tags": ["x"], "age": 3}"#,
    }))
    .unwrap()
}

#[test]
fn requests_are_changed_as_mapped() {
    // "Transform API requests and responses for HTTP APIs"
    for (to, from, name, expected) in [
        ("overwrite:header.h", "new", "h", json!(["new"])),
        ("overwrite:header.fresh", "new", "fresh", json!(["new"])),
        ("append:header.h", "c", "h", json!(["a", "b", "c"])),
        ("append:header.x", "$request.querystring.q", "x", json!(["1,2"])),
        ("append:header.x", "$request.querystring.Q", "x", json!(["3"])),
        ("append:header.x", "$request.header.gone", "x", json!([])),
        ("append:header.x", "<${request.header.gone}>", "x", json!(["<>"])),
        ("append:header.x", "", "x", json!([])),
        ("append:header.x", "$request.path", "x", json!(["/pets/7"])),
        ("append:header.x", "$request.path.id", "x", json!(["7"])),
        ("append:header.x", "$request.body.tags", "x", json!([r#"["x"]"#])),
        ("append:header.x", "$request.body.age", "x", json!(["3"])),
        ("append:header.x", "$request.body", "x", json!([r#"{"name": "rex", "tags": ["x"], "age": 3}"#])),
        ("append:header.x", "''", "x", json!(["''"])),
    ] {
        let properties = json!({"RequestParameters": {to: from}});
        let outcome = call(&properties, &request(), &json!({"status": 200}), &mut Invocation::new());
        let sent = outcome.integration_request.unwrap();
        assert_eq!(json!(sent.headers.all(name).collect::<Vec<_>>()), expected, "{to}: {from}");
    }
}

#[test]
fn queries_and_addresses_are_changed_as_mapped() {
    let sent = |mappings: Json| {
        let properties = json!({"RequestParameters": mappings});
        let outcome = call(&properties, &request(), &json!({"status": 200}), &mut Invocation::new());
        let sent = outcome.integration_request.unwrap();
        (json!(sent.querystring), sent.uri)
    };
    let (query, uri) = sent(json!({"append:querystring.q": "9", "overwrite:querystring.Q": "$request.path.id"}));
    assert_eq!((query, uri.as_str()), (json!({"q": ["1", "2", "9"], "Q": ["7"]}), "https://b.test/base?x=1"));
    let (_, uri) = sent(json!({"overwrite:path": "/dogs/${request.path.id}/a b"}));
    assert_eq!(uri, "https://b.test/dogs/7/a%20b?x=1");
}

#[test]
fn a_long_body_is_cut_before_a_path_is_applied() {
    let mut request = request();
    request.body = format!(r#"{{"name": "rex", "rest": "{}"}}"#, "x".repeat(100 * 1024)).into_bytes();
    let length = request.body.len();
    let mappings = json!({"append:header.part": "$request.body.name", "append:header.whole": "$request.body"});
    let outcome =
        call(&json!({"RequestParameters": mappings}), &request, &json!({"status": 200}), &mut Invocation::new());
    let sent = outcome.integration_request.unwrap();
    assert_eq!((sent.headers.get("part"), sent.headers.get("whole").map(str::len)), (None, Some(length)));
}

#[test]
fn forwarding_headers_become_one() {
    // "Amazon API Gateway important notes", HTTP APIs
    let mut request = request();
    request.headers.add("X-Forwarded-For", "192.0.2.1");
    request.headers.add("X-Forwarded-Proto", "https");
    let outcome = call(&json!({}), &request, &json!({"status": 200}), &mut Invocation::new());
    let sent = outcome.integration_request.unwrap();
    assert_eq!(sent.headers.get("Forwarded"), Some("for=192.0.2.1;proto=https"));
    assert!(!sent.headers.contains("X-Forwarded-For"));
}

#[test]
fn a_payload_of_length_zero_gets_a_content_type() {
    // "Amazon API Gateway important notes", HTTP APIs
    let mut request = MethodRequest::new("POST", "/");
    request.headers.add("Content-Length", "0");
    let outcome = call(&json!({}), &request, &json!({"status": 200}), &mut Invocation::new());
    let sent = outcome.integration_request.unwrap();
    assert!(sent.headers.contains("Content-Type") && !sent.headers.contains("Content-Length"));
}

#[test]
fn answers_are_changed_by_their_status() {
    let properties = json!({"ResponseParameters": {
        "500": {"append:header.header1": "$context.requestId", "overwrite:statuscode": "403"},
        "404": {"append:header.error": "$response.body.why", "remove:header.gone": "", "overwrite:statuscode": "$response.header.as"},
    }});
    let answer = |backend: Json| {
        let mut invocation = Invocation::new().context(json!({"requestId": "r-1"}));
        call(&properties, &request(), &backend, &mut invocation).response
    };
    let response = answer(json!({"status": 500}));
    assert_eq!((response.status, response.headers.get("header1")), (403, Some("r-1")));
    let headers = json!({"Gone": "1", "as": "410"});
    let response = answer(json!({"status": 404, "headers": headers, "body": r#"{"why": "no dog"}"#}));
    assert_eq!((response.status, response.headers.get("error")), (410, Some("no dog")));
    assert!(!response.headers.contains("gone"));
    let response = answer(json!({"status": 404, "headers": {"as": "teapot"}, "body": ""}));
    assert_eq!((response.status, response.headers.get("error")), (404, None));
}

#[test]
fn failures_are_the_gateway_s_own_answers() {
    let reserved = json!({"RequestParameters": {"overwrite:header.Via": "x"}});
    let function = json!({"IntegrationType": "AWS_PROXY", "IntegrationUri": "arn:aws:lambda:us-east-1:1:function:F"});
    for (properties, backend, status, message) in [
        (json!({}), json!({"failure": "timeout"}), 503, "Service Unavailable"),
        (json!({}), json!({"failure": "connection"}), 503, "Service Unavailable"),
        (reserved, json!({"status": 200}), 500, "Internal Server Error"),
        (
            json!({"IntegrationUri": "https://${stageVariables.no}/"}),
            json!({"status": 200}),
            500,
            "Internal Server Error",
        ),
        (json!({"IntegrationType": "MOCK"}), json!({"status": 200}), 500, "Internal Server Error"),
        (
            function.clone(),
            json!({"lambda": {"payload": {"message": "1.0 infers nothing"}}}),
            500,
            "Internal Server Error",
        ),
        (function, json!({"lambda": {"payload": "text"}}), 500, "Internal Server Error"),
    ] {
        let outcome = call(&properties, &request(), &backend, &mut Invocation::new());
        assert_eq!(outcome.response.status, status, "{properties} {backend}");
        assert_eq!(serde_json::from_slice::<Json>(&outcome.response.body).unwrap(), json!({"message": message}));
    }
}

fn function(version: &str) -> Json {
    json!({"IntegrationType": "AWS_PROXY", "IntegrationMethod": "POST", "PayloadFormatVersion": version,
           "IntegrationUri": "arn:aws:lambda:us-east-1:012345678901:function:F"})
}

fn event(version: &str, request: &MethodRequest, context: Json) -> Json {
    let mut invocation = Invocation::new().context(context);
    let outcome = call(&function(version), request, &json!({"lambda": {"payload": {}}}), &mut invocation);
    serde_json::from_slice(&outcome.integration_request.unwrap().body).unwrap()
}

#[test]
fn what_is_empty_is_left_out_of_events_of_format_2() {
    let event = event("2.0", &MethodRequest::new("GET", "/x"), json!({"stage": "$default"}));
    for field in ["cookies", "queryStringParameters", "pathParameters", "stageVariables", "body", "httpMethod"] {
        assert!(event.get(field).is_none(), "{field}");
    }
    assert_eq!((&event["rawQueryString"], &event["isBase64Encoded"]), (&json!(""), &json!(false)));
}

#[test]
fn events_of_format_2_have_their_own_shape() {
    let mut request = request();
    request.headers.add("Cookie", "a=1; b=2");
    request.headers.add("User-Agent", "me");
    let context = json!({
        "stage": "dev", "accountId": "1", "apiId": "a1", "requestId": "r-1", "routeKey": "POST /pets/{id}",
        "domainName": "a1.example.com", "domainPrefix": "a1", "identity": {"sourceIp": "192.0.2.1"},
        "requestTime": "26/Dec/2017:05:17:55 +0000", "requestTimeEpoch": 1, "authorizer": {"jwt": {"claims": {"sub": "u"}}},
    });
    let event = event("2.0", &request, context);
    assert_eq!(event["rawPath"], "/dev/pets/7");
    assert_eq!(event["rawQueryString"], "q=1&q=2&Q=3");
    assert_eq!(event["cookies"], json!(["a=1", "b=2"]));
    assert_eq!(event["headers"]["h"], "a,b");
    assert!(event["headers"].get("cookie").is_none());
    let expected = json!({
        "accountId": "1", "apiId": "a1", "authorizer": {"jwt": {"claims": {"sub": "u"}}},
        "domainName": "a1.example.com", "domainPrefix": "a1", "requestId": "r-1", "routeKey": "POST /pets/{id}", "stage": "dev",
        "http": {"method": "POST", "path": "/dev/pets/7", "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1", "userAgent": "me"},
        "time": "26/Dec/2017:05:17:55 +0000", "timeEpoch": 1,
    });
    assert_eq!(event["requestContext"], expected);
}

#[test]
fn events_of_format_1_are_those_of_rest_with_a_version() {
    let event = event("1.0", &request(), json!({"stage": "dev", "routeKey": "POST /pets/{id}"}));
    assert_eq!(
        (&event["version"], &event["resource"], &event["path"]),
        (&json!("1.0"), &json!("/pets/{id}"), &json!("/dev/pets/7"))
    );
    assert_eq!((&event["headers"]["H"], &event["multiValueHeaders"]["H"]), (&json!("b"), &json!(["a", "b"])));
    assert_eq!(event["queryStringParameters"]["q"], "2");
    assert_eq!(event["stageVariables"], Json::Null);
    assert_eq!(event["requestContext"]["resourcePath"], "/pets/{id}");
}

#[test]
fn bodies_that_are_no_text_go_in_as_base64() {
    for (media_type, body, encoded) in
        [("image/png", &b"\x00\xff"[..], true), ("text/plain", b"hi", false), ("application/ld+json", b"{}", false)]
    {
        let mut request = MethodRequest::new("POST", "/");
        request.headers.add("Content-Type", media_type);
        request.body = body.to_vec();
        for version in ["1.0", "2.0"] {
            assert_eq!(event(version, &request, json!({}))["isBase64Encoded"], encoded, "{media_type}");
        }
    }
}

#[test]
fn mappings_change_the_event_too() {
    let mut properties = function("2.0");
    properties["RequestParameters"] = json!({"append:header.x": "$context.requestId", "remove:querystring.q": "''"});
    let mut invocation = Invocation::new().context(json!({"requestId": "r-1"}));
    let outcome = call(&properties, &request(), &json!({"lambda": {"payload": {}}}), &mut invocation);
    let event: Json = serde_json::from_slice(&outcome.integration_request.unwrap().body).unwrap();
    assert_eq!((&event["headers"]["x"], &event["queryStringParameters"]), (&json!("r-1"), &json!({"Q": "3"})));
}

#[test]
fn results_of_format_2_are_inferred_or_spelled_out() {
    // "AWS Lambda proxy integrations for HTTP APIs"
    for (payload, status, body) in [
        (json!({"message": "x"}), 200, r#"{"message":"x"}"#),
        (json!([1, 2]), 200, "[1,2]"),
        (json!("Hello"), 200, "Hello"),
        (json!({"statusCode": "204"}), 204, ""),
        (json!({"statusCode": 200, "body": "b", "unknown": 1}), 200, "b"),
        (json!({"statusCode": "no"}), 500, r#"{"message":"Internal Server Error"}"#),
        (json!({"statusCode": 200, "body": {"not": "text"}}), 500, r#"{"message":"Internal Server Error"}"#),
        (
            json!({"statusCode": 200, "isBase64Encoded": true, "body": "%"}),
            500,
            r#"{"message":"Internal Server Error"}"#,
        ),
    ] {
        let backend = json!({"lambda": {"payload": payload}});
        let response = call(&function("2.0"), &request(), &backend, &mut Invocation::new()).response;
        assert_eq!((response.status, String::from_utf8(response.body).unwrap().as_str()), (status, body), "{payload}");
    }
}

#[test]
fn a_service_call_has_its_parameters_and_no_address() {
    let properties = json!({
        "IntegrationType": "AWS_PROXY", "IntegrationUri": null, "IntegrationSubtype": "SQS-SendMessage",
        "CredentialsArn": "arn:aws:iam::012345678901:role/r",
        "RequestParameters": {"QueueUrl": "https://sqs.test/${stageVariables.queue}", "MessageBody": "$request.body.name",
                              "MessageGroupId": "$request.header.gone"},
        "ResponseParameters": {"200": {"overwrite:statuscode": "202"}},
    });
    let mut invocation = Invocation::new().stage_variables([("queue", "q")]);
    let outcome = call(&properties, &request(), &json!({"status": 200}), &mut invocation);
    let sent = json!(outcome.integration_request.unwrap());
    assert_eq!(sent["parameters"], json!({"QueueUrl": "https://sqs.test/q", "MessageBody": "rex"}));
    assert_eq!((&sent["integrationSubtype"], outcome.response.status), (&json!("SQS-SendMessage"), 202));
}

#[test]
fn an_invocation_may_be_used_for_one_route_after_another() {
    let mut invocation = Invocation::new();
    let mut key = |key: &str| {
        let integration = Integration::from_v2(function("2.0"), Protocol::Http).unwrap();
        let method = Method::from_key(key, Protocol::Http).with_integration(integration);
        let outcome = HttpRoute::new(&Api::default(), &method).invoke(&request(), None, &mut invocation);
        let event: Json = serde_json::from_slice(&outcome.integration_request.unwrap().body).unwrap();
        event["routeKey"].as_str().unwrap().to_owned()
    };
    assert_eq!((key("GET /a").as_str(), key("$default").as_str()), ("GET /a", "$default"));
}
