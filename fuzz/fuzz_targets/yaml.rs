//! The loaders on YAML documents of every kind.

#![no_main]

use libfuzzer_sys::fuzz_target;
use vtl_difftest::invariants::{Format, document};

fuzz_target!(|text: &str| {
    assert_eq!(document(Format::Yaml, text), None);
});
