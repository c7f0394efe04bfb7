//! The budget of loading a document, with the place where it was spent.
//!
//! Documents multiply what is written once: by functions, references, loops and aliases. So whoever
//! copies or makes a value charges for it before, and stops when the budget is spent. The entry
//! point then reports the fault.

use crate::diagnostic::Fault;
use crate::span::Span;
use std::cell::Cell;
use vtl::{Code, Error, Limits};

/// Bytes of a value, besides those of its text.
pub(crate) const VALUE: usize = 88;

/// The budget of a document.
#[derive(Debug)]
pub(crate) struct Budget<'c> {
    budget: vtl::Budget<'c>,
    /// Place of the first charge that failed.
    place: Cell<Option<Span>>,
}

impl<'c> Budget<'c> {
    /// Creates a budget that a caller can cancel.
    pub(crate) fn new(limits: &Limits, cancel: Option<&'c dyn Fn() -> bool>) -> Self {
        let budget = vtl::Budget::new(limits);
        let budget = cancel.map_or_else(|| vtl::Budget::new(limits), |cancel| budget.cancel_when(cancel));
        Budget { budget, place: Cell::new(None) }
    }

    /// Charges steps for work at a place; returns `false` if the budget is spent.
    pub(crate) fn charge(&self, steps: usize, span: Span) -> bool {
        self.is_left(self.budget.charge(steps), span)
    }

    /// Charges bytes that are about to be made at a place; returns `false` if the budget is spent.
    pub(crate) fn make(&self, bytes: usize, span: Span) -> bool {
        self.charge(1, span) && self.is_left(self.budget.make(bytes), span)
    }

    /// Charges steps and bytes for a value that is about to be read or made at a place.
    ///
    /// # Errors
    /// The budget is spent.
    pub(crate) fn spend(&self, steps: usize, bytes: usize, span: Span) -> Result<(), Fault> {
        if self.charge(steps, span) && self.is_left(self.budget.hold(bytes), span) {
            return Ok(());
        }
        Err(self.fault().unwrap_or_else(|| Fault::new(Code::StepLimit, span, "the budget is spent")))
    }

    /// Checks that the stack has room for one more level; returns `false` if it has not.
    pub(crate) fn descend(&self, span: Span) -> bool {
        self.is_left(self.budget.descend(), span)
    }

    /// Returns the steps that were charged.
    pub(crate) fn steps(&self) -> u64 {
        self.budget.steps()
    }

    /// Returns the fault of a budget that is spent.
    pub(crate) fn fault(&self) -> Option<Fault> {
        let error = self.budget.check().err()?;
        let span = self.place.get().unwrap_or_default();
        let fault = Fault::new(error.code(), span, format!("loading the document: {}", error.detail()));
        Some(error.help().map_or_else(|| fault.clone(), |help| fault.clone().with_help(help)))
    }

    fn is_left(&self, charged: Result<(), Error>, span: Span) -> bool {
        if charged.is_err() && self.place.get().is_none() {
            self.place.set(Some(span));
        }
        charged.is_ok()
    }
}
