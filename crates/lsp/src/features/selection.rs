//! Selection ranges: a name, its reference, the node, the blocks around it, the template.

use crate::file::View;
use crate::names::Names;
use lsp_types::SelectionRange;
use std::ops::Range;
use vtl::syntax_unstable::ast::{Ast, Kind};

/// Most ranges around an offset: each is written within the one inside of it.
const MOST: usize = 100;

/// Returns the ranges around an offset of a template, the innermost with the others as its parents: the template and
/// the 99 innermost.
pub(crate) fn ranges(view: &View<'_>, names: &Names<'_>, ast: &Ast<'_>, offset: usize) -> SelectionRange {
    let name = names.name_at(offset).map(|name| name.range.clone());
    let member = names.member_at(offset).map(|member| member.range.clone());
    let is_around = |range: &Range<usize>| range.start <= offset && offset <= range.end && !range.is_empty();
    let calls = names.members.iter().map(|member| member.whole.clone());
    let own = std::iter::once(0..view.text.len()).chain(name).chain(member).chain(calls);
    let mut found: Vec<Range<usize>> = own.filter(is_around).collect();
    let mut open = Vec::new();
    for node in &ast.nodes {
        found.extend(Some(node.span.range()).filter(is_around));
        match &node.kind {
            Kind::If(_) => open.push(node.span.start as usize),
            Kind::Directive(directive) if directive.block => open.push(node.span.start as usize),
            Kind::End => found.extend(open.pop().map(|start| start..node.span.range().end).filter(is_around)),
            _ => {}
        }
    }
    found.sort_by_key(|range| std::cmp::Reverse(range.len()));
    let mut nested: Vec<Range<usize>> = Vec::new();
    for range in found {
        // A node that only touches the offset is none around it.
        let is_within = |outer: &Range<usize>| *outer != range && outer.start <= range.start && range.end <= outer.end;
        if nested.last().is_none_or(is_within) {
            nested.push(range);
        }
    }
    if nested.len() > MOST {
        nested.drain(1..=nested.len() - MOST);
    }
    let inner = nested.into_iter().fold(None, |parent: Option<SelectionRange>, range| {
        Some(SelectionRange { range: view.range(range), parent: parent.map(Box::new) })
    });
    inner.unwrap_or_else(|| SelectionRange { range: view.range(offset..offset), parent: None })
}
