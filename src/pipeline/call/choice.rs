//! Choices of a call: the templates and responses that were selected, and the values that selected them.

use crate::pipeline::model::PassthroughBehavior;
use serde::ser::{Serialize, SerializeStruct, Serializer};
use std::fmt;
use std::sync::Arc;

/// Defines an enumeration whose variants have a name for people.
macro_rules! named {
    ($(#[$doc:meta])* $name:ident { $($(#[$note:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name { $($(#[$note])* $variant,)* }

        impl $name {
            #[doc = concat!("Returns the name in lower case, such as `", named!(@first $($word)*), "`.")]
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $($name::$variant => $word,)* }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
    };
    (@first $first:literal $($rest:literal)*) => { $first };
}

named! {
    /// Kind of a thing that a call selects.
    ChoiceKind {
        /// Template of the request to the backend.
        RequestTemplate = "request template",
        /// Rule that takes the answer of the backend.
        IntegrationResponse = "integration response",
        /// Template of the response to the client.
        ResponseTemplate = "response template",
        /// Configured answer of the gateway itself.
        GatewayResponse = "gateway response",
    }
}

named! {
    /// Kind of the value that a choice compares with its candidates.
    Subject {
        /// Media type of the request's body; `application/json` if the request names none.
        ContentType = "content type",
        /// Media type that the client accepts; `application/json` if the request names none.
        Accept = "accepted type",
        /// Status of the backend's answer.
        Status = "status",
        /// Error text of a function; empty if it did not fail.
        ErrorMessage = "error message",
        /// Key that a selection expression of a WebSocket API computed.
        Key = "key",
        /// Type of a gateway response.
        ResponseType = "response type",
    }
}

/// A choice of a call: the candidates, the value that they were compared with, and the one that was taken.
///
/// Prints as one line, as `vtl invoke` shows it. Serialises as `{"kind", "subject", "value", "candidates",
/// "matched", "taken", "name", "passthroughBehavior", "text"}`, where `text` is that line.
///
/// ```
/// use vtl::pipeline::{Api, Invocation, MethodRequest, PreparedApi};
/// let api: Api = serde_json::from_str(r#"{"methods": [{"httpMethod": "POST", "path": "/", "integration": {
///     "type": "mock", "requestTemplates": {"application/json": "{\"statusCode\": 400}"},
///     "responses": {"2\\d\\d": {"statusCode": "200"}}}}]}"#)?;
/// let api = PreparedApi::new(&api);
/// let outcome = api.handle(MethodRequest::new("POST", "/"), None, &mut Invocation::new());
/// let lines: Vec<_> = outcome.choices.iter().map(ToString::to_string).collect();
/// assert_eq!(lines, ["application/json matched application/json", r"status 400 matched none of 2\d\d"]);
///
/// let request = MethodRequest::new("POST", "/").with_header("Content-Type", "text/plain");
/// let outcome = api.handle(request, None, &mut Invocation::new());
/// let line = "text/plain matched none of application/json; passthrough WHEN_NO_MATCH";
/// assert_eq!(outcome.choices[0].to_string(), line);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Choice {
    /// Kind of the thing that was selected.
    pub kind: ChoiceKind,
    /// Kind of the value that was compared.
    pub subject: Subject,
    /// Value that was compared.
    pub value: Arc<str>,
    /// Keys or patterns that the value was compared with, in the order of the document. An integration
    /// response without a pattern is no candidate.
    pub candidates: Arc<[String]>,
    /// `true` if the value matched a candidate; `false` if a default was taken, or nothing.
    pub matched: bool,
    /// Key or pattern that was taken, `default` for the default response; `None` if nothing was.
    pub taken: Option<Arc<str>>,
    /// Name of the template or response that was taken, as notes and probes have it, such as
    /// `request:application/json` or `404`.
    pub name: Option<Arc<str>>,
    /// Passthrough behaviour that decided, where no request template matched.
    pub passthrough: Option<PassthroughBehavior>,
}

impl Choice {
    pub(crate) fn new(
        kind: ChoiceKind,
        subject: Subject,
        value: impl Into<Arc<str>>,
        candidates: &Arc<[String]>,
    ) -> Self {
        Choice {
            kind,
            subject,
            value: value.into(),
            candidates: Arc::clone(candidates),
            matched: false,
            taken: None,
            name: None,
            passthrough: None,
        }
    }

    /// Records the candidate that the value matched, and its name.
    pub(crate) fn matching(self, taken: &Arc<str>, name: &Arc<str>) -> Self {
        Choice { matched: true, ..self.default_is(taken, name) }
    }

    /// Records the candidate that was taken though the value matched none, and its name.
    pub(crate) fn default_is(self, taken: &Arc<str>, name: &Arc<str>) -> Self {
        Choice { taken: Some(Arc::clone(taken)), name: Some(Arc::clone(name)), ..self }
    }

    /// Records the passthrough behaviour that decided.
    pub(crate) fn passing(self, behavior: PassthroughBehavior) -> Self {
        Choice { passthrough: Some(behavior), ..self }
    }

    /// Returns the compared value as a line shows it: media types speak for themselves.
    fn subject_text(&self) -> String {
        match self.subject {
            Subject::ContentType | Subject::Accept | Subject::ResponseType => self.value.as_ref().to_owned(),
            Subject::Status => format!("status {}", self.value),
            Subject::ErrorMessage if self.value.is_empty() => "the function did not fail, which".to_owned(),
            Subject::ErrorMessage | Subject::Key => format!("{} {:?}", self.subject, shown(&self.value)),
        }
    }
}

/// Returns a compared value, which is mostly the key that it matched.
pub(crate) fn compared(value: &str, key: Option<&Arc<str>>) -> Arc<str> {
    key.filter(|key| ***key == *value).map_or_else(|| value.into(), Arc::clone)
}

/// Candidates and characters that a line shows at most.
const MOST: (usize, usize) = (20, 200);

/// Returns the beginning of a long text.
fn shown(text: &str) -> String {
    match text.char_indices().nth(MOST.1) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let subject = self.subject_text();
        let list: Vec<String> = self.candidates.iter().take(MOST.0).map(|text| shown(text)).collect();
        let more = self.candidates.len() - list.len();
        match (&self.taken, self.candidates.is_empty()) {
            (Some(taken), _) if self.matched => return write!(f, "{subject} matched {}", shown(taken)),
            (_, true) if self.kind == ChoiceKind::IntegrationResponse => f.write_str("no selection patterns")?,
            (_, true) => write!(f, "no {}s", self.kind)?,
            (_, false) => write!(f, "{subject} matched none of {}", list.join(", "))?,
        }
        if more > 0 {
            write!(f, " and {more} more")?;
        }
        match (&self.taken, self.passthrough) {
            (Some(taken), _) => write!(f, "; took {}", shown(taken)),
            (None, Some(behavior)) => write!(f, "; passthrough {behavior}"),
            (None, None) if self.kind == ChoiceKind::ResponseTemplate => f.write_str("; the body passes unchanged"),
            (None, None) if self.kind == ChoiceKind::GatewayResponse => f.write_str("; the built-in answer"),
            (None, None) => Ok(()),
        }
    }
}

impl Serialize for Choice {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut row = serializer.serialize_struct("Choice", 9)?;
        row.serialize_field("kind", &self.kind)?;
        row.serialize_field("subject", &self.subject)?;
        row.serialize_field("value", &*self.value)?;
        row.serialize_field("candidates", &*self.candidates)?;
        row.serialize_field("matched", &self.matched)?;
        row.serialize_field("taken", &self.taken.as_deref())?;
        row.serialize_field("name", &self.name.as_deref())?;
        row.serialize_field("passthroughBehavior", &self.passthrough)?;
        row.serialize_field("text", &self.to_string())?;
        row.end()
    }
}
