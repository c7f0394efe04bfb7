//! A backslash does not escape a quote: the literal ends there, and the template does not parse.
//!
//! ```vtl
//! #set($s = "say \"hi\"")$s
//! ```
//!
//! *Cause.* A backslash escapes nothing in a literal: the literal ends at the quote and the template
//! does not parse. The service answers 500 (observed 2.23).
//!
//! *Way out.* Double the quote, or put the literal in single quotes.
//!
//! ```vtl
//! #set($s = "say ""hi""")$s
//! ```

use crate::finding::{Finding, Fix};
use vtl::{Code, Span};

/// Returns the finding for a template that does not parse at an offset, if a `\"` is the reason.
pub fn explain(source: &str, at: usize) -> Option<Finding> {
    let before = source.get(..at.min(source.len()))?;
    // The directive or reference that the error is in.
    let start = ["#set", "#if", "#elseif", "#foreach", "#define", "$"]
        .iter()
        .filter_map(|word| before.rfind(word))
        .filter(|start| is_statement(&source[*start..]))
        .max()
        .into_iter()
        .chain(before.rfind("#set"))
        .chain(before.rfind("#if"))
        .max()?;
    let window = source.get(start..)?;
    let end = window.find('\n').map_or(window.len(), |end| end.max(at.saturating_sub(start) + 1).min(window.len()));
    let window = window.get(..end)?;
    let first = window.find("\\\"")?;
    // The quote must have been opened before it.
    if !window.get(..first)?.contains('"') {
        return None;
    }
    let edits = window.match_indices("\\\"").map(|(found, _)| (Span::new(start + found, 2), "\"\"".to_owned()));
    let finding = Finding::new(
        Code::QuoteInString,
        Span::new(start + first, 2),
        "a backslash does not escape a quote here: the literal ends, and the template does not parse",
    );
    Some(finding.help("write `\"\"`, or put the literal in single quotes").fix(Fix::unsafe_(edits.collect::<Vec<_>>())))
}

fn is_statement(text: &str) -> bool {
    text.starts_with('#') || text[1..].starts_with(|c: char| c.is_alphabetic() || matches!(c, '{' | '!'))
}
