//! The gateway's own answers, and the log of a call, by the documents.

use serde_json::{Value as Json, json};
use std::time::{Duration, UNIX_EPOCH};
use vtl::pipeline::call::{Replay, ResponseType};
use vtl::pipeline::model::Table;
use vtl::pipeline::{Api, Backend, Invocation, Method, MethodRequest, MethodResponse, PreparedMethod, Refusal, Route};
use vtl::{Code, Error};

/// "Gateway response types": status, error type and message of each.
const TYPES: &[(&str, u16, &str, &str)] = &[
    (
        "ACCESS_DENIED",
        403,
        "AccessDeniedException",
        "User is not authorized to access this resource with an explicit deny",
    ),
    ("API_CONFIGURATION_ERROR", 500, "InternalServerErrorException", "Internal server error"),
    ("BAD_REQUEST_BODY", 400, "BadRequestException", "Invalid request body"),
    ("INTEGRATION_FAILURE", 504, "InternalServerErrorException", "Internal server error"),
    ("INTEGRATION_TIMEOUT", 504, "InternalServerErrorException", "Endpoint request timed out"),
    ("INVALID_API_KEY", 403, "ForbiddenException", "Forbidden"),
    ("MISSING_AUTHENTICATION_TOKEN", 403, "MissingAuthenticationTokenException", "Missing Authentication Token"),
    ("QUOTA_EXCEEDED", 429, "LimitExceededException", "Limit Exceeded"),
    ("THROTTLED", 429, "TooManyRequestsException", "Too Many Requests"),
    ("UNAUTHORIZED", 401, "UnauthorizedException", "Unauthorized"),
    ("UNSUPPORTED_MEDIA_TYPE", 415, "BadRequestException", "Unsupported Media Type"),
    ("WAF_FILTERED", 403, "ForbiddenException", "Forbidden"),
];

fn refuse(name: &str, gateway_responses: Json, request: &MethodRequest) -> MethodResponse {
    let api: Api = serde_json::from_value(json!({"gatewayResponses": gateway_responses})).unwrap();
    let refusal = Refusal::new(name.parse::<ResponseType>().unwrap(), Error::new(Code::Request, "the cause"));
    let variables: Table<String> = [("a", "var".to_owned())].into_iter().collect();
    refusal.answer(&api, request, &json!({"stage": "prod", "resourcePath": "/pets"}), &variables)
}

fn text(response: &MethodResponse) -> &str {
    std::str::from_utf8(&response.body).unwrap()
}

#[test]
fn built_in_answers() {
    for (name, status, error_type, message) in TYPES {
        let response = refuse(name, json!({}), &MethodRequest::new("GET", "/"));
        assert_eq!((response.status, response.headers.get("x-amzn-ErrorType")), (*status, Some(*error_type)), "{name}");
        assert_eq!(text(&response), format!("{{\"message\": \"{message}\"}}"));
        assert_eq!(response.headers.get("Content-Type"), Some("application/json"));
    }
    // Reported by several users, such as loige.co/debugging-custom-apigateway-authorizers.
    let response = refuse("AUTHORIZER_CONFIGURATION_ERROR", json!({}), &MethodRequest::new("GET", "/"));
    assert_eq!((response.status, text(&response)), (500, r#"{"message":null}"#));
    assert_eq!(response.headers.get("x-amzn-ErrorType"), Some("AuthorizerConfigurationException"));
}

#[test]
fn a_type_s_own_answer_comes_before_that_of_its_class() {
    let class = json!({"statusCode": 404, "responseParameters": {"gatewayresponse.header.class": "'4xx'"}});
    let own = json!({"statusCode": null, "responseTemplates": {"application/json": "own"}});
    let request = MethodRequest::new("GET", "/");
    let response = refuse("THROTTLED", json!({"DEFAULT_4XX": class}), &request);
    assert_eq!(
        (response.status, response.headers.get("class"), text(&response)),
        (404, Some("4xx"), r#"{"message": "Too Many Requests"}"#)
    );
    let response = refuse("THROTTLED", json!({"DEFAULT_4XX": class, "THROTTLED": own}), &request);
    assert_eq!((response.status, response.headers.get("class"), text(&response)), (429, None, "own"));
    let response = refuse("INTEGRATION_TIMEOUT", json!({"DEFAULT_4XX": class}), &request);
    assert_eq!(response.status, 504);
}

#[test]
fn the_example_of_the_openapi_page() {
    let mut request = MethodRequest::new("GET", "/");
    request.headers.add("api-key", "k-1");
    request.path_parameters.set("p", "path".to_owned());
    request.querystring.set("q", vec!["1".to_owned(), "2".to_owned()]);
    let configured = json!({
        "INVALID_API_KEY": {
            "statusCode": "456",
            "responseParameters": {
                "gatewayresponse.header.api-key": "method.request.header.api-key",
                "gatewayresponse.header.p": "method.request.path.p",
                "gatewayresponse.header.q": "method.request.querystring.q",
                "gatewayresponse.header.none": "method.request.querystring.none",
                "gatewayresponse.header.origin": "'*'",
            },
            "responseTemplates": {"application/json": "{\"message\": \"Bad api-key\" }"},
        },
        "MISSING_AUTHENTICATION_TOKEN": {
            "statusCode": "404",
            "responseTemplates": {"application/json":
                "{\"message\": $context.error.messageString, \"type\": \"$context.error.responseType\", \"stage\": \"$context.stage\", \"resourcePath\": \"$context.resourcePath\", \"a\": \"$stageVariables.a\", \"#if\": \"$unknown\"}"},
        },
    });
    let response = refuse("INVALID_API_KEY", configured.clone(), &request);
    assert_eq!((response.status, text(&response)), (456, r#"{"message": "Bad api-key" }"#));
    let header = |name: &str| response.headers.get(name).map(str::to_owned);
    let expected = ["k-1", "path", "2", "*"].map(|value| Some(value.to_owned()));
    assert_eq!([header("api-key"), header("p"), header("q"), header("origin")], expected);
    assert_eq!(header("none"), None);

    let response = refuse("MISSING_AUTHENTICATION_TOKEN", configured, &request);
    let expected = json!({"message": "Missing Authentication Token", "type": "MISSING_AUTHENTICATION_TOKEN", "stage": "prod",
        "resourcePath": "/pets", "a": "var", "#if": "$unknown"});
    assert_eq!(serde_json::from_slice::<Json>(&response.body).unwrap(), expected);
}

#[test]
fn a_template_for_what_the_client_accepts() {
    let templates = json!({"THROTTLED": {"responseTemplates": {"application/xml": "<m>$context.error.message</m>", "application/json": "json"}}});
    let mut request = MethodRequest::new("GET", "/");
    assert_eq!(text(&refuse("THROTTLED", templates.clone(), &request)), "json");
    request.headers.add("Accept", "application/xml, */*");
    let response = refuse("THROTTLED", templates, &request);
    assert_eq!(
        (text(&response), response.headers.get("Content-Type")),
        ("<m>Too Many Requests</m>", Some("application/xml"))
    );
}

/// The lines of a call without their times.
fn log(integration: Json, request: &MethodRequest, backend: Option<Json>) -> Vec<String> {
    let method: Method =
        serde_json::from_value(json!({"httpMethod": "GET", "path": "/", "integration": integration})).unwrap();
    let mut invocation =
        Invocation::new().clock(UNIX_EPOCH + Duration::from_secs(1)).context(json!({"extendedRequestId": "x="}));
    let mut backend: Option<Replay> = backend.map(|json| serde_json::from_value(json).unwrap());
    let backend = backend.as_mut().map(|replay| replay as &mut dyn Backend);
    PreparedMethod::new(&Api::default(), &method).invoke(request, backend, &mut invocation);
    invocation.log.lines().map(str::to_owned).collect()
}

#[test]
fn a_mock_has_no_endpoint_lines() {
    // aws-observed 14.6
    let mock = json!({"type": "mock", "requestTemplates": {"application/json": "{\"statusCode\": 200}"},
        "responses": {"default": {"statusCode": "200", "responseTemplates": {"application/json": "ok"}}}});
    let expected = [
        "Starting execution for request: test-invoke-request",
        "HTTP Method: GET, Resource Path: /",
        "Method request path: {}",
        "Method request query string: {}",
        "Method request headers: {}",
        "Method request body before transformations: null",
        "Method response body after transformations: ok",
        "Method response headers: {Content-Type=application/json}",
        "Successfully completed execution",
        "Method completed with status: 200",
    ];
    assert_eq!(log(mock, &MethodRequest::new("GET", "/"), None), expected);
}

#[test]
fn long_values_are_cut() {
    let mut request = MethodRequest::new("POST", "/");
    request.body = "é".repeat(2000).into_bytes();
    let lines = log(json!({"type": "mock"}), &request, None);
    let line = lines.iter().find(|line| line.starts_with("Method request body before transformations: é")).unwrap();
    assert!(line.ends_with("é [TRUNCATED]") && line.chars().count() == 1024 + " [TRUNCATED]".len());
}

#[test]
fn a_refused_call_says_why() {
    let http = |more: Json| {
        let mut json = json!({"type": "http", "httpMethod": "GET", "uri": "http://b.test/"});
        json.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json
    };
    let line = "Execution failed due to configuration error: No match for output mapping and no default output mapping configured. Endpoint Response Status Code: 200";
    let broken = json!({"default": {"statusCode": "200", "responseTemplates": {"application/json": "#if("}}});
    for (integration, backend, line) in [
        (http(json!({})), json!({"status": 200}), line),
        (
            http(json!({"uri": "http://${stageVariables.no}/"})),
            json!({"status": 200}),
            "Execution failed due to configuration error: Invalid endpoint address: http:///",
        ),
        (http(json!({})), json!({"failure": "timeout"}), "Execution failed due to a timeout error"),
        (
            http(json!({"responses": broken})),
            json!({"status": 200}),
            "Execution failed due to configuration error: Unable to transform response",
        ),
        (
            http(json!({"passthroughBehavior": "NEVER"})),
            json!({"status": 200}),
            "Execution failed due to an unsupported media type",
        ),
    ] {
        let lines = log(integration, &MethodRequest::new("GET", "/"), Some(backend));
        assert!(lines.iter().any(|found| found.starts_with(line)), "{line}: {lines:#?}");
        assert!(lines.last().is_some_and(|last| last.starts_with("Method completed with status: ")));
    }
}
