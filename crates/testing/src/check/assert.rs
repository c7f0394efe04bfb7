//! Assertions on the values that a JSONPath gives.

use crate::diff;
use crate::format::expect::{Assertion, Check};
use crate::json;
use crate::query::{self, Visits};
use regex::Regex;
use serde_json::Value as Json;
use std::cell::OnceCell;
use std::cmp::Ordering;
use std::io::{Error, Write};

/// The text of assertions, read once for all of them.
pub(super) struct Subject<'a> {
    what: &'a str,
    text: &'a str,
    whole: OnceCell<Json>,
    json: OnceCell<Result<Json, String>>,
}

impl<'a> Subject<'a> {
    /// Creates the subject of a name in messages.
    pub(super) fn new(what: &'a str, text: &'a str) -> Self {
        Subject { what, text, whole: OnceCell::new(), json: OnceCell::new() }
    }
}

/// Checks an assertion on a text.
///
/// # Errors
/// The reason why it does not hold.
pub(super) fn check(assertion: &Assertion, subject: &Subject<'_>, left: &mut Visits) -> Result<(), String> {
    let what = subject.what;
    let Some((path, path_query)) = &assertion.path else {
        let whole = subject.whole.get_or_init(|| Json::String(subject.text.to_owned()));
        return assertion.checks.iter().try_for_each(|check| holds(check, what, &[whole], true, left));
    };
    let read = || json::read(subject.text).map_err(|error| format!("{what} is no JSON: {error}"));
    let json = subject.json.get_or_init(read).as_ref().map_err(Clone::clone)?;
    let found = query::find(path_query, json, left).map_err(|error| format!("{path}: {error}"))?;
    let values: Vec<&Json> = found.into_iter().map(|value| value.val()).collect();
    let is_single = is_singular(path);
    assertion.checks.iter().try_for_each(|check| holds(check, path, &values, is_single, left))
}

/// Checks if a path gives one value at most, by its text: it has no wildcard, slice, filter or list.
fn is_singular(path: &str) -> bool {
    let mut quote = None;
    let mut last = ' ';
    for c in path.chars() {
        match quote {
            Some(open) if c == open && last != '\\' => quote = None,
            Some(_) => {}
            None if c == '\'' || c == '"' => quote = Some(c),
            None if matches!(c, '*' | '?' | ':' | ',') || c == '.' && last == '.' => return false,
            None => {}
        }
        last = c;
    }
    true
}

fn holds(check: &Check, what: &str, values: &[&Json], is_single: bool, left: &mut Visits) -> Result<(), String> {
    let shown = || match values {
        [] => "nothing".to_owned(),
        [one] if is_single => brief(one),
        several => brief(several),
    };
    let each = |condition: &str, is_met: &dyn Fn(&Json) -> bool| match values {
        [] => Err(format!("{what} is nothing; expected a value that {condition}")),
        _ if values.iter().all(|value| is_met(value)) => Ok(()),
        _ => Err(format!("{what} is {}; expected a value that {condition}", shown())),
    };
    if !matches!(check, Check::Exists(_) | Check::Count(_) | Check::Type(_)) {
        values.iter().try_for_each(|value| left.look(value))?;
    }
    match check {
        Check::Equals(expected) => {
            let is_equal = match values {
                [one] if is_single => diff::json(expected, one, false).is_none(),
                [] if is_single => false,
                several => {
                    let list = Json::Array(several.iter().map(|value| (*value).clone()).collect());
                    diff::json(expected, &list, false).is_none()
                }
            };
            if is_equal { Ok(()) } else { Err(format!("{what} is {}; expected {expected}", shown())) }
        }
        Check::Matches(pattern, states) => {
            let text = |value: &Json| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            values.iter().try_for_each(|value| left.search(*states, text(value).len()))?;
            let regex =
                Regex::new(pattern).map_err(|error| format!("the regular expression does not compile: {error}"))?;
            each(&format!("matches {pattern}"), &|value| regex.is_match(&text(value)))
        }
        Check::Exists(wanted) if values.is_empty() != *wanted => Ok(()),
        Check::Exists(true) => Err(format!("{what} does not exist")),
        Check::Exists(false) => Err(format!("{what} exists: {}", shown())),
        Check::Count(expected) => {
            // The items of a list that a path names, else the values that it gives.
            let count = match values {
                [Json::Array(items)] if is_single => items.len(),
                [Json::Object(members)] if is_single => members.len(),
                values => values.len(),
            };
            if count as u64 == *expected {
                Ok(())
            } else {
                Err(format!("the count of {what} is {count}; expected {expected}"))
            }
        }
        Check::Type(name) => each(&format!("is of type {name}"), &|value| is_type(value, name)),
        Check::Contains(expected) => each(&format!("contains {expected}"), &|value| contains(value, expected)),
        Check::LessThan(limit) => {
            each(&format!("is less than {limit}"), &|value| compare(value, limit) == Some(Ordering::Less))
        }
        Check::GreaterThan(limit) => {
            each(&format!("is greater than {limit}"), &|value| compare(value, limit) == Some(Ordering::Greater))
        }
    }
}

fn is_type(value: &Json, name: &str) -> bool {
    match value {
        Json::Null => name == "null",
        Json::Bool(_) => name == "boolean",
        Json::Number(number) => {
            let is_whole = number.is_i64() || number.is_u64() || number.as_f64().is_some_and(|it| it.fract() == 0.0);
            name == "number" || name == "integer" && is_whole
        }
        Json::String(_) => name == "string",
        Json::Array(_) => name == "array",
        Json::Object(_) => name == "object",
    }
}

/// Checks if a text has a part, a list an item, or an object at least some members.
fn contains(value: &Json, expected: &Json) -> bool {
    match (value, expected) {
        (Json::String(text), Json::String(part)) => text.contains(part.as_str()),
        (Json::String(text), other) => text.contains(&other.to_string()),
        (Json::Array(items), expected) => items.iter().any(|item| diff::json(expected, item, true).is_none()),
        (value, expected) => diff::json(expected, value, true).is_none(),
    }
}

fn compare(value: &Json, limit: &Json) -> Option<Ordering> {
    match (value, limit) {
        (Json::Number(one), Json::Number(other)) => match (one.as_i64(), other.as_i64()) {
            (Some(one), Some(other)) => Some(one.cmp(&other)),
            _ => one.as_f64()?.partial_cmp(&other.as_f64()?),
        },
        (Json::String(one), Json::String(other)) => Some(one.cmp(other)),
        _ => None,
    }
}

/// Longest value in a message, in characters.
const LONGEST: usize = 400;

/// Writes the first characters of a value.
fn brief(value: &(impl serde::Serialize + ?Sized)) -> String {
    let mut start = Start(Vec::new());
    // It ends with an error where there is more.
    let _ = serde_json::to_writer(&mut start, value);
    let text = String::from_utf8_lossy(&start.0);
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.into_owned(),
    }
}

/// The first bytes of what is written.
struct Start(Vec<u8>);

impl Write for Start {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        // A character has four bytes at most; one more makes the text longer than what is shown.
        let room = (4 * LONGEST + 4).saturating_sub(self.0.len());
        if room == 0 {
            return Err(Error::other("the start is there"));
        }
        self.0.extend_from_slice(&bytes[..bytes.len().min(room)]);
        Ok(bytes.len().min(room))
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, brief};

    #[test]
    fn a_value_is_shown_by_its_start() {
        assert_eq!(brief("a\n"), "\"a\\n\"");
        assert_eq!(brief(&vec![1, 2]), "[1,2]");
        for text in ["é".repeat(10_000), "\u{1}".repeat(10_000), "\u{1f600}".repeat(399)] {
            let whole = serde_json::to_string(&text).unwrap();
            let start: String = whole.chars().take(LONGEST).collect();
            assert_eq!(brief(&text), if start == whole { start } else { start + "…" });
        }
    }
}
