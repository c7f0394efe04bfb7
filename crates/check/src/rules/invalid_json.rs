//! Literal text that cannot be JSON, whatever the references give.
//!
//! ```vtl
//! {"a": 1,}
//! ```
//!
//! *Cause.* The text between the references cannot be JSON, whatever the references give. Lambda
//! answers 400 `Could not parse request body into json`, other services answer alike (observed 13.4); a
//! client cannot read the response.
//!
//! *Way out.* Mend the text at the place. `vtl render --check-json` shows it in the output of a sample.
//!
//! ```vtl
//! {"a": 1}
//! ```

use crate::analysis::Template;
use crate::analysis::reader::Fault;
use crate::analysis::sites::Broken;
use crate::finding::{Finding, Fix};
use crate::tally::Findings;
use vtl::diagnostic::{Location, Severity};
use vtl::{Code, Span};

/// Choice of a loop to have one turn.
const ONE_TURN: u32 = 0b10;

pub fn check(template: &Template<'_, '_>, found: &mut Findings<'_>) {
    for broken in &template.sites.broken {
        if super::comma_in_loop::between_turns(template, broken).is_some() {
            // Of the commas of loops another rule tells.
            continue;
        }
        let line = |at| Location::of(Span::new(at, 0), template.source).line;
        let (severity, when) = match broken.decisions.as_slice() {
            [] => (Severity::Error, String::new()),
            [one] if one.has_no_turn() => {
                (Severity::Warning, format!(", if the `#foreach` of line {} has no turn", line(one.at)))
            }
            [one] if !one.is_loop => {
                (Severity::Warning, format!(", if the `#if` of line {} goes this way", line(one.at)))
            }
            [one] if one.options & ONE_TURN == 0 => {
                (Severity::Error, format!(", if the `#foreach` of line {} has two turns", line(one.at)))
            }
            [_] => (Severity::Error, String::new()),
            _ => continue,
        };
        let message = format!("{}{when}", words(broken));
        let mut finding = Finding::new(Code::InvalidJson, broken.span, message).severity(severity).help(help(broken.fault));
        if let Some(fix) = fix(template.source, broken) {
            finding = finding.fix(fix);
        }
        found.push(finding);
    }
}

/// Describes what is wrong.
pub fn words(broken: &Broken) -> String {
    let text = match &*broken.text {
        "\n" => "a line end".to_owned(),
        text => format!("`{text}`"),
    };
    match broken.fault {
        Fault::TrailingComma => "the comma has no value behind it".to_owned(),
        Fault::DoubleComma => "there is no value before the comma".to_owned(),
        Fault::MissingComma => "a comma is missing before this value".to_owned(),
        Fault::MissingColon => format!("a colon is missing before {text}"),
        Fault::MissingValue => format!("a value is missing before {text}"),
        Fault::Unquoted => "a text stands without quotes".to_owned(),
        Fault::SingleQuotes => "JSON has double quotes only".to_owned(),
        Fault::Semicolon => "the semicolon is printed: directives have none".to_owned(),
        Fault::BehindEnd => format!("{text} follows the end of the JSON"),
        Fault::WrongEnd => format!("{text} closes a bracket of the other kind"),
        Fault::BadEscape => format!("`\\{}` is no escape of JSON", broken.text),
        Fault::RawControl => format!("{text} in a string must be escaped"),
        Fault::Unclosed => "a bracket or string is not closed".to_owned(),
        Fault::Other => format!("{text} cannot stand here in JSON"),
    }
}

fn help(fault: Fault) -> &'static str {
    match fault {
        Fault::TrailingComma | Fault::DoubleComma | Fault::Semicolon => "remove it",
        Fault::MissingComma => "write a comma",
        Fault::MissingColon => "write `\"key\": value`",
        Fault::MissingValue => "write a value, or `null`",
        Fault::Unquoted | Fault::SingleQuotes => "write it in double quotes",
        Fault::BehindEnd => "remove it, or move it into the JSON",
        Fault::WrongEnd | Fault::Unclosed => "close what is open",
        Fault::BadEscape => "write `\\\\` for a backslash",
        Fault::RawControl => "write `\\n`, or `\\t` for a tab",
        Fault::Other => "check the text before it",
    }
}

/// Checks whether what is around a part would be read as one name or call without it: `$a;b`, `$a;[0]`.
fn separates_words(source: &str, span: Span) -> bool {
    let before = source.get(..span.range().start).and_then(|text| text.chars().next_back());
    let behind = source.get(span.end()..).and_then(|text| text.chars().next());
    let goes_on = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '[' | '(');
    behind.is_some_and(|c| goes_on(c) || c == '{' && matches!(before, Some('$' | '#' | '!')))
}

fn fix(source: &str, broken: &Broken) -> Option<Fix> {
    match broken.fault {
        Fault::Semicolon if broken.text == ";" && !separates_words(source, broken.span) => {
            Some(Fix::safe([(broken.span, String::new())]))
        }
        Fault::TrailingComma if broken.text == "," && broken.decisions.is_empty() => {
            Some(Fix::safe([(broken.span, String::new())]))
        }
        _ => None,
    }
}
