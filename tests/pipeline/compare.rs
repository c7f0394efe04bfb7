//! Comparison of the expectations of a case with the result of a call.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value as Json, json};
use vtl::pipeline::message::Headers;
use vtl::pipeline::{IntegrationRequest, MethodResponse};

/// Runs every case of a file and reports all failures at once.
pub fn report(cases: &str, count: usize, mut check: impl FnMut(&Json) -> Result<(), String>) {
    let mut failures = Vec::new();
    let mut passed = 0;
    for line in cases.lines() {
        let case: Json = serde_json::from_str(line).unwrap();
        match check(&case) {
            Ok(()) => passed += 1,
            Err(why) => failures.push(format!("{}: {why}", case["id"].as_str().unwrap())),
        }
    }
    assert!(failures.is_empty(), "{} of {count} failed:\n{}", failures.len(), failures.join("\n"));
    assert_eq!(passed, count);
}

pub fn check_request(expected: &Json, sent: &IntegrationRequest) -> Result<(), String> {
    for (key, value) in expected.as_object().unwrap() {
        match key.as_str() {
            "method" => same("method", value, &json!(sent.method))?,
            "uri" => same("uri", value, &json!(sent.uri))?,
            "headers" => check_headers(value, &sent.headers)?,
            "absentHeaders" => check_absent(value, &sent.headers)?,
            "querystring" => same("querystring", value, &whole_query(sent))?,
            "body" => check_body(expected, &sent.body)?,
            "bodyIsBase64" => {}
            "bodyJson" => same("body", value, &serde_json::from_slice(&sent.body).map_err(|error| error.to_string())?)?,
            "bodyJsonContains" => {
                let event: Json = serde_json::from_slice(&sent.body).map_err(|error| error.to_string())?;
                check_contains(value.as_object().unwrap(), &event)?;
            }
            "bodyJsonSubset" => {
                let event: Json = serde_json::from_slice(&sent.body).map_err(|error| error.to_string())?;
                check_subset("body", value, &event)?;
            }
            "bodyJsonLacks" => {
                let event: Json = serde_json::from_slice(&sent.body).map_err(|error| error.to_string())?;
                let there = value.as_array().unwrap().iter().find(|key| event.get(key.as_str().unwrap()).is_some());
                there.map_or(Ok(()), |key| Err(format!("the event should not have {key}")))?;
            }
            "parameters" => same("parameters", value, &json!(sent)["parameters"])?,
            other => panic!("the runner does not know {other}"),
        }
    }
    Ok(())
}

/// A subset at every depth.
fn check_subset(what: &str, expected: &Json, got: &Json) -> Result<(), String> {
    match (expected, got) {
        (Json::Object(expected), Json::Object(got)) => expected.iter().try_for_each(|(key, value)| {
            check_subset(key, value, got.get(key).ok_or_else(|| format!("there is no {key}"))?)
        }),
        _ => same(what, expected, got),
    }
}

/// The URI's own parameters count too, and come first.
fn whole_query(sent: &IntegrationRequest) -> Json {
    let mut whole: Map<String, Json> = Map::new();
    let mut add = |name: &str, value: &str| {
        whole.entry(name).or_insert_with(|| json!([])).as_array_mut().unwrap().push(json!(value));
    };
    let own = sent.uri.split_once('?').map_or("", |(_, query)| query);
    for (name, value) in own.split('&').filter_map(|part| part.split_once('=')) {
        add(name, value);
    }
    for (name, values) in sent.querystring.iter() {
        for value in values {
            add(name, value);
        }
    }
    whole.into()
}

fn check_contains(expected: &Map<String, Json>, event: &Json) -> Result<(), String> {
    for (key, value) in expected {
        if matches!(key.as_str(), "headers" | "multiValueHeaders") {
            for (name, value) in value.as_object().unwrap() {
                same(name, value, &event[key][name])?;
            }
        } else {
            same(key, value, event.get(key).ok_or_else(|| format!("the event has no {key}"))?)?;
        }
    }
    Ok(())
}

pub fn check_response(expected: &Json, response: &MethodResponse) -> Result<(), String> {
    for (key, value) in expected.as_object().unwrap() {
        match key.as_str() {
            "status" => same("status", value, &json!(response.status))?,
            "headers" => check_headers(value, &response.headers)?,
            "absentHeaders" => check_absent(value, &response.headers)?,
            "body" => check_body(expected, &response.body)?,
            "bodyIsBase64" => {}
            "bodyJson" => {
                let body = serde_json::from_slice(&response.body);
                same("body", value, &body.map_err(|error| error.to_string())?)?;
            }
            other => panic!("the runner does not know {other}"),
        }
    }
    Ok(())
}

fn check_headers(expected: &Json, headers: &Headers) -> Result<(), String> {
    for (name, value) in expected.as_object().unwrap() {
        let values: Vec<&str> = headers.all(name).collect();
        let expected = if value.is_array() { value.clone() } else { json!([value]) };
        same(name, &expected, &json!(values))?;
    }
    Ok(())
}

fn check_absent(names: &Json, headers: &Headers) -> Result<(), String> {
    let there = names.as_array().unwrap().iter().find(|name| headers.contains(name.as_str().unwrap()));
    there.map_or(Ok(()), |name| Err(format!("{name} should be absent")))
}

fn check_body(expected: &Json, body: &[u8]) -> Result<(), String> {
    let text = expected["body"].as_str().unwrap();
    let bytes =
        if expected["bodyIsBase64"] == true { STANDARD.decode(text).unwrap() } else { text.as_bytes().to_vec() };
    if bytes == body {
        return Ok(());
    }
    let show = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Err(format!("body: expected {:?}, got {:?}", show(&bytes), show(body)))
}

pub fn same(what: &str, expected: &Json, got: &Json) -> Result<(), String> {
    if expected == got { Ok(()) } else { Err(format!("{what}: expected {expected}, got {got}")) }
}
