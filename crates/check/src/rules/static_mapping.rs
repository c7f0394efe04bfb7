//! A mapping expression in quotes is a text, which is sent as it reads.
//!
//! ```vtl
//! {"requestParameters": {"integration.request.path.id": "'method.request.path.id'"}}
//! ```
//!
//! *Cause.* In single quotes a value is static: the backend gets the text `method.request.path.id`.
//!
//! *Way out.* Remove the single quotes.

use crate::finding::Finding;
use crate::tally::Findings;
use crate::subject::{Integrated, static_value};
use vtl::Code;

const SOURCES: &[&str] = &["method.request.", "integration.response.", "context.", "stageVariables.", "$request.", "$context.", "$stageVariables."];

pub fn check(it: &Integrated<'_>, found: &mut Findings<'_>) {
    let mut check = |place: String, source: &str| {
        let Some(value) = static_value(source) else { return };
        if SOURCES.iter().any(|prefix| value.starts_with(prefix)) && !value.contains(char::is_whitespace) {
            found.push(
                Finding::property(Code::StaticMapping, place, format!("in quotes `{value}` is a text, and is sent as it reads"))
                    .help("remove the quotes"),
            );
        }
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

/// Escapes a name for a JSON pointer.
pub fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
