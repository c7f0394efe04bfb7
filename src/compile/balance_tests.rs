//! Test: every path through a compiled template leaves the stack balanced, by the stack effects in the op
//! table, for all templates of the corpus.

use super::compile;
use crate::dialect::Dialect;
use crate::program::{Argument, Op, Program};
use crate::syntax::{self, Settings, Texts};

#[test]
fn the_stack_is_balanced() {
    let Some(cases) = crate::corpus::read("velocity") else { return };
    let mut programs = 0;
    // Under Miri a template takes a second.
    let sparse = if cfg!(miri) { 40 } else { 1 };
    for line in cases.lines().step_by(sparse) {
        let case: serde_json::Value = serde_json::from_str(line).expect("a case is JSON");
        let source = case["template"].as_str().expect("a case has a template");
        let ways = [Dialect::service(), Dialect::velocity_1_7()].map(|dialect| [(dialect, true), (dialect, false)]);
        for (dialect, fuse) in ways.into_iter().flatten() {
            let texts = Texts::new();
            let budget = crate::budget::Budget::unlimited();
            let settings = Settings {
                evaluate: !dialect.service,
                macros: &(),
                nesting: Some(100),
                budget: &budget,
                texts: &texts,
            };
            let Ok(ast) = syntax::parse(source, settings) else { continue };
            let Ok(program) = compile(&ast, source, dialect, &[], fuse, false, &budget) else { continue };
            programs += 1;
            if let Err(why) = walk(&program) {
                panic!("{why} in {source:?}:\n{program}");
            }
        }
    }
    assert!(programs > 6_000 / sparse, "only {programs} templates compiled");
}

/// Simulates the stack depth along every path from the start of every body.
fn walk(program: &Program) -> Result<(), String> {
    let mut depths = vec![None; program.ops.len()];
    let bodies = program.macros.iter().map(|m| m.body).chain(program.defines.iter().flat_map(|d| [d.body, d.plain]));
    let contents = program.calls.iter().filter_map(|call| call.content);
    // A by-name argument leaves its value.
    let arguments = program.calls.iter().flat_map(|call| &call.arguments).filter_map(|argument| match argument {
        Argument::ByName(by) if by.simple.is_none() => Some((by.start, 0, 1)),
        _ => None,
    });
    let mut todo: Vec<(u32, usize, usize)> =
        bodies.chain(contents).chain([0]).map(|body| (body, 0, 0)).chain(arguments).collect();
    while let Some((at, depth, leaves)) = todo.pop() {
        let Some(op) = program.ops.get(at as usize).copied() else { return Err(format!("{at} is not an op")) };
        match depths[at as usize] {
            Some(known) if known == depth => continue,
            Some(known) => return Err(format!("op {at} is reached with {known} and with {depth} values")),
            None => depths[at as usize] = Some(depth),
        }
        let (pops, pushes) = op.effect();
        let Some(left) = depth.checked_sub(pops) else { return Err(format!("op {at} finds {depth} values")) };
        let after = left + pushes;
        // A quick op jumps past its generic sequence, with the stack that the sequence would leave.
        let skips = match op {
            Op::VarAdd(skip, ..) | Op::VarMul(skip, ..) | Op::VarRem(skip, ..) => Some((skip, depth + 1)),
            Op::TopAdd(skip, _) | Op::TopMul(skip, _) | Op::TopRem(skip, _) => Some((skip, depth)),
            Op::AddVar(skip, _)
            | Op::SubVar(skip, _)
            | Op::MulVar(skip, _)
            | Op::SetVarAdd(skip, ..)
            | Op::SetPairAdd(skip, ..)
            | Op::Print(skip, ..)
            | Op::PrintScript(skip, ..) => Some((skip, depth)),
            Op::EmitScript(skip) => depth.checked_sub(2).map(|depth| (skip, depth)),
            _ => None,
        };
        todo.extend(skips.map(|(skip, depth)| (at + 1 + u32::from(skip), depth, leaves)));
        if let Op::VarIf(when, ..)
        | Op::RemIf(when, ..)
        | Op::TopIf(when, _)
        | Op::TextIf(when, _)
        | Op::PairIf(when)
        | Op::PlaceIf(when, ..)
        | Op::PlaceInt(when, ..)
        | Op::PlaceText(when, ..) = op
        {
            let jump = at + 1 + when.distance() as u32;
            let taken = match op {
                Op::PairIf(_) => 2,
                Op::TopIf(..) | Op::TextIf(..) => 1,
                _ => 0,
            };
            let target = program.ops[jump as usize].target().ok_or(format!("{jump} is not a jump"))?;
            let depth = depth.checked_sub(taken).ok_or("the stack is too short")?;
            todo.extend([(target as u32, depth, leaves), (jump + 1, depth, leaves)]);
        }
        if let Op::Line(line) = op {
            let line = &program.lines[line as usize];
            let parts = &program.line_parts[line.parts.start as usize..line.parts.end as usize];
            todo.extend(parts.iter().map(|part| part.at).chain([line.first, line.end]).map(|at| (at, depth, leaves)));
        }
        if let Op::Inline(call) = op {
            todo.push((program.calls[call as usize].end, depth, leaves));
        }
        match op {
            Op::Return if after == leaves => {}
            Op::Return => return Err(format!("op {at} leaves {after} values")),
            Op::Jump(target) => todo.push((target, after, leaves)),
            Op::JumpIfFalse(target) | Op::JumpIfTrue(target) | Op::JumpIfNull(target) => {
                todo.extend([(target, after, leaves), (at + 1, after, leaves)]);
            }
            Op::ForBegin(l) | Op::ForNext(l) => {
                let l = &program.loops[l as usize];
                todo.extend([(l.next, after, leaves), (l.body, after, leaves), (l.exit, after, leaves)]);
            }
            // Ops that end a body or the render may leave values.
            Op::Fail(_) | Op::Stop | Op::Break | Op::BreakScope => {}
            // Where it goes on is pushed above.
            Op::Line(_) => {}
            _ => todo.push((at + 1, after, leaves)),
        }
    }
    Ok(())
}
