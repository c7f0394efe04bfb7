//! The turns of `#foreach` loops.

use super::binding::{Frame, FrameKind, Held};
use super::probe::Watch;
use super::reference::push_copy;
use super::running_loop::RunningLoop;
use super::state::{Flow, Vm};
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
        for slot in info.shadowed() {
            match self.slots.get(slot as usize) {
                Some(old) if self.visible == 0 => push_copy(&mut self.shadowed, false, old),
                _ => {
                    let old = self.read(slot)?;
                    self.shadowed.push(old);
                }
            }
        }
        let mut scope = None;
        if let Some(slot) = info.scope {
            let outer = self.read(slot)?;
            let source = (self.number, index);
            let (has_next, own) = (Cell::new(false), RefCell::new(None));
            let state = Loop { index: Cell::new(-1), has_next, outer, source, own };
            let value = self.arena.view(View::Loop(state))?;
            if let Value::View(view) = value {
                scope = Some(view);
                self.write_made(slot, || Value::View(view));
            }
        }
        self.loops.push(RunningLoop {
            index,
            cursor,
            turns: 0,
            scope,
            is_null_turn: false,
            holds: true,
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
                self.write_made(slot, || Value::Int(value));
            }
            return Ok(true);
        }
        if let Some((key, more)) = running.cursor.next_key() {
            self.start_turn(info, more)?;
            if let Some(slot) = info.variable {
                self.write_made(slot, || Value::str(key));
            }
            return Ok(true);
        }
        let next = running.cursor.next()?;
        if running.is_null_turn {
            self.end_null_turn();
        }
        let Some((value, more)) = next else { return Ok(false) };
        self.start_turn(info, more)?;
        if let Some(slot) = info.variable {
            if value.is_null() {
                self.begin_null_turn(slot);
                return Ok(true);
            }
            // Common kinds are copied one by one, as in `push_copy`.
            match value {
                Value::Map(map) => self.write_made(slot, || Value::Map(map)),
                Value::Str(Text::Borrowed(text)) => self.write_made(slot, || Value::str(text)),
                other => self.write_variable(slot, other),
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
            self.write_variable(slot, Value::Int(turns));
        }
        if let Some(slot) = info.has_next {
            self.write_variable(slot, Value::Bool(more));
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

    /// Sets the variable of the innermost loop to null, and holds it so for a turn.
    #[cold]
    fn begin_null_turn(&mut self, slot: u32) {
        self.write_variable(slot, Value::Null);
        let Some(running) = self.loops.last_mut() else { return };
        running.is_null_turn = true;
        let is_active = running.holds;
        self.open_frame(FrameKind::NullTurn(Held { slot, is_active }));
    }

    /// Ends a turn of the innermost loop whose element is null.
    #[cold]
    fn end_null_turn(&mut self) {
        let frame = self.visible.checked_sub(1).and_then(|top| self.frames.get(top));
        if let (Some(running), Some(Frame { kind: FrameKind::NullTurn(held), .. })) = (self.loops.last_mut(), frame) {
            running.is_null_turn = false;
            running.holds = held.is_active;
            self.close_frame();
        }
    }

    /// Stops a flow at the loop it is for, of those from index `base` on, which belong to the running body: closes the
    /// loops in it and returns its last op. Returns `None` for a flow that goes on to leave the body.
    pub(super) fn stop_flow(&mut self, flow: Flow, base: usize) -> Result<Option<usize>, Error> {
        let own = self.loops.get(base..).unwrap_or_default();
        let place = match flow {
            Flow::Return | Flow::Stop => None,
            Flow::Break => own.len().checked_sub(1),
            Flow::BreakScope(source) => own.iter().rposition(|running| (self.number, running.index) == source),
        };
        let Some(place) = place else { return Ok(None) };
        while self.loops.len() > base + place + 1 {
            self.end_loop()?;
        }
        let Some(running) = self.loops.last() else { return Ok(None) };
        self.stack.truncate(running.stack);
        let discarded = self.out.unwind(running.captures);
        self.arena.charge_captured(discarded)?;
        Ok(self.program.loops.get(running.index as usize).map(|info| info.exit as usize - 1))
    }

    /// Closes the innermost loop and restores the variables it shadowed.
    pub(super) fn end_loop(&mut self) -> Result<(), Error> {
        if self.loops.last().is_some_and(|running| running.is_null_turn) {
            self.end_null_turn();
        }
        let Some(running) = self.loops.pop() else { return Ok(()) };
        let Some(info) = self.program.loops.get(running.index as usize) else { return Ok(()) };
        for slot in info.shadowed().rev() {
            match self.shadowed.pop() {
                None | Some(Value::Null) => self.remove_variable(slot),
                Some(old) => self.write_variable(slot, old),
            }
        }
        match info.scope {
            Some(slot) => self.restore_scope(slot),
            None => Ok(()),
        }
    }

    /// Sets `$foreach` to what it was before the loop it is of.
    fn restore_scope(&mut self, slot: u32) -> Result<(), Error> {
        match self.read(slot)? {
            Value::View(View::Loop(state)) => match &state.outer {
                Value::Null => self.remove_variable(slot),
                outer => self.write_variable(slot, outer.clone()),
            },
            Value::Null => {
                let detail = "a `#foreach` ends without its `$foreach` (java.lang.NullPointerException)";
                return Err(Error::new(Code::JavaException, detail));
            }
            // A value that the template assigned to `$foreach` stays.
            _ => {}
        }
        Ok(())
    }
}
