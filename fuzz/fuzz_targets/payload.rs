//! Payloads, beside `serde_json`.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    assert_eq!(vtl_difftest::invariants::payload(text), None);
});
