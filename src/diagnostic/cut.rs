//! Texts of any length as a message shows them.

use std::fmt::{Display, Error, Result, Write};

/// A text that takes no more than a number of bytes.
struct Cut {
    text: String,
    longest: usize,
}

impl Write for Cut {
    fn write_str(&mut self, part: &str) -> Result {
        let room = self.longest.saturating_sub(self.text.len());
        if part.len() <= room {
            self.text.push_str(part);
            return Ok(());
        }
        let end = (0..=room).rev().find(|end| part.is_char_boundary(*end)).unwrap_or(0);
        self.text.push_str(&part[..end]);
        self.text.push('…');
        Err(Error)
    }
}

/// Returns a value as text, with `…` in place of what is behind a number of bytes.
pub(crate) fn cut(value: impl Display, longest: usize) -> String {
    let mut cut = Cut { text: String::new(), longest };
    // The text refuses more once it is full.
    let _ = write!(cut, "{value}");
    cut.text
}

#[cfg(test)]
mod tests {
    use super::cut;

    #[test]
    fn a_text_is_cut_between_characters() {
        assert_eq!(cut(format_args!("{} {}", "GET", "/pets"), 9), "GET /pets");
        assert_eq!(cut(format_args!("{} {}", "GET", "/pets"), 8), "GET /pet…");
        assert_eq!(cut("aé", 2), "a…");
    }
}
