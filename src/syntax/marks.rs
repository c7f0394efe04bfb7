//! The marks before a reference, and the remains of a `$` or `#` that starts nothing.

use super::ast::Mark;

/// Parses the marks of a reference (`\\$`, `$$!`, `#$`); `after` is the name or brace after them. Returns the
/// text printed for them, `true` for a quiet reference, and the number of bytes before the last `$`.
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

/// Returns the text of `$\!x`, which Velocity takes for an escaped quiet mark: all but one backslash.
fn slash_bang(mark: &str, after: &str) -> Option<String> {
    if !mark.contains("\\!") {
        return None;
    }
    let dollar = mark.find('$')?;
    let start = dollar + mark[dollar..].find('\\')?;
    let slashes = mark[start..].len() - mark[start..].trim_start_matches('\\').len();
    Some(format!("{}{}{}{after}", &mark[..start], &mark[start..start + slashes - 1], &mark[start + slashes..]))
}

/// Returns what is printed of marks that start nothing: `$`, `#`, and backslashes right before a `$`. The `!` of
/// `$! ` is lost.
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

/// Splits the image of a reference's first token into its marks and its name or brace.
pub(super) fn split(image: &str) -> (&str, &str) {
    match image.strip_suffix('{') {
        Some(marks) => (marks, "{"),
        None => image.split_at(image.rfind(['$', '!', '\\', '#']).map_or(0, |at| at + 1)),
    }
}
