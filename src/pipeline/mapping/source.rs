//! Parameter mapping: expressions that say where a value goes and where it comes from.
//!
//! A source that is absent adds nothing (aws-observed 7.2, R). Names are compared with case, header names too
//! (7.3, H). Of several values the last counts, unless all are asked for (7.4, H).

use crate::diagnostic::Code;
use crate::error::Error;
use crate::jsonpath::JsonPath;
use crate::pipeline::message::headers::Headers;
use crate::pipeline::message::integration::MethodRequest;
use crate::pipeline::model::table::Table;
use crate::value::text;
use pest::Parser;
use pest::iterators::Pairs;
use pest_derive::Parser;
use serde_json::Value as Json;
use std::borrow::Cow;
use std::cell::OnceCell;

#[derive(Parser)]
#[grammar = "../grammar/mapping.pest"]
struct Grammar;

/// Where a mapped value goes.
///
/// ```
/// use vtl::pipeline::Target;
/// assert_eq!(Target::request("integration.request.header.X-Id")?, Target::Header("X-Id".to_owned()));
/// assert!(Target::response("method.response.body.x").is_err());
/// # Ok::<(), vtl::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A header.
    Header(String),
    /// A query parameter.
    Query(String),
    /// A variable of the URI.
    Path(String),
}

impl Target {
    /// Reads `integration.request.{header,querystring,path}.NAME`.
    ///
    /// # Errors
    /// `V403` for anything else.
    pub fn request(text: &str) -> Result<Target, Error> {
        Target::read(Rule::request_target, text)
    }

    /// Reads `method.response.header.NAME`.
    ///
    /// # Errors
    /// `V403` for anything else.
    pub fn response(text: &str) -> Result<Target, Error> {
        Target::read(Rule::response_target, text)
    }

    /// Reads `gatewayresponse.{header,querystring,path}.NAME`.
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

/// Where a mapped value comes from.
///
/// ```
/// use vtl::pipeline::Source;
/// assert!(matches!(Source::request("'static'")?, Source::Fixed(text) if text == "static"));
/// assert!(matches!(Source::request("method.request.body.pets[0].name")?, Source::BodyPath(_)));
/// assert_eq!(
///     Source::request("true").unwrap_err().detail(),
///     "Invalid mapping expression specified: Validation Result: warnings : [], errors : [Invalid mapping expression specified: true]",
/// );
/// # Ok::<(), vtl::Error>(())
/// ```
#[derive(Clone, Debug)]
pub enum Source {
    /// `'text'`.
    Fixed(String),
    /// A path parameter of the method.
    Path(String),
    /// The last value of a query parameter.
    Query(String),
    /// Every value of a query parameter.
    Queries(String),
    /// The last value of a header, of the request or of the backend's answer.
    Header(String),
    /// Every value of a header, joined with commas.
    Headers(String),
    /// The whole body.
    Body,
    /// A part of the body.
    BodyPath(BodyPath),
    /// A variable of `$context`.
    Context(String),
    /// A stage variable.
    StageVariable(String),
}

/// A JSONPath into a body, compiled.
#[derive(Clone, Debug)]
pub struct BodyPath {
    text: String,
    path: JsonPath,
}

impl Source {
    /// Reads the source of a request mapping: `method.request.…`, `context.…`, `stageVariables.…` or
    /// `'text'`.
    ///
    /// # Errors
    /// `V403` for anything else, in the service's words.
    pub fn request(text: &str) -> Result<Source, Error> {
        Source::read(Rule::request_source, text)
    }

    /// Reads the source of a WebSocket request mapping: `route.request.…` and those of [`request`](Source::request).
    ///
    /// ```
    /// use vtl::pipeline::Source;
    /// assert!(matches!(Source::socket("route.request.querystring.token")?, Source::Query(name) if name == "token"));
    /// # Ok::<(), vtl::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`request`](Source::request).
    pub fn socket(text: &str) -> Result<Source, Error> {
        Source::read(Rule::socket_source, text)
    }

    /// Reads the source of a response mapping: `integration.response.…` and those that both have.
    ///
    /// # Errors
    /// As [`request`](Source::request).
    pub fn response(text: &str) -> Result<Source, Error> {
        Source::read(Rule::response_source, text)
    }

    /// Reads the source of a gateway response's header.
    ///
    /// # Errors
    /// As [`request`](Source::request).
    pub fn gateway(text: &str) -> Result<Source, Error> {
        Source::read(Rule::gateway_source, text)
    }

    /// Reads a cache key parameter that names a parameter of the method.
    ///
    /// # Errors
    /// As [`request`](Source::request).
    pub fn cache(text: &str) -> Result<Source, Error> {
        Source::read(Rule::cache_source, text)
    }

    fn read(rule: Rule, text: &str) -> Result<Source, Error> {
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
            Rule::json_path => Source::BodyPath(BodyPath::parse(first.as_str()).map_err(|_| invalid(text))?),
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

/// The words are the service's (aws-observed 7.13, R).
fn invalid(text: &str) -> Error {
    let detail = format!("Invalid mapping expression specified: {text}");
    Error::new(
        Code::Mapping,
        format!("Invalid mapping expression specified: Validation Result: warnings : [], errors : [{detail}]"),
    )
}

impl BodyPath {
    pub(crate) fn parse(text: &str) -> Result<BodyPath, Error> {
        let dot = if text.starts_with('[') { "" } else { "." };
        Ok(BodyPath { text: text.to_owned(), path: JsonPath::parse(&format!("${dot}{text}"))? })
    }

    pub(crate) fn find(&self, json: &Json) -> Option<String> {
        self.value(json).and_then(|found| text_of(&found))
    }

    pub(crate) fn value<'a>(&self, json: &'a Json) -> Option<Cow<'a, Json>> {
        self.path.find(json).ok()
    }
}

/// A value as a parameter: scalars are their text, null is nothing, the rest is compact JSON.
fn text_of(value: &Json) -> Option<String> {
    match value {
        Json::Null => None,
        Json::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

/// A payload that mappings look into: read as JSON at most once.
pub(crate) struct Payload<'a> {
    text: Cow<'a, str>,
    json: OnceCell<Result<Json, Error>>,
}

impl<'a> Payload<'a> {
    pub(crate) fn new(body: &'a [u8]) -> Self {
        Payload { text: text::from_bytes(body), json: OnceCell::new() }
    }

    pub(crate) fn json(&self) -> Result<&Json, Error> {
        self.json.get_or_init(|| crate::value::json::to_serde(self.text())).as_ref().map_err(Clone::clone)
    }

    /// The text; `{}` for an empty body (aws-observed 7.5, H).
    fn text(&self) -> &str {
        if self.text.is_empty() { "{}" } else { &self.text }
    }

    fn looks_like_json(&self) -> bool {
        self.text().trim_start().starts_with(['{', '[', '"', '\''])
    }

    /// Even the whole of it must be sound if it looks like JSON (aws-observed 7.6, H).
    fn whole(&self) -> Result<String, Error> {
        if self.looks_like_json() {
            self.json()?;
        }
        Ok(self.text().to_owned())
    }

    fn part(&self, path: &BodyPath) -> Result<Option<String>, Error> {
        if !self.looks_like_json() {
            return Ok(None);
        }
        let json = self.json()?;
        if let Some(found) = path.find(json) {
            return Ok(Some(found));
        }
        // A function that fails with a JSON text: mappings reach into it ("Handle Lambda errors").
        let inner = path.text.strip_prefix("errorMessage").filter(|rest| rest.starts_with(['.', '[']));
        let (Some(_), Some(Json::String(message))) = (inner, json.get("errorMessage")) else { return Ok(None) };
        let Ok(message @ Json::Object(_)) = crate::value::json::to_serde(message) else { return Ok(None) };
        Ok(path.find(&serde_json::json!({ "errorMessage": message })))
    }
}

/// What sources are taken from, in one phase.
pub(crate) struct Origin<'a> {
    /// Path and query parameters: the client's.
    pub(crate) request: &'a MethodRequest,
    /// The client's headers, or the backend's.
    pub(crate) headers: &'a Headers,
    pub(crate) payload: &'a Payload<'a>,
    pub(crate) context: &'a Json,
    pub(crate) stage_variables: &'a Table<String>,
}

impl Origin<'_> {
    /// The values of a source, none when it is absent.
    ///
    /// # Errors
    /// `V203` for a body that looks like JSON and is none.
    pub(crate) fn values(&self, source: &Source) -> Result<Vec<String>, Error> {
        let one = |value: Option<&str>| value.map(str::to_owned).into_iter().collect::<Vec<_>>();
        let queries = |name: &str| self.request.querystring.get(name).map_or(&[][..], Vec::as_slice);
        Ok(match source {
            Source::Fixed(text) => vec![text.clone()],
            Source::Path(name) => one(self.request.path_parameters.get(name).map(String::as_str)),
            Source::Query(name) => one(queries(name).last().map(String::as_str)),
            Source::Queries(name) => queries(name).to_vec(),
            Source::Header(name) => one(self.headers.get_exactly(name)),
            Source::Headers(name) => {
                let all: Vec<&str> = self.headers.all_exactly(name).collect();
                if all.is_empty() { Vec::new() } else { vec![all.join(",")] }
            }
            Source::Body => vec![self.payload.whole()?],
            Source::BodyPath(path) => self.payload.part(path)?.into_iter().collect(),
            Source::Context(name) => context_value(self.context, name).into_iter().collect(),
            Source::StageVariable(name) => one(self.stage_variables.get(name).map(String::as_str)),
        })
    }
}

/// `identity.sourceIp` of the context as text.
pub(crate) fn context_value(context: &Json, name: &str) -> Option<String> {
    let value = name.split('.').try_fold(context, |value, key| value.get(key))?;
    text_of(value)
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
