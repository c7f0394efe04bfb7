//! A static value of the path or query must be percent-encoded.
//!
//! ```vtl
//! {"requestParameters": {"integration.request.querystring.q": "'a b'"}}
//! ```
//!
//! *Cause.* A static value of path or query must be encoded: `Static parameter value must be valid and
//! encoded` (observed 18.13). A slash in a path value is one report's evidence, so a warning.
//!
//! *Way out.* Percent-encode it: `'a%20b'`.

use super::static_mapping::escape;
use crate::finding::Finding;
use crate::tally::Findings;
use crate::subject::{Integrated, static_value};
use vtl::Code;
use vtl::diagnostic::Severity;
use vtl::pipeline::Protocol;

pub fn check(it: &Integrated<'_>, found: &mut Findings<'_>) {
    if it.api.protocol != Protocol::Rest {
        return;
    }
    for (target, source) in it.integration.request_parameters.iter() {
        let is_path = target.starts_with("integration.request.path.");
        if !is_path && !target.starts_with("integration.request.querystring.") {
            continue;
        }
        let Some(value) = static_value(source) else { continue };
        let Some(bad) = unencoded(value, is_path) else { continue };
        let severity = if bad == '/' { Severity::Warning } else { Severity::Error };
        let message = match bad {
            ' ' => "the static value has a blank, which must be encoded: the service refuses it".to_owned(),
            '/' => "a `/` in a static path value may have to be encoded: the service may refuse it".to_owned(),
            _ => format!("the static value has `{bad}`, which must be encoded: the service refuses it"),
        };
        found.push(
            Finding::property(Code::StaticNotEncoded, format!("/requestParameters/{}", escape(target)), message)
                .help("percent-encode it, such as `%20` for a blank and `%2F` for a slash")
                .severity(severity),
        );
    }
}

/// Returns the worst character that must be encoded.
fn unencoded(value: &str, is_path: bool) -> Option<char> {
    let mut slash = None;
    let mut rest = value;
    while let Some(c) = rest.chars().next() {
        // A placeholder of the document is not known.
        if rest.starts_with("${") {
            rest = rest.split_once('}').map_or("", |(_, rest)| rest);
            continue;
        }
        match c {
            '%' if rest.get(1..3).is_some_and(|digits| u8::from_str_radix(digits, 16).is_ok()) => {}
            '%' | ' ' | '"' | '<' | '>' | '\\' | '^' | '`' | '{' | '|' | '}' | '#' => return Some(c),
            '?' if is_path => return Some(c),
            '/' if is_path => slash = Some('/'),
            c if c.is_control() || !c.is_ascii() => return Some(c),
            _ => {}
        }
        rest = &rest[c.len_utf8()..];
    }
    slash
}
