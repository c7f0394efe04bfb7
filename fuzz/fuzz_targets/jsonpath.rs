//! JSONPath: the path on the first line, the document below.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let (path, document) = text.split_once('\n').unwrap_or((text, r#"{"a": [{"b": 1}, {"b": "x"}], "c": null}"#));
    assert_eq!(vtl_difftest::invariants::path(path, document), None);
});
