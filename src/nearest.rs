//! The nearest of some names to a word that is none of them, for "did you mean".

/// Returns the candidate that a word was likely meant to be: the same but for case, or with a few letters
/// changed, swapped, missing or too many, or the shortest that begins with it.
///
/// ```
/// let names = ["input", "util", "context"];
/// assert_eq!(vtl::reference::nearest("inputs", names), Some("input"));
/// assert_eq!(vtl::reference::nearest("Contxet", names), Some("context"));
/// assert_eq!(vtl::reference::nearest("order", names), None);
/// ```
pub fn nearest<'n>(word: &str, candidates: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let word: Vec<char> = letters(word).take(MOST_LETTERS).collect();
    let most = (word.len() / 3).clamp(1, 3);
    let has = kinds(&word);
    let mut name = Vec::with_capacity(MOST_LETTERS);
    let mut distance = |candidate: &str| {
        name.clear();
        match candidate.is_ascii() {
            true => name.extend(candidate.bytes().map(|byte| char::from(byte.to_ascii_lowercase()))),
            false => name.extend(letters(candidate)),
        }
        let begins = word.len() >= 3 && name.starts_with(&word);
        // A letter more or less is an edit, and so is each that only one of them has.
        let is_near = name.len().abs_diff(word.len()) <= most && {
            let other = kinds(&name);
            (has & !other).count_ones().max((other & !has).count_ones()) as usize <= most
        };
        let edits = if is_near { edits(&word, &name, most) } else { usize::MAX };
        (edits <= most).then_some((edits, 0)).or_else(|| begins.then_some((most + 1, candidate.len())))
    };
    let close = candidates.into_iter().filter(|name| name.len() <= MOST_LETTERS);
    close.filter_map(|name| Some((distance(name)?, name))).min().map(|(_, name)| name)
}

/// Returns the steps of comparing a word with a candidate.
#[doc(hidden)]
pub fn steps_of_nearest(word: &str) -> usize {
    40 + 2 * word.len().min(MOST_LETTERS)
}

/// Most bytes of a candidate, and most letters of a word.
const MOST_LETTERS: usize = 64;

/// Returns the letters of a name in lower case.
fn letters(name: &str) -> impl Iterator<Item = char> {
    name.chars().flat_map(char::to_lowercase)
}

/// Returns a set of the letters of a word, in which some share a place.
fn kinds(letters: &[char]) -> u64 {
    letters.iter().fold(0, |set, letter| set | 1 << (u32::from(*letter) % u64::BITS))
}

/// Counts the letters to change, add, drop or swap with a neighbour; any number above `most` stands for more than that.
fn edits(from: &[char], to: &[char], most: usize) -> usize {
    let far = most + 1;
    let mut before_last: Vec<usize> = vec![far; to.len() + 1];
    let mut last: Vec<usize> = (0..=to.len()).collect();
    let mut row = vec![far; to.len() + 1];
    for (i, &a) in from.iter().enumerate() {
        // What is further from the diagonal takes more edits.
        let (first, end) = (i.saturating_sub(most), (i + most + 1).min(to.len()));
        row[first] = if first == 0 { i + 1 } else { far };
        let mut nearest = row[first];
        for j in first..end {
            let b = to[j];
            let mut least = (last[j] + usize::from(a != b)).min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && a == to[j - 1] && from[i - 1] == b {
                least = least.min(before_last[j - 1] + 1);
            }
            row[j + 1] = least;
            nearest = nearest.min(least);
        }
        if let Some(behind) = row.get_mut(end + 1) {
            *behind = far;
        }
        if nearest > most {
            return far;
        }
        std::mem::swap(&mut before_last, &mut last);
        std::mem::swap(&mut last, &mut row);
    }
    last.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn letters_are_changed_swapped_missing_or_too_many() {
        let near = |word| nearest(word, ["binaryMediaTypes", "BODY", "naïve", "name", "description"]);
        for (word, expected) in [
            ("binaryMediaTypx", Some("binaryMediaTypes")),
            ("xinaryMediaTypezq", Some("binaryMediaTypes")),
            ("xinaryMediaTyqezq", None),
            ("body", Some("BODY")),
            ("bdoy", Some("BODY")),
            ("bdox", None),
            ("NAÏVEX", Some("naïve")),
            ("naive", Some("naïve")),
            ("nam", Some("name")),
            ("des", Some("description")),
            ("desx", None),
        ] {
            assert_eq!(near(word), expected, "{word}");
        }
    }
}
