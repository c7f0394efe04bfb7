//! Every switch where the service and Velocity 1.7 differ, or where the service's
//! behaviour is not known and a choice was made.

/// One row per question that nobody outside of the service can answer: the switch and what it does when
/// it is on. All are off by default. Fields, setters, names and the page of switches are made from it.
macro_rules! switches {
    ($($name:ident, $doc:literal;)*) => {
        /// Which engine to be: the service (the default) or Velocity 1.7 as it comes.
        ///
        /// ```
        /// use vtl::{Dialect, Globals, Limits, Template};
        /// let text = "$nobody";
        /// let service = Template::parse(text)?.render(&Globals::default())?;
        /// let dialect = Dialect::velocity_1_7();
        /// let velocity = Template::parse_with(text, dialect, &Limits::velocity_1_7())?.render(&Globals::default())?;
        /// assert_eq!((service.text.as_str(), velocity.text.as_str()), ("", "$nobody"));
        /// # Ok::<(), vtl::Error>(())
        /// ```
        ///
        /// It also has a switch for each question about the service that nobody outside of it can answer. All
        /// are off by default; `COMPATIBILITY.md` says what would settle them.
        ///
        /// ```
        /// use vtl::{Dialect, Globals, Limits, Template};
        /// let dialect = Dialect::service().escape_slash(true);
        /// let template = Template::parse_with("$input.json('$')", dialect, &Limits::service())?;
        /// assert_eq!(template.render(&Globals::body(r#"["a/b"]"#))?.text, r#"["a\/b"]"#);
        /// # Ok::<(), vtl::Error>(())
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct Dialect {
            /// A reference to nothing has the value `""`, and there are no macros and no `#evaluate`
            /// (aws-observed 1.2, M).
            pub(crate) service: bool,
            $(pub(crate) $name: bool,)*
        }

        impl Dialect {
            /// The service's rules.
            #[must_use]
            pub fn service() -> Self {
                Dialect { service: true, $($name: false,)* }
            }

            /// The names of all switches.
            pub const SWITCHES: &'static [&'static str] = &[$(stringify!($name)),*];

            /// Sets the switch called `name`; false when there is none of that name.
            pub fn set(&mut self, name: &str, on: bool) -> bool {
                match name {
                    $(stringify!($name) => self.$name = on,)*
                    _ => return false,
                }
                true
            }

            /// The table as it stands: name and doc line.
            #[cfg(test)]
            pub(crate) const TABLE: &'static [(&'static str, &'static str)] = &[$((stringify!($name), $doc)),*];

            $(
                #[doc = $doc]
                #[must_use]
                pub fn $name(mut self, on: bool) -> Self {
                    self.$name = on;
                    self
                }
            )*
        }
    };
}

switches! {
    escape_slash, "`$input.json` and printed lists write `/` as `\\/`, as json-smart's default style does.";
    parse_per_call, "Each `$input.path` and `$input.json` reads the payload anew: a change to one result never shows in another.";
    json_null, "`$input.json` writes `null` for a null that is there; otherwise it writes `\"\"`, as for nothing.";
    exact_header_names, "`$input.params(name)` finds a header only by the name it was sent with; otherwise case does not matter when nothing else fits.";
    short_script_escapes, "`$util.escapeJavaScript` leaves `/` and what is beyond ASCII alone; otherwise they become `\\/` and `\\u00E9`.";
    util_takes_all, "All functions of `$util` take numbers and objects, by their text; otherwise only `escapeJavaScript` does.";
    lenient_parse_json, "`$util.parseJson` of broken text gives nothing; otherwise the render fails.";
}

impl Dialect {
    /// Velocity 1.7 with its defaults and its secure introspector.
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
