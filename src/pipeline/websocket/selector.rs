//! Selection expressions of WebSocket APIs: they compute the key of a route, a template or a model from
//! a message or a response ("WebSocket selection expressions").

use super::message::SocketRequest;
use crate::budget::Budget;
use crate::diagnostic::Code;
use crate::error::Error;
use crate::limits::Limits;
use crate::pipeline::mapping::payload::{Payload, copied, joined};
use crate::pipeline::mapping::source::json_length;
use crate::pipeline::mapping::{BodyPath, Expression};
use crate::pipeline::message::Headers;
use crate::pipeline::model::Table;
use serde_json::Value as Json;

/// A compiled selection expression.
///
/// ```
/// use vtl::pipeline::websocket::{Selector, SocketRequest};
/// let message = SocketRequest::message(r#"{"service": "chat", "action": "join", "tags": ["a", 1]}"#);
/// let select = |text: &str| Selector::parse(text).map(|selector| selector.of_message(&message));
/// assert_eq!(select("$request.body.action")?, "join");
/// assert_eq!(select("${request.body.service}/${request.body.action}")?, "chat/join");
/// assert_eq!(select("${request.body.tags}-${request.body.gone}")?, "[a, 1]-");
/// assert_eq!(select(r"\$default")?, "$default");
/// # Ok::<(), vtl::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Selector {
    text: Expression,
    variables: Table<Variable>,
}

#[derive(Clone, Debug)]
enum Variable {
    Message(BodyPath),
    WholeMessage,
    Status,
    Header(String),
    Headers(String),
    Answer(BodyPath),
}

/// The messages that keys are computed from: the client's, and the backend's response if there is one.
pub(crate) struct Selected<'a> {
    pub(crate) message: &'a Payload<'a>,
    pub(crate) status: Option<i64>,
    pub(crate) headers: Option<&'a Headers>,
    pub(crate) answer: Option<&'a Payload<'a>>,
}

impl<'a> Selected<'a> {
    pub(crate) fn of(message: &'a Payload<'a>) -> Self {
        Selected { message, status: None, headers: None, answer: None }
    }
}

/// Bytes of the longest key.
const LONGEST_KEY: usize = 1 << 20;

impl Selector {
    /// Compiles an expression.
    ///
    /// # Errors
    /// `V403` for an unknown variable.
    pub fn parse(text: &str) -> Result<Self, Error> {
        Selector::parse_within(text, &Budget::new(&Limits::service()))
    }

    /// As [`parse`](Selector::parse), on a budget.
    pub(crate) fn parse_within(text: &str, budget: &Budget<'_>) -> Result<Self, Error> {
        let expression = Expression::parse(text)?;
        let variables = expression.variables().map(|name| match Variable::read(name, budget) {
            Some(variable) => Ok((name.to_owned(), variable)),
            None => Err(budget.check().err().unwrap_or_else(|| unknown(text))),
        });
        let variables = variables.collect::<Result<Table<Variable>, Error>>()?;
        Ok(Selector { text: expression, variables })
    }

    /// Computes the key of a message. A key that is longer than any that an API may have, 1 MB, is empty.
    #[must_use]
    pub fn of_message(&self, message: &SocketRequest) -> String {
        let budget = Budget::new(&Limits::service());
        let payload = Payload::new(&message.body, &budget);
        self.key(&Selected::of(&payload), LONGEST_KEY, &budget).ok().flatten().unwrap_or_default()
    }

    /// Computes a key of at most `most` bytes; `None` for a longer one, which selects nothing.
    ///
    /// # Errors
    /// The error of the budget.
    pub(crate) fn key(
        &self,
        subject: &Selected<'_>,
        most: usize,
        budget: &Budget<'_>,
    ) -> Result<Option<String>, Error> {
        self.text.fill_in_within(budget, most, |name| match self.variables.get(name) {
            Some(variable) => variable.value(subject, budget),
            None => Ok(None),
        })
    }
}

fn unknown(text: &str) -> Error {
    Error::new(Code::Mapping, format!("Invalid selection expression specified: {text}"))
}

impl Variable {
    fn read(name: &str, budget: &Budget<'_>) -> Option<Variable> {
        let path = |text: &str| BodyPath::parse_within(text.strip_prefix('.').unwrap_or(text), budget).ok();
        let answered = name.strip_prefix("integration.").unwrap_or(name).strip_prefix("response.");
        match (name.strip_prefix("request.body"), answered) {
            (Some(""), _) => Some(Variable::WholeMessage),
            (Some(rest), _) if rest.starts_with(['.', '[']) => path(rest).map(Variable::Message),
            (_, Some("statuscode")) => Some(Variable::Status),
            (_, Some(rest)) => match rest.split_once('.')? {
                ("header", name) if !name.is_empty() => Some(Variable::Header(name.to_owned())),
                ("multivalueheader", name) if !name.is_empty() => Some(Variable::Headers(name.to_owned())),
                ("body", rest) => path(rest).map(Variable::Answer),
                _ => None,
            },
            _ => None,
        }
    }

    fn value(&self, subject: &Selected<'_>, budget: &Budget<'_>) -> Result<Option<String>, Error> {
        let find = |path: &BodyPath, body: &Payload<'_>| {
            // A message that is no JSON has no parts; a limit is an error.
            let Some(json) = body.strict_json() else { return budget.check().map(|()| None) };
            match path.value(json, budget)? {
                Some(found) => text_of(&found, budget),
                None => Ok(None),
            }
        };
        match self {
            Variable::Message(path) => find(path, subject.message),
            Variable::WholeMessage => copied(subject.message.as_written(), budget).map(Some),
            Variable::Status => Ok(subject.status.map(|status| status.to_string())),
            Variable::Header(name) => {
                let value = subject.headers.and_then(|headers| headers.get(name));
                value.map(|value| copied(value, budget)).transpose()
            }
            Variable::Headers(name) => {
                let Some(headers) = subject.headers else { return Ok(None) };
                budget.charge(headers.len())?;
                let values: Vec<&str> = headers.all(name).collect();
                if values.is_empty() {
                    return Ok(None);
                }
                Ok(Some(format!("[{}]", joined(&values, ", ", budget)?)))
            }
            Variable::Answer(path) => subject.answer.map_or(Ok(None), |answer| find(path, answer)),
        }
    }
}

/// Converts a value to text: a list is `[item1, item2]`, null is absent.
fn text_of(value: &Json, budget: &Budget<'_>) -> Result<Option<String>, Error> {
    budget.make(json_length(value).saturating_mul(2))?;
    Ok(match value {
        Json::Null => None,
        Json::String(text) => Some(text.clone()),
        Json::Array(items) => {
            // Deeper values are no keys in practice; they are printed as JSON.
            let item = |item: &Json| match item {
                Json::String(text) => text.clone(),
                other => other.to_string(),
            };
            Some(format!("[{}]", items.iter().map(item).collect::<Vec<_>>().join(", ")))
        }
        other => Some(other.to_string()),
    })
}

#[cfg(test)]
mod tests {
    use super::{Budget, Headers, Payload, Selected, Selector};

    #[test]
    fn answers_select_too() {
        let headers: Headers = [("X-A", "1"), ("X-A", "2")].into_iter().collect();
        let budget = Budget::unlimited();
        let (message, answer) = (Payload::new(b"{}", &budget), Payload::new(br#"{"errorMessage": "Bad"}"#, &budget));
        let subject = Selected { message: &message, status: Some(404), headers: Some(&headers), answer: Some(&answer) };
        for (text, key) in [
            ("${integration.response.statuscode}", "404"),
            ("$integration.response.statuscode", "404"),
            ("${response.statuscode}", "404"),
            ("${integration.response.header.x-a}", "2"),
            ("${integration.response.multivalueheader.X-A}", "[1, 2]"),
            ("$integration.response.body.errorMessage", "Bad"),
            ("a${integration.response.header.none}b", "ab"),
        ] {
            let found = Selector::parse(text).unwrap().key(&subject, 100, &budget).unwrap();
            assert_eq!(found.as_deref(), Some(key), "{text}");
        }
        assert!(Selector::parse("$request.cookie.a").is_err());
        assert!(Selector::parse("${integration.response.header.}").is_err());
    }
}
