//! Names from documents and files in lines of text.

use std::borrow::Cow;
use std::fmt::Write;

/// Returns a name as it is printed within a line: what ends a line, controls a terminal or turns the direction of
/// writing is escaped.
///
/// ```
/// use vtl::diagnostic::printable;
/// assert_eq!(printable("pets (größe)"), "pets (größe)");
/// assert_eq!(printable("a\nb\u{1b}[0m\u{2028}"), "a\\nb\\u{1b}[0m\\u{2028}");
/// ```
#[must_use]
pub fn printable(name: &str) -> Cow<'_, str> {
    if !name.contains(is_escaped) {
        return Cow::Borrowed(name);
    }
    let mut text = String::with_capacity(name.len() + 8);
    for c in name.chars() {
        match c {
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            c if is_escaped(c) => drop(write!(text, "\\u{{{:x}}}", u32::from(c))),
            c => text.push(c),
        }
    }
    Cow::Owned(text)
}

/// Checks for control characters, separators of lines and paragraphs, and marks of direction.
fn is_escaped(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
