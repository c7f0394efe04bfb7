//! `vtl routes`: the APIs, routes and templates of a document.

use crate::args::routes::RoutesArgs;
use crate::args::value::Format;
use crate::failure::Failure;
use crate::input::document;
use crate::input::reader::Reader;
use crate::report::stdout::print;
use crate::report::{self, json};
use serde_json::json;
use std::fmt::Write;
use vtl::diagnostic::{Diagnostic, Severity, printable};
use vtl_loaders::Document;

pub fn run(args: &RoutesArgs, reader: &mut Reader) -> Result<(), Failure> {
    let document = document::load(&args.document.document, &args.document.reading, reader)?;
    let findings: Vec<Diagnostic> =
        document.diagnostics().into_iter().filter(|finding| finding.severity != Severity::Advice).collect();
    match args.format {
        Format::Text => {
            print(to_text(&document).as_bytes())?;
            report::notes(&findings, &reader.sources, "");
            Ok(())
        }
        Format::Json => {
            let mut model = document.to_json();
            if let Some(members) = model.as_object_mut() {
                members.insert("findings".to_owned(), json!(findings));
            }
            json::print_pretty(&model)
        }
    }
}

/// Lists each API with its routes, and below each route its templates by their names for
/// `vtl render --template`.
fn to_text(document: &Document) -> String {
    let mut text = String::new();
    for (at, api) in document.apis.iter().enumerate() {
        let name = api.name.as_deref().map(|name| format!(" {}", printable(name))).unwrap_or_default();
        let _ = writeln!(text, "{}{name} ({})", api.protocol, document.kind);
        let routes: Vec<usize> = (0..document.routes.len())
            .filter(|route| document.routes.get(*route).is_some_and(|it| it.api == at))
            .collect();
        let keys: Vec<String> =
            routes.iter().map(|route| printable(&document.route_label(*route)).into_owned()).collect();
        let width = keys.iter().map(|key| key.chars().count()).max().unwrap_or_default().min(60);
        for (route, key) in routes.into_iter().zip(keys) {
            let Some((_, method)) = document.method(route) else { continue };
            let kind = method.integration.as_ref().map_or("-", |integration| integration.kind.as_str());
            let place = document.routes.get(route).map(|route| route.location.to_string()).unwrap_or_default();
            let _ = writeln!(text, "  {key:width$}  {kind:10}  {place}");
            for template in document.templates_of(route) {
                let _ = writeln!(text, "    {}", printable(&template.name));
            }
        }
    }
    text
}
