//! Fixes are tried before they are offered: a template that parses has none after which it does not.

use crate::finding::{Edit, Finding, Fix};
use vtl::syntax_unstable::{Texts, parse_all};
use vtl::{Budget, Dialect};

/// Bytes of fixed templates that are parsed for one template. Fixes behind them are offered untried.
const MOST_TRIED: usize = 256 << 10;

/// Steps of parsing a byte.
const STEPS_PER_BYTE: usize = 2;

/// Removes the fixes after which a template that parses does not parse any more.
pub(crate) fn drop_breaking_fixes(source: &str, dialect: Dialect, findings: &mut [Finding], budget: &Budget<'_>) {
    let mut left = MOST_TRIED;
    for finding in findings {
        let Some(fix) = &finding.fix else { continue };
        let bytes = source.len() + fix.edits.iter().map(|edit| edit.text.len()).sum::<usize>();
        left = left.saturating_sub(bytes);
        if left == 0 || budget.charge(bytes.saturating_mul(STEPS_PER_BYTE)).is_err() {
            return;
        }
        let parses = fixed(source, fix).is_some_and(|text| budget.briefly(|| parses(&text, dialect, budget)));
        // What a spent budget ends is no fault of the fix.
        if !parses && budget.check().is_ok() {
            finding.fix = None;
        }
    }
}

/// Returns a template after a fix, if the edits are within it and do not overlap.
fn fixed(source: &str, fix: &Fix) -> Option<String> {
    let mut edits: Vec<&Edit> = fix.edits.iter().collect();
    edits.sort_by_key(|edit| edit.span.range().start);
    let mut text = String::new();
    let mut at = 0;
    for edit in edits {
        text.push_str(source.get(at..edit.span.range().start)?);
        text.push_str(&edit.text);
        at = edit.span.end();
    }
    text.push_str(source.get(at..)?);
    Some(text)
}

fn parses(source: &str, dialect: Dialect, budget: &Budget<'_>) -> bool {
    let texts = Texts::new();
    parse_all(source, dialect, &texts, budget).1.is_empty()
}
