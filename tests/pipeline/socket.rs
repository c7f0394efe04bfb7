//! WebSocket APIs: what the documents say and the corpus leaves out.

use serde_json::{Value as Json, json};
use vtl::pipeline::call::Replay;
use vtl::pipeline::websocket::{SocketOutcome, SocketRequest, SocketRoute};
use vtl::pipeline::{Api, Backend, Integration, Invocation, Method, Protocol, Route};

const MESSAGE: &str = r#"{"service":"chat","action":"join","data":{"room":"r1"}}"#;

fn call(properties: &Json, route: Method, request: &SocketRequest, backend: &Json) -> SocketOutcome {
    let mut json =
        json!({"IntegrationType": "HTTP", "IntegrationMethod": "POST", "IntegrationUri": "https://b.test/ws"});
    json.as_object_mut().unwrap().extend(properties.as_object().unwrap().clone());
    let integration = Integration::from_v2(json, Protocol::WebSocket).unwrap();
    let method = route.with_integration(integration);
    let mut backend: Option<Replay> = serde_json::from_value(backend.clone()).unwrap();
    let backend = backend.as_mut().map(|replay| replay as &mut dyn Backend);
    let models = serde_json::from_value(json!({"join": {"type": "object", "required": ["data"]}})).unwrap();
    let mut api = Api::new(Protocol::WebSocket);
    api.models = models;
    let mut invocation =
        Invocation::new().context(json!({"connectionId": "c-1", "messageId": "m-1", "requestId": "r-1"}));
    SocketRoute::new(&api, &method).invoke(request, backend, &mut invocation)
}

fn two_way() -> Method {
    let mut method = Method::from_key("join", Protocol::WebSocket);
    method.route_response = true;
    method
}

/// The route with a model for messages whose action is `join`.
fn checked(mut route: Method) -> Method {
    route.model_selection_expression = Some("$request.body.action".to_owned());
    route.request_models.set("join", "join".to_owned());
    route
}

fn text(outcome: &SocketOutcome) -> Option<&str> {
    outcome.response.message.as_deref().map(|message| std::str::from_utf8(message).unwrap())
}

#[test]
fn routes_are_selected_by_what_a_message_says() {
    // "Working with routes for WebSocket APIs"
    let keys = ["$connect", "$disconnect", "$default", "join", "chat/join", "join-", "action"];
    let methods = keys.map(|key| Method::from_key(key, Protocol::WebSocket)).to_vec();
    let mut api = Api::new(Protocol::WebSocket);
    api.methods = methods;
    for (expression, key) in [
        ("$request.body.action", "join"),
        ("${request.body.action}", "join"),
        ("${request.body.service}/${request.body.action}", "chat/join"),
        ("${request.body.action}-${request.body.nope}", "join-"),
        ("action", "action"),
        (r"\$default", "$default"),
        ("$request.body.data.room", "$default"),
    ] {
        api.route_selection_expression = Some(expression.to_owned());
        let route = api.route_message(&SocketRequest::message(MESSAGE)).unwrap();
        assert_eq!(api.methods[route].key().as_deref(), Some(key), "{expression}");
    }
    api.route_selection_expression = Some("action".to_owned());
    assert_eq!(api.route_message(&SocketRequest::message("no JSON")), Some(2));
    api.methods.remove(2);
    assert_eq!(api.route_message(&SocketRequest::message("no JSON")), None);
}

#[test]
fn an_answer_goes_back_only_if_the_route_has_a_response() {
    let one_way = Method::from_key("join", Protocol::WebSocket);
    let backend = json!({"status": 200, "body": "answer"});
    let proxy = json!({"IntegrationType": "HTTP_PROXY"});
    assert_eq!(text(&call(&proxy, one_way, &SocketRequest::message(MESSAGE), &backend)), None);
    assert_eq!(text(&call(&proxy, two_way(), &SocketRequest::message(MESSAGE), &backend)), Some("answer"));
}

#[test]
fn response_templates_are_selected_by_the_answer() {
    let properties = json!({"IntegrationResponses": [
        {"IntegrationResponseKey": "$default", "ResponseTemplates": {"$default": "fine"}},
        {"IntegrationResponseKey": "/4\\d\\d/", "TemplateSelectionExpression": "${integration.response.statuscode}",
         "ResponseTemplates": {"404": "none of $context.connectionId", "$default": "other"}},
    ]});
    for (status, expected) in [(200, "fine"), (404, "none of c-1"), (410, "other"), (4041, "fine")] {
        let outcome = call(&properties, two_way(), &SocketRequest::message(MESSAGE), &json!({"status": status}));
        assert_eq!(text(&outcome), Some(expected), "{status}");
    }
}

#[test]
fn without_a_template_the_body_goes_back_as_it_is_or_converted() {
    let backend = json!({"status": 200, "body": "AAEC/w==", "bodyIsBase64": true});
    let answer = |handling: Json| {
        let response = json!({"IntegrationResponseKey": "$default", "ContentHandlingStrategy": handling});
        let properties = json!({"IntegrationResponses": [response]});
        call(&properties, two_way(), &SocketRequest::message(MESSAGE), &backend).response.message.unwrap()
    };
    assert_eq!(answer(Json::Null), [0, 1, 2, 255]);
    assert_eq!(answer(json!("CONVERT_TO_TEXT")), b"AAEC/w==");
}

#[test]
fn a_base64_message_becomes_bytes_when_asked_to() {
    let properties = json!({"ContentHandlingStrategy": "CONVERT_TO_BINARY"});
    let outcome = call(&properties, two_way(), &SocketRequest::message("AAEC/w=="), &json!({"status": 200}));
    assert_eq!(outcome.integration_request.unwrap().body, [0, 1, 2, 255]);
}

#[test]
fn refusals_are_told_over_the_connection() {
    let message = |properties: Json, route: Method, body: &str, backend: Json| {
        let outcome = call(&properties, route, &SocketRequest::message(body), &backend);
        (outcome.response.status, serde_json::from_slice::<Json>(&outcome.response.message.unwrap()).unwrap())
    };
    // "WebSocket selection expressions": the form of a failed validation
    let checked = checked(two_way());
    let bad = json!({"message": "Bad request body", "connectionId": "c-1", "messageId": "m-1"});
    assert_eq!(message(json!({}), checked, r#"{"action": "join"}"#, json!({"status": 200})), (400, bad));
    let failed = json!({"message": "Internal server error", "connectionId": "c-1", "requestId": "r-1"});
    assert_eq!(message(json!({}), two_way(), MESSAGE, json!({"status": 200})), (500, failed.clone()));
    let function = json!({"IntegrationType": "AWS_PROXY",
        "IntegrationUri": "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:1:function:F/invocations"});
    let error = json!({"lambda": {"payload": {"errorMessage": "x"}, "functionError": "Unhandled"}});
    assert_eq!(message(function, two_way(), MESSAGE, error), (500, failed));
}

#[test]
fn a_model_that_a_message_meets_lets_it_pass() {
    let checked = checked(Method::from_key("join", Protocol::WebSocket));
    let outcome = call(&json!({}), checked, &SocketRequest::message(MESSAGE), &json!({"status": 200}));
    assert_eq!((outcome.response.status, outcome.response.message), (200, None));
}

#[test]
fn parameters_are_there_on_opening_only() {
    let opening: SocketRequest = serde_json::from_value(json!({
        "eventType": "CONNECT", "querystring": {"t": ["1", "2"]}, "headers": {"X-A": ["a", "b"]}, "body": null,
    }))
    .unwrap();
    let properties = json!({"RequestParameters": {
        "integration.request.querystring.one": "route.request.querystring.t",
        "integration.request.querystring.all": "route.request.multivaluequerystring.t",
        "integration.request.header.a": "method.request.multivalueheader.X-A",
        "integration.request.header.c": "context.connectionId",
        "integration.request.header.gone": "route.request.body.nothing",
    }, "RequestTemplates": {"$default": "token=$input.params('t')"}});
    let mut connect = Method::from_key("$connect", Protocol::WebSocket);
    connect.request_parameters.set("route.request.querystring.t", true);
    let outcome = call(&properties, connect.clone(), &opening, &json!({"status": 200}));
    let sent = outcome.integration_request.unwrap();
    assert_eq!(json!(sent.querystring), json!({"one": ["2"], "all": ["1", "2"]}));
    assert_eq!(
        (sent.headers.get("a"), sent.headers.get("c"), sent.headers.get("gone")),
        (Some("a,b"), Some("c-1"), None)
    );
    assert_eq!(sent.body, b"token=2");

    let mut bare = opening;
    bare.querystring.remove("t");
    let outcome = call(&properties, connect, &bare, &json!({"status": 200}));
    assert_eq!((outcome.response.status, outcome.response.message, outcome.integration_request), (400, None, None));
}

#[test]
fn events_tell_what_happened() {
    let function = json!({"IntegrationType": "AWS_PROXY",
        "IntegrationUri": "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:1:function:F/invocations"});
    let event = |key: &str, request: Json| {
        let request: SocketRequest = serde_json::from_value(request).unwrap();
        let route = Method::from_key(key, Protocol::WebSocket);
        let backend = json!({"lambda": {"payload": {"statusCode": 403}}});
        let outcome = call(&function, route, &request, &backend);
        assert_eq!(outcome.response.status, 403);
        serde_json::from_slice::<Json>(&outcome.integration_request.unwrap().body).unwrap()
    };
    let opened =
        event("$connect", json!({"eventType": "CONNECT", "querystring": {"a": ["1", "2"]}, "headers": {"H": "x"}}));
    assert_eq!(opened["queryStringParameters"], json!({"a": "2"}));
    assert_eq!(opened["multiValueQueryStringParameters"], json!({"a": ["1", "2"]}));
    assert_eq!((&opened["headers"], &opened["multiValueHeaders"]), (&json!({"H": "x"}), &json!({"H": ["x"]})));
    assert!(opened.get("body").is_none() && opened["requestContext"]["messageId"].is_null());
    assert_eq!(opened["requestContext"]["routeKey"], "$connect");

    let message = event("join", json!({"eventType": "MESSAGE", "body": "hi"}));
    assert_eq!((&message["body"], &message["requestContext"]["messageId"]), (&json!("hi"), &json!("m-1")));
    assert!(message.get("headers").is_none());
}
