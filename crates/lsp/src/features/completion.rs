//! Completion: the words that fit in front of the cursor.

use crate::file::View;
use crate::names::{Names, Role};
use crate::words;
use lsp_types::{
    CompletionItem, CompletionItemKind, CompletionTextEdit, Documentation, InsertTextFormat, MarkupContent, MarkupKind,
    TextEdit,
};
use std::collections::BTreeMap;

/// A word to complete: what is in front of it decides the list.
enum Place<'s> {
    /// Behind `$`, `$!` or `${`.
    Variable,
    /// Behind `#` or `#{`.
    Directive,
    /// Behind a dot: the names in front of it, `()` and `[]` for calls and indexes.
    Member(Vec<&'s str>),
    /// In the quotes of `$input.params('`.
    Parameter,
}

/// Returns the completions at an offset of a template.
pub(crate) fn items(view: &View<'_>, names: &Names<'_>, offset: usize) -> Vec<CompletionItem> {
    let Some(before) = view.text.get(..offset) else { return Vec::new() };
    let word = before.len() - before.trim_end_matches(is_name).len();
    let start = offset - word;
    let Some(place) = place(&before[..start]) else { return Vec::new() };
    let range = view.range(start..offset);
    let mut items = match place {
        Place::Variable => variables(names, offset),
        Place::Directive => directives(),
        Place::Member(owner) => members(view, &owner),
        Place::Parameter => parameters(view),
    };
    for item in &mut items {
        let text = item.insert_text.take().unwrap_or_else(|| item.label.clone());
        item.text_edit = Some(CompletionTextEdit::Edit(TextEdit::new(range, text)));
    }
    items
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '-'
}

/// Decides what the text in front of a word asks for.
fn place(before: &str) -> Option<Place<'_>> {
    let open = before.strip_suffix('{').unwrap_or(before);
    if open.strip_suffix('!').unwrap_or(open).ends_with('$') {
        return Some(Place::Variable);
    }
    if open.ends_with('#') {
        return Some(Place::Directive);
    }
    if ["params('", "params(\""].iter().any(|call| before.ends_with(call)) {
        return Some(Place::Parameter);
    }
    owner(before.strip_suffix('.')?).map(Place::Member)
}

/// Returns the steps of the reference that ends a text, from its name on.
fn owner(text: &str) -> Option<Vec<&str>> {
    let mut steps = Vec::new();
    let mut rest = text;
    loop {
        if let Some(end) = rest.chars().next_back().filter(|c| matches!(c, ')' | ']')) {
            rest = &rest[..opening(rest)?];
            if end == ']' {
                steps.push("[]");
                continue;
            }
            let name = &rest[rest.trim_end_matches(is_name).len()..];
            rest = rest[..rest.len() - name.len()].strip_suffix('.')?;
            steps.push("()");
            continue;
        }
        let name = &rest[rest.trim_end_matches(is_name).len()..];
        if name.is_empty() {
            return None;
        }
        steps.push(name);
        rest = &rest[..rest.len() - name.len()];
        if let Some(shorter) = rest.strip_suffix('.') {
            rest = shorter;
            continue;
        }
        let open = rest.strip_suffix('{').unwrap_or(rest);
        let open = open.strip_suffix('!').unwrap_or(open);
        steps.reverse();
        return open.ends_with('$').then_some(steps);
    }
}

/// Returns the offset of the bracket that the last bracket of a text closes; quotes are passed over.
fn opening(text: &str) -> Option<usize> {
    let (mut depth, mut quote) = (0, None);
    for (at, c) in text.char_indices().rev() {
        match (quote, c) {
            (Some(open), _) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(c),
            (None, ')' | ']') => depth += 1,
            (None, '(' | '[') => {
                depth -= 1;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
    }
    None
}

fn item(label: &str, kind: CompletionItemKind, doc: &str) -> CompletionItem {
    let value = doc.to_owned();
    CompletionItem {
        label: label.to_owned(),
        kind: Some(kind),
        documentation: Some(Documentation::MarkupContent(MarkupContent { kind: MarkupKind::Markdown, value })),
        ..CompletionItem::default()
    }
}

fn variables(names: &Names<'_>, offset: usize) -> Vec<CompletionItem> {
    let mut items: Vec<_> =
        words::ROOTS.iter().map(|(name, doc)| item(name, CompletionItemKind::VARIABLE, doc)).collect();
    items.push(item("foreach", CompletionItemKind::VARIABLE, words::root("foreach").unwrap_or_default()));
    let own = names.names.iter().filter(|name| {
        name.role == Role::Definition && !name.is_macro && !(name.range.start <= offset && offset <= name.range.end)
    });
    for name in own {
        if !items.iter().any(|item| item.label == name.name) {
            items.push(item(name.name, CompletionItemKind::VARIABLE, "Variable of this template."));
        }
    }
    items
}

fn directives() -> Vec<CompletionItem> {
    let directive = |row: &words::Directive| CompletionItem {
        insert_text: Some(row.snippet.to_owned()),
        insert_text_format: Some(InsertTextFormat::SNIPPET),
        detail: Some(format!("#{}", row.usage)),
        ..item(row.name, CompletionItemKind::KEYWORD, row.doc)
    };
    words::DIRECTIVES.iter().map(directive).collect()
}

fn members(view: &View<'_>, owner: &[&str]) -> Vec<CompletionItem> {
    match owner {
        ["context", path @ ..] => context(path),
        ["stageVariables"] => stage_variables(view),
        _ => methods(owner),
    }
}

/// Lists the next words of the variables of `$context` below a path.
fn context(path: &[&str]) -> Vec<CompletionItem> {
    let mut found: BTreeMap<&str, (CompletionItemKind, &str)> = BTreeMap::new();
    for variable in vtl::reference::context_variables() {
        let parts: Vec<&str> = variable.name.split('.').collect();
        let Some(next) = parts.strip_prefix(path).and_then(|rest| rest.first()) else { continue };
        if next.chars().all(|c| c.is_ascii_uppercase()) {
            continue;
        }
        let is_last = parts.len() == path.len() + 1;
        let row = if is_last { (CompletionItemKind::PROPERTY, variable.doc) } else { (CompletionItemKind::MODULE, "") };
        found.entry(next).or_insert(row);
    }
    found.into_iter().map(|(name, (kind, doc))| item(name, kind, doc)).collect()
}

fn stage_variables(view: &View<'_>) -> Vec<CompletionItem> {
    let Some(part) = &view.part else { return Vec::new() };
    let Some((api, _)) = part.document.method(part.route) else { return Vec::new() };
    let variable = |(name, value): (&str, &String)| item(name, CompletionItemKind::CONSTANT, &format!("`{value}`"));
    api.stage_variables.iter().map(|(name, value)| variable((name, value))).collect()
}

/// Lists methods, one item per name.
fn methods(owner: &[&str]) -> Vec<CompletionItem> {
    let mut items: Vec<CompletionItem> = Vec::new();
    for row in words::members_of(owner) {
        if items.iter().any(|item| item.label == row.name) {
            continue;
        }
        let call = if row.parameters.is_empty() { format!("{}()", row.name) } else { format!("{}($1)$0", row.name) };
        let snippet = call.replace("()", "()$0");
        items.push(CompletionItem {
            insert_text: Some(snippet),
            insert_text_format: Some(InsertTextFormat::SNIPPET),
            detail: Some(format!("{}: {}", row.signature(), row.returns)),
            ..item(row.name, CompletionItemKind::METHOD, row.doc)
        });
    }
    items
}

/// Lists the parameters of the template's route: those of its path and those that the method declares.
fn parameters(view: &View<'_>) -> Vec<CompletionItem> {
    let Some(part) = &view.part else { return Vec::new() };
    let Some((_, method)) = part.document.method(part.route) else { return Vec::new() };
    let path = method.path.as_deref().unwrap_or_default();
    let mut found: BTreeMap<&str, &str> = BTreeMap::new();
    for part in path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')) {
        found.insert(part.trim_end_matches('+'), "Path parameter of this route.");
    }
    for (name, _) in method.request_parameters.iter() {
        if let Some((_, last)) = name.rsplit_once('.') {
            found.entry(last).or_insert("Declared parameter of this method.");
        }
    }
    found.into_iter().map(|(name, doc)| item(name, CompletionItemKind::FIELD, doc)).collect()
}

#[cfg(test)]
mod tests {
    use super::owner;

    #[test]
    fn the_reference_in_front_of_a_dot_is_read_backwards() {
        let cases: &[(&str, Option<&[&str]>)] = &[
            ("x $input", Some(&["input"])),
            ("$!{context.identity", Some(&["context", "identity"])),
            ("$a.b(\"x)\", $c.d(1))", Some(&["a", "()"])),
            ("$a[0].b", Some(&["a", "[]", "b"])),
            ("input", None),
            (")", None),
        ];
        for (text, expected) in cases {
            assert_eq!(owner(text).as_deref(), *expected, "{text}");
        }
    }
}
