//! Notes on a call: problems that were ignored, and reasons of refusals.

use crate::diagnostic::{Code, Diagnostic, Location};
use crate::span::Span;

/// The step of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Step {
    /// The choice of the route.
    Routing,
    /// The check of the authorizer's answer.
    Authorization,
    /// The checks before the integration.
    Validation,
    /// The transformation of the client's request into the backend's.
    Request,
    /// The call of the backend.
    Backend,
    /// The transformation of the backend's response into the client's.
    Response,
}

impl std::fmt::Display for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl serde::Serialize for Step {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl Step {
    /// Returns the name of the step in lower case, such as `request`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Step::Routing => "routing",
            Step::Authorization => "authorization",
            Step::Validation => "validation",
            Step::Request => "request",
            Step::Backend => "backend",
            Step::Response => "response",
        }
    }
}

/// A problem that did not stop a call, or the reason of a refusal.
///
/// Serialises as `{"step", "code", "detail", "template", "span", "help", "related"}`.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct CallNote {
    /// Step of the call.
    pub step: Step,
    /// Code of the kind of problem.
    pub code: Code,
    /// Description of this case.
    pub detail: String,
    /// Name of the template that was rendered, such as `request:application/json`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
    /// Position in that template.
    pub span: Option<Span>,
    /// Suggested way out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// A second position in that template, and its relation to the note.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub related: Option<(Span, String)>,
}

impl CallNote {
    /// Converts the note into a diagnostic. `source` is the text of the template that the note names;
    /// without it the diagnostic has no place.
    ///
    /// ```
    /// use vtl::pipeline::{Api, Invocation, MethodRequest, PreparedApi};
    /// let api: Api = serde_json::from_str(r#"{"methods": [{"httpMethod": "GET", "path": "/", "integration": {
    ///     "type": "mock", "requestTemplates": {"application/json": "{\"statusCode\": 200, \"x\": \"$oops\"}"},
    ///     "responses": {"default": {"statusCode": "200"}}}}]}"#)?;
    /// let mut invocation = Invocation::new();
    /// PreparedApi::new(&api).handle(MethodRequest::new("GET", "/"), None, &mut invocation);
    /// let template = &api.methods[0].integration.as_ref().unwrap().request_templates;
    /// let diagnostic = invocation.notes[0].diagnostic(template.get("application/json").map(String::as_str));
    /// assert_eq!(diagnostic.template.as_deref(), Some("request:application/json"));
    /// assert_eq!(diagnostic.location.unwrap().column, 27);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn diagnostic(&self, source: Option<&str>) -> Diagnostic {
        let mut diagnostic = Diagnostic::new(self.code, self.detail.as_str());
        diagnostic.help.clone_from(&self.help);
        if let Some(template) = &self.template {
            diagnostic = diagnostic.in_template(template);
        }
        let Some(source) = source else { return diagnostic };
        diagnostic.location = self.span.map(|span| Location::of(span, source));
        match &self.related {
            Some((span, label)) => diagnostic.with_related(label.as_str(), Location::of(*span, source)),
            None => diagnostic,
        }
    }
}
