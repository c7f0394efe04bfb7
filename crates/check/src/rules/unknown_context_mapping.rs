//! A mapping from a variable that `$context` does not have.
//!
//! ```vtl
//! {"requestParameters": {"integration.request.header.X-Ip": "context.identity.sourceIP"}}
//! ```
//!
//! *Cause.* The names of variables are compared with their case, and a mapping from nothing sends
//! nothing (observed 7.2).
//!
//! *Way out.* Use the name of the list in docs/reference.md.
//!
//! ```vtl
//! {"requestParameters": {"integration.request.header.X-Ip": "context.identity.sourceIp"}}
//! ```

use super::static_mapping::escape;
use super::unknown_context::{is_known, siblings};
use crate::finding::Finding;
use crate::subject::Integrated;
use crate::tally::Findings;
use vtl::Code;
use vtl::pipeline::Protocol;
use vtl::reference::{nearest, steps_of_nearest};

pub fn check(it: &Integrated<'_>, found: &mut Findings<'_>) {
    if it.api.protocol == Protocol::Http {
        return;
    }
    let mut check = |place: String, source: &str| {
        let Some(name) = source.strip_prefix("context.") else { return };
        if name.contains("${") || is_known(name, it.api.protocol) {
            return;
        }
        let finding = Finding::property(
            Code::UnknownContextMapping,
            place,
            format!("`context` has no `{name}`: the mapping sends nothing"),
        );
        let (parent, last) = name.rsplit_once('.').unwrap_or(("", name));
        let known = siblings(parent);
        if it.budget.charge(steps_of_nearest(last) * known.len()).is_err() {
            return;
        }
        found.push(match nearest(last, known.iter().copied()) {
            Some(meant) if parent.is_empty() => finding.help(format!("did you mean `context.{meant}`?")),
            Some(meant) => finding.help(format!("did you mean `context.{parent}.{meant}`?")),
            None => finding.help("`vtl explain unknown-context` lists the variables"),
        });
    };
    for (target, source) in it.integration.request_parameters.iter() {
        check(format!("/requestParameters/{}", escape(target)), source);
    }
    for (at, rule) in it.integration.responses.iter().enumerate() {
        for (target, source) in rule.response_parameters.iter() {
            check(format!("/responses/{at}/responseParameters/{}", escape(target)), source);
        }
    }
}
