//! Resource limits: one table of their names, defaults and docs.
//!
//! A [`Budget`](crate::Budget) counts against them while work is done.

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

            /// Sets the limit called `name` from text: `none`, a number, or a number with a unit:
            /// `KiB`, `MiB`, `GiB` of bytes, `ms`, `s` of time.
            ///
            /// ```
            /// let mut limits = vtl::Limits::service();
            /// limits.set_text("memory", "512MiB").unwrap();
            /// limits.set_text("time", "2s").unwrap();
            /// assert_eq!((limits.memory(), limits.time()), (Some(512 << 20), Some(2_000)));
            /// assert!(limits.set_text("steps", "2s").is_err());
            /// ```
            ///
            /// # Errors
            /// The sentence that says what is wrong: the name, the number, or the unit.
            pub fn set_text(&mut self, name: &str, text: &str) -> Result<(), String> {
                let name = name.replace('-', "_");
                self.get(&name).map_err(|error| error.to_string())?;
                let value = match text {
                    "none" => None,
                    _ => Some(number(&name, text).ok_or_else(|| {
                        format!("`{text}` is not a value of `{name}`: {}", expected(&name))
                    })?),
                };
                self.set(&name, value).map_err(|error| error.to_string())
            }

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
    steps, with_steps, Some(50_000_000), Some(50_000_000), "steps: units of work of some 20 ns each (see [`Budget`](crate::Budget)).";
    time, with_time, None, None, "milliseconds from the start of the work, by the clock (not on `wasm32-unknown-unknown`, which has none).";
    output, with_output, Some(64 << 20), Some(64 << 20), "bytes of output.";
    memory, with_memory, Some(256 << 20), Some(256 << 20), "bytes of lists, maps and strings held at a time, roughly.";
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

/// Units of a number of bytes.
const BYTES: &[(&str, u64)] = &[("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30)];

/// Units of a number of milliseconds.
const TIMES: &[(&str, u64)] = &[("ms", 1), ("s", 1_000)];

/// Returns the units that the numbers of a limit take.
fn units(name: &str) -> &'static [(&'static str, u64)] {
    match name {
        "output" | "memory" | "source" => BYTES,
        "time" => TIMES,
        _ => &[],
    }
}

/// Returns the number of a text such as `512MiB`.
fn number(name: &str, text: &str) -> Option<u64> {
    let (digits, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()));
    let factor = if unit.is_empty() { 1 } else { units(name).iter().find(|(known, _)| *known == unit)?.1 };
    digits.parse::<u64>().ok()?.checked_mul(factor)
}

/// Describes the values that a limit takes.
fn expected(name: &str) -> String {
    let units: Vec<&str> = units(name).iter().map(|(unit, _)| *unit).collect();
    let unit = if units.is_empty() { String::new() } else { format!(", one with a unit ({})", units.join(", ")) };
    format!("expected a whole number{unit} or none")
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
