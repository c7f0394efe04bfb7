//! One type for everything that is reported: errors, notes, findings in documents.
//!
//! A [`Diagnostic`] is plain data: a stable [`Code`], a [`Severity`], a message, and where it
//! applies. Each part of the project makes them, and the command and other tools show them; all use
//! the one JSON shape.
//!
//! ```
//! let source = "ok\n#if(true)";
//! let error = vtl::Template::parse(source).unwrap_err();
//! let diagnostic = error.diagnostic("hello.vtl", source);
//! assert_eq!(
//!     serde_json::to_string(&diagnostic)?,
//!     r##"{"code":"V002","name":"unclosed-block","severity":"error","message":"`#if` is not closed","##.to_owned()
//!         + r##""help":"close the block with `#end`","file":"hello.vtl","line":2,"column":1,"endLine":2,"endColumn":10}"##
//! );
//! # Ok::<(), serde_json::Error>(())
//! ```

mod code;
mod cut;
mod lines;
mod location;
pub mod markdown;
mod pages;
mod printable;
mod severity;

pub use code::{Code, UnknownCode};
pub(crate) use cut::cut;
pub use lines::Lines;
pub use location::Location;
pub use printable::printable;
pub use severity::{Severity, UnknownSeverity};

use serde::Serialize;
use serde::ser::SerializeMap;
use std::fmt;

/// Something that is wrong, or worth knowing, with its place.
///
/// Serialises as `{"code", "name", "severity", "message", "help", "file", "line", "column",
/// "endLine", "endColumn", "route", "template", "property", "related": […]}`; a key without a value
/// is left out.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Diagnostic {
    /// Stable code of the kind of problem.
    pub code: Code,
    /// Severity of the problem.
    pub severity: Severity,
    /// Description of this case: what is wrong.
    pub message: String,
    /// Suggested way out.
    pub help: Option<String>,
    /// Place of the problem.
    pub location: Option<Location>,
    /// Key of the route that it concerns, such as `GET /pets/{id}`.
    pub route: Option<String>,
    /// Name of the template that it concerns, such as `request:application/json`.
    pub template: Option<String>,
    /// Property of the integration that it concerns, such as `requestParameters`: a key of the integration
    /// itself, so `responses` for all that is in its responses.
    pub property: Option<String>,
    /// Further places that explain it.
    pub related: Vec<Related>,
}

/// Most bytes of the name of a route or template: all findings in it have the name.
const LONGEST_NAME: usize = 1_000;

/// A second place that explains a diagnostic.
///
/// Serialises as `{"message", "file", "line", "column", "endLine", "endColumn"}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Related {
    /// Relation of the place to the diagnostic.
    pub message: String,
    /// The place.
    #[serde(flatten)]
    pub location: Location,
}

impl Diagnostic {
    /// Creates a diagnostic with the severity of its code and no place.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Diagnostic {
            code,
            severity: code.severity(),
            message: message.into(),
            help: None,
            location: None,
            route: None,
            template: None,
            property: None,
            related: Vec::new(),
        }
    }

    /// Sets the severity.
    #[must_use]
    pub fn with_severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// Sets the suggested way out.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Sets the place.
    #[must_use]
    pub fn at(mut self, location: Location) -> Self {
        self.location = Some(location);
        self
    }

    /// Sets the key of the route that it concerns; what is behind 1,000 bytes is cut.
    #[must_use]
    pub fn on_route(mut self, route: impl fmt::Display) -> Self {
        self.route = Some(cut(route, LONGEST_NAME));
        self
    }

    /// Sets the name of the template that it concerns; what is behind 1,000 bytes is cut.
    #[must_use]
    pub fn in_template(mut self, template: impl fmt::Display) -> Self {
        self.template = Some(cut(template, LONGEST_NAME));
        self
    }

    /// Sets the property of the integration that it concerns.
    #[must_use]
    pub fn of_property(mut self, property: impl Into<String>) -> Self {
        self.property = Some(property.into());
        self
    }

    /// Adds a further place that explains it.
    #[must_use]
    pub fn with_related(mut self, message: impl Into<String>, location: Location) -> Self {
        self.related.push(Related { message: message.into(), location });
        self
    }
}

/// Prints one line: place, severity, code and message.
impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(location) = &self.location {
            write!(f, "{location}: ")?;
        }
        write!(f, "{}[{}]: {}", self.severity, self.code, self.message)
    }
}

impl Serialize for Diagnostic {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("code", &self.code)?;
        map.serialize_entry("name", self.code.name())?;
        map.serialize_entry("severity", &self.severity)?;
        map.serialize_entry("message", &self.message)?;
        let mut text = |key, value: &Option<String>| match value {
            Some(value) => map.serialize_entry(key, value),
            None => Ok(()),
        };
        text("help", &self.help)?;
        if let Some(location) = &self.location {
            text("file", &location.file)?;
            map.serialize_entry("line", &location.line)?;
            map.serialize_entry("column", &location.column)?;
            map.serialize_entry("endLine", &location.end_line)?;
            map.serialize_entry("endColumn", &location.end_column)?;
        }
        for (key, value) in [("route", &self.route), ("template", &self.template), ("property", &self.property)] {
            if let Some(value) = value {
                map.serialize_entry(key, value)?;
            }
        }
        if !self.related.is_empty() {
            map.serialize_entry("related", &self.related)?;
        }
        map.end()
    }
}
