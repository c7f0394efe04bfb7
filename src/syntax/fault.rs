//! What to say when the grammar does not take a template.

use super::parse::Rule;
use crate::diagnostic::Code;
use crate::error::Error;
use crate::span::Span;
use pest::error::{ErrorVariant, InputLocation};

/// Makes the parser's complaint one that a person can act on.
pub(super) fn explain(source: &str, error: &pest::error::Error<Rule>) -> Error {
    let at = match error.location {
        InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
    };
    let rest = &source[at.min(source.len())..];
    if matches!(rest, "$" | "#" | "$!") || (rest.is_empty() && source.ends_with(['$', '#'])) {
        let mark = if rest.is_empty() { &source[source.len() - 1..] } else { rest };
        let place = Span::new(source.len() - mark.len(), mark.len());
        return Error::new(Code::LoneMark, format!("a lone `{mark}` at the end of the template"))
            .at(place)
            .with_help("put anything behind it, or write it as a variable: `#set($mark = '…')`");
    }
    let found = match rest.chars().next() {
        None => "the template ends".to_owned(),
        Some('\n' | '\r') => "the line ends".to_owned(),
        Some(_) => format!("`{}` cannot stand", token(rest)),
    };
    let expected = expectations(error);
    let detail =
        if expected.is_empty() { format!("{found} here") } else { format!("{found} here: expected {expected}") };
    let error = Error::new(Code::Syntax, detail).at(Span::new(at, token(rest).len()));
    match hint(source, at) {
        Some(hint) => error.with_help(hint),
        None => error,
    }
}

/// The word or sign at the start of a text.
fn token(rest: &str) -> &str {
    let word = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
    let first = rest.chars().next().map_or(0, char::len_utf8);
    &rest[..word.max(first)]
}

/// The rules that could have gone on, by the names people know.
fn expectations(error: &pest::error::Error<Rule>) -> String {
    let ErrorVariant::ParsingError { positives, .. } = &error.variant else { return String::new() };
    let mut names: Vec<&str> = positives.iter().filter_map(|rule| name(*rule)).collect();
    names.dedup();
    names.sort_unstable();
    names.dedup();
    match names.as_slice() {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [most @ .., last] => format!("{} or {last}", most.join(", ")),
    }
}

fn name(rule: Rule) -> Option<&'static str> {
    Some(match rule {
        Rule::reference | Rule::marks => "a reference",
        Rule::string => "a string",
        Rule::number | Rule::int => "a number",
        Rule::bracket => "a list",
        Rule::map => "a map",
        Rule::boolean | Rule::constant => "true or false",
        Rule::group => "`(`",
        Rule::operator => "an operator",
        Rule::word_argument => "a word",
        Rule::index => "`[`",
        _ => return None,
    })
}

/// Whether a text ends with a string of more than one line: `#set($a = "x)⏎{"b"`.
fn spans_lines(before: &str, quote: char) -> bool {
    let inside = before.strip_suffix(quote).and_then(|text| text.rsplit_once(quote));
    inside.is_some_and(|(_, inside)| inside.contains('\n'))
}

/// Advice for mistakes that are known to happen.
fn hint(source: &str, at: usize) -> Option<&'static str> {
    let (before, rest) = source.split_at(at.min(source.len()));
    let mut ahead = rest.chars();
    if let Some(quote @ ('"' | '\'')) = ahead.next()
        && !ahead.as_str().contains(quote)
    {
        return Some("the string that starts here is not closed");
    }
    if spans_lines(before, '"') || spans_lines(before, '\'') {
        return Some("the string before it spans lines: a closing quote may be missing further up");
    }
    let line = before.rsplit('\n').next().unwrap_or("");
    if before.ends_with('\\') || line.contains("\\\"") {
        return Some("a backslash does not escape a quote: write `\"\"` inside a double-quoted string");
    }
    if rest.starts_with('=') && !before.ends_with("#set(") && line.contains("#if") {
        return Some("compare with `==`");
    }
    if source.len() == at && (line.matches('"').count() % 2 == 1 || line.matches('\'').count() % 2 == 1) {
        return Some("a string may not be closed");
    }
    None
}
