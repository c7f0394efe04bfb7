//! A text that is being written at the expense of a budget.

use crate::budget::Budget;
use crate::diagnostic::Code;
use crate::error::Error;

/// Bytes that a writer may append before it pays: most texts are shorter.
pub(super) const FREE: usize = 256;

/// Bytes that one step writes: a text that grows is copied, and its pages are new.
pub(crate) const BYTES_PER_STEP: usize = 64;

/// The end of a text, which a value appends to. Steps and memory are charged before the text grows;
/// the memory is given back when the sink is dropped, since its owner charges for the whole text.
pub(crate) struct Sink<'s> {
    out: &'s mut String,
    budget: &'s Budget<'s>,
    /// The length of the text that is paid for.
    paid: usize,
    held: usize,
    /// Longest text in bytes.
    most: usize,
}

impl<'s> Sink<'s> {
    /// Creates a sink at the end of a text.
    pub(crate) fn new(out: &'s mut String, budget: &'s Budget<'s>) -> Self {
        Sink { paid: out.len() + FREE, out, budget, held: 0, most: usize::MAX }
    }

    /// Sets the longest text in bytes, beyond which the output limit is reached.
    pub(crate) fn at_most(mut self, most: usize) -> Self {
        self.most = most;
        self
    }

    /// Appends text.
    #[inline]
    pub(crate) fn push_str(&mut self, text: &str) -> Result<(), Error> {
        self.reserve(text.len())?;
        self.out.push_str(text);
        Ok(())
    }

    /// Appends a character.
    #[inline]
    pub(crate) fn push(&mut self, c: char) -> Result<(), Error> {
        self.reserve(c.len_utf8())?;
        self.out.push(c);
        Ok(())
    }

    /// Appends by calling `write` on the text, which appends about `bytes` bytes.
    pub(crate) fn write<T>(&mut self, bytes: usize, write: impl FnOnce(&mut String) -> T) -> Result<T, Error> {
        self.reserve(bytes)?;
        let done = write(self.out);
        self.reserve(0)?;
        Ok(done)
    }

    /// Pays for `more` bytes.
    #[inline]
    fn reserve(&mut self, more: usize) -> Result<(), Error> {
        let wanted = self.out.len() + more;
        if wanted > self.paid { self.pay(wanted) } else { Ok(()) }
    }

    #[cold]
    fn pay(&mut self, wanted: usize) -> Result<(), Error> {
        if wanted > self.most {
            return Err(Error::new(Code::OutputLimit, format!("more than {} bytes of output", self.most)));
        }
        let due = wanted - self.paid + FREE;
        self.budget.hold(due)?;
        self.budget.charge(due / BYTES_PER_STEP)?;
        self.held += due;
        self.paid += due;
        Ok(())
    }
}

impl Drop for Sink<'_> {
    fn drop(&mut self) {
        self.budget.release(self.held);
    }
}
