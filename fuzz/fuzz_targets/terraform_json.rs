//! The loaders on Terraform's JSON.

#![no_main]

use libfuzzer_sys::fuzz_target;
use vtl_difftest::invariants::{Format, document};

fuzz_target!(|text: &str| {
    assert_eq!(document(Format::TerraformJson, text), None);
});
