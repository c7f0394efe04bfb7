//! Differences of texts, line by line, and of JSON values, path by path.

use serde_json::Value as Json;
use similar::{ChangeTag, TextDiff};
use std::fmt::Write;
use std::time::Duration;
use vtl::diagnostic::printable;

/// Most lines of a difference.
const MOST_LINES: usize = 400;

/// Time after which a difference may be longer than it need be.
const LONGEST: Duration = Duration::from_millis(500);

/// Longest line of a difference, in characters.
const LONGEST_LINE: usize = 2_000;

/// Compares two JSON values: the order of names does not matter, numbers are compared by value. With
/// `contains`, objects may have more members than expected. Returns `None` if they are equal.
///
/// ```
/// use serde_json::json;
/// assert_eq!(vtl_testing::json_diff(&json!({"a": 1, "b": [2]}), &json!({"b": [2.0], "a": 1.0}), false), None);
/// let diff = vtl_testing::json_diff(&json!({"a": 1}), &json!({"a": "1", "c": null}), false);
/// assert_eq!(diff.as_deref(), Some("$.a\n- 1\n+ \"1\"\n$.c\n+ null\n"));
/// ```
#[must_use]
pub fn json(expected: &Json, actual: &Json, contains: bool) -> Option<String> {
    let mut out = Lines::default();
    walk(&mut String::from("$"), expected, actual, contains, &mut out);
    (!out.text.is_empty()).then_some(out.text)
}

#[derive(Default)]
struct Lines {
    text: String,
    count: usize,
}

impl Lines {
    fn add(&mut self, path: &str, expected: Option<&Json>, actual: Option<&Json>) {
        self.count += 1;
        if self.count > MOST_LINES {
            if self.count == MOST_LINES + 1 {
                self.text.push_str("…\n");
            }
            return;
        }
        let _ = writeln!(self.text, "{}", harmless(path));
        for (sign, value) in [('-', expected), ('+', actual)] {
            if let Some(value) = value {
                let _ = writeln!(self.text, "{sign} {}", cut(&visible(&value.to_string())));
            }
        }
    }
}

fn walk(path: &mut String, expected: &Json, actual: &Json, contains: bool, out: &mut Lines) {
    let length = path.len();
    match (expected, actual) {
        (Json::Object(one), Json::Object(other)) => {
            for (name, value) in one {
                push_name(path, name);
                match other.get(name) {
                    Some(actual) => walk(path, value, actual, contains, out),
                    None => out.add(path, Some(value), None),
                }
                path.truncate(length);
            }
            for (name, value) in other.iter().filter(|(name, _)| !contains && !one.contains_key(*name)) {
                push_name(path, name);
                out.add(path, None, Some(value));
                path.truncate(length);
            }
        }
        (Json::Array(one), Json::Array(other)) => {
            for at in 0..one.len().max(other.len()) {
                let _ = write!(path, "[{at}]");
                match (one.get(at), other.get(at)) {
                    (Some(expected), Some(actual)) => walk(path, expected, actual, contains, out),
                    (expected, actual) => out.add(path, expected, actual),
                }
                path.truncate(length);
            }
        }
        (Json::Number(one), Json::Number(other)) if is_equal(one, other) => {}
        _ if expected == actual => {}
        _ => out.add(path, Some(expected), Some(actual)),
    }
}

fn is_equal(one: &serde_json::Number, other: &serde_json::Number) -> bool {
    let is_whole = |number: &serde_json::Number| number.is_i64() || number.is_u64();
    if is_whole(one) && is_whole(other) { one == other } else { one.as_f64() == other.as_f64() }
}

fn push_name(path: &mut String, name: &str) {
    let is_word = name.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_alphanumeric() || c == '_');
    let _ = if is_word { write!(path, ".{name}") } else { write!(path, "[{}]", Json::from(name)) };
}

/// Compares two texts by their lines: removed lines start with `-`, added ones with `+`, lines around
/// them with a blank. In changed lines, invisible characters are shown.
///
/// ```
/// let diff = vtl_testing::text_diff("a\nb \n", "a\nb\n");
/// assert_eq!(diff, "  a\n- b·\n+ b\n");
/// ```
#[must_use]
pub fn text(expected: &str, actual: &str) -> String {
    let is_open = |text: &str| !text.is_empty() && !text.ends_with('\n');
    if is_open(actual) && (is_open(expected) || expected.is_empty()) {
        // That both end without a line end is not told.
        let expected = if expected.is_empty() { String::new() } else { format!("{expected}\n") };
        return self::text(&expected, &format!("{actual}\n"));
    }
    let diff = TextDiff::configure().timeout(LONGEST).diff_lines(expected, actual);
    let mut out = String::new();
    let mut lines = 0;
    for (at, group) in diff.grouped_ops(3).iter().enumerate() {
        if at > 0 {
            out.push_str("  …\n");
        }
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            lines += 1;
            if lines > MOST_LINES {
                out.push_str("  …\n");
                return out;
            }
            let line = change.value();
            let (text, end) = match line.strip_suffix('\n') {
                Some(text) => (text, ""),
                None => (line, " (no line end)"),
            };
            let _ = match change.tag() {
                ChangeTag::Equal => writeln!(out, "  {}", cut(&harmless(text))),
                ChangeTag::Delete => writeln!(out, "- {}{end}", cut(&visible(text))),
                ChangeTag::Insert => writeln!(out, "+ {}{end}", cut(&visible(text))),
            };
        }
    }
    out
}

/// Returns a text with its invisible characters shown, each line indented.
pub(crate) fn shown(text: &str) -> String {
    text.lines().take(MOST_LINES).map(|line| format!("+ {}\n", cut(&visible(line)))).collect()
}

/// Returns the first byte at which a text differs.
pub(crate) fn first_difference(expected: &str, actual: &str) -> Option<usize> {
    let same = expected.bytes().zip(actual.bytes()).take_while(|(one, other)| one == other).count();
    (expected != actual).then(|| same.min(actual.len()))
}

/// Shows the characters that control a terminal, end a line for some readers or turn the direction of writing.
fn harmless(line: &str) -> String {
    line.split_inclusive('\t')
        .map(|part| match part.strip_suffix('\t') {
            Some(part) => format!("{}\t", printable(part)),
            None => printable(part).into_owned(),
        })
        .collect()
}

/// Shows control characters as their pictures, blanks at the end of a line as dots, and characters that
/// look like others by their number.
fn visible(line: &str) -> String {
    let end = line.trim_end_matches(' ').len();
    let mut out = String::with_capacity(line.len());
    for (at, c) in line.char_indices() {
        match c {
            ' ' if at >= end => out.push('·'),
            '\u{0}'..='\u{1f}' => out.push(char::from_u32(0x2400 + u32::from(c)).unwrap_or('␀')),
            '\u{7f}' => out.push('␡'),
            '\u{80}'..='\u{a0}'
            | '\u{ad}'
            | '\u{2066}'..='\u{2069}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'
            | '\u{feff}' => {
                let _ = write!(out, "<U+{:04X}>", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out
}

fn cut(line: &str) -> String {
    match line.char_indices().nth(LONGEST_LINE) {
        Some((end, _)) => format!("{}… ({} more bytes)", &line[..end], line.len() - end),
        None => line.to_owned(),
    }
}
