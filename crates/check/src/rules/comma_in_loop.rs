//! The commas between the turns of a `#foreach`.

use crate::analysis::Template;
use crate::analysis::reader::Fault;
use crate::analysis::sites::{Broken, Decision};
use crate::finding::{Finding, Fix};
use vtl::diagnostic::Severity;
use vtl::syntax_unstable::ast::Kind;
use vtl::Code;

/// Checks for a fault of commas.
pub fn is_comma(broken: &Broken) -> bool {
    matches!(broken.fault, Fault::TrailingComma | Fault::MissingComma | Fault::DoubleComma)
}

pub fn check(template: &Template<'_, '_>, found: &mut Vec<Finding>) {
    for broken in template.sites.broken.iter().filter(|broken| is_comma(broken)) {
        let turns = broken.decisions.iter().filter(|it| it.has_turns());
        let zero = broken.decisions.iter().any(Decision::has_no_turn);
        let [turns] = turns.collect::<Vec<_>>()[..] else { continue };
        // Other choices must have been made inside of the loop.
        let Some(end) = end_of(template, turns.at) else { continue };
        let within = turns.at..end;
        let others: Vec<_> = broken.decisions.iter().filter(|it| *it != turns).collect();
        if zero || others.len() > 2 || !others.iter().all(|it| within.contains(&it.at)) {
            continue;
        }
        let severity = if others.is_empty() { Severity::Error } else { Severity::Warning };
        let condition = if others.is_empty() { "" } else { ", if conditions in the loop go this way" };
        let finding = match broken.fault {
            Fault::TrailingComma => {
                let message = format!("the last turn of the loop leaves a comma{condition}");
                let finding = Finding::new(Code::CommaInLoop, broken.span, message)
                    .help("write it as `#if($foreach.hasNext),#end`");
                let is_inside = within.contains(&broken.span.range().start);
                if others.is_empty() && is_inside && template.text(broken.span) == "," {
                    finding.fix(Fix::safe([(broken.span, "#if($foreach.hasNext),#end".to_owned())]))
                } else {
                    finding
                }
            }
            Fault::MissingComma => {
                let message = format!("the turns of the loop have no comma between them{condition}");
                Finding::new(Code::CommaInLoop, broken.span, message)
                    .help("write `#if($foreach.hasNext),#end` at the end of the turn")
            }
            _ => Finding::new(Code::CommaInLoop, broken.span, format!("the loop leaves a comma too many{condition}")),
        };
        found.push(finding.severity(severity));
    }
}

/// Returns the end of the loop that starts at an offset.
fn end_of(template: &Template<'_, '_>, at: usize) -> Option<usize> {
    template.ast.nodes.iter().find_map(|node| match &node.kind {
        Kind::Directive(directive) if node.span.range().start == at => Some(directive.whole.end()),
        _ => None,
    })
}
