//! A problem of a configuration, and the list that checks add to.

use crate::budget::Budget;
use crate::diagnostic::{Code, Diagnostic};
use serde::Serialize;

/// Something that the service would refuse, or answer with a configuration error.
///
/// Serialises as `{"code", "property", "place", "message", "template"}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Problem {
    /// Code of the kind of problem.
    pub code: Code,
    /// Property at fault, such as `uri`; `responses` for anything inside an integration response,
    /// `gatewayResponses` for anything inside a gateway response.
    pub property: &'static str,
    /// Place as a JSON pointer, such as `/requestParameters/integration.request.header.a`: below the
    /// integration, or below the API for gateway responses.
    pub place: String,
    /// Description of this case.
    pub message: String,
    /// Name of the template that does not compile, such as `request:application/json`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
}

impl Problem {
    /// Converts the problem into a diagnostic without a location, which only the reader of the document
    /// knows.
    ///
    /// ```
    /// use vtl::pipeline::{Method, Protocol};
    /// let problem = Method::default().problems(Protocol::Rest).remove(0);
    /// assert_eq!(problem.diagnostic().to_string(), "error[V601]: No integration defined for method");
    /// ```
    #[must_use]
    pub fn diagnostic(&self) -> Diagnostic {
        let diagnostic = Diagnostic::new(self.code, self.message.as_str()).of_property(self.property);
        match &self.template {
            Some(template) => diagnostic.in_template(template),
            None => diagnostic,
        }
    }
}

/// The problems found so far.
pub(crate) struct Problems<'b> {
    pub(crate) found: Vec<Problem>,
    pub(crate) templates: Templates,
    pub(crate) budget: &'b Budget<'b>,
}

/// Tells whether a check compiles the templates of an integration.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Templates {
    Compiled,
    Left,
}

impl<'b> Problems<'b> {
    pub(crate) fn new(templates: Templates, budget: &'b Budget<'b>) -> Problems<'b> {
        Problems { found: Vec::new(), templates, budget }
    }

    /// Returns the problems, with one for a budget that is spent.
    pub(crate) fn all(mut self) -> Vec<Problem> {
        if let Err(error) = self.budget.check() {
            let message = format!("{}; the rest of the configuration is not checked", error.detail());
            self.add(error.code(), "responses", "", message);
        }
        self.found
    }

    pub(crate) fn add(
        &mut self,
        code: Code,
        property: &'static str,
        place: impl Into<String>,
        message: impl Into<String>,
    ) {
        let (place, message) = (place.into(), message.into());
        self.found.push(Problem { code, property, place, message, template: None });
    }

    /// Adds a problem of a whole property.
    pub(crate) fn property(&mut self, code: Code, property: &'static str, message: impl Into<String>) {
        self.add(code, property, format!("/{property}"), message);
    }
}
