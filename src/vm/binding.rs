//! The frames of macro calls and of turns without an element, as data.

use crate::program::ByName;
use crate::value::Value;
use std::collections::HashMap;
use std::ops::Range;

/// A context of Velocity that others are wrapped around: variables are looked up in it before those outside.
pub(super) struct Frame<'r> {
    /// The number of frames visible outside of it; for a call those that its arguments see.
    pub(super) outer: usize,
    pub(super) kind: FrameKind<'r>,
}

impl Frame<'_> {
    /// Returns the bytes that it takes.
    pub(super) fn size(&self) -> usize {
        let own = match &self.kind {
            FrameKind::Call(call) => call.bindings.len() * size_of::<Binding<'_>>() + call.locals.size(),
            FrameKind::NullTurn(_) => 0,
        };
        size_of::<Self>() + own
    }
}

pub(super) enum FrameKind<'r> {
    Call(MacroFrame<'r>),
    NullTurn(Held),
}

/// The variables of one macro call.
pub(super) struct MacroFrame<'r> {
    /// The bindings of this call, as a range of all bindings.
    pub(super) bindings: Range<usize>,
    /// The variables set in this call.
    pub(super) locals: Locals<'r>,
}

/// The variable of a loop whose current element is null (Velocity's `NullHolderContext`).
pub(super) struct Held {
    pub(super) slot: u32,
    /// The variable reads as null, whatever is set; false after an inner loop over the same variable has removed it.
    pub(super) is_active: bool,
}

/// The binding of a macro parameter to an argument.
pub(super) struct Binding<'r> {
    pub(super) slot: u32,
    pub(super) argument: BoundArgument<'r>,
}

pub(super) enum BoundArgument<'r> {
    Value(Value<'r>),
    /// Evaluated at each use; the number is that of its program.
    ByName(&'r ByName, u32),
    /// Removed by a loop over the parameter; its source is still printed for null.
    Removed(&'r ByName),
    Null,
}

/// A reference to a macro definition: a program and an index in it.
#[derive(Clone, Copy)]
pub(super) struct MacroRef {
    pub(super) program: u32,
    pub(super) index: u32,
}

/// Number of locals up to which they are searched one by one.
const FEW: usize = 16;

/// The local variables of a call, by slot.
#[derive(Default)]
pub(super) struct Locals<'r> {
    few: Vec<(u32, Value<'r>)>,
    many: HashMap<u32, Value<'r>, foldhash::fast::RandomState>,
}

impl<'r> Locals<'r> {
    pub(super) fn get(&self, slot: u32) -> Option<&Value<'r>> {
        if !self.many.is_empty() {
            return self.many.get(&slot);
        }
        self.few.iter().find(|(own, _)| *own == slot).map(|(_, value)| value)
    }

    fn size(&self) -> usize {
        (self.few.capacity() + self.many.capacity()) * size_of::<(u32, Value<'_>)>()
    }

    pub(super) fn remove(&mut self, slot: u32) {
        self.many.remove(&slot);
        self.few.retain(|(own, _)| *own != slot);
    }

    pub(super) fn set(&mut self, slot: u32, value: Value<'r>) {
        if self.many.is_empty() && self.few.len() < FEW {
            self.few.retain(|(own, _)| *own != slot);
            self.few.push((slot, value));
            return;
        }
        self.many.extend(self.few.drain(..));
        self.many.insert(slot, value);
    }
}
