//! A URI with a blank or another character that a URI cannot have: every call fails.
//!
//! ```vtl
//! {"uri": "arn:aws:apigateway:us-east-1:dynamodb:action/ GetItem"}
//! ```
//!
//! *Cause.* The URI is used as it is written. With a blank in an action's name signing fails with 500
//! `Illegal character in query` (observed 18.7).
//!
//! *Way out.* Remove the character, or encode it.

use crate::finding::Finding;
use crate::tally::Findings;
use crate::subject::Integrated;
use vtl::Code;
use vtl::pipeline::Protocol;
use vtl::pipeline::model::IntegrationType;

pub fn check(it: &Integrated<'_>, found: &mut Findings<'_>) {
    let integration = it.integration;
    if integration.kind == IntegrationType::Mock {
        return;
    }
    let uri = integration.uri.as_deref().unwrap_or_default();
    let Some(bad) = illegal(uri) else { return };
    let what = if bad == ' ' { "a blank".to_owned() } else { format!("`{bad}`") };
    let message = if it.api.protocol == Protocol::Rest && uri.contains(":action/") {
        format!("the URI has {what} in it: signing fails, and every call is answered with 500")
    } else {
        format!("the URI has {what} in it, which must be percent-encoded: every call fails")
    };
    found.push(Finding::property(Code::UriNotEncoded, "/uri", message).help("remove or encode it"));
}

/// Returns a character that no URI has, outside of placeholders.
fn illegal(uri: &str) -> Option<char> {
    let mut depth = 0_usize;
    for c in uri.trim_end_matches('\n').chars() {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ if depth > 0 => {}
            ' ' | '"' | '<' | '>' | '\\' | '^' | '`' | '|' => return Some(c),
            c if c.is_control() => return Some(c),
            _ => {}
        }
    }
    None
}
