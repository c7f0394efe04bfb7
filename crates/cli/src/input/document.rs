//! API documents: their files, findings and places.

use crate::args::document::ReadingArgs;
use crate::failure::Failure;
use crate::input::reader::{self, Reader};
use std::path::{Path, PathBuf};
use vtl::diagnostic::{Diagnostic, Location};
use vtl::{Code, Span};
use vtl_loaders::{Document, File, Finding, Options, Severity};

/// Loads a document: a file, or the `.tf` and `.tf.json` files of a folder.
pub fn load(path: &Path, args: &ReadingArgs, reader: &mut Reader) -> Result<Document, Failure> {
    let paths = if path.is_dir() { terraform_files(path)? } else { vec![path.to_owned()] };
    let folder = if path.is_dir() { path } else { path.parent().unwrap_or(Path::new("")) };
    let mut options = Options { kind: args.kind, parameters: args.parameters.clone(), ..Options::default() };
    let most = options.max_bytes as u64;
    let mut files = Vec::new();
    for path in paths {
        files.push(File::new(reader::name(&path), reader.text(&path)?));
    }
    // Only regular files are read, and only those that are not too large.
    let is_fit = |path: &Path| path.metadata().is_ok_and(|file| file.is_file() && file.len() <= most);
    let read = |name: &str| {
        let path = Some(folder.join(name)).filter(|path| is_fit(path))?;
        let text = std::fs::read_to_string(path).ok()?;
        reader.sources.add(name, text.as_str());
        Some(text)
    };
    options.read_file = Some(&read);
    vtl_loaders::load(&files, &options).map_err(|error| Failure::Input(error.to_string()))
}

fn terraform_files(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let unreadable = |e| Failure::Input(format!("cannot read {}: {e}", folder.display()));
    let is_terraform = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        !name.starts_with('.') && (name.ends_with(".tf") || name.ends_with(".tf.json")) && path.is_file()
    };
    let entries = std::fs::read_dir(folder).map_err(unreadable)?;
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).filter(is_terraform).collect();
    paths.sort();
    if paths.is_empty() {
        return Err(Failure::Input(format!(
            "{} has no .tf or .tf.json file; give the file of the document",
            folder.display()
        )));
    }
    Ok(paths)
}

/// Returns the key of a route, with `?` for parts that the document does not define.
pub fn route_label(document: &Document, route: usize) -> String {
    document.route_key(route).unwrap_or_else(|| {
        let method = document.method(route).map(|(_, method)| method);
        let part = |part: Option<&String>| part.map_or("?", String::as_str).to_owned();
        format!(
            "{} {}",
            part(method.and_then(|it| it.http_method.as_ref())),
            part(method.and_then(|it| it.path.as_ref()))
        )
    })
}

/// Returns everything that is found in a document, in the order of the text.
pub fn findings(document: &Document) -> Vec<Diagnostic> {
    let mut findings: Vec<Diagnostic> =
        document.problems().iter().chain(&document.advice()).map(|finding| diagnostic(document, finding)).collect();
    findings.sort_by(|one, other| one.location.cmp(&other.location));
    findings
}

/// Converts a finding of the loaders.
pub fn diagnostic(document: &Document, finding: &Finding) -> Diagnostic {
    let place = &finding.place;
    let severity = match finding.severity {
        Severity::Problem => vtl::diagnostic::Severity::Error,
        Severity::Note => vtl::diagnostic::Severity::Advice,
    };
    let mut diagnostic = Diagnostic::new(Code::Configuration, &finding.message)
        .with_severity(severity)
        .at(Location::new(place.line, place.column).in_file(&place.file));
    diagnostic.route = finding.route.and_then(|route| document.route_key(route));
    diagnostic.property = Some(finding.property.to_owned()).filter(|property| !property.is_empty());
    diagnostic
}

/// Returns the place in the document of a span within a text of a route's integration, such as a template.
pub fn locate(document: &Document, route: usize, pointer: &str, span: Span) -> Option<Location> {
    let (name, text, start) = document.written(route, pointer, span.range().start)?;
    let (_, _, end) = document.written(route, pointer, span.end())?;
    Some(Location::of(Span::new(start, end.saturating_sub(start)), text).in_file(name))
}
