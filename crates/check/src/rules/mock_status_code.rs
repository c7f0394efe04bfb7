//! The request template of a MOCK is an object whose integer `statusCode` selects the response.
//!
//! ```vtl
//! {"status": 200}
//! ```
//!
//! *Cause.* A MOCK reads the rendered request for an integer `statusCode`, which selects the response.
//! Without one, with one in quotes (observed 8.2), or with one that no response takes, every call is
//! answered with 500.
//!
//! *Way out.* Write `{"statusCode": 200}`, and a response for it.
//!
//! ```vtl
//! {"statusCode": 200}
//! ```

use crate::analysis::Template;
use crate::finding::Finding;
use crate::tally::Findings;
use crate::java;
use crate::subject::Reader;
use vtl::diagnostic::Severity;
use vtl::pipeline::Protocol;
use vtl::syntax_unstable::ast::Kind;
use vtl::{Code, Span};

pub fn check(template: &Template<'_, '_>, found: &mut Findings<'_>) {
    let Some(integration) = template.subject.integration else { return };
    if template.subject.is_response || template.subject.reader() != Reader::Mock || template.subject.is_open {
        return;
    }
    let mut quotes = Quotes::default();
    let is_literal = template.ast.nodes.iter().all(|node| match &node.kind {
        Kind::Text(_) | Kind::Comment | Kind::Set(_) => true,
        Kind::Reference(_) => quotes.are_around(template.source, node.span),
        _ => false,
    });
    let Some((at, rest)) = member(template.source) else {
        // A reference may print it.
        if is_literal {
            let start = template.source.find('{').unwrap_or(0);
            let span = Span::new(start, template.source.trim_end().len().saturating_sub(start));
            found.push(
                Finding::new(Code::MockStatusCode, span, "the mock gives no `statusCode`: every call is answered with 500")
                    .help("write `{\"statusCode\": 200}`"),
            );
        }
        return;
    };
    if let Some(text) = rest.strip_prefix(['"', '\'']) {
        if text.starts_with(|c: char| c.is_ascii_digit()) {
            found.push(
                Finding::new(Code::MockStatusCode, Span::new(at, text.find(['"', '\'']).unwrap_or(0) + 2), "the `statusCode` of a mock must be a number without quotes")
                    .help("remove the quotes"),
            );
        }
        return;
    }
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    let is_only = template.source.matches("statusCode").count() == 1;
    if digits.is_empty() || !is_only || integration.responses.is_empty() {
        return;
    }
    let mut is_taken = integration.responses.iter().any(|rule| rule.selection_pattern.is_none());
    for rule in &integration.responses {
        let Some(pattern) = &rule.selection_pattern else { continue };
        // A pattern that is not known takes anything.
        is_taken |= pattern.contains("${") || pattern.is_empty() || pattern == "-";
        is_taken |= match java::matches(pattern, std::slice::from_ref(&digits), template.subject.budget) {
            Ok(matched) => matched[0],
            Err(error) => {
                tell(template, (at, &digits), pattern, error.code(), found);
                true
            }
        };
    }
    if !is_taken {
        let message = format!("no response of the mock takes the status {digits}: every call is answered with 500");
        found.push(
            Finding::new(Code::MockStatusCode, Span::new(at, digits.len()), message)
                .help("add a response without a pattern, or one whose pattern matches it"),
        );
    }
}

/// Tells that a pattern is not compared with a status. That of an HTTP status is told at the pattern, which is compared
/// with all of them.
fn tell(
    template: &Template<'_, '_>,
    (at, digits): (usize, &str),
    pattern: &str,
    code: Code,
    found: &mut Findings<'_>,
) {
    let subject = template.subject;
    let is_told = subject.protocol == Protocol::Rest && digits.parse().is_ok_and(|status| (100..600).contains(&status));
    if is_told || !matches!(code, Code::PatternLimit | Code::Unsupported) || subject.budget.check().is_err() {
        return;
    }
    let shown: String = pattern.chars().take(80).collect();
    let message = format!("`{shown}` is not compared with the status: {}", code.title());
    let finding = Finding::new(code, Span::new(at, digits.len()), message).severity(Severity::Warning);
    found.push(finding.help("write a pattern that matches in fewer ways"));
}

/// Keeps the quotes around the last reference: the next one mostly stands between the same.
#[derive(Default)]
struct Quotes {
    /// End of the last reference.
    seen: usize,
    /// Set if a value was opened in front of it.
    is_open: bool,
    /// Offset of the quote behind it, and whether it ends a value.
    close: Option<(usize, bool)>,
}

impl Quotes {
    /// Checks for a reference between the quotes of a value, so that it prints no member of its own. The references of
    /// a text come in their order.
    fn are_around(&mut self, source: &str, span: Span) -> bool {
        let (start, end) = (span.range().start, span.end());
        let mark = source.get(self.seen..start).unwrap_or_default().rfind(['"', '\n']);
        if let Some(at) = mark {
            let before = &source[..self.seen + at + 1];
            self.is_open = before.trim_end_matches('"').trim_end().ends_with(':');
        }
        self.seen = end;
        if self.close.is_none_or(|(at, _)| at < end) {
            let behind = source.get(end..).unwrap_or_default();
            let is_value = |(value, rest): (&str, &str)| (end + value.len(), !rest.trim_start().starts_with(':'));
            // Without a quote up to the end there is none for the references behind.
            self.close = Some(behind.split_once('"').map_or((source.len(), false), is_value));
        }
        self.is_open && self.close.is_some_and(|(_, is_value)| is_value)
    }
}

/// Returns the place of the value of `statusCode`, and the text from there.
fn member(source: &str) -> Option<(usize, &str)> {
    let key = source.find("statusCode")?;
    let behind = &source[key + "statusCode".len()..];
    let colon = behind.find(':')?;
    let value = &behind[colon + 1..];
    let value = value.trim_start();
    Some((source.len() - value.len(), value))
}
