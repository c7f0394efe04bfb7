//! A variable of the URI that nothing gives a value.
//!
//! ```vtl
//! {"uri": "https://backend.test/pets/{id}", "requestParameters": {}}
//! ```
//!
//! *Cause.* `{id}` of a URI is the parameter `integration.request.path.id`, not the one of the method's
//! path: unmapped it stays in the address, and the call fails with 500 `Invalid endpoint address`
//! (observed 7.10).
//!
//! *Way out.* Map it.
//!
//! ```vtl
//! {"requestParameters": {"integration.request.path.id": "method.request.path.id"}}
//! ```

use crate::finding::Finding;
use crate::subject::Integrated;
use crate::tally::Findings;
use std::collections::HashSet;
use vtl::Code;
use vtl::pipeline::Protocol;
use vtl::pipeline::model::IntegrationType;

pub fn check(it: &Integrated<'_>, found: &mut Findings<'_>) {
    let integration = it.integration;
    if it.api.protocol != Protocol::Rest || integration.kind == IntegrationType::Mock {
        return;
    }
    // A template may set any of them as an override, a placeholder stand for their names.
    if integration.request_templates.iter().any(|(_, template)| template.contains("requestOverride"))
        || integration.request_parameters.names().any(|target| target.contains("${"))
    {
        return;
    }
    let mapped: HashSet<&str> = integration
        .request_parameters
        .iter()
        .filter_map(|(target, _)| target.strip_prefix("integration.request.path."))
        .collect();
    let uri = integration.uri.as_deref().unwrap_or_default();
    if let Some(name) = variables(uri).find(|name| !mapped.contains(name)) {
        let message = format!("`{{{name}}}` of the URI has no value: every call is answered with 500");
        let is_declared = it.method.path.as_deref().is_some_and(|path| variables(path).any(|own| own.trim_end_matches('+') == name));
        let source = if is_declared { format!("method.request.path.{name}") } else { "a source".to_owned() };
        let help = format!("map integration.request.path.{name} to {source}");
        found.push(Finding::property(Code::UriVariableUnmapped, "/uri", message).help(help));
    }
}

/// Returns the names in `{…}`, without placeholders `${…}` of the document.
fn variables(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices('{').filter_map(move |(at, _)| {
        let rest = &text[at + 1..];
        // A name ends at any other character, so that braces which are not closed are not read to the end.
        let is_letter = |c: char| c.is_ascii_alphanumeric() || "._-+".contains(c);
        let (name, behind) = rest.split_at(rest.find(|c| !is_letter(c))?);
        let is_name = !name.is_empty() && behind.starts_with('}') && !text[..at].ends_with('$');
        (is_name && !name.starts_with("stageVariables.")).then_some(name)
    })
}
