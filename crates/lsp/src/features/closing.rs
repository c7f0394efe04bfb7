//! On-type closing: `#end` below a line that opens a block.

use crate::file::View;
use lsp_types::TextEdit;
use vtl::syntax_unstable::ast::{Ast, Kind};

/// Returns the edit after a line end was typed: `#end` in the next line, where the line before opens a block
/// that nothing closes.
pub(crate) fn end_of_block(view: &View<'_>, ast: &Ast<'_>, offset: usize) -> Option<Vec<TextEdit>> {
    let mut open = 0_usize;
    for node in &ast.nodes {
        match &node.kind {
            Kind::If(_) => open += 1,
            Kind::Directive(directive) if directive.block => open += 1,
            Kind::End => open = open.saturating_sub(1),
            _ => {}
        }
    }
    let (above, line) = view.text.get(..offset)?.rsplit_once('\n')?;
    let before = above.rsplit('\n').next()?.trim_end_matches('\r');
    let rest = view.text.get(offset..)?.split('\n').next()?;
    let opens = ["#if(", "#foreach(", "#define(", "#macro(", "#if (", "#foreach (", "#define (", "#macro ("];
    let is_opener = opens.iter().any(|word| before.contains(word)) && !before.contains("#end");
    if open == 0 || !is_opener || !line.trim().is_empty() || !rest.trim().is_empty() {
        return None;
    }
    // The indent in the file may be more than that in the template: that of the scalar.
    let start = offset - line.len() - 1 - before.len() - usize::from(above.ends_with('\r'));
    let indent = &before[..before.len() - before.trim_start().len()];
    let outer = view.range(start..start).start.character as usize;
    let indent = format!("{}{indent}", " ".repeat(outer));
    let at = view.range(offset..offset);
    Some(vec![TextEdit::new(at, format!("\n{indent}#end"))])
}
