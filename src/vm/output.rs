//! The output buffer. A capture is a mark in the buffer, not a buffer of its own.

use crate::diagnostic::Code;
use crate::error::Error;
use crate::value::{Plain, Value};

/// The output of a render, with the open captures.
pub(super) struct Output {
    text: String,
    /// The offsets at which the open captures start.
    marks: Vec<usize>,
    /// Maximum size in bytes.
    limit: usize,
}

impl Output {
    pub(super) fn new(text: String, limit: Option<u64>) -> Self {
        let limit = limit.map_or(usize::MAX, |m| usize::try_from(m).unwrap_or(usize::MAX));
        Output { text, marks: Vec::new(), limit }
    }

    /// Appends text.
    #[inline(always)]
    pub(super) fn push(&mut self, text: &str) -> Result<(), Error> {
        self.text.push_str(text);
        self.check()
    }

    /// Appends a string or an Integer; returns `false` for any other value.
    #[inline(always)]
    pub(super) fn push_scalar(&mut self, value: &Value<'_>) -> Result<bool, Error> {
        match value {
            Value::Str(text) => self.push(text)?,
            Value::Int(i) => self.push(itoa::Buffer::new().format(*i))?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Appends a string, an Integer or a boolean; returns `false` for any other value.
    pub(super) fn push_plain(&mut self, value: Plain<'_>) -> Result<bool, Error> {
        match value {
            Plain::Text(text) => self.push(text)?,
            Plain::Int(i) => self.push(itoa::Buffer::new().format(i))?,
            Plain::Bool(true) => self.push("true")?,
            Plain::Bool(false) => self.push("false")?,
            Plain::Map(_) | Plain::Data(_) => return Ok(false),
        }
        Ok(true)
    }

    /// Appends by calling `write` on the buffer, with its largest size in bytes; returns its result.
    pub(super) fn write<T>(&mut self, write: impl FnOnce(&mut String, usize) -> Result<T, Error>) -> Result<T, Error> {
        let written = write(&mut self.text, self.limit)?;
        self.check().map(|()| written)
    }

    #[inline]
    fn check(&self) -> Result<(), Error> {
        if self.text.len() > self.limit { Err(self.too_much()) } else { Ok(()) }
    }

    #[cold]
    fn too_much(&self) -> Error {
        Error::new(Code::OutputLimit, format!("more than {} bytes of output", self.limit))
    }

    /// Starts a capture.
    pub(super) fn begin(&mut self) {
        self.marks.push(self.text.len());
    }

    /// Ends the innermost capture, passes its text to `take` and removes it.
    #[inline]
    pub(super) fn end<T>(&mut self, take: impl FnOnce(&str) -> T) -> T {
        let mark = self.marks.pop().unwrap_or(0);
        let taken = take(self.text.get(mark..).unwrap_or(""));
        self.text.truncate(mark);
        taken
    }

    /// Returns the number of open captures.
    pub(super) fn depth(&self) -> usize {
        self.marks.len()
    }

    /// Discards the captures from `depth` on with their text, after a jump out of them. Returns the bytes of the
    /// text, which are not charged yet.
    #[must_use]
    pub(super) fn unwind(&mut self, depth: usize) -> usize {
        let Some(&mark) = self.marks.get(depth) else { return 0 };
        let discarded = self.text.len() - mark;
        self.text.truncate(mark);
        self.marks.truncate(depth);
        discarded
    }

    /// Takes back what was written beyond `len` bytes.
    pub(super) fn truncate(&mut self, len: usize) {
        self.text.truncate(len);
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn into_text(self) -> String {
        self.text
    }
}
