//! The machine that runs the instructions.

use super::program::{Kind, Op, Place, Program, Run, Towards};
use crate::budget::Budget;
use crate::diagnostic::Code;
use crate::error::Error;
use std::ops::Range;

/// A search in a text.
pub(super) struct Machine<'p, 't, 'b, 'c> {
    program: &'p Program,
    text: &'t str,
    /// Where the search started.
    from: usize,
    saves_groups: bool,
    /// Positions: [`NONE`] for a group that has not matched.
    slots: Vec<usize>,
    frames: Vec<Frame>,
    failures: Option<Failures>,
    /// Work that has not been charged, [`PARTS`] of a step each.
    unpaid: usize,
    backtracks: usize,
    most_backtracks: usize,
    budget: &'b Budget<'c>,
    held: usize,
}

/// What to do when the way taken fails.
enum Frame {
    /// Go on at another instruction.
    Other { at: usize, position: usize, choice: usize },
    /// Give a character of a run back, down to `least`.
    Shorter { at: usize, position: usize, least: usize },
    /// Take up to so many characters more in a run.
    Longer { at: usize, position: usize, more: usize },
    /// Undo a change of a slot.
    Slot { slot: usize, before: usize },
    /// Undo a change of the range of a group.
    Group { group: usize, start: usize, end: usize },
}

/// The choices that are known to fail, by position.
struct Failures {
    known: Vec<u64>,
    positions: usize,
}

impl Failures {
    fn place(&self, choice: usize, position: usize) -> (usize, u64) {
        let bit = choice * self.positions + position;
        (bit / 64, 1 << (bit % 64))
    }

    fn has(&self, choice: usize, position: usize) -> bool {
        let (word, bit) = self.place(choice, position);
        self.known.get(word).is_some_and(|known| known & bit != 0)
    }

    fn add(&mut self, choice: usize, position: usize) {
        let (word, bit) = self.place(choice, position);
        if let Some(known) = self.known.get_mut(word) {
            *known |= bit;
        }
    }
}

/// How a part is matched.
#[derive(Clone, Copy)]
struct Way {
    is_backward: bool,
    /// Where it has to end.
    target: Option<usize>,
}

const FORWARD: Way = Way { is_backward: false, target: None };

impl<'p, 't, 'b, 'c> Machine<'p, 't, 'b, 'c> {
    /// Starts a search at a byte of a text.
    ///
    /// # Errors
    /// Running out of the budget.
    pub(super) fn new(
        program: &'p Program,
        text: &'t str,
        from: usize,
        saves_groups: bool,
        budget: &'b Budget<'c>,
    ) -> Result<Self, Error> {
        budget.charge(SEARCH + program.slots / SLOTS_PER_STEP)?;
        Ok(Machine {
            program,
            text,
            from,
            saves_groups: saves_groups || program.reads_groups,
            slots: vec![NONE; program.slots],
            frames: Vec::new(),
            failures: None,
            unpaid: 0,
            backtracks: 0,
            most_backtracks: MOST_BACKTRACKS.saturating_add(text.len().saturating_mul(BACKTRACKS_PER_BYTE)),
            budget,
            held: 0,
        })
    }

    /// Returns the end of the match that starts at a position.
    ///
    /// # Errors
    /// `V308` for too much backtracking, and running out of the budget.
    pub(super) fn matches_at(&mut self, position: usize) -> Result<Option<usize>, Error> {
        self.backtracks = 0;
        self.frames.clear();
        let end = self.run(0, position, FORWARD)?;
        self.pay()?;
        Ok(end)
    }

    /// Returns the range of a group after a match.
    pub(super) fn group(&self, group: usize) -> Option<Range<usize>> {
        let slot = |slot| self.slots.get(slot).copied().filter(|&position| position != NONE);
        Some(slot(2 * group)?..slot(2 * group + 1)?)
    }

    /// Runs instructions from a position up to the end of their part; returns the position there.
    fn run(&mut self, mut at: usize, mut position: usize, way: Way) -> Result<Option<usize>, Error> {
        self.budget.descend()?;
        let base = self.frames.len();
        let program = self.program;
        loop {
            self.work(OP)?;
            let next = match program.ops.get(at) {
                Some(&Op::Set(set)) => {
                    let found = self.step(position, way).filter(|&(c, _)| self.is_in(set, c));
                    found.map(|(_, after)| (at + 1, after))
                }
                Some(Op::Text(text)) => self.text_at(position, text, way)?.map(|after| (at + 1, after)),
                Some(Op::Run(run)) => self.characters(at, run, position, way)?.map(|after| (at + 1, after)),
                Some(&Op::Split { first, second, choice }) => match self.has_failed(choice, position) {
                    true => Some((second, position)),
                    false => {
                        self.push(Frame::Other { at: second, position, choice })?;
                        Some((first, position))
                    }
                },
                Some(&Op::Jump(to)) => Some((to, position)),
                Some(&Op::Open(group)) => {
                    if self.saves_groups {
                        self.save(2 * program.groups + group, position)?;
                    }
                    Some((at + 1, position))
                }
                Some(&Op::Close(group)) => {
                    if self.saves_groups {
                        self.close(group, position)?;
                    }
                    Some((at + 1, position))
                }
                Some(&Op::Save(slot)) => {
                    self.save(slot, position)?;
                    Some((at + 1, position))
                }
                Some(&Op::Leave { slot, exit }) => {
                    let is_empty = self.slots.get(slot) == Some(&position);
                    Some((if is_empty { exit } else { at + 1 }, position))
                }
                Some(&Op::Reference { group, ignores_case }) => {
                    self.reference(group, ignores_case, position)?.map(|after| (at + 1, after))
                }
                Some(&Op::HasGroup { group, otherwise }) => {
                    Some((if self.group(group).is_some() { at + 1 } else { otherwise }, position))
                }
                Some(&Op::At(place)) => self.is_at(place, position).then_some((at + 1, position)),
                Some(&Op::Look { towards, is_negative, end }) => {
                    let found = self.look(at + 1, position, towards, is_negative)?;
                    (found != is_negative).then_some((end + 1, position))
                }
                Some(&Op::Atomic { end }) => {
                    let before = self.frames.len();
                    let found = self.run(at + 1, position, Way { target: None, ..way })?;
                    self.cut(before)?;
                    found.map(|after| (end + 1, after))
                }
                Some(Op::Done) | None => match way.target.is_none_or(|target| target == position) {
                    true => return Ok(Some(position)),
                    false => None,
                },
            };
            (at, position) = match next {
                Some(next) => next,
                None => match self.backtrack(base, way)? {
                    Some(next) => next,
                    None => return Ok(None),
                },
            };
        }
    }

    /// Takes the last way that is left; `None` if there is none above `base`.
    fn backtrack(&mut self, base: usize, way: Way) -> Result<Option<(usize, usize)>, Error> {
        while self.frames.len() > base {
            self.work(OP)?;
            match self.frames.pop() {
                Some(Frame::Slot { slot, before }) => self.set_slot(slot, before),
                Some(Frame::Group { group, start, end }) => self.set_group(group, start, end),
                Some(Frame::Other { at, position, choice }) => {
                    self.failed(choice, position)?;
                    return Ok(Some((at, position)));
                }
                Some(Frame::Shorter { at, position, least }) => {
                    if let Some(next) = self.shorter(at, position, least, way)? {
                        return Ok(Some(next));
                    }
                }
                Some(Frame::Longer { at, position, more }) => {
                    let Some(Op::Run(run)) = self.program.ops.get(at) else { continue };
                    self.failed(run.choice, position)?;
                    let Some((_, after)) = self.step(position, way).filter(|&(c, _)| self.is_in(run.set, c)) else {
                        continue;
                    };
                    if more > 1 {
                        self.push(Frame::Longer { at, position: after, more: more - 1 })?;
                    }
                    if !self.has_failed(run.choice, after) {
                        return Ok(Some((at + 1, after)));
                    }
                }
                None => return Ok(None),
            }
        }
        Ok(None)
    }

    /// Gives characters of a run back until what follows can match.
    fn shorter(
        &mut self,
        at: usize,
        mut position: usize,
        least: usize,
        way: Way,
    ) -> Result<Option<(usize, usize)>, Error> {
        let Some(Op::Run(run)) = self.program.ops.get(at) else { return Ok(None) };
        self.failed(run.choice, position)?;
        let back = Way { is_backward: !way.is_backward, ..way };
        while position != least {
            self.work(OP)?;
            let before = match run.follower {
                // The first byte of a character, so that it is no part of one.
                Some(byte) => {
                    let bytes = self.text.as_bytes().get(least..position).unwrap_or_default();
                    let found = memchr::memrchr(byte, bytes);
                    self.work((bytes.len() - found.unwrap_or(0)) / BYTES_PER_PART)?;
                    found.map(|at| least + at)
                }
                None => self.step(position, back).map(|(_, before)| before),
            };
            let Some(before) = before else { return Ok(None) };
            position = before;
            if !self.has_failed(run.choice, position) {
                if position != least {
                    self.push(Frame::Shorter { at, position, least })?;
                }
                return Ok(Some((at + 1, position)));
            }
        }
        Ok(None)
    }

    /// Matches the characters of a run; the ways that are left are noted.
    fn characters(&mut self, at: usize, run: &Run, from: usize, way: Way) -> Result<Option<usize>, Error> {
        let take = if run.kind == Kind::Lazy { run.least } else { run.most };
        let Some(set) = self.program.sets.get(run.set) else { return Ok(None) };
        let (mut position, mut taken, mut least) = (from, 0, from);
        while taken < take {
            let Some((_, after)) = self.step(position, way).filter(|&(c, _)| set.has(c)) else { break };
            position = after;
            taken += 1;
            if taken == run.least {
                least = position;
            }
            if taken % BLOCK == 0 {
                self.work(BLOCK * CHARACTER)?;
            }
        }
        // Characters beyond ASCII are looked for in the ranges of the set.
        let beyond = position.abs_diff(from).saturating_sub(taken);
        self.work(taken % BLOCK * CHARACTER + beyond * CONTINUATION)?;
        if taken < run.least {
            return Ok(None);
        }
        match run.kind {
            Kind::Greedy if position != least => self.push(Frame::Shorter { at, position, least })?,
            Kind::Lazy if run.most > taken => self.push(Frame::Longer { at, position, more: run.most - taken })?,
            _ => {}
        }
        Ok((!self.has_failed(run.choice, position)).then_some(position))
    }

    /// Checks what is ahead or behind.
    fn look(&mut self, at: usize, position: usize, towards: Towards, is_negative: bool) -> Result<bool, Error> {
        let before = self.frames.len();
        let found = match towards {
            Towards::Ahead => self.run(at, position, FORWARD)?.is_some(),
            Towards::Behind => self.run(at, position, Way { is_backward: true, target: None })?.is_some(),
            Towards::From { least, most } => self.look_from(at, position, least, most)?,
        };
        match found && is_negative {
            // Its groups have matched nothing.
            true => self.undo(before)?,
            false => self.cut(before)?,
        }
        Ok(found)
    }

    fn look_from(&mut self, at: usize, position: usize, least: usize, most: usize) -> Result<bool, Error> {
        let back = Way { is_backward: true, target: None };
        let mut start = position;
        for distance in 0..=most {
            if distance >= least && self.run(at, start, Way { is_backward: false, target: Some(position) })?.is_some() {
                return Ok(true);
            }
            self.work(CHARACTER)?;
            let Some((_, before)) = self.step(start, back) else { return Ok(false) };
            start = before;
        }
        Ok(false)
    }

    /// Drops the ways that are left above a frame, but not the changes of slots.
    fn cut(&mut self, base: usize) -> Result<(), Error> {
        self.work(self.frames.len() - base)?;
        let mut kept = base;
        for frame in base..self.frames.len() {
            if matches!(self.frames.get(frame), Some(Frame::Slot { .. } | Frame::Group { .. })) {
                self.frames.swap(kept, frame);
                kept += 1;
            }
        }
        self.frames.truncate(kept);
        Ok(())
    }

    /// Undoes all above a frame.
    fn undo(&mut self, base: usize) -> Result<(), Error> {
        self.work(self.frames.len() - base)?;
        while self.frames.len() > base {
            match self.frames.pop() {
                Some(Frame::Slot { slot, before }) => self.set_slot(slot, before),
                Some(Frame::Group { group, start, end }) => self.set_group(group, start, end),
                _ => {}
            }
        }
        Ok(())
    }

    /// Returns the next character, and the position behind it.
    #[inline]
    fn step(&self, position: usize, way: Way) -> Option<(char, usize)> {
        match way.is_backward {
            false => match *self.text.as_bytes().get(position)? {
                byte @ 0..128 => Some((byte.into(), position + 1)),
                _ => {
                    let c = self.text.get(position..)?.chars().next()?;
                    Some((c, position + c.len_utf8()))
                }
            },
            true => match *self.text.as_bytes().get(position.checked_sub(1)?)? {
                byte @ 0..128 => Some((byte.into(), position - 1)),
                _ => {
                    let c = self.text.get(..position)?.chars().next_back()?;
                    Some((c, position - c.len_utf8()))
                }
            },
        }
    }

    #[inline]
    fn is_in(&self, set: usize, c: char) -> bool {
        self.program.sets.get(set).is_some_and(|set| set.has(c))
    }

    /// Returns the position behind a text.
    fn text_at(&mut self, position: usize, text: &str, way: Way) -> Result<Option<usize>, Error> {
        let (bytes, text) = (self.text.as_bytes(), text.as_bytes());
        let range = match way.is_backward {
            false => position..position + text.len(),
            true => match position.checked_sub(text.len()) {
                Some(start) => start..position,
                None => return Ok(None),
            },
        };
        let Some(found) = bytes.get(range) else { return Ok(None) };
        if let (Some(first), Some(start)) = (found.get(..LONG_TEXT), text.get(..LONG_TEXT)) {
            // Most differ early.
            if first != start {
                return Ok(None);
            }
            self.work(text.len() / BYTES_PER_PART)?;
        }
        Ok((found == text).then_some(if way.is_backward { position - text.len() } else { position + text.len() }))
    }

    fn reference(&mut self, group: usize, ignores_case: bool, position: usize) -> Result<Option<usize>, Error> {
        let Some(range) = self.group(group) else { return Ok(None) };
        let bytes = self.text.as_bytes();
        let (Some(group), Some(rest)) = (bytes.get(range), bytes.get(position..)) else { return Ok(None) };
        let Some(found) = rest.get(..group.len()) else { return Ok(None) };
        // Most differ early.
        let is_equal = if ignores_case { found.eq_ignore_ascii_case(group) } else { found == group };
        self.work(if is_equal || ignores_case { group.len() } else { CHARACTER + group.len() / 8 })?;
        Ok(is_equal.then(|| position + group.len()))
    }

    fn is_at(&self, place: Place, position: usize) -> bool {
        match place {
            Place::TextStart => position == 0,
            Place::TextEnd => position == self.text.len(),
            Place::SearchStart => position == self.from,
            Place::WordBoundary => self.is_word_boundary(position),
            Place::NoWordBoundary => !self.is_word_boundary(position),
        }
    }

    /// Checks for a boundary of a word of ASCII.
    fn is_word_boundary(&self, position: usize) -> bool {
        let bytes = self.text.as_bytes();
        let is_word = |at: Option<usize>| {
            at.and_then(|at| bytes.get(at)).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
        };
        is_word(position.checked_sub(1)) != is_word(Some(position))
    }

    /// Sets the range of a group: from where it was entered.
    fn close(&mut self, group: usize, position: usize) -> Result<(), Error> {
        let slot = |slot| self.slots.get(slot).copied().unwrap_or(NONE);
        let (start, end) = (slot(2 * group), slot(2 * group + 1));
        let entered = slot(2 * self.program.groups + group);
        self.push(Frame::Group { group, start, end })?;
        self.set_group(group, entered, position);
        Ok(())
    }

    fn set_group(&mut self, group: usize, start: usize, end: usize) {
        self.set_slot(2 * group, start);
        self.set_slot(2 * group + 1, end);
    }

    fn save(&mut self, slot: usize, position: usize) -> Result<(), Error> {
        if let Some(&before) = self.slots.get(slot) {
            self.push(Frame::Slot { slot, before })?;
            self.set_slot(slot, position);
        }
        Ok(())
    }

    fn set_slot(&mut self, slot: usize, position: usize) {
        if let Some(slot) = self.slots.get_mut(slot) {
            *slot = position;
        }
    }

    fn push(&mut self, frame: Frame) -> Result<(), Error> {
        if self.frames.len() == self.frames.capacity() {
            let more = self.frames.capacity().max(16);
            let bytes = more * size_of::<Frame>();
            self.budget.hold(bytes)?;
            self.held += bytes;
            self.frames.reserve_exact(more);
        }
        self.frames.push(frame);
        Ok(())
    }

    /// Notes that a choice failed at a position.
    fn failed(&mut self, choice: usize, position: usize) -> Result<(), Error> {
        self.backtracks += 1;
        if self.backtracks > self.most_backtracks {
            return Err(Error::new(Code::PatternLimit, "the regular expression backtracks too much"));
        }
        match &mut self.failures {
            Some(failures) => failures.add(choice, position),
            None if self.backtracks == FEW_BACKTRACKS => self.remember()?,
            None => {}
        }
        Ok(())
    }

    #[inline]
    fn has_failed(&self, choice: usize, position: usize) -> bool {
        self.failures.as_ref().is_some_and(|failures| failures.has(choice, position))
    }

    /// Starts to remember what fails, if that is possible and not too large.
    fn remember(&mut self) -> Result<(), Error> {
        let Some(choices) = self.program.choices else { return Ok(()) };
        let positions = self.text.len() + 1;
        let bytes = choices.saturating_mul(positions) / 8 + 8;
        if bytes > LARGEST_MEMORY {
            return Ok(());
        }
        self.budget.make(bytes)?;
        self.held += bytes;
        self.failures = Some(Failures { known: vec![0; bytes / 8 + 1], positions });
        Ok(())
    }

    /// Counts work, and charges it from time to time.
    #[inline]
    fn work(&mut self, parts: usize) -> Result<(), Error> {
        self.unpaid += parts;
        if self.unpaid < UNPAID { Ok(()) } else { self.pay() }
    }

    fn pay(&mut self) -> Result<(), Error> {
        let steps = self.unpaid / PARTS;
        self.unpaid %= PARTS;
        self.budget.charge(steps)
    }
}

impl Drop for Machine<'_, '_, '_, '_> {
    fn drop(&mut self) {
        self.budget.release(self.held);
    }
}

/// A position that is none.
const NONE: usize = usize::MAX;

/// Parts of a step, some 20 ns.
const PARTS: usize = 8;

/// Parts that are charged at once.
const UNPAID: usize = 2_048;

/// Parts of an instruction, and of a character of a run.
const OP: usize = 4;
const CHARACTER: usize = 3;

/// Parts of a further byte of a character.
const CONTINUATION: usize = 1;

/// Characters of a run that are charged at once.
const BLOCK: usize = 256;

/// Bytes in which one part looks for the byte that has to follow, or compares with a text.
const BYTES_PER_PART: usize = 32;

/// Bytes of a text that are compared within the parts of an instruction.
const LONG_TEXT: usize = 64;

/// Steps of a search, and slots that one step makes.
const SEARCH: usize = 3;
const SLOTS_PER_STEP: usize = 16;

/// Backtracks from one position, and for each byte of the text.
const MOST_BACKTRACKS: usize = 1_000_000;
const BACKTRACKS_PER_BYTE: usize = 16;

/// Backtracks from one position before failures are remembered, and the bytes that this may take.
const FEW_BACKTRACKS: usize = 4_096;
const LARGEST_MEMORY: usize = 16 << 20;
