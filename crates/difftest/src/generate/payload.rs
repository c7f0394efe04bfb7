//! Payloads: JSON of every shape and spacing, and texts that are JSON no more after some small damage.

use crate::generate::mutate::mutate;
use vtl_workloads::Random;

/// Templates that serialize the whole payload, and print it as a Java object.
pub const TEMPLATE: &str = "$input.json('$')\n$input.path('$')";

const NUMBERS: &[&str] = &[
    "0",
    "-0",
    "1",
    "-1",
    "42",
    "007",
    "1.0",
    "1.50",
    "-2.5",
    "0.1",
    "1e3",
    "1E-7",
    "1.5e+10",
    "123456789012",
    "2147483647",
    "2147483648",
    "-2147483649",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775809",
    "123456789012345678901234567890",
    "3.141592653589793",
    "0.30000000000000004",
    "12345678.901234567890123",
    "1e300",
    "5e-324",
    "100000000000000000000000000000000000.5",
    "1.7976931348623157e308",
];
const STRINGS: &[&str] = &[
    "",
    "a",
    "key",
    "a b",
    "é€😀",
    "\\u00e9",
    "\\ud83d\\ude00",
    "\\n\\t\\\"",
    "\\\\",
    "\\/",
    "/",
    "'",
    "</script>",
    "\\u0000",
    "\u{7f}",
    "\u{2028}",
    "true",
    "12",
    " x ",
    "$s",
    "#if",
    "\\b\\f\\r",
];
const SPACES: &[&str] = &["", "", "", " ", "\n", "\t", "\r\n", "  "];
const ODD: &[&str] = &[
    "'a'", "a", "a b", "tru", "True", "nul", "NaN", "+1", ".5", "1.", "1.5.2", "0x1F", "1e", "--1", "\"a", "\"\\x\"",
    "/* c */", "// c\n", "[", "]", "{", "}", ",", ":", "\\", "\u{0}", "\u{a0}", "{]", "[,]", "1 2",
];

/// A payload that any reader takes.
pub fn valid(random: &mut Random) -> String {
    let mut text = String::new();
    space(random, &mut text);
    value(random, 4, &mut text);
    space(random, &mut text);
    text
}

/// A payload in which something may be wrong.
pub fn any(random: &mut Random) -> String {
    match random.below(4) {
        0 => valid(random),
        1 => {
            let text = valid(random);
            let at = random.below(text.len() + 1);
            let at = (at..=text.len()).find(|&at| text.is_char_boundary(at)).unwrap_or(text.len());
            format!("{}{}{}", &text[..at], random.pick(ODD), &text[at..])
        }
        _ => {
            let text = valid(random);
            mutate(&text, random)
        }
    }
}

fn space(random: &mut Random, text: &mut String) {
    text.push_str(random.pick(SPACES));
}

fn string(random: &mut Random, text: &mut String) {
    text.push('"');
    for _ in 0..=random.below(2) {
        text.push_str(random.pick(STRINGS));
    }
    text.push('"');
}

fn value(random: &mut Random, depth: usize, text: &mut String) {
    match random.below(if depth == 0 { 5 } else { 10 }) {
        0 | 1 => string(random, text),
        2 | 3 => text.push_str(random.pick(NUMBERS).trim_start_matches("00")),
        4 => text.push_str(random.pick(&["true", "false", "null"])),
        5 | 6 => members(random, depth, text, ('[', ']'), |_, _| ()),
        _ => members(random, depth, text, ('{', '}'), |random, text| {
            string(random, text);
            space(random, text);
            text.push(':');
            space(random, text);
        }),
    }
}

fn members(
    random: &mut Random,
    depth: usize,
    text: &mut String,
    (open, close): (char, char),
    key: impl Fn(&mut Random, &mut String),
) {
    text.push(open);
    space(random, text);
    for number in 0..random.below(4) {
        if number > 0 {
            text.push(',');
            space(random, text);
        }
        key(random, text);
        value(random, depth - 1, text);
        space(random, text);
    }
    text.push(close);
}
