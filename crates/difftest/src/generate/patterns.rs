//! Regular expressions and formats, put together from their parts.

use vtl_workloads::Random;

const ATOMS: &[&str] = &[
    "a",
    "b",
    "an",
    ".",
    "\\d",
    "\\w",
    "\\s",
    "\\S",
    "\\W",
    "\\D",
    "\\.",
    "\\b",
    "\\B",
    "^",
    "$",
    "x",
    "l",
    "[abc]",
    "[^a]",
    "[a-z]",
    "[A-Z0-9]",
    "[\\w.]",
    "[a-z&&[^n]]",
    "[a[bc]]",
    "\\p{L}",
    "\\p{Lu}",
    "\\P{L}",
    "\\p{Alpha}",
    "\\p{Punct}",
    "\\u00e9",
    "\\x61",
    "\\Qa.b\\E",
    "\\n",
    "\\h",
    "\\R",
    "\\G",
    "\\A",
    "\\z",
    "\\Z",
    "é",
    ",",
    "-",
    "\\1",
    "\\2",
    "[^\\s,]",
    "[,.]",
    "\\p{IsAlphabetic}",
    "\\p{IsLatin}",
    "(?=a)",
    "(?!b)",
    "(?<=n)",
    "(?<!a)",
];
const REPEATS: &[&str] = &["*", "+", "?", "{2}", "{1,2}", "{1,}", "*?", "+?", "??", "*+", "++", "{0}"];
const FLAGS: &[&str] = &["(?i)", "(?s)", "(?m)", "(?x)", "(?u)", "(?iu)", "(?-i)", "(?d)"];

/// A regular expression as a string literal of the template.
pub fn regex(random: &mut Random) -> String {
    let mut text = String::new();
    if random.one_in(8) {
        text.push_str(random.pick(FLAGS));
    }
    alternatives(random, 2, &mut text);
    format!("'{text}'")
}

fn alternatives(random: &mut Random, depth: usize, text: &mut String) {
    for number in 0..=random.below(5) / 4 {
        if number > 0 {
            text.push('|');
        }
        for _ in 0..=random.below(3) {
            if depth > 0 && random.one_in(4) {
                text.push_str(random.pick(&["(", "(", "(?:", "(?<n>", "(?>", "(?i:"]));
                alternatives(random, depth - 1, text);
                text.push(')');
            } else {
                text.push_str(random.pick(ATOMS));
            }
            if random.one_in(3) {
                text.push_str(random.pick(REPEATS));
            }
        }
    }
}

/// A text for `replaceAll`, with groups and escapes.
pub fn replacement(random: &mut Random) -> String {
    let mut text = String::new();
    for _ in 0..=random.below(3) {
        text.push_str(random.pick(&["x", "[", "]", "$0", "$1", "$2", "${n}", "\\$", "\\\\", "-", "$10", "é", "<$1>"]));
    }
    format!("'{text}'")
}

/// A text for `format`.
pub fn format(random: &mut Random) -> String {
    let mut text = String::new();
    for _ in 0..=random.below(2) {
        text.push('%');
        text.push_str(random.pick(&["", "", "", "", "1$", "2$", "<"]));
        for _ in 0..random.below(3) / 2 * random.below(3) {
            text.push_str(random.pick(&["-", "0", "+", " ", ",", "(", "#"]));
        }
        text.push_str(random.pick(&["", "", "", "1", "5", "8", "12"]));
        text.push_str(random.pick(&["", "", "", ".0", ".1", ".2", ".5"]));
        text.push_str(
            random.pick(&["s", "s", "d", "d", "f", "f", "e", "g", "x", "X", "o", "b", "c", "S", "h", "E", "n", "%"]),
        );
        text.push_str(random.pick(&["", "|", " ", "]"]));
    }
    format!("'{text}'")
}
