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
    let word = word.to_lowercase();
    let most = (word.chars().count() / 3).clamp(1, 3);
    let distance = |name: &str| {
        let name = name.to_lowercase();
        let begins = word.len() >= 3 && name.starts_with(&word);
        let edits = edits(&word, &name);
        (edits <= most).then_some((edits, 0)).or_else(|| begins.then_some((most + 1, name.len())))
    };
    let close = candidates.into_iter().filter(|name| name.len() <= 64);
    close.filter_map(|name| Some((distance(name)?, name))).min().map(|(_, name)| name)
}

/// Counts the letters to change, add, drop or swap with a neighbour.
fn edits(from: &str, to: &str) -> usize {
    let (from, to): (Vec<char>, Vec<char>) = (from.chars().take(64).collect(), to.chars().collect());
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=to.len()).collect();
    for (i, &a) in from.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, &b) in to.iter().enumerate() {
            let mut least = (last[j] + usize::from(a != b)).min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && a == to[j - 1] && from[i - 1] == b {
                least = least.min(before_last[j - 1] + 1);
            }
            row.push(least);
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or(0)
}
