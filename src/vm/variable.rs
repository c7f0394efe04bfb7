//! Variables: reading and setting them through the visible frames.
//!
//! A read searches the visible frames from the innermost outward, and finally the context. A call has its locals and
//! its arguments, of which by-name ones are evaluated at each use. A turn whose element is null holds the variable of
//! its loop at null. A `#set` writes the locals of all visible calls, and the context (Velocity's `ProxyVMContext` and
//! `NullHolderContext`). Code outside of macros reads the context itself, so a variable that is held there stays null.

use super::binding::{BoundArgument, Frame, FrameKind};
use super::probe::Watch;
use super::state::Vm;
use crate::error::Error;
use crate::value::Value;

#[derive(Clone, Copy)]
enum Change<'v, 'r> {
    Set(&'v Value<'r>),
    Remove,
}

impl<'r, W: Watch> Vm<'r, W> {
    /// Returns the value of a variable.
    #[inline]
    pub(super) fn read(&mut self, slot: u32) -> Result<Value<'r>, Error> {
        if self.visible > 0 {
            return self.read_in_frames(slot);
        }
        Ok(self.slots.get(slot as usize).cloned().unwrap_or(Value::Null))
    }

    /// Returns the value of a variable where frames are visible.
    fn read_in_frames(&mut self, slot: u32) -> Result<Value<'r>, Error> {
        let mut visible = self.visible;
        while let Some(frame) = visible.checked_sub(1).and_then(|top| self.frames.get(top)) {
            visible = frame.outer;
            let call = match &frame.kind {
                FrameKind::Call(call) => call,
                FrameKind::NullTurn(held) if held.is_active && held.slot == slot => return Ok(Value::Null),
                FrameKind::NullTurn(_) => continue,
            };
            if let Some(value) = call.locals.get(slot) {
                return Ok(value.clone());
            }
            let bindings = self.bindings.get(call.bindings.clone()).unwrap_or_default();
            self.arena.budget.charge(bindings.len() / 16)?;
            let mut by_name = None;
            // Of two parameters with one name the last is used.
            for own in bindings.iter().rev().filter(|own| own.slot == slot) {
                match &own.argument {
                    BoundArgument::Value(value) => return Ok(value.clone()),
                    BoundArgument::ByName(argument, program) => by_name = by_name.or(Some((*argument, *program))),
                    BoundArgument::Removed(_) | BoundArgument::Null => {}
                }
            }
            if let Some((argument, program)) = by_name {
                return self.argument(argument, program, visible);
            }
        }
        Ok(self.slots.get(slot as usize).cloned().unwrap_or(Value::Null))
    }

    /// Sets a variable.
    #[inline(always)]
    pub(super) fn write_variable(&mut self, slot: u32, value: Value<'r>) {
        if self.visible > 0 && self.write_frames(slot, Change::Set(&value)) && !value.is_null() {
            return;
        }
        if let Some(place) = self.slots.get_mut(slot as usize) {
            *place = value;
        }
    }

    /// Sets a variable as [`write_variable`](Vm::write_variable) does to the value that `make` returns, which is built
    /// in its place: a copy of it right after would defeat store-to-load forwarding.
    #[inline(always)]
    pub(super) fn write_made(&mut self, slot: u32, make: impl Fn() -> Value<'r>) {
        if self.visible > 0 {
            self.write_through(slot, make());
        } else if let Some(place) = self.slots.get_mut(slot as usize) {
            *place = make();
        }
    }

    /// Sets a variable where frames are visible. Not inlined, so that loops outside of them stay small.
    #[cold]
    #[inline(never)]
    fn write_through(&mut self, slot: u32, value: Value<'r>) {
        self.write_variable(slot, value);
    }

    /// Removes a variable.
    pub(super) fn remove_variable(&mut self, slot: u32) {
        if self.visible > 0 {
            self.write_frames(slot, Change::Remove);
        }
        if let Some(place) = self.slots.get_mut(slot as usize) {
            *place = Value::Null;
        }
    }

    /// Changes a variable in the visible frames; returns `true` if a turn holds it in the context.
    #[inline(never)]
    fn write_frames(&mut self, slot: u32, change: Change<'_, 'r>) -> bool {
        let mut is_held = false;
        let mut visible = self.visible;
        while let Some(frame) = visible.checked_sub(1).and_then(|top| self.frames.get_mut(top)) {
            visible = frame.outer;
            // The next charge reports that the limit was reached.
            let _ = self.arena.budget.charge(3);
            let call = match &mut frame.kind {
                FrameKind::Call(call) => call,
                FrameKind::NullTurn(held) => {
                    if held.slot == slot {
                        held.is_active = match change {
                            Change::Set(Value::Null) => true,
                            Change::Set(_) => held.is_active,
                            Change::Remove => false,
                        };
                        is_held |= held.is_active;
                    }
                    continue;
                }
            };
            is_held = false;
            if let Change::Set(value) = change
                && !value.is_null()
            {
                call.locals.set(slot, value.clone());
                continue;
            }
            call.locals.remove(slot);
            let bindings = self.bindings.get_mut(call.bindings.clone()).unwrap_or_default();
            for own in bindings.iter_mut().filter(|own| own.slot == slot) {
                match (&own.argument, change) {
                    (BoundArgument::Value(_), _) => own.argument = BoundArgument::Null,
                    (BoundArgument::ByName(argument, _), Change::Remove) => {
                        own.argument = BoundArgument::Removed(argument);
                    }
                    _ => {}
                }
            }
        }
        is_held
    }

    /// Returns the source of the by-name argument bound to a parameter, which is printed for null.
    pub(super) fn argument_source(&self, slot: u32) -> Option<&'r str> {
        let mut visible = self.visible;
        while let Some(frame) = visible.checked_sub(1).and_then(|top| self.frames.get(top)) {
            visible = frame.outer;
            let FrameKind::Call(call) = &frame.kind else { continue };
            let bindings = self.bindings.get(call.bindings.clone()).unwrap_or_default();
            for own in bindings.iter().rev().filter(|own| own.slot == slot) {
                if let BoundArgument::ByName(argument, _) | BoundArgument::Removed(argument) = own.argument {
                    return Some(&argument.source);
                }
            }
        }
        None
    }

    /// Pushes a frame and makes it visible.
    pub(super) fn open_frame(&mut self, kind: FrameKind<'r>) {
        self.frames.push(Frame { outer: self.visible, kind });
        self.visible = self.frames.len();
    }

    /// Closes the innermost visible frame; returns `false` if a block may still see it, so that it stays.
    pub(super) fn close_frame(&mut self) -> bool {
        let Some(top) = self.visible.checked_sub(1) else { return false };
        let Some(frame) = self.frames.get(top) else { return false };
        self.visible = frame.outer;
        if top < self.kept {
            // The next charge reports that the limit was reached.
            let _ = self.arena.budget.hold(frame.size());
            return false;
        }
        self.frames.truncate(top);
        true
    }

    /// Keeps the visible frames for a block that sees them later, and returns their number: 0 outside of calls.
    pub(super) fn keep_frames(&mut self) -> usize {
        if !self.is_in_call() {
            return 0;
        }
        self.kept = self.kept.max(self.visible);
        self.visible
    }

    /// Holds variables in the context again, after a block has run that does not see the turns which hold them.
    pub(super) fn hold_again(&mut self) {
        let mut holding = self.visible;
        let mut visible = self.visible;
        while let Some(frame) = visible.checked_sub(1).and_then(|top| self.frames.get(top)) {
            visible = frame.outer;
            if let FrameKind::Call(_) = frame.kind {
                holding = visible;
            }
        }
        while let Some(frame) = holding.checked_sub(1).and_then(|top| self.frames.get(top)) {
            holding = frame.outer;
            if let FrameKind::NullTurn(held) = &frame.kind
                && held.is_active
                && let Some(place) = self.slots.get_mut(held.slot as usize)
            {
                *place = Value::Null;
            }
        }
    }

    /// Returns `true` if the frame of a call may be visible.
    pub(super) fn is_in_call(&self) -> bool {
        self.frames.iter().take(self.visible).any(|frame| matches!(frame.kind, FrameKind::Call(_)))
    }
}
