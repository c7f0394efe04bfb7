//! Problems that a check reports: all at once, each with its position, in the service's words where they are known.

use serde_json::{Value as Json, json};
use std::collections::BTreeSet;
use vtl::Code;
use vtl::pipeline::http::RESERVED;
use vtl::pipeline::{Api, Integration, Method, Protocol};

const LAMBDA: &str =
    "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:1:function:f/invocations";

fn method(json: Json) -> Method {
    serde_json::from_value(json).unwrap()
}

/// Places and messages of what is wrong with a REST integration.
fn problems(integration: Json) -> Vec<(String, String)> {
    let found = method(json!({"integration": integration})).problems(Protocol::Rest);
    found.into_iter().map(|problem| (problem.place, problem.message)).collect()
}

fn mapping_fault(expression: &str) -> String {
    format!(
        "Invalid mapping expression specified: Validation Result: warnings : [], errors : [Invalid mapping expression specified: {expression}]"
    )
}

fn undeclared(name: &str) -> String {
    format!(
        "Invalid mapping expression specified: Validation Result: warnings : [], errors : [Invalid mapping expression parameter specified: {name}]"
    )
}

#[test]
fn each_rule_in_the_service_s_words() {
    // aws-observed 7.13 and 15
    let http = |more: Json| {
        let mut json = json!({"type": "http", "httpMethod": "GET", "uri": "http://b.test/", "responses": {"default": {"statusCode": "200"}}});
        json.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json
    };
    let arn =
        |uri: &str| json!({"type": "aws", "httpMethod": "POST", "uri": uri, "credentials": "arn:aws:iam::1:role/r"});
    for (integration, place, message) in [
        (
            json!({"type": "http", "uri": "http://b.test/"}),
            "/httpMethod",
            "Enumeration value for HttpMethod must be non-empty".to_owned(),
        ),
        (http(json!({"uri": "b.test/"})), "/uri", "Invalid HTTP endpoint specified for URI".to_owned()),
        (http(json!({"uri": "http://b.test:81/"})), "/uri", "Invalid HTTP endpoint specified for URI".to_owned()),
        (arn("arn:aws:sns:us-east-1:1:topic"), "/uri", "Invalid ARN specified in the request".to_owned()),
        (
            arn("arn:aws:apigateway:us-east-1:sns:topic/x"),
            "/uri",
            "AWS ARN for integration must contain path or action".to_owned(),
        ),
        (
            json!({"type": "aws_proxy", "httpMethod": "POST", "uri": "arn:aws:apigateway:us-east-1:sns:action/Publish"}),
            "/uri",
            "Integrations of type 'AWS_PROXY' currently only supports Lambda function and Firehose stream invocations."
                .to_owned(),
        ),
        (
            http(json!({"requestParameters": {"integration.request.header.a": "true"}})),
            "/requestParameters/integration.request.header.a",
            mapping_fault("true"),
        ),
        (
            http(json!({"requestParameters": {"integration.request.body.a": "'b'"}})),
            "/requestParameters/integration.request.body.a",
            mapping_fault("integration.request.body.a"),
        ),
        (
            http(json!({"requestParameters": {"integration.request.header.a": "method.request.header.H"}})),
            "/requestParameters/integration.request.header.a",
            undeclared("method.request.header.H"),
        ),
        (
            http(json!({"cacheKeyParameters": ["method.request.path.p"]})),
            "/cacheKeyParameters/0",
            undeclared("method.request.path.p"),
        ),
        (
            http(json!({"requestTemplates": {"123": "{}"}})),
            "/requestTemplates/123",
            "Invalid content type specified: 123".to_owned(),
        ),
        (
            http(json!({"timeoutInMillis": 49})),
            "/timeoutInMillis",
            "Timeout should be between 50 ms and 300000 ms".to_owned(),
        ),
        (
            http(json!({"timeoutInMillis": 300_001})),
            "/timeoutInMillis",
            "Timeout should be between 50 ms and 300000 ms".to_owned(),
        ),
        (
            http(json!({"connectionType": "VPC_LINK"})),
            "/connectionId",
            "Connection ID must be specified for a VPC_LINK connection".to_owned(),
        ),
        (http(json!({"credentials": "role"})), "/credentials", "Invalid ARN specified in the request".to_owned()),
        (
            http(json!({"responses": {"default": {"statusCode": "600"}}})),
            "/responses/0/statusCode",
            r#"Invalid status code: "600""#.to_owned(),
        ),
    ] {
        assert_eq!(problems(integration.clone()), [(place.to_owned(), message)], "{integration}");
    }
}

#[test]
fn sound_integrations_have_none() {
    for integration in [
        json!({"type": "mock"}),
        json!({"type": "http_proxy", "httpMethod": "ANY", "uri": "https://${stageVariables.host}:8443/{proxy}?a=b"}),
        json!({"type": "http", "httpMethod": "GET", "uri": "http://b.test/", "connectionType": "VPC_LINK", "connectionId": "${stageVariables.link}"}),
        json!({"type": "aws_proxy", "httpMethod": "POST", "uri": LAMBDA}),
        json!({"type": "aws_proxy", "httpMethod": "POST", "uri": "${aws_lambda_function.f.invoke_arn}"}),
        json!({"type": "aws", "httpMethod": "POST", "uri": "arn:aws:apigateway:${AWS::Region}:sqs:path/1/q", "credentials": "${Role.Arn}"}),
        json!({"type": "http_proxy", "httpMethod": "GET", "uri": "http://b.test/", "responseTransferMode": "STREAM", "timeoutInMillis": 900_000}),
    ] {
        assert_eq!(problems(integration.clone()), [], "{integration}");
    }
}

#[test]
fn all_problems_are_told_at_once() {
    let found = method(json!({
        "requestParameters": {"method.request.header.n": true, "method.request.querystring.n": false},
        "methodResponses": ["200"],
        "integration": {
            "type": "http", "uri": "nowhere", "timeoutInMillis": 1,
            "requestTemplates": {"application/json": "{\n  #if(true)"},
            "responses": {"[": {"statusCode": "404", "responseParameters": {"method.response.header.a": "b"}}},
        },
    }));
    let places: Vec<String> = found.problems(Protocol::Rest).into_iter().map(|problem| problem.place).collect();
    let expected = [
        "",
        "/httpMethod",
        "/uri",
        "/timeoutInMillis",
        "/requestTemplates/application~1json",
        "/responses/0/statusCode",
        "/responses/0/selectionPattern",
        "/responses/0/responseParameters/method.response.header.a",
    ];
    assert_eq!(places, expected);
    let names = found.problems(Protocol::Rest).swap_remove(0);
    assert_eq!(names.message, "Parameter names must be unique across querystring, header and path");
}

#[test]
fn a_template_s_problem_has_its_line() {
    let found = problems(json!({"type": "mock", "requestTemplates": {"application/json": "{\n  \"a\": #if(true)"}}));
    assert_eq!(found.len(), 1);
    assert!(found[0].1.contains("(line 2, column 8)"), "{}", found[0].1);
}

#[test]
fn what_a_mapping_sets_must_be_declared_by_its_response() {
    let method = method(json!({
        "methodResponses": {"200": {"headers": ["Location"]}},
        "integration": {"type": "mock", "responses": {"default": {"statusCode": "200", "responseParameters": {
            "method.response.header.Location": "'x'", "method.response.header.Other": "'y'"}}}},
    }));
    let found = method.problems(Protocol::Rest);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].message, undeclared("method.response.header.Other"));
}

#[test]
fn streams_need_their_own_address_and_a_proxy() {
    let stream = LAMBDA.replace("2015-03-31", "2021-11-15").replace("/invocations", "/response-streaming-invocations");
    let function = |uri: &str, mode: &str| {
        problems(json!({"type": "aws_proxy", "httpMethod": "POST", "uri": uri, "responseTransferMode": mode})).len()
    };
    assert_eq!((function(&stream, "STREAM"), function(LAMBDA, "BUFFERED")), (0, 0));
    assert_eq!((function(LAMBDA, "STREAM"), function(&stream, "BUFFERED")), (1, 1));
    let found = problems(json!({"type": "mock", "responseTransferMode": "STREAM"}));
    assert_eq!(found[0].0, "/responseTransferMode");
}

#[test]
fn gateway_responses_are_checked_too() {
    let api: Api = serde_json::from_value(json!({"gatewayResponses": {
        "THROTTLED": {"statusCode": "429", "responseParameters": {"gatewayresponse.header.a": "method.request.header.b"}},
        "NO_SUCH": {"statusCode": "abc", "responseParameters": {"header.a": "'b'"}},
    }}))
    .unwrap();
    let found = api.gateway_problems();
    let messages: Vec<&str> = found.iter().filter_map(|problem| problem.message.strip_prefix("NO_SUCH: ")).collect();
    let fault = mapping_fault("header.a");
    assert_eq!(messages, ["Invalid gateway response type specified: NO_SUCH", "Invalid status code: abc", &fault]);
}

/// The properties at fault of an integration of version 2.
fn faults(protocol: Protocol, properties: Json) -> BTreeSet<&'static str> {
    let integration = Integration::from_v2(properties, protocol).unwrap();
    integration.problems(protocol, None).into_iter().map(|problem| problem.property).collect()
}

fn http(properties: Json) -> BTreeSet<&'static str> {
    let mut json = json!({
        "IntegrationType": "HTTP_PROXY", "IntegrationMethod": "ANY", "IntegrationUri": "https://b.test",
        "PayloadFormatVersion": "1.0",
    });
    json.as_object_mut().unwrap().extend(properties.as_object().unwrap().clone());
    faults(Protocol::Http, json)
}

#[test]
fn reserved_headers_are_not_mapped_in_http_apis() {
    for name in RESERVED {
        let name = name.replace('*', "x").to_ascii_uppercase();
        let key = format!("overwrite:header.{name}");
        assert_eq!(http(json!({"RequestParameters": {&key: "v"}})), ["requestParameters"].into(), "{name}");
        assert_eq!(http(json!({"ResponseParameters": {"200": {&key: "v"}}})), ["responseParameters"].into(), "{name}");
    }
}

#[test]
fn mappings_of_http_apis() {
    for (key, value, is_sound) in [
        ("append:header.a", "$request.body.b[0].c", true),
        ("append:querystring.a", "${request.path.id}-${context.requestId}", true),
        ("remove:querystring.a", "", true),
        ("overwrite:path", "$request.path", true),
        ("append:path", "/x", false),
        ("overwrite:statuscode", "200", false),
        ("replace:header.a", "v", false),
        ("header.a", "v", false),
        ("append:header.", "v", false),
        ("append:header.a", "$response.header.b", false),
        ("append:header.a", "$request.body..b", false),
        ("append:header.a", "$request.body.b[?(@.c)]", false),
        ("append:header.a", "$context.a-b", false),
        ("append:header.a", "${request.header.b", false),
    ] {
        let expected: BTreeSet<&str> = if is_sound { [].into() } else { ["requestParameters"].into() };
        assert_eq!(http(json!({"RequestParameters": {key: value}})), expected, "{key}: {value}");
    }
    for (key, value, is_sound) in [
        ("overwrite:statuscode", "404", true),
        ("overwrite:statuscode", "$response.header.code", true),
        ("overwrite:statuscode", "teapot", false),
        ("append:statuscode", "200", false),
        ("append:querystring.a", "v", false),
        ("overwrite:path", "/x", false),
        ("append:header.a", "$request.header.b", false),
    ] {
        let expected: BTreeSet<&str> = if is_sound { [].into() } else { ["responseParameters"].into() };
        assert_eq!(http(json!({"ResponseParameters": {"404": {key: value}}})), expected, "{key}: {value}");
    }
    assert_eq!(http(json!({"RequestParameters": {"append:header.a": "x".repeat(513)}})), ["requestParameters"].into());
}

#[test]
fn properties_that_http_apis_do_not_have() {
    for (property, value, fault) in [
        ("RequestTemplates", json!({"$default": "{}"}), "requestTemplates"),
        ("TemplateSelectionExpression", json!(r"\$default"), "templateSelectionExpression"),
        ("PassthroughBehavior", json!("NEVER"), "passthroughBehavior"),
        ("ContentHandlingStrategy", json!("CONVERT_TO_TEXT"), "contentHandling"),
        ("IntegrationType", json!("MOCK"), "type"),
        ("PayloadFormatVersion", json!("2.0"), "payloadFormatVersion"),
        ("PayloadFormatVersion", Json::Null, "payloadFormatVersion"),
        ("IntegrationUri", json!("b.test"), "uri"),
        ("IntegrationMethod", Json::Null, "httpMethod"),
        ("TimeoutInMillis", json!(30_001), "timeoutInMillis"),
    ] {
        assert_eq!(http(json!({property: value})), [fault].into(), "{property}");
    }
}

#[test]
fn functions_and_services_of_http_apis() {
    let function = |uri: &str| {
        http(
            json!({"IntegrationType": "AWS_PROXY", "IntegrationMethod": "POST", "IntegrationUri": uri, "PayloadFormatVersion": "2.0"}),
        )
    };
    assert_eq!(function("arn:aws:lambda:us-east-1:012345678901:function:F"), [].into());
    assert_eq!(function(LAMBDA), [].into());
    assert_eq!(function("arn:aws:sqs:us-east-1:1:q"), ["uri"].into());

    let service = |more: Json| {
        let mut json = json!({
            "IntegrationType": "AWS_PROXY", "IntegrationSubtype": "SQS-PurgeQueue", "PayloadFormatVersion": "1.0",
            "CredentialsArn": "arn:aws:iam::1:role/r", "RequestParameters": {"QueueUrl": "$request.header.q"},
        });
        json.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        faults(Protocol::Http, json)
    };
    assert_eq!(service(json!({})), [].into());
    assert_eq!(service(json!({"CredentialsArn": null})), ["credentials"].into());
    assert_eq!(service(json!({"IntegrationUri": LAMBDA})), ["uri"].into());
    assert_eq!(service(json!({"PayloadFormatVersion": "2.0"})), ["payloadFormatVersion"].into());
    assert_eq!(service(json!({"IntegrationType": "HTTP_PROXY"})), ["integrationSubtype"].into());
    assert_eq!(service(json!({"RequestParameters": {"QueueUrl": "q", "Nothing": "v"}})), ["requestParameters"].into());
}

#[test]
fn websocket_integrations() {
    let socket = |more: Json| {
        let mut json =
            json!({"IntegrationType": "HTTP", "IntegrationMethod": "POST", "IntegrationUri": "https://b.test"});
        json.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        faults(Protocol::WebSocket, json)
    };
    for (property, value, fault) in [
        ("RequestParameters", json!({"integration.request.header.a": "route.request.body.b"}), None),
        ("RequestParameters", json!({"integration.request.header.a": "unquoted"}), Some("requestParameters")),
        ("RequestTemplates", json!({"$default": "#if(true)"}), Some("requestTemplates")),
        ("RequestTemplates", json!({"$default": "x".repeat(32 * 1024 + 1)}), Some("requestTemplates")),
        ("TemplateSelectionExpression", json!("$request.cookie.a"), Some("templateSelectionExpression")),
        ("TemplateSelectionExpression", json!("${request.body.a}"), None),
        ("IntegrationSubtype", json!("SQS-PurgeQueue"), Some("integrationSubtype")),
        ("ResponseParameters", json!({"200": {"append:header.a": "b"}}), Some("responseParameters")),
        (
            "IntegrationResponses",
            json!([{"IntegrationResponseKey": "/4\\d\\d/"}, {"IntegrationResponseKey": "$default"}]),
            None,
        ),
        ("IntegrationResponses", json!([{"IntegrationResponseKey": "404"}]), Some("responses")),
        ("IntegrationResponses", json!([{"IntegrationResponseKey": "/[/"}]), Some("responses")),
        ("IntegrationResponses", json!([{}]), Some("responses")),
        ("TimeoutInMillis", json!(29_000), None),
        ("IntegrationUri", Json::Null, Some("uri")),
        ("CredentialsArn", json!("role"), Some("credentials")),
    ] {
        assert_eq!(socket(json!({property: value})), fault.into_iter().collect(), "{property}: {value}");
    }
    let service =
        json!({"IntegrationType": "AWS", "IntegrationUri": "arn:aws:apigateway:us-east-1:dynamodb:action/PutItem"});
    assert_eq!(socket(service.clone()), ["credentials"].into());
    // A service needs a method, a function does not.
    let without = |mut json: Json| {
        json["IntegrationMethod"] = Json::Null;
        socket(json)
    };
    assert_eq!(without(service), ["credentials", "httpMethod"].into());
    for kind in ["AWS", "AWS_PROXY"] {
        let function = json!({"IntegrationType": kind,
            "IntegrationUri": "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:1:function:F/invocations"});
        assert_eq!(without(function), [].into());
    }
    let subtype =
        json!({"IntegrationType": "AWS_PROXY", "IntegrationUri": null, "IntegrationSubtype": "SQS-PurgeQueue"});
    assert_eq!(socket(subtype), ["integrationSubtype"].into());
}

/// The codes of all problems in the example of a page: an API, a method, or properties of an integration
/// of either version.
fn codes_of(example: &Json) -> BTreeSet<Code> {
    let with = |mut base: Json| {
        base.as_object_mut().unwrap().extend(example.as_object().unwrap().clone());
        base
    };
    let mut found = Vec::new();
    let has = |key: &str| example.get(key).is_some();
    if has("gatewayResponses") {
        found.extend(serde_json::from_value::<Api>(example.clone()).unwrap().gateway_problems());
    } else if has("path") || has("integration") || example.to_string().contains("\"method.request.header.id\":true") {
        let mut whole = if has("path") { example.clone() } else { with(json!({"integration": {"type": "mock"}})) };
        if let Some(integration) = whole.get_mut("integration").and_then(Json::as_object_mut) {
            integration.entry("type").or_insert("mock".into());
        }
        found.extend(method(whole).problems(Protocol::Rest));
    } else if example.as_object().unwrap().keys().any(|key| key.starts_with(char::is_uppercase)) {
        for protocol in [Protocol::Http, Protocol::WebSocket] {
            let service = has("IntegrationSubtype");
            let base = match service {
                true => json!({"PayloadFormatVersion": "1.0", "CredentialsArn": "arn:aws:iam::111111111111:role/r"}),
                false => json!({"IntegrationType": "HTTP_PROXY", "IntegrationMethod": "GET",
                    "IntegrationUri": "https://b.test/", "PayloadFormatVersion": "1.0"}),
            };
            found.extend(Integration::from_v2(with(base), protocol).unwrap().problems(protocol, None));
        }
    } else {
        let base = json!({"type": "http", "httpMethod": "GET", "uri": "https://b.test/"});
        let integration: Integration = serde_json::from_value(with(base)).unwrap();
        found.extend(integration.problems(Protocol::Rest, Some(&Method::default())));
    }
    found.into_iter().map(|problem| problem.code).collect()
}

#[test]
fn the_example_of_each_page_has_the_problem() {
    let codes = Code::ALL.iter().filter(|code| ("V601".."V650").contains(&code.as_str()));
    let mut count = 0;
    // The example of V624 is too long to print.
    for code in codes.filter(|code| **code != Code::ValueTooLong) {
        let page = code.page();
        let example = page.split("```json\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
        let example: Json = serde_json::from_str(example).unwrap_or_else(|error| panic!("{code}: {error}"));
        assert!(codes_of(&example).contains(code), "{code} is not found in {example}: {:?}", codes_of(&example));
        count += 1;
    }
    assert_eq!(count, 25);
}
