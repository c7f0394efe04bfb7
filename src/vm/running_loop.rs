//! The state of a running `#foreach` loop, as data.

use crate::builtins::iterate::Cursor;
use crate::value::View;

/// A running `#foreach`.
pub(super) struct RunningLoop<'r> {
    /// The index of the loop in the program.
    pub(super) index: u32,
    pub(super) cursor: Cursor<'r>,
    pub(super) turns: u32,
    /// The `$foreach` object, if the body of the loop may mention it.
    pub(super) scope: Option<&'r View<'r>>,
    /// The current element is null: the turn has a frame, which holds the variable.
    pub(super) is_null_turn: bool,
    /// Turns without an element hold the variable, which an inner loop over the same variable ends.
    pub(super) holds: bool,
    /// The heights of stack and captures to unwind to when the loop is left by a jump.
    pub(super) stack: usize,
    pub(super) captures: usize,
}
