//! The tables of the engine as documents: everything that a template can name, and the pages of the codes.

use crate::failure::Failure;
use serde_json::{Value as Json, json};
use vtl::Code;
use vtl::reference::{Method, context_variables, input_functions, methods, util_functions};

/// Returns everything that a template can name: `{"input", "util", "methods", "context"}`.
pub(crate) fn reference() -> Json {
    let all = |list: &mut dyn Iterator<Item = Method>| list.map(|method| json!(method)).collect::<Vec<_>>();
    json!({
        "input": all(&mut input_functions()),
        "util": all(&mut util_functions()),
        "methods": all(&mut methods()),
        "context": context_variables(),
    })
}

/// Returns the page of a code, given by its number or name: `{"code", "name", "severity", "title", "page"}`.
///
/// # Errors
/// There is no such code.
pub(crate) fn explain(code: &str) -> Result<Json, Failure> {
    let found = Code::from_name(code).ok_or_else(|| Failure::Usage(format!("there is no code {code}")))?;
    Ok(json!({
        "code": found.as_str(),
        "name": found.name(),
        "severity": found.severity().as_str(),
        "title": found.title(),
        "page": found.page(),
    }))
}
