//! Signature help: the parameters of the call around an offset.

use crate::names::Names;
use crate::words;
use lsp_types::{Documentation, MarkupContent, MarkupKind};
use lsp_types::{ParameterInformation, ParameterLabel, SignatureHelp, SignatureInformation};

/// Returns the signatures of the innermost call whose arguments are at an offset.
pub(crate) fn help(source: &str, names: &Names<'_>, offset: usize) -> Option<SignatureHelp> {
    let calls = names.members.iter().filter(|member| member.is_method);
    let inside = |range: &std::ops::Range<usize>, name_end: usize| name_end < offset && offset < range.end;
    let call = calls.rev().find(|call| inside(&call.whole, call.range.end))?;
    let before = source.get(call.range.end..offset)?;
    let active = argument(before);
    let rows = words::methods_of(&call.owner, call.name);
    let signatures: Vec<SignatureInformation> = rows
        .iter()
        .map(|row| SignatureInformation {
            label: row.signature(),
            documentation: Some(Documentation::MarkupContent(MarkupContent {
                kind: MarkupKind::Markdown,
                value: row.doc.to_owned(),
            })),
            parameters: Some(parameters(row.parameters)),
            active_parameter: None,
        })
        .collect();
    let fits = |row: &vtl::reference::Method| row.parameters.split(", ").count() > active as usize;
    let chosen = rows.iter().position(fits).unwrap_or_default();
    (!signatures.is_empty()).then_some(SignatureHelp {
        signatures,
        active_signature: u32::try_from(chosen).ok(),
        active_parameter: Some(active),
    })
}

fn parameters(list: &str) -> Vec<ParameterInformation> {
    let simple =
        |name: &str| ParameterInformation { label: ParameterLabel::Simple(name.to_owned()), documentation: None };
    list.split(", ").filter(|name| !name.is_empty()).map(simple).collect()
}

/// Counts the commas of the outermost argument list that starts `text`.
fn argument(text: &str) -> u32 {
    let (mut depth, mut quote, mut commas) = (0, None, 0);
    for c in text.chars() {
        match (quote, c) {
            (Some(open), _) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(c),
            (None, '(' | '[' | '{') => depth += 1,
            (None, ')' | ']' | '}') => depth -= 1,
            (None, ',') if depth == 1 => commas += 1,
            _ => {}
        }
    }
    commas
}
