//! A `#foreach` ends after 1,000 turns on the service.
//!
//! ```vtl
//! #foreach($i in [1..2000])$i#end
//! ```
//!
//! *Cause.* A `#foreach` has at most 1,000 turns (quota; observed 2.38).
//!
//! *Way out.* Limit the list, in its model with `maxItems`, or loop in the backend.
//!
//! ```vtl
//! #foreach($i in [1..1000])$i#end
//! ```

use crate::analysis::Template;
use crate::model::schema::{Model, Place};
use crate::analysis::value::Value;
use crate::finding::Finding;
use crate::tally::Findings;
use vtl::Code;
use vtl::syntax_unstable::ast::{Expr, ExprKind, Kind, Reference, Step};

/// Turns of a loop on the service.
const MOST: usize = 1_000;
/// Variables that are followed, one from the other.
const MOST_VARIABLES: usize = 16;

pub fn check(template: &Template<'_, '_>, found: &mut Findings<'_>) {
    for (list, value) in &template.sites.loops {
        let count = match value {
            Value::List(_, Some(count)) => Some(*count),
            Value::Data { .. } => modelled(template, list),
            _ => None,
        };
        if let Some(count) = count.filter(|count| *count > MOST) {
            let message = format!("the loop may have {count} turns; the service ends it after {MOST}");
            found.push(
                Finding::new(Code::LoopOverLimit, list.span, message)
                    .help("limit the list to 1,000 members in its model, or loop in the backend"),
            );
        }
    }
}

/// Returns the most members of the list that a path finds, by the model of the request.
fn modelled(template: &Template<'_, '_>, list: &Expr<'_>) -> Option<usize> {
    if template.subject.is_response {
        return None;
    }
    let ExprKind::Reference(reference) = &list.kind else { return None };
    place(template, reference, 0)?.most_items()
}

/// Returns the schema of what a reference finds in the payload.
fn place<'t>(template: &'t Template<'_, '_>, reference: &Reference<'_>, depth: usize) -> Option<Place<'t>> {
    if depth > MOST_VARIABLES {
        return None;
    }
    let (mut place, rest) = match reference.steps.as_slice() {
        [Step::Method("path", arguments, _), rest @ ..] if reference.name == "input" => {
            let ExprKind::Str(path) = &arguments.first()?.kind else { return None };
            let mut place = request_model(template)?.top();
            for part in path.strip_prefix('$')?.split('.').filter(|part| !part.is_empty()) {
                place = match part.strip_suffix("[*]").or_else(|| part.strip_suffix("[0]")) {
                    Some(name) => place.member(name)?.items()?,
                    None => place.member(part)?,
                };
            }
            (place, rest)
        }
        rest => (variable(template, reference.name, depth)?, rest),
    };
    for step in rest {
        place = match step {
            Step::Property(name, _) => place.member(name)?,
            Step::Index(..) => place.items()?,
            Step::Method(..) => return None,
        };
    }
    Some(place)
}

/// Returns the schema of a variable: what the one `#set` of it finds, or a member of the list of its loop.
fn variable<'t>(template: &'t Template<'_, '_>, name: &str, depth: usize) -> Option<Place<'t>> {
    let mut sets = template.sites.assignments.iter().filter(|it| it.target.name == name);
    if let Some(set) = sets.next() {
        let ExprKind::Reference(source) = &set.expr.kind else { return None };
        let is_only = sets.all(|it| it.span == set.span) && set.target.steps.is_empty();
        return if is_only { place(template, source, depth + 1) } else { None };
    }
    let mut loops = template.ast.nodes.iter().filter_map(|node| match &node.kind {
        Kind::Directive(directive) if directive.name == "foreach" => directive.arguments.as_deref(),
        _ => None,
    });
    let list = loops.find_map(|arguments| match (arguments.first().map(|it| &it.kind), arguments.last()) {
        (Some(ExprKind::Reference(variable)), Some(list)) if variable.name == name => Some(list),
        _ => None,
    })?;
    let ExprKind::Reference(list) = &list.kind else { return None };
    place(template, list, depth + 1)?.items()
}

fn request_model<'t>(template: &'t Template<'_, '_>) -> Option<Model<'t>> {
    let (api, method) = (template.subject.api?, template.subject.method?);
    let name = method.request_models.get(template.subject.media_type.unwrap_or("application/json"))?;
    Some(Model { name, schema: api.models.get(name)?, models: &api.models })
}
