//! The instructions of a regular expression that backtracks.

use super::set::Set;
use memchr::memmem::Finder;

/// A compiled regular expression.
#[derive(Debug, Default)]
pub(super) struct Program {
    pub(super) ops: Vec<Op>,
    pub(super) sets: Vec<Set>,
    /// Groups, with the whole.
    pub(super) groups: usize,
    /// Slots of the machine: two for each group, its start and end; one for each group, where it was entered last; one
    /// for each loop whose body may match nothing.
    pub(super) slots: usize,
    /// Places whose failures can be remembered: one for each choice. None where a failure depends on more than the
    /// place and the position: on groups, and on the turns of a loop.
    pub(super) choices: Option<usize>,
    /// Set if groups are read while matching.
    pub(super) reads_groups: bool,
    /// Where a match can start.
    pub(super) start: Start,
    /// A text that is in every match, searched: making its searcher takes as long as the text.
    pub(super) required: Option<Finder<'static>>,
}

/// The positions at which a match can start.
#[derive(Debug, Default)]
pub(super) enum Start {
    #[default]
    Anywhere,
    /// The start of the text.
    Text,
    /// The position where the search started.
    Search,
    /// At a byte of a set.
    Byte(Box<[bool; 256]>),
}

/// An instruction. Unless it says otherwise, the next one follows.
#[derive(Debug)]
pub(super) enum Op {
    /// Match a text.
    Text(Box<str>),
    /// Match a character of a set.
    Set(usize),
    /// Match characters of a set, again and again.
    Run(Run),
    /// Continue at one instruction, and at another if that fails; with the number of the choice.
    Split {
        first: usize,
        second: usize,
        choice: usize,
    },
    Jump(usize),
    /// Enter a group.
    Open(usize),
    /// Leave a group, which has matched.
    Close(usize),
    /// Keep the position in a slot.
    Save(usize),
    /// Go on elsewhere if the position is that in the slot: the turn of a loop matched nothing.
    Leave {
        slot: usize,
        exit: usize,
    },
    /// Match what a group has matched.
    Reference {
        group: usize,
        ignores_case: bool,
    },
    /// Go on elsewhere if a group has matched nothing.
    HasGroup {
        group: usize,
        otherwise: usize,
    },
    At(Place),
    /// Check what is ahead or behind, by the instructions up to `end`, which is the last of them.
    Look {
        towards: Towards,
        is_negative: bool,
        end: usize,
    },
    /// Match by the instructions up to `end`, without going back into them.
    Atomic {
        end: usize,
    },
    /// The end of a part, or of the whole.
    Done,
}

/// Repetition of the characters of a set.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) set: usize,
    pub(super) least: usize,
    pub(super) most: usize,
    pub(super) kind: Kind,
    pub(super) choice: usize,
    /// The byte that has to follow.
    pub(super) follower: Option<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Greedy,
    Lazy,
    Possessive,
}

/// A condition on a position.
#[derive(Clone, Copy, Debug)]
pub(super) enum Place {
    TextStart,
    TextEnd,
    SearchStart,
    WordBoundary,
    NoWordBoundary,
}

/// The direction of a look-around.
#[derive(Clone, Copy, Debug)]
pub(super) enum Towards {
    Ahead,
    /// Behind, matched from right to left.
    Behind,
    /// Behind, matched from left to right from so many characters before, the fewest first: its groups are read.
    From {
        least: usize,
        most: usize,
    },
}
