//! Prediction of the gaps between the scalars of a long value: `,"name":` or `]},{"id":`.
//!
//! Most long values are lists of like objects, so the gap that followed a gap last time follows it
//! again. A gap that was validated once, between the same open brackets, is valid wherever its text
//! occurs again: one comparison replaces the walk through its tokens.

use super::token::{self, end_of_scalar};
use super::walk::{Step, Walk};
use wide::u8x16;

/// Maximum length of a gap that is predicted.
const MAX_LENGTH: usize = 47;

/// The number of gaps that are known at a time.
const SLOTS: usize = 64;

/// The number of slots that are tried for a gap.
const PROBES: usize = 4;

/// The number of bytes of a value per unpredicted gap below which prediction does not pay.
const BYTES_PER_MISS: usize = 64;

/// The number of unpredicted gaps after which the rate of them is taken into account.
const MISSES_TO_LEARN: usize = 64;

/// A gap, and the slot of the one that followed it last.
#[derive(Clone, Copy)]
struct Gap {
    /// The bytes from its start on, three windows of them.
    text: [u8; MAX_LENGTH + 1],
    /// The bits of those bytes that are past its end.
    past: u64,
    length: u8,
    next: u8,
    hash: u32,
    /// The open brackets before it; zero in a slot that is free.
    before: u64,
    /// The open brackets after it.
    after: u64,
}

const FREE: Gap = Gap { text: [0; MAX_LENGTH + 1], past: 0, length: 0, next: 0, hash: 0, before: 0, after: 0 };

/// The bytes that are looked at for a gap and the start of the scalar after it.
type Piece = [u8; 64];

/// The known gaps of a value.
pub(super) struct Gaps {
    slots: [Gap; SLOTS],
    /// The slot of the last gap.
    last: usize,
    misses: usize,
}

impl Gaps {
    pub(super) fn new() -> Self {
        Gaps { slots: [FREE; SLOTS], last: 0, misses: 0 }
    }

    /// Skims the rest of a value, from the end of a scalar or container on; returns its end.
    #[inline(never)]
    pub(super) fn skim(&mut self, mut walk: Walk<'_>) -> Option<usize> {
        let start = walk.at;
        loop {
            (walk.at, walk.open) = self.follow(walk.bytes, walk.at, walk.open)?;
            let (from, before) = (walk.at, walk.open);
            match walk.cross_gap()? {
                Step::Closed => return Some(walk.at),
                Step::Scalar(byte) => {
                    self.misses += 1;
                    if self.misses < MISSES_TO_LEARN + (walk.at - start) / BYTES_PER_MISS {
                        self.record(&walk, from, before);
                    }
                    walk.at = end_of_scalar(walk.bytes, walk.at, byte)?;
                }
            }
        }
    }

    /// Skims predicted gaps and the scalars after them; returns the offset of the first gap that is
    /// another, and the open brackets there.
    #[inline(never)]
    fn follow(&mut self, bytes: &[u8], mut at: usize, mut open: u64) -> Option<(usize, u64)> {
        let mut last = self.last;
        while let Some(piece) = bytes.get(at..).and_then(|rest| rest.first_chunk::<64>()) {
            let next = usize::from(self.slots[last % SLOTS].next);
            let gap = &self.slots[next % SLOTS];
            if gap.before != open || !gap.is_at(piece) {
                break;
            }
            let length = usize::from(gap.length);
            at += length;
            let scalar = piece[length.min(MAX_LENGTH)];
            at = match end_in(piece, length) {
                Some(length) => at + length,
                None => match scalar {
                    b'"' => token::end_of_long_string(bytes, at + 1)?,
                    b'-' | b'0'..=b'9' => token::end_of_long_number(bytes, at)?,
                    // It goes on with a bracket or white space: another gap.
                    b'{' | b'[' | b'}' | b']' | ..=b' ' => {
                        at -= length;
                        break;
                    }
                    _ => end_of_scalar(bytes, at, scalar)?,
                },
            };
            (open, last) = (gap.after, next);
        }
        self.last = last;
        Some((at, open))
    }

    /// Records the gap from `from` to the cursor as the one that follows the last.
    #[inline(never)]
    fn record(&mut self, walk: &Walk<'_>, from: usize, before: u64) {
        let length = walk.at - from;
        let Some(piece) = walk.bytes.get(from..).and_then(|rest| rest.first_chunk::<{ MAX_LENGTH + 1 }>()) else {
            return;
        };
        if length > MAX_LENGTH {
            return;
        }
        let past = u64::MAX << length;
        let mut hash = before << 8 ^ length as u64;
        // The comma before an element has no name to tell it from that before the next element.
        if before == walk.open && before & 1 == 0 {
            hash ^= (self.last as u64 + 1) << 16;
        }
        for &byte in &piece[..length] {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(23);
        }
        let hash = (hash >> 20) as u32;
        let first = hash as usize;
        let slot = (first..first + PROBES).map(|slot| slot % SLOTS).find(|&slot| {
            let known = &self.slots[slot];
            known.before == 0 || known.hash == hash
        });
        let slot = slot.unwrap_or(first % SLOTS);
        self.slots[self.last % SLOTS].next = slot as u8;
        self.last = slot;
        let next = self.slots[slot].next;
        self.slots[slot] = Gap { text: *piece, past, length: length as u8, next, hash, before, after: walk.open };
    }
}

impl Gap {
    /// Returns `true` if the piece starts with this gap.
    #[inline(always)]
    fn is_at(&self, piece: &Piece) -> bool {
        let same = |from: usize| {
            let window = |text: &[u8]| text[from..].first_chunk().map_or(u8x16::ZERO, |window| u8x16::new(*window));
            let same = window(piece).simd_eq(window(&self.text)).to_bitmask();
            (same as u16 | (self.past >> from) as u16) == u16::MAX
        };
        same(0) && (self.length <= 16 || same(16)) && (self.length <= 32 || same(32))
    }
}

/// Returns the length of the scalar at `from` if it is a short string or number.
#[inline(always)]
fn end_in(piece: &Piece, from: usize) -> Option<usize> {
    let from = from.min(MAX_LENGTH);
    if piece[from] == b'"' {
        return Some(token::string_in(piece[from + 1..].first_chunk()?)? + 1);
    }
    token::number_in(piece[from..].first_chunk()?)
}
