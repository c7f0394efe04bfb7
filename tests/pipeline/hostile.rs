//! Hostile input of each kind: a call ends with a result or with the limit that it ran into, and holds no more than
//! its memory.

use serde_json::{Map, Value as Json, json};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use vtl::pipeline::call::{Authorizer, PrepareOptions, Replay};
use vtl::pipeline::model::{Schema, Table};
use vtl::pipeline::websocket::SocketRequest;
use vtl::pipeline::{Api, Invocation, MethodRequest, Outcome, PreparedApi};
use vtl::{Budget, Code, Limits, Template};

/// Calls `POST /` under limits of a hundredth of the default ones, so that the tests are short.
fn call(integration: Json, more: Json, request: MethodRequest, answer: &Json) -> (Outcome, Option<Code>) {
    let mut method = json!({"httpMethod": "POST", "path": "/", "integration": integration});
    method.as_object_mut().unwrap().extend(more["method"].as_object().cloned().unwrap_or_default());
    let mut api = json!({"methods": [method]});
    for key in ["models", "gatewayResponses"] {
        api[key] = more[key].clone();
    }
    let limits = Limits::service().with_steps(Some(500_000)).with_memory(Some(5 << 20));
    let options = PrepareOptions::new().limits(limits);
    let api = PreparedApi::with_options(&serde_json::from_value::<Api>(api).unwrap(), &options);
    let mut backend: Replay = serde_json::from_value(answer.clone()).unwrap();
    let mut invocation = Invocation::new().context(json!({"big": "x".repeat(1_000)}));
    let outcome = api.handle(request, Some(&mut backend), &mut invocation);
    let code = outcome.refusal.as_ref().map(|refusal| refusal.cause.code());
    (outcome, code)
}

fn http(more: Json) -> Json {
    let mut integration = json!({"type": "http", "httpMethod": "POST", "uri": "http://b.test/",
        "responses": {"default": {"statusCode": "200"}}});
    integration.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    integration
}

fn table(count: usize, name: impl Fn(usize) -> String, value: &str) -> Json {
    (0..count).map(|i| (name(i), value.into())).collect::<Map<_, _>>().into()
}

fn post(body: impl Into<Vec<u8>>) -> MethodRequest {
    MethodRequest::new("POST", "/").with_body(body)
}

const OK: &str = r#"{"status": 200, "body": "{}"}"#;

fn ok() -> Json {
    serde_json::from_str(OK).unwrap()
}

#[test]
fn mappings_of_a_large_body_by_the_thousand_run_out_of_memory() {
    let parameters = table(5_000, |i| format!("integration.request.header.h{i}"), "method.request.body");
    let body = format!("\"{}\"", "x".repeat(100_000));
    let (_, code) = call(http(json!({"requestParameters": parameters})), json!({}), post(body), &ok());
    assert_eq!(code, Some(Code::MemoryLimit));
}

#[test]
fn response_headers_of_a_large_answer_run_out_of_memory() {
    let parameters = table(5_000, |i| format!("method.response.header.h{i}"), "integration.response.body");
    let responses = json!({"default": {"statusCode": "200", "responseParameters": parameters}});
    let answer = json!({"status": 200, "body": format!("\"{}\"", "x".repeat(100_000))});
    let (_, code) = call(http(json!({"responses": responses})), json!({}), post("{}"), &answer);
    assert_eq!(code, Some(Code::MemoryLimit));
}

#[test]
fn a_uri_that_repeats_a_parameter_runs_out_of_memory() {
    let integration = http(json!({"uri": format!("http://b.test/{}", "{a}".repeat(10_000)),
        "requestParameters": {"integration.request.path.a": "method.request.body"}}));
    let (_, code) = call(integration, json!({}), post("x".repeat(100_000)), &ok());
    assert_eq!(code, Some(Code::MemoryLimit));
}

#[test]
fn a_path_that_forks_at_each_level_runs_out() {
    let body = "[".repeat(60) + &"[1],".repeat(60) + "1" + &"]".repeat(60);
    let integration = http(json!({"requestParameters": {
        "integration.request.header.h": "method.request.body..*..*..*..*..*"}}));
    let (_, code) = call(integration, json!({}), post(body), &ok());
    assert!(matches!(code, Some(Code::StepLimit | Code::MemoryLimit)), "{code:?}");
}

#[test]
fn large_selection_patterns_by_the_thousand_run_out() {
    let responses: Map<String, Json> = (0..2_000)
        .map(|i| (format!("((a{{1,99}}){{1,99}}){{1,3}}{i}"), json!({"statusCode": 200 + i % 300})))
        .collect();
    let (_, code) = call(http(json!({"responses": responses})), json!({}), post("{}"), &ok());
    assert!(matches!(code, Some(Code::StepLimit | Code::MemoryLimit)), "{code:?}");
}

/// Reading one takes 8,000 look-ups of a property of Unicode, 200 ms.
#[test]
fn selection_patterns_are_read_on_the_budget_of_the_call() {
    let responses: Map<String, Json> =
        (0..20).map(|i| (format!("{i}(?U){}", "\\w".repeat(8_000)), json!({"statusCode": 200}))).collect();
    let (_, code) = call(http(json!({"responses": responses})), json!({}), post("{}"), &ok());
    assert_eq!(code, Some(Code::StepLimit));
}

/// The built-in answer takes the place of one that would be 640 MB.
#[test]
fn a_gateway_response_of_any_size_is_the_built_in_one() {
    let body = "$context.big".repeat(640_000);
    let responses = json!({"DEFAULT_5XX": {"responseTemplates": {"application/json": body}}});
    let integration = http(json!({"requestTemplates": {"application/json": "#if("}}));
    let (outcome, _) = call(integration, json!({"gatewayResponses": responses}), post("{}"), &ok());
    assert_eq!(outcome.response.body, br#"{"message": "Internal server error"}"#);
}

fn validated(schema: Json, body: String) -> Option<Code> {
    let method = json!({"requestModels": {"application/json": "M"}, "requestValidator": {"validateRequestBody": true}});
    call(http(json!({})), json!({"models": {"M": schema}, "method": method}), post(body), &ok()).1
}

#[test]
fn models_that_cost_more_than_the_limits_are_told_as_such() {
    let long = format!("\"{}\"", "x".repeat(10_000));
    // A value that is longer than all of an enumeration is not looked up.
    let many = json!({"anyOf": vec![json!({"enum": [1]}); 5_000]});
    assert!(matches!(validated(many, long.clone()), Some(Code::Request | Code::StepLimit)));
    let patterns = json!({"anyOf": vec![json!({"pattern": "((a{1,99}){1,99}){1,3}b"}); 500]});
    assert_eq!(validated(patterns, long), Some(Code::StepLimit));
    let forks = json!({"allOf": [{"$ref": "#/definitions/d0"}], "definitions": (0..30).map(|i| {
        let next = json!({"$ref": format!("#/definitions/d{}", i + 1)});
        (format!("d{i}"), json!({"allOf": [next, next]}))
    }).collect::<Map<_, _>>()});
    assert_eq!(validated(forks, "{}".to_owned()), Some(Code::StepLimit));
}

/// A look-up of a name costs what its hash does.
#[test]
fn names_that_are_looked_up_by_the_thousand_run_out() {
    let often = |schema: Json, count: usize| {
        json!({"definitions": {"d": schema},
        "allOf": vec![json!({"$ref": "#/definitions/d"}); count]})
    };
    let names = |count: usize, prefix: &str| (0..count).map(|i| format!("{prefix}{i}")).collect::<Vec<_>>();
    let members = |names: &[String]| names.iter().map(|name| (name.clone(), json!({}))).collect::<Map<_, _>>();
    let dependencies = json!({"dependencies": members(&names(1_000, "n"))});
    assert_eq!(validated(often(dependencies, 1_000), "{}".to_owned()), Some(Code::StepLimit));
    let names = names(100, &"x".repeat(1_000));
    let body = json!(members(&names)).to_string();
    for schema in [
        json!({"required": names}),
        json!({"properties": members(&names), "additionalProperties": false}),
        json!({"additionalProperties": true}),
        json!({"dependencies": names.iter().map(|name| (name.clone(), json!([name]))).collect::<Map<_, _>>()}),
    ] {
        assert_eq!(validated(often(schema, 100), body.clone()), Some(Code::StepLimit));
    }
}

/// Nothing is taken apart or copied that is too long for a format, or that no message shows.
#[test]
fn values_that_do_not_fit_are_not_copied() {
    let names = ["date-time", "email", "hostname", "ipv4", "json-pointer", "mac", "md5", "uri", "uuid"];
    let formats: Vec<Json> = names.iter().map(|name| json!({"format": name})).collect();
    let objects = vec![json!({"enum": [1]}), json!({"required": ["a"]})];
    let members: Map<String, Json> = (0..10_000).map(|i| (format!("m{}", i * 7 % 10_000), json!(1))).collect();
    let date = format!("2020-01-01T00:00:00+{}", "0:".repeat(100_000));
    for (body, schemas) in [
        (json!(" ".repeat(200_000)), &formats),
        (json!("-:.".repeat(60_000)), &formats),
        (json!(date), &formats),
        (json!(members), &objects),
    ] {
        let body = body.to_string();
        let bytes = |schemas: &[Json]| {
            let schema = Schema::new(&json!({"not": {"anyOf": schemas}}), &Table::new());
            let check = || assert!(schema.messages(body.as_bytes()).is_empty());
            allocation_counter::measure(check).bytes_total
        };
        let [plain, checked] = [&vec![json!({"enum": []})], schemas].map(|schemas| bytes(schemas));
        assert!(checked < plain + 20_000, "{checked} and {plain}: {body:.20}");
    }
}

/// Texts whose automaton has a new state at each character, and patterns that are texts of the body.
#[test]
fn patterns_that_cost_more_than_the_limits_are_told_as_such() {
    let mut bits = 1_u32;
    let mut bit = || {
        bits = bits.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        if bits >> 31 == 0 { 'a' } else { 'b' }
    };
    let text: String = (0..300_000).map(|_| bit()).collect();
    let body = format!("\"{text}\"");
    for pattern in ["a[ab]{3000}c", "[^x]{1,9000}x"] {
        let code = validated(json!({"pattern": pattern}), body.clone());
        assert_eq!(code, Some(Code::StepLimit), "{pattern}");
    }
    // A text without the letter that every match has is not searched; it does not match.
    for (pattern, expected) in [
        ("(?=(a?b?){1000}!)c", Code::Request),
        ("(?=(a?b?){1000}!)[ac]", Code::StepLimit),
        ("(?=[ab]{0,300}a[ab]{60}c).", Code::StepLimit),
        ("(?:(?=[ab]*c?)[ab])*c", Code::Request),
        ("(?:(?=[ab]*c?)[ab])*[cd]", Code::StepLimit),
    ] {
        assert_eq!(validated(json!({"pattern": pattern}), body.clone()), Some(expected), "{pattern}");
    }
    let patterns: Vec<String> = (0..400_000).map(|i| format!("a{{1,900}}{i}")).collect();
    let body = json!(patterns).to_string();
    assert_eq!(validated(json!({"items": {"format": "regex"}}), body), Some(Code::StepLimit));
}

/// `\b` is forty times as long in the words of the engine.
#[test]
fn patterns_are_translated_on_the_budget_of_the_call() {
    let pattern = "\\b".repeat(5_000);
    let properties: Map<String, Json> =
        (0..20).map(|i| (format!("p{i}"), json!({"pattern": format!("{pattern}{i}")}))).collect();
    let body: Map<String, Json> = (0..20).map(|i| (format!("p{i}"), "x".into())).collect();
    let code = validated(json!({"properties": properties}), json!(body).to_string());
    assert_eq!(code, Some(Code::StepLimit));
    // None is read that no member has.
    assert_eq!(validated(json!({"properties": properties}), json!({"p": 1}).to_string()), None);
    let measured = allocation_counter::measure(|| {
        let code = validated(json!({"pattern": format!("[{}]", "\\s".repeat(400_000))}), "\"x\"".to_owned());
        assert!(matches!(code, Some(Code::StepLimit | Code::Unsupported)), "{code:?}");
    });
    assert!(measured.bytes_max < 24 << 20, "{}", measured.bytes_max);
}

#[test]
fn ordinary_patterns_on_long_texts_are_within_the_limits() {
    let words = "Some words, 12 of them: ".repeat(200);
    for pattern in [
        "^.{1,5000}$",
        "^[\\s\\S]{0,10000}$",
        "^(?=.*\\d)(?=.*[a-z])(?=.*[A-Z]).{8,}$",
        "^(?:(?!<script).)*$",
        "^(?:[A-Za-z0-9,:]+\\s?)*$",
        "\\b12\\b",
    ] {
        let schema = Schema::new(&json!({"pattern": pattern}), &Table::new());
        let body = json!(words).to_string();
        let budget = Budget::new(&Limits::service().with_steps(Some(5_000_000)));
        assert_eq!(schema.messages_within(body.as_bytes(), &budget).unwrap(), Vec::<String>::new(), "{pattern}");
    }
}

/// Patterns of names that are more than the caches of a processor hold cost more than a few.
#[test]
fn patterns_of_names_by_the_thousand_run_out() {
    let patterns: Map<String, Json> = (0..300).map(|i| (format!("^k{i}"), json!({"type": "string"}))).collect();
    let names: Map<String, Json> = (0..5_000).map(|i| (format!("k{i}"), json!("x"))).collect();
    let code = validated(json!({"patternProperties": patterns}), json!(names).to_string());
    assert_eq!(code, Some(Code::StepLimit));
}

/// A pattern is searched once in a text that stands there a thousand times.
#[test]
fn outcomes_of_patterns_are_remembered() {
    let schema = Schema::new(&json!({"items": {"pattern": "^((a{1,99}){1,9}){1,3}$"}}), &Table::new());
    let steps = |items: usize| {
        let budget = Budget::new(&Limits::service());
        let body = format!("[{}]", vec!["\"aaaa\""; items].join(","));
        assert!(schema.messages_within(body.as_bytes(), &budget).unwrap().is_empty());
        budget.steps()
    };
    let once = steps(1);
    assert!(steps(1_000) < once + 20_000);
}

#[test]
fn faults_are_told_in_a_bounded_text() {
    let values: Vec<String> = (0..50_000).map(|i| format!("value-{i}")).collect();
    let schema = Schema::new(&json!({"items": {"enum": values}}), &Table::new());
    let body = format!("[{}]", (0..5_000).map(|i| i.to_string()).collect::<Vec<_>>().join(","));
    let messages = schema.messages(body.as_bytes());
    let length: usize = messages.iter().map(String::len).sum();
    assert!(!messages.is_empty() && length < 2 << 20, "{length}");
    assert!(messages.iter().all(|message| message.len() < 20 << 10));
}

#[test]
fn query_parameters_and_headers_by_the_ten_thousand_are_found() {
    let mut request = post("{}");
    for i in 0..20_000 {
        request.add_query(format!("k{i}"), "v");
        request.headers.add(format!("h{i}"), "v");
    }
    let integration = http(json!({"requestParameters": {
        "integration.request.querystring.a": "method.request.querystring.k19999"}}));
    let (outcome, code) = call(integration, json!({}), request, &ok());
    assert_eq!((code, outcome.response.status), (None, 200));
}

/// Names that differ in their case are one, of which the last value counts; the result is charged before it is read.
#[test]
fn headers_of_a_result_by_the_thousand_are_told_apart() {
    let function = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:1:function:f/invocations";
    let headers: Map<String, Json> = (0..2_000)
        .flat_map(|i| [(format!("a{i}"), json!("1")), (format!("b{i}"), json!("2")), (format!("A{i}"), json!("3"))])
        .collect();
    let integration =
        json!({"type": "aws_proxy", "httpMethod": "POST", "uri": function, "payloadFormatVersion": "2.0"});
    let api = json!({"protocol": "HTTP", "methods": [{"routeKey": "$default", "integration": integration}]});
    let api = PreparedApi::new(&serde_json::from_value::<Api>(api).unwrap());
    let answer = |payload: Json| serde_json::from_value::<Replay>(json!({"lambda": {"payload": payload}})).unwrap();
    let mut backend = answer(json!({"statusCode": 200, "headers": headers}));
    let response = api.handle(post("{}"), Some(&mut backend), &mut Invocation::new()).response;
    let names: Vec<_> = response.headers.iter().take(4).collect();
    assert_eq!(
        (response.headers.get("a7"), names),
        (Some("3"), vec![("b0", "2"), ("A0", "3"), ("b1", "2"), ("A1", "3")])
    );

    let multi: Map<String, Json> = (0..2_000).map(|i| (format!("B{i}"), json!(["2", "4"]))).collect();
    let integration = json!({"type": "aws_proxy", "httpMethod": "POST", "uri": function});
    let payload = json!({"statusCode": 200, "headers": headers, "multiValueHeaders": multi});
    let (outcome, _) = call(integration.clone(), json!({}), post("{}"), &json!({"lambda": {"payload": payload}}));
    let headers = outcome.response.headers;
    let values = |name: &str| headers.iter().filter(|(own, _)| own.eq_ignore_ascii_case(name)).collect::<Vec<_>>();
    assert_eq!(values("a9"), [("a9", "1"), ("a9", "3")]);
    assert_eq!(values("b9"), [("B9", "2"), ("B9", "4")]);

    let payload = json!({"statusCode": 200, "body": "x".repeat(5 << 20)});
    let (_, code) = call(integration, json!({}), post("{}"), &json!({"lambda": {"payload": payload}}));
    assert!(matches!(code, Some(Code::StepLimit | Code::MemoryLimit)), "{code:?}");
}

/// A name that has many values is written once for each of them.
#[test]
fn names_of_many_values_are_not_repeated_without_limit() {
    let name = "q".repeat(20_000);
    let many = json!({"method": "POST", "path": "/", "querystring": {(name.clone()): vec![""; 2_000]}});
    assert!(serde_json::from_value::<MethodRequest>(many).unwrap_err().to_string().contains("several values"));
    let many = json!({"status": 200, "headers": {(name.clone()): vec![""; 2_000]}});
    assert!(serde_json::from_value::<Replay>(many).is_err());
    let integration = http(json!({"requestParameters": {
        (format!("integration.request.querystring.{name}")): "method.request.multivaluequerystring.q"}}));
    let mut request = post("{}");
    (0..200).for_each(|_| request.add_query("q", ""));
    let (_, code) = call(integration, json!({}), request, &ok());
    assert_eq!(code, Some(Code::MemoryLimit));
}

/// A pattern with `?` takes the product of both lengths, which is charged before.
#[test]
fn resources_of_a_policy_are_compared_within_the_limits() {
    let path = format!("/{}", "a".repeat(200_000));
    let code = |resource: &str| {
        let answer = json!({"principalId": "u", "policyDocument": {"Statement": [{"Action": "execute-api:Invoke",
            "Effect": "Allow", "Resource": format!("arn:aws:execute-api:us-east-1:1:a/*/{resource}")}]}});
        let api = json!({"methods": [{"httpMethod": "POST", "path": "/{a}", "integration": http(json!({}))}]});
        let api = PreparedApi::new(&serde_json::from_value::<Api>(api).unwrap());
        let mut invocation = Invocation::new().authorizer(Authorizer::lambda(answer));
        let mut backend: Replay = serde_json::from_value(ok()).unwrap();
        let outcome = api.handle(MethodRequest::new("POST", &path), Some(&mut backend), &mut invocation);
        outcome.refusal.map(|refusal| refusal.cause.code())
    };
    assert_eq!(code(&format!("{}a?b*", "*".repeat(20_000))), Some(Code::NotAuthorized));
    assert_eq!(code(&format!("{}*", "*a".repeat(20_000))), None);
    assert_eq!(code(&format!("*{}b*", "a".repeat(100_000))), Some(Code::NotAuthorized));
    assert_eq!(code(&format!("*{}?b*", "a".repeat(100_000))), Some(Code::StepLimit));
}

#[test]
fn dollars_in_a_uri_are_read_once() {
    let uri = |braces: &str| json!({"uri": format!("http://b.test/{}{braces}", "$".repeat(200_000))});
    let (outcome, code) = call(http(uri(&"${a}".repeat(50_000))), json!({}), post("{}"), &ok());
    // aws-observed 7.12: what is no variable stays.
    assert_eq!((code, outcome.integration_request.unwrap().uri.len()), (None, 14 + 400_000));
    // A brace that is not closed is no part of a URI.
    let (outcome, code) = call(http(uri(&"${".repeat(100_000))), json!({}), post("{}"), &ok());
    assert_eq!((code, outcome.response.status), (Some(Code::Configuration), 500));
}

#[test]
fn a_message_that_selects_a_long_key_has_the_default_route() {
    let api = json!({"protocol": "WEBSOCKET", "routeSelectionExpression": "${request.body.a}".repeat(20_000),
        "methods": [{"routeKey": "a"}, {"routeKey": "$default", "integration": {"type": "mock"}}]});
    let api = PreparedApi::new(&serde_json::from_value::<Api>(api).unwrap());
    let message = SocketRequest::message(format!("{{\"a\": \"{}\"}}", "x".repeat(50_000)));
    assert_eq!(api.find_message(&message).map(|(index, _)| index), Some(1));
}

/// 99 bytes of template that stand for 2^32 values.
#[test]
fn override_maps_that_share_are_charged_for_each_copy() {
    let template = "#set($l = ['x'])#foreach($i in [1..31])#set($l = [$l, $l])#end\
        #set($context.requestOverride.header.a = $l)";
    let limits = Limits::service().with_memory(Some(4 << 20));
    let options = vtl::ParseOptions::new().limits(limits);
    let error = Template::parse_with(template, &options).unwrap().render(&vtl::Globals::default()).unwrap_err();
    assert_eq!(error.code(), Code::MemoryLimit);
}

/// A control character is six in JSON, as which an override and a part of a body are written.
#[test]
fn characters_that_json_escapes_are_charged() {
    let limits = Limits::service().with_memory(Some(1 << 20));
    let text = "\u{1}".repeat(100_000);
    let options = vtl::ParseOptions::new().limits(limits.clone());
    let template = "#foreach($i in [1..2])#set($context.requestOverride.header[\"h$i\"] = $input.body)#end";
    let error = Template::parse_with(template, &options).unwrap().render(&vtl::Globals::body(&text)).unwrap_err();
    assert_eq!(error.code(), Code::MemoryLimit);
    let integration = http(json!({"requestParameters": {"integration.request.header.h": "method.request.body.o"}}));
    let api: Api = serde_json::from_value(json!({"methods": [
        {"httpMethod": "POST", "path": "/", "requestParameters": {}, "integration": integration}]}))
    .unwrap();
    let run = |text: &str| {
        let options = PrepareOptions::new().limits(limits.clone());
        let body = json!({"o": {"s": text}}).to_string();
        let mut backend: Replay = serde_json::from_value(ok()).unwrap();
        let outcome = PreparedApi::with_options(&api, &options).handle(
            post(body.as_str()),
            Some(&mut backend),
            &mut Invocation::new(),
        );
        outcome.refusal.map(|it| it.cause.code())
    };
    assert_eq!((run(&"x".repeat(100_000)), run(&text)), (None, Some(Code::MemoryLimit)));
}

/// Both templates, the mappings and the validation of one call share one budget.
#[test]
fn the_steps_of_a_call_share_its_limits() {
    let template = "#foreach($i in [1..100])#foreach($j in [1..100])x#end#end";
    let integration = http(json!({"requestTemplates": {"application/json": template},
        "responses": {"default": {"statusCode": "200", "responseTemplates": {"application/json": template}}}}));
    let api: Api = serde_json::from_value(json!({"methods": [
        {"httpMethod": "POST", "path": "/", "integration": integration}]}))
    .unwrap();
    let run = |steps: u64| {
        let options = PrepareOptions::new().limits(Limits::service().with_steps(Some(steps)));
        let mut backend: Replay = serde_json::from_value(ok()).unwrap();
        let mut invocation = Invocation::new();
        let outcome = PreparedApi::with_options(&api, &options).handle(post("{}"), Some(&mut backend), &mut invocation);
        (invocation.steps(), outcome.integration_response.is_some(), outcome.refusal.map(|it| it.cause.code()))
    };
    let (whole, ..) = run(10_000_000);
    assert_eq!(run(whole + 1_000), (whole, true, None));
    // What is enough for the request is not for both.
    let (_, answered, code) = run(whole * 3 / 4);
    assert_eq!((answered, code), (true, Some(Code::StepLimit)));
}

#[test]
fn a_call_is_cancelled_by_a_flag_and_by_its_time() {
    let template = "#foreach($i in [1..1000])#foreach($j in [1..1000])#foreach($k in [1..1000])#end#end#end";
    let integration = json!({"type": "mock", "requestTemplates": {"application/json": template}});
    let api: Api = serde_json::from_value(json!({"methods": [
        {"httpMethod": "POST", "path": "/", "integration": integration}]}))
    .unwrap();
    let endless = Limits::service().with_steps(None);
    let options = |limits| PrepareOptions::new().limits(limits);

    let flag = AtomicBool::new(false);
    let is_stopped = || flag.load(Ordering::Relaxed);
    std::thread::scope(|scope| {
        let call = scope.spawn(|| {
            let mut invocation = Invocation::new().cancel_when(&is_stopped);
            PreparedApi::with_options(&api, &options(endless.clone())).handle(post("{}"), None, &mut invocation)
        });
        std::thread::sleep(Duration::from_millis(5));
        flag.store(true, Ordering::Relaxed);
        assert_eq!(call.join().unwrap().refusal.unwrap().cause.code(), Code::Cancelled);
    });

    let timed = PreparedApi::with_options(&api, &options(endless.with_time(Some(10))));
    let outcome = timed.handle(post("{}"), None, &mut Invocation::new());
    assert_eq!(outcome.refusal.unwrap().cause.code(), Code::TimeLimit);
    assert_eq!(outcome.response.status, 500);
}
