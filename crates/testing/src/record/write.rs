//! Test files as text.

use crate::name::slug;
use crate::yaml;
use serde_json::{Map, Value as Json};
use std::collections::HashMap;
use std::fmt::Write;

/// Writes a test file: the settings of all tests, then each test below the comments on what it lacks.
///
/// ```
/// let file = serde_json::json!({"document": "openapi.yaml"});
/// let test = serde_json::json!({"name": "a", "expect": {"status": 200}});
/// let yaml = vtl_testing::test_file(file.as_object().expect("a map"), &[(vec!["no body".to_owned()], test)]);
/// assert_eq!(yaml, "document: openapi.yaml\ntests:\n  # no body\n  - name: a\n    expect: {status: 200}\n");
/// ```
#[must_use]
pub fn test_file(settings: &Map<String, Json>, tests: &[(Vec<String>, Json)]) -> String {
    let mut out = String::new();
    if !settings.is_empty() {
        out += &yaml::to_yaml(&Json::Object(settings.clone()));
    }
    out += "tests:\n";
    let mut counts: HashMap<String, usize> = HashMap::new();
    for (comments, test) in tests {
        let test = &named_apart(test, &mut counts);
        for comment in comments {
            let _ = writeln!(out, "  # {}", comment.replace(['\n', '\r'], " "));
        }
        yaml::item(&mut out, test, 2);
    }
    out
}

/// Returns a test with a number at its name if another has the name, or one of the same file.
fn named_apart(test: &Json, counts: &mut HashMap<String, usize>) -> Json {
    let mut test = test.clone();
    let Some(name) = test.get("name").and_then(Json::as_str).map(str::to_owned) else { return test };
    let mut unique = name.clone();
    loop {
        let count = counts.entry(slug(&unique)).or_default();
        *count += 1;
        if *count == 1 {
            break;
        }
        // The number is a new one for each test of the name.
        let at = *counts.entry(slug(&name)).or_default();
        unique = format!("{name} ({at})");
    }
    if let Some(member) = test.get_mut("name") {
        *member = Json::String(unique);
    }
    test
}
