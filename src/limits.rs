//! Resource limits of a template, and the meter that a render charges.
//!
//! Loop turns, calls, output and allocation are charged; single operations are not, so a render pays
//! for its limits only where work can grow.

use crate::diagnostic::Code;
use crate::error::Error;
use std::cell::Cell;
use std::fmt;

macro_rules! limits {
    ($($name:ident, $with:ident, $service:expr, $velocity:expr, $doc:literal;)*) => {
        /// Resource limits of a template; `None` means unlimited.
        ///
        /// Each limit has a getter of its name and a setter `with_…`; [`get`](Limits::get) and
        /// [`set`](Limits::set) take the name as text.
        ///
        /// ```
        /// use vtl::{Globals, Limits, ParseOptions, Template};
        /// let limits = Limits::service().with_output(Some(3));
        /// assert_eq!((limits.output(), limits.foreach()), (Some(3), Some(1_000)));
        ///
        /// let template = Template::parse_with("four", &ParseOptions::new().limits(limits))?;
        /// assert_eq!(template.render(&Globals::default()).unwrap_err().code(), vtl::Code::OutputLimit);
        /// # Ok::<(), vtl::Error>(())
        /// ```
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct Limits { $(pub(crate) $name: Option<u64>,)* pub(crate) foreach_fails: bool }

        impl Limits {
            /// Creates the service's published quotas, with safety limits for the rest.
            #[must_use]
            pub fn service() -> Self {
                Limits { $($name: $service,)* foreach_fails: false }
            }

            /// Creates the limits for Velocity's own rules: no quotas, only the safety limits.
            #[must_use]
            pub fn velocity_1_7() -> Self {
                Limits { $($name: $velocity,)* foreach_fails: false }
            }

            /// Names of all limits, as [`set`](Limits::set) takes them.
            pub const NAMES: &'static [&'static str] = &[$(stringify!($name)),*];

            /// Sets the limit called `name`; `-` and `_` are the same in a name.
            ///
            /// # Errors
            /// [`UnknownLimit`] when there is none of that name.
            pub fn set(&mut self, name: &str, value: Option<u64>) -> Result<(), UnknownLimit> {
                match name.replace('-', "_").as_str() {
                    $(stringify!($name) => self.$name = value,)*
                    _ => return Err(UnknownLimit(name.to_owned())),
                }
                Ok(())
            }

            /// Returns the limit called `name`; `-` and `_` are the same in a name.
            ///
            /// # Errors
            /// [`UnknownLimit`] when there is none of that name.
            pub fn get(&self, name: &str) -> Result<Option<u64>, UnknownLimit> {
                match name.replace('-', "_").as_str() {
                    $(stringify!($name) => Ok(self.$name),)*
                    _ => Err(UnknownLimit(name.to_owned())),
                }
            }

            /// The table: name, defaults of both dialects, doc line.
            #[cfg(test)]
            pub(crate) const TABLE: &'static [(&'static str, Option<u64>, Option<u64>, &'static str)] =
                &[$((stringify!($name), $service, $velocity, $doc)),*];

            $(
                #[doc = concat!("Sets the limit: ", $doc)]
                #[must_use]
                pub fn $with(mut self, value: Option<u64>) -> Self {
                    self.$name = value;
                    self
                }

                #[doc = concat!("Returns the limit: ", $doc)]
                #[must_use]
                pub fn $name(&self) -> Option<u64> {
                    self.$name
                }
            )*
        }
    };
}

limits! {
    foreach, with_foreach, Some(1_000), None, "turns of one `#foreach` (the service: 1,000, \"Quotas for configuring and running a REST API\").";
    steps, with_steps, Some(50_000_000), Some(50_000_000), "loop turns, calls and bytes worked on by built-in methods, in all.";
    output, with_output, Some(64 << 20), Some(256 << 20), "bytes of output.";
    memory, with_memory, Some(512 << 20), Some(2 << 30), "bytes of lists, maps and strings made while rendering, roughly.";
    depth, with_depth, Some(100), Some(100), "nested renders: `#define` blocks, `#evaluate`, calls in arguments.";
    macro_depth, with_macro_depth, Some(20), Some(20), "nested macro calls (Velocity's `velocimacro.max.depth`: 20).";
    source, with_source, Some(300 << 10), None, "bytes of the template (the service: 300 KB).";
    nesting, with_nesting, Some(100), Some(100), "nesting of brackets in one expression.";
}

impl Limits {
    /// Creates limits without any: for trusted templates only.
    #[must_use]
    pub fn none() -> Self {
        let mut limits = Limits::velocity_1_7();
        for name in Limits::NAMES {
            // Each of these names is a limit.
            let _ = limits.set(name, None);
        }
        limits
    }

    /// Makes a `#foreach` that reaches its limit an error; by default the loop ends with a note.
    #[must_use]
    pub fn with_foreach_fails(mut self, fails: bool) -> Self {
        self.foreach_fails = fails;
        self
    }

    /// Checks whether a `#foreach` that reaches its limit is an error.
    #[must_use]
    pub fn foreach_fails(&self) -> bool {
        self.foreach_fails
    }
}

/// The limits of the service.
impl Default for Limits {
    fn default() -> Self {
        Limits::service()
    }
}

/// The error of [`Limits::set`] and [`Limits::get`]: no limit has that name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownLimit(pub String);

impl fmt::Display for UnknownLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unknown limit `{}`; the limits are {}", self.0, Limits::NAMES.join(", "))
    }
}

impl std::error::Error for UnknownLimit {}

/// Steps between two questions whether the render is cancelled.
const STEPS_PER_CHECK: u64 = 1_000;

/// The resources that a render has used so far.
pub(crate) struct Meter<'c> {
    steps: Cell<u64>,
    memory: Cell<u64>,
    /// The count of steps at which the limit or the cancellation has to be looked at.
    next_check: Cell<u64>,
    most_steps: u64,
    most_memory: u64,
    cancel: Option<&'c dyn Fn() -> bool>,
}

impl<'c> Meter<'c> {
    pub(crate) fn new(limits: &Limits) -> Self {
        let most_steps = limits.steps.unwrap_or(u64::MAX);
        Meter {
            steps: Cell::new(0),
            memory: Cell::new(0),
            next_check: Cell::new(most_steps),
            most_steps,
            most_memory: limits.memory.unwrap_or(u64::MAX),
            cancel: None,
        }
    }

    /// Sets the function that is asked whether to go on.
    pub(crate) fn cancel_when(&mut self, cancel: &'c dyn Fn() -> bool) {
        self.cancel = Some(cancel);
        self.next_check.set(self.most_steps.min(STEPS_PER_CHECK));
    }

    /// Charges `n` units of work: a loop turn, a call, or the bytes that a built-in walks over.
    #[inline]
    pub(crate) fn charge(&self, n: usize) -> Result<(), Error> {
        let spent = self.steps.get().saturating_add(n as u64);
        self.steps.set(spent);
        if spent > self.next_check.get() { self.check(spent) } else { Ok(()) }
    }

    #[cold]
    fn check(&self, spent: u64) -> Result<(), Error> {
        if spent > self.most_steps {
            return Err(Error::new(Code::StepLimit, format!("more than {} steps", self.most_steps))
                .with_help("raise the `steps` limit if the template is sound"));
        }
        if self.cancel.is_some_and(|cancel| cancel()) {
            return Err(Error::new(Code::Cancelled, format!("the caller cancelled the render after {spent} steps")));
        }
        self.next_check.set(spent.saturating_add(STEPS_PER_CHECK).min(self.most_steps));
        Ok(())
    }

    /// Charges `bytes` of memory that stay until the end of the render.
    #[inline]
    pub(crate) fn grow(&self, bytes: usize) -> Result<(), Error> {
        let held = self.memory.get().saturating_add(bytes as u64);
        self.memory.set(held);
        if held > self.most_memory { Err(self.too_much_memory()) } else { Ok(()) }
    }

    #[cold]
    fn too_much_memory(&self) -> Error {
        Error::new(Code::MemoryLimit, format!("more than {} bytes", self.most_memory))
            .with_help("raise the `memory` limit if the template is sound")
    }
}
