//! Definitions, references, highlights and renaming of variables and macros.

use crate::file::View;
use crate::names::{Names, Role};
use crate::words;
use lsp_types::{DocumentHighlight, DocumentHighlightKind, Range, TextEdit};

/// The most places of one name that are listed or highlighted: each is sent with the address of its file.
const MOST: usize = 10_000;

/// The most places of one name that are renamed: their edits take 2,500 bytes each until they are sent.
const MOST_RENAMED: usize = 50_000;

/// Returns the first 10,000 places that define the variable or macro at an offset.
pub(crate) fn definitions(view: &View<'_>, names: &Names<'_>, offset: usize) -> Vec<Range> {
    let Some(name) = names.name_at(offset) else { return Vec::new() };
    let defined = names.same(name).filter(|other| other.role == Role::Definition);
    defined.take(MOST).map(|other| view.range(other.range.clone())).collect()
}

/// Returns the first 10,000 places of the variable or macro at an offset.
pub(crate) fn references(view: &View<'_>, names: &Names<'_>, offset: usize, with_definitions: bool) -> Vec<Range> {
    let Some(name) = names.name_at(offset) else { return Vec::new() };
    let wanted = names.same(name).filter(|other| with_definitions || other.role == Role::Use);
    wanted.take(MOST).map(|other| view.range(other.range.clone())).collect()
}

/// Returns the first 10,000 places to highlight with the one at an offset.
pub(crate) fn highlights(view: &View<'_>, names: &Names<'_>, offset: usize) -> Vec<DocumentHighlight> {
    let Some(name) = names.name_at(offset) else { return Vec::new() };
    let kind = |role| match role {
        Role::Definition => DocumentHighlightKind::WRITE,
        Role::Use => DocumentHighlightKind::READ,
    };
    let highlight = |other: &crate::names::Name<'_>| DocumentHighlight {
        range: view.range(other.range.clone()),
        kind: Some(kind(other.role)),
    };
    names.same(name).take(MOST).map(highlight).collect()
}

/// Returns the range of the name at an offset, if it can be renamed: the template defines it.
pub(crate) fn renamable(view: &View<'_>, names: &Names<'_>, offset: usize) -> Option<Range> {
    let name = names.name_at(offset)?;
    let is_own = words::root(name.name).is_none() && names.same(name).any(|other| other.role == Role::Definition);
    is_own.then(|| view.range(name.range.clone()))
}

/// Returns the edits that rename the variable or macro at an offset, or why there are none.
pub(crate) fn rename(
    view: &View<'_>,
    names: &Names<'_>,
    offset: usize,
    new_name: &str,
) -> Result<Vec<TextEdit>, String> {
    let new_name = new_name.trim_start_matches('$');
    let is_name = new_name.starts_with(|c: char| c.is_ascii_alphabetic())
        && new_name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    if !is_name {
        return Err(format!("`{new_name}` is no name: letters, digits, `_` and `-`, starting with a letter"));
    }
    let Some(name) = names.name_at(offset).filter(|_| renamable(view, names, offset).is_some()) else {
        return Err("only names that the template defines can be renamed".to_owned());
    };
    let places = names.same(name).count();
    if places > MOST_RENAMED {
        return Err(format!(
            "`{}` is written in {places} places: at most {MOST_RENAMED} are renamed, replace it in the text",
            name.name
        ));
    }
    let edit = |other: &crate::names::Name<'_>| TextEdit::new(view.range(other.range.clone()), new_name.to_owned());
    Ok(names.same(name).map(edit).collect())
}
