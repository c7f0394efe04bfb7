//! The JSON Schema of test files, by which editors complete them.

/// JSON Schema (2020-12) of a test file.
///
/// ```
/// let schema: serde_json::Value = serde_json::from_str(vtl_testing::SCHEMA)?;
/// assert_eq!(schema["required"], serde_json::json!(["tests"]));
/// # Ok::<(), serde_json::Error>(())
/// ```
pub const SCHEMA: &str = include_str!("vtl-test.schema.json");

#[cfg(test)]
mod tests {
    use super::SCHEMA;
    use crate::format::{expect, read, test};
    use crate::node;
    use serde_json::Value as Json;
    use std::collections::BTreeSet;

    #[test]
    fn the_keys_are_those_that_are_read() {
        let schema: Json = serde_json::from_str(SCHEMA).expect("it is JSON");
        let keys = |pointer: &str| -> BTreeSet<String> {
            let members = schema.pointer(pointer).and_then(Json::as_object).expect(pointer);
            members.keys().cloned().collect()
        };
        let test = "/$defs/test/properties";
        let request = "/$defs/expect/properties/integrationRequest/oneOf/1/properties";
        for (pointer, known) in [
            ("/properties", read::KEYS),
            (test, test::KEYS),
            (&format!("{test}/input/properties"), test::INPUT_KEYS),
            (&format!("{test}/request/properties"), test::REQUEST_KEYS),
            (&format!("{test}/backend/oneOf/1/properties"), test::BACKEND_KEYS),
            ("/$defs/expect/properties", expect::KEYS),
            (request, expect::REQUEST_KEYS),
            ("/$defs/assertion/properties", expect::ASSERTION_KEYS),
        ] {
            assert_eq!(keys(pointer), known.iter().map(|key| (*key).to_owned()).collect(), "{pointer}");
        }
    }

    #[test]
    fn the_examples_satisfy_it_and_mistakes_do_not() {
        let schema: Json = serde_json::from_str(SCHEMA).expect("it is JSON");
        let validator = jsonschema::validator_for(&schema).expect("it is a schema");
        let examples = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/testing"));
        for name in [
            "openapi-sqs/orders.vtl-test.yaml",
            "sam-lambda/greet.vtl-test.yaml",
            "terraform-step-functions/jobs.vtl-test.yaml",
            "terraform-step-functions/start.vtl-test.yaml",
        ] {
            let text = std::fs::read_to_string(examples.join(name)).expect("readable");
            let json = node::parse(&text).expect("it is YAML").to_json();
            let faults: Vec<String> = validator.iter_errors(&json).map(|fault| fault.to_string()).collect();
            assert!(faults.is_empty(), "{name}: {faults:?}");
        }
        for (text, is_valid) in [
            ("tests: []", true),
            ("tests: [{name: a, expect: {error: true}, cases: [{input: {body: 1}}]}]", true),
            ("tests: [{name: a, backend: null, expect: {integrationRequest: none, notes: none}}]", true),
            ("{}", false),
            ("tests: [{expect: {}}]", false),
            ("tests: [{name: a, expects: {}}]", false),
            ("tests: [{name: a, expect: {status: many}}]", false),
            ("tests: [{name: a, expect: {assert: [{path: $.a, equal: 1}]}}]", false),
            ("{defaults: {request: {header: {}}}, tests: []}", false),
        ] {
            let json = node::parse(text).expect("it is YAML").to_json();
            assert_eq!(validator.is_valid(&json), is_valid, "{text}");
        }
    }
}
