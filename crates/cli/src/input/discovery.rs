//! The files that `vtl check` reads: those that are named, and those in folders.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

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

/// Lists the targets of some paths, in the order of the paths and the names.
pub fn targets(paths: &[PathBuf]) -> Vec<Target> {
    let mut found = Vec::new();
    for path in paths {
        if path.is_dir() {
            let before = found.len();
            in_folder(path, &mut found);
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
    found
}

fn in_folder(folder: &Path, found: &mut Vec<Target>) {
    let mut documents = BTreeSet::new();
    let mut templates = BTreeSet::new();
    let walk = ignore::WalkBuilder::new(folder).require_git(false).sort_by_file_path(Path::cmp).build();
    for entry in walk.flatten() {
        if !entry.file_type().is_some_and(|form| form.is_file()) {
            continue;
        }
        // `.` itself is not shown in names.
        let path = entry.path();
        let path = path.strip_prefix("./").unwrap_or(path).to_owned();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if is_template(&path) {
            templates.insert(path);
        } else if name.ends_with(".tf") || name.ends_with(".tf.json") {
            let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
            documents.insert(parent.to_owned());
        } else if matches!(
            path.extension().and_then(|it| it.to_str()),
            Some("json" | "yaml" | "yml" | "sh" | "template")
        ) && is_likely(&path)
        {
            documents.insert(path);
        }
    }
    found.extend(documents.into_iter().map(|path| Target { path, form: Form::Document, is_named: false }));
    found.extend(templates.into_iter().map(|path| Target { path, form: Form::Template, is_named: false }));
}

/// Checks for the ending of a template.
pub fn is_template(path: &Path) -> bool {
    matches!(path.extension().and_then(|it| it.to_str()), Some("vtl" | "vm"))
}

/// Most bytes of a document.
const MAX_BYTES: u64 = 16 << 20;

/// Checks whether a file may be a document with an API, without reading it as one.
fn is_likely(path: &Path) -> bool {
    let fits = path.metadata().is_ok_and(|file| file.is_file() && file.len() <= MAX_BYTES);
    let Ok(text) = (if fits { std::fs::read(path) } else { Ok(Vec::new()) }) else { return false };
    vtl_loaders::may_have_api(&text)
}
