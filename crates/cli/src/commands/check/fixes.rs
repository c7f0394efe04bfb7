//! Fixes of `vtl check`: edits of files, written or shown as a diff.

use crate::failure::Failure;
use crate::input::sources::Sources;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::ops::Range;
use std::path::Path;
use std::time::Duration;
use vtl::Code;
use vtl::diagnostic::Severity;
use vtl_check::{Found, Places, Reach, with_ignores};

/// A file with its text before and after.
pub struct Change {
    pub file: String,
    before: String,
    after: String,
}

/// Edits of a file that do not overlap, by their first byte.
type Edits<'a> = BTreeMap<usize, (Range<usize>, &'a str)>;

/// Applies the fixes that do not overlap.
pub fn changes(found: &[Found], all: bool, sources: &Sources) -> Vec<Change> {
    let mut files: BTreeMap<&str, Edits<'_>> = BTreeMap::new();
    for fix in found.iter().filter_map(|it| it.fix.as_ref()).filter(|fix| all || fix.is_safe) {
        // A fix is applied whole or not at all; the same edit twice is one.
        let fits = fix
            .edits
            .iter()
            .all(|edit| files.get(edit.file.as_str()).is_none_or(|edits| fits(edits, &edit.range, edit.text.as_str())));
        if fits {
            for edit in &fix.edits {
                let file = files.entry(edit.file.as_str()).or_default();
                file.insert(edit.range.start, (edit.range.clone(), edit.text.as_str()));
            }
        }
    }
    files.into_iter().filter_map(|(file, edits)| change(file, edits, sources)).collect()
}

/// Checks that an edit is apart from the others, or one of them. Two insertions at one place would be in no order.
fn fits(edits: &Edits<'_>, range: &Range<usize>, text: &str) -> bool {
    if let Some(same) = edits.get(&range.start) {
        return (&same.0, same.1) == (range, text);
    }
    let is_behind = edits.range(..range.start).next_back().is_none_or(|(_, (before, _))| before.end <= range.start);
    is_behind && edits.range(range.start..).next().is_none_or(|(start, _)| range.end <= *start)
}

fn change(file: &str, edits: Edits<'_>, sources: &Sources) -> Option<Change> {
    let source = sources.get(file)?;
    let before = source.text();
    let mut after = String::with_capacity(before.len());
    let mut at = 0;
    for (range, text) in edits.into_values() {
        after.push_str(before.get(at..range.start)?);
        after.push_str(text);
        at = range.end;
    }
    after.push_str(before.get(at..)?);
    Some(Change { file: file.to_owned(), before: before.to_owned(), after })
}

/// Adds suppressions for findings: near to them, or `wide` ones in the files that are named.
pub fn suppressions(found: &[Found], sources: &Sources, wide: &BTreeSet<String>) -> Vec<Change> {
    let mut places: BTreeMap<&str, Places<'_>> = BTreeMap::new();
    // What is wrong with a suppression itself takes none.
    let of_rules = |it: &&Found| !matches!(it.diagnostic.code, Code::UnusedSuppression | Code::UnknownRule);
    for it in found.iter().filter(of_rules) {
        let Some(location) = &it.diagnostic.location else { continue };
        let Some(file) = location.file.as_deref() else { continue };
        let names = places.entry(file).or_default().entry((location.line, location.column)).or_default();
        if !names.contains(&it.diagnostic.code.name()) {
            names.push(it.diagnostic.code.name());
        }
    }
    let changed = |(file, places): (&str, Places<'_>)| {
        let source = sources.get(file)?;
        let reach = if wide.contains(file) { Reach::Wide } else { Reach::Near };
        let after = with_ignores(file, source.text(), &places, reach)?;
        Some(Change { file: file.to_owned(), before: source.text().to_owned(), after })
    };
    places.into_iter().filter_map(changed).collect()
}

/// Returns the files in which suppressions broke something: those with an error that was not there.
pub fn broken(changes: &[Change], before: &[Found], after: &[Found]) -> BTreeSet<String> {
    let errors = |found: &[Found]| {
        let mut errors: BTreeMap<String, usize> = BTreeMap::new();
        for it in found.iter().filter(|it| it.diagnostic.severity == Severity::Error) {
            if let Some(file) = it.diagnostic.location.as_ref().and_then(|location| location.file.clone()) {
                *errors.entry(file).or_default() += 1;
            }
        }
        errors
    };
    let (before, after) = (errors(before), errors(after));
    let is_worse = |file: &&String| after.get(*file) > before.get(*file);
    changes.iter().map(|change| &change.file).filter(is_worse).cloned().collect()
}

/// Returns the bytes of the files that are changed.
pub fn bytes(changes: &[Change]) -> usize {
    changes.iter().map(|change| change.after.len()).sum()
}

/// Turns changes round, so that writing them brings the files back.
pub fn undone(changes: &[Change]) -> Vec<Change> {
    let undo = |it: &Change| Change { file: it.file.clone(), before: it.after.clone(), after: it.before.clone() };
    changes.iter().map(undo).collect()
}

/// Writes the files. A link is followed within the repository of its folder, and no further.
pub fn write(changes: &[Change]) -> Result<(), Failure> {
    for change in changes {
        let path = Path::new(&change.file);
        vtl_loaders::Reach::of(path, &[])
            .write(path, change.after.as_bytes())
            .map_err(|error| unwritable(path, &error))?;
    }
    Ok(())
}

/// Shows the changes as a unified diff.
pub fn diff(changes: &[Change]) -> String {
    changes.iter().fold(String::new(), |mut text, change| {
        let longest = Duration::from_millis(500);
        let diff = similar::TextDiff::configure().timeout(longest).diff_lines(&change.before, &change.after);
        let mut diff = diff.unified_diff();
        let _ = write!(text, "{}", diff.header(&change.file, &change.file));
        text
    })
}

/// Creates the failure of a file that cannot be written.
fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::input(Code::UnwritableOutput, format!("cannot write {}: {error}", path.display()))
}
