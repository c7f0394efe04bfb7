//! Texts that would forge another part of a message or of the log.

use serde_json::{Value as Json, json};
use vtl::Code;
use vtl::pipeline::call::Replay;
use vtl::pipeline::{Api, Invocation, MethodRequest, MethodResponse, Outcome, PreparedApi};

fn call(integration: &Json, request: MethodRequest, invocation: &mut Invocation<'_>) -> Outcome<MethodResponse> {
    let api = json!({"methods": [{"httpMethod": "ANY", "path": "/{proxy+}", "integration": integration}]});
    let api = PreparedApi::new(&serde_json::from_value::<Api>(api).unwrap());
    let mut backend: Replay =
        serde_json::from_value(json!({"status": 200, "body": "{\"a\": \"x\\r\\ny: z\"}"})).unwrap();
    api.handle(request, Some(&mut backend), invocation)
}

fn http(more: Json) -> Json {
    let mut integration = json!({"type": "http", "httpMethod": "POST", "uri": "http://b.test/",
        "responses": {"default": {"statusCode": "200"}}});
    integration.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    integration
}

fn refused(integration: &Json, request: MethodRequest) -> (u16, Code) {
    let outcome = call(integration, request, &mut Invocation::new().stage_variables([("v", "a\r\nb")]));
    (outcome.response.status, outcome.refusal.expect("a refusal").cause.code())
}

/// The service's treatment of them is not known: they are refused.
#[test]
fn line_breaks_do_not_reach_headers_of_the_backend() {
    let mapping = |source: &str| http(json!({"requestParameters": {"integration.request.header.X": source}}));
    let request =
        || MethodRequest::new("POST", "/p").with_query("q", "a\r\nX-Admin: 1").with_body("{\"b\": \"c\\nd\"}");
    for source in ["method.request.querystring.q", "method.request.body.b", "stageVariables.v"] {
        assert_eq!(refused(&mapping(source), request()), (500, Code::Mapping), "{source}");
    }
    let template = "#set($context.requestOverride.header.X = $input.params('q'))";
    let overriding = http(json!({"requestTemplates": {"application/json": template}}));
    assert_eq!(refused(&overriding, request()), (500, Code::Mapping));
    let name = "#set($name = $input.params('q'))$context.requestOverride.header.put($name, 'v')";
    let overriding = http(json!({"requestTemplates": {"application/json": name}}));
    assert_eq!(refused(&overriding, request()), (500, Code::Mapping));
}

#[test]
fn line_breaks_do_not_reach_headers_of_the_client() {
    let response = |rule: Json| http(json!({"responses": {"default": rule}}));
    let mapped = json!({"statusCode": "200", "responseParameters": {
        "method.response.header.X": "integration.response.body.a"}});
    let request = || MethodRequest::new("POST", "/p");
    assert_eq!(refused(&response(mapped), request()), (500, Code::Mapping));
    let template = "#set($context.responseOverride.header.X = $input.path('$.a'))";
    let overridden = json!({"statusCode": "200", "responseTemplates": {"application/json": template}});
    assert_eq!(refused(&response(overridden), request()), (500, Code::Mapping));
}

#[test]
fn the_result_of_a_function_has_no_line_breaks_in_headers() {
    let integration = json!({"type": "aws_proxy", "httpMethod": "POST", "uri":
        "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:1:function:f/invocations"});
    let api = json!({"methods": [{"httpMethod": "GET", "path": "/", "integration": integration}]});
    let api = PreparedApi::new(&serde_json::from_value::<Api>(api).unwrap());
    let payload = json!({"statusCode": 200, "headers": {"Location": "/x\r\nSet-Cookie: a=b"}});
    let mut backend: Replay = serde_json::from_value(json!({"lambda": {"payload": payload}})).unwrap();
    let outcome = api.handle(MethodRequest::new("GET", "/"), Some(&mut backend), &mut Invocation::new());
    assert_eq!(outcome.response.status, 500);
    assert!(outcome.response.headers.get("Location").is_none());
}

#[test]
fn requests_that_no_client_can_send_are_refused() {
    let integration = http(json!({}));
    for request in [
        MethodRequest::new("POST", "/p").with_header("X", "a\r\nY: b"),
        MethodRequest::new("POST", "/p").with_header("X\nY", "a"),
        MethodRequest::new("POST", "/p").with_header("X", "a\0"),
        MethodRequest::new("POST", "/p\r\nHost: other"),
        MethodRequest::new("GET /x HTTP/1.1\r\n", "/p"),
    ] {
        assert_eq!(refused(&integration, request), (400, Code::Request));
    }
}

/// Checks that the other headers are sent, and that a note tells which is missing (assumed).
#[test]
fn gateway_responses_leave_out_headers_that_would_forge_one() {
    let api: Api = serde_json::from_value(json!({"gatewayResponses": {"DEFAULT_4XX": {"responseParameters": {
        "gatewayresponse.header.X": "method.request.querystring.q",
        "gatewayresponse.header.a b": "'v'", "gatewayresponse.header.Y": "'y'"}}}}))
    .unwrap();
    let get = |value: &str| {
        let mut invocation = Invocation::new();
        let request = MethodRequest::new("GET", "/").with_query("q", value);
        let response = PreparedApi::new(&api).handle(request, None, &mut invocation).response;
        assert_eq!((response.headers.get("a b"), response.headers.get("Y")), (None, Some("y")));
        let told = invocation.notes.iter().filter(|note| note.code == Code::Mapping).map(|note| note.detail.clone());
        (response.headers.get("X").map(str::to_owned), told.collect::<Vec<_>>().join("\n"))
    };
    let (sent, told) = get("a");
    assert_eq!(sent.as_deref(), Some("a"));
    assert!(told.contains(r#"the header "a b" of the gateway response has a character in its name"#), "{told}");
    let (sent, told) = get("a\r\nb");
    assert_eq!(sent, None);
    assert!(told.contains(r#"the header "X" of the gateway response has a line break or a NUL"#), "{told}");
}

/// Checks that the built-in status is in the place of one that no answer can have (assumed).
#[test]
fn the_status_of_a_gateway_response_is_one_of_http() {
    for (text, status, notes) in [("418", 418, 0), ("999", 403, 1), ("99", 403, 1), ("teapot", 403, 1)] {
        let api: Api =
            serde_json::from_value(json!({"gatewayResponses": {"DEFAULT_4XX": {"statusCode": text}}})).unwrap();
        let mut invocation = Invocation::new();
        let response = PreparedApi::new(&api).handle(MethodRequest::new("GET", "/"), None, &mut invocation).response;
        let told = invocation.notes.iter().filter(|note| note.detail.contains("is not a whole number")).count();
        assert_eq!((response.status, told), (status, notes), "{text}");
    }
}

/// Checks that a header whose name is no token is refused (RFC 9110, 5.6.2; that the service refuses it is assumed).
#[test]
fn names_of_headers_are_tokens() {
    let call = |name: &str| {
        let template = format!("#set($context.requestOverride.header['{name}'] = 'v'){{}}");
        let integration = http(json!({"requestTemplates": {"application/json": template}}));
        let outcome = call(&integration, MethodRequest::new("POST", "/p"), &mut Invocation::new());
        outcome.refusal.map(|refusal| refusal.cause.to_string())
    };
    assert_eq!(call("X-Name_1.a~!"), None);
    for (name, why) in [
        ("a b", "a character in its name that no name of a header has"),
        ("a(b", "a character in its name"),
        ("\u{e9}", "a character in its name"),
        ("\u{200b}", "a character in its name"),
        ("a\u{7f}", "a character in its name"),
        ("a:b", "a character in its name"),
        ("a\nb", "a line break or a NUL in its name"),
        ("", "an empty name"),
    ] {
        let told = call(name).unwrap_or_default();
        assert!(told.contains(why), "{name:?}: {told}");
    }
}

/// The built-in answer takes its place.
#[test]
fn the_media_type_of_a_gateway_response_has_no_line_breaks() {
    let api: Api = serde_json::from_value(json!({"gatewayResponses": {"DEFAULT_4XX": {"responseTemplates": {
        "text/html\r\nSet-Cookie: evil=1": "hi"}}}}))
    .unwrap();
    let mut invocation = Invocation::new();
    let response = PreparedApi::new(&api).handle(MethodRequest::new("GET", "/"), None, &mut invocation).response;
    assert_eq!(response.headers.get("Content-Type"), Some("application/json"));
    assert_eq!(response.body, br#"{"message": "Missing Authentication Token"}"#);
    assert!(invocation.notes.iter().any(|note| note.code == Code::Mapping));
}

/// Answers without a header whose value is an id that would forge one.
#[test]
fn ids_of_a_call_have_no_line_breaks_in_headers() {
    let context = json!({"requestId": "a\r\nSet-Cookie: b=c", "extendedRequestId": "d\r\ne: f"});
    let mut invocation = Invocation::new().context(context);
    let ids = ["x-amzn-RequestId", "x-amz-apigw-id", "apigw-requestid"];
    let mut check = |api: &Json, request: MethodRequest, status: u16| {
        let api = PreparedApi::new(&serde_json::from_value::<Api>(api.clone()).unwrap());
        let mut backend: Replay = serde_json::from_value(json!({"status": 200, "body": "{}"})).unwrap();
        let answer = api.handle(request, Some(&mut backend), &mut invocation).response;
        assert_eq!(answer.status, status);
        assert!(ids.iter().all(|name| !answer.headers.contains(name)), "{:?}", answer.headers);
        assert!(invocation.notes.iter().any(|note| note.code == Code::Mapping), "{:?}", invocation.notes);
    };
    let rest = json!({"methods": [{"httpMethod": "GET", "path": "/", "integration": http(json!({}))}]});
    check(&rest, MethodRequest::new("GET", "/"), 200);
    check(&rest, MethodRequest::new("GET", "/none"), 403);
    let api = json!({"protocol": "HTTP", "corsConfiguration": {"allowOrigins": ["*"]}, "methods": [
        {"httpMethod": "GET", "path": "/", "integration": {"type": "http_proxy", "httpMethod": "GET", "uri": "https://b.test/"}}]});
    check(&api, MethodRequest::new("GET", "/"), 200);
    check(&api, MethodRequest::new("GET", "/none"), 404);
    let preflight = MethodRequest::new("OPTIONS", "/").with_header("Origin", "https://a.test");
    check(&api, preflight.with_header("Access-Control-Request-Method", "GET"), 204);
}

#[test]
fn cors_headers_have_no_line_breaks() {
    let ask = |key: &str, method: &str, origin: &str| {
        let mut cors = json!({"allowOrigins": ["https://*"]});
        cors[key] = json!(["a\r\nSet-Cookie: b=c"]);
        let api = json!({"protocol": "HTTP", "corsConfiguration": cors, "methods": [{"httpMethod": "GET", "path": "/",
            "integration": {"type": "http_proxy", "httpMethod": "GET", "uri": "https://b.test/"}}]});
        let api = PreparedApi::new(&serde_json::from_value::<Api>(api).unwrap());
        let mut request = MethodRequest::new(method, "/").with_header("Origin", origin);
        if method == "OPTIONS" {
            request = request.with_header("Access-Control-Request-Method", "GET");
        }
        let mut backend: Replay = serde_json::from_value(json!({"status": 200})).unwrap();
        let outcome = api.handle(request, Some(&mut backend), &mut Invocation::new());
        let headers = &outcome.response.headers;
        assert!(headers.iter().all(|(_, value)| !value.contains(['\r', '\n'])), "{headers:?}");
        (outcome.response.status, outcome.refusal.map(|refusal| refusal.cause.code()))
    };
    let origin = "https://a.test";
    assert_eq!(ask("exposeHeaders", "GET", origin), (500, Some(Code::Mapping)));
    assert_eq!(ask("exposeHeaders", "OPTIONS", origin), (204, None));
    assert_eq!(ask("allowHeaders", "OPTIONS", origin), (500, Some(Code::Mapping)));
    assert_eq!(ask("allowMethods", "OPTIONS", origin), (500, Some(Code::Mapping)));
    let forged = "https://a.test\r\nSet-Cookie: b=c";
    assert_eq!(ask("exposeHeaders", "OPTIONS", forged), (400, Some(Code::Request)));
}

/// A line that a client makes up is indented, and control characters are escaped.
#[test]
fn a_line_of_the_log_cannot_be_forged() {
    let line = "Thu Jan 01 00:00:00 UTC 1970 : Method completed with status: 200";
    let request = MethodRequest::new("POST", "/p")
        .with_query("q", format!("x\n{line}"))
        .with_body(format!("{{}}\n{line}\u{1b}[2K\rx"));
    let mut invocation = Invocation::new().request_id("r-1\nExecution log for request r-2");
    call(&http(json!({})), request, &mut invocation);
    let log = invocation.log.to_string();
    assert!(!log.contains('\u{1b}') && !log.contains('\r'), "{log}");
    assert_eq!(log.lines().filter(|own| *own == line).count(), 1, "{log}");
    assert_eq!(log.lines().filter(|own| own.starts_with("Execution log")).count(), 1, "{log}");
    // Ordinary bodies keep their lines.
    let mut invocation = Invocation::new();
    call(&http(json!({})), MethodRequest::new("POST", "/p").with_body("{\n  \"a\": 1\n}"), &mut invocation);
    assert!(invocation.log.to_string().contains("before transformations: {\n  \"a\": 1\n}\n"));
}

/// aws-observed 12.14 (R): what is percent-encoded in the path stays so in parameters, and reaches the URI.
#[test]
fn dots_and_encoded_slashes_of_a_proxy_parameter_reach_the_uri() {
    let integration = json!({"type": "http_proxy", "httpMethod": "ANY", "uri": "http://b.test/base/{proxy}",
        "requestParameters": {"integration.request.path.proxy": "method.request.path.proxy"}});
    let uri = |path: &str| {
        call(&integration, MethodRequest::new("GET", path), &mut Invocation::new()).integration_request.unwrap().uri
    };
    for path in ["a/../b", "..%2Fetc", "%2e%2e/x", "a%2Fb", "a%0d%0ab", "a//b"] {
        assert_eq!(uri(&format!("/{path}")), format!("http://b.test/base/{path}"));
    }
}
