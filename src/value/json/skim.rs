//! Skimming: validates and skips a value without building it.
//!
//! Only standard JSON is skimmed. At the first byte that deviates the function gives up, and the lenient
//! reader parses the value and decides what json-smart makes of it. The gaps of a long value are
//! predicted.

use super::cursor::Stop;
use super::gap::Gaps;
use super::token::{end_of_scalar, next};
use super::walk::{NO_BRACKETS, Step, Walk};

/// The length from which gaps are predicted: before, recording them would not pay.
const LONG: usize = 512;

/// Returns the end of the value at `at`, or `None` if it is not standard JSON, nests deeper than
/// `max_depth`, or is followed by a byte that would extend it for the lenient reader: in
/// `{"a": 12 ]}` the value is the text `12 ]`.
///
/// The text must not contain json-smart's end mark, which ends the text inside of a string with escapes.
#[inline]
pub(super) fn end_of_value(bytes: &[u8], at: usize, stop: Stop, max_depth: usize) -> Option<usize> {
    let (at, byte) = next(bytes, at)?;
    if matches!(byte, b'{' | b'[') {
        return end_of_container(bytes, at, byte, max_depth);
    }
    let end = end_of_scalar(bytes, at, byte)?;
    (byte == b'"' || stop.contains(next(bytes, end)?.1)).then_some(end)
}

#[inline(never)]
fn end_of_container(bytes: &[u8], start: usize, bracket: u8, max_depth: usize) -> Option<usize> {
    let mut walk = Walk::new(bytes, start, max_depth);
    let mut step = walk.enter(bracket)?;
    loop {
        match step {
            Step::Scalar(byte) => walk.at = end_of_scalar(bytes, walk.at, byte)?,
            Step::Closed if walk.open == NO_BRACKETS => return Some(walk.at),
            Step::Closed => {}
        }
        if walk.at - start >= LONG {
            return Gaps::new().skim(walk);
        }
        step = walk.cross_gap()?;
    }
}
