//! Inputs of tests, as samples for the templates under test.

use crate::format::file::{MAX_BYTES, read_text};
use crate::format::payload::Payload;
use crate::format::test::{Subject, Test};
use crate::format::{self, TestFile};
use crate::node::Node;
use serde_json::{Value as Json, json};
use std::path::{Path, PathBuf};
use vtl_loaders::Reach;

/// Input of a test of a template.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TestInput {
    /// Test file.
    pub file: PathBuf,
    /// Name of the test.
    pub name: String,
    /// Template file, or document that has the template.
    pub subject: PathBuf,
    /// Route as the test names it, and name of the template in the document; `None` for a template file.
    pub part: Option<(Option<String>, String)>,
    /// Request as `vtl render --input` takes it: `{"body", "params", "context", "stageVariables"}`.
    pub request: Json,
}

/// Reads the inputs of the tests of templates in test files. Tests of whole calls, and tests that cannot be read, are
/// left out.
///
/// ```
/// let folder = tempfile::tempdir()?;
/// let file = folder.path().join("id.vtl-test.yaml");
/// std::fs::write(&file, "template: id.vtl\ntests:\n- {name: seven, input: {body: {id: 7}}}\n")?;
/// let inputs = vtl_testing::test_inputs(&[file]);
/// assert_eq!(inputs[0].subject, folder.path().join("id.vtl"));
/// assert_eq!(inputs[0].request["body"], r#"{"id":7}"#);
/// # Ok::<(), std::io::Error>(())
/// ```
#[must_use]
pub fn test_inputs(files: &[PathBuf]) -> Vec<TestInput> {
    let mut inputs = Vec::new();
    for file in files {
        let folder = file.parent().unwrap_or(Path::new("."));
        let TestFile { tests, reach, .. } = format::read(file, &[]);
        for test in tests.into_iter().flatten() {
            let (subject, part) = match &test.subject {
                Subject::File { path, .. } => (path.clone(), None),
                Subject::Part { document, route, template, .. } => {
                    (document.path.clone(), Some((route.clone(), template.clone())))
                }
                Subject::Call { .. } => continue,
            };
            let Some(request) = request(&test, folder, &reach) else { continue };
            inputs.push(TestInput { file: file.clone(), name: test.name, subject, part, request });
        }
    }
    inputs
}

fn request(test: &Test, folder: &Path, reach: &Reach) -> Option<Json> {
    let input = &test.input;
    let body = match input.get("body").map(|body| Payload::read(body, folder)).transpose().ok()? {
        None => Json::Null,
        Some(Payload::Text(text)) => Json::String(text),
        Some(Payload::Value(node)) => Json::String(node.compact()),
        Some(Payload::File(path)) => Json::String(read_text(&path, reach, MAX_BYTES).ok()?),
    };
    let over = |below: &Node, key: &str| match input.get(key) {
        Some(above) => below.merged(above).to_json(),
        None => below.to_json(),
    };
    let params = input.get("params").map_or(json!({}), Node::to_json);
    let mut request = json!({"params": params, "context": over(&test.context, "context"),
        "stageVariables": over(&test.stage_variables, "stageVariables")});
    if !body.is_null() {
        request["body"] = body;
    }
    Some(request)
}
