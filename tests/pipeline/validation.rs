//! Bodies against models: what is valid, in which words, and where the words are shown.

use serde_json::{Value as Json, json};
use vtl::pipeline::model::{Schema, Table};
use vtl::pipeline::{Api, Invocation, Method, MethodRequest, Outcome, PreparedMethod, Route};

fn messages(schema: &Json, body: &str) -> Vec<String> {
    Schema::new(schema, &Table::new()).messages(body.as_bytes())
}

fn row(line: &str) -> (Json, String, Vec<String>) {
    let row: Json = serde_json::from_str(line).unwrap();
    let schema = serde_json::from_str(row["schema"].as_str().unwrap()).unwrap();
    let messages = row["messages"].as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned());
    (schema, row["body"].as_str().unwrap().to_owned(), messages.collect())
}

/// Each row was run through json-schema-validator itself (github.com/java-json-tools/json-schema-validator,
/// commit d265c6b with Jackson 2.14, Guava 31, Joda-Time 2.10, Rhino 1.7.14): its errors, put into a
/// `java.util.HashSet`.
#[test]
fn messages_are_those_of_the_library() {
    for line in include_str!("../../corpus/apigateway/validation.jsonl").lines() {
        let (schema, body, expected) = row(line);
        assert_eq!(messages(&schema, &body), expected, "{schema} on {body}");
    }
}

/// A second opinion on what is valid, from an implementation of the standard. The library differs from it
/// where it is known to: `1.0` is no integer, `format` is checked, patterns are those of ECMAScript 5, and
/// of equal objects only those with members in one order are twins.
#[test]
fn validity_is_that_of_the_standard() {
    let differs = |schema: &Json, body: &str| {
        let text = schema.to_string();
        ["\"pattern", "\"format\"", "\"uniqueItems\""].iter().any(|keyword| text.contains(keyword))
            || (text.contains("integer") && body.contains(".0"))
    };
    let mut compared = 0;
    for line in include_str!("../../corpus/apigateway/validation.jsonl").lines() {
        let (schema, body, _) = row(line);
        if differs(&schema, &body) {
            continue;
        }
        // 1e400 is none to either.
        let Ok(value) = serde_json::from_str::<Json>(&body) else { continue };
        let standard = jsonschema::draft4::new(&schema).unwrap();
        assert_eq!(messages(&schema, &body).is_empty(), standard.is_valid(&value), "{schema} on {body}");
        compared += 1;
    }
    assert!(compared > 100, "{compared}");
}

/// The model of that lesson.
fn orders() -> Json {
    json!({
        "$schema": "http://json-schema.org/draft-04/schema#", "title": "Create Orders Schema", "type": "array", "minItems": 1,
        "items": {"type": "object", "required": ["account-id", "type", "symbol", "shares", "order-date", "details"], "properties": {
            "account_id": {"type": "string", "pattern": "[A-Za-z]{6}[0-9]{6}"},
            "type": {"type": "string", "enum": ["STOCK", "BOND", "CASH"]},
            "symbol": {"type": "string", "minLength": 1, "maxLength": 4},
            "shares": {"type": "number", "minimum": 1, "maximum": 1000},
            "order-date": {"type": "string", "pattern": "^\\d{4}\\-(0[1-9]|1[012])\\-(0[1-9]|[12][0-9]|3[01])$"},
            "details": {"type": "object", "required": ["limit"], "properties": {"limit": {"type": "number"}}}}}
    })
}

/// Recorded on the service: answers of a gateway response with
/// `{"message":$context.error.messageString,"error":$context.error.validationErrorString}`, pasted into a public
/// lesson on request validators (the model of the AWS blog "How to remove boilerplate validation logic in your
/// REST APIs with Amazon API Gateway request validation"). The order of the first is that of a `HashSet` and not
/// that of the members' names; the quotes are escaped.
#[test]
fn messages_are_listed_in_hash_order_and_escaped() {
    let order = |kind: &str, symbol: &str, shares: u32, date: &str| {
        json!([{"account-id": "abcdef123456", "type": kind, "symbol": symbol, "shares": shares, "order-date": date,
                "details": {"limit": 1000}}])
    };
    for (body, error) in [
        (
            order("WOW", "AMZN", 10_000_000, "2018-01-28"),
            r#"[instance value (\"WOW\") not found in enum (possible values: [\"STOCK\",\"BOND\",\"CASH\"]), numeric instance is greater than the required maximum (maximum: 1000, found: 10000000)]"#,
        ),
        (
            order("foobar", "thisstringistoolong", 999_999, "2018-1-2"),
            r#"[ECMA 262 regex \"^\\d{4}\\-(0[1-9]|1[012])\\-(0[1-9]|[12][0-9]|3[01])$\" does not match input string \"2018-1-2\", numeric instance is greater than the required maximum (maximum: 1000, found: 999999), string \"thisstringistoolong\" is too long (length: 19, maximum allowed: 4), instance value (\"foobar\") not found in enum (possible values: [\"STOCK\",\"BOND\",\"CASH\"])]"#,
        ),
    ] {
        let (outcome, _) = call(&orders(), &body.to_string());
        let answer = String::from_utf8(outcome.response.body).unwrap();
        assert_eq!(answer, format!(r#"{{"message":"Invalid request body","error":{error}}}"#));
    }
    // Recorded in September 2026, a text and a number of one question (a public project's log of a deployed API).
    let question = json!({"properties": {"question": {"minLength": 3}, "top_k": {"maximum": 10}}});
    assert_eq!(
        messages(&question, r#"{"question": "hi", "top_k": 99}"#),
        [
            r#"string "hi" is too short (length: 2, required minimum: 3)"#,
            "numeric instance is greater than the required maximum (maximum: 10, found: 99)"
        ]
    );
}

/// Recorded: two lines of a console's log (November 2021, notes of a course), for no body at all and for one
/// without three required members.
#[test]
fn the_log_names_the_content_type_and_the_messages() {
    let user = json!({"type": "object", "required": ["firstName", "lastName", "email", "password", "repeatPassword"],
        "properties": {"firstName": {"type": "string"}, "lastName": {"type": "string"}, "age": {"type": "integer"}}});
    let line = "Request body does not match model schema for content type application/json: ";
    for (body, list) in [
        ("", "[Unknown error parsing request body]"),
        ("{", "[Unknown error parsing request body]"),
        (
            r#"{"firstName":"Art","lastName":"S"}"#,
            r#"[object has missing required properties (["email","password","repeatPassword"])]"#,
        ),
    ] {
        let (outcome, invocation) = call(&user, body);
        assert_eq!(outcome.response.status, 400);
        let expected = format!("{line}{list}");
        assert!(invocation.log.lines().any(|line| line == expected), "{expected}\n{}", invocation.log);
    }
}

/// ECMAScript 5.1, 15.10.2.12: a letter or sign that is no metacharacter stands for itself.
#[test]
fn signs_of_patterns_stand_for_themselves() {
    for (pattern, text, is_match) in [
        ("^<a>$", "<a>", true),
        ("^<a>$", "a", false),
        ("^[<>]$", "<", true),
        (r"^\<b\>$", "<b>", true),
        ("<(?!x)", "<y", true),
    ] {
        let found = messages(&json!({"pattern": pattern}), &json!(text).to_string());
        assert_eq!(found.is_empty(), is_match, "{pattern} on {text}: {found:?}");
    }
}

/// Assumed for the empty body: what `{}` fits passes, since templates see `{}` too (aws-observed 14.2).
#[test]
fn an_empty_body_fits_what_an_empty_object_fits() {
    assert!(messages(&json!({"type": "object"}), "").is_empty());
}

/// `minItems` and `maxItems` are checked whether or not `type` is there. A public API behind the service answers
/// `[array is too short: must have at least 1 elements but instance has 0 elements]`.
#[test]
fn the_length_of_arrays_is_checked() {
    let short = "array is too short: must have at least 1 elements but instance has 0 elements";
    for schema in [json!({"minItems": 1}), json!({"type": "array", "minItems": 1})] {
        assert_eq!(messages(&schema, "[]"), [short]);
        assert!(messages(&schema, "[1]").is_empty());
        assert!(messages(&json!({"minItems": 1}), "{}").is_empty());
    }
}

/// A message that several items cause is in the list once, and the items of an array that is wrong itself
/// are not looked at (the library's `deepCheck` is off).
#[test]
fn messages_are_not_repeated_and_go_no_deeper_than_the_first_fault() {
    let texts = json!({"maxItems": 2, "items": {"type": "string"}});
    let integer = r#"instance type (integer) does not match any allowed primitive type (allowed: ["string"])"#;
    assert_eq!(messages(&texts, "[1, 2]"), [integer]);
    let long = "array is too long: must have at most 2 elements but instance has 3 elements";
    assert_eq!(messages(&texts, "[1, 2, 3]"), [long]);
}

#[test]
fn models_refer_to_models() {
    let models: Table<Json> =
        [("Pet", json!({"$ref": "#/definitions/Named", "definitions": {"Named": {"required": ["name"]}}}))]
            .into_iter()
            .collect();
    let pets = json!({"items": {"$ref": "https://apigateway.amazonaws.com/restapis/a1/models/Pet"}});
    let pets = Schema::new(&pets, &models);
    assert!(pets.messages(br#"[{"name": "Rex"}]"#).is_empty());
    let missing = r#"object has missing required properties (["name"])"#;
    assert_eq!(pets.messages(br#"[{"name": "Rex"}, {}]"#), [missing]);
}

/// Each reference would follow the whole chain: 10^10 look-ups.
#[test]
fn chains_of_references_are_followed_once() {
    let name = |i: usize| format!("d{i}");
    let to = |i: usize| json!({"$ref": format!("#/definitions/d{i}")});
    let all = |end: Json| {
        let mut chain: serde_json::Map<_, _> = (0..100_000).map(|i| (name(i), to(i + 1))).collect();
        chain.insert(name(100_000), end);
        json!({"definitions": chain, "allOf": (0..100_000).map(to).collect::<Vec<_>>()})
    };
    assert!(messages(&all(json!({"type": "object"})), "{}").is_empty());
    assert_eq!(messages(&all(json!({"type": "array"})), "{}").len(), 1);
    assert!(messages(&all(to(100_001)), "{}").is_empty());
    assert_eq!(messages(&all(to(0)), "{}"), ["Unknown error parsing request body"]);
}

/// What an array has is found out once, whatever the number of schemas that ask.
#[test]
fn items_are_compared_once() {
    let steps = |count: usize, body: &str| {
        let budget = vtl::Budget::new(&vtl::Limits::service());
        let schema = json!({"allOf": vec![json!({"uniqueItems": true}); count]});
        (Schema::new(&schema, &Table::new()).messages_within(body.as_bytes(), &budget).unwrap().len(), budget.steps())
    };
    let list = json!((0..10_000).collect::<Vec<_>>()).to_string();
    let (one, many) = (steps(1, &list), steps(200, &list));
    assert_eq!((one.0, many.0), (0, 0));
    assert!(many.1 < one.1 + 10_000, "{one:?} and {many:?}");
    // An item takes as long as some 10 steps.
    assert!(one.1 > 90_000, "{one:?}");
    assert_eq!(steps(2, "[[], [], 1]").0, 1);
    assert_eq!(steps(2, "[1, 2, 1.0]").0, 1);
}

/// Circles, forks, patterns and numbers that would take for ever end; the time is that of the test.
#[test]
fn costly_schemas_and_bodies_end() {
    let unknown = ["Unknown error parsing request body"];
    for circle in [json!({"$ref": "#"}), json!({"allOf": [{"$ref": "#"}]}), json!({"not": {"$ref": "#/not"}})] {
        assert_eq!(messages(&circle, "1"), unknown, "{circle}");
    }
    // Each level of the body is checked twice as often as the one above.
    let fork = json!({"definitions": {"t": {"properties": {"x": {"allOf": [
        {"$ref": "#/definitions/t"}, {"$ref": "#/definitions/t"}]}}}}, "$ref": "#/definitions/t"});
    let nested = format!("{}1{}", r#"{"x":"#.repeat(100), "}".repeat(100));
    assert!(messages(&fork, &nested)[0].contains("V303"));
    let evil = json!({"items": {"pattern": "^(?=(a+)+$)b"}});
    assert!(!messages(&evil, &json!(vec![format!("{}!", "a".repeat(60)); 1000]).to_string()).is_empty());
    assert_eq!(messages(&json!({"multipleOf": 0.1}), "1e308"), Vec::<String>::new());
    assert_eq!(messages(&json!({"multipleOf": 1}), "1e-99999").len(), 1);
    assert_eq!(messages(&json!({"maximum": 1}), &"9".repeat(1001)), unknown);
    assert_eq!(messages(&json!({}), &"[".repeat(100_000)), unknown);
    assert_eq!(messages(&json!({}), &format!("{}{}", "[".repeat(100_000), "]".repeat(100_000))), unknown);
    let many = json!({"items": {"enum": (0..1000).collect::<Vec<_>>()}});
    let list = messages(&many, &json!((2000..40_000).collect::<Vec<_>>()).to_string());
    assert!(list.iter().map(String::len).sum::<usize>() < 2 << 20);
}

/// A number of an enumeration took as long as 30 steps, and one of a thousand digits as hundreds.
#[test]
fn numbers_are_charged_by_their_digits() {
    let steps = |schema: Json, body: &str| {
        let budget = vtl::Budget::new(&vtl::Limits::service());
        Schema::new(&schema, &Table::new()).messages_within(body.as_bytes(), &budget).unwrap();
        budget.steps()
    };
    let list = json!((0..1_000).collect::<Vec<_>>()).to_string();
    assert!(steps(json!({"enum": [vec![1.5; 1_000]]}), &list) - steps(json!({}), &list) > 2_000);
    let long = "9".repeat(1_000);
    for schema in [json!({"enum": [1]}), json!({"minimum": 0.5}), json!({"multipleOf": 0.1})] {
        assert!(steps(schema.clone(), &long) > 2_500, "{schema}: {} steps", steps(schema.clone(), &long));
        assert!(steps(schema.clone(), "3") < 1_100, "{schema}: {} steps", steps(schema.clone(), "3"));
    }
}

fn call(schema: &Json, body: &str) -> (Outcome, Invocation<'static>) {
    let template = r#"{"message":$context.error.messageString,"error":$context.error.validationErrorString}"#;
    let api: Api = serde_json::from_value(json!({
        "models": {"Model": schema},
        "gatewayResponses": {"BAD_REQUEST_BODY": {"responseTemplates": {"application/json": template}}},
    }))
    .unwrap();
    let method: Method = serde_json::from_value(json!({
        "requestModels": {"application/json": "Model"},
        "requestValidator": {"validateRequestBody": true},
        "integration": {"type": "mock"},
    }))
    .unwrap();
    let mut request = MethodRequest::new("POST", "/");
    request.headers.add("Content-Type", "application/json");
    request.body = body.as_bytes().to_vec();
    let mut invocation = Invocation::new();
    let outcome = PreparedMethod::new(&api, &method).invoke(&request, None, &mut invocation);
    (outcome, invocation)
}
