//! Every case of `corpus/apigateway` that is a whole call, through the command: what `vtl invoke --format json` prints.

use crate::run::{Folder, vtl};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

#[test]
fn recorded_calls() {
    run("integrations", include_str!("../../../../corpus/apigateway/integrations.jsonl"), 166);
}

#[test]
fn examples_of_the_official_pages() {
    run("seeds", include_str!("../../../../corpus/apigateway/integrations-seeds.jsonl"), 48);
}

#[test]
fn calls_with_a_method_around_them() {
    run("method", include_str!("../../../../corpus/apigateway/integrations-method.jsonl"), 15);
}

#[test]
fn calls_of_http_and_websocket_apis() {
    run("v2", include_str!("../../../../corpus/apigateway/v2.jsonl"), 97);
}

fn run(name: &str, cases: &str, count: usize) {
    let mut failures = Vec::new();
    let mut passed = 0;
    for line in cases.lines() {
        let mut case: Value = serde_json::from_str(line).expect("a case is JSON");
        if let Some(responses) = case.get("integrationResponses").cloned() {
            case["integration"]["IntegrationResponses"] = responses;
        }
        // Cases about the integration alone have a request of the common form, also where messages have none.
        if let (Some("WEBSOCKET"), Some(request)) =
            (case["api"]["protocolType"].as_str().map(str::to_owned).as_deref(), case["request"].as_object_mut())
        {
            request.retain(|key, _| !["method", "path", "pathParameters"].contains(&key.as_str()));
        }
        match invoke(name, &case).and_then(|got| check(&case["expect"], &got)) {
            Ok(()) => passed += 1,
            Err(why) => failures.push(format!("{}: {why}", case["id"])),
        }
    }
    assert!(failures.is_empty(), "{} of {count} failed:\n{}", failures.len(), failures.join("\n"));
    assert_eq!(passed, count);
}

/// Writes the parts of a case to files, and reads what the command makes of them.
fn invoke(name: &str, case: &Value) -> Result<Value, String> {
    const PARTS: [(&str, &str); 6] = [
        ("integration", "--integration"),
        ("request", "--request"),
        ("backend", "--backend"),
        ("api", "--api"),
        ("context", "--context"),
        ("stageVariables", "--stage-variables"),
    ];
    let folder = Folder::new();
    let mut args = vec!["invoke".to_owned(), "--format".to_owned(), "json".to_owned()];
    for (part, flag) in PARTS {
        if let Some(value) = case.get(part).filter(|value| !value.is_null()) {
            args.extend([flag.to_owned(), folder.file(&format!("{name}-{part}.json"), value.to_string())]);
        }
    }
    let run = vtl(&args.iter().map(String::as_str).collect::<Vec<_>>());
    if (run.code, run.err.as_str()) != (Some(0), "") {
        return Err(format!("exit code {:?}: {}", run.code, run.err));
    }
    serde_json::from_str(&run.out).map_err(|error| format!("{error}: {}", run.out))
}

fn check(expect: &Value, got: &Value) -> Result<(), String> {
    for (key, expected) in members(expect) {
        match (key.as_str(), expected) {
            ("integrationRequest", Value::Null) if !got[key].is_null() => {
                return Err("the backend was called".to_owned());
            }
            ("integrationRequest", Value::Null) => {}
            ("invalid" | "message" | "pathParameters" | "routeKey", _) => {
                same(key, expected, got.get(key).ok_or_else(|| format!("there is no {key}"))?)?;
            }
            ("integrationRequest" | "response", _) if got[key].is_null() => return Err(format!("there is no {key}")),
            ("integrationRequest" | "response", _) => {
                message(expected, &got[key]).map_err(|why| format!("{key}: {why}"))?
            }
            _ => panic!("nothing is known about {key}"),
        }
    }
    Ok(())
}

fn message(expected: &Value, got: &Value) -> Result<(), String> {
    for (key, value) in members(expected) {
        match key.as_str() {
            "method" | "uri" | "status" | "parameters" => same(key, value, &got[key])?,
            "headers" => members(value).try_for_each(|(name, value)| {
                let expected = if value.is_array() { value.clone() } else { json!([value]) };
                same(name, &expected, &json!(header(got, name)))
            })?,
            "absentHeaders" => {
                let names = value.as_array().into_iter().flatten().filter_map(Value::as_str);
                if let Some(name) = names.into_iter().find(|name| !header(got, name).is_empty()) {
                    return Err(format!("{name} is there"));
                }
            }
            "querystring" => same(key, value, &whole_query(got))?,
            "body" => same(key, &json!(bytes(expected)), &json!(bytes(got)))
                .map_err(|_| format!("body: expected {value}, got {}", got["body"]))?,
            "bodyIsBase64" => {}
            "bodyJson" => same(key, value, &body_json(got)?)?,
            "bodyJsonLacks" => {
                let body = body_json(got)?;
                if let Some(key) =
                    value.as_array().into_iter().flatten().find(|key| body.get(key.as_str().unwrap_or("")).is_some())
                {
                    return Err(format!("the body has {key}"));
                }
            }
            "bodyJsonSubset" => subset(value, &body_json(got)?)?,
            "bodyJsonContains" => contains(value, &body_json(got)?)?,
            _ => panic!("nothing is known about {key}"),
        }
    }
    Ok(())
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

/// The values of a header, however its name is spelled.
fn header<'a>(message: &'a Value, name: &str) -> Vec<&'a str> {
    let found = members(&message["headers"]).filter(|(n, _)| n.eq_ignore_ascii_case(name));
    let values = found.flat_map(|(_, value)| value.as_array().map_or(vec![value], |list| list.iter().collect()));
    values.filter_map(Value::as_str).collect()
}

/// The parameters of the URI, then the mapped ones.
fn whole_query(request: &Value) -> Value {
    let mut whole: Map<String, Value> = Map::new();
    let mut add = |name: &str, value: Value| {
        let values = whole.entry(name).or_insert_with(|| json!([]));
        values.as_array_mut().expect("it is a list").push(value);
    };
    let own = request["uri"].as_str().and_then(|uri| uri.split_once('?')).map_or("", |(_, query)| query);
    for (name, value) in own.split('&').filter_map(|part| part.split_once('=')) {
        add(name, json!(value));
    }
    for (name, values) in members(&request["querystring"]) {
        values.as_array().into_iter().flatten().for_each(|value| add(name, value.clone()));
    }
    whole.into()
}

fn bytes(message: &Value) -> Vec<u8> {
    let text = message["body"].as_str().unwrap_or_default();
    if message["bodyIsBase64"] == true { STANDARD.decode(text).expect("it is base64") } else { text.into() }
}

fn body_json(message: &Value) -> Result<Value, String> {
    serde_json::from_slice(&bytes(message)).map_err(|error| format!("{error}: {}", message["body"]))
}

/// A subset of the members, and of those of the header maps.
fn contains(expected: &Value, got: &Value) -> Result<(), String> {
    members(expected).try_for_each(|(key, value)| match key.as_str() {
        "headers" | "multiValueHeaders" => {
            members(value).try_for_each(|(name, value)| same(name, value, &got[key][name]))
        }
        _ => same(key, value, got.get(key).ok_or_else(|| format!("there is no {key}"))?),
    })
}

/// A subset at every depth.
fn subset(expected: &Value, got: &Value) -> Result<(), String> {
    members(expected).try_for_each(|(key, value)| match value {
        Value::Object(_) => subset(value, &got[key]),
        _ => same(key, value, &got[key]),
    })
}

fn same(what: &str, expected: &Value, got: &Value) -> Result<(), String> {
    if expected == got { Ok(()) } else { Err(format!("{what}: expected {expected}, got {got}")) }
}
