//! The commas between the turns of a `#foreach`.
//!
//! ```vtl
//! [#foreach($x in $input.path('$.list'))"$x.id",#end]
//! ```
//!
//! *Cause.* After the last turn the comma stays, or turns have none between them: no reader of JSON
//! takes it.
//!
//! *Way out.* Write the comma as `#if($foreach.hasNext),#end`.
//!
//! ```vtl
//! [#foreach($x in $input.path('$.list'))"$x.id"#if($foreach.hasNext),#end#end]
//! ```

use crate::analysis::Template;
use crate::analysis::reader::Fault;
use crate::analysis::sites::{Broken, Decision};
use crate::finding::{Finding, Fix};
use crate::tally::Findings;
use std::ops::Range;
use vtl::diagnostic::Severity;
use vtl::Code;

/// Returns the loop between whose turns a comma is wrong: its bounds, and the other choices that lead
/// there.
pub fn between_turns<'b>(template: &Template<'_, '_>, broken: &'b Broken) -> Option<(Range<usize>, Vec<&'b Decision>)> {
    let is_comma = matches!(broken.fault, Fault::TrailingComma | Fault::MissingComma | Fault::DoubleComma);
    if !is_comma || broken.decisions.iter().any(Decision::has_no_turn) {
        return None;
    }
    let (turns, others): (Vec<&Decision>, Vec<&Decision>) = broken.decisions.iter().partition(|it| it.has_turns());
    let mut around = template.loops.around(broken.span.range().start);
    let within = match turns.as_slice() {
        [turns] => {
            // A comma that one turn alone gets wrong has nothing to do with the loop.
            if broken.fault != Fault::TrailingComma && turns.options & ONE_TURN != 0 {
                return None;
            }
            template.loops.starting(turns.at)?
        }
        // The number of turns is known.
        [] => around.next()?,
        // Loops in loops: the innermost leaves the comma.
        turns if broken.fault == Fault::TrailingComma => {
            let around: Vec<Range<usize>> = around.collect();
            if !turns.iter().all(|turns| around.iter().any(|bounds| bounds.start == turns.at)) {
                return None;
            }
            around.into_iter().next()?
        }
        _ => return None,
    };
    // A bracket in the same turn is closed behind the comma.
    let is_within_turn = broken.fault == Fault::TrailingComma && within.contains(&broken.at);
    (!is_within_turn).then_some((within, others))
}

/// Choice of a loop to have one turn.
const ONE_TURN: u32 = 0b10;

pub fn check(template: &Template<'_, '_>, found: &mut Findings<'_>) {
    for broken in &template.sites.broken {
        let Some((within, others)) = between_turns(template, broken) else { continue };
        // Other choices must have been made inside of the loop.
        if others.len() > 2 || !others.iter().all(|it| within.contains(&it.at)) {
            continue;
        }
        let severity = if others.is_empty() { Severity::Error } else { Severity::Warning };
        let start = broken.span.range().start;
        // Then the outer loop wants a comma as well.
        let is_nested = template.loops.around(start).nth(1).is_some();
        let condition = if others.is_empty() { "" } else { ", if conditions in the loop go this way" };
        let finding = match broken.fault {
            Fault::TrailingComma => {
                let message = format!("the last turn of the loop leaves a comma{condition}");
                let finding = Finding::new(Code::CommaInLoop, broken.span, message)
                    .help("write it as `#if($foreach.hasNext),#end`");
                let is_last_known = within.contains(&start) && !is_nested && !template.loops.has_break(start);
                if others.is_empty() && is_last_known && template.text(broken.span) == "," {
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
