//! A form is one line: a line end becomes a part of a value.
//!
//! ```vtl
//! Action=SendMessage
//! &MessageBody=$input.body
//! ```
//!
//! *Cause.* In a form a line end is a part of the value in front of it: SQS answers that the version is
//! missing. A value that is not encoded breaks the form at `&`, `+` and `%`.
//!
//! *Way out.* Write it in one line, or end lines with `##`; encode values with `$util.urlEncode`.
//!
//! ```vtl
//! Action=SendMessage##
//! &MessageBody=$util.urlEncode($input.body)
//! ```

use crate::analysis::Template;
use crate::analysis::value::{Form, Origin};
use crate::finding::{Finding, Fix};
use crate::tally::Findings;
use vtl::syntax_unstable::ast::{Kind, Step};
use vtl::{Code, Span};

pub fn check(template: &Template<'_, '_>, found: &mut Findings<'_>) {
    if !template.is_form {
        return;
    }
    let mut breaks: Vec<Break> = Vec::new();
    let mut started = false;
    let mut pending: Vec<Break> = Vec::new();
    // End of a reference behind which `##` is text.
    let mut open_end = None;
    // Set behind a `#` that is text.
    let mut hash = false;
    for node in &template.ast.nodes {
        match &node.kind {
            Kind::Text(text) => {
                let Some(start) = offset(template.source, text) else { return };
                // The text of `#[[…]]#` has no comments.
                let is_literal = node.span.range().len() != text.len();
                for (at, c) in text.char_indices() {
                    if c == '\n' && started {
                        let first = at - usize::from(text[..at].ends_with('\r'));
                        let place = Span::new(start + first, at + 1 - first);
                        let follows_name = open_end == Some(start + first);
                        let is_index = follows_name && text[at + 1..].starts_with('[');
                        let is_behind_hash = if first == 0 { hash } else { text[..first].ends_with('#') };
                        let is_open = is_literal || is_index || is_behind_hash;
                        pending.push(Break { place, follows_name, takes_comment: !is_open });
                    } else if !c.is_whitespace() {
                        started = true;
                        breaks.append(&mut pending);
                    }
                }
                hash = !is_literal && text.ends_with('#');
            }
            Kind::Marks(marks) => hash = marks.ends_with('#'),
            Kind::Reference(reference) => {
                started = true;
                breaks.append(&mut pending);
                let is_closed = reference.formal || matches!(reference.steps.last(), Some(Step::Method(..) | Step::Index(..)));
                open_end = (!is_closed).then_some(node.span.end());
                hash = false;
            }
            _ => hash = false,
        }
    }
    if let Some(first) = breaks.first() {
        let finding = Finding::new(Code::FormNewline, first.place, "the line end becomes a part of the form's value")
            .help("write the form in one line, or end the line with `##`");
        found.push(if breaks.iter().all(|it| it.takes_comment) {
            finding.fix(Fix::safe(breaks.iter().flat_map(Break::edits).collect::<Vec<_>>()))
        } else {
            finding
        });
    }
    for print in &template.sites.prints {
        let text = print.value.text();
        let span = print.reference.span;
        let before = template.source.get(..span.range().start).unwrap_or_default();
        let is_placeholder = template.subject.is_substituted && print.reference.formal && !print.reference.quiet;
        if text.form == Form::Raw && text.origin == Origin::Client && before.ends_with('=') && !is_placeholder {
            let source = template.text(span);
            found.push(
                Finding::new(Code::FormNewline, span, format!("`{source}` is not encoded: `&`, `+` or `%` in it changes the form"))
                    .help("write `$util.urlEncode(…)` around it")
                    .fix(Fix::unsafe_([(span, format!("$util.urlEncode({})", source.replacen("$!", "$", 1)))])),
            );
        }
    }
}

/// A line end of the form.
struct Break {
    place: Span,
    /// Set behind the name of a variable or property, where `##` begins no comment.
    follows_name: bool,
    /// Not set where a comment would be text, take a `#` in front of it, or be a part of a reference.
    takes_comment: bool,
}

impl Break {
    /// Returns the edits that make the line end a comment.
    fn edits(&self) -> Vec<(Span, String)> {
        let insertion = |at, text: &str| (Span::new(at, 0), text.to_owned());
        let (start, end) = (self.place.range().start, self.place.end());
        if self.follows_name {
            vec![insertion(start, "#*"), insertion(end, "*#")]
        } else {
            vec![insertion(start, "##")]
        }
    }
}

/// Returns the offset of a slice of the source.
fn offset(source: &str, text: &str) -> Option<usize> {
    let offset = (text.as_ptr() as usize).checked_sub(source.as_ptr() as usize)?;
    (source.get(offset..offset + text.len()) == Some(text)).then_some(offset)
}
