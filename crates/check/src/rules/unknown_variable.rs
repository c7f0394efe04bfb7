//! A reference to a variable that nothing sets prints nothing on the service.
//!
//! ```vtl
//! $inputs.path('$.a')
//! ```
//!
//! *Cause.* The template sets no variable of that name, and the service has none. A reference to
//! nothing prints nothing (observed 2.1). Names of AppSync's templates, `$ctx` and `$utils`, do not
//! exist here; and `"$ref"` in a JSON Schema is a reference too.
//!
//! *Way out.* Use the name that was meant. For a dollar sign as text: `#set($dollar =
//! '$')${dollar}ref`.
//!
//! ```vtl
//! $input.path('$.a')
//! ```

use crate::analysis::Template;
use crate::analysis::references::Use;
use crate::analysis::template::{LOOP_VARIABLES, ROOTS};
use crate::finding::{Finding, Fix};
use crate::tally::Findings;
use vtl::reference::{nearest, steps_of_nearest};
use vtl::{Code, Span};

/// Names that people give to nothing, to compare with.
const NOTHING: &[&str] = &["null", "nil", "none", "undefined", "empty", "Null", "NULL"];

/// Names of AppSync's templates, and what API Gateway has in their place.
const APPSYNC: &[(&str, &str)] = &[
    ("ctx", "in AppSync `$ctx` is `$context`; API Gateway has the arguments in `$input`"),
    ("utils", "in AppSync `$utils` is `$util`; API Gateway has `$util` alone, with other functions"),
];

pub fn check(template: &Template<'_, '_>, found: &mut Findings<'_>) {
    // A file `.vm` is more often of another system, which sets variables.
    let is_foreign = template.subject.may_be_foreign
        && !template.uses_roots
        && !template.references.iter().any(|(it, _)| nearest(it.name, ROOTS.iter().copied()).is_some());
    if is_foreign {
        return;
    }
    for (reference, used) in &template.references {
        let name = reference.name;
        let is_known = ROOTS.contains(&name)
            || LOOP_VARIABLES.contains(&name)
            || NOTHING.contains(&name)
            || template.set.contains_key(name);
        let is_escaped = reference.mark.as_ref().is_some_and(|mark| mark.escaped);
        let is_read = matches!(used, Use::Printed | Use::Read) || !reference.steps.is_empty();
        // `${Name}` may be a placeholder of the document.
        let is_placeholder = (template.subject.is_open || template.subject.is_substituted) && reference.formal;
        if is_known || is_escaped || !is_read || is_placeholder {
            continue;
        }
        let finding =
            Finding::new(Code::UnknownVariable, reference.span, format!("nothing sets `${name}`: it prints nothing"));
        if template.subject.budget.charge(steps_of_nearest(name) * (template.set.len() + ROOTS.len())).is_err() {
            return;
        }
        let known = template.set.keys().copied().chain(ROOTS.iter().copied());
        let appsync = APPSYNC.iter().find(|(it, _)| *it == name);
        found.push(match (appsync, nearest(name, known)) {
            (Some((_, help)), _) => finding.help(*help),
            (None, Some(meant)) => {
                let fix =
                    place_of_name(template, reference.span, name).map(|span| Fix::safe([(span, meant.to_owned())]));
                let finding = finding.help(format!("did you mean `${meant}`?"));
                match fix {
                    Some(fix) => finding.fix(fix),
                    None => finding,
                }
            }
            (None, None) if is_dollar_text(template, reference.span) => {
                finding.help(format!("for the text `${name}`: `#set($dollar = '$')${{dollar}}{name}`"))
            }
            (None, None) => finding.help("set it before, or use `$input`, `$context` or `$stageVariables`"),
        });
    }
}

/// Returns the place of the name in a reference.
fn place_of_name(template: &Template<'_, '_>, span: Span, name: &str) -> Option<Span> {
    let at = template.text(span).find(name)?;
    Some(Span::new(span.range().start + at, name.len()))
}

/// Checks for `"$name"`, the text of a key such as JSON Schema's `$ref`.
fn is_dollar_text(template: &Template<'_, '_>, span: Span) -> bool {
    let before = template.source.get(..span.range().start).unwrap_or_default();
    before.ends_with('"') && template.source.get(span.end()..).unwrap_or_default().starts_with('"')
}
