//! The error messages of json-smart, word for word. Positions in messages count UTF-16 units from 0;
//! spans count bytes.

use super::cursor::{END, MAX_DEPTH, Reader};
use crate::diagnostic::Code;
use crate::error::Error;
use crate::span::Span;

/// The reason why a payload is refused.
#[derive(Clone, Copy)]
pub(super) enum Fault {
    /// An unexpected character: `[}`.
    Character,
    /// An unexpected token: `{"a":[] b}`.
    Token,
    /// The end of the text: `[1`. The word is what json-smart prints for it: `EOF` or `null`.
    End(&'static str),
    /// A malformed Unicode escape: `"\u12x"`.
    Unicode,
    /// More than 400 open brackets.
    Depth,
}

impl Reader<'_> {
    /// Creates the error for the character at the cursor; its message says a position `back` units
    /// earlier.
    #[cold]
    pub(super) fn refuse(&self, fault: Fault, back: usize) -> Error {
        let read = self.text.get(..self.at).unwrap_or(self.text);
        let position = read.encode_utf16().count() as i64 - back as i64;
        let found = match self.text.get(self.at..).and_then(|rest| rest.chars().next()) {
            // Java sees one half of a surrogate pair, and encodes it as `?`.
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

    /// Creates the error for the bracket at the cursor that nests too deeply: json-smart's, or the stack's where it has
    /// room for fewer.
    #[cold]
    pub(super) fn too_deep(&self) -> Error {
        if self.depth > MAX_DEPTH { self.refuse(Fault::Depth, 0) } else { self.arena.budget.too_deep() }
    }

    /// Creates the error with which a Java number class refuses the number from `start` to the cursor.
    #[cold]
    pub(super) fn refuse_number(&self, start: usize, message: impl Into<String>) -> Error {
        Error::new(Code::BadPayload, message).at(Span::new(start, self.at - start))
    }
}
