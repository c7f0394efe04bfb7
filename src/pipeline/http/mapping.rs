//! Parameter mapping of HTTP APIs: what is done to a header, a query parameter, the path or the status, and with which value.
//!
//! ```text
//! append:header.x-id      $context.requestId
//! overwrite:path          /items/${request.path.id}
//! remove:querystring.q    ''
//! ```
//!
//! ("Transform API requests and responses for HTTP APIs".) Values are taken from the message as it came in, so renaming a header
//! is appending the new name and removing the old one, in either order.

use crate::diagnostic::Code;
use crate::error::Error;
use crate::pipeline::mapping::expression::Expression;
use crate::pipeline::mapping::source::{BodyPath, Payload, context_value};
use crate::pipeline::message::headers::Headers;
use crate::pipeline::model::table::Table;
use serde_json::Value as Json;

/// Headers that no mapping may touch; a name that ends in `*` stands for all that begin so.
pub const RESERVED: &[&str] = &[
    "access-control-*",
    "apigw-*",
    "Authorization",
    "Connection",
    "Content-Encoding",
    "Content-Length",
    "Content-Location",
    "Forwarded",
    "Keep-Alive",
    "Origin",
    "Proxy-Authenticate",
    "Proxy-Authorization",
    "TE",
    "Trailers",
    "Transfer-Encoding",
    "Upgrade",
    "Via",
    "x-amz-*",
    "x-amzn-*",
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Forwarded-Proto",
];

/// Whether no mapping may touch a header.
///
/// ```
/// use vtl::pipeline::is_reserved;
/// assert!(is_reserved("via") && is_reserved("X-Amz-Date") && !is_reserved("X-Amazing"));
/// ```
#[must_use]
pub fn is_reserved(header: &str) -> bool {
    let header = header.to_ascii_lowercase();
    RESERVED.iter().map(|name| name.to_ascii_lowercase()).any(|name| match name.strip_suffix('*') {
        Some(start) => header.starts_with(start),
        None => header == name,
    })
}

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// A value is added to those that are there.
    Append,
    /// A value takes the place of those that are there.
    Overwrite,
    /// All values go.
    Remove,
}

/// What it is done to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A header.
    Header(String),
    /// A query parameter.
    Query(String),
    /// The whole path of the address.
    Path,
    /// A path variable of the address.
    PathVariable(String),
    /// The status of the answer.
    Status,
}

/// A variable of a value.
#[derive(Clone, Debug)]
enum Variable {
    Header(String),
    Query(String),
    Body,
    BodyPath(BodyPath),
    Path,
    PathPart(String),
    Context(String),
    Stage(String),
}

/// Whether a value belongs to the request or to the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Request,
    Response,
}

/// A value of a mapping or of a service call's parameter: a text with variables, each known by its name.
#[derive(Clone, Debug)]
pub struct MappedValue {
    text: Expression,
    variables: Table<Variable>,
}

impl MappedValue {
    /// Reads a value of the request: `$request.…`, `$context.…`, `$stageVariables.…`, or text.
    ///
    /// ```
    /// use vtl::pipeline::MappedValue;
    /// assert!(MappedValue::request("$request.body.pets[0].name").is_ok());
    /// assert!(MappedValue::request("plain text").is_ok());
    /// for wrong in ["$request.body..name", "$request.body.pets[?(@.name)]", "$response.header.x", "$context.a-b"] {
    ///     assert!(MappedValue::request(wrong).is_err(), "{wrong}");
    /// }
    /// ```
    ///
    /// # Errors
    /// `V403` for a variable that there is none of.
    pub fn request(text: &str) -> Result<Self, Error> {
        MappedValue::read(text, Phase::Request)
    }

    /// Reads a value of the answer: `$response.…`, `$context.…`, `$stageVariables.…`, or text.
    ///
    /// # Errors
    /// `V403` for a variable that there is none of.
    pub fn response(text: &str) -> Result<Self, Error> {
        MappedValue::read(text, Phase::Response)
    }

    fn read(text: &str, phase: Phase) -> Result<Self, Error> {
        let expression = Expression::parse(text)?;
        let variables = expression.variables().map(|name| match Variable::read(name, phase) {
            Some(variable) => Ok((name.to_owned(), variable)),
            None => Err(Error::new(Code::Mapping, format!("Invalid mapping expression specified: {text}"))),
        });
        let variables = variables.collect::<Result<Table<Variable>, Error>>()?;
        Ok(MappedValue { text: expression, variables })
    }

    /// The value; none when it is one variable that has none.
    pub(crate) fn of(&self, message: &Message<'_>) -> Option<String> {
        self.text.value(|name| self.variables.get(name).and_then(|variable| message.value(variable)))
    }
}

impl Variable {
    fn read(name: &str, phase: Phase) -> Option<Variable> {
        let (root, rest) = name.split_once('.')?;
        let is_plain = |extra: &[u8]| {
            let fits = |b: u8| b.is_ascii_alphanumeric() || b == b'.' || b == b'_' || extra.contains(&b);
            !rest.is_empty() && rest.bytes().all(fits)
        };
        match (root, phase) {
            ("context", _) => is_plain(b"").then(|| Variable::Context(rest.to_owned())),
            ("stageVariables", _) => is_plain(b"").then(|| Variable::Stage(rest.to_owned())),
            ("request", Phase::Request) | ("response", Phase::Response) => {
                let (kind, name) = rest.split_once('.').map_or((rest, None), |(kind, name)| (kind, Some(name)));
                let request = phase == Phase::Request;
                match (kind, name.filter(|name| !name.is_empty())) {
                    ("header", Some(name)) => Some(Variable::Header(name.to_owned())),
                    ("querystring", Some(name)) if request => Some(Variable::Query(name.to_owned())),
                    ("path", None) if request && name.is_none() => Some(Variable::Path),
                    ("path", Some(name)) if request => Some(Variable::PathPart(name.to_owned())),
                    ("body", None) if name.is_none() => Some(Variable::Body),
                    // Neither deep scans nor filters.
                    ("body", Some(path)) if !path.contains("..") && !path.starts_with('.') && !path.contains("?(") => {
                        BodyPath::parse(path).ok().map(Variable::BodyPath)
                    }
                    (body, _) if body.starts_with("body[") && !rest.contains("..") && !rest.contains("?(") => {
                        BodyPath::parse(rest.strip_prefix("body")?).ok().map(Variable::BodyPath)
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }
}

/// What values are taken from: the client's request, or the backend's answer.
pub(crate) struct Message<'a> {
    pub(crate) headers: &'a Headers,
    pub(crate) querystring: &'a Table<Vec<String>>,
    pub(crate) path: &'a str,
    pub(crate) path_parameters: &'a Table<String>,
    pub(crate) body: &'a [u8],
    pub(crate) context: &'a Json,
    pub(crate) stage_variables: &'a Table<String>,
}

/// A body is cut to this length before a path is applied to it.
const LONGEST_BODY: usize = 100 * 1024;

impl Message<'_> {
    fn value(&self, variable: &Variable) -> Option<String> {
        match variable {
            Variable::Header(name) => {
                let values: Vec<&str> = self.headers.all(name).collect();
                (!values.is_empty()).then(|| values.join(","))
            }
            Variable::Query(name) => self.querystring.get(name).map(|values| values.join(",")),
            Variable::Body => Some(String::from_utf8_lossy(self.body).into_owned()),
            Variable::BodyPath(path) => {
                let body = self.body.get(..LONGEST_BODY).unwrap_or(self.body);
                Payload::new(body).json().ok().and_then(|json| path.find(json))
            }
            Variable::Path => Some(self.path.to_owned()),
            Variable::PathPart(name) => self.path_parameters.get(name).cloned(),
            Variable::Context(name) => context_value(self.context, name),
            Variable::Stage(name) => self.stage_variables.get(name).cloned(),
        }
    }
}

/// One mapping.
#[derive(Clone, Debug)]
pub struct ParameterMapping {
    /// What is done.
    pub action: Action,
    /// What it is done to.
    pub place: Place,
    /// With what; none to remove.
    pub value: Option<MappedValue>,
}

impl ParameterMapping {
    /// Reads a mapping of the request.
    ///
    /// ```
    /// use vtl::pipeline::{Action, ParameterMapping, Place};
    /// let mapping = ParameterMapping::request("append:header.x", "$request.querystring.q")?;
    /// assert_eq!((mapping.action, mapping.place), (Action::Append, Place::Header("x".to_owned())));
    /// assert!(ParameterMapping::request("overwrite:statuscode", "200").is_err());
    /// assert!(ParameterMapping::request("overwrite:header.Via", "me").is_err());
    /// # Ok::<(), vtl::Error>(())
    /// ```
    ///
    /// # Errors
    /// `V403` for what is no mapping, for reserved headers, and for unknown variables.
    pub fn request(destination: &str, source: &str) -> Result<Self, Error> {
        ParameterMapping::read(destination, source, Phase::Request)
    }

    /// Reads a mapping of the answer.
    ///
    /// ```
    /// use vtl::pipeline::{ParameterMapping, Place};
    /// assert_eq!(ParameterMapping::response("overwrite:statuscode", "204")?.place, Place::Status);
    /// assert!(ParameterMapping::response("append:querystring.q", "1").is_err());
    /// # Ok::<(), vtl::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`request`](ParameterMapping::request).
    pub fn response(destination: &str, source: &str) -> Result<Self, Error> {
        ParameterMapping::read(destination, source, Phase::Response)
    }

    fn read(destination: &str, source: &str, phase: Phase) -> Result<Self, Error> {
        let invalid =
            || Error::new(Code::Mapping, format!("Invalid parameter mapping destination specified: {destination}"));
        let (action, place) = destination.split_once(':').ok_or_else(invalid)?;
        let action = match action {
            "append" => Action::Append,
            "overwrite" => Action::Overwrite,
            "remove" => Action::Remove,
            _ => return Err(invalid()),
        };
        let (kind, name) = place.split_once('.').map_or((place, None), |(kind, name)| (kind, Some(name)));
        let place = match (phase, kind, name, action) {
            (_, "header", Some(name), _) if is_name(name) => {
                if is_reserved(name) {
                    return Err(Error::new(
                        Code::Mapping,
                        format!("The header {name} is reserved and cannot be mapped"),
                    ));
                }
                Place::Header(name.to_owned())
            }
            (Phase::Request, "querystring", Some(name), _) if !name.is_empty() => Place::Query(name.to_owned()),
            (Phase::Request, "path", Some(name), _) if !name.is_empty() => Place::PathVariable(name.to_owned()),
            (Phase::Request, "path", None, Action::Overwrite) => Place::Path,
            (Phase::Response, "statuscode", None, Action::Overwrite) => Place::Status,
            _ => return Err(invalid()),
        };
        let value = match action {
            Action::Remove => None,
            _ => Some(MappedValue::read(source, phase)?),
        };
        Ok(ParameterMapping { action, place, value })
    }

    /// Reads a table of mappings; an empty source stands for a mapping that was taken away.
    pub(crate) fn read_all(
        table: &Table<String>,
        read: fn(&str, &str) -> Result<ParameterMapping, Error>,
    ) -> Result<Vec<ParameterMapping>, Error> {
        let there = table.iter().filter(|(place, source)| !source.is_empty() || place.starts_with("remove:"));
        there.map(|(place, source)| read(place, source)).collect()
    }

    /// The value it brings; none when there is none to bring, so that nothing is done.
    pub(crate) fn value_of(&self, message: &Message<'_>) -> Option<String> {
        self.value.as_ref().and_then(|value| value.of(message))
    }

    /// Does it to a header.
    pub(crate) fn apply_to_header(&self, name: &str, message: &Message<'_>, headers: &mut Headers) {
        match (self.action, self.value_of(message)) {
            (Action::Remove, _) => headers.remove(name),
            (Action::Append, Some(value)) => headers.add(name, value),
            (Action::Overwrite, Some(value)) => headers.set(name, value),
            (_, None) => {}
        }
    }

    /// Does it to a query parameter.
    pub(crate) fn apply_to_query(&self, name: &str, message: &Message<'_>, query: &mut Table<Vec<String>>) {
        match (self.action, self.value_of(message)) {
            (Action::Remove, _) => drop(query.remove(name)),
            (Action::Append, Some(value)) => match query.get_mut(name) {
                Some(values) => values.push(value),
                None => query.set(name, vec![value]),
            },
            (Action::Overwrite, Some(value)) => query.set(name, vec![value]),
            (_, None) => {}
        }
    }

    /// Does it to a path variable, which has but one value.
    pub(crate) fn apply_to_path(&self, name: &str, message: &Message<'_>, path: &mut Table<String>) {
        match (self.action, self.value_of(message)) {
            (Action::Remove, _) => drop(path.remove(name)),
            (Action::Append | Action::Overwrite, Some(value)) => path.set(name, value),
            (_, None) => {}
        }
    }
}

/// Whether a text may name a header.
fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b))
}
