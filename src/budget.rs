//! The running budget of one piece of work: steps, bytes held, time, cancellation, stack.
//!
//! Everything that works on input charges it *before* the work is done, so running out is an error
//! with a place and never a process that hangs or is killed.

use crate::diagnostic::Code;
use crate::error::Error;
use crate::limits::Limits;
use std::cell::Cell;
use std::fmt;
use std::time::{Duration, Instant};

/// Steps between two looks at the clock and at the cancellation.
const STEPS_PER_POLL: u64 = 1_000;

/// Bytes that one step copies, compares or searches.
const BYTES_PER_STEP: usize = 128;

/// Bytes of stack that nested work may take below the place where its budget was created. A thread
/// of 512 KB (2 MiB without optimizations, whose frames are larger) has room for that, its caller
/// and the deepest call that does not nest.
///
/// Each limit on depth is reached before the stack is used up, so that a template has the same outcome in
/// every build. Most take 100 blocks that compare each other: 4,120 bytes a level where panics unwind,
/// 3,500 where they abort. Without optimizations it is 1,000 lists that are compared, of 1,590 bytes.
const STACK: usize = if cfg!(debug_assertions) { 1_600 << 10 } else { 416 << 10 };

/// The resources that one piece of work may still use: a parse, a render, the load of a document, or
/// everything that one request causes.
///
/// Created from [`Limits`], passed by reference to everything that works on input, and charged before
/// work is done: [`charge`](Budget::charge) takes steps of some 20 ns, [`hold`](Budget::hold) bytes of
/// memory, which [`release`](Budget::release) gives back, [`descend`](Budget::descend) guards
/// recursion. Once a charge has failed every later one fails with the same code, so an error that is
/// dropped on the way does not go unnoticed.
///
/// ```
/// use vtl::{Budget, Code, Limits};
/// let budget = Budget::new(&Limits::service().with_steps(Some(100)));
/// assert!(budget.charge(90).is_ok());
/// assert_eq!(budget.charge(90).unwrap_err().code(), Code::StepLimit);
/// assert_eq!(budget.check().unwrap_err().code(), Code::StepLimit);
/// assert_eq!(budget.steps(), 180);
/// ```
///
/// A flag or a deadline of the caller is a closure:
///
/// ```
/// use std::sync::atomic::{AtomicBool, Ordering};
/// use vtl::{Budget, Code, Limits};
/// let stop = AtomicBool::new(true);
/// let is_stopped = || stop.load(Ordering::Relaxed);
/// let budget = Budget::new(&Limits::none()).cancel_when(&is_stopped);
/// assert_eq!(budget.charge(1_000_000).unwrap_err().code(), Code::Cancelled);
/// ```
pub struct Budget<'c> {
    steps: Cell<u64>,
    held: Cell<u64>,
    peak: Cell<u64>,
    /// The count of steps at which the slow path has to look: the limit, or the next poll.
    next_look: Cell<u64>,
    most_steps: u64,
    most_held: u64,
    deadline: Option<Instant>,
    most_time: u64,
    cancel: Option<&'c dyn Fn() -> bool>,
    /// The code of the first charge that failed.
    failed: Cell<Option<Code>>,
    /// The address of the stack where the budget was created.
    base: Cell<usize>,
}

impl<'c> Budget<'c> {
    /// Creates a budget; its time and its stack are counted from this call.
    #[must_use]
    pub fn new(limits: &Limits) -> Self {
        let mut budget = Budget {
            steps: Cell::new(0),
            held: Cell::new(0),
            peak: Cell::new(0),
            next_look: Cell::new(0),
            most_steps: limits.steps.unwrap_or(u64::MAX),
            most_held: limits.memory.unwrap_or(u64::MAX),
            deadline: None,
            most_time: 0,
            cancel: None,
            failed: Cell::new(None),
            base: Cell::new(stack_address()),
        };
        // Without an operating system there is no clock: asking for the time would panic.
        if let Some(most) = limits.time.filter(|_| !cfg!(all(target_family = "wasm", target_os = "unknown"))) {
            budget.most_time = most;
            budget.deadline = Instant::now().checked_add(Duration::from_millis(most));
        }
        budget.schedule();
        budget
    }

    /// Creates a budget without limits, but for the stack: for trusted input and tests.
    #[must_use]
    pub fn unlimited() -> Self {
        Budget::new(&Limits::none())
    }

    /// Sets a function that ends the work with `V309` once it returns true. It is asked every
    /// thousand steps (some 20 µs), from the thread that works.
    #[must_use]
    pub fn cancel_when(mut self, cancel: &'c dyn Fn() -> bool) -> Self {
        self.cancel = Some(cancel);
        self.schedule();
        self
    }

    /// Charges steps: a loop turn, a call, a value looked at; `n` of them.
    ///
    /// # Errors
    /// `V303` when there are no more steps, `V309` when the caller cancelled, `V310` when the time is
    /// over, and the code of the first failure ever after.
    #[inline]
    pub fn charge(&self, n: usize) -> Result<(), Error> {
        let spent = self.steps.get().saturating_add(n as u64);
        self.steps.set(spent);
        if spent >= self.next_look.get() { self.look(spent) } else { Ok(()) }
    }

    /// Charges the steps of copying, comparing or searching `n` bytes.
    ///
    /// # Errors
    /// As [`charge`](Budget::charge).
    #[inline]
    pub fn charge_bytes(&self, n: usize) -> Result<(), Error> {
        self.charge(n / BYTES_PER_STEP)
    }

    /// Charges memory that is about to be taken.
    ///
    /// # Errors
    /// `V305` when more bytes would be held than the limit allows.
    #[inline]
    pub fn hold(&self, bytes: usize) -> Result<(), Error> {
        let held = self.held.get().saturating_add(bytes as u64);
        if held > self.most_held {
            return Err(self.fail(Code::MemoryLimit));
        }
        self.held.set(held);
        if held > self.peak.get() {
            self.peak.set(held);
        }
        Ok(())
    }

    /// Gives back memory that [`hold`](Budget::hold) has charged.
    #[inline]
    pub fn release(&self, bytes: usize) {
        self.held.set(self.held.get().saturating_sub(bytes as u64));
    }

    /// Runs work, and gives back at its end the memory that it held.
    ///
    /// ```
    /// use vtl::{Budget, Limits};
    /// let budget = Budget::new(&Limits::service());
    /// let half = budget.briefly(|| budget.hold(1 << 20).map(|()| budget.held() / 2))?;
    /// assert_eq!((half, budget.held()), (1 << 19, 0));
    /// # Ok::<(), vtl::Error>(())
    /// ```
    pub fn briefly<T>(&self, work: impl FnOnce() -> T) -> T {
        let before = self.held.get();
        let done = work();
        self.held.set(before.min(self.held.get()));
        done
    }

    /// Charges the steps and the memory of a text of `bytes` bytes that is about to be made.
    ///
    /// # Errors
    /// As [`charge`](Budget::charge) and [`hold`](Budget::hold).
    #[inline]
    pub fn make(&self, bytes: usize) -> Result<(), Error> {
        self.hold(bytes)?;
        self.charge_bytes(bytes)
    }

    /// Checks that the stack has room for one more level of a recursion. Call it in every function
    /// that recurses on data: it adds up the levels of all of them.
    ///
    /// # Errors
    /// `V306` when the stack below the place where the budget was created is used up.
    #[inline]
    pub fn descend(&self) -> Result<(), Error> {
        // Miri gives locals any address.
        if self.base.get().saturating_sub(stack_address()) > STACK && !cfg!(miri) {
            return Err(self.fail(Code::DepthLimit));
        }
        Ok(())
    }

    /// Returns the number of levels of a recursion, of frames of `bytes` bytes, that the stack has room
    /// for: for a recursion that counts its levels itself.
    #[must_use]
    pub fn levels(&self, bytes: usize) -> usize {
        let used = if cfg!(miri) { 0 } else { self.base.get().saturating_sub(stack_address()) };
        STACK.saturating_sub(used) / bytes.max(1)
    }

    /// Ends a recursion that counts its levels itself and has used up [`levels`](Budget::levels).
    #[cold]
    pub(crate) fn too_deep(&self) -> Error {
        self.fail(Code::DepthLimit)
    }

    /// Runs work of an observer, which changes nothing of what is left for others: it counts from
    /// zero against the same limits.
    pub(crate) fn aside<T>(&self, work: impl FnOnce() -> T) -> T {
        let counts = [&self.steps, &self.held, &self.peak, &self.next_look].map(|count| count.replace(0));
        let failed = self.failed.take();
        self.schedule();
        let done = work();
        for (count, before) in [&self.steps, &self.held, &self.peak, &self.next_look].into_iter().zip(counts) {
            count.set(before);
        }
        self.failed.set(failed);
        done
    }

    /// Returns the first failure again, if there was one.
    ///
    /// # Errors
    /// The code of the first charge that failed.
    pub fn check(&self) -> Result<(), Error> {
        match self.failed.get() {
            Some(code) => Err(self.error(code)),
            None => Ok(()),
        }
    }

    /// Returns the steps charged so far.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.steps.get()
    }

    /// Returns the steps that may still be charged; `u64::MAX` without a limit.
    ///
    /// ```
    /// use vtl::{Budget, Limits};
    /// let budget = Budget::new(&Limits::service().with_steps(Some(100)));
    /// budget.charge(60)?;
    /// assert_eq!(budget.steps_left(), 40);
    /// # Ok::<(), vtl::Error>(())
    /// ```
    #[must_use]
    pub fn steps_left(&self) -> u64 {
        self.most_steps.saturating_sub(self.steps.get())
    }

    /// Returns the bytes held now.
    #[must_use]
    pub fn held(&self) -> u64 {
        self.held.get()
    }

    /// Returns the largest number of bytes held at a time.
    #[must_use]
    pub fn peak(&self) -> u64 {
        self.peak.get()
    }

    /// Sets when [`charge`](Budget::charge) looks next: at the limit, or earlier where a clock or a
    /// flag has to be asked.
    fn schedule(&self) {
        let limit = self.most_steps.saturating_add(1);
        let polls = self.deadline.is_some() || self.cancel.is_some();
        self.next_look.set(if polls { limit.min(self.steps.get().saturating_add(STEPS_PER_POLL)) } else { limit });
    }

    #[cold]
    fn look(&self, spent: u64) -> Result<(), Error> {
        self.check()?;
        if spent > self.most_steps {
            return Err(self.fail(Code::StepLimit));
        }
        if self.cancel.is_some_and(|cancel| cancel()) {
            return Err(self.fail(Code::Cancelled));
        }
        if self.deadline.is_some_and(|deadline| Instant::now() >= deadline) {
            return Err(self.fail(Code::TimeLimit));
        }
        self.schedule();
        Ok(())
    }

    /// Makes every later charge fail.
    #[cold]
    fn fail(&self, code: Code) -> Error {
        let code = self.failed.get().unwrap_or(code);
        self.failed.set(Some(code));
        self.next_look.set(0);
        self.error(code)
    }

    #[cold]
    fn error(&self, code: Code) -> Error {
        let (detail, limit) = match code {
            Code::StepLimit => (format!("more than {} steps", self.most_steps), "steps"),
            Code::MemoryLimit => (format!("more than {} bytes", self.most_held), "memory"),
            Code::TimeLimit => (format!("more than {} ms", self.most_time), "time"),
            Code::Cancelled => {
                return Error::new(code, format!("the caller cancelled the work after {} steps", self.steps.get()));
            }
            _ => return Error::new(code, "the input nests too deeply for the stack").with_help("nest it less deeply"),
        };
        Error::new(code, detail).with_help(format!("raise the `{limit}` limit if the input is sound"))
    }
}

/// Returns an address in the stack frame of the caller or near it.
#[inline(always)]
fn stack_address() -> usize {
    let here = 0u8;
    std::ptr::from_ref(std::hint::black_box(&here)).addr()
}

impl fmt::Debug for Budget<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Budget")
            .field("steps", &self.steps)
            .field("held", &self.held)
            .field("peak", &self.peak)
            .field("failed", &self.failed)
            .finish_non_exhaustive()
    }
}
