//! Joins ops that print one after another into lines, when all code is emitted.

use super::compiler::{Compiler, MOST_MERGED};
use crate::builtins::JavaMethod;
use crate::program::line::{Line, LinePart, LineValue, NONE};
use crate::program::{Op, Place, Program};

/// A line being joined.
struct Draft {
    parts: Vec<LinePart>,
    /// The texts after the last part, and their length in bytes.
    texts: Vec<u32>,
    length: usize,
    /// The last inlined call, or [`NONE`], and the last that something of was joined.
    call: u32,
    joined_call: u32,
    /// The op after all that was joined.
    end: usize,
}

/// Ways in which an op of a program is reached other than from the op before it.
#[derive(Clone, Copy, Default)]
struct Reached {
    by_jump: bool,
    /// It is the first of a block.
    as_block: bool,
}

impl Compiler<'_> {
    /// Joins the ops of the program.
    pub(super) fn join_lines(&mut self) {
        if !self.fuse {
            return;
        }
        let reached = reached(&self.program);
        let mut at = 0;
        while at < reached.len() {
            at = self.join_line(at, &reached).unwrap_or(at + 1);
        }
    }

    /// Joins the ops from `at` on and returns the op after them; `None` if they are too few.
    fn join_line(&mut self, at: usize, reached: &[Reached]) -> Option<usize> {
        let mut draft =
            Draft { parts: Vec::new(), texts: Vec::new(), length: 0, call: NONE, joined_call: NONE, end: at };
        let (mut next, mut is_inside) = (at, true);
        while is_inside || !reached.get(next)?.by_jump {
            is_inside = false;
            match *self.program.ops.get(next)? {
                Op::Text(text) => {
                    self.add_text(&mut draft, text);
                    next += 1;
                    (draft.end, draft.joined_call) = (next, draft.call);
                }
                Op::Inline(call) => {
                    draft.call = call;
                    next += 1;
                }
                // Over the code of an argument, or of a body.
                Op::Jump(to) if next > at && to as usize > next => (next, is_inside) = (to as usize, true),
                _ => {
                    let Some((value, resume, after)) = self.printed(next) else { break };
                    self.add_part(&mut draft, value, resume);
                    is_inside = matches!(value, LineValue::HasNext(..));
                    next = after;
                    (draft.end, draft.joined_call) = (next, draft.call);
                }
            }
        }
        self.add_line(draft, at, reached.get(at)?.as_block)
    }

    /// Returns the value that the ops from `at` on print, with the op that takes over if it is not of a plain kind and
    /// the op after them.
    fn printed(&self, at: usize) -> Option<(LineValue, usize, usize)> {
        let ops = self.program.ops.get(at..)?;
        let after_quick = |skip: u8| at + 1 + usize::from(skip);
        let place = |place: u32| self.program.places.get(place as usize).copied();
        match *ops {
            [Op::EmitVar(slot, _) | Op::EmitSome(slot, _), ..] => Some((LineValue::Variable(slot), at, at + 1)),
            [Op::EmitArgument(slot, _), ..] => Some((LineValue::Argument(slot), at, at + 1)),
            [Op::Load(slot), Op::EmitQuiet, ..] => Some((LineValue::Variable(u16::try_from(slot).ok()?), at, at + 2)),
            [Op::Load(slot), Op::Nothing, Op::EmitQuiet, ..] => {
                Some((LineValue::Variable(u16::try_from(slot).ok()?), at, at + 3))
            }
            [Op::Print(skip, index), ..] => {
                let value = match place(index)? {
                    Place::Member(slot, name) => LineValue::Member(slot, name),
                    _ => LineValue::Place(index),
                };
                Some((value, at + 1, after_quick(skip)))
            }
            [Op::PrintScript(skip, util, index), ..] => {
                Some((LineValue::Script(util, index), at + 1, after_quick(skip)))
            }
            [Op::PlaceIf(_, index), Op::LoadGet(..), Op::JumpIfFalse(to), Op::Text(text), ..] => {
                let Place::Member(slot, name) = place(index)? else { return None };
                let property = self.program.properties.get(name as usize)?;
                let is_it = property.getter == JavaMethod::GetHasNext && to as usize == at + 4;
                is_it.then_some((LineValue::HasNext(slot, text), at + 1, at + 4))
            }
            _ => None,
        }
    }

    /// Adds a text to a line.
    fn add_text(&mut self, draft: &mut Draft, text: u32) {
        let more = self.program.texts.get(text as usize).map_or(0, |text| text.len());
        if !draft.texts.is_empty() && draft.length + more > MOST_MERGED {
            self.add_part(draft, LineValue::Nothing, draft.end);
        }
        draft.texts.push(text);
        draft.length += more;
    }

    /// Adds a part of the texts before it and a value to a line.
    fn add_part(&mut self, draft: &mut Draft, value: LineValue, at: usize) {
        let text = match *draft.texts.as_slice() {
            [] => NONE,
            [text] => text,
            ref texts => {
                let texts = texts.iter().filter_map(|text| self.program.texts.get(*text as usize));
                let joined: String = texts.map(|text| &**text).collect();
                self.text(&joined)
            }
        };
        draft.texts.clear();
        draft.length = 0;
        draft.parts.push(LinePart { text, value, at: at as u32 });
    }

    /// Puts a line in the place of the op at `at` and returns the op after the line; `None` if it has too few parts.
    fn add_line(&mut self, mut draft: Draft, at: usize, is_block: bool) -> Option<usize> {
        if !draft.texts.is_empty() {
            let end = draft.end;
            self.add_part(&mut draft, LineValue::Nothing, end);
        }
        match *draft.parts.as_slice() {
            [] => return None,
            [LinePart { text, value, .. }] if !is_block && (text == NONE || value == LineValue::Nothing) => {
                return None;
            }
            _ => {}
        }
        let program = &mut self.program;
        let (start, index) = (program.line_parts.len(), program.lines.len() as u32);
        program.line_parts.extend(&draft.parts);
        let op = std::mem::replace(program.ops.get_mut(at)?, Op::Line(index));
        let mut first = at as u32 + 1;
        // What a quick op does is done by the ops after it.
        if !op.is_quick() {
            let span = program.span(at);
            first = program.ops.len() as u32;
            program.ops.extend([op, Op::Jump(at as u32 + 1)]);
            program.spans.extend([span, span]);
            program.line_parts.iter_mut().skip(start).filter(|part| part.at as usize == at).for_each(|p| p.at = first);
        }
        program.lines.push(Line {
            parts: start as u32..program.line_parts.len() as u32,
            first,
            end: draft.end as u32,
            call: draft.joined_call,
            ends_body: program.ops.get(draft.end) == Some(&Op::Return),
        });
        Some(draft.end)
    }
}

/// Returns how each op of a program is reached. A line ends before an op that is jumped to, so that another begins
/// there.
fn reached(program: &Program) -> Vec<Reached> {
    let mut reached = vec![Reached::default(); program.ops.len()];
    let mut mark = |at: u32, by_jump: bool| {
        if let Some(own) = reached.get_mut(at as usize) {
            own.by_jump |= by_jump;
            own.as_block |= !by_jump;
        }
    };
    for op in &program.ops {
        if let Op::Jump(to) | Op::JumpIfFalse(to) | Op::JumpIfTrue(to) | Op::JumpIfNull(to) = *op {
            mark(to, true);
        }
    }
    for l in &program.loops {
        [l.body, l.next, l.exit].into_iter().for_each(|at| mark(at, true));
    }
    program.defines.iter().for_each(|define| mark(define.plain, false));
    reached
}
