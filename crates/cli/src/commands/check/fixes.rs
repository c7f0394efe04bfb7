//! Fixes of `vtl check`: edits of files, written or shown as a diff.

use crate::failure::Failure;
use crate::input::discovery::is_template;
use crate::input::sources::Sources;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::ops::Range;
use std::path::{Path, PathBuf};
use vtl::Code;
use vtl_check::Found;

/// A file with its text before and after.
pub struct Change {
    file: String,
    before: String,
    after: String,
}

/// Applies the fixes that do not overlap.
pub fn changes(found: &[Found], all: bool, sources: &Sources) -> Vec<Change> {
    let mut edits: BTreeMap<&str, Vec<(Range<usize>, &str)>> = BTreeMap::new();
    for fix in found.iter().filter_map(|it| it.fix.as_ref()).filter(|fix| all || fix.is_safe) {
        // A fix is applied whole or not at all; the same edit twice is one.
        let fits = fix.edits.iter().all(|edit| {
            let others = edits.get(edit.file.as_str()).map_or(&[][..], Vec::as_slice);
            others.iter().all(|(range, text)| {
                is_apart(range, &edit.range) || (range, *text) == (&edit.range, edit.text.as_str())
            })
        });
        if fits {
            for edit in &fix.edits {
                let file = edits.entry(edit.file.as_str()).or_default();
                let new = (edit.range.clone(), edit.text.as_str());
                if !file.contains(&new) {
                    file.push(new);
                }
            }
        }
    }
    edits.into_iter().filter_map(|(file, edits)| change(file, edits, sources)).collect()
}

fn is_apart(one: &Range<usize>, other: &Range<usize>) -> bool {
    // Two insertions at one place would be in no order.
    (one.end <= other.start || other.end <= one.start) && one.start != other.start
}

fn change(file: &str, mut edits: Vec<(Range<usize>, &str)>, sources: &Sources) -> Option<Change> {
    let source = sources.get(file)?;
    let before = source.text();
    edits.sort_by_key(|(range, _)| range.start);
    let mut after = String::with_capacity(before.len());
    let mut at = 0;
    for (range, text) in edits {
        after.push_str(before.get(at..range.start)?);
        after.push_str(text);
        at = range.end;
    }
    after.push_str(before.get(at..)?);
    Some(Change { file: file.to_owned(), before: before.to_owned(), after })
}

/// Adds a suppression above each line with findings, where a comment can stand: in templates, YAML and HCL.
pub fn suppressions(found: &[Found], sources: &Sources) -> Vec<Change> {
    let mut names: BTreeMap<&str, BTreeMap<usize, Vec<&str>>> = BTreeMap::new();
    for it in found {
        let Some(location) = &it.diagnostic.location else { continue };
        let Some(file) = location.file.as_deref() else { continue };
        let line = names.entry(file).or_default().entry(location.line).or_default();
        if !line.contains(&it.diagnostic.code.name()) {
            line.push(it.diagnostic.code.name());
        }
    }
    let changed = |(file, lines): (&str, BTreeMap<usize, Vec<&str>>)| {
        let source = sources.get(file)?;
        let before = source.text();
        let text: Vec<&str> = before.split_inclusive('\n').collect();
        let mut after = String::new();
        for (at, line) in text.iter().enumerate() {
            if let Some(names) = lines.get(&(at + 1))
                && let Some(mark) = comment(file, &text, at)
            {
                let _ = writeln!(after, "{mark} vtl-ignore {}: before the rules", names.join(", "));
            }
            after.push_str(line);
        }
        (after != before).then(|| Change { file: file.to_owned(), before: before.to_owned(), after })
    };
    names.into_iter().filter_map(changed).collect()
}

/// Returns the beginning of a comment above a line: its indentation and sign. `None` where the language
/// has no comments, or in the middle of a text in quotes.
fn comment(file: &str, lines: &[&str], at: usize) -> Option<String> {
    if is_template(Path::new(file)) {
        return Some("##".to_owned());
    }
    let line = lines.get(at)?;
    let indent = &line[..line.len() - line.trim_start().len()];
    if lines.iter().find(|line| !line.trim().is_empty()).is_some_and(|line| line.trim_start().starts_with(['{', '['])) {
        return None;
    }
    let is_hcl = file.ends_with(".tf");
    let opener = if is_hcl { heredoc(lines, at) } else { owner(lines, at) };
    match opener {
        // The block keeps line ends, so that a comment of the template can stand in it.
        Some(opener) if is_hcl || opener.trim_end().trim_end_matches(['-', '+']).ends_with('|') => {
            Some(format!("{indent}##"))
        }
        // In a folded text, or one in quotes, a comment would take the rest of it.
        Some(opener) if !opener.trim_end().ends_with(':') => None,
        _ => Some(format!("{indent}#")),
    }
}

/// Returns the line of YAML that a line belongs to: the nearest before it that is indented less.
fn owner<'t>(lines: &[&'t str], at: usize) -> Option<&'t str> {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let own = indent(lines.get(at)?);
    lines[..at].iter().rev().find(|line| !line.trim().is_empty() && indent(line) < own).copied()
}

/// Returns the line that opens the heredoc around a line.
fn heredoc<'t>(lines: &[&'t str], at: usize) -> Option<&'t str> {
    let mut open: Option<(&str, &str)> = None;
    for line in &lines[..at] {
        match open {
            Some((_, word)) if line.trim() == word => open = None,
            Some(_) => {}
            None => {
                let word = line.rsplit_once("<<").map(|(_, word)| word.trim_start_matches('-').trim());
                open = word.filter(|word| !word.is_empty() && !word.contains(' ')).map(|word| (*line, word));
            }
        }
    }
    open.map(|(line, _)| line)
}

/// Writes the files, each to a new file that then takes its place.
pub fn write(changes: &[Change]) -> Result<(), Failure> {
    for change in changes {
        let path = Path::new(&change.file);
        let mut name = path.file_name().unwrap_or_default().to_os_string();
        name.push(".vtl-fix");
        let new: PathBuf = path.with_file_name(name);
        let written = std::fs::write(&new, &change.after)
            .and_then(|()| std::fs::metadata(path))
            .and_then(|old| std::fs::set_permissions(&new, old.permissions()))
            .and_then(|()| std::fs::rename(&new, path));
        if let Err(error) = written {
            let _ = std::fs::remove_file(&new);
            return Err(unwritable(path, &error));
        }
    }
    Ok(())
}

/// Shows the changes as a unified diff.
pub fn diff(changes: &[Change]) -> String {
    changes.iter().fold(String::new(), |mut text, change| {
        let diff = similar::TextDiff::from_lines(&change.before, &change.after);
        let mut diff = diff.unified_diff();
        let _ = write!(text, "{}", diff.header(&change.file, &change.file));
        text
    })
}

/// Creates the failure of a file that cannot be written.
fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::input(Code::UnwritableOutput, format!("cannot write {}: {error}", path.display()))
}
