//! The frames of macro calls and the bindings of their parameters, as data.

use crate::program::ByName;
use crate::value::Value;
use std::ops::Range;

/// The frame of one macro call.
pub(super) struct Frame<'r> {
    /// The number of frames visible to the caller, which are those its arguments see.
    pub(super) outer: usize,
    /// The bindings of this call, as a range of all bindings.
    pub(super) bindings: Range<usize>,
    /// The variables set in this call.
    pub(super) locals: Vec<(u32, Value<'r>)>,
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
