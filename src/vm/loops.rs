//! The turns of `#foreach` loops.

use super::probe::Watch;
use super::running_loop::RunningLoop;
use super::state::Vm;
use crate::builtins::iterate::Cursor;
use crate::diagnostic::Code;
use crate::error::Error;
use crate::program;
use crate::value::view::Loop;
use crate::value::{InlineCache, Text, Value, View};
use std::cell::{Cell, RefCell};

impl<'r, W: Watch> Vm<'r, W> {
    /// Opens a loop over a value; returns `false` if values of its class cannot be iterated. Not inlined, as its
    /// values would make the frame of the interpreter larger, which nests.
    #[inline(never)]
    pub(super) fn begin_loop(&mut self, index: u32, info: &program::Loop, over: &Value<'r>) -> Result<bool, Error> {
        let Some(cursor) = Cursor::new(self.arena, over) else {
            // A stream has an `iterator()`, but its class is not accessible to reflection.
            return match over {
                Value::View(View::Stream(_) | View::Ints(_)) => {
                    Err(Error::new(Code::JavaException, "`#foreach` cannot iterate over a stream"))
                }
                _ => Ok(false),
            };
        };
        if self.caches.is_empty() && self.number == 0 {
            self.caches.resize(self.program.properties.len(), InlineCache::default());
        }
        if let Value::Map(map) = over {
            self.arena.budget.charge(4 + map.len())?;
        }
        self.loop_ids += 1;
        let id = self.loop_ids;
        let old = |vm: &mut Self, slot: Option<u32>| match slot {
            Some(slot) => vm.read(slot, info.in_macro),
            None => Ok(Value::Null),
        };
        let variable = old(self, info.variable)?;
        let count = old(self, info.count)?;
        let has_next = old(self, info.has_next)?;
        let mut scope = None;
        if let Some(slot) = info.scope {
            let outer = self.read(slot, info.in_macro)?;
            let state = Loop { index: Cell::new(-1), has_next: Cell::new(false), outer, id, own: RefCell::new(None) };
            let value = self.arena.view(View::Loop(state))?;
            if let Value::View(view) = value {
                scope = Some(view);
            }
            self.write_variable(slot, value, info.in_macro);
        }
        self.loops.push(RunningLoop {
            index,
            id,
            cursor,
            turns: 0,
            variable,
            count,
            has_next,
            scope,
            null_turn: false,
            stack: self.stack.len(),
            captures: self.out.depth(),
        });
        Ok(true)
    }

    /// Starts the next turn of the innermost loop; returns `false` after the last.
    pub(super) fn next_turn(&mut self, info: &program::Loop) -> Result<bool, Error> {
        let Some(running) = self.loops.last_mut() else { return Ok(false) };
        if u64::from(running.turns) >= self.most_turns && running.cursor.has_next() {
            return self.cut_loop(info);
        }
        if let Some((value, more)) = running.cursor.next_of_range() {
            self.start_turn(info, more)?;
            if let Some(slot) = info.variable {
                self.write_variable(slot, Value::Int(value), info.in_macro);
            }
            return Ok(true);
        }
        self.null_turns -= u32::from(std::mem::take(&mut running.null_turn));
        let Some((value, more)) = running.cursor.next()? else { return Ok(false) };
        running.null_turn = value.is_null();
        self.null_turns += u32::from(running.null_turn);
        self.start_turn(info, more)?;
        if let Some(slot) = info.variable {
            // Common kinds are copied one by one, as in `push_copy`.
            match value {
                Value::Map(map) => self.write_variable(slot, Value::Map(map), info.in_macro),
                Value::Str(Text::Borrowed(text)) => self.write_variable(slot, Value::str(text), info.in_macro),
                other => self.write_variable(slot, other, info.in_macro),
            }
        }
        Ok(true)
    }

    /// Counts and charges a turn of the innermost loop, and sets its variables other than the element.
    #[inline(always)]
    fn start_turn(&mut self, info: &program::Loop, more: bool) -> Result<(), Error> {
        let Some(running) = self.loops.last_mut() else { return Ok(()) };
        running.turns += 1;
        let turns = running.turns as i32;
        if let Some(View::Loop(state)) = running.scope {
            state.index.set(turns - 1);
            state.has_next.set(more);
        }
        self.arena.budget.charge(info.cost as usize)?;
        if let Some(slot) = info.count {
            self.write_variable(slot, Value::Int(turns), info.in_macro);
        }
        if let Some(slot) = info.has_next {
            self.write_variable(slot, Value::Bool(more), info.in_macro);
        }
        Ok(())
    }

    /// Ends a loop at the turn limit: with a note, or an error if the limit is strict; either is placed at the
    /// `#foreach`.
    #[cold]
    fn cut_loop(&mut self, info: &program::Loop) -> Result<bool, Error> {
        self.at = (info.body as usize).saturating_sub(1);
        let detail = format!("a `#foreach` stops after {} turns", self.most_turns);
        if self.loop_limit_fails {
            return Err(Error::new(Code::LoopLimit, detail));
        }
        self.note_here(Code::LoopCut, detail);
        Ok(false)
    }

    /// Closes the innermost loop and restores the variables it shadowed.
    pub(super) fn end_loop(&mut self) {
        let Some(running) = self.loops.pop() else { return };
        self.null_turns -= u32::from(running.null_turn);
        let Some(info) = self.program.loops.get(running.index as usize) else { return };
        let restore = |vm: &mut Self, slot: Option<u32>, old: Value<'r>| {
            if let Some(slot) = slot {
                vm.write_variable(slot, old, info.in_macro);
            }
        };
        restore(self, info.variable, running.variable);
        restore(self, info.count, running.count);
        restore(self, info.has_next, running.has_next);
        if let (Some(slot), Some(View::Loop(state))) = (info.scope, running.scope) {
            // A value that the template assigned to `$foreach` stays.
            let now = self.slots.get(slot as usize);
            if matches!(now, Some(Value::View(View::Loop(_)))) {
                self.write_variable(slot, state.outer.clone(), info.in_macro);
            }
        }
    }
}
