//! The frames of macro calls and the bindings of their parameters, as data.

use crate::program::ByName;
use crate::value::Value;
use std::collections::HashMap;
use std::ops::Range;

/// The frame of one macro call.
pub(super) struct Frame<'r> {
    /// The number of frames visible to the caller, which are those its arguments see.
    pub(super) outer: usize,
    /// The bindings of this call, as a range of all bindings.
    pub(super) bindings: Range<usize>,
    /// The variables set in this call.
    pub(super) locals: Locals<'r>,
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
    /// Null, or unset since the call.
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
