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
use std::collections::{BTreeMap, HashSet};
use vtl::Code;

pub fn check(template: &Template<'_, '_>, found: &mut Findings<'_>) {
    let mut sites: BTreeMap<usize, Vec<&Value>> = BTreeMap::new();
    let mut references = BTreeMap::new();
    for test in &template.sites.tests {
        sites.entry(test.reference.span.range().start).or_default().push(&test.value);
        references.insert(test.reference.span.range().start, test.reference);
    }
    let compared = compared(template);
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
        if compared.contains(&compact(text)) {
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

/// Returns the references, without blanks, that a condition of the template tests for presence as well:
/// `#if($x && $x != "")`.
fn compared(template: &Template<'_, '_>) -> HashSet<String> {
    let mut found = HashSet::new();
    for (reference, _) in &template.references {
        let rest = template.source.get(reference.span.end()..).unwrap_or_default();
        let Some(rest) = ["&&", "and"].iter().find_map(|and| behind(rest, and)) else { continue };
        let Some(rest) = behind(behind(rest, "!").unwrap_or(rest), template.text(reference.span)) else { continue };
        if ["!=\"\"", "!=''", ".length()", ".size()", ".isEmpty()"].iter().any(|test| behind(rest, test).is_some()) {
            found.insert(compact(template.text(reference.span)));
        }
    }
    found
}

/// Returns what is behind words at the start of a text, blanks in both aside.
fn behind<'t>(text: &'t str, words: &str) -> Option<&'t str> {
    let mut rest = text;
    for c in words.chars().filter(|c| !c.is_whitespace()) {
        rest = rest.trim_start().strip_prefix(c)?;
    }
    Some(rest)
}

fn compact(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}
