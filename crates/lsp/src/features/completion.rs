//! Completion: the words that fit in front of the cursor.

use crate::evaluate::{self, Side};
use crate::file::View;
use crate::names::{Names, Role};
use crate::pool::Stop;
use crate::{sample, words};
use lsp_types::{
    CompletionItem, CompletionItemKind, CompletionList, CompletionResponse, CompletionTextEdit, Documentation,
    InsertTextFormat, MarkupContent, MarkupKind, TextEdit,
};
use serde_json::Value as Json;
use std::collections::{BTreeMap, HashSet};
use vtl::pipeline::Protocol;
use vtl::reference::{Method, Variable};
use vtl::syntax_unstable::{Texts, parse_for_tools};
use vtl::{Budget, Dialect, Limits};

/// A word to complete: what is in front of it decides the list.
enum Place<'s> {
    /// Behind `$`, `$!` or `${`.
    Variable,
    /// Behind `#` or `#{`.
    Directive,
    /// Behind a dot: the names in front of it, `()` and `[]` for calls and indexes, and the offset of the first.
    Member(Vec<&'s str>, usize),
    /// In the quotes of `$input.params('`.
    Parameter,
    /// In the quotes of `$input.path('$.`: the path in front of the dot.
    Key(String),
}

/// Most completions of a list: of more, those that start with what is typed are listed.
const MOST: usize = 1_000;

/// Returns the completions at an offset of a template. A list that has not all of them is asked for again at the next
/// key.
pub(crate) fn items(view: &View<'_>, names: &Names<'_>, offset: usize, stop: &Stop) -> CompletionResponse {
    let items = all(view, names, offset, stop).unwrap_or_default();
    if items.len() <= MOST {
        return CompletionResponse::Array(items);
    }
    let typed = view.text.get(..offset).unwrap_or_default();
    let typed = typed[typed.trim_end_matches(is_name).len()..].to_ascii_lowercase();
    let fits = |item: &CompletionItem| item.label.to_ascii_lowercase().starts_with(&typed);
    let items = items.into_iter().filter(fits).take(MOST).collect();
    CompletionResponse::List(CompletionList { is_incomplete: true, items })
}

fn all(view: &View<'_>, names: &Names<'_>, offset: usize, stop: &Stop) -> Option<Vec<CompletionItem>> {
    let before = view.text.get(..offset)?;
    let word = before.len() - before.trim_end_matches(is_name).len();
    let start = offset - word;
    let place = place(&before[..start])?;
    let range = view.range(start..offset);
    let mut items = match place {
        Place::Variable => variables(names, offset),
        Place::Directive => directives(),
        Place::Member(owner, at) => members(view, &owner, at, start, offset, stop),
        Place::Parameter => parameters(view),
        Place::Key(path) => keys(view, &path, stop),
    };
    for item in &mut items {
        let text = item.insert_text.take().unwrap_or_else(|| item.label.clone());
        item.text_edit = Some(CompletionTextEdit::Edit(TextEdit::new(range, text)));
    }
    Some(items)
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
    key_path(before).map(Place::Key).or_else(|| {
        let (owner, at) = owner(before.strip_suffix('.')?)?;
        Some(Place::Member(owner, at))
    })
}

/// Returns the JSONPath in front of the dot that ends a text, if the text ends in a call that takes one.
fn key_path(before: &str) -> Option<String> {
    let quote = before.rfind(['\'', '"'])?;
    let is_call = ["$input.path(", "$input.json("].iter().any(|call| before[..quote].ends_with(call));
    let path = before[quote + 1..].strip_suffix('.').filter(|path| path.starts_with('$'))?;
    is_call.then(|| path.to_owned())
}

/// Lists the keys at a JSONPath of the samples, with their values.
fn keys(view: &View<'_>, path: &str, stop: &Stop) -> Vec<CompletionItem> {
    let mut found: Vec<CompletionItem> = Vec::new();
    for sample in sample::samples(view) {
        if let Some(value) = evaluate::find(&sample, path, stop) {
            add_keys(&mut found, value, &sample.name);
        }
    }
    found
}

/// Adds the keys of an object, or of the first item of a list.
fn add_keys(found: &mut Vec<CompletionItem>, mut value: Json, sample: &str) {
    let mut seen: HashSet<String> = found.iter().map(|item| item.label.clone()).collect();
    while let Json::Array(items) = value {
        value = items.into_iter().next().unwrap_or_default();
    }
    let Json::Object(members) = value else { return };
    for (name, value) in members {
        // A name with other characters is no step behind a dot.
        if name.chars().all(is_name) && seen.insert(name.clone()) {
            let shown: String = value.to_string().chars().take(60).collect();
            let key = item(&name, CompletionItemKind::FIELD, &format!("`{shown}` in {sample}"));
            found.push(CompletionItem { sort_text: Some(format!("0{name}")), ..key });
        }
    }
}

/// Returns the steps of the reference that ends a text, from its name on, and the offset of the name.
fn owner(text: &str) -> Option<(Vec<&str>, usize)> {
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
        return open.ends_with('$').then_some((steps, rest.len()));
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
    let mut seen: HashSet<String> = items.iter().map(|item| item.label.clone()).collect();
    for name in own {
        if seen.insert(name.name.to_owned()) {
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

/// Lists the members behind a dot: `at` is the offset of the reference's name, `word` and `offset` the ends of the word
/// that is typed.
fn members(view: &View<'_>, owner: &[&str], at: usize, word: usize, offset: usize, stop: &Stop) -> Vec<CompletionItem> {
    match owner {
        ["context", path @ ..] => context(view, path),
        ["stageVariables"] => stage_variables(view),
        ["input" | "util"] | ["foreach", ..] => methods(words::members_of(owner)),
        _ => of_value(view, at, word, offset, stop),
    }
}

/// Lists the keys of a value with the samples, and the methods of its class.
fn of_value(view: &View<'_>, at: usize, word: usize, offset: usize, stop: &Stop) -> Vec<CompletionItem> {
    // Without the dot and what is typed behind it the template may parse.
    let (Some(before), Some(behind)) = (view.text.get(..word - 1), view.text.get(offset..)) else { return Vec::new() };
    let text = [before, behind].concat();
    let (texts, budget) = (Texts::new(), Budget::new(&Limits::service()));
    let (ast, _) = parse_for_tools("", &text, Dialect::service(), &texts, &budget);
    let expression = format!("${}", before.get(at..).unwrap_or_default());
    let (mut keys, mut classes) = (Vec::new(), Vec::new());
    for sample in sample::samples(view) {
        let Some(value) = evaluate::value(&text, &ast, (at, Side::Before), &expression, &sample, stop) else {
            continue;
        };
        if !classes.contains(&value.class) {
            classes.push(value.class);
        }
        // The keys of a list are those of its items, which a property of the list does not find.
        if let Some(value @ Json::Object(_)) = value.json {
            add_keys(&mut keys, value, &sample.name);
        }
    }
    let rows = match classes.as_slice() {
        [class] => words::methods_of_class(class),
        _ => words::methods_of_class(""),
    };
    keys.into_iter().chain(methods(rows)).collect()
}

/// Lists the next words of the variables of `$context` below a path.
fn context(view: &View<'_>, path: &[&str]) -> Vec<CompletionItem> {
    let mut found: BTreeMap<&str, (CompletionItemKind, &str)> = BTreeMap::new();
    for variable in vtl::reference::context_variables() {
        let parts: Vec<&str> = variable.name.split('.').collect();
        let Some(next) = parts.strip_prefix(path).and_then(|rest| rest.first()) else { continue };
        if next.chars().all(|c| c.is_ascii_uppercase()) || !exists(view, variable) {
            continue;
        }
        let is_last = parts.len() == path.len() + 1;
        let row = if is_last { (CompletionItemKind::PROPERTY, variable.doc) } else { (CompletionItemKind::MODULE, "") };
        found.entry(next).or_insert(row);
    }
    found.into_iter().map(|(name, (kind, doc))| item(name, kind, doc)).collect()
}

/// Checks if a variable of `$context` exists in the API and the phase of a template. Where the kind of API is not
/// known, all do.
fn exists(view: &View<'_>, variable: &Variable) -> bool {
    let Some(part) = &view.part else { return true };
    let protocol = part.document.method(part.route).map(|(api, _)| api.protocol);
    let is_socket = protocol.is_none_or(|protocol| protocol == Protocol::WebSocket);
    // A request template may set the response; the request has gone when a response template runs.
    (is_socket || !variable.websocket)
        && (!variable.name.starts_with("requestOverride.") || !part.name.starts_with("response:"))
}

fn stage_variables(view: &View<'_>) -> Vec<CompletionItem> {
    let Some(part) = &view.part else { return Vec::new() };
    let Some((api, _)) = part.document.method(part.route) else { return Vec::new() };
    let variable = |(name, value): (&str, &String)| item(name, CompletionItemKind::CONSTANT, &format!("`{value}`"));
    api.stage_variables.iter().map(|(name, value)| variable((name, value))).collect()
}

/// Lists methods, one item per name, behind keys.
fn methods(rows: Vec<Method>) -> Vec<CompletionItem> {
    let mut items: Vec<CompletionItem> = Vec::new();
    for row in rows {
        if items.iter().any(|item| item.label == row.name) {
            continue;
        }
        let call = if row.parameters.is_empty() { format!("{}()", row.name) } else { format!("{}($1)$0", row.name) };
        let snippet = call.replace("()", "()$0");
        items.push(CompletionItem {
            insert_text: Some(snippet),
            insert_text_format: Some(InsertTextFormat::SNIPPET),
            detail: Some(format!("{}: {}", row.signature(), row.returns)),
            sort_text: Some(format!("1{}", row.name)),
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
            let found = owner(text);
            assert_eq!(found.as_ref().map(|(steps, _)| steps.as_slice()), *expected, "{text}");
            assert!(found.is_none_or(|(steps, at)| text[at..].starts_with(steps[0])), "{text}");
        }
    }
}
