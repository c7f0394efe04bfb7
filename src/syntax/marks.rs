//! What stands before a reference, and what is left of a `$` or `#` that starts none.

use super::ast::Mark;

/// Takes the source of a mark (`\\$`, `$$!`, `#$`) apart; `after` is the name or brace behind it. Gives what
/// it means, whether it is quiet, and how many of its bytes stand before the last `$`.
pub(super) fn read<'s>(mark: &'s str, after: &str) -> (Option<Box<Mark<'s>>>, bool, usize) {
    match mark {
        "$" => return (None, false, 0),
        "$!" => return (None, true, 0),
        _ => {}
    }
    let last = mark.rfind('$').unwrap_or(0);
    let quiet = mark[last..].starts_with("$!");
    if let Some(broken) = slash_bang(mark, after) {
        let mark = Mark { broken: Some(broken.into()), ..Mark::default() };
        return (Some(Box::new(mark)), quiet, 0);
    }
    let slashes = mark.len() - mark.trim_start_matches('\\').len();
    let text = &mark[slashes..last.max(slashes)];
    let mark = Mark { backslashes: &mark[..slashes / 2], escaped: slashes % 2 == 1, text, broken: None };
    (Some(Box::new(mark)), quiet, last)
}

/// `$\!x` is text less one backslash: Velocity takes it for an escaped quiet mark.
fn slash_bang(mark: &str, after: &str) -> Option<String> {
    if !mark.contains("\\!") {
        return None;
    }
    let dollar = mark.find('$')?;
    let start = dollar + mark[dollar..].find('\\')?;
    let slashes = mark[start..].len() - mark[start..].trim_start_matches('\\').len();
    Some(format!("{}{}{}{after}", &mark[..start], &mark[start..start + slashes - 1], &mark[start + slashes..]))
}

/// What prints of marks that start nothing: `$`, `#`, and backslashes right before a `$`. The `!` of `$! `
/// is lost.
pub(super) fn leftover(marks: &str) -> String {
    let bytes = marks.as_bytes();
    let mut text = String::with_capacity(marks.len());
    let mut at = 0;
    while let Some(&b) = bytes.get(at) {
        match b {
            b'$' | b'#' => text.push(b as char),
            b'\\' => {
                let dollar = at + bytes[at..].iter().take_while(|&&c| c == b'\\').count();
                if bytes.get(dollar) == Some(&b'$') {
                    text.push_str(&marks[at..=dollar]);
                    // Velocity skips what follows too.
                    at = dollar + 1;
                }
            }
            _ => {}
        }
        at += 1;
    }
    text
}

/// What the scanner keeps of the inside of a comment: the starts of references, directives and comments that
/// stand at its very end.
pub(super) fn kept(inside: &str) -> &str {
    let bytes = inside.as_bytes();
    let (mut start, mut at) = (0, 0);
    while let Some(&b) = bytes.get(at) {
        let rest = &bytes[at..];
        let length = match b {
            b'#' if rest.starts_with(b"#**") => 3,
            b'#' if rest.starts_with(b"#[[") => 3,
            b'#' if rest.starts_with(b"#*") => 2,
            b'#' => 1,
            b'\\' | b'$' => {
                let (length, found) = dollar(rest);
                if !found {
                    start = at + length;
                }
                length
            }
            _ => {
                start = at + 1;
                1
            }
        };
        at += length;
    }
    inside.get(start..).unwrap_or("")
}

/// How long a mark is that stands at the start, with its backslashes and `!`, or a run of backslashes without one.
fn dollar(bytes: &[u8]) -> (usize, bool) {
    let slashes = |from: usize| from + bytes[from..].iter().take_while(|&&b| b == b'\\').count();
    let mark = slashes(0);
    if bytes.get(mark) != Some(&b'$') {
        return (mark, false);
    }
    let bang = slashes(mark + 1);
    (if bytes.get(bang) == Some(&b'!') { bang + 1 } else { mark + 1 }, true)
}
