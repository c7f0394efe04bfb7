//! Errors for text that no rule of the language takes: the place, what was expected, and a likely way out.

use super::lexer::NoToken;
use super::scan::State;
use super::token::{Token, TokenKind};
use crate::diagnostic::Code;
use crate::error::Error;
use crate::span::Span;

/// Most bytes before an error in which advice looks for its reason.
const LOOK_BACK: usize = 1024;

/// Creates the error for an unexpected token; `expected` names the alternatives.
pub(super) fn token(source: &str, token: Token, expected: &str) -> Error {
    if token.kind == TokenKind::Eof {
        return at(source, source.len(), expected);
    }
    // The marks before a name are shown with it; of blanks, what comes behind them is what surprises.
    let start = token.start as usize;
    let image = source.get(start..).unwrap_or("");
    let blanks = if token.kind == TokenKind::Whitespace { image.len() - image.trim_start().len() } else { 0 };
    at(source, start + blanks, expected)
}

/// Creates the error for text that does not form a token.
pub(super) fn no_token(source: &str, found: NoToken) -> Error {
    if let Some(rest) = source.get(found.at..)
        && let Some(first) = rest.chars().next()
    {
        let span = Span::new(found.at, first.len_utf8());
        return match first {
            '"' | '\'' => Error::new(Code::Syntax, "the string that starts here is not closed")
                .at(span)
                .with_help(format!("close it with `{first}`")),
            _ => at(source, found.at, ""),
        };
    }
    if found.state == State::TextBlock {
        let start = found.start + source[found.start..].find("#[[").unwrap_or(0);
        return Error::new(Code::Syntax, "the text block is not closed")
            .at(Span::new(start, 3))
            .with_help("close it with `]]#`");
    }
    let mark = match source.get(found.start..) {
        Some(rest @ ("$" | "#" | "$!")) => rest,
        _ => source.chars().next_back().map_or("", |last| &source[source.len() - last.len_utf8()..]),
    };
    if mark.starts_with(['$', '#']) {
        return Error::new(Code::LoneMark, format!("a lone `{mark}` at the end of the template"))
            .at(Span::new(source.len() - mark.len(), mark.len()))
            .with_help("put anything behind it, or write it as a variable: `#set($mark = '…')`");
    }
    at(source, source.len(), "")
}

/// Creates the error for unexpected text at a position.
fn at(source: &str, at: usize, expected: &str) -> Error {
    let rest = source.get(at..).unwrap_or("");
    let found = match rest.chars().next() {
        None => "the template ends".to_owned(),
        Some('\n' | '\r') => "the line ends".to_owned(),
        Some(_) => format!("`{}` cannot stand", word(rest)),
    };
    let detail =
        if expected.is_empty() { format!("{found} here") } else { format!("{found} here: expected {expected}") };
    let error = Error::new(Code::Syntax, detail).at(Span::new(at, word(rest).len()));
    match hint(source, at) {
        Some(hint) => error.with_help(hint),
        None => error,
    }
}

/// Returns the word, operator or character at the start of a text.
fn word(rest: &str) -> &str {
    if let Some(operator) = ["==", "!=", "<=", ">=", "&&", "||"].into_iter().find(|two| rest.starts_with(two)) {
        return operator;
    }
    let word = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
    let first = rest.chars().next().map_or(0, char::len_utf8);
    &rest[..word.max(first)]
}

/// Checks whether a text ends with a string of more than one line, as in `#set($a = "x)⏎{"b"`.
fn spans_lines(before: &str, quote: char) -> bool {
    let inside = before.strip_suffix(quote).and_then(|text| text.rsplit_once(quote));
    inside.is_some_and(|(_, inside)| inside.contains('\n'))
}

/// Returns advice for mistakes that are known to happen.
fn hint(source: &str, at: usize) -> Option<&'static str> {
    let (whole, rest) = source.split_at_checked(at)?;
    // A tolerant parse may find an error in each word of a long line.
    let from = (at.saturating_sub(LOOK_BACK)..=at).find(|from| source.is_char_boundary(*from))?;
    let before = &whole[from..];
    if spans_lines(before, '"') || spans_lines(before, '\'') {
        return Some("the string before it spans lines: a closing quote may be missing further up");
    }
    let line = before.rsplit('\n').next().unwrap_or("");
    if before.ends_with('\\') || line.contains("\\\"") {
        return Some("a backslash does not escape a quote: write `\"\"` inside a double-quoted string");
    }
    if rest.starts_with("==") && line.contains("#set") {
        return Some("`#set` assigns with one `=`; `==` compares, in `#if`");
    }
    if rest.starts_with('=') && !before.ends_with("#set(") && line.contains("#if") {
        return Some("compare with `==`");
    }
    if line.ends_with("($.") || line.contains("path($.") || line.contains("json($.") {
        return Some("a path is a text: write it in quotes, `$input.path('$.name')`");
    }
    if ["null", "nil", "None", "undefined"].contains(&word(rest)) {
        return Some("there is no `null`: on the service compare with `\"\"`, which a missing value equals");
    }
    if (before.ends_with('+') && rest.starts_with('+')) || rest.starts_with("+=") {
        return Some("there is no `++` and no `+=`: `#set($i = $i + 1)`");
    }
    if line.trim_end().ends_with("#set(") && rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return Some("a variable begins with `$`: `#set($name = …)`");
    }
    if line.trim_end().ends_with('=') && line.contains('(') && rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return Some("a text stands in quotes, and a variable begins with `$`");
    }
    let is_odd = |quote| whole.rsplit('\n').next().unwrap_or("").matches(quote).count() % 2 == 1;
    if source.len() == at && (is_odd('"') || is_odd('\'')) {
        return Some("a string may not be closed");
    }
    None
}
