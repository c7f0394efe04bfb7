//! The loaders on shell scripts with commands of the AWS CLI.

#![no_main]

use libfuzzer_sys::fuzz_target;
use vtl_difftest::invariants::{Format, document};

fuzz_target!(|text: &str| {
    assert_eq!(document(Format::Shell, text), None);
});
