//! Two integration responses with one selection pattern are refused.
//!
//! ```vtl
//! {"responses": [{"statusCode": "200"}, {"statusCode": "400"}]}
//! ```
//!
//! *Cause.* Two integration responses have the same pattern, or none. The service refuses the second
//! with 409 `Integration response with selection pattern default already exists` (observed 18.11).
//!
//! *Way out.* Give the second a pattern such as `4\d{2}`.

use crate::finding::{Finding, Place};
use crate::tally::Findings;
use crate::subject::Integrated;
use std::collections::HashMap;
use vtl::Code;
use vtl::pipeline::Protocol;

pub fn check(it: &Integrated<'_>, found: &mut Findings<'_>) {
    if it.api.protocol != Protocol::Rest {
        return;
    }
    let mut first: HashMap<Option<&str>, usize> = HashMap::new();
    for (at, rule) in it.integration.responses.iter().enumerate() {
        let pattern = rule.selection_pattern.as_deref();
        if pattern.is_some_and(|pattern| pattern.contains("${")) {
            continue;
        }
        match first.get(&pattern) {
            None => {
                first.insert(pattern, at);
            }
            Some(other) => {
                let name = pattern.map_or("without a pattern".to_owned(), |pattern| format!("with the pattern `{pattern}`"));
                found.push(
                    Finding::property(
                        Code::DuplicatePattern,
                        format!("/responses/{at}"),
                        format!("a second response {name} is refused: 409"),
                    )
                    .help("give each response another pattern; one alone may have none")
                    .related(Place::Property(format!("/responses/{other}")), "the first is here"),
                );
            }
        }
    }
}
