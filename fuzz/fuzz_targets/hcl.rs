//! The loaders on Terraform's HCL.

#![no_main]

use libfuzzer_sys::fuzz_target;
use vtl_difftest::invariants::{Format, document};

fuzz_target!(|text: &str| {
    assert_eq!(document(Format::Hcl, text), None);
});
