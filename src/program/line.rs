//! Lines: texts and values that are printed one after another.

use std::ops::Range;

/// The index of a text or call that a part does not have.
pub(crate) const NONE: u32 = u32::MAX;

/// A superinstruction of ops that print, up to one that does anything else.
///
/// It stands in the place of the first of them. The others stay where they are, and take over at the first
/// value that is not of a plain kind.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    /// The parts, in [`Program::line_parts`](super::Program::line_parts).
    pub(crate) parts: Range<u32>,
    /// The first of the ops that the line does the work of. It is behind all other code, with a jump back after
    /// it; or the one after the line, if the line took the place of a quick op.
    pub(crate) first: u32,
    /// The op after the line.
    pub(crate) end: u32,
    /// The last macro call that is inlined in the line, or [`NONE`].
    pub(crate) call: u32,
    /// The body ends after the line.
    pub(crate) ends_body: bool,
}

/// A text of a line, and the value after it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LinePart {
    /// The text, or [`NONE`].
    pub(crate) text: u32,
    pub(crate) value: LineValue,
    /// The op that takes over if the value is not of a plain kind.
    pub(crate) at: u32,
}

/// A printed value. Slots are those of variables; places and texts are those of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LineValue {
    Nothing,
    /// `$x`.
    Variable(u16),
    /// `$x` in an inlined macro, whose parameters a block may see.
    Argument(u16),
    /// `$o.name`: the variable and the name.
    Member(u16, u32),
    /// Another place.
    Place(u32),
    /// `$util.escapeJavaScript($o.name)`: the slot of `$util` and the place of the argument.
    Script(u16, u32),
    /// `#if($foreach.hasNext),#end`: the variable and the text.
    HasNext(u16, u32),
}

const _: () = assert!(size_of::<LinePart>() == 16);
