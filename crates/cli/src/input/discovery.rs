//! The files that `vtl check` reads: those that are named, and those in folders.

use crate::input::walk;
use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Path, PathBuf};
use vtl::Code;
use vtl::diagnostic::{Diagnostic, Location, Severity};
use vtl_loaders::Reach;

/// A file or folder to check.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Target {
    pub path: PathBuf,
    pub form: Form,
    /// Set if the user named it, so that it must be readable.
    pub is_named: bool,
}

/// Kind of a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// A document, or a folder of Terraform files.
    Document,
    /// A template.
    Template,
}

/// Lists the targets of some paths, in the order of the paths and the names, and what is wrong with files that
/// say what is left out.
pub fn targets(paths: &[PathBuf]) -> (Vec<Target>, Vec<Diagnostic>) {
    let mut found = Vec::new();
    let mut findings = Vec::new();
    for path in paths {
        if path.is_dir() {
            let before = found.len();
            findings.extend(in_folder(path, &mut found));
            if found.len() == before {
                // A folder that is there for nothing: the reader says what it looks for.
                found.push(Target { path: path.clone(), form: Form::Document, is_named: true });
            }
        } else {
            let form = if is_template(path) { Form::Template } else { Form::Document };
            found.push(Target { path: path.clone(), form, is_named: true });
        }
    }
    let mut seen = BTreeSet::new();
    found.retain(|target| seen.insert(target.path.clone()));
    (found, findings)
}

fn in_folder(folder: &Path, found: &mut Vec<Target>) -> Vec<Diagnostic> {
    let mut documents = BTreeSet::new();
    let mut templates = BTreeSet::new();
    let reach = Reach::of(folder, &[]);
    let (files, mut findings) = walk::files(folder, &reach);
    for path in files {
        // `.` itself is not shown in names.
        let path = path.strip_prefix("./").unwrap_or(&path).to_owned();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if is_template(&path) {
            templates.insert(path);
        } else if name.ends_with(".tf") || name.ends_with(".tf.json") {
            let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
            documents.insert(parent.to_owned());
        } else if matches!(
            path.extension().and_then(|it| it.to_str()),
            Some("json" | "yaml" | "yml" | "sh" | "template")
        ) {
            match is_likely(&path, &reach) {
                Ok(true) => drop(documents.insert(path)),
                Ok(false) => {}
                Err(error) => findings.push(unread(&path, &error)),
            }
        }
    }
    found.extend(documents.into_iter().map(|path| Target { path, form: Form::Document, is_named: false }));
    found.extend(templates.into_iter().map(|path| Target { path, form: Form::Template, is_named: false }));
    findings
}

/// Checks for the ending of a template.
pub fn is_template(path: &Path) -> bool {
    matches!(path.extension().and_then(|it| it.to_str()), Some("vtl" | "vm"))
}

/// Most bytes of a document.
const MAX_BYTES: u64 = 16 << 20;

/// Checks whether a file may be a document with an API, without reading it as one.
fn is_likely(path: &Path, reach: &Reach) -> std::io::Result<bool> {
    Ok(vtl_loaders::may_have_api(&reach.bytes(path, MAX_BYTES)?))
}

/// Says why a file is not checked. It is a warning if the file starts as a document with an API does, or cannot be
/// read; else it is most likely data.
fn unread(path: &Path, error: &std::io::Error) -> Diagnostic {
    let start = vtl_loaders::open_named(path).and_then(|file| {
        let mut start = Vec::new();
        file.take(MAX_BYTES).read_to_end(&mut start).map(|_| start)
    });
    let is_data = start.is_ok_and(|start| !vtl_loaders::may_have_api(&start));
    let name = path.display().to_string();
    Diagnostic::new(Code::UnreadableInput, format!("{name} is not checked: {error}"))
        .with_severity(if is_data { Severity::Advice } else { Severity::Warning })
        .with_help("make it a smaller file, or leave it out with a file .ignore")
        .at(Location::new(1, 1).in_file(name))
}
