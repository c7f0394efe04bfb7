//! The rules of `check` on templates.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    assert_eq!(vtl_difftest::invariants::findings(text), None);
});
