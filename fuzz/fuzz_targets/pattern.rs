//! Java's regular expressions: a pattern, a replacement and a text, a line each.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let mut lines = text.splitn(3, '\n');
    let mut line = || lines.next().unwrap_or("ab");
    assert_eq!(vtl_difftest::invariants::pattern(line(), line(), line()), None);
});
