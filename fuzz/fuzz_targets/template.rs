//! Templates with payloads: the template, a line `---`, the payload.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let (template, payload) = text.split_once("\n---\n").unwrap_or((text, ""));
    assert_eq!(vtl_difftest::invariants::mapping(template, payload), None);
});
