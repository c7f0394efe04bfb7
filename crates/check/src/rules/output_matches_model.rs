//! The JSON of a response beside the model that its method response has.
//!
//! ```vtl
//! {"age": "$input.path('$.age')"}
//! ```
//!
//! *Cause.* The method response has a model, and what the template writes does not satisfy it: a member
//! of another type, a required one that is missing, one that the model does not allow. The service does
//! not check responses; clients that are generated from the model, and people who read it, do. It is
//! told of what the template writes whatever its references give, and of its output with a sample.
//!
//! *Way out.* Write what the model has, or correct the model.
//!
//! ```vtl
//! {"age": $input.json('$.age')}
//! ```

use crate::analysis::Template;
use crate::model::schema::Misfit;
use crate::model::shape::{Kind, Shape};
use crate::finding::Finding;
use crate::tally::Findings;
use std::collections::BTreeMap;
use vtl::{Code, Span};

/// Bytes of the longest template that is compared.
const LONGEST: usize = 64 << 10;

pub fn check(template: &Template<'_, '_>, found: &mut Findings<'_>) {
    let Some(model) = template.subject.model else { return };
    // With another status another method response has the model.
    let sets_status = template.source.contains("responseOverride");
    if sets_status || !template.is_json || template.source.len() > LONGEST || !template.sites.broken.is_empty() {
        return;
    }
    let budget = template.subject.budget;
    let shapes = template.shapes();
    // A member that some outputs have may be missing for a reason.
    let mut misfits: BTreeMap<(usize, Option<String>, String), (Misfit, usize)> = BTreeMap::new();
    for shape in &shapes {
        for misfit in model.misfits(shape, budget) {
            let key = (misfit.at, misfit.missing.clone(), misfit.message.clone());
            misfits.entry(key).or_insert((misfit, 0)).1 += 1;
        }
    }
    for (misfit, count) in misfits.into_values() {
        let has_it = |shape: &&Shape| has_object(shape, misfit.at);
        if budget.charge(shapes.len() * (1 + template.source.len() / 64)).is_err() {
            return;
        }
        if misfit.missing.is_some() && count < shapes.iter().filter(has_it).count() {
            continue;
        }
        let length = template.source.get(misfit.at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        let message = format!("{}: the model is `{}`", misfit.message, model.name);
        let finding = Finding::new(Code::OutputMatchesModel, Span::new(misfit.at, length), message);
        found.push(finding.help(misfit.help));
    }
}

/// Checks for an object that begins at an offset.
fn has_object(shape: &Shape, at: usize) -> bool {
    match &shape.kind {
        Kind::Object { members, .. } => shape.at == at || members.iter().any(|(_, _, value)| has_object(value, at)),
        Kind::Array(members) => members.iter().any(|member| has_object(member, at)),
        _ => false,
    }
}
