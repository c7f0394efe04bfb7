//! Code actions: the fixes of findings, and comments that silence them.

use crate::features::diagnostics;
use crate::file::{OpenFile, Placed};
use crate::quick::Finding;
use lsp_types::{CodeAction, CodeActionKind, TextEdit};
use serde_json::{Value as Json, json};
use std::ops::Range;

/// Most findings whose actions are listed: a list for a whole file is read by nobody.
const MOST: usize = 100;

/// Returns the actions for the first hundred findings that touch a range of a file. All are quick fixes: a client that
/// wants actions of other kinds only gets none.
pub(crate) fn actions(file: &OpenFile, range: Range<usize>, only: Option<&[CodeActionKind]>) -> Vec<Json> {
    // A kind stands for those below it.
    let is_wanted = |kind: &CodeActionKind| kind.as_str().is_empty() || *kind == CodeActionKind::QUICKFIX;
    if only.is_some_and(|kinds| !kinds.iter().any(is_wanted)) {
        return Vec::new();
    }
    let touches = |it: &&Finding| it.at.as_ref().is_some_and(|own| own.start <= range.end && range.start <= own.end);
    let mut actions = Vec::new();
    let mut placed = None;
    for found in file.found.shown.iter().filter(touches).take(MOST) {
        let placed = placed.get_or_insert_with(|| file.placed());
        actions.extend(fix(file, found));
        actions.extend(ignore(file, placed, found));
    }
    actions
}

fn fix(file: &OpenFile, found: &Finding) -> Option<Json> {
    let fix = found.found.fix.as_ref()?;
    let is_here = fix.edits.iter().all(|edit| edit.file == file.name);
    let edits = fix.edits.iter().map(|edit| TextEdit::new(file.text.range(edit.range.clone()), edit.text.clone()));
    let title =
        found.found.diagnostic.help.clone().unwrap_or_else(|| format!("fix {}", found.found.diagnostic.code.name()));
    is_here.then(|| action(file, found, title, edits.collect(), fix.is_safe)).flatten()
}

/// Returns the action that puts a comment above the line of a finding: in a template whose lines are lines of the file,
/// else in the document, and where that has no comments with escapes in the template.
fn ignore(file: &OpenFile, placed: &Placed<'_>, found: &Finding) -> Option<Json> {
    let place = found.at.clone()?;
    let name = found.found.diagnostic.code.name();
    let source = file.text.as_str();
    let start = file.text.start_of_line(place.start);
    let comment = |at: usize| {
        let line = source.get(at..)?;
        let indent = &line[..line.len() - line.trim_start_matches([' ', '\t']).len()];
        file.has_hash_comments().then(|| (at..at, format!("{indent}# vtl-ignore {name}: reason\n")))
    };
    let (range, text) = match placed.at(place.start) {
        Some((view, at)) => {
            let line = view.text.get(..at)?.rfind('\n').map_or(0, |end| end + 1);
            let own = format!("## vtl-ignore {name}: reason");
            let is_on_line = view.in_file(0..0).start >= start;
            view.insert_line(line, &own)
                .or_else(|| comment(start).filter(|_| is_on_line))
                .or_else(|| view.insert_escaped(line, &own))?
        }
        None => comment(start)?,
    };
    let edit = TextEdit::new(file.text.range(range), text);
    action(file, found, format!("ignore {name} here"), vec![edit], false)
}

fn action(file: &OpenFile, found: &Finding, title: String, edits: Vec<TextEdit>, is_preferred: bool) -> Option<Json> {
    let action = CodeAction {
        title,
        kind: Some(CodeActionKind::QUICKFIX),
        diagnostics: Some(vec![diagnostics::convert(file, found)]),
        is_preferred: is_preferred.then_some(true),
        ..CodeAction::default()
    };
    let mut action = serde_json::to_value(action).ok()?;
    // The type of the protocol has addresses as keys, which JSON has as texts.
    action["edit"] = json!({ "changes": { file.uri.as_str(): edits } });
    Some(action)
}
