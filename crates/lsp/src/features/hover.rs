//! Hover: the row of the reference behind a name, and the value of what is written with the samples.

use crate::evaluate::{self, Side};
use crate::file::View;
use crate::names::{Member, Name, Names, Role};
use crate::pool::Stop;
use crate::sample;
use crate::words;
use lsp_types::{Hover, HoverContents, MarkupContent, MarkupKind};
use std::ops::Range;
use vtl::diagnostic::markdown;
use vtl::reference::Method;
use vtl::syntax_unstable::ast::Ast;

/// Most samples whose values are shown.
const MAX_SAMPLES: usize = 3;

/// Most characters of a value.
const MAX_VALUE: usize = 600;

/// Returns the description of what is at an offset of a template.
pub(crate) fn hover(view: &View<'_>, names: &Names<'_>, ast: &Ast<'_>, offset: usize, stop: &Stop) -> Option<Hover> {
    let value = |at: (usize, Side), expression: &str| values(view, ast, at, expression, stop);
    // A brace may be between `$` and the name.
    let reference = |range: Range<usize>, side| value((range.start, side), &format!("${}", view.text.get(range)?));
    let (parts, range) = if let Some(member) = names.member_at(offset) {
        ([of_member(member), reference(member.start..member.whole.end, Side::Before)], member.range.clone())
    } else if let Some(name) = names.name_at(offset) {
        let parts = match words::root(name.name) {
            Some(doc) => [Some(doc.to_owned()), None],
            None if name.is_macro => [defined(view, names, name), None],
            // A definition has its value behind its statement.
            None => {
                let side = if name.role == Role::Definition { Side::Behind } else { Side::Before };
                [defined(view, names, name), reference(name.range.clone(), side)]
            }
        };
        (parts, name.range.clone())
    } else if let Some((path, method)) = json_path(view.text, names, offset) {
        let literal = view.text.get(path.clone())?;
        let found = value((path.start, Side::Before), &format!("$input.{method}({literal})"));
        ([Some(format!("JSONPath {}", markdown::span(literal))), found], path)
    } else {
        let (text, range) = directive(view.text, offset)?;
        ([Some(text), None], range)
    };
    let text = parts.into_iter().flatten().collect::<Vec<_>>().join("\n\n");
    let is_empty = text.is_empty();
    let contents = HoverContents::Markup(MarkupContent { kind: MarkupKind::Markdown, value: text });
    (!is_empty).then(|| Hover { contents, range: Some(view.range(range)) })
}

/// Describes where a variable or macro is defined.
fn defined(view: &View<'_>, names: &Names<'_>, name: &Name<'_>) -> Option<String> {
    let defined = names.same(name).find(|other| other.role == Role::Definition)?;
    let line = view.text.get(..defined.range.start)?.matches('\n').count();
    let source = view.text.lines().nth(line)?.trim();
    Some(format!("{}\nDefined in line {} of the template.", markdown::block("vtl", source), line + 1))
}

/// Returns the quoted JSONPath at an offset, as the argument of `$input.path` or `$input.json`, and the method.
fn json_path<'s>(source: &str, names: &Names<'s>, offset: usize) -> Option<(Range<usize>, &'s str)> {
    let is_call = |member: &&Member<'_>| {
        member.owner == ["input"] && matches!(member.name, "path" | "json") && member.whole.contains(&offset)
    };
    let call = names.members.iter().find(is_call)?;
    let arguments = source.get(call.range.end..call.whole.end)?;
    let inner = arguments.strip_prefix('(')?.strip_suffix(')')?;
    let path = inner.trim();
    let quote = path.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    if path.len() < 2 || !path.ends_with(quote) || path[1..path.len() - 1].contains(quote) {
        return None;
    }
    let start = call.range.end + 1 + inner.len() - inner.trim_start().len();
    Some((start..start + path.len(), call.name))
}

/// Describes the values of an expression with the samples: the class and the value, for each sample that gives another.
fn values(view: &View<'_>, ast: &Ast<'_>, at: (usize, Side), expression: &str, stop: &Stop) -> Option<String> {
    let mut shown: Vec<(String, String)> = Vec::new();
    for sample in sample::samples(view).iter().take(MAX_SAMPLES) {
        let Some(value) = evaluate::value(view.text, ast, at, expression, sample, stop) else { continue };
        let text = match &value.json {
            Some(json) => serde_json::to_string_pretty(json).unwrap_or_default(),
            None => value.text,
        };
        let class = if value.class.is_empty() { "no value" } else { &value.class };
        let text = format!("{class}\n{}", markdown::block("json", &cut(&text)));
        match shown.iter_mut().find(|(other, _)| *other == text) {
            Some((_, names)) => {
                names.push_str(", ");
                names.push_str(&markdown::plain(&sample.name));
            }
            None => shown.push((text, markdown::plain(&sample.name))),
        }
    }
    let lines: Vec<String> = shown.iter().map(|(text, names)| format!("With {names}: {text}")).collect();
    (!lines.is_empty()).then(|| lines.join("\n\n"))
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(MAX_VALUE) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn directive(text: &str, offset: usize) -> Option<(String, std::ops::Range<usize>)> {
    let is_word = |c: char| c.is_ascii_alphabetic();
    let start = text.get(..offset)?.trim_end_matches(is_word).len();
    let rest = text.get(start..)?;
    let start = if rest.starts_with('#') { start + 1 } else { start };
    let word = text.get(start..)?.split(|c| !is_word(c)).next()?;
    let is_directive = text.get(..start)?.trim_end_matches('{').ends_with('#');
    let row = words::DIRECTIVES.iter().find(|row| row.name == word && is_directive)?;
    Some((format!("```vtl\n#{}\n```\n{}", row.usage, row.doc), start..start + word.len()))
}

fn of_member(member: &Member<'_>) -> Option<String> {
    if member.owner.first() == Some(&"context") && !member.is_method {
        let path = [&member.owner[1..], &[member.name]].concat().join(".");
        let row = words::context(&path)?;
        return Some(format!("`$context.{path}`\n\n{}", row.doc));
    }
    let rows = words::methods_of(&member.owner, member.name);
    let signatures: Vec<String> = rows.iter().map(|row| format!("{}: {}", row.signature(), row.returns)).collect();
    let first = rows.first()?;
    Some(format!("```java\n{}\n```\n{}{}", signatures.join("\n"), first.doc, example(first)))
}

fn example(row: &Method) -> String {
    if row.example.is_empty() {
        return String::new();
    }
    format!("\n\n```vtl\n{}\n```\nprints `{}`", row.example, row.output)
}
