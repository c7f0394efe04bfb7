//! Folding: the blocks of a template, and its comments.

use crate::file::View;
use lsp_types::{FoldingRange, FoldingRangeKind};
use vtl::syntax_unstable::ast::{Ast, Kind};

/// Most ranges of a file that are listed; editors show fewer.
pub(crate) const MOST: usize = 10_000;

/// Returns the ranges of a template that can be folded: those of more than one line.
pub(crate) fn ranges(view: &View<'_>, ast: &Ast<'_>) -> Vec<FoldingRange> {
    let mut open = Vec::new();
    let mut found = Vec::new();
    for node in &ast.nodes {
        let start = node.span.start as usize;
        match &node.kind {
            Kind::If(_) => open.push(start),
            Kind::Directive(directive) if directive.block => open.push(start),
            Kind::End => found.extend(open.pop().map(|from| (from, start, FoldingRangeKind::Region))),
            Kind::Comment => found.push((start, node.span.end().max(start + 1) - 1, FoldingRangeKind::Comment)),
            _ => {}
        }
    }
    let lines = found.into_iter().filter_map(|(from, to, kind)| {
        let (start, end) = (view.range(from..from).start.line, view.range(to..to).start.line);
        let end = if kind == FoldingRangeKind::Region { end.saturating_sub(1) } else { end };
        (end > start).then_some(FoldingRange {
            start_line: start,
            start_character: None,
            end_line: end,
            end_character: None,
            kind: Some(kind),
            collapsed_text: None,
        })
    });
    let mut lines: Vec<_> = lines.collect();
    lines.sort_by_key(|range| (range.start_line, range.end_line));
    lines
}
