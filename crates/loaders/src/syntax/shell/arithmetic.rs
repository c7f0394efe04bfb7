//! Arithmetic: which variables an expression sets. It is not evaluated.

/// Operators behind a name that set it, without their `=`.
const OPERATORS: &[&str] = &["", "+", "-", "*", "/", "%", "<<", ">>", "&", "^", "|"];

/// Returns the variables that an arithmetic expression sets: `i` of `i++`, `--i`, `i = 1` and `i += 1`.
pub(super) fn set(text: &str) -> impl Iterator<Item = &str> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let start = at + text.get(at..)?.find(is_part)?;
            let rest = &text[start..];
            let length = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
            at = start + length;
            let (before, behind) = (text[..start].trim_end(), rest[length..].trim_start());
            let is_assigned = |operator: &str| {
                let value = behind.strip_prefix(operator).and_then(|rest| rest.strip_prefix('='));
                value.is_some_and(|value| !value.starts_with('='))
            };
            let is_stepped = ["++", "--"].iter().any(|step| before.ends_with(step) || behind.starts_with(step));
            // An item of a list may be set.
            let is_set = is_stepped || behind.starts_with('[') || OPERATORS.iter().any(|it| is_assigned(it));
            if is_set && !rest.starts_with(|c: char| c.is_ascii_digit()) {
                return Some(&rest[..length]);
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::set;

    // Bash manual, "Shell Arithmetic".
    #[test]
    fn assignments_and_steps_are_found() {
        for (text, expected) in [
            ("i++", "i"),
            ("((-- i))", "i"),
            ("i = j = 1", "i j"),
            ("a <<= b, c|=d", "a c"),
            ("a == b || a <= b && a >= b || a != b", ""),
            ("x1 += 0x1f", "x1"),
            ("list[i] = 1", "list"),
            ("for ((i=0; i<n; i++))", "i i"),
            ("1 = 2", ""),
        ] {
            assert_eq!(set(text).collect::<Vec<_>>().join(" "), expected, "{text}");
        }
    }
}
