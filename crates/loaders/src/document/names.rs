//! The names of the templates of a route.

use crate::syntax::pointer::unescape;
use std::collections::HashMap;
use vtl::pipeline::Integration;

/// The names of a route's templates, and their places by their names.
#[derive(Debug, Default)]
pub(super) struct Names {
    all: Vec<String>,
    places: HashMap<String, usize>,
}

impl Names {
    /// Creates the names of the templates at pointers below an integration.
    pub(super) fn of(pointers: &[String], integration: Option<&Integration>) -> Self {
        let keys = integration.map(Integration::response_names).into_iter().flatten();
        let keys: Vec<&str> = keys.map(|(_, key)| key).collect();
        let mut names = Names::default();
        for (at, pointer) in pointers.iter().enumerate() {
            let name = name_of(pointer, &keys).unwrap_or_default();
            names.places.entry(name.clone()).or_insert(at);
            names.all.push(name);
        }
        names
    }

    /// Returns the name of a template.
    pub(super) fn name(&self, at: usize) -> Option<&str> {
        self.all.get(at).map(String::as_str)
    }

    /// Returns the place of the first template with a name.
    pub(super) fn place(&self, name: &str) -> Option<usize> {
        self.places.get(name).copied()
    }
}

/// Returns the name of the template at a pointer; `keys` are the names of the responses.
fn name_of(pointer: &str, keys: &[&str]) -> Option<String> {
    if let Some(media) = pointer.strip_prefix("/requestTemplates/") {
        return Some(format!("request:{}", unescape(media)));
    }
    let (at, media) = response_of(pointer)?;
    Some(format!("response:{}:{}", keys.get(at)?, unescape(media)))
}

/// Splits the pointer of a response's template into the place of the response and the media type.
pub(super) fn response_of(pointer: &str) -> Option<(usize, &str)> {
    let (at, media) = pointer.strip_prefix("/responses/")?.split_once("/responseTemplates/")?;
    Some((at.parse().ok()?, media))
}
