//! The turns of `#foreach` loops.

use super::probe::Watch;
use super::reference::push_copy;
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
    /// Opens a loop over the value on top of the stack, which is popped; returns `false` if values of its class
    /// cannot be iterated. Not inlined, as its values would make the frame of the interpreter larger, which nests.
    #[inline(never)]
    pub(super) fn begin_loop(&mut self, index: u32, info: &program::Loop) -> Result<bool, Error> {
        let Some(cursor) = self.stack.last().and_then(Cursor::new) else { return self.refuse_loop() };
        if let Some(Value::Map(map)) = self.stack.last() {
            self.arena.budget.charge(4 + map.len())?;
        }
        self.stack.pop();
        if self.caches.is_empty() && self.number == 0 {
            self.caches.resize(self.program.properties.len(), InlineCache::default());
        }
        self.loop_ids += 1;
        let id = self.loop_ids;
        for slot in info.shadowed() {
            match self.slots.get(slot as usize) {
                Some(old) if !info.in_macro => push_copy(&mut self.shadowed, false, old),
                _ => {
                    let old = self.read(slot, info.in_macro)?;
                    self.shadowed.push(old);
                }
            }
        }
        let mut scope = None;
        if let Some(slot) = info.scope {
            let outer = self.read(slot, info.in_macro)?;
            let state = Loop { index: Cell::new(-1), has_next: Cell::new(false), outer, id, own: RefCell::new(None) };
            let value = self.arena.view(View::Loop(state))?;
            if let Value::View(view) = value {
                scope = Some(view);
                self.write_made(slot, info.in_macro, || Value::View(view));
            }
        }
        self.loops.push(RunningLoop {
            index,
            id,
            cursor,
            turns: 0,
            scope,
            null_turn: false,
            stack: self.stack.len(),
            captures: self.out.depth(),
        });
        Ok(true)
    }

    /// Pops a value that no loop can walk over, and notes it unless it is null or an empty text.
    #[cold]
    fn refuse_loop(&mut self) -> Result<bool, Error> {
        match self.pop() {
            // A stream has an `iterator()`, but its class is not accessible to reflection.
            Value::View(View::Stream(_) | View::Ints(_)) => {
                return Err(Error::new(Code::JavaException, "`#foreach` cannot iterate over a stream"));
            }
            Value::Null => {}
            Value::Str(text) if text.is_empty() => {}
            other => self.note_here(Code::NotIterable, format!("`#foreach` cannot walk over a {}", other.class_name())),
        }
        Ok(false)
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
                self.write_made(slot, info.in_macro, || Value::Int(value));
            }
            return Ok(true);
        }
        self.null_turns -= u32::from(std::mem::take(&mut running.null_turn));
        if let Some((key, more)) = running.cursor.next_key() {
            self.start_turn(info, more)?;
            if let Some(slot) = info.variable {
                self.write_made(slot, info.in_macro, || Value::str(key));
            }
            return Ok(true);
        }
        let Some((value, more)) = running.cursor.next()? else { return Ok(false) };
        running.null_turn = value.is_null();
        self.null_turns += u32::from(running.null_turn);
        self.start_turn(info, more)?;
        if let Some(slot) = info.variable {
            // Common kinds are copied one by one, as in `push_copy`.
            match value {
                Value::Map(map) => self.write_made(slot, info.in_macro, || Value::Map(map)),
                Value::Str(Text::Borrowed(text)) => self.write_made(slot, info.in_macro, || Value::str(text)),
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
        for slot in info.shadowed().rev() {
            match self.shadowed.pop() {
                None | Some(Value::Null) => self.write_made(slot, info.in_macro, || Value::Null),
                Some(old) => self.write_variable(slot, old, info.in_macro),
            }
        }
        if let (Some(slot), Some(View::Loop(state))) = (info.scope, running.scope) {
            // A value that the template assigned to `$foreach` stays.
            let now = self.slots.get(slot as usize);
            if matches!(now, Some(Value::View(View::Loop(_)))) {
                self.write_variable(slot, state.outer.clone(), info.in_macro);
            }
        }
    }
}
