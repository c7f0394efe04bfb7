//! Answers of authorizers, and what templates, mappings and events get of them.

use serde_json::{Value as Json, json};
use vtl::pipeline::call::{Authorizer, Replay, ResponseType, Step};
use vtl::pipeline::websocket::{EventType, SocketRequest};
use vtl::pipeline::{Api, Backend, Invocation, MethodRequest, MethodResponse, Outcome, PreparedApi, Protocol};

const FUNCTION: &str =
    "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:1:function:F/invocations";

fn prepared(api: Json) -> PreparedApi {
    PreparedApi::new(&serde_json::from_value::<Api>(api).unwrap())
}

/// Calls `GET /pets/7` of a REST API whose response is a template.
fn rest(template: &str, authorizer: &Json, context: Json) -> (Outcome<MethodResponse>, Vec<Step>) {
    let api = prepared(json!({"methods": [{"httpMethod": "GET", "path": "/pets/{id}", "integration": {
        "type": "mock", "requestTemplates": {"application/json": "{\"statusCode\": 200}"},
        "responses": {"default": {"statusCode": "200", "responseTemplates": {"application/json": template}}}}}]}));
    let mut invocation =
        Invocation::new().context(context).authorizer(Authorizer::from_json(authorizer).expect("a known shape"));
    let outcome = api.handle(MethodRequest::new("GET", "/pets/7"), None, &mut invocation);
    (outcome, invocation.notes.iter().map(|note| note.step).collect())
}

fn rendered(template: &str, authorizer: &Json) -> String {
    String::from_utf8(rest(template, authorizer, json!({})).0.response.body).unwrap()
}

/// Returns the event that a function behind `ANY /pets/{id}` receives.
fn event(protocol: &str, version: &str, authorizer: Authorizer) -> Json {
    let integration =
        json!({"type": "aws_proxy", "httpMethod": "POST", "uri": FUNCTION, "payloadFormatVersion": version});
    let api = prepared(json!({"protocol": protocol,
        "methods": [{"httpMethod": "ANY", "path": "/pets/{id}", "integration": integration}]}));
    let mut backend: Replay = serde_json::from_value(json!({"lambda": {"payload": {"statusCode": 200}}})).unwrap();
    let mut invocation = Invocation::new().authorizer(authorizer);
    let outcome = api.handle(MethodRequest::new("GET", "/pets/7"), Some(&mut backend), &mut invocation);
    serde_json::from_slice(&outcome.integration_request.expect("a request").body).unwrap()
}

fn policy(effect: &str, resource: &str) -> Json {
    json!({"Version": "2012-10-17",
        "Statement": [{"Action": "execute-api:Invoke", "Effect": effect, "Resource": resource}]})
}

fn allowed(context: Json) -> Json {
    json!({"principalId": "user-7", "policyDocument": policy("Allow", "*"), "context": context})
}

/// "Variables for data transformations": values of the context are text, whatever they were.
#[test]
fn a_function_s_context_is_text_in_rest_apis() {
    let answer = allowed(json!({"key": "value", "numKey": 1, "boolKey": true, "none": null}));
    let template = "$context.authorizer.principalId $context.authorizer.key \
        $context.authorizer.numKey.length() $context.authorizer.boolKey.length() [$context.authorizer.none]";
    assert_eq!(rendered(template, &answer), "user-7 value 1 4 []");
    // aws-observed 18.8
    assert_eq!(rendered("[$context.authorizer]", &answer), "[]");
}

/// Recorded events: the latency stands beside the context as a number (powertools-lambda-python,
/// tests/events/apiGatewayProxyEventPrincipalId.json).
#[test]
fn a_function_s_context_is_in_the_events_of_rest_apis() {
    let sent = event("REST", "1.0", Authorizer::lambda(allowed(json!({"user_id": 5}))));
    assert_eq!(
        sent["requestContext"]["authorizer"],
        json!({"user_id": "5", "principalId": "user-7", "integrationLatency": 0})
    );
}

/// The words of the log are those of dev.to/dborgenvik/the-context-property-of-aws-lambda-authorizer-1ibc, the
/// answer those of loige.co/debugging-custom-apigateway-authorizers.
#[test]
fn nested_values_of_a_context_are_refused_by_rest_apis() {
    let (outcome, steps) = rest("", &allowed(json!({"list": [1]})), json!({}));
    assert_eq!((outcome.response.status, outcome.response.body.as_slice()), (500, &br#"{"message":null}"#[..]));
    assert_eq!(outcome.response.headers.get("x-amzn-ErrorType"), Some("AuthorizerConfigurationException"));
    let refusal = outcome.refusal.unwrap();
    assert_eq!(refusal.response_type, ResponseType::AuthorizerConfigurationError);
    let words = "Invalid JSON in response: Can not deserialize instance of java.lang.String out of START_ARRAY token";
    assert!(refusal.cause.detail().starts_with(words), "{}", refusal.cause.detail());
    assert_eq!(steps, [Step::Authorization]);
    assert!(outcome.integration_request.is_none());
}

#[test]
fn a_policy_decides_over_method_and_path() {
    let status = |effect: &str, resource: &str, stage: &str| {
        let answer = json!({"principalId": "u", "policyDocument": policy(effect, resource)});
        let outcome = rest("ok", &answer, json!({"stage": stage})).0;
        (outcome.response.status, String::from_utf8(outcome.response.body).unwrap())
    };
    let arn = "arn:aws:execute-api:eu-west-1:999999999999:other";
    assert_eq!(status("Allow", &format!("{arn}/prod/GET/pets/*"), "prod"), (200, "ok".to_owned()));
    let none = r#"{"message": "User is not authorized to access this resource"}"#.to_owned();
    assert_eq!(status("Allow", &format!("{arn}/prod/POST/pets/*"), "prod"), (403, none.clone()));
    assert_eq!(status("Allow", &format!("{arn}/dev/GET/*"), "prod"), (403, none));
    let explicit = r#"{"message": "User is not authorized to access this resource with an explicit deny"}"#.to_owned();
    assert_eq!(status("Deny", "*", "prod"), (403, explicit));
}

/// "Use API Gateway Lambda authorizers": the error `Unauthorized` is 401. That another one is
/// AUTHORIZER_FAILURE is *assumed* from the name of the type.
#[test]
fn errors_and_incomplete_answers_of_a_function_refuse_the_call() {
    let refused = |answer: Json| {
        let outcome = rest("", &answer, json!({})).0;
        (outcome.response.status, outcome.refusal.unwrap().response_type)
    };
    assert_eq!(refused(json!({"errorMessage": "Unauthorized", "trace": []})), (401, ResponseType::Unauthorized));
    assert_eq!(refused(json!({"errorMessage": "boom"})), (500, ResponseType::AuthorizerFailure));
    let unusable = (500, ResponseType::AuthorizerConfigurationError);
    assert_eq!(refused(json!({"policyDocument": policy("Allow", "*")})), unusable);
    assert_eq!(refused(json!({"principalId": "u"})), unusable);
    // The short answer is one of HTTP APIs.
    assert_eq!(refused(json!({"isAuthorized": true})), unusable);
}

/// Recorded in 2021 (pool us-east-2_QbOWouBAQ): everything is text, `exp` and `iat` are dates of Java, lists and
/// objects are joined.
#[test]
fn claims_of_a_cognito_token_in_rest_apis() {
    let claims = json!({"sub": "e8564abc", "cognito:groups": ["a", "b"], "email_verified": false,
        "auth_time": 1_611_978_545, "exp": 1_611_982_145, "iat": 1_611_978_545,
        "identities": [{"providerName": "Google", "issuer": null}, {"providerName": "Facebook"}]});
    let expected = json!({"sub": "e8564abc", "cognito:groups": "a,b", "email_verified": "false",
        "auth_time": "1611978545", "exp": "Sat Jan 30 04:49:05 UTC 2021", "iat": "Sat Jan 30 03:49:05 UTC 2021",
        "identities": "{\"providerName\":\"Google\",\"issuer\":null},{\"providerName\":\"Facebook\"}"});
    let sent = event("REST", "1.0", Authorizer::from_json(&json!({"claims": claims})).unwrap());
    assert_eq!(sent["requestContext"]["authorizer"], json!({"claims": expected}));
    let template = "$context.authorizer.claims.sub [$context.authorizer.claims] $context.authorizer.claims.get('exp')";
    assert_eq!(rendered(template, &claims), "e8564abc [] Sat Jan 30 04:49:05 UTC 2021");
}

/// "Control access to HTTP APIs with JWT authorizers"; recorded claims are text, and scopes null
/// (`"auth_time": "1675808143"`, `"scopes": null`); groups are `[a b]` (reported by many users).
#[test]
fn claims_of_a_token_in_http_apis() {
    let claims = json!({"sub": "u", "auth_time": 1_675_808_143, "email_verified": true, "cognito:groups": ["a", "b"]});
    let text = json!({"sub": "u", "auth_time": "1675808143", "email_verified": "true", "cognito:groups": "[a b]"});
    let authorizer = |scopes: Json| Authorizer::from_json(&json!({"claims": claims, "scopes": scopes})).unwrap();
    let of = |version: &str, scopes: Json| {
        event("HTTP", version, authorizer(scopes))["requestContext"]["authorizer"].clone()
    };
    assert_eq!(of("2.0", Json::Null), json!({"jwt": {"claims": text, "scopes": null}}));
    assert_eq!(of("2.0", json!(["read", "write"])), json!({"jwt": {"claims": text, "scopes": ["read", "write"]}}));
    assert_eq!(of("1.0", Json::Null), json!({"claims": text, "scopes": null}));
}

/// "Control access to HTTP APIs with AWS Lambda authorizers": a context may hold lists and maps, and keeps its
/// types. Without one it is null (recorded in 2023, API a3jp3ewyog); format 1.0 has it beside the empty members of
/// a token (recorded in 2024, API 1xfslfeqxf).
#[test]
fn a_function_s_context_keeps_its_types_in_http_apis() {
    let context = json!({"numberKey": 1, "booleanKey": true, "arrayKey": ["a"], "mapKey": {"k": "v"}});
    let answer = |context: Json| Authorizer::lambda(json!({"isAuthorized": true, "context": context}));
    let of =
        |version: &str, context: Json| event("HTTP", version, answer(context))["requestContext"]["authorizer"].clone();
    assert_eq!(of("2.0", context.clone()), json!({"lambda": context}));
    assert_eq!(of("2.0", Json::Null), json!({"lambda": null}));
    let flat = json!({"claims": null, "scopes": null, "traceID": "t"});
    assert_eq!(of("1.0", json!({"traceID": "t"})), flat);
}

/// "Customize HTTP API access logs", whose variables mappings may use: values keep their types, a principal stands
/// beside them, and the claims as a whole are null.
#[test]
fn mappings_of_http_apis_have_the_authorizer() {
    let mapped = |answer: Json, variable: &str| {
        let api = prepared(json!({"protocol": "HTTP", "methods": [{"routeKey": "$default", "integration": {
            "type": "http_proxy", "httpMethod": "ANY", "uri": "https://b.test/",
            "requestParameters": {"append:header.v": format!("$context.{variable}")}}}]}));
        let mut invocation = Invocation::new().authorizer(Authorizer::from_json(&answer).unwrap());
        let mut backend: Replay = serde_json::from_value(json!({"status": 200})).unwrap();
        let outcome = api.handle(MethodRequest::new("GET", "/"), Some(&mut backend), &mut invocation);
        outcome.integration_request.unwrap().headers.get("v").map(str::to_owned)
    };
    let short = json!({"isAuthorized": true, "context": {"num": 1, "flag": true}});
    assert_eq!(mapped(short.clone(), "authorizer.num").as_deref(), Some("1"));
    assert_eq!(mapped(short.clone(), "authorizer.flag").as_deref(), Some("true"));
    assert_eq!(mapped(short, "authorizer.principalId"), None);
    assert_eq!(mapped(allowed(json!({})), "authorizer.principalId").as_deref(), Some("user-7"));
    let token = json!({"claims": {"sub": "u", "n": 3}});
    assert_eq!(mapped(token.clone(), "authorizer.claims.n").as_deref(), Some("3"));
    assert_eq!(mapped(token, "authorizer.claims"), None);
    assert_eq!(mapped(json!({"iam": {"callerId": "c"}}), "identity.caller").as_deref(), Some("c"));
}

/// aws-lambda-go, events/testdata/apigw-v2-request-iam.json
#[test]
fn a_signed_caller_is_known_to_every_kind_of_api() {
    let caller = json!({"accessKey": "ARIA2", "accountId": "1234567890", "callerId": "AROA7:session",
        "cognitoIdentity": {"amr": ["foo"], "identityId": "us-east-1:3f29", "identityPoolId": "us-east-1:4f29"},
        "principalOrgId": "o-1", "userArn": "arn:aws:iam::1234567890:user/Admin", "userId": "AROA2"});
    let authorizer = Authorizer::from_json(&json!({"iam": caller})).unwrap();
    let sent = event("HTTP", "2.0", authorizer.clone());
    assert_eq!(sent["requestContext"]["authorizer"], json!({"iam": caller}));
    let sent = event("REST", "1.0", authorizer);
    assert!(sent["requestContext"].get("authorizer").is_none());
    let identity = &sent["requestContext"]["identity"];
    assert_eq!((&identity["caller"], &identity["user"]), (&json!("AROA7:session"), &json!("AROA2")));
    assert_eq!(identity["cognitoIdentityId"], "us-east-1:3f29");
}

#[test]
fn http_apis_answer_denials_in_their_words() {
    let api = prepared(json!({"protocol": "HTTP", "methods": [{"routeKey": "$default", "integration": {
        "type": "http_proxy", "httpMethod": "ANY", "uri": "https://b.test/"}}]}));
    let answer = |answer: Json| {
        let mut invocation = Invocation::new().authorizer(Authorizer::lambda(answer));
        let response = api.handle(MethodRequest::new("GET", "/"), None, &mut invocation).response;
        (response.status, String::from_utf8(response.body).unwrap())
    };
    assert_eq!(answer(json!({"isAuthorized": false})), (403, r#"{"message":"Forbidden"}"#.to_owned()));
    assert_eq!(answer(json!({"errorMessage": "Unauthorized"})), (401, r#"{"message":"Unauthorized"}"#.to_owned()));
    assert_eq!(answer(json!({"isAuthorized": 1})), (500, r#"{"message":"Internal Server Error"}"#.to_owned()));
}

/// Recorded in 2022 (aws-lambda-typing, tests): the authorizer stands behind the key of the route. It is asked when
/// a connection is opened.
#[test]
fn a_connection_is_authorized_once() {
    let integration = json!({"type": "aws_proxy", "httpMethod": "POST", "uri": FUNCTION});
    let route = |key: &str| json!({"routeKey": key, "integration": integration});
    let api = prepared(json!({"protocol": "WEBSOCKET", "methods": [route("$connect"), route("$default")]}));
    let call = |effect: &str, request: SocketRequest| {
        let answer = json!({"principalId": "p", "policyDocument": policy(effect, "*"), "context": {"tenant": 3}});
        let mut backend: Replay = serde_json::from_value(json!({"lambda": {"payload": {"statusCode": 200}}})).unwrap();
        let backend: &mut dyn Backend = &mut backend;
        api.handle_message(request, Some(backend), &mut Invocation::new().authorizer(Authorizer::lambda(answer)))
    };
    let opened = call("Allow", SocketRequest::new(EventType::Connect));
    let sent: Json = serde_json::from_slice(&opened.integration_request.unwrap().body).unwrap();
    let keys: Vec<&String> = sent["requestContext"].as_object().unwrap().keys().take(3).collect();
    assert_eq!(keys, ["routeKey", "authorizer", "eventType"]);
    assert_eq!(
        sent["requestContext"]["authorizer"],
        json!({"tenant": "3", "principalId": "p", "integrationLatency": 0})
    );
    assert_eq!(call("Deny", SocketRequest::new(EventType::Connect)).response.status, 403);
    assert_eq!(call("Deny", SocketRequest::message("{}")).response.status, 200);
}

#[test]
fn shapes_that_are_none_are_told_with_the_nearest_key() {
    let error = |json: Json| Authorizer::from_json(&json).unwrap_err().detail().to_owned();
    let unknown = "the answer of an authorizer has no key contxt; did you mean context?";
    assert_eq!(error(json!({"principalId": "u", "policyDocument": {}, "contxt": {}})), unknown);
    assert_eq!(error(json!([])), "the answer of an authorizer must be an object");
    assert!(error(json!({})).starts_with("the answer of an authorizer has one of principalId"));
    assert_eq!(error(json!({"claims": 1})), "claims must be an object");
    assert_eq!(error(json!({"claims": {}, "scopes": 1})), "scopes must be a list of strings");
    // A policy document alone.
    let alone = Authorizer::from_json(&policy("Allow", "*")).unwrap();
    assert_eq!(alone.context(Protocol::Rest).unwrap()["principalId"], "user");
}
