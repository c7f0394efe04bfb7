//! Selection ranges: a name, its reference, the node, the blocks around it, the template.

use crate::file::View;
use crate::names::Names;
use lsp_types::SelectionRange;
use std::ops::Range;
use vtl::syntax_unstable::ast::{Ast, Kind};

/// Returns the ranges around an offset of a template, the innermost with the others as its parents.
pub(crate) fn ranges(view: &View<'_>, names: &Names<'_>, ast: &Ast<'_>, offset: usize) -> SelectionRange {
    let name = names.name_at(offset).map(|name| name.range.clone());
    let member = names.member_at(offset).map(|member| member.range.clone());
    let mut found: Vec<Range<usize>> = std::iter::once(0..view.text.len()).chain(name).chain(member).collect();
    found.extend(names.members.iter().map(|member| member.whole.clone()));
    let mut open = Vec::new();
    for node in &ast.nodes {
        found.push(node.span.range());
        match &node.kind {
            Kind::If(_) => open.push(node.span.start as usize),
            Kind::Directive(directive) if directive.block => open.push(node.span.start as usize),
            Kind::End => found.extend(open.pop().map(|start| start..node.span.range().end)),
            _ => {}
        }
    }
    found.retain(|range| range.start <= offset && offset <= range.end && !range.is_empty());
    found.sort_by_key(|range| std::cmp::Reverse(range.len()));
    let mut chain: Option<(Range<usize>, SelectionRange)> = None;
    for range in found {
        let parent = match chain.take() {
            // A node that only touches the offset is none around it.
            Some((outer, parent)) if outer == range || range.start < outer.start || range.end > outer.end => {
                chain = Some((outer, parent));
                continue;
            }
            parent => parent.map(|(_, parent)| Box::new(parent)),
        };
        chain = Some((range.clone(), SelectionRange { range: view.range(range), parent }));
    }
    chain.map_or_else(|| SelectionRange { range: view.range(offset..offset), parent: None }, |(_, inner)| inner)
}
