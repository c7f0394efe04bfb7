//! Parsed expressions of a parameter mapping: its target and its source.

use crate::budget::Budget;
use crate::diagnostic::Code;
use crate::error::Error;
use crate::jsonpath::JsonPath;
use crate::limits::Limits;
use crate::value::json::escaped_length;
use pest::Parser;
use pest::iterators::Pairs;
use pest_derive::Parser;
use serde_json::Value as Json;
use std::borrow::Cow;

#[derive(Parser)]
#[grammar = "../grammar/mapping.pest"]
struct Grammar;

/// The target of a parameter mapping.
///
/// ```
/// use vtl::pipeline::mapping::Target;
/// assert_eq!(Target::request("integration.request.header.X-Id")?, Target::Header("X-Id".to_owned()));
/// assert!(Target::response("method.response.body.x").is_err());
/// # Ok::<(), vtl::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Target {
    /// A header.
    Header(String),
    /// A query parameter.
    Query(String),
    /// A path variable of the URI.
    Path(String),
}

impl Target {
    /// Parses `integration.request.{header,querystring,path}.NAME`.
    ///
    /// # Errors
    /// `V403` for anything else.
    pub fn request(text: &str) -> Result<Target, Error> {
        Target::read(Rule::request_target, text)
    }

    /// Parses `method.response.header.NAME`.
    ///
    /// # Errors
    /// `V403` for anything else.
    pub fn response(text: &str) -> Result<Target, Error> {
        Target::read(Rule::response_target, text)
    }

    /// Parses `gatewayresponse.{header,querystring,path}.NAME`.
    ///
    /// # Errors
    /// `V403` for anything else.
    pub fn gateway(text: &str) -> Result<Target, Error> {
        Target::read(Rule::gateway_target, text)
    }

    fn read(rule: Rule, text: &str) -> Result<Target, Error> {
        let mut parts = parts(rule, text)?;
        let place = parts.next().map(|pair| pair.as_rule());
        let name = parts.next().map(|pair| pair.as_str().to_owned()).unwrap_or_default();
        match place {
            Some(Rule::header) => Ok(Target::Header(name)),
            Some(Rule::query) => Ok(Target::Query(name)),
            Some(Rule::path) => Ok(Target::Path(name)),
            _ => Err(invalid(text)),
        }
    }
}

/// The source of a parameter mapping.
///
/// ```
/// use vtl::pipeline::mapping::Source;
/// assert!(matches!(Source::request("'static'")?, Source::Fixed(text) if text == "static"));
/// assert!(matches!(Source::request("method.request.body.pets[0].name")?, Source::BodyPath(_)));
/// assert_eq!(
///     Source::request("true").unwrap_err().detail(),
///     "Invalid mapping expression specified: Validation Result: warnings : [], errors : [Invalid mapping expression specified: true]",
/// );
/// # Ok::<(), vtl::Error>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Source {
    /// A static text, written `'text'`.
    Fixed(String),
    /// A path parameter of the method.
    Path(String),
    /// The last value of a query parameter.
    Query(String),
    /// Every value of a query parameter.
    Queries(String),
    /// The last value of a header of the request or of the backend's response.
    Header(String),
    /// Every value of a header, joined with commas.
    Headers(String),
    /// The whole body.
    Body,
    /// The part of the body at a JSONPath.
    BodyPath(BodyPath),
    /// A variable of `$context`.
    Context(String),
    /// A stage variable.
    StageVariable(String),
}

/// A compiled JSONPath into a body.
#[derive(Clone, Debug)]
pub struct BodyPath {
    pub(super) text: String,
    path: JsonPath,
}

impl Source {
    /// Parses the source of a request mapping: `method.request.…`, `context.…`, `stageVariables.…` or
    /// `'text'`.
    ///
    /// # Errors
    /// `V403` for anything else, in the service's words.
    pub fn request(text: &str) -> Result<Source, Error> {
        Source::request_within(text, &Budget::new(&Limits::service()))
    }

    /// Parses the source of a WebSocket request mapping: `route.request.…`, and those of
    /// [`request`](Source::request).
    ///
    /// ```
    /// use vtl::pipeline::mapping::Source;
    /// assert!(matches!(Source::socket("route.request.querystring.token")?, Source::Query(name) if name == "token"));
    /// # Ok::<(), vtl::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`request`](Source::request).
    pub fn socket(text: &str) -> Result<Source, Error> {
        Source::socket_within(text, &Budget::new(&Limits::service()))
    }

    /// Parses the source of a response mapping: `integration.response.…`, `context.…`,
    /// `stageVariables.…` or `'text'`.
    ///
    /// # Errors
    /// As [`request`](Source::request).
    pub fn response(text: &str) -> Result<Source, Error> {
        Source::response_within(text, &Budget::new(&Limits::service()))
    }

    /// Parses the source of a header of a gateway response.
    ///
    /// # Errors
    /// As [`request`](Source::request).
    pub fn gateway(text: &str) -> Result<Source, Error> {
        Source::read(Rule::gateway_source, text, &Budget::new(&Limits::service()))
    }

    /// Parses a cache key parameter that names a parameter of the method.
    ///
    /// # Errors
    /// As [`request`](Source::request).
    pub fn cache(text: &str) -> Result<Source, Error> {
        Source::read(Rule::cache_source, text, &Budget::new(&Limits::service()))
    }

    /// As [`request`](Source::request), on a budget.
    pub(crate) fn request_within(text: &str, budget: &Budget<'_>) -> Result<Source, Error> {
        Source::read(Rule::request_source, text, budget)
    }

    /// As [`socket`](Source::socket), on a budget.
    pub(crate) fn socket_within(text: &str, budget: &Budget<'_>) -> Result<Source, Error> {
        Source::read(Rule::socket_source, text, budget)
    }

    /// As [`response`](Source::response), on a budget.
    pub(crate) fn response_within(text: &str, budget: &Budget<'_>) -> Result<Source, Error> {
        Source::read(Rule::response_source, text, budget)
    }

    fn read(rule: Rule, text: &str, budget: &Budget<'_>) -> Result<Source, Error> {
        let mut parts = parts(rule, text)?;
        let Some(first) = parts.next() else { return Err(invalid(text)) };
        let inner = |pair: pest::iterators::Pair<'_, Rule>| pair.into_inner().as_str().to_owned();
        let mut name = || parts.next().map(|pair| pair.as_str().to_owned()).unwrap_or_default();
        Ok(match first.as_rule() {
            Rule::fixed => Source::Fixed(inner(first)),
            Rule::path => Source::Path(name()),
            Rule::query => Source::Query(name()),
            Rule::queries => Source::Queries(name()),
            Rule::header => Source::Header(name()),
            Rule::headers => Source::Headers(name()),
            Rule::whole => Source::Body,
            Rule::json_path => {
                let path = BodyPath::parse_within(first.as_str(), budget);
                budget.check()?;
                Source::BodyPath(path.map_err(|_| invalid(text))?)
            }
            Rule::context => Source::Context(inner(first)),
            Rule::stage_variable => Source::StageVariable(inner(first)),
            _ => return Err(invalid(text)),
        })
    }
}

fn parts(rule: Rule, text: &str) -> Result<Pairs<'_, Rule>, Error> {
    let mut whole = Grammar::parse(rule, text).map_err(|_| invalid(text))?;
    whole.next().map(|pair| pair.into_inner()).ok_or_else(|| invalid(text))
}

/// Creates the error in the service's words (aws-observed 7.13, R).
fn invalid(text: &str) -> Error {
    let detail = format!("Invalid mapping expression specified: {text}");
    Error::new(
        Code::Mapping,
        format!("Invalid mapping expression specified: Validation Result: warnings : [], errors : [{detail}]"),
    )
}

impl BodyPath {
    /// Compiles what follows the body, such as `.a[0]` or `a[0]`.
    pub(crate) fn parse_within(text: &str, budget: &Budget<'_>) -> Result<BodyPath, Error> {
        let dot = if text.starts_with('[') { "" } else { "." };
        Ok(BodyPath { text: text.to_owned(), path: JsonPath::parse_within(&format!("${dot}{text}"), budget)? })
    }

    /// Returns the text of what the path finds; `None` if that is nothing.
    ///
    /// # Errors
    /// The error of the budget.
    pub(crate) fn find(&self, json: &Json, budget: &Budget<'_>) -> Result<Option<String>, Error> {
        match self.value(json, budget)? {
            Some(found) => parameter_text(&found, budget),
            None => Ok(None),
        }
    }

    pub(crate) fn value<'a>(&self, json: &'a Json, budget: &Budget<'_>) -> Result<Option<Cow<'a, Json>>, Error> {
        match self.path.find_within(json, budget) {
            Ok(found) => Ok(Some(found)),
            // What a path does not find, or cannot be evaluated on, is absent; a limit is not.
            Err(error) if error.is_limit() => Err(error),
            Err(_) => budget.check().map(|()| None),
        }
    }
}

/// Converts a value to the text of a parameter: scalars are printed, null is absent, the rest is compact
/// JSON.
pub(crate) fn parameter_text(value: &Json, budget: &Budget<'_>) -> Result<Option<String>, Error> {
    match value {
        Json::Null => Ok(None),
        Json::String(text) => {
            budget.make(text.len().saturating_mul(2))?;
            Ok(Some(text.clone()))
        }
        other => {
            budget.make(json_length(other).saturating_mul(2))?;
            Ok(Some(other.to_string()))
        }
    }
}

/// Returns the length of a value as compact JSON, roughly.
pub(crate) fn json_length(value: &Json) -> usize {
    match value {
        Json::String(text) => escaped_length(text) + 2,
        Json::Array(items) => items.iter().map(json_length).sum::<usize>() + items.len() + 2,
        Json::Object(members) => {
            members.iter().map(|(name, value)| escaped_length(name) + 4 + json_length(value)).sum::<usize>() + 2
        }
        _ => 8,
    }
}

#[cfg(test)]
mod tests {
    use super::{Source, Target};

    #[test]
    fn names_may_have_dots_and_dashes() {
        assert_eq!(Target::request("integration.request.path.a.b-c").unwrap(), Target::Path("a.b-c".to_owned()));
        assert!(matches!(Source::request("method.request.header.a.b"), Ok(Source::Header(name)) if name == "a.b"));
    }

    #[test]
    fn quotes_inside_a_static_text_stay() {
        assert!(matches!(Source::request("'it''s'"), Ok(Source::Fixed(text)) if text == "it''s"));
        assert!(matches!(Source::request("''"), Ok(Source::Fixed(text)) if text.is_empty()));
        assert!(Source::request("'").is_err());
    }

    #[test]
    fn a_phase_knows_its_own_sources_only() {
        assert!(Source::request("integration.response.header.a").is_err());
        assert!(Source::response("method.request.header.a").is_err());
        assert!(matches!(Source::response("integration.response.body"), Ok(Source::Body)));
        assert!(matches!(Source::response("$context.requestId"), Ok(Source::Context(name)) if name == "requestId"));
    }
}
