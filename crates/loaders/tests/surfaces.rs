//! Every document of `corpus/surfaces` loads to the model in its expected file.
//!
//! Records are compared by the keys that the expected file has, maps and lists as a whole, problems as a
//! set.

use serde_json::{Map, Value as Json};
use std::path::{Path, PathBuf};
use vtl_loaders::{File, Options, load};

/// Keys whose objects are maps with keys from the document. Their values are maps too, except those of
/// [`MAPS_OF_RECORDS`].
const MAPS: &[&str] = &[
    "gatewayResponses",
    "stageVariables",
    "requestParameters",
    "requestModels",
    "methodResponses",
    "models",
    "requestTemplates",
    "responseTemplates",
    "responseParameters",
];
const MAPS_OF_RECORDS: &[&str] = &["gatewayResponses", "methodResponses"];
const ORDERED: &[&str] = &["requestTemplates", "responseTemplates"];

fn compare(place: &str, key: &str, in_map: bool, expected: &Json, actual: &Json, found: &mut Vec<String>) {
    match (expected, actual) {
        (Json::Object(expected), Json::Object(actual)) => {
            let is_map = MAPS.contains(&key) || in_map;
            let keys = |map: &Map<String, Json>| {
                let mut keys: Vec<String> = map.keys().cloned().collect();
                if !ORDERED.contains(&key) {
                    keys.sort();
                }
                keys
            };
            if is_map && keys(expected) != keys(actual) {
                found.push(format!("{place}: keys {:?}, expected {:?}", keys(actual), keys(expected)));
            }
            for (name, value) in expected {
                let inner = format!("{place}/{name}");
                match actual.get(name) {
                    Some(own) if is_map => {
                        compare(&inner, "", !MAPS_OF_RECORDS.contains(&key), value, own, found);
                    }
                    Some(own) => compare(&inner, name, false, value, own, found),
                    None => found.push(format!("{inner}: missing, expected {value}")),
                }
            }
        }
        (Json::Array(expected), Json::Array(actual)) if expected.len() == actual.len() => {
            for (at, (value, own)) in expected.iter().zip(actual).enumerate() {
                compare(&format!("{place}/{at}"), "", false, value, own, found);
            }
        }
        _ if expected == actual => {}
        _ => found.push(format!("{place}: {actual}, expected {expected}")),
    }
}

/// Returns route key and property of each problem.
fn problems(document: &Json) -> Vec<String> {
    let problems = document.get("problems").and_then(Json::as_array).into_iter().flatten();
    let mut set: Vec<String> = problems.map(|it| format!("{} {}", it["routeKey"], it["property"])).collect();
    set.sort();
    set.dedup();
    set
}

/// Returns the differences between a document and its expected file.
fn check(document: &Path, expected: &Path) -> Result<Vec<String>, Box<dyn std::error::Error>> {
    let name = document.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let file = File::new(name, std::fs::read_to_string(document)?);
    let expected: Json = serde_json::from_str(&std::fs::read_to_string(expected)?)?;
    let mut actual = load(&[file], &Options::default())?.to_json();
    let mut found = Vec::new();
    if expected.get("problems").is_some() && problems(&expected) != problems(&actual) {
        found.push(format!("problems {:?}, expected {:?}", problems(&actual), problems(&expected)));
    }
    if let Some(problems) = expected.get("problems") {
        actual["problems"] = problems.clone();
    }
    compare("", "", false, &expected, &actual, &mut found);
    Ok(found)
}

fn folder(name: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../corpus/surfaces").join(name);
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(&folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    paths.sort();
    let mut failures = Vec::new();
    let mut count = 0;
    for path in paths {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        if name.ends_with(".expected.json") {
            continue;
        }
        let stem = name.split('.').next().unwrap_or_default();
        count += 1;
        match check(&path, &folder.join(format!("{stem}.expected.json"))) {
            Ok(found) => failures.extend(found.into_iter().map(|line| format!("{name} {line}"))),
            Err(error) => failures.push(format!("{name}: {error}")),
        }
    }
    assert!(count > 0, "no document in {}", folder.display());
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn openapi_2() {
    folder("openapi2");
}

#[test]
fn openapi_3() {
    folder("openapi3");
}

#[test]
fn cloudformation() {
    folder("cfn-v1");
}

#[test]
fn cloudformation_v2() {
    folder("cfn-v2");
}

#[test]
fn sam() {
    folder("sam");
}

#[test]
fn terraform() {
    folder("terraform");
}

#[test]
fn aws_cli() {
    folder("cli");
}

#[test]
fn aws_cli_v2() {
    folder("apigatewayv2-cli");
}
