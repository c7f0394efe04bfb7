//! What json-smart says of a text that it does not take, word for word. Its positions
//! count UTF-16 units from 0; the span of the error counts bytes.

use super::read::{END, Reader};
use crate::diagnostic::Code;
use crate::error::Error;
use crate::span::Span;

/// Why a text is refused.
#[derive(Clone, Copy)]
pub(super) enum Fault {
    /// `[}`
    Character,
    /// `{"a":[] b}`
    Token,
    /// `[1`; the word is what the library prints as the thing it found: `EOF` or `null`.
    End(&'static str),
    /// `"\u12x"`
    Unicode,
    /// More than 400 open brackets.
    Depth,
}

impl<K> Reader<'_, '_, K> {
    /// The error for what stands at `self.at`, told as `back` units before it.
    #[cold]
    pub(super) fn refuse(&self, fault: Fault, back: usize) -> Error {
        let read = self.text.get(..self.at).unwrap_or(self.text);
        let position = read.encode_utf16().count() as i64 - back as i64;
        let found = match self.text.get(self.at..).and_then(|rest| rest.chars().next()) {
            // Java sees half of the pair, and writes it so.
            Some(c) if c.len_utf16() == 2 => '?',
            Some(c) => c,
            None => char::from(END),
        };
        let message = match fault {
            Fault::Character => format!("Unexpected character ({found}) at position {position}."),
            Fault::Token => format!("Unexpected token {found} at position {position}."),
            Fault::End(what) => format!("Unexpected End Of File position {position}: {what}"),
            Fault::Unicode => format!("Unexpected unicode escape sequence {found} at position {position}."),
            Fault::Depth => format!(
                "Malicious payload, having non natural depths, parsing stoped on {found} at position {position}."
            ),
        };
        Error::new(Code::BadPayload, message).at(Span::new(self.at, found.len_utf8().min(self.text.len() - read.len())))
    }

    /// The error of Java's own number classes for the number from `start` to here.
    #[cold]
    pub(super) fn refuse_number(&self, start: usize, message: impl Into<String>) -> Error {
        Error::new(Code::BadPayload, message).at(Span::new(start, self.at - start))
    }
}
