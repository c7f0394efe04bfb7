//! On the service a value that is missing is the empty string, and a string is true.
//!
//! ```vtl
//! #if($input.params('q'))given#end
//! ```
//!
//! *Cause.* On the service a value that is missing is the empty string, and every string is true
//! (observed 2.15, 2.16). Only the boolean `false` is false.
//!
//! *Way out.* Compare it with the empty string.
//!
//! ```vtl
//! #if($input.params('q') != "")given#end
//! ```

use crate::analysis::Template;
use crate::analysis::value::{Origin, Value};
use crate::finding::{Finding, Fix};
use crate::tally::Findings;
use std::collections::BTreeMap;
use vtl::Code;

/// Bytes of the longest template in which comparisons are looked for.
const MOST_COMPARED: usize = 64 << 10;

pub fn check(template: &Template<'_, '_>, found: &mut Findings<'_>) {
    let mut sites: BTreeMap<usize, Vec<&Value>> = BTreeMap::new();
    let mut references = BTreeMap::new();
    for test in &template.sites.tests {
        sites.entry(test.reference.span.range().start).or_default().push(&test.value);
        references.insert(test.reference.span.range().start, test.reference);
    }
    // In longer templates it is not looked for: each condition reads all of the text.
    let source = if template.source.len() > MOST_COMPARED { String::new() } else { compact(template.source) };
    for (at, values) in sites {
        let may_miss = |value: &&Value| match value {
            Value::Data { root: false, .. } | Value::Nothing => true,
            Value::Text(text) => text.may_miss && !text.json && text.origin != Origin::Service,
            Value::Context(path) => path.starts_with("authorizer"),
            _ => false,
        };
        let reference = references[&at];
        // A variable that is set in some cases only is nothing in the others.
        if !values.iter().all(may_miss) {
            continue;
        }
        let text = template.text(reference.span);
        if is_compared(&source, text) {
            continue;
        }
        let message = format!("`{text}` is true even if it is missing: on the service nothing is `\"\"`, and a string is true");
        let finding = Finding::new(Code::MissingIsTrue, reference.span, message)
            .help(format!("compare it: `{text} != \"\"`, or `== true` for a boolean"));
        let is_text = values.iter().all(|value| matches!(value, Value::Text(_)));
        let edits = [(reference.span, format!("{text} != \"\""))];
        // `!$x` would compare the negation.
        let is_negated = template.source.get(..at).unwrap_or_default().trim_end().ends_with('!');
        found.push(match (is_negated, is_text) {
            (true, _) => finding,
            (false, true) => finding.fix(Fix::safe(edits)),
            (false, false) => finding.fix(Fix::unsafe_(edits)),
        });
    }
}

/// Checks whether a condition of the template tests the reference for presence as well:
/// `#if($x && $x != "")`.
fn is_compared(source: &str, text: &str) -> bool {
    let text = compact(text);
    ["&&", "and"].iter().any(|and| {
        ["!=\"\"", "!=''", ".length()", ".size()", ".isEmpty()"].iter().any(|test| {
            source.contains(&format!("{text}{and}{text}{test}")) || source.contains(&format!("{text}{and}!{text}{test}"))
        })
    })
}

fn compact(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}
