//! Lines: texts and values that are printed one after another, without the stack.

use super::probe::Watch;
use super::state::Vm;
use crate::error::Error;
use crate::program::Op;
use crate::program::line::{Line, LineValue, NONE};
use crate::value::{Block, Plain, Value, View};

impl<'r, W: Watch> Vm<'r, W> {
    /// Returns the op that runs in the place of another with a probe attached, which sees generic ops only; `None`
    /// for one that is left out.
    pub(super) fn watched_op(&self, op: Op) -> Option<Op> {
        let Op::Line(line) = op else { return (!op.is_quick()).then_some(op) };
        let first = self.program.lines.get(line as usize)?.first as usize;
        if first == self.at + 1 { None } else { self.program.ops.get(first).copied() }
    }

    /// Writes a line and returns the op to go on at: the one after the line, or that of a value which is not of a
    /// plain kind.
    #[inline(never)]
    pub(super) fn run_line(&mut self, line: &Line) -> Result<usize, Error> {
        if line.call != NONE && self.macro_depth >= self.most_macro_depth {
            return Ok(line.first as usize);
        }
        self.write_line(line, true)
    }

    /// Writes a line as [`run_line`](Vm::run_line) does, with or without blocks.
    fn write_line(&mut self, line: &Line, with_blocks: bool) -> Result<usize, Error> {
        let (program, start) = (self.program, self.at);
        let parts = program.line_parts.get(line.parts.start as usize..line.parts.end as usize);
        for part in parts.unwrap_or_default() {
            self.at = part.at as usize;
            if let Some(text) = program.texts.get(part.text as usize) {
                self.out.push(text)?;
            }
            let is_written = match part.value {
                LineValue::Nothing => true,
                LineValue::Variable(slot) => match self.slots.get(usize::from(slot)) {
                    Some(Value::Block(block)) if with_blocks => self.print_block(block)?,
                    Some(value) => self.out.push_scalar(value)?,
                    None => false,
                },
                LineValue::Argument(slot) => match self.slots.get(usize::from(slot)) {
                    Some(value) => self.out.push_scalar(value)?,
                    None => false,
                },
                LineValue::Member(slot, name) => match self.member(slot, name) {
                    Some(Plain::Text(text)) => self.out.push(text).map(|()| true)?,
                    Some(other) => self.out.push_plain(other)?,
                    None => false,
                },
                LineValue::Place(place) => self.print_place(place)?,
                LineValue::Script(util, place) => self.print_script(util, place)?,
                LineValue::HasNext(slot, text) => match self.slots.get(usize::from(slot)) {
                    Some(Value::View(View::Loop(state))) if !state.has_next.get() => true,
                    Some(Value::View(View::Loop(_))) => {
                        let text = program.texts.get(text as usize).map_or("", |text| text);
                        self.out.push(text).map(|()| true)?
                    }
                    _ => false,
                },
            };
            if !is_written {
                return Ok(self.leave_line(line, start, part.at as usize));
            }
        }
        if line.call != NONE {
            self.inlined = line.call;
        }
        Ok(line.end as usize)
    }

    /// Lets the op at `at` take over in a line from `start` on: finds the inlined call that it belongs to.
    #[cold]
    fn leave_line(&mut self, line: &Line, start: usize, at: usize) -> usize {
        let ops = self.program.ops.as_slice();
        let before = ops.get(start + 1..at).filter(|_| line.call != NONE && at != line.first as usize);
        let op = before.and_then(|ops| ops.iter().rfind(|op| matches!(op, Op::Inline(_))));
        if let Some(&Op::Inline(call)) = op.or_else(|| ops.get(line.first as usize)) {
            self.inlined = call;
        }
        at
    }

    /// Writes a block that is one line, without a frame of the interpreter; returns `false` and writes nothing if
    /// it is any other block, or one that must not nest deeper.
    #[inline(never)]
    pub(super) fn print_block(&mut self, block: &'r Block<'r>) -> Result<bool, Error> {
        if W::ON
            || self.visible > 0
            || block.program != self.number
            || self.depth >= self.most_depth
            || block.depth.get() >= block.most
        {
            return Ok(false);
        }
        let program = self.program;
        let start = block.plain as usize;
        let line = match program.ops.get(start) {
            Some(Op::Line(line)) => program.lines.get(*line as usize),
            _ => None,
        };
        let Some(line) = line.filter(|line| line.ends_body && line.call == NONE) else { return Ok(false) };
        let (before, mark) = (self.at, self.out.text().len());
        let end = self.write_line(line, false).map_err(|error| self.place(error))?;
        self.at = before;
        if end != line.end as usize {
            self.out.truncate(mark);
            return Ok(false);
        }
        self.arena.budget.charge(2 + end - start).map(|()| true)
    }
}
