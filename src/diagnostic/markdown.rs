//! Text of a file in Markdown, where it must not become a link or an image.

use super::printable::printable;

/// Returns a block of code. Its fence is longer than any in the text.
///
/// ```
/// use vtl::diagnostic::markdown;
/// assert_eq!(markdown::block("json", "{}"), "```json\n{}\n```");
/// ```
#[must_use]
pub fn block(language: &str, text: &str) -> String {
    let fence = fence(text, 3);
    format!("{fence}{language}\n{text}\n{fence}")
}

/// Returns a code span.
///
/// ```
/// use vtl::diagnostic::markdown;
/// assert_eq!(markdown::span("$.a"), "`$.a`");
/// assert_eq!(markdown::span("a`b"), "``a`b``");
/// ```
#[must_use]
pub fn span(text: &str) -> String {
    let text = printable(text);
    let fence = fence(&text, 1);
    let blank = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{blank}{text}{blank}{fence}")
}

/// Returns text without any meaning in Markdown.
///
/// ```
/// use vtl::diagnostic::markdown;
/// assert_eq!(markdown::plain("![x](a)"), "\\!\\[x\\]\\(a\\)");
/// ```
#[must_use]
pub fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in printable(text).chars() {
        if matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '(' | ')' | '!' | '#' | '&' | '|' | '~' | ':') {
            plain.push('\\');
        }
        plain.push(c);
    }
    plain
}

fn fence(text: &str, least: usize) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    "`".repeat(least.max(longest + 1))
}

#[cfg(test)]
mod tests {
    use super::{block, plain, span};

    // CommonMark 0.31: 4.5 (a fence closes with at least as many backticks), 6.1 (code spans), 2.4 (escapes).
    #[test]
    fn text_stays_text() {
        assert_eq!(block("json", "a"), "```json\na\n```");
        assert_eq!(block("json", "a\n```\n![x](https://x.test)"), "````json\na\n```\n![x](https://x.test)\n````");
        assert_eq!(span("'$.a'"), "`'$.a'`");
        assert_eq!(span("a`![x](y)"), "``a`![x](y)``");
        assert_eq!(span("`"), "`` ` ``");
        assert_eq!(plain("a ![x](https://x.test)\n<b>"), "a \\!\\[x\\]\\(https\\://x.test\\)\\\\n\\<b\\>");
    }
}
