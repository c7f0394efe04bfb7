//! A map prints as `{a=b}`, a list of the template as `[a, b]`: neither is JSON.
//!
//! ```vtl
//! {"body": $input.path('$')}
//! ```
//!
//! *Cause.* An object prints as Java prints maps, `{a=b}` (observed 3.1), also `$input.params()` and
//! the result of `$util.parseJson`.
//!
//! *Way out.* Print it by `$input.json`, or member by member.
//!
//! ```vtl
//! {"body": $input.json('$')}
//! ```

use crate::analysis::Template;
use crate::analysis::reader::Position;
use crate::analysis::value::Value;
use crate::finding::{Finding, Fix};
use crate::tally::Findings;
use vtl::Code;
use crate::analysis::references::Use;
use vtl::syntax_unstable::ast::{ExprKind, Reference, Step};

pub fn check(template: &Template<'_, '_>, found: &mut Findings<'_>) {
    for print in &template.sites.prints {
        let is_inside = matches!(print.position, Some(Position::InString | Position::Value { .. }));
        if !is_inside {
            continue;
        }
        let noun = match &print.value {
            // A list of the payload prints as JSON.
            Value::Data { root: true, .. } if has_list(template) => continue,
            Value::Data { root: true, .. } => "the payload",
            Value::Params | Value::ParamMap(_) | Value::Map => "a map",
            Value::List(member, Some(_)) if matches!(**member, Value::Exact(_) | Value::Text(_) | Value::Map) => "a list",
            Value::Data { root: false, .. } if has_members(template, print.reference) => "a map",
            _ => continue,
        };
        let span = print.reference.span;
        let form = if noun == "a list" { "[a, b]" } else { "{a=b}" };
        let message = format!("`{}` is {noun} and prints in Java's form `{form}`", template.text(span));
        let finding = Finding::new(Code::PrintsJavaMap, span, message);
        let is_path = print.reference.name == "input"
            && matches!(print.reference.steps.as_slice(), [Step::Method("path", ..)])
            && matches!(print.position, Some(Position::Value { .. }));
        found.push(if is_path {
            let fixed = template.text(span).replacen(".path(", ".json(", 1);
            finding.help("print JSON with `$input.json('$')`").fix(Fix::safe([(span, fixed)]))
        } else {
            finding.help("print JSON with `$input.json('$.…')`, or its members one by one")
        });
    }
}

/// Checks whether the template loops over the payload itself.
fn has_list(template: &Template<'_, '_>) -> bool {
    template.sites.loops.iter().any(|(_, value)| matches!(value, Value::Data { root: true, .. }))
}

/// Most references that are compared with each other.
const MOST_COMPARED: usize = 2_000;

/// Checks whether the template reads members of what a reference finds, so that it is a map.
pub fn has_members(template: &Template<'_, '_>, reference: &Reference<'_>) -> bool {
    // Each reference is compared with all others.
    if template.references.len() > MOST_COMPARED {
        return false;
    }
    // A variable that is set twice may be something else where its members are read.
    let sets = template.references.iter().filter(|(it, used)| {
        it.name == reference.name && it.steps.is_empty() && matches!(used, Use::Set | Use::Bound)
    });
    if sets.count() > 1 {
        return false;
    }
    let Some(own) = members(reference) else { return false };
    template.references.iter().any(|(other, _)| {
        other.name == reference.name
            && members(other).is_some_and(|path| {
                path.len() > own.len() && path.starts_with(&own) && !matches!(path[own.len()], "length" | "size")
            })
    })
}

/// Returns the names of the members that a reference reads, up to a call or index; with the JSONPath of
/// `$input.path` in front.
fn members<'s>(reference: &Reference<'s>) -> Option<Vec<&'s str>> {
    let mut names = Vec::new();
    let mut steps = reference.steps.as_slice();
    if reference.name == "input" {
        let [Step::Method("path", arguments, _), rest @ ..] = steps else { return None };
        let ExprKind::Str(path) = &arguments.first()?.kind else { return None };
        if path.contains(['[', '*', '?', '(']) || path.contains("..") {
            return None;
        }
        names.extend(path.strip_prefix('$')?.split('.').filter(|name| !name.is_empty()));
        steps = rest;
    }
    for step in steps {
        let Step::Property(name, _) = step else { break };
        names.push(name);
    }
    // A call at the end gives something else.
    let is_whole = steps.iter().all(|step| matches!(step, Step::Property(..)));
    (is_whole || !names.is_empty()).then_some(names)
}
