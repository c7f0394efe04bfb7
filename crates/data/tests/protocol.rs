//! The protocol from outside: requests as a host writes them.

use serde_json::{Value as Json, json};
use vtl_data::Session;

fn ask(session: &mut Session, request: &Json) -> Json {
    serde_json::from_slice(&session.answer(request.to_string().as_bytes())).unwrap()
}

const PETS: &str = r#"
openapi: 3.0.1
info: {title: pets}
paths:
  /pets/{id}:
    post:
      responses: {'201': {description: made}}
      x-amazon-apigateway-integration:
        type: http
        httpMethod: PUT
        uri: http://backend.test/
        requestTemplates: {application/json: "$input.json('$.n') $input.nothing()"}
        responses: {default: {statusCode: '201', responseTemplates: {application/json: "$context.resourcePath $input.body"}}}
"#;

#[test]
fn a_template_is_compiled_once_and_rendered_by_its_number() {
    let mut session = Session::new();
    let compiled = ask(&mut session, &json!({"command": "compile", "template": "$input.params('q')", "name": "a.vtl"}));
    let request = json!({"id": "x", "command": "render", "template": compiled["template"],
        "params": {"querystring": {"q": ["1", "2"]}}});
    let expected = json!({"id": "x", "output": "2", "requestOverride": {}, "responseOverride": {}, "notes": []});
    assert_eq!(ask(&mut session, &request), expected);
    assert_eq!(ask(&mut session, &json!({"command": "free", "template": 1})), json!({"freed": true}));
    assert_eq!(ask(&mut session, &request)["error"], "there is no template 1");
}

#[test]
fn numbers_of_a_payload_keep_their_digits() {
    let request = br#"{"command":"render","template":"$input.body","body": {"n": 12345678901234567890.10 }}"#;
    let answer: Json = serde_json::from_slice(&Session::new().answer(request)).unwrap();
    assert_eq!(answer["output"], r#"{"n":12345678901234567890.10}"#);
}

#[test]
fn variables_are_an_object_or_its_text() {
    let mut session = Session::new();
    for variables in [r#"{"x": 1.10}"#, r#""{\"x\": 1.10}""#] {
        let request = format!(r#"{{"command":"render","template":"$x","variables":{variables}}}"#);
        let answer: Json = serde_json::from_slice(&session.answer(request.as_bytes())).unwrap();
        assert_eq!(answer["output"], "1.1");
    }
}

#[test]
fn a_payload_can_be_bytes() {
    let mut session = Session::new();
    let answer = session.respond(br#"{"command":"render","template":"[$input.body]"}"#, Some(b"a\"\xff"));
    assert_eq!(answer.output.as_deref(), Some("[a\"\u{fffd}]"));
    assert_eq!(answer.json, br#"{"requestOverride":{},"responseOverride":{},"notes":[]}"#);
    let request = json!({"command": "render", "template": "$input.body", "body": "aGk=", "bodyIsBase64": true});
    assert_eq!(ask(&mut session, &request)["output"], "hi");
}

#[test]
fn the_surroundings_of_a_render() {
    let request = json!({
        "command": "render", "dialect": "velocity-1.7",
        "template": "$context.stage $stageVariables.t $x $context.responseOverride.status#set($context.requestOverride.path.p = 'v')",
        "context": {"stage": "prod"}, "stageVariables": {"t": "orders"}, "variables": {"x": 1.0},
        "responseOverride": {"status": 404}
    });
    let answer = ask(&mut Session::new(), &request);
    assert_eq!(answer["output"], "prod orders 1.0 404");
    assert_eq!(answer["requestOverride"], json!({"path": {"p": "v"}}));
    assert_eq!(answer["responseOverride"], json!({"status": 404}));
}

#[test]
fn a_failing_render_has_its_place_and_a_drawing() {
    let request = json!({"command": "render", "name": "a.vtl", "template": "\n$util.parseJson('{')"});
    let answer = ask(&mut Session::new(), &request);
    let finding = &answer["findings"][0];
    assert_eq!((&finding["code"], &finding["file"], &finding["line"]), (&"V203".into(), &"a.vtl".into(), &2.into()));
    assert!(answer["report"].as_str().unwrap().contains("--> a.vtl:2:"));
    assert!(answer["error"].as_str().unwrap().starts_with("a.vtl:2:"));
}

#[test]
fn a_wrong_request_says_what_is_wrong_and_has_its_id() {
    let mut session = Session::new();
    for (request, words) in [
        (json!({"id": 7, "command": "dance"}), "unknown variant `dance`"),
        (json!({"id": 7, "command": "render", "templates": "x"}), "unknown field `templates`"),
        (json!({"id": 7, "command": "render"}), "takes a `template`"),
        (
            json!({"id": 7, "command": "render", "template": "x", "dialect": "jinja"}),
            "the dialects are service, velocity-1.7",
        ),
        (json!({"id": 7, "command": "render", "template": "x", "limits": {"turns": 1}}), "turns"),
        (
            json!({"id": 7, "command": "render", "template": "x", "params": {"path": {"a": null}}}),
            "params.path.a must be a string",
        ),
        (json!({"id": 7, "command": "invoke", "request": {"path": "/"}}), "give an `api`"),
    ] {
        let answer = ask(&mut session, &request);
        assert_eq!(answer["id"], 7);
        assert!(answer["error"].as_str().unwrap().contains(words), "{answer}");
    }
    let answer: Json = serde_json::from_slice(&session.answer(b"\xff")).unwrap();
    assert!(answer["error"].as_str().unwrap().starts_with("the request cannot be read"));
}

#[test]
fn a_document_is_loaded_and_called() {
    let mut session = Session::new();
    let loaded = ask(&mut session, &json!({"command": "load", "files": [{"name": "pets.yaml", "text": PETS}]}));
    assert_eq!((&loaded["api"], &loaded["kind"]), (&1.into(), &"openapi3".into()));
    assert_eq!(loaded["routes"][0]["routeKey"], "POST /pets/{id}");
    let call = json!({"command": "invoke", "api": 1, "log": true,
        "request": {"method": "POST", "path": "/pets/7?a=b", "body": "{\"n\": 1}"},
        "backend": {"status": 200, "headers": {"Content-Type": "application/json"}, "body": "{}"}});
    let answer = ask(&mut session, &call);
    assert_eq!(answer["routeKey"], "POST /pets/{id}");
    assert_eq!(answer["pathParameters"], json!({"id": "7"}));
    assert_eq!(answer["integrationRequest"]["body"], "1 ");
    assert_eq!((&answer["response"]["status"], &answer["response"]["body"]), (&201.into(), &"/pets/{id} {}".into()));
    assert!(answer["log"].as_str().unwrap().starts_with("Execution log for request"));
    let note = &answer["notes"][0];
    assert_eq!((&note["code"], &note["file"], &note["line"]), (&"V151".into(), &"pets.yaml".into(), &12.into()));
}

#[test]
fn the_steps_of_a_call_can_be_taken_apart() {
    let mut session = Session::new();
    ask(&mut session, &json!({"command": "load", "files": [{"name": "pets.yaml", "text": PETS}]}));
    let call = |command: &str| json!({"command": command, "api": 1, "request": {"method": "POST", "path": "/pets/7", "body": "{\"n\": 1}"}});
    let waiting = ask(&mut session, &call("start"));
    assert_eq!(waiting["waiting"]["uri"], "http://backend.test/");
    let mut answered = call("invoke");
    answered["backend"] = json!({"failure": "timeout"});
    let answer = ask(&mut session, &answered);
    assert_eq!(answer["response"]["status"], 504);
    assert_eq!(answer["integrationRequest"], waiting["waiting"]);
    let alone = ask(&mut session, &call("invoke"));
    assert!(alone["error"].as_str().unwrap().starts_with("the request goes to http://backend.test/"));
}

#[test]
fn a_single_integration_is_called() {
    let request = json!({"command": "invoke", "resource": "/pets/{id}", "request": {"path": "/pets/7"},
        "integration": {"type": "mock", "requestTemplates": {"application/json": "{\"statusCode\": 200}"},
            "responses": {"default": {"statusCode": "200", "responseTemplates": {"application/json": "$input.params('id')"}}}}});
    let answer = ask(&mut Session::new(), &request);
    assert_eq!((&answer["response"]["body"], answer.get("routeKey")), (&"7".into(), None));
}

#[test]
fn findings_of_templates_and_documents() {
    let mut session = Session::new();
    let settings = json!([{"name": "vtl.toml", "text": "[rules]\nunknown-util = \"off\"\n[[paths]]\npath = \"old/**\"\nrules = { unknown-util = \"advice\" }"}]);
    let mistaken = "$util.escapeJavascript('x')";
    for (name, severity) in [("a.vtl", None), ("old/a.vtl", Some("advice"))] {
        let request = json!({"command": "check", "template": mistaken, "name": name, "files": settings});
        let checked = ask(&mut session, &request);
        assert_eq!(checked["findings"][0]["severity"].as_str(), severity, "{name}");
    }
    let checked = ask(&mut session, &json!({"command": "check", "template": "#if($x)", "name": "a.vtl"}));
    assert_eq!(checked["summary"], json!({"error": 1, "warning": 0, "advice": 0, "files": 1}));
    let wrong = PETS.replace("http://backend.test/", "backend.test");
    let checked = ask(&mut session, &json!({"command": "check", "files": [{"name": "pets.yaml", "text": wrong}]}));
    let finding = checked["findings"].as_array().unwrap().iter().find(|it| it["severity"] == "error").unwrap();
    assert_eq!((&finding["file"], &finding["line"]), (&"pets.yaml".into(), &11.into()));
    // The rules of `vtl check`, with the name of a response's template.
    let template = "$input.path('$.a') $util.toJson(1)";
    let checked = ask(&mut session, &json!({"command": "check", "template": template, "name": "a.response.vtl"}));
    let names: Vec<_> = checked["findings"].as_array().unwrap().iter().map(|it| it["name"].clone()).collect();
    assert!(names.contains(&"unknown-util".into()), "{names:?}");
}

#[test]
fn a_document_may_refer_to_other_files() {
    let main = r#"resource "aws_api_gateway_integration" "i" {
  rest_api_id = "x"
  resource_id = "y"
  http_method = "GET"
  type        = "MOCK"
  request_templates = { "application/json" = file("t.vtl") }
}"#;
    let files = json!([{"name": "main.tf", "text": main}, {"name": "t.vtl", "text": "{\"statusCode\": 204}"}]);
    let loaded = ask(&mut Session::new(), &json!({"command": "load", "files": files}));
    let templates = &loaded["routes"][0]["integration"]["requestTemplates"];
    assert_eq!(templates["application/json"], "{\"statusCode\": 204}");
}

#[test]
fn hostile_requests_are_answered() {
    let mut session = Session::new();
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    for request in [
        format!(r#"{{"command":"render","template":"$input.json('$')","body":{deep}}}"#),
        format!(r#"{{"command":"render","template":"x","context":{{"a":{deep}}}}}"#),
        format!(r#"{{"command":"render","template":"$x","variables":{{"x":{deep}}}}}"#),
        format!(r#"{{"command":"render","template":"$x","variables":"{{\"x\":{deep}}}"}}"#),
        format!(r#"{{"command":"load","files":[{{"name":"a.json","text":"{deep}"}}]}}"#),
        r##"{"command":"render","template":"#foreach($i in [1..1000000000])x#end","limits":{"foreach":null}}"##.to_owned(),
        r#"{"command":"invoke","settings":[],"request":{}}"#.to_owned(),
        r#"{"command":"invoke","integration":{"type":"mock"},"request":{"path":"//?"}, "context": {"requestTimeEpoch": 18446744073709551615}}"#.to_owned(),
        deep.clone(),
        String::new(),
    ] {
        let answer = session.answer(request.as_bytes());
        let answer: Json = serde_json::from_slice(&answer).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&answer[..300])));
        assert!(answer.is_object());
    }
}

#[test]
fn an_id_that_is_neither_text_nor_number_is_told() {
    for id in [json!(["a"]), json!({"a": 1})] {
        let answer = ask(&mut Session::new(), &json!({"id": id, "command": "version"}));
        assert_eq!(answer["error"], "`id` is a text or a number", "{answer}");
    }
}

#[test]
fn texts_that_were_rendered_last_are_kept_within_a_size() {
    let mut session = Session::new();
    let text = |at: usize| format!("{}{at}", "x".repeat(200_000));
    for at in (0..60).chain(0..60) {
        let answer = ask(&mut session, &json!({"command": "render", "template": text(at)}));
        assert_eq!(answer["output"], text(at));
    }
}

#[test]
fn a_name_has_the_length_of_a_path() {
    let mut session = Session::new();
    let name = "n".repeat(5_000);
    let requests = [
        json!({"command": "check", "template": "$a.b()", "name": name}),
        json!({"command": "check", "files": [{"name": name, "text": "{}"}]}),
    ];
    for request in requests {
        assert_eq!(ask(&mut session, &request)["error"], "a name has more than 4096 bytes");
    }
}
