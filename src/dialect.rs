//! Every switch where the service and Velocity 1.7 differ, or where the service's
//! behaviour is not known and a choice was made.

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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dialect {
    /// A reference to nothing has the value `""`, and there are no macros and no `#evaluate`
    /// (aws-observed 1.2, R).
    pub(crate) service: bool,
    /// `$input.json` and printed lists write `/` as `\/` (aws-observed 17, open).
    pub(crate) escape_slash: bool,
    /// `$input.path` and `$input.json` see a fresh payload each time (aws-observed 3.23, U says no).
    pub(crate) parse_per_call: bool,
}

impl Dialect {
    /// The service's rules.
    #[must_use]
    pub fn service() -> Self {
        Dialect { service: true, escape_slash: false, parse_per_call: false }
    }

    /// Velocity 1.7 with its defaults and its secure introspector.
    #[must_use]
    pub fn velocity_1_7() -> Self {
        Dialect { service: false, ..Dialect::service() }
    }

    /// Whether JSON is written with `\/` for `/`, as json-smart's default style does.
    /// Not known of the service; off by default.
    #[must_use]
    pub fn escape_slash(mut self, on: bool) -> Self {
        self.escape_slash = on;
        self
    }

    /// Whether each `$input.path` and `$input.json` parses the payload anew, so that a change to
    /// one result never shows in another. Not known of the service; off by default.
    #[must_use]
    pub fn parse_per_call(mut self, on: bool) -> Self {
        self.parse_per_call = on;
        self
    }
}

impl Default for Dialect {
    fn default() -> Self {
        Dialect::service()
    }
}
