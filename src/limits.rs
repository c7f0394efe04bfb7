//! Ceilings on what a template may use, and the meter that is charged.
//!
//! Loop turns, calls, output and allocation are charged; single operations are
//! not, so a render pays for its limits only where work can grow.

use crate::diagnostic::Code;
use crate::error::Error;
use std::cell::Cell;

macro_rules! limits {
    ($($name:ident, $service:expr, $velocity:expr, $doc:literal;)*) => {
        /// Resource ceilings of a template: a field per limit, `None` for none.
        ///
        /// ```
        /// use vtl::{Dialect, Globals, Limits, Template};
        /// let limits = Limits::service().output(Some(3));
        /// let template = Template::parse_with("four", Dialect::service(), &limits)?;
        /// assert_eq!(template.render(&Globals::default()).unwrap_err().code(), vtl::Code::OutputLimit);
        /// # Ok::<(), vtl::Error>(())
        /// ```
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct Limits { $(pub(crate) $name: Option<u64>,)* pub(crate) foreach_fails: bool }

        impl Limits {
            /// The service's published quotas, with safety ceilings for the rest.
            #[must_use]
            pub fn service() -> Self {
                Limits { $($name: $service,)* foreach_fails: false }
            }

            /// Velocity's own: no quota but the safety ceilings.
            #[must_use]
            pub fn velocity_1_7() -> Self {
                Limits { $($name: $velocity,)* foreach_fails: false }
            }

            /// The names of all limits, as the command line knows them.
            pub const NAMES: &'static [&'static str] = &[$(stringify!($name)),*];

            /// Sets the limit called `name`; false when there is none of that name.
            pub fn set(&mut self, name: &str, value: Option<u64>) -> bool {
                match name {
                    $(stringify!($name) => self.$name = value,)*
                    _ => return false,
                }
                true
            }

            /// The table as it stands: name, defaults of both dialects, doc line.
            #[cfg(test)]
            pub(crate) const TABLE: &'static [(&'static str, Option<u64>, Option<u64>, &'static str)] =
                &[$((stringify!($name), $service, $velocity, $doc)),*];

            $(
                #[doc = $doc]
                #[must_use]
                pub fn $name(mut self, value: Option<u64>) -> Self {
                    self.$name = value;
                    self
                }
            )*
        }
    };
}

limits! {
    foreach, Some(1_000), None, "Turns of one `#foreach` (the service: 1,000, \"Quotas for configuring and running a REST API\").";
    steps, Some(50_000_000), Some(50_000_000), "Loop turns, calls and bytes worked on by built-in methods, in all.";
    output, Some(64 << 20), Some(256 << 20), "Bytes of output.";
    memory, Some(512 << 20), Some(2 << 30), "Bytes of lists, maps and strings made while rendering, roughly.";
    depth, Some(100), Some(100), "Nested renders: `#define` blocks, `#evaluate`, calls in arguments.";
    macro_depth, Some(20), Some(20), "Nested macro calls (Velocity's `velocimacro.max.depth`: 20).";
    source, Some(300 << 10), None, "Bytes of the template (the service: 300 KB).";
    nesting, Some(100), Some(100), "Nesting of brackets in one expression.";
}

impl Limits {
    /// No ceiling at all. For trusted templates only.
    #[must_use]
    pub fn none() -> Self {
        let mut limits = Limits::velocity_1_7();
        for name in Limits::NAMES {
            limits.set(name, None);
        }
        limits
    }

    /// Makes reaching the `foreach` limit an error; the default ends the loop with a note.
    #[must_use]
    pub fn foreach_fails(mut self, fails: bool) -> Self {
        self.foreach_fails = fails;
        self
    }
}

/// What a render has used so far.
#[derive(Debug)]
pub(crate) struct Meter {
    steps: Cell<u64>,
    memory: Cell<u64>,
    most_steps: u64,
    most_memory: u64,
}

impl Meter {
    pub(crate) fn new(limits: &Limits) -> Self {
        Meter {
            steps: Cell::new(0),
            memory: Cell::new(0),
            most_steps: limits.steps.unwrap_or(u64::MAX),
            most_memory: limits.memory.unwrap_or(u64::MAX),
        }
    }

    /// Pays for `n` units of work: a loop turn, a call, or the bytes a built-in walks over.
    #[inline]
    pub(crate) fn charge(&self, n: usize) -> Result<(), Error> {
        let spent = self.steps.get().saturating_add(n as u64);
        self.steps.set(spent);
        if spent > self.most_steps { Err(self.too_many_steps()) } else { Ok(()) }
    }

    #[cold]
    fn too_many_steps(&self) -> Error {
        Error::new(Code::StepLimit, format!("more than {} steps", self.most_steps))
            .hint("raise the `steps` limit if the template is sound")
    }

    /// Pays for `bytes` of memory that stay until the end of the render.
    #[inline]
    pub(crate) fn grow(&self, bytes: usize) -> Result<(), Error> {
        let held = self.memory.get().saturating_add(bytes as u64);
        self.memory.set(held);
        if held > self.most_memory { Err(self.too_much_memory()) } else { Ok(()) }
    }

    #[cold]
    fn too_much_memory(&self) -> Error {
        Error::new(Code::MemoryLimit, format!("more than {} bytes", self.most_memory))
            .hint("raise the `memory` limit if the template is sound")
    }
}
