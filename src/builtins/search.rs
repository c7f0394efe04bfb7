//! Searches of a text for a part, charged for the places that they look at.

use crate::budget::Budget;
use crate::error::Error;
use memchr::arch::all::packedpair::Pair;
use memchr::memmem::{self, Finder};

/// Steps of a search, beside those of the bytes.
const STEPS_PER_SEARCH: usize = 2;
/// Bytes of a text that is searched without counting first.
const SHORT: usize = 128;
/// Bytes that are counted, charged and searched at a time.
const BLOCK: usize = 4_096;
/// Bytes of the longest part whose places are found by vector instructions alone.
const LONGEST_BY_VECTOR: usize = 32;

/// Returns the first byte at which a part starts.
///
/// A place that looks like the part costs more than one that does not: those with the rarest of its bytes are
/// counted before they are looked at.
pub(super) fn find(budget: &Budget<'_>, text: &[u8], part: &[u8]) -> Result<Option<usize>, Error> {
    budget.charge(STEPS_PER_SEARCH + part.len() / 8)?;
    let Some(pair) = Pair::new(part).filter(|_| text.len() > SHORT) else {
        budget.charge(if part.len() < 2 { text.len() / 128 } else { text.len() / 32 })?;
        return Ok(memmem::find(text, part));
    };
    let (finder, rare) = (Finder::new(part), usize::from(pair.index1()));
    let per_step = if part.len() <= LONGEST_BY_VECTOR { 8 } else { 2 };
    let block = BLOCK.max(4 * part.len());
    let mut at = 0;
    while at + part.len() <= text.len() {
        let next = (at + block).min(text.len() - part.len() + 1);
        let alike = memchr::memchr_iter(part[rare], &text[at + rare..next + rare]).count();
        budget.charge((next - at) / 128 + alike / per_step)?;
        if let Some(found) = finder.find(&text[at..next + part.len() - 1]) {
            return Ok(Some(at + found));
        }
        at = next;
    }
    Ok(None)
}

/// Returns the last byte at which a part starts. A search from the end knows no vector instructions.
pub(super) fn find_last(budget: &Budget<'_>, text: &[u8], part: &[u8]) -> Result<Option<usize>, Error> {
    budget.charge(STEPS_PER_SEARCH + part.len() / 8)?;
    let found = memmem::rfind(text, part);
    let searched = text.len() - found.unwrap_or(0);
    budget.charge(if part.len() < 2 { searched / 128 } else { searched / 8 })?;
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_found_wherever_blocks_meet() {
        let budget = Budget::unlimited();
        for part in ["x".repeat(2), format!("x{}y", "-".repeat(40)), format!("x{}y", "-".repeat(3_000))] {
            for before in [0, 1, 127, 129, 4_095, 4_096, 4_097, 11_998, 12_010, 20_000] {
                let text = [&"-x-".repeat(before / 3), &"-".repeat(before % 3), &*part, &part, "--"].concat();
                let (text, part) = (text.as_bytes(), part.as_bytes());
                assert_eq!(find(&budget, text, part).unwrap(), memmem::find(text, part), "{before}");
                assert_eq!(find_last(&budget, text, part).unwrap(), memmem::rfind(text, part), "{before}");
                assert_eq!(find(&budget, text, b"x--y").unwrap(), memmem::find(text, b"x--y"), "{before}");
            }
        }
        assert_eq!(find(&budget, b"ab", b"").unwrap(), Some(0));
        assert_eq!(find(&budget, &[b'a'; 500], b"").unwrap(), Some(0));
        assert_eq!(find(&budget, &[b'a'; 500], &[b'a'; 501]).unwrap(), None);
    }
}
