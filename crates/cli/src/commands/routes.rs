//! `vtl routes`: the APIs, routes and templates of a document.

use crate::args::routes::RoutesArgs;
use crate::args::value::Format;
use crate::failure::Failure;
use crate::input::document;
use crate::input::reader::Reader;
use crate::report::stdout::print;
use crate::report::{self, json};
use serde_json::{Value as Json, json};
use std::fmt::Write;
use vtl::diagnostic::{Diagnostic, Severity, printable};
use vtl::{Code, Limits};
use vtl_loaders::Document;

pub fn run(args: &RoutesArgs, reader: &mut Reader) -> Result<(), Failure> {
    let (path, reading) = (&args.document.document, &args.document.reading);
    let document = document::load(path, reading, reading.limits.over(Limits::service()), reader)?;
    match args.format {
        Format::Text => {
            print(to_text(&document).as_bytes())?;
            let mut findings: Vec<Diagnostic> = document.diagnostics();
            findings.retain(|finding| finding.severity != Severity::Advice || finding.code == Code::UnreadPart);
            report::notes(&findings, &reader.sources, "");
            Ok(())
        }
        Format::Json => {
            let mut model = document.to_json();
            let (advice, unread) = (json!(Severity::Advice), json!(Code::UnreadPart.as_str()));
            if let Some(findings) = model.get_mut("findings").and_then(Json::as_array_mut) {
                findings.retain(|it| it.get("severity") != Some(&advice) || it.get("code") == Some(&unread));
            }
            json::print_pretty(&model)
        }
    }
}

/// Lists each API with its routes, and below each route its templates by their names for
/// `vtl render --template`.
fn to_text(document: &Document) -> String {
    let mut text = String::new();
    let mut by_api: Vec<Vec<usize>> = vec![Vec::new(); document.apis.len()];
    for (at, route) in document.routes.iter().enumerate() {
        if let Some(routes) = by_api.get_mut(route.api) {
            routes.push(at);
        }
    }
    for (api, routes) in document.apis.iter().zip(by_api) {
        let name = api.name.as_deref().map(|name| format!(" {}", printable(name))).unwrap_or_default();
        let _ = writeln!(text, "{}{name} ({})", api.protocol, document.kind);
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
