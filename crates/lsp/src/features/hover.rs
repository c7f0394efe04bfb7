//! Hover: the row of the reference behind a name.

use crate::file::View;
use crate::names::{Member, Names, Role};
use crate::words;
use lsp_types::{Hover, HoverContents, MarkupContent, MarkupKind};
use vtl::reference::Method;

/// Returns the description of what is at an offset of a template.
pub(crate) fn hover(view: &View<'_>, names: &Names<'_>, offset: usize) -> Option<Hover> {
    let (text, range) = match names.member_at(offset) {
        Some(member) => (of_member(member)?, member.range.clone()),
        None => match names.name_at(offset) {
            Some(name) => {
                let text = words::root(name.name).map(str::to_owned).or_else(|| {
                    let defined = names.same(name).find(|other| other.role == Role::Definition)?;
                    let line = view.text.get(..defined.range.start)?.matches('\n').count();
                    let source = view.text.lines().nth(line)?.trim();
                    Some(format!("```vtl\n{source}\n```\nDefined in line {} of the template.", line + 1))
                })?;
                (text, name.range.clone())
            }
            None => directive(view.text, offset)?,
        },
    };
    let contents = HoverContents::Markup(MarkupContent { kind: MarkupKind::Markdown, value: text });
    Some(Hover { contents, range: Some(view.range(range)) })
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
