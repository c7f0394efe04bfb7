//! In `Fn::Sub` a `${…}` is CloudFormation's, also in a template.
//!
//! ```vtl
//! RequestTemplates: {application/json: !Sub '{"env": "${input.params().path.env}"}'}
//! ```
//!
//! *Cause.* `Fn::Sub` replaces every `${…}`, also those of the template, and CloudFormation refuses
//! names that the document does not have.
//!
//! *Way out.* Write `${!input…}`, which gives `${input…}`, or leave out the braces: `$input…`.

use crate::analysis::Template;
use crate::analysis::template::ROOTS;
use crate::finding::{Finding, Fix};
use crate::tally::Findings;
use vtl::{Code, Span};

pub fn check(template: &Template<'_, '_>, found: &mut Findings<'_>) {
    if !template.subject.is_substituted {
        return;
    }
    for (reference, _) in &template.references {
        let source = template.text(reference.span);
        let is_own = ROOTS.contains(&reference.name) || template.set.contains_key(reference.name);
        let Some(at) = source.find("${").filter(|_| reference.formal && !reference.quiet && is_own) else { continue };
        let start = reference.span.range().start + at;
        found.push(
            Finding::new(
                Code::SubTakesReference,
                reference.span,
                format!("`Fn::Sub` takes `{source}` for a name of the document: CloudFormation refuses it"),
            )
            .help("write `${!…}`, or leave out the braces")
            .fix(Fix::safe([(Span::new(start + 2, 0), "!".to_owned())])),
        );
    }
}
