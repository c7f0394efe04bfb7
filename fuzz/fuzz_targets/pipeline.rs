//! Calls of an integration: the members of an `invoke` request.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    assert_eq!(vtl_difftest::invariants::call(text), None);
});
