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
use std::collections::HashMap;
use vtl::{Code, Span};
use vtl::syntax_unstable::ast::{Expr, ExprKind, Kind, Reference, Step};

/// Turns of a loop on the service.
const MOST: usize = 1_000;
/// Variables that are followed, one from the other.
const MOST_VARIABLES: usize = 16;

pub fn check(template: &Template<'_, '_>, found: &mut Findings<'_>) {
    let mut variables = None;
    for (list, value) in &template.sites.loops {
        let count = match (value, &list.kind) {
            (Value::List(_, Some(count)), _) => Some(*count),
            (Value::Data { .. }, ExprKind::Reference(reference)) if !template.subject.is_response => {
                let variables = variables.get_or_insert_with(|| Variables::of(template));
                variables.place(reference, 0).and_then(Place::most_items)
            }
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

/// The variables of a template, with what they find in the payload by the model of the request.
struct Variables<'t, 'a, 's> {
    model: Option<Model<'a>>,
    /// The place of the `#set` of each, and what it sets it from; `None` if there are several, or it is followed no more.
    sets: HashMap<&'s str, (Span, Option<&'t Reference<'s>>)>,
    /// The list of the first loop of each.
    lists: HashMap<&'s str, &'t Expr<'s>>,
    /// The schemas of those that were asked for.
    known: HashMap<&'s str, Option<Place<'a>>>,
}

impl<'t, 'a: 't, 's> Variables<'t, 'a, 's> {
    fn of(template: &'t Template<'a, 's>) -> Self {
        let model = request_model(template);
        let mut found = Variables { model, sets: HashMap::new(), lists: HashMap::new(), known: HashMap::new() };
        for it in &template.sites.assignments {
            let source = match &it.expr.kind {
                ExprKind::Reference(source) if it.target.steps.is_empty() => Some(&**source),
                _ => None,
            };
            let (span, source) = found.sets.entry(it.target.name).or_insert((it.span, source));
            if *span != it.span {
                *source = None;
            }
        }
        for node in &template.ast.nodes {
            if let Kind::Directive(directive) = &node.kind
                && let ("foreach", Some([first, .., list] | [first @ list])) = (directive.name, directive.arguments.as_deref())
                && let ExprKind::Reference(variable) = &first.kind
            {
                found.lists.entry(variable.name).or_insert(list);
            }
        }
        found
    }

    /// Returns the schema of what a reference finds in the payload.
    fn place(&mut self, reference: &Reference<'s>, depth: usize) -> Option<Place<'a>> {
        if depth > MOST_VARIABLES {
            return None;
        }
        let (mut place, rest) = match reference.steps.as_slice() {
            [Step::Method("path", arguments, _), rest @ ..] if reference.name == "input" => {
                let ExprKind::Str(path) = &arguments.first()?.kind else { return None };
                let mut place = self.model?.top();
                for part in path.strip_prefix('$')?.split('.').filter(|part| !part.is_empty()) {
                    place = match part.strip_suffix("[*]").or_else(|| part.strip_suffix("[0]")) {
                        Some(name) => place.member(name)?.items()?,
                        None => place.member(part)?,
                    };
                }
                (place, rest)
            }
            rest => (self.variable(reference.name, depth)?, rest),
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
    fn variable(&mut self, name: &'s str, depth: usize) -> Option<Place<'a>> {
        if let Some(known) = self.known.get(name) {
            return *known;
        }
        // Set from itself, it is not known.
        self.known.insert(name, None);
        let found = match (self.sets.get(name), self.lists.get(name).map(|list| &list.kind)) {
            (Some((_, source)), _) => source.and_then(|source| self.place(source, depth + 1)),
            (None, Some(ExprKind::Reference(list))) => self.place(list, depth + 1).and_then(Place::items),
            _ => None,
        };
        self.known.insert(name, found);
        found
    }
}

fn request_model<'a>(template: &Template<'a, '_>) -> Option<Model<'a>> {
    let (api, method) = (template.subject.api?, template.subject.method?);
    let name = method.request_models.get(template.subject.media_type.unwrap_or("application/json"))?;
    Some(Model { name, schema: api.models.get(name)?, models: &api.models })
}
