//! The walk through standard JSON by tokens: a value is a sequence of *scalars* (strings, numbers and
//! words) with *gaps* between them, which are separators, brackets, names and white space.

use super::token::{end_of_string, next};

/// Maximum nesting: the kinds of the open brackets are bits of one word. Deeper values are left to the
/// reader.
const MAX_DEPTH: usize = u64::BITS as usize - 1;

/// The kinds of the open brackets where none is open.
pub(super) const NO_BRACKETS: u64 = 1;

/// The cursor of a value that is skimmed.
pub(super) struct Walk<'t> {
    pub(super) bytes: &'t [u8],
    pub(super) at: usize,
    /// The kinds of the open brackets below a bit that is always set, innermost lowest: 1 for objects.
    pub(super) open: u64,
    /// The least `open` that has no room for a bracket.
    limit: u64,
}

/// The end of a gap.
#[derive(Clone, Copy)]
pub(super) enum Step {
    /// A scalar follows, with its first byte.
    Scalar(u8),
    /// The outermost container is closed, or an empty one.
    Closed,
}

impl<'t> Walk<'t> {
    /// Creates the cursor for the value at `at`.
    pub(super) fn new(bytes: &'t [u8], at: usize, max_depth: usize) -> Self {
        Walk { bytes, at, open: NO_BRACKETS, limit: 1 << max_depth.min(MAX_DEPTH) }
    }

    /// Moves from the end of a value to the next scalar, or to the end of the outermost container.
    #[inline(always)]
    pub(super) fn cross_gap(&mut self) -> Option<Step> {
        loop {
            let (at, byte) = next(self.bytes, self.at)?;
            self.at = at + 1;
            if byte == b',' {
                let (at, byte) = next(self.bytes, at + 1)?;
                self.at = at;
                let byte = self.name(byte)?;
                if let scalar @ Step::Scalar(_) = self.enter(byte)? {
                    return Some(scalar);
                }
            } else {
                if byte != if self.open & 1 == 1 { b'}' } else { b']' } {
                    return None;
                }
                self.open >>= 1;
                if self.open == NO_BRACKETS {
                    return Some(Step::Closed);
                }
            }
        }
    }

    /// Enters the brackets at the start of a value whose first byte is `byte`, down to a scalar or to an
    /// empty container, which is left.
    #[inline(always)]
    pub(super) fn enter(&mut self, mut byte: u8) -> Option<Step> {
        while matches!(byte, b'{' | b'[') {
            if self.open >= self.limit {
                return None;
            }
            // `{` and `}` differ by two, as `[` and `]` do.
            let (open, close) = (self.open, byte + 2);
            self.open = open << 1 | u64::from(byte == b'{');
            (self.at, byte) = next(self.bytes, self.at + 1)?;
            if byte == close {
                self.open = open;
                self.at += 1;
                return Some(Step::Closed);
            }
            byte = self.name(byte)?;
        }
        Some(Step::Scalar(byte))
    }

    /// Skips `"name":` if the innermost bracket is an object; returns the first byte of the value. `byte`
    /// is the one at the cursor.
    #[inline(always)]
    fn name(&mut self, mut byte: u8) -> Option<u8> {
        if self.open & 1 == 1 {
            if byte != b'"' {
                return None;
            }
            let (at, colon) = next(self.bytes, end_of_string(self.bytes, self.at + 1)?)?;
            if colon != b':' {
                return None;
            }
            (self.at, byte) = next(self.bytes, at + 1)?;
        }
        Some(byte)
    }
}
