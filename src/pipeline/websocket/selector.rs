//! Selection expressions of WebSocket APIs: they compute the key of a route, a template or a model from
//! a message or a response ("WebSocket selection expressions").

use super::message::SocketRequest;
use crate::diagnostic::Code;
use crate::error::Error;
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
#[derive(Default)]
pub(super) struct Selected<'a> {
    pub(super) message: &'a [u8],
    pub(super) status: Option<i64>,
    pub(super) headers: Option<&'a Headers>,
    pub(super) answer: &'a [u8],
}

impl Selector {
    /// Compiles an expression.
    ///
    /// # Errors
    /// `V403` for an unknown variable.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let expression = Expression::parse(text)?;
        let variables = expression.variables().map(|name| match Variable::read(name) {
            Some(variable) => Ok((name.to_owned(), variable)),
            None => Err(Error::new(Code::Mapping, format!("Invalid selection expression specified: {text}"))),
        });
        let variables = variables.collect::<Result<Table<Variable>, Error>>()?;
        Ok(Selector { text: expression, variables })
    }

    /// Computes the key of a message.
    #[must_use]
    pub fn of_message(&self, message: &SocketRequest) -> String {
        self.key(&Selected { message: &message.body, ..Selected::default() })
    }

    pub(super) fn key(&self, subject: &Selected<'_>) -> String {
        self.text.fill_in(|name| self.variables.get(name).and_then(|variable| variable.value(subject)))
    }
}

impl Variable {
    fn read(name: &str) -> Option<Variable> {
        let path = |text: &str| BodyPath::parse(text.strip_prefix('.').unwrap_or(text)).ok();
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

    fn value(&self, subject: &Selected<'_>) -> Option<String> {
        let find = |path: &BodyPath, body: &[u8]| {
            let json: Json = serde_json::from_slice(body).ok()?;
            path.value(&json).and_then(|found| text_of(&found))
        };
        match self {
            Variable::Message(path) => find(path, subject.message),
            Variable::WholeMessage => Some(String::from_utf8_lossy(subject.message).into_owned()),
            Variable::Status => subject.status.map(|status| status.to_string()),
            Variable::Header(name) => subject.headers?.get(name).map(str::to_owned),
            Variable::Headers(name) => {
                let values: Vec<&str> = subject.headers?.all(name).collect();
                (!values.is_empty()).then(|| format!("[{}]", values.join(", ")))
            }
            Variable::Answer(path) => find(path, subject.answer),
        }
    }
}

/// Converts a value to text: a list is `[item1, item2]`, null is absent.
fn text_of(value: &Json) -> Option<String> {
    match value {
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
    }
}

#[cfg(test)]
mod tests {
    use super::{Headers, Selected, Selector};

    #[test]
    fn answers_select_too() {
        let headers: Headers = [("X-A", "1"), ("X-A", "2")].into_iter().collect();
        let subject = Selected {
            message: b"{}",
            status: Some(404),
            headers: Some(&headers),
            answer: br#"{"errorMessage": "Bad"}"#,
        };
        for (text, key) in [
            ("${integration.response.statuscode}", "404"),
            ("$integration.response.statuscode", "404"),
            ("${response.statuscode}", "404"),
            ("${integration.response.header.x-a}", "2"),
            ("${integration.response.multivalueheader.X-A}", "[1, 2]"),
            ("$integration.response.body.errorMessage", "Bad"),
            ("a${integration.response.header.none}b", "ab"),
        ] {
            assert_eq!(Selector::parse(text).unwrap().key(&subject), key, "{text}");
        }
        assert!(Selector::parse("$request.cookie.a").is_err());
        assert!(Selector::parse("${integration.response.header.}").is_err());
    }
}
