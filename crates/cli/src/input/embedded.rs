//! A template in an API document: found by route and name, its diagnostics placed in the document.

use crate::args::template::PartArgs;
use crate::args::value::Pair;
use crate::failure::Failure;
use crate::input::document;
use crate::input::reader::{self, Reader};
use std::collections::HashSet;
use std::path::Path;
use vtl::diagnostic::Diagnostic;
use vtl::{Code, Span};
use vtl_loaders::{Document, TemplateText};

/// A template in an API document.
pub struct EmbeddedTemplate {
    document: Document,
    route: usize,
    name: String,
    pointer: String,
}

impl EmbeddedTemplate {
    /// Finds the template that the flags select, and its text. A flag may be omitted if only one template
    /// matches.
    pub fn find(file: &Path, args: &PartArgs, reader: &mut Reader) -> Result<(EmbeddedTemplate, String), Failure> {
        let document = document::load(file, &args.reading, args.reading.limits.raised(), reader)?;
        let routes: Option<HashSet<usize>> =
            args.route.as_ref().map(|key| document.find_routes(key).into_iter().collect());
        let is_route = |route: usize| routes.as_ref().is_none_or(|routes| routes.contains(&route));
        let is_name = |name: &str| args.template.as_ref().is_none_or(|wanted| wanted == name);
        let all: Vec<TemplateText<'_>> = document.templates().filter(|template| is_route(template.route)).collect();
        let mut found = all.iter().filter(|template| is_name(&template.name));
        let (Some(template), None) = (found.next(), found.next()) else {
            return Err(not_one(&document, file, args, &all));
        };
        let (route, text) = (template.route, template.text.to_owned());
        let (name, pointer) = (template.name.clone(), template.pointer.to_owned());
        Ok((EmbeddedTemplate { document, route, name, pointer }, text))
    }

    /// Returns the stage variables of the template's API.
    pub fn stage_variables(&self) -> Vec<Pair> {
        let variables = self.document.method(self.route).map(|(api, _)| api.stage_variables.iter());
        variables.into_iter().flatten().map(|(name, value)| (name.to_owned(), value.clone())).collect()
    }

    /// Moves a diagnostic of the template to its place in the document.
    pub fn placed(&self, diagnostic: Diagnostic, span: Option<Span>, related: Option<Span>) -> Diagnostic {
        let locate = |span: Span| self.document.locate(self.route, &self.pointer, span.range()).unwrap_or_default();
        let Some(template) = self.document.template_of(self.route, &self.name) else {
            return diagnostic;
        };
        let mut placed = self.document.place(&template, span.unwrap_or_default(), diagnostic);
        for (place, span) in placed.related.iter_mut().zip(related) {
            place.location = locate(span);
        }
        placed
    }
}

/// Describes why the flags do not select exactly one template, with the choices.
fn not_one(document: &Document, file: &Path, args: &PartArgs, all: &[TemplateText<'_>]) -> Failure {
    let name = reader::name(file);
    if let Some(key) = args.route.as_ref().filter(|key| document.find_routes(key).is_empty()) {
        let keys: Vec<String> = (0..document.routes.len()).map(|route| document.route_label(route)).collect();
        let why = format!("{name} has no route {key}; its routes are {}", listed(&keys));
        return Failure::no_such(why, key, keys.iter().map(String::as_str));
    }
    let names: Vec<String> =
        all.iter().map(|template| format!("{} of {}", template.name, document.route_label(template.route))).collect();
    let (code, why) = match (&args.template, names.as_slice()) {
        (_, []) => (Code::NoSuchPart, format!("{name} has no template here")),
        (Some(wanted), _) if !all.iter().any(|template| template.name == *wanted) => {
            let why = format!("{name} has no template {wanted} here; its templates are {}", listed(&names));
            return Failure::no_such(why, wanted, all.iter().map(|template| template.name.as_str()));
        }
        _ => {
            let choices = listed(&names);
            let why = format!("several templates match; choose one with --route and --template: {choices}");
            (Code::AmbiguousChoice, why)
        }
    };
    Failure::input(code, why)
}

/// Joins the first 20 words.
fn listed(words: &[String]) -> String {
    let more = if words.len() > 20 { ", …" } else { "" };
    words.iter().take(20).map(String::as_str).collect::<Vec<_>>().join(", ") + more
}
