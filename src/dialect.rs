//! The rules of the language: the service's or Velocity 1.7's, with a switch for each open question.

use std::fmt;

/// One row per question about the service that cannot be answered from outside: the switch and its
/// effect when it is on. All are off by default. Fields, setters, names and the page of switches are
/// made from it.
macro_rules! switches {
    ($($name:ident, $with:ident, $doc:literal;)*) => {
        /// Rules of the language: those of the service (the default) or of Velocity 1.7 with its default
        /// settings.
        ///
        /// ```
        /// use vtl::{Globals, ParseOptions, Template};
        /// let text = "$nobody";
        /// let service = Template::parse(text)?.render(&Globals::default())?;
        /// let velocity = Template::parse_with(text, &ParseOptions::velocity_1_7())?.render(&Globals::default())?;
        /// assert_eq!((service.text.as_str(), velocity.text.as_str()), ("", "$nobody"));
        /// # Ok::<(), vtl::Error>(())
        /// ```
        ///
        /// A switch exists for each question about the service that cannot be answered from outside. All are
        /// off by default; `COMPATIBILITY.md` says what would settle them. Each has a getter of its name and a
        /// setter `with_…`.
        ///
        /// ```
        /// use vtl::{Dialect, Globals, ParseOptions, Template};
        /// let options = ParseOptions::new().dialect(Dialect::service().with_escape_slash(true));
        /// let template = Template::parse_with("$input.json('$')", &options)?;
        /// assert_eq!(template.render(&Globals::body(r#"["a/b"]"#))?.text, r#"["a\/b"]"#);
        /// # Ok::<(), vtl::Error>(())
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct Dialect {
            /// A null reference has the value `""`, and there are no macros and no `#evaluate`
            /// (aws-observed 1.2, M).
            pub(crate) service: bool,
            $(pub(crate) $name: bool,)*
        }

        impl Dialect {
            /// Creates the service's rules.
            #[must_use]
            pub fn service() -> Self {
                Dialect { service: true, $($name: false,)* }
            }

            /// Names of all switches, as [`set`](Dialect::set) takes them.
            pub const SWITCHES: &'static [&'static str] = &[$(stringify!($name)),*];

            /// Sets the switch called `name`; `-` and `_` are the same in a name.
            ///
            /// # Errors
            /// [`UnknownSwitch`] when there is none of that name.
            pub fn set(&mut self, name: &str, on: bool) -> Result<(), UnknownSwitch> {
                match name.replace('-', "_").as_str() {
                    $(stringify!($name) => self.$name = on,)*
                    _ => return Err(UnknownSwitch(name.to_owned())),
                }
                Ok(())
            }

            /// Returns the switch called `name`; `-` and `_` are the same in a name.
            ///
            /// # Errors
            /// [`UnknownSwitch`] when there is none of that name.
            pub fn get(&self, name: &str) -> Result<bool, UnknownSwitch> {
                match name.replace('-', "_").as_str() {
                    $(stringify!($name) => Ok(self.$name),)*
                    _ => Err(UnknownSwitch(name.to_owned())),
                }
            }

            /// The table: name and doc line.
            #[cfg(test)]
            pub(crate) const TABLE: &'static [(&'static str, &'static str)] = &[$((stringify!($name), $doc)),*];

            $(
                #[doc = concat!("Sets the switch: ", $doc)]
                #[must_use]
                pub fn $with(mut self, on: bool) -> Self {
                    self.$name = on;
                    self
                }

                #[doc = concat!("Returns the switch: ", $doc)]
                #[must_use]
                pub fn $name(&self) -> bool {
                    self.$name
                }
            )*
        }
    };
}

switches! {
    escape_slash, with_escape_slash, "`$input.json` and printed lists write `/` as `\\/`, as json-smart's default style does.";
    parse_per_call, with_parse_per_call, "Each `$input.path` and `$input.json` reads the payload anew: a change to one result never shows in another.";
    json_null, with_json_null, "`$input.json` writes `null` for a null that is there; otherwise it writes `\"\"`, as for nothing.";
    exact_header_names, with_exact_header_names, "`$input.params(name)` finds a header only by the name it was sent with; otherwise case does not matter when nothing else fits.";
    short_script_escapes, with_short_script_escapes, "`$util.escapeJavaScript` leaves `/` and what is beyond ASCII alone; otherwise they become `\\/` and `\\u00E9`.";
    util_takes_all, with_util_takes_all, "All functions of `$util` take numbers and objects, by their text; otherwise only `escapeJavaScript` does.";
    lenient_parse_json, with_lenient_parse_json, "`$util.parseJson` of broken text gives nothing; otherwise the render fails.";
}

impl Dialect {
    /// Creates the rules of Velocity 1.7 with its default settings and its secure introspector.
    #[must_use]
    pub fn velocity_1_7() -> Self {
        Dialect { service: false, ..Dialect::service() }
    }
}

impl Default for Dialect {
    fn default() -> Self {
        Dialect::service()
    }
}

/// The error of [`Dialect::set`] and [`Dialect::get`]: no switch has that name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownSwitch(pub String);

impl fmt::Display for UnknownSwitch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unknown switch `{}`; the switches are {}", self.0, Dialect::SWITCHES.join(", "))
    }
}

impl std::error::Error for UnknownSwitch {}
