//! The pattern of an HTTP backend is matched with the status alone.
//!
//! ```vtl
//! {"type": "http", "responses": {".*error.*": {"statusCode": "400"}}}
//! ```
//!
//! *Cause.* The pattern of an HTTP or service backend is compared with the status alone, as a whole
//! (observed 11.1); only that of a Lambda function is compared with its error message, which is seldom a status
//! alone (observed 11.3).
//!
//! *Way out.* Write a pattern for statuses; for a function, one for its messages.

use crate::finding::{Finding, Place};
use crate::tally::Findings;
use crate::java;
use crate::subject::Integrated;
use std::rc::Rc;
use vtl::Code;
use vtl::diagnostic::Severity;
use vtl::pipeline::Protocol;

pub fn check(it: &Integrated<'_>, found: &mut Findings<'_>) {
    let integration = it.integration;
    if it.api.protocol != Protocol::Rest || integration.kind.is_proxy() {
        return;
    }
    if integration.is_lambda() {
        return check_function(it, found);
    }
    // Of a service that is not known it may be a function.
    let uri = integration.uri.as_deref().unwrap_or_default();
    if integration.kind.is_aws() && (uri.starts_with("${") || uri.split(':').nth(4).is_none_or(|service| service.contains("${"))) {
        return;
    }
    let known = |pattern: &str| !pattern.contains("${") && !matches!(pattern, "-" | "");
    let rules = || it.integration.responses.iter().enumerate();
    let matched: Vec<Option<Statuses>> = rules()
        .map(|(at, rule)| {
            let pattern = rule.selection_pattern.as_deref().filter(|it| known(it))?;
            statuses(it, at, pattern, found).map(|matched| bits(&matched))
        })
        .collect();
    for (at, rule) in rules() {
        let (Some(pattern), Some(own)) = (rule.selection_pattern.as_deref(), &matched[at]) else { continue };
        // Each is compared with those in front of it.
        if it.budget.charge(at / COMPARED_PER_STEP).is_err() {
            return;
        }
        let place = format!("/responses/{at}/selectionPattern");
        if is_wildcard(pattern) {
            let message = format!("`{pattern}` is a regular expression: its `*` repeats the digit before it");
            let digit = &pattern[..1];
            let finding = Finding::property(Code::PatternNeverMatches, place, message);
            found.push(finding.help(format!("write `{digit}\\d{{2}}` for all statuses from {digit}00 to {digit}99")));
        } else if *own == Statuses::default() && !is_plain(pattern) {
            let message =
                format!("`{pattern}` matches no status: the pattern of such a backend is compared with its status alone");
            found.push(
                Finding::property(Code::PatternNeverMatches, place, message)
                    .help("write a pattern for statuses such as `4\\d{2}`; bodies are matched for Lambda functions only"),
            );
        } else if let Some(other) = (0..at).find(|other| {
            // Of several patterns that match, the first and that of the lower status are the same here.
            let is_before = it.integration.responses[*other].status_code < rule.status_code;
            let is_other = it.integration.responses[*other].selection_pattern != rule.selection_pattern;
            is_before && is_other && matched[*other].as_ref().is_some_and(|other| hides(other, own))
        }) {
            let hiding = it.integration.responses[other].selection_pattern.as_deref().unwrap_or_default();
            let message = format!("`{pattern}` is never chosen: `{hiding}` matches all that it matches");
            found.push(
                Finding::property(Code::PatternNeverMatches, place, message)
                    .help("make the other pattern narrower")
                    .related(Place::Property(format!("/responses/{other}/selectionPattern")), "this one is chosen"),
            );
        }
    }
}

/// Finds patterns that are meant for statuses: those of a function are compared with its error message (aws-observed
/// 11.3).
fn check_function(it: &Integrated<'_>, found: &mut Findings<'_>) {
    for (at, rule) in it.integration.responses.iter().enumerate() {
        let Some(pattern) = rule.selection_pattern.as_deref().filter(|pattern| is_of_statuses(pattern)) else { continue };
        if !statuses(it, at, pattern, found).is_some_and(|statuses| statuses.contains(&true)) {
            continue;
        }
        let message = format!(
            "`{pattern}` is compared with the errorMessage of the function, not with a status: it matches a message that is \
             such a number alone"
        );
        found.push(
            Finding::property(Code::PatternNeverMatches, format!("/responses/{at}/selectionPattern"), message)
                .help("write a pattern for the message, such as `.*Not Found.*`"),
        );
    }
}

/// Returns the statuses that a pattern matches. A pattern that takes too much is a finding of its own: the rule
/// does not judge it. One that does not compile is a finding of the service's checks.
fn statuses(it: &Integrated<'_>, at: usize, pattern: &str, found: &mut Findings<'_>) -> Option<Rc<[bool]>> {
    let code = match java::statuses(pattern, it.budget) {
        Ok(statuses) => return Some(statuses),
        Err(code) => code,
    };
    if matches!(code, Code::PatternLimit | Code::Unsupported) && it.budget.check().is_ok() {
        let shown: String = pattern.chars().take(80).collect();
        let message = format!("`{shown}` is not compared with statuses: {}", code.title());
        let place = format!("/responses/{at}/selectionPattern");
        let finding = Finding::property(code, place, message).severity(Severity::Warning);
        found.push(finding.help("write a pattern that matches in fewer ways"));
    }
    None
}

/// Checks for a pattern of digits.
fn is_of_statuses(pattern: &str) -> bool {
    pattern.contains(|c: char| c.is_ascii_digit())
        && pattern.replace("\\d", "0").bytes().all(|byte| byte.is_ascii_digit() || b"[]{}()|^$-".contains(&byte))
}

/// Statuses that a pattern matches, a bit each.
type Statuses = [u64; 8];

/// Patterns that are compared in a step.
const COMPARED_PER_STEP: usize = 4;

fn bits(matched: &[bool]) -> Statuses {
    let mut bits = Statuses::default();
    for (bits, matched) in bits.iter_mut().zip(matched.chunks(64)) {
        *bits = matched.iter().rev().fold(0, |bits, it| bits << 1 | u64::from(*it));
    }
    bits
}

/// Checks whether statuses include all others.
fn hides(statuses: &Statuses, others: &Statuses) -> bool {
    *others != Statuses::default() && statuses.iter().zip(others).all(|(one, other)| other & !one == 0)
}

/// Checks for digits and a `*`, which other systems have as a wildcard.
fn is_wildcard(pattern: &str) -> bool {
    pattern.strip_suffix('*').is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Checks for a pattern that is a status: it matches.
fn is_plain(pattern: &str) -> bool {
    pattern.parse::<u16>().is_ok_and(|status| (100..600).contains(&status))
}
