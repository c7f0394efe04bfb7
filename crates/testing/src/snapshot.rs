//! Stored results: their files, comparison, and the results that wait for a review.
//!
//! A snapshot is a file in insta's format: a YAML head with `source` and `expression` between lines of
//! `---`, then the text and a line end. A result that differs is beside it, with `.new` at the end.

use crate::diff;
use crate::format::file::ENDS;
use crate::format::test::Redaction;
use crate::name::slug;
use crate::redact;
use crate::run::Output;
use serde_json::Value as Json;
use std::collections::{HashMap, HashSet};
use std::fmt::Write;
use std::io;
use std::path::{Path, PathBuf};
use vtl_loaders::Reach;

/// Handling of results that differ from their snapshot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SnapshotMode {
    /// Compares and writes nothing.
    Check,
    /// Writes the result beside the snapshot, for a review.
    #[default]
    New,
    /// Writes the result as the snapshot.
    Update,
}

/// The result of comparing with a snapshot.
#[derive(Debug)]
pub(crate) enum Compared {
    Equal,
    /// The stored text, if there is one.
    Differs(Option<String>),
    Written {
        is_new: bool,
    },
    /// The reason, and what to do about it.
    Failed(String, Option<&'static str>),
}

/// Returns the path of the snapshot of a test.
pub(crate) fn path(folder: &Path, stem: &str, test: &str) -> PathBuf {
    folder.join(format!("{stem}__{}.snap", slug(test)))
}

/// Headers with ids that the gateway makes, which no snapshot has.
const IDS: &[&str] = &["X-Amzn-Trace-Id", "x-amzn-RequestId", "x-amz-apigw-id"];

/// Writes everything that came out of a test as text, without ids.
pub(crate) fn show(output: &Output, redactions: &[Redaction]) -> String {
    let mut text = String::new();
    match &output.call {
        Some(call) => {
            if let Some(request) = call.get("integrationRequest").filter(|it| !it.is_null()) {
                let word = |key: &str| request.get(key).and_then(Json::as_str).unwrap_or_default();
                let line = format!("{} {}", word("method"), word("uri"));
                let _ = writeln!(text, "── integrationRequest\n{}", line.trim_end());
                message(&mut text, request, redactions);
            }
            if let Some(response) = call.get("response") {
                let status = response.get("status").map(Json::to_string).unwrap_or_default();
                let _ = writeln!(text, "── response\n{status}");
                message(&mut text, response, redactions);
            }
            if let Some(status) = call.get("status") {
                let message = call.get("message").and_then(Json::as_str).unwrap_or_default();
                let _ = writeln!(text, "── message\n{status}\n\n{}", redact::apply(message, redactions));
            }
        }
        None => text.push_str(&redact::apply(&String::from_utf8_lossy(&output.text), redactions)),
    }
    let mut sections = String::new();
    if let Some(overrides) = &output.overrides {
        for (name, members) in [("requestOverride", &overrides.request), ("responseOverride", &overrides.response)] {
            if !members.is_empty() {
                let json = serde_json::to_string_pretty(members).unwrap_or_default();
                let _ = writeln!(sections, "── {name}\n{json}");
            }
        }
    }
    if let (Some(error), None) = (&output.error, &output.call) {
        let _ = writeln!(sections, "── error\n{} {}", error.code, error.message);
    }
    if !output.notes.is_empty() {
        sections.push_str("── notes\n");
        for note in &output.notes {
            let _ = writeln!(sections, "{} {}", note.code, note.message);
        }
    }
    if !sections.is_empty() {
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        text.push_str(sections.trim_end_matches('\n'));
    } else if output.call.is_some() {
        text.truncate(text.trim_end_matches('\n').len());
    }
    text
}

fn message(text: &mut String, message: &Json, redactions: &[Redaction]) {
    for (name, values) in message.get("querystring").and_then(Json::as_object).into_iter().flatten() {
        let _ = writeln!(text, "?{name}={}", words(values));
    }
    let headers = message.get("headers").and_then(Json::as_object).into_iter().flatten();
    for (name, values) in headers.filter(|(name, _)| !IDS.iter().any(|id| id.eq_ignore_ascii_case(name))) {
        let _ = writeln!(text, "{name}: {}", words(values));
    }
    let body = message.get("body").and_then(Json::as_str).unwrap_or_default();
    let is_base64 = message.get("bodyIsBase64").and_then(Json::as_bool).unwrap_or_default();
    let _ = match (body, is_base64) {
        ("", _) => Ok(()),
        (body, true) => writeln!(text, "\nbase64: {body}"),
        (body, false) => writeln!(text, "\n{}", redact::apply(body, redactions)),
    };
}

fn words(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        Json::Array(items) => items.iter().map(words).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

/// A snapshot's file as text.
struct Stored {
    source: String,
    expression: String,
    text: String,
    /// The line ends of the file were converted, as Git may do.
    is_crlf: bool,
}

/// Most bytes of the file of a snapshot.
const MAX_BYTES: u64 = 64 << 20;

fn read(path: &Path, reach: &Reach) -> io::Result<Option<Stored>> {
    // A link that leads nowhere is a fault, and no missing snapshot.
    match path.symlink_metadata() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
        Ok(_) => {}
    }
    Ok(Some(parse(&String::from_utf8_lossy(&reach.bytes(path, MAX_BYTES)?))))
}

fn parse(file: &str) -> Stored {
    let is_crlf = file.starts_with("---\r\n");
    let file = if is_crlf { file.replace("\r\n", "\n") } else { file.to_owned() };
    let mut stored = Stored { source: String::new(), expression: String::new(), text: String::new(), is_crlf };
    let body = file.strip_prefix("---\n").and_then(|rest| {
        let (head, body) = rest.split_once("\n---\n")?;
        for line in head.lines() {
            let value = |value: &str| serde_json::from_str(value.trim()).unwrap_or_else(|_| value.trim().to_owned());
            match line.split_once(':') {
                Some(("source", text)) => stored.source = value(text),
                Some(("expression", text)) => stored.expression = value(text),
                _ => {}
            }
        }
        Some(body)
    });
    let body = body.unwrap_or(&file);
    stored.text = body.strip_suffix('\n').unwrap_or(body).to_owned();
    stored
}

fn file_text(source: &str, expression: &str, text: &str) -> String {
    let quoted = |word: &str| Json::from(word).to_string();
    format!("---\nsource: {}\nexpression: {}\n---\n{text}\n", quoted(source), quoted(expression))
}

/// Compares a text with a snapshot, and writes as the mode says.
pub(crate) fn compare(
    path: &Path,
    reach: &Reach,
    source: &str,
    expression: &str,
    text: &str,
    mode: SnapshotMode,
) -> Compared {
    let failed = |what: &str, error: io::Error| {
        Compared::Failed(format!("cannot {what} {}: {error}", path.display()), Reach::help(&error))
    };
    let stored = match read(path, reach) {
        Ok(stored) => stored,
        Err(error) => return failed("read", error),
    };
    let pending = pending_path(path);
    if let Some(stored) = &stored {
        let is_equal = stored.text == text || stored.is_crlf && stored.text == text.replace("\r\n", "\n");
        if is_equal {
            if mode != SnapshotMode::Check {
                let _ = reach.remove(&pending); // There is rarely one.
            }
            return Compared::Equal;
        }
    }
    let file = file_text(source, expression, text);
    match mode {
        SnapshotMode::Check => Compared::Differs(stored.map(|stored| stored.text)),
        SnapshotMode::New => match reach.write(&pending, file.as_bytes()) {
            Ok(()) => Compared::Differs(stored.map(|stored| stored.text)),
            Err(error) => failed("write", error),
        },
        SnapshotMode::Update => match reach.write(path, file.as_bytes()) {
            Ok(()) => {
                let _ = reach.remove(&pending);
                Compared::Written { is_new: stored.is_none() }
            }
            Err(error) => failed("write", error),
        },
    }
}

fn pending_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    PathBuf::from(name)
}

/// A result that waits for a review.
///
/// ```
/// let folder = tempfile::tempdir()?;
/// std::fs::create_dir(folder.path().join("snapshots"))?;
/// let file = folder.path().join("snapshots/a__b.snap.new");
/// std::fs::write(&file, "---\nsource: a.vtl-test.yaml\nexpression: b\n---\nnew\n")?;
/// let pending = vtl_testing::Pending::find(&[folder.path().to_owned()])?;
/// assert_eq!((pending[0].test.as_str(), pending[0].new.as_str(), &pending[0].old), ("b", "new", &None));
/// pending[0].accept()?;
/// assert!(vtl_testing::Pending::find(&[folder.path().to_owned()])?.is_empty());
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Pending {
    /// File of the snapshot, which need not exist.
    pub snapshot: PathBuf,
    /// Test file that made it.
    pub source: String,
    /// Name of the test.
    pub test: String,
    /// Stored text; `None` if the snapshot is new.
    pub old: Option<String>,
    /// Text of the result.
    pub new: String,
}

impl Pending {
    /// Finds the results below some paths that wait for a review, sorted by file.
    ///
    /// # Errors
    /// A folder or a file cannot be read.
    pub fn find(paths: &[PathBuf]) -> io::Result<Vec<Pending>> {
        Pending::each(paths)?.collect()
    }

    /// Finds the results as [`find`](Pending::find) does, and reads one after another.
    ///
    /// # Errors
    /// A folder cannot be read; of an item, its file cannot.
    pub fn each(paths: &[PathBuf]) -> io::Result<impl Iterator<Item = io::Result<Pending>> + use<>> {
        let mut files = Vec::new();
        for path in paths {
            if path.is_dir() {
                walk(path.strip_prefix(".").unwrap_or(path), &mut files)?;
            } else if path.extension().is_some_and(|end| end == "new") {
                files.push(path.clone());
            } else {
                files.push(pending_path(path));
            }
        }
        files.sort();
        let named: Vec<PathBuf> = paths.iter().filter(|path| !path.is_dir()).cloned().collect();
        Ok(files.into_iter().filter_map(move |file| Pending::read(&file, &named).transpose()))
    }

    fn read(file: &Path, named: &[PathBuf]) -> io::Result<Option<Pending>> {
        let snapshot = file.with_extension("");
        let reach = Reach::of(file, named);
        let read = |path: &Path| {
            let why = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
            read(path, &reach).map_err(why)
        };
        let Some(new) = read(file)? else { return Ok(None) };
        let old = read(&snapshot)?.map(|stored| stored.text);
        Ok(Some(Pending { snapshot, source: new.source, test: new.expression, old, new: new.text }))
    }

    /// Returns the result without its texts, for a list of many.
    #[must_use]
    pub fn without_texts(self) -> Pending {
        let nothing = String::new;
        Pending { snapshot: self.snapshot, source: nothing(), test: nothing(), old: None, new: nothing() }
    }

    /// Draws the difference between the stored text and the result.
    #[must_use]
    pub fn diff(&self) -> String {
        diff::text(self.old.as_deref().unwrap_or_default(), &self.new)
    }

    /// Makes the result the snapshot.
    ///
    /// # Errors
    /// The file cannot be renamed.
    pub fn accept(&self) -> io::Result<()> {
        std::fs::rename(pending_path(&self.snapshot), &self.snapshot)
    }

    /// Removes the result.
    ///
    /// # Errors
    /// The file cannot be removed.
    pub fn reject(&self) -> io::Result<()> {
        std::fs::remove_file(pending_path(&self.snapshot))
    }
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    let read = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    for entry in std::fs::read_dir(read)? {
        let entry = entry?;
        let file_name = entry.file_name();
        let name = file_name.to_string_lossy();
        if entry.file_type()?.is_dir() {
            if !name.starts_with('.') && name != "node_modules" && name != "target" {
                walk(&folder.join(&file_name), files)?;
            }
        } else if name.ends_with(".snap.new") {
            files.push(folder.join(&file_name));
        }
    }
    Ok(())
}

/// Finds the snapshots in a folder that are of test files and are not among those referenced, and those that cannot be
/// read, with the reason. Those of test files that exist and did not run are left alone; `stems` has those that ran,
/// and if they were read.
pub(crate) fn unreferenced(
    folder: &Path,
    reach: &Reach,
    referenced: &HashSet<PathBuf>,
    stems: &HashMap<String, bool>,
) -> Vec<(PathBuf, Option<io::Error>)> {
    match reach.check(folder) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Vec::new(),
        Err(error) => return vec![(folder.to_owned(), Some(error))],
    }
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let left = |path: PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str())?;
        let (stem, _) = name.split_once("__")?;
        if !name.ends_with(".snap") || referenced.contains(&path) || stems.get(stem) == Some(&false) {
            return None;
        }
        let stored = match read(&path, reach) {
            Ok(stored) => stored?,
            Err(error) => return Some((path, Some(error))),
        };
        // Other tools keep their snapshots in such folders too.
        let is_ours = ENDS.iter().any(|end| stored.source.ends_with(end));
        let is_of_none = |source: &str| !folder.parent().unwrap_or(Path::new("")).join(source).exists();
        let is_left = is_ours && (stems.contains_key(stem) || is_of_none(&stored.source));
        is_left.then_some((path, None))
    };
    let mut found: Vec<_> = entries.filter_map(|entry| left(entry.path())).collect();
    found.sort_by(|one, other| one.0.cmp(&other.0));
    found
}

#[cfg(test)]
mod tests {
    use super::{file_text, parse};

    #[test]
    fn any_text_is_read_as_it_was_written() {
        for text in ["", "a", "a\n", "\n\n", "a\r\nb\r\n", "\0\u{1}", "---\nx\n---\n", "é\u{2028}"] {
            let stored = parse(&file_text("a b.vtl-test.yaml", "x: \"y\"", text));
            assert_eq!((stored.text.as_str(), stored.expression.as_str()), (text, "x: \"y\""));
            assert_eq!(stored.source, "a b.vtl-test.yaml");
        }
    }
}
