//! Letters that are equal but for their case, found by their upper and lower case.

use std::sync::OnceLock;

/// A letter, after the upper case of it, or the lower case of that.
type Pair = (char, char);

/// Every cased letter by its upper case, and by the lower case of that.
struct Folds {
    by_upper: Vec<Pair>,
    by_lower: Vec<Pair>,
}

/// Returns `Character.toUpperCase(int)`: the letter itself if its capital is several letters, except for
/// Greek letters with a title case.
pub(crate) fn upper(c: char) -> char {
    let mut many = c.to_uppercase();
    match (many.next(), many.next()) {
        (Some(one), None) => one,
        _ => match c {
            '\u{1F80}'..='\u{1F87}' | '\u{1F90}'..='\u{1F97}' | '\u{1FA0}'..='\u{1FA7}' => {
                char::from_u32(c as u32 + 8).unwrap_or(c)
            }
            '\u{1FB3}' | '\u{1FC3}' | '\u{1FF3}' => char::from_u32(c as u32 + 9).unwrap_or(c),
            _ => c,
        },
    }
}

/// Returns `Character.toLowerCase(int)`.
pub(crate) fn lower(c: char) -> char {
    c.to_lowercase().next().unwrap_or(c)
}

/// Returns the lower case of the upper case of a letter.
pub(super) fn fold(c: char) -> char {
    lower(upper(c))
}

fn folds() -> &'static Folds {
    static FOLDS: OnceLock<Folds> = OnceLock::new();
    FOLDS.get_or_init(|| {
        let letters = || ('\0'..'\u{1F000}').filter(|&c| c != upper(c) || c != fold(c));
        let sorted = |by: fn(char) -> char| {
            let mut pairs: Vec<Pair> = letters().map(|c| (by(c), c)).collect();
            pairs.sort_unstable();
            pairs
        };
        Folds { by_upper: sorted(upper), by_lower: sorted(fold) }
    })
}

/// Returns the pairs whose first letter is in a range.
fn within(pairs: &[Pair], first: u32, last: u32) -> &[Pair] {
    let from = pairs.partition_point(|(key, _)| (*key as u32) < first);
    let to = pairs.partition_point(|(key, _)| *key as u32 <= last);
    pairs.get(from..to).unwrap_or_default()
}

/// Returns the letters whose upper case, or the lower case of that, is in a range of code points, some of them twice.
pub(super) fn letters(first: u32, last: u32) -> impl Iterator<Item = char> {
    let folds = folds();
    within(&folds.by_upper, first, last).iter().chain(within(&folds.by_lower, first, last)).map(|(_, c)| *c)
}

/// Returns the letters with the same lower case of the upper case as `folded`.
pub(super) fn same(folded: char) -> impl Iterator<Item = char> {
    within(&folds().by_lower, folded as u32, folded as u32).iter().map(|(_, c)| *c)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn letters_of_a_range_are_those_that_a_walk_finds() {
        let cased: Vec<(char, char, char)> =
            ('\0'..'\u{1F000}').map(|c| (c, upper(c), fold(c))).filter(|(c, up, low)| c != up || c != low).collect();
        let all = |first: u32, last: u32| -> BTreeSet<char> {
            let is_in = |c: char| (first..=last).contains(&(c as u32));
            cased.iter().filter(|(_, up, low)| is_in(*up) || is_in(*low)).map(|(c, ..)| *c).collect()
        };
        for (first, last) in [(0, 0x1_FFFF), (0x61, 0x7A), (0x6B, 0x6B), (0x100, 0x2FFF), (0x10400, 0x104FF), (9, 3)] {
            assert_eq!(letters(first, last).collect::<BTreeSet<char>>(), all(first, last), "{first:X} to {last:X}");
        }
        assert_eq!(same('k').collect::<String>(), "Kk\u{212A}");
    }
}
