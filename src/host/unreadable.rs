//! Errors of a text that a template reads as JSON.

use crate::error::Error;

/// Converts an error of such a text, called `noun`: its span refers to that text and not to the template,
/// so the position moves into the help.
pub(super) fn in_text(error: Error, text: &str, noun: &str) -> Error {
    let Some(span) = error.span() else { return error };
    let (line, column) = span.line_column(text);
    let before = text.get(..span.start as usize).unwrap_or(text);
    let line_so_far = before.rsplit('\n').next().unwrap_or_default();
    let shown: String = line_so_far.chars().rev().take(30).collect::<Vec<_>>().into_iter().rev().collect();
    let rest = text.get(span.start as usize..).unwrap_or_default();
    let what = if rest.is_empty() { "ends".to_owned() } else { format!("goes on with `{}`", excerpt(rest)) };
    Error::new(error.code(), error.detail())
        .with_help(format!("line {line}, column {column} of the {noun}: behind `{shown}` it {what}"))
}

/// Returns the start of a text, for a message.
pub(super) fn excerpt(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    let short: String = line.chars().take(20).collect();
    if short.len() < line.len() { short + "…" } else { short }
}
