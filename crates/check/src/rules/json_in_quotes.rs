//! `$input.json` prints JSON, with its own quotes.
//!
//! ```vtl
//! {"name": "$input.json('$.name')"}
//! ```
//!
//! *Cause.* `$input.json` prints JSON: a string has its own quotes, so there are two.
//!
//! *Way out.* Remove the quotes.
//!
//! ```vtl
//! {"name": $input.json('$.name')}
//! ```

use crate::analysis::Template;
use crate::analysis::reader::Position;
use crate::finding::{Finding, Fix};
use crate::tally::Findings;
use vtl::{Code, Span};

pub fn check(template: &Template<'_, '_>, found: &mut Findings<'_>) {
    for print in &template.sites.prints {
        let is_json = print.value.text().json && !print.value.text().composed;
        if print.position != Some(Position::InString) || !is_json {
            continue;
        }
        let span = print.reference.span;
        let finding =
            Finding::new(Code::JsonInQuotes, span, "the JSON of `$input.json` brings its own quotes and brackets")
                .help("write it without the quotes, or as `$util.escapeJavaScript(…)` for JSON in a string");
        let (start, end) = (span.range().start, span.end());
        let is_quoted = template.source.get(..start).is_some_and(|before| before.ends_with('"'))
            && template.source.get(end..).is_some_and(|behind| behind.starts_with('"'));
        found.push(if is_quoted {
            finding.fix(Fix::safe([
                (Span::new(start - 1, 1), String::new()),
                (Span::new(end, 1), String::new()),
            ]))
        } else {
            finding
        });
    }
}
