//! `PreparedApi`: one door for routing, calls, CORS and requests without a route.

use serde_json::{Value as Json, json};
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use vtl::pipeline::call::{CallProbe, Replay, ResponseType, Started, Step};
use vtl::pipeline::websocket::{EventType, SocketRequest};
use vtl::pipeline::{
    Api, Backend, BackendError, IntegrationRequest, IntegrationResponse, Invocation, Method, MethodRequest,
    MethodResponse, PrepareOptions, PreparedApi, Protocol, Refusal,
};
use vtl::{Code, Dialect, Error, Limits, Probe, Span, State};

fn api(api: Json) -> PreparedApi {
    PreparedApi::new(&serde_json::from_value(api).unwrap())
}

fn mock(body: &str) -> Json {
    json!({"type": "mock", "requestTemplates": {"application/json": "{\"statusCode\": 200}"},
        "responses": {"default": {"statusCode": "200", "responseTemplates": {"application/json": body}}}})
}

fn get(api: &PreparedApi, path: &str) -> MethodResponse {
    api.handle(MethodRequest::new("GET", path), None, &mut Invocation::new()).response
}

fn text(body: &[u8]) -> &str {
    std::str::from_utf8(body).unwrap()
}

#[test]
fn a_request_without_a_route_is_answered() {
    // "Gateway response types"; "HTTP API … Not Found"
    let rest = api(json!({"methods": [{"httpMethod": "GET", "path": "/a", "integration": mock("a")}]}));
    let mut invocation = Invocation::new().request_id("r-1");
    let outcome = rest.handle(MethodRequest::new("GET", "/b"), None, &mut invocation);
    assert_eq!((outcome.response.status, outcome.integration_request), (403, None));
    assert_eq!(text(&outcome.response.body), r#"{"message": "Missing Authentication Token"}"#);
    let headers = &outcome.response.headers;
    assert_eq!(headers.get("x-amzn-ErrorType"), Some("MissingAuthenticationTokenException"));
    assert_eq!(headers.get("x-amzn-RequestId"), Some("r-1"));
    assert_eq!((invocation.notes[0].step, invocation.notes[0].code), (Step::Routing, Code::NoRoute));

    let http = api(json!({"protocol": "HTTP", "methods": [{"httpMethod": "GET", "path": "/a"}]}));
    let response = get(&http, "/b");
    assert_eq!((response.status, text(&response.body)), (404, r#"{"message":"Not Found"}"#));
}

#[test]
fn a_configured_gateway_response_answers_unrouted_requests() {
    let rest = api(json!({"gatewayResponses": {"MISSING_AUTHENTICATION_TOKEN": {
        "statusCode": "404", "responseTemplates": {"application/json": "{\"stage\": \"$context.stage\"}"}}}}));
    let mut invocation = Invocation::new().context(json!({"stage": "prod"}));
    let response = rest.handle(MethodRequest::new("GET", "/b"), None, &mut invocation).response;
    assert_eq!((response.status, text(&response.body)), (404, r#"{"stage": "prod"}"#));
}

#[test]
fn the_context_has_what_the_gateway_knows() {
    let body = "$context.resourcePath $context.path $context.httpMethod $context.requestId $context.protocol";
    let rest = api(json!({"methods": [{"httpMethod": "GET", "path": "/pets/{id}", "integration": mock(body)}]}));
    let mut invocation = Invocation::new().context(json!({"stage": "prod"})).request_id("r-1");
    let mut call = |path: &str| rest.handle(MethodRequest::new("GET", path), None, &mut invocation).response;
    // The values of one call do not stay for the next.
    for id in ["7", "8"] {
        let response = call(&format!("/pets/{id}"));
        assert_eq!(text(&response.body), format!("/pets/{{id}} /prod/pets/{id} GET r-1 HTTP/1.1"));
    }
    let mut given = Invocation::new().context(json!({"resourcePath": "/mine", "path": "/x", "protocol": "HTTP/2.0"}));
    let response = rest.handle(MethodRequest::new("GET", "/pets/7"), None, &mut given).response;
    assert_eq!(text(&response.body), "/mine /x GET test-invoke-request HTTP/2.0");
}

fn cors(more: Json) -> PreparedApi {
    let mut settings = json!({"allowOrigins": ["https://app.test", "http://*"], "allowMethods": ["GET", "POST"],
        "allowHeaders": ["authorization"], "exposeHeaders": ["date"], "maxAge": 300});
    settings.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    api(json!({"protocol": "HTTP", "corsConfiguration": settings, "methods": [{"httpMethod": "GET", "path": "/a",
        "integration": {"type": "HTTP_PROXY", "httpMethod": "GET", "uri": "https://b.test/", "payloadFormatVersion": "1.0"}}]}))
}

#[test]
fn preflights_are_answered_without_a_route() {
    // "Configure CORS for HTTP APIs"; the form of the answer is assumed, see COMPATIBILITY.md
    let api = cors(json!({}));
    let preflight = |origin: &str| {
        let request = MethodRequest::new("OPTIONS", "/anything").with_header("Origin", origin);
        let request = request.with_header("Access-Control-Request-Method", "POST");
        api.handle(request, None, &mut Invocation::new()).response
    };
    let response = preflight("https://app.test");
    let header = |name: &str| response.headers.get(name);
    assert_eq!((response.status, header("Access-Control-Allow-Origin")), (204, Some("https://app.test")));
    assert_eq!(header("Access-Control-Allow-Methods"), Some("GET,POST"));
    assert_eq!(header("Access-Control-Allow-Headers"), Some("authorization"));
    assert_eq!(header("Access-Control-Max-Age"), Some("300"));
    assert_eq!(preflight("http://dev.test").headers.get("Access-Control-Allow-Origin"), Some("http://dev.test"));
    assert_eq!(preflight("https://evil.test").headers.get("Access-Control-Allow-Origin"), None);

    // Without `Origin` and `Access-Control-Request-Method` it is a request like any other.
    let plain = MethodRequest::new("OPTIONS", "/anything").with_header("Origin", "https://app.test");
    assert_eq!(api.handle(plain, None, &mut Invocation::new()).response.status, 404);
}

#[test]
fn cors_headers_of_the_backend_are_replaced() {
    let backend = json!({"status": 200, "headers": {"Access-Control-Allow-Origin": "https://other.test", "X-A": "1"}});
    let call = |api: &PreparedApi, origin: Option<&str>| {
        let mut backend: Replay = serde_json::from_value(backend.clone()).unwrap();
        let mut request = MethodRequest::new("GET", "/a");
        if let Some(origin) = origin {
            request.headers.add("Origin", origin);
        }
        let response = api.handle(request, Some(&mut backend), &mut Invocation::new()).response;
        let header = |name: &str| response.headers.get(name).map(str::to_owned);
        assert_eq!(header("X-A").as_deref(), Some("1"));
        let (origin, exposed) = (header("Access-Control-Allow-Origin"), header("Access-Control-Expose-Headers"));
        (origin, exposed, header("Access-Control-Allow-Credentials"))
    };
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(call(&cors(json!({})), Some("https://app.test")), (some("https://app.test"), some("date"), None));
    assert_eq!(call(&cors(json!({})), None), (None, None, None));
    let all = cors(json!({"allowOrigins": ["*"]}));
    assert_eq!(call(&all, Some("https://x.test")), (some("*"), some("date"), None));
    let with_credentials = cors(json!({"allowCredentials": true}));
    assert_eq!(call(&with_credentials, Some("https://app.test")).2, some("true"));
}

#[test]
fn websocket_events_have_answers_without_routes() {
    let mut api = Api::new(Protocol::WebSocket);
    let handle = |api: &Api, request| {
        let mut invocation = Invocation::new().context(json!({"connectionId": "c-1", "requestId": "r-1"}));
        PreparedApi::new(api).handle_message(request, None, &mut invocation).response
    };
    let answer = handle(&api, SocketRequest::message("{}"));
    let message: Json = serde_json::from_slice(&answer.message.unwrap()).unwrap();
    assert_eq!(message, json!({"message": "Forbidden", "connectionId": "c-1", "requestId": "r-1"}));
    // "Setting up an integration for $connect is optional"
    for _ in 0..2 {
        for event in [EventType::Connect, EventType::Disconnect] {
            assert_eq!(handle(&api, SocketRequest::new(event)).status, 200);
        }
        api.methods = ["$connect", "$disconnect"].map(|key| Method::from_key(key, Protocol::WebSocket)).to_vec();
    }
}

/// A backend that answers when it is polled the second time.
struct Slow(bool);

impl Future for Slow {
    type Output = Result<IntegrationResponse, BackendError>;

    fn poll(mut self: std::pin::Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Self::Output> {
        if std::mem::replace(&mut self.0, true) {
            return Poll::Ready(Ok(IntegrationResponse::new(201).with_body("made")));
        }
        Poll::Pending
    }
}

fn http_api() -> PreparedApi {
    api(json!({"methods": [{"httpMethod": "POST", "path": "/a", "integration": {"type": "http", "httpMethod": "POST",
        "uri": "http://b.test/", "responses": {"default": {"statusCode": "200"}}}}]}))
}

#[test]
fn an_async_server_awaits_the_backend() {
    async fn answer(api: &PreparedApi, request: MethodRequest, invocation: &mut Invocation<'_>) -> MethodResponse {
        match api.start(request, invocation) {
            Started::Answered(outcome) => outcome.response,
            Started::Waiting(call) => {
                assert_eq!(call.request().uri, "http://b.test/");
                let answer = Slow(false).await;
                call.respond(answer, invocation).response
            }
        }
    }
    let api = http_api();
    let poll = |invocation: &mut Invocation<'_>| {
        let request = MethodRequest::new("POST", "/a").with_header("X-A", "1").with_body("{}");
        let mut future = pin!(answer(&api, request, invocation));
        let mut context = Context::from_waker(Waker::noop());
        assert!(future.as_mut().poll(&mut context).is_pending());
        match future.as_mut().poll(&mut context) {
            Poll::Ready(response) => response,
            Poll::Pending => panic!("the backend has answered"),
        }
    };
    let mut invocation = Invocation::new();
    let response = poll(&mut invocation);
    assert_eq!((response.status, text(&response.body)), (200, "made"));

    // Both ways give one log.
    struct Now;
    impl Backend for Now {
        fn call(&mut self, _: &IntegrationRequest) -> Result<IntegrationResponse, BackendError> {
            Ok(IntegrationResponse::new(201).with_body("made"))
        }
    }
    let mut direct = Invocation::new();
    let request = MethodRequest::new("POST", "/a").with_header("X-A", "1").with_body("{}");
    assert_eq!(api.handle(request, Some(&mut Now), &mut direct).response, response);
    assert_eq!(direct.log, invocation.log);
}

#[test]
fn a_pending_call_may_be_refused() {
    let api = http_api();
    let mut invocation = Invocation::new();
    let Started::Waiting(call) = api.start(MethodRequest::new("POST", "/a"), &mut invocation) else {
        panic!("the backend must be asked")
    };
    let refusal = Refusal::new(ResponseType::Throttled, Error::new(Code::Request, "too many"));
    let outcome = call.refuse(&refusal, &mut invocation);
    assert_eq!((outcome.response.status, outcome.integration_request.is_some()), (429, true));
}

#[test]
fn templates_have_the_dialect_and_the_limits_of_the_options() {
    let source = "#foreach($i in [1..20])x#end";
    let api: Api =
        serde_json::from_value(json!({"methods": [{"httpMethod": "POST", "path": "/", "integration": mock(source)}]}))
            .unwrap();
    let status = |options: &PrepareOptions| {
        let request = MethodRequest::new("POST", "/");
        PreparedApi::with_options(&api, options).handle(request, None, &mut Invocation::new()).response.status
    };
    assert_eq!(status(&PrepareOptions::new()), 200);
    assert_eq!(status(&PrepareOptions::new().limits(Limits::service().with_output(Some(18)))), 500);

    let echo: Api = serde_json::from_value(json!({"methods": [{"httpMethod": "POST", "path": "/", "integration": {
        "type": "http", "httpMethod": "POST", "uri": "http://b.test/",
        "requestTemplates": {"application/json": "$input.json('$')"}}}]}))
    .unwrap();
    let dialect = Dialect::service().with_escape_slash(true);
    let sent = |options: &PrepareOptions| {
        let api = PreparedApi::with_options(&echo, options);
        let request = MethodRequest::new("POST", "/").with_body(r#"["a/b"]"#);
        let outcome = api.handle(request, None, &mut Invocation::new());
        String::from_utf8(outcome.integration_request.unwrap().body).unwrap()
    };
    assert_eq!(sent(&PrepareOptions::new()), r#"["a/b"]"#);
    assert_eq!(sent(&PrepareOptions::new().dialect(dialect)), r#"["a\/b"]"#);
}

#[test]
fn probes_see_each_template_by_its_name() {
    #[derive(Default)]
    struct Names(Vec<String>, Ops);
    #[derive(Default)]
    struct Ops(usize);
    impl Probe for Ops {
        fn op(&mut self, _: Span, _: &State<'_, '_>) {
            self.0 += 1;
        }
    }
    impl CallProbe for Names {
        fn template(&mut self, name: &str) -> Option<&mut dyn Probe> {
            self.0.push(name.to_owned());
            name.starts_with("response:").then_some(&mut self.1)
        }
    }
    let api = api(json!({"methods": [{"httpMethod": "GET", "path": "/", "integration": mock("a $context.stage")}]}));
    let mut names = Names::default();
    let mut invocation = Invocation::new().probe(&mut names);
    let watched = api.handle(MethodRequest::new("GET", "/"), None, &mut invocation).response;
    assert_eq!(names.0, ["request:application/json", "response:200:application/json"]);
    assert!(names.1.0 > 0);
    assert_eq!(watched.body, get(&api, "/").body);
}

#[test]
fn notes_and_refusals_name_their_template() {
    let api = api(json!({"methods": [
        {"httpMethod": "GET", "path": "/note", "integration": mock("$nothing.here")},
        {"httpMethod": "GET", "path": "/failed", "integration": mock("$input.path('$[')")},
        {"httpMethod": "GET", "path": "/broken", "integration": mock("#if(")},
    ]}));
    for (path, status, code) in [("/note", 200, "V150"), ("/failed", 500, "V201"), ("/broken", 500, "V001")] {
        let mut invocation = Invocation::new();
        let response = api.handle(MethodRequest::new("GET", path), None, &mut invocation).response;
        let diagnostic = invocation.notes[0].diagnostic(None);
        let found = (response.status, diagnostic.code.as_str(), diagnostic.template.as_deref());
        assert_eq!(found, (status, code, Some("response:200:application/json")), "{path}");
    }
}
