//! What is written: one string with marks. A capture is a mark, not a buffer of its own.

use crate::diagnostic::Code;
use crate::error::Error;
use crate::value::Value;

pub(super) struct Output {
    text: String,
    marks: Vec<usize>,
    most: usize,
}

impl Output {
    pub(super) fn new(text: String, most: Option<u64>) -> Self {
        let most = most.map_or(usize::MAX, |m| usize::try_from(m).unwrap_or(usize::MAX));
        Output { text, marks: Vec::new(), most }
    }

    /// Appends text.
    #[inline(always)]
    pub(super) fn push(&mut self, text: &str) -> Result<(), Error> {
        self.text.push_str(text);
        self.check()
    }

    /// Appends a string or an Integer. False: it is neither.
    #[inline(always)]
    pub(super) fn push_scalar(&mut self, value: &Value<'_>) -> Result<bool, Error> {
        match value {
            Value::Str(text) => self.push(text)?,
            Value::Int(i) => self.push(itoa::Buffer::new().format(*i))?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Lets `write` append to the text.
    pub(super) fn write(&mut self, write: impl FnOnce(&mut String) -> Result<(), Error>) -> Result<(), Error> {
        write(&mut self.text)?;
        self.check()
    }

    #[inline]
    fn check(&self) -> Result<(), Error> {
        if self.text.len() > self.most { Err(self.too_much()) } else { Ok(()) }
    }

    #[cold]
    fn too_much(&self) -> Error {
        Error::new(Code::OutputLimit, format!("more than {} bytes of output", self.most))
    }

    /// Starts a capture.
    pub(super) fn begin(&mut self) {
        self.marks.push(self.text.len());
    }

    /// Ends the innermost capture and lets `take` see what was written since.
    #[inline]
    pub(super) fn end<T>(&mut self, take: impl FnOnce(&str) -> T) -> T {
        let mark = self.marks.pop().unwrap_or(0);
        let taken = take(self.text.get(mark..).unwrap_or(""));
        self.text.truncate(mark);
        taken
    }

    /// How many captures are open.
    pub(super) fn depth(&self) -> usize {
        self.marks.len()
    }

    /// Drops captures that were left by a jump out of them, with what they hold.
    pub(super) fn unwind(&mut self, depth: usize) {
        if let Some(&mark) = self.marks.get(depth) {
            self.text.truncate(mark);
            self.marks.truncate(depth);
        }
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn into_text(self) -> String {
        self.text
    }
}
