//! Patterns of `case` and `[[ … ]]`.

/// Checks whether a text matches a pattern with `*`, `?` and `[…]`; `None` for others.
pub(super) fn matches(pattern: &str, text: &str) -> Option<bool> {
    if pattern.contains(['(', '\\']) || pattern.contains("[:") {
        return None;
    }
    let pattern: Vec<char> = pattern.chars().collect();
    let text: Vec<char> = text.chars().collect();
    let (mut at, mut from) = (0, 0);
    // Behind the last `*`, and where the text goes on that it does not match.
    let mut star: Option<(usize, usize)> = None;
    while from < text.len() {
        let next = match pattern.get(at) {
            Some('*') => {
                star = Some((at + 1, from));
                at += 1;
                continue;
            }
            Some('?') => Some(at + 1),
            Some('[') => {
                let (is_in, after) = class(&pattern, at, text[from])?;
                is_in.then_some(after)
            }
            Some(letter) => (*letter == text[from]).then_some(at + 1),
            None => None,
        };
        match (next, star) {
            (Some(next), _) => {
                at = next;
                from += 1;
            }
            (None, Some((behind, start))) => {
                star = Some((behind, start + 1));
                at = behind;
                from = start + 1;
            }
            (None, None) => return Some(false),
        }
    }
    Some(pattern[at.min(pattern.len())..].iter().all(|letter| *letter == '*'))
}

/// Checks whether a letter is in the `[…]` at an offset; returns the offset behind it as well.
fn class(pattern: &[char], at: usize, letter: char) -> Option<(bool, usize)> {
    let is_negated = matches!(pattern.get(at + 1), Some('!' | '^'));
    let start = at + 1 + usize::from(is_negated);
    let length = pattern.get(start + 1..)?.iter().position(|letter| *letter == ']')? + 1;
    let items = pattern.get(start..start + length)?;
    let (mut at, mut is_in) = (0, false);
    while let Some(first) = items.get(at) {
        match (items.get(at + 1), items.get(at + 2)) {
            (Some('-'), Some(last)) => {
                is_in |= (*first..=*last).contains(&letter);
                at += 3;
            }
            _ => {
                is_in |= *first == letter;
                at += 1;
            }
        }
    }
    Some((is_in != is_negated, start + length + 1))
}
