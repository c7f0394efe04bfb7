//! The depth of a regular expression, for the stack that compiling it takes.
//!
//! The parsers and compilers of `regex-syntax` and `fancy-regex` recurse on groups, alternatives and sequences,
//! and know nothing of a budget.

use crate::budget::Budget;
use crate::error::Error;

/// Bytes of stack for each level: measured at 33 KiB for a group of three levels without optimizations, at 2,500 with
/// them.
const FRAME: usize = if cfg!(debug_assertions) { 13 << 10 } else { 1_100 };

/// Checks that the stack has room for compiling a regular expression.
///
/// # Errors
/// `V306` if it has not.
pub(super) fn check(regex: &str, budget: &Budget<'_>) -> Result<(), Error> {
    match levels(regex) > budget.levels(FRAME) {
        true => Err(budget.too_deep()),
        false => Ok(()),
    }
}

/// An open group.
#[derive(Default)]
struct Open {
    /// Levels of the deepest group inside.
    inner: usize,
    /// Set if it has more than one part.
    is_sequence: bool,
    /// Set if it has alternatives.
    is_choice: bool,
    has_part: bool,
}

impl Open {
    fn part(&mut self) {
        self.is_sequence |= self.has_part;
        self.has_part = true;
    }

    fn levels(&self) -> usize {
        self.inner + 1 + usize::from(self.is_sequence) + usize::from(self.is_choice)
    }
}

/// Returns the levels of a regular expression: one for a group or class, one more where it has several parts, and one
/// where it has alternatives.
fn levels(regex: &str) -> usize {
    let bytes = regex.as_bytes();
    let mut around: Vec<Open> = Vec::new();
    let mut open = Open::default();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'\\' => {
                open.part();
                at += 1;
            }
            b'(' | b'[' => {
                open.part();
                around.push(std::mem::take(&mut open));
                // `(?:`, `(?=`: no part of it.
                if byte == b'(' && bytes.get(at) == Some(&b'?') {
                    at += 2;
                }
            }
            b')' | b']' => {
                if let Some(mut outer) = around.pop() {
                    outer.inner = outer.inner.max(open.levels());
                    open = outer;
                }
            }
            b'|' => open.is_choice = true,
            // Those of what is before.
            b'*' | b'+' | b'?' | b'{' | b'}' => {}
            _ => open.part(),
        }
    }
    // What nothing closes is as deep as if it were closed.
    around.into_iter().rev().fold(open.levels(), |inner, mut outer| {
        outer.inner = outer.inner.max(inner);
        outer.levels()
    })
}

#[cfg(test)]
mod tests {
    use super::levels;

    #[test]
    fn levels_are_those_of_the_deepest_group() {
        let cases = [("", 1), ("a", 1), ("ab", 2), ("(a)(b)", 3), ("(?:a)*", 2), ("((a))", 3), ("((a|b))c", 6)];
        for (regex, expected) in cases.into_iter().chain([("\\((a)", 3), ("[a[b]]", 4), ("((", 3), ("a)|(?=x)", 4)]) {
            assert_eq!(levels(regex), expected, "{regex}");
        }
        assert_eq!(levels(&format!("{}a{}", "(?=".repeat(50), ")".repeat(50))), 51);
    }
}
