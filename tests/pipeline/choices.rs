//! The choices of a call and the reasons of refusals, as people read them.

use super::LAMBDA;
use serde_json::{Value as Json, json};
use vtl::pipeline::call::{Replay, ResponseType};
use vtl::pipeline::websocket::SocketRequest;
use vtl::pipeline::{Api, Backend, Invocation, MethodRequest, PreparedApi};

/// Lines of the choices of a call of `POST /`, with the type of the refusal if there is one.
fn choices(integration: &Json, request: MethodRequest, backend: Json) -> (Vec<String>, Option<ResponseType>) {
    let api = json!({"methods": [{"httpMethod": "POST", "path": "/", "integration": integration}]});
    let api = PreparedApi::new(&serde_json::from_value::<Api>(api).unwrap());
    let mut backend: Option<Replay> = serde_json::from_value(backend).unwrap();
    let backend = backend.as_mut().map(|replay| replay as &mut dyn Backend);
    let outcome = api.handle(request, backend, &mut Invocation::new());
    (outcome.choices.iter().map(ToString::to_string).collect(), outcome.refusal.map(|refusal| refusal.response_type))
}

fn http() -> Json {
    json!({"type": "http", "httpMethod": "POST", "uri": "http://b.test/",
        "requestTemplates": {"application/json": "{}", "text/csv": "a"},
        "responses": {
            "2\\d\\d": {"statusCode": "200", "responseTemplates": {"application/json": "{}", "text/xml": "<a/>"}},
            "404": {"statusCode": "404"}}})
}

#[test]
fn a_matching_template_and_response_are_named_with_what_they_matched() {
    let request = MethodRequest::new("POST", "/").with_header("Accept", "text/xml");
    let lines = ["application/json matched application/json", r"status 201 matched 2\d\d", "text/xml matched text/xml"];
    assert_eq!(choices(&http(), request, json!({"status": 201})), (lines.map(str::to_owned).to_vec(), None));
}

#[test]
fn what_matched_nothing_says_against_what() {
    let request = MethodRequest::new("POST", "/").with_header("Content-Type", "text/plain").with_body("x");
    let lines = [
        "text/plain matched none of application/json, text/csv; passthrough WHEN_NO_MATCH",
        r"status 400 matched none of 2\d\d, 404",
    ];
    let refused = Some(ResponseType::ApiConfigurationError);
    assert_eq!(choices(&http(), request, json!({"status": 400})), (lines.map(str::to_owned).to_vec(), refused));
}

#[test]
fn a_default_is_told_from_a_match() {
    let request = || MethodRequest::new("POST", "/").with_header("Accept", "image/png");
    let (lines, _) = choices(&http(), request(), json!({"status": 200}));
    assert_eq!(lines[2], "image/png matched none of application/json, text/xml; took application/json");

    let mut integration = http();
    integration["responses"]["default"] = json!({"statusCode": "500"});
    let (lines, _) = choices(&integration, request(), json!({"status": 302}));
    assert_eq!(lines[1], r"status 302 matched none of 2\d\d, 404; took default");
    assert_eq!(lines[2], "no response templates; the body passes unchanged");
}

#[test]
fn a_body_that_may_not_pass_is_refused_with_the_reason() {
    let mut integration = http();
    integration["passthroughBehavior"] = "NEVER".into();
    let request = MethodRequest::new("POST", "/").with_header("Content-Type", "text/plain").with_body("x");
    let line = "text/plain matched none of application/json, text/csv; passthrough NEVER".to_owned();
    let refused = Some(ResponseType::UnsupportedMediaType);
    assert_eq!(choices(&integration, request, json!({"status": 200})), (vec![line], refused));
}

#[test]
fn a_function_is_selected_by_its_error() {
    let integration = json!({"type": "aws", "httpMethod": "POST", "uri": LAMBDA, "responses": {
        "default": {"statusCode": "200"}, ".*Bad.*": {"statusCode": "400"}}});
    let of = |payload: Json| {
        choices(&integration, MethodRequest::new("POST", "/"), json!({"lambda": {"payload": payload}})).0
    };
    let line = "the function did not fail, which matched none of .*Bad.*; took default";
    assert_eq!(of(json!({}))[..2], ["no request templates; passthrough WHEN_NO_MATCH", line]);
    assert_eq!(of(json!({"errorMessage": "Bad id"}))[1], "error message \"Bad id\" matched .*Bad.*");
}

#[test]
fn gateway_responses_and_keys_of_websocket_apis_are_choices() {
    let api: Api = serde_json::from_value(json!({
        "gatewayResponses": {"DEFAULT_4XX": {"statusCode": "418"}}, "methods": []}))
    .unwrap();
    let outcome = PreparedApi::new(&api).handle(MethodRequest::new("GET", "/"), None, &mut Invocation::new());
    assert_eq!(
        outcome.choices[0].to_string(),
        "MISSING_AUTHENTICATION_TOKEN matched none of DEFAULT_4XX; took DEFAULT_4XX"
    );

    let api: Api =
        serde_json::from_value(json!({"protocol": "WEBSOCKET", "routeSelectionExpression": "$request.body.a",
        "methods": [{"routeKey": "$default", "routeResponse": true, "integration": {"type": "mock",
            "templateSelectionExpression": "$request.body.kind",
            "requestTemplates": {"one": "{\"statusCode\": 200}", "$default": "{\"statusCode\": 404}"},
            "responses": [{"integrationResponseKey": "/2\\d\\d/"}, {"integrationResponseKey": "$default"}]}}]}))
        .unwrap();
    let outcome = PreparedApi::new(&api).handle_message(
        SocketRequest::message(r#"{"kind": "two"}"#),
        None,
        &mut Invocation::new(),
    );
    let lines: Vec<String> = outcome.choices.iter().map(ToString::to_string).collect();
    assert_eq!(lines[0], "key \"two\" matched none of one, $default; took $default");
    assert_eq!(lines[1], r"status 404 matched none of /2\d\d/; took $default");
}

#[test]
fn a_request_without_a_route_says_what_would_have_one() {
    let api = json!({"methods": [{"httpMethod": "GET", "path": "/pets"}, {"httpMethod": "PUT", "path": "/pets"}]});
    let api = PreparedApi::new(&serde_json::from_value::<Api>(api).unwrap());
    let reason = |method: &str, path: &str| {
        let mut invocation = Invocation::new().context(json!({"stage": "prod"}));
        let outcome = api.handle(MethodRequest::new(method, path), None, &mut invocation);
        let refusal = outcome.refusal.unwrap();
        assert_eq!(invocation.notes[0].detail, refusal.cause.detail());
        refusal.cause.detail().to_owned()
    };
    assert_eq!(reason("POST", "/pets"), "no route takes POST /pets; the path has GET, PUT");
    assert_eq!(reason("GET", "/prod/pets"), "no route takes GET /prod/pets; paths are without the stage: /pets");
    assert_eq!(reason("GET", "/toys"), "no route takes GET /toys");
}

#[test]
fn choices_serialise_with_their_line() {
    let api = json!({"methods": [{"httpMethod": "POST", "path": "/", "integration": http()}]});
    let api = PreparedApi::new(&serde_json::from_value::<Api>(api).unwrap());
    let outcome = api.handle(MethodRequest::new("POST", "/"), None, &mut Invocation::new());
    assert_eq!(
        json!(outcome.choices[0]),
        json!({"kind": "request template", "subject": "content type", "value": "application/json",
            "candidates": ["application/json", "text/csv"], "matched": true, "taken": "application/json",
            "name": "request:application/json", "passthroughBehavior": null,
            "text": "application/json matched application/json"})
    );
}

/// aws-observed 18.17: a pattern matches the whole text, and `.` no line end.
#[test]
fn a_selection_pattern_matches_the_whole_text_of_one_line() {
    let select = |pattern: &str, text: &str| {
        let integration = json!({"type": "aws", "httpMethod": "POST", "uri": LAMBDA, "responses": {
            "default": {"statusCode": "200"}, pattern: {"statusCode": "400"}}});
        let answer = json!({"lambda": {"payload": {"errorMessage": text}}});
        choices(&integration, MethodRequest::new("POST", "/"), answer).0[1].contains(" matched none of ")
    };
    assert!(!select("Bad.*", "Bad id") && !select(".*Bad.*", "so Bad it is"));
    assert!(select("Bad", "Bad id") && select("Bad.*", "Bad\nid") && !select("Bad(.|\\n)*", "Bad\nid"));
}

/// aws-observed 18.16: the configuration deploys, and the call that chooses it fails.
#[test]
fn a_response_that_no_method_response_has_fails_when_it_is_chosen() {
    let api = json!({"methods": [{"httpMethod": "GET", "path": "/", "methodResponses": ["200"], "integration": {
        "type": "http", "httpMethod": "GET", "uri": "http://b.test/",
        "responses": {"default": {"statusCode": "200"}, "404": {"statusCode": "404"}}}}]});
    let api = PreparedApi::new(&serde_json::from_value::<Api>(api).unwrap());
    let get = |status: u16| {
        let mut backend: Replay = serde_json::from_value(json!({"status": status})).unwrap();
        let outcome = api.handle(MethodRequest::new("GET", "/"), Some(&mut backend), &mut Invocation::new());
        (outcome.response.status, outcome.refusal.map(|refusal| refusal.cause.detail().to_owned()))
    };
    assert_eq!(get(200), (200, None));
    assert_eq!(get(404), (500, Some("Output mapping refers to an invalid method response: 404".to_owned())));
}

/// The service's body of an HTTP API (`{"message":"Not Found"}`), also where the routes have no integration.
#[test]
fn an_http_api_answers_404_to_what_no_route_takes() {
    for routes in [json!([]), json!([{"httpMethod": "GET", "path": "/pets"}, {"routeKey": "POST /toys"}])] {
        let api = json!({"protocol": "HTTP", "methods": routes});
        let api = PreparedApi::new(&serde_json::from_value::<Api>(api).unwrap());
        let outcome = api.handle(MethodRequest::new("PUT", "/pets"), None, &mut Invocation::new());
        assert_eq!(
            (outcome.response.status, outcome.response.body.as_slice()),
            (404, &br#"{"message":"Not Found"}"#[..])
        );
        assert_eq!(outcome.refusal.unwrap().response_type, ResponseType::ResourceNotFound);
    }
}
