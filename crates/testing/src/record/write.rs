//! Test files as text.

use crate::name::slug;
use crate::yaml;
use serde_json::{Map, Value as Json};
use std::collections::{HashMap, HashSet};
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
    let mut names = Names::default();
    for (comments, test) in tests {
        let test = &names.told_apart(test);
        for comment in comments {
            let _ = writeln!(out, "  # {}", comment.replace(['\n', '\r'], " "));
        }
        yaml::item(&mut out, test, 2);
    }
    out
}

/// The names of the tests of a file, as they stand in names of files.
#[derive(Default)]
struct Names {
    taken: HashSet<String>,
    /// The last number that was tried for a name.
    tried: HashMap<String, usize>,
}

impl Names {
    /// Returns a test with a number at its name if another has the name, or one of the same file.
    fn told_apart(&mut self, test: &Json) -> Json {
        let mut test = test.clone();
        let Some(Json::String(name)) = test.get_mut("name") else { return test };
        let own = slug(name);
        if !self.taken.insert(own.clone()) {
            // No number is tried twice, so all tests of a name take as many turns as there are names.
            let tried = self.tried.entry(own).or_insert(1);
            *name = loop {
                *tried += 1;
                let numbered = format!("{name} ({tried})");
                if self.taken.insert(slug(&numbered)) {
                    break numbered;
                }
            };
        }
        test
    }
}
