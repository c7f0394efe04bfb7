//! Parameter mapping of HTTP APIs: changes of headers, query parameters, the path or the status.
//!
//! ```text
//! append:header.x-id      $context.requestId
//! overwrite:path          /items/${request.path.id}
//! remove:querystring.q    ''
//! ```
//!
//! ("Transform API requests and responses for HTTP APIs".) Values are read from the original message, so
//! a header is renamed by appending the new name and removing the old one, in either order.

use crate::budget::Budget;
use crate::diagnostic::Code;
use crate::error::Error;
use crate::limits::Limits;
use crate::pipeline::mapping::payload::{Payload, context_value, copied, joined};
use crate::pipeline::mapping::{BodyPath, Expression};
use crate::pipeline::message::Headers;
use crate::pipeline::model::Table;
use serde_json::Value as Json;

/// Headers that mappings must not change; a name that ends in `*` is a prefix.
#[doc(hidden)]
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

/// Checks whether mappings must not change a header.
///
/// ```
/// use vtl::pipeline::http::is_reserved;
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

/// The action of a mapping.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MappingAction {
    /// Appends a value to the existing ones.
    Append,
    /// Replaces the existing values.
    Overwrite,
    /// Removes all values.
    Remove,
}

/// The place that a mapping changes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MappingPlace {
    /// A header.
    Header(String),
    /// A query parameter.
    Query(String),
    /// The whole path of the endpoint.
    Path,
    /// A path variable of the endpoint.
    PathVariable(String),
    /// The status of the response.
    Status,
}

/// A variable in the value of a mapping.
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

/// The phase of a call that a value belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Request,
    Response,
}

/// The value of a mapping or of a parameter of a service call: a text with variables.
#[derive(Clone, Debug)]
pub struct MappedValue {
    text: Expression,
    variables: Table<Variable>,
}

impl MappedValue {
    /// Parses a value of the request: `$request.…`, `$context.…`, `$stageVariables.…`, or text.
    ///
    /// ```
    /// use vtl::pipeline::http::MappedValue;
    /// assert!(MappedValue::request("$request.body.pets[0].name").is_ok());
    /// assert!(MappedValue::request("plain text").is_ok());
    /// for wrong in ["$request.body..name", "$request.body.pets[?(@.name)]", "$response.header.x", "$context.a-b"] {
    ///     assert!(MappedValue::request(wrong).is_err(), "{wrong}");
    /// }
    /// ```
    ///
    /// # Errors
    /// `V403` for an unknown variable.
    pub fn request(text: &str) -> Result<Self, Error> {
        MappedValue::read(text, Phase::Request)
    }

    /// Parses a value of the response: `$response.…`, `$context.…`, `$stageVariables.…`, or text.
    ///
    /// # Errors
    /// `V403` for an unknown variable.
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

    /// Evaluates the value; returns `None` for a single variable without a value.
    ///
    /// # Errors
    /// The error of the budget.
    pub(super) fn of(&self, message: &Message<'_>) -> Result<Option<String>, Error> {
        self.text.value_within(message.budget, |name| match self.variables.get(name) {
            Some(variable) => message.value(variable),
            None => Ok(None),
        })
    }
}

/// Checks for a filter, whose brackets may have blanks between them.
fn has_filter(path: &str) -> bool {
    path.match_indices('?').any(|(at, _)| path[at + 1..].trim_start_matches(' ').starts_with('('))
}

impl Variable {
    fn read(name: &str, phase: Phase) -> Option<Variable> {
        // Without regular expressions a path costs its length.
        let budget = &Budget::new(&Limits::service());
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
                    // Deep scans and filters are not supported.
                    ("body", Some(path)) if !path.contains("..") && !path.starts_with('.') && !has_filter(path) => {
                        BodyPath::parse_within(path, budget).ok().map(Variable::BodyPath)
                    }
                    (body, _) if body.starts_with("body[") && !rest.contains("..") && !has_filter(rest) => {
                        BodyPath::parse_within(rest.strip_prefix("body")?, budget).ok().map(Variable::BodyPath)
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }
}

/// The message that values are read from: the client's request or the backend's response.
pub(super) struct Message<'a> {
    pub(super) headers: &'a Headers,
    pub(super) querystring: &'a Table<Vec<String>>,
    pub(super) path: &'a str,
    pub(super) path_parameters: &'a Table<String>,
    pub(super) body: &'a [u8],
    /// The part of the body that JSONPaths see.
    pub(super) payload: Payload<'a>,
    pub(super) context: &'a Json,
    pub(super) stage_variables: &'a Table<String>,
    pub(super) budget: &'a Budget<'a>,
}

/// Bytes of a body that JSONPaths see.
pub(super) const LONGEST_BODY: usize = 100 * 1024;

impl Message<'_> {
    fn value(&self, variable: &Variable) -> Result<Option<String>, Error> {
        let copy = |text: &str| copied(text, self.budget);
        match variable {
            Variable::Header(name) => {
                self.budget.charge(self.headers.len())?;
                let values: Vec<&str> = self.headers.all(name).collect();
                if values.is_empty() { Ok(None) } else { joined(&values, ",", self.budget).map(Some) }
            }
            Variable::Query(name) => {
                self.querystring.get(name).map(|values| joined(values, ",", self.budget)).transpose()
            }
            Variable::Body => copy(&String::from_utf8_lossy(self.body)).map(Some),
            Variable::BodyPath(path) => match self.payload.json() {
                Ok(json) => path.find(json, self.budget),
                // What is no JSON has no parts; a limit is an error.
                Err(error) if error.is_limit() => Err(error),
                Err(_) => self.budget.check().map(|()| None),
            },
            Variable::Path => copy(self.path).map(Some),
            Variable::PathPart(name) => self.path_parameters.get(name).map(|text| copy(text)).transpose(),
            Variable::Context(name) => context_value(self.context, name, self.budget),
            Variable::Stage(name) => self.stage_variables.get(name).map(|text| copy(text)).transpose(),
        }
    }
}

/// A parsed parameter mapping.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ParameterMapping {
    /// Action on the place.
    pub action: MappingAction,
    /// Place to change.
    pub place: MappingPlace,
    /// New value; `None` to remove.
    pub value: Option<MappedValue>,
}

impl ParameterMapping {
    /// Parses a mapping of the request.
    ///
    /// ```
    /// use vtl::pipeline::http::{MappingAction, MappingPlace, ParameterMapping};
    /// let mapping = ParameterMapping::request("append:header.x", "$request.querystring.q")?;
    /// assert_eq!((mapping.action, mapping.place), (MappingAction::Append, MappingPlace::Header("x".to_owned())));
    /// assert!(ParameterMapping::request("overwrite:statuscode", "200").is_err());
    /// assert!(ParameterMapping::request("overwrite:header.Via", "me").is_err());
    /// # Ok::<(), vtl::Error>(())
    /// ```
    ///
    /// # Errors
    /// `V403` for an invalid destination, a reserved header or an unknown variable.
    pub fn request(destination: &str, source: &str) -> Result<Self, Error> {
        ParameterMapping::read(destination, source, Phase::Request)
    }

    /// Parses a mapping of the response.
    ///
    /// ```
    /// use vtl::pipeline::http::{MappingPlace, ParameterMapping};
    /// assert_eq!(ParameterMapping::response("overwrite:statuscode", "204")?.place, MappingPlace::Status);
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
            "append" => MappingAction::Append,
            "overwrite" => MappingAction::Overwrite,
            "remove" => MappingAction::Remove,
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
                MappingPlace::Header(name.to_owned())
            }
            (Phase::Request, "querystring", Some(name), _) if !name.is_empty() => MappingPlace::Query(name.to_owned()),
            (Phase::Request, "path", Some(name), _) if !name.is_empty() => MappingPlace::PathVariable(name.to_owned()),
            (Phase::Request, "path", None, MappingAction::Overwrite) => MappingPlace::Path,
            (Phase::Response, "statuscode", None, MappingAction::Overwrite) => MappingPlace::Status,
            _ => return Err(invalid()),
        };
        let value = match action {
            MappingAction::Remove => None,
            _ => Some(MappedValue::read(source, phase)?),
        };
        Ok(ParameterMapping { action, place, value })
    }

    /// Parses a table of mappings; an empty source is a mapping that was removed.
    pub(super) fn parse_all(
        table: &Table<String>,
        read: fn(&str, &str) -> Result<ParameterMapping, Error>,
    ) -> Result<Vec<ParameterMapping>, Error> {
        let present = table.iter().filter(|(place, source)| !source.is_empty() || place.starts_with("remove:"));
        present.map(|(place, source)| read(place, source)).collect()
    }

    /// Evaluates the value; `None` means that the mapping has no effect.
    ///
    /// # Errors
    /// The error of the budget.
    pub(super) fn value_of(&self, message: &Message<'_>) -> Result<Option<String>, Error> {
        self.value.as_ref().map_or(Ok(None), |value| value.of(message))
    }

    /// Applies the mapping to a header.
    pub(super) fn apply_to_header(
        &self,
        name: &str,
        message: &Message<'_>,
        headers: &mut Headers,
    ) -> Result<(), Error> {
        match (self.action, self.value_of(message)?) {
            (MappingAction::Remove, _) => headers.remove_within(name, message.budget)?,
            (MappingAction::Append, Some(value)) => headers.add(name, value),
            (MappingAction::Overwrite, Some(value)) => headers.set_within(name, value, message.budget)?,
            (_, None) => {}
        }
        Ok(())
    }

    /// Applies the mapping to a query parameter.
    pub(super) fn apply_to_query(
        &self,
        name: &str,
        message: &Message<'_>,
        query: &mut Table<Vec<String>>,
    ) -> Result<(), Error> {
        match (self.action, self.value_of(message)?) {
            (MappingAction::Remove, _) => {
                message.budget.charge(query.len())?;
                query.remove(name);
            }
            (MappingAction::Append, Some(value)) => match query.get_mut(name) {
                Some(values) => values.push(value),
                None => query.set(name, vec![value]),
            },
            (MappingAction::Overwrite, Some(value)) => query.set(name, vec![value]),
            (_, None) => {}
        }
        Ok(())
    }

    /// Applies the mapping to a path variable, which has a single value.
    pub(super) fn apply_to_path(
        &self,
        name: &str,
        message: &Message<'_>,
        path: &mut Table<String>,
    ) -> Result<(), Error> {
        match (self.action, self.value_of(message)?) {
            (MappingAction::Remove, _) => {
                message.budget.charge(path.len())?;
                path.remove(name);
            }
            (MappingAction::Append | MappingAction::Overwrite, Some(value)) => path.set(name, value),
            (_, None) => {}
        }
        Ok(())
    }
}

/// Checks whether a text is a valid header name.
fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b))
}
