//! A `#foreach` ends after 1,000 turns on the service.

use crate::analysis::Template;
use crate::analysis::value::Value;
use crate::finding::Finding;
use serde_json::Value as Json;
use vtl::Code;
use vtl::syntax_unstable::ast::{Expr, ExprKind, Step};

const MOST: usize = 1_000;

pub fn check(template: &Template<'_, '_>, found: &mut Vec<Finding>) {
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
    let mut path = Vec::new();
    let rest = match reference.steps.as_slice() {
        [Step::Method("path", arguments, _), rest @ ..] if reference.name == "input" => {
            let ExprKind::Str(text) = &arguments.first()?.kind else { return None };
            path.extend(text.strip_prefix('$')?.split('.').filter(|part| !part.is_empty()));
            rest
        }
        rest => {
            let set = template.sites.assignments.iter().find(|it| it.target.name == reference.name)?;
            if set.value != (Value::Data { origin: crate::analysis::value::Origin::Client, root: true }) {
                return None;
            }
            rest
        }
    };
    for step in rest {
        let Step::Property(name, _) = step else { return None };
        path.push(name);
    }
    let (api, method) = (template.subject.api?, template.subject.method?);
    let media = template.subject.media_type.unwrap_or("application/json");
    let mut schema: &Json = api.models.get(method.request_models.get(media)?)?;
    for part in path {
        schema = schema.get("properties")?.get(part)?;
    }
    usize::try_from(schema.get("maxItems")?.as_u64()?).ok()
}
