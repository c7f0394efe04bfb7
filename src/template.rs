//! A compiled template: the crate's main type.

use crate::dialect::Dialect;
use crate::error::{Code, Error};
use crate::host::{Globals, Overrides};
use crate::limits::Limits;
use crate::note::Note;

/// A compiled mapping template: immutable, cheap to clone, shared by threads.
///
/// ```
/// use vtl::{Globals, Template};
/// let template = Template::parse(r#"{"id": "$input.path('$.id')"}"#)?;
/// let out = template.render(&Globals::body(r#"{"id": 7}"#))?;
/// assert_eq!(out.text, r#"{"id": "7"}"#);
/// # Ok::<(), vtl::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Template {
    source: std::sync::Arc<str>,
}

/// What a render gives.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Rendered {
    /// The output.
    pub text: String,
    /// What the template set under `$context.requestOverride` and `$context.responseOverride`.
    pub overrides: Overrides,
    /// What was swallowed on the way.
    pub notes: Vec<Note>,
}

impl Template {
    /// Compiles a template under the service's rules and quotas.
    ///
    /// # Errors
    /// `V0xx` when it does not parse, `V301` and `V302` when it is too large or nested too deeply.
    pub fn parse(source: &str) -> Result<Template, Error> {
        Template::parse_with(source, Dialect::service(), &Limits::service())
    }

    /// Compiles a template for a dialect, with limits for it and for its renders.
    ///
    /// # Errors
    /// As [`parse`](Template::parse).
    pub fn parse_with(source: &str, _dialect: Dialect, _limits: &Limits) -> Result<Template, Error> {
        Ok(Template { source: source.into() })
    }

    /// Renders with the limits given when compiling.
    ///
    /// # Errors
    /// `V1xx` and `V2xx` where the service would answer 500 or 400, `V3xx` when a limit is reached.
    pub fn render(&self, _globals: &Globals<'_>) -> Result<Rendered, Error> {
        Err(Error::new(Code::Unsupported, "rendering"))
    }

    /// The text it was made from.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }
}
