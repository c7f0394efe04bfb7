//! Expectations of a test: one for each key of `expect`.

use super::fields::{items, map, members, text, texts, whole};
use super::payload::{Payload, within};
use crate::node::{Data, Entry, Fault, Node, Place};
use crate::pattern;
use crate::query;
use jsonpath_rust::parser::model::JpQuery;
use serde_json::Value as Json;
use std::path::Path;
use vtl::Code;

/// An expectation with the place of its key.
#[derive(Debug)]
pub(crate) struct Expectation {
    pub place: Place,
    pub expect: Expect,
}

/// An expectation.
#[derive(Debug)]
pub(crate) enum Expect {
    /// The text is equal to the byte.
    Output(Payload),
    /// The text is JSON and equal to this.
    Json(Json),
    /// The text is JSON and has at least this.
    JsonContains(Json),
    /// Checks on the text.
    Assert(Vec<Assertion>),
    /// The text satisfies a JSON Schema.
    Schema(SchemaSource),
    /// The template set at least this under `$context.requestOverride`.
    RequestOverride(Json),
    /// The template set at least this under `$context.responseOverride`.
    ResponseOverride(Json),
    /// The codes of the notes, sorted.
    Notes(Vec<Code>),
    /// The render or the call fails.
    Error { code: Option<Code>, line: Option<usize> },
    /// Status of the answer.
    Status(u64),
    /// Headers of the answer; `None` for one that is absent.
    Headers(Vec<(String, Option<String>)>),
    /// Body of the answer.
    Body(Payload),
    /// The backend is not called.
    NoIntegrationRequest,
    /// The backend's request.
    IntegrationRequest(Vec<Expectation>),
    /// Member of the result as `vtl invoke --format json` has it.
    Member(&'static str, Json),
    /// Execution log of the console.
    Log(Payload),
    /// The stored snapshot.
    Snapshot,
    /// Query parameters of the backend's request, which may have more.
    Querystring(Json),
}

/// The origin of a JSON Schema.
#[derive(Debug)]
pub(crate) enum SchemaSource {
    Inline(Json),
    File(std::path::PathBuf),
    Model(String),
}

/// A check on a part of a JSON text.
#[derive(Debug)]
pub(crate) struct Assertion {
    pub place: Place,
    /// The path as it is written; `None` for the whole text.
    pub path: Option<(String, JpQuery)>,
    pub checks: Vec<Check>,
}

/// A condition on the values that a path gives.
#[derive(Debug)]
pub(crate) enum Check {
    Equals(Json),
    /// A regular expression, compiled where it is used, and the number of its states.
    Matches(String, usize),
    Exists(bool),
    Count(u64),
    Type(String),
    Contains(Json),
    LessThan(Json),
    GreaterThan(Json),
}

/// Keys of `expect`.
pub(crate) const KEYS: &[&str] = &[
    "output",
    "json",
    "jsonContains",
    "assert",
    "schema",
    "requestOverride",
    "responseOverride",
    "notes",
    "error",
    "status",
    "headers",
    "body",
    "integrationRequest",
    "message",
    "routeKey",
    "pathParameters",
    "invalid",
    "log",
    "snapshot",
];

pub(super) const REQUEST_KEYS: &[&str] =
    &["method", "uri", "headers", "querystring", "body", "json", "jsonContains", "assert", "schema"];

/// The types of JSON Schema.
pub(crate) const TYPES: &[&str] = &["null", "boolean", "number", "integer", "string", "array", "object"];

/// Reads the value of `expect`.
pub(super) fn read(node: &Node, folder: &Path) -> Result<Vec<Expectation>, Fault> {
    members(node, "`expect`", KEYS)?.iter().map(|entry| expectation(entry, folder, "expect")).collect()
}

fn expectation(entry: &Entry, folder: &Path, of: &str) -> Result<Expectation, Fault> {
    let (node, key) = (&entry.value, entry.key.as_str());
    let what = format!("`{of}.{key}`");
    let expect = match key {
        "output" => Expect::Output(Payload::read(node, folder)?),
        "json" => Expect::Json(node.to_json()),
        "jsonContains" => Expect::JsonContains(node.to_json()),
        "assert" => {
            let all = items(node, &what)?.iter().map(|item| assertion(item, of));
            Expect::Assert(all.collect::<Result<_, _>>()?)
        }
        "schema" => Expect::Schema(match node.entries() {
            [only] if only.key == "file" => SchemaSource::File(within(folder, &text(&only.value, "`schema.file`")?)),
            [only] if only.key == "model" => SchemaSource::Model(text(&only.value, "`schema.model`")?),
            _ => SchemaSource::Inline(map(node, &what)?.to_json()),
        }),
        "requestOverride" => Expect::RequestOverride(map(node, &what)?.to_json()),
        "responseOverride" => Expect::ResponseOverride(map(node, &what)?.to_json()),
        "notes" => Expect::Notes(notes(node)?),
        "error" => match &node.data {
            Data::Map(_) => {
                let known = members(node, &what, &["code", "line"])?;
                let mut expected = (None, None);
                for entry in known {
                    match entry.key.as_str() {
                        "code" => expected.0 = Some(code(&entry.value)?),
                        _ => expected.1 = Some(whole(&entry.value, "`error.line`")? as usize),
                    }
                }
                Expect::Error { code: expected.0, line: expected.1 }
            }
            Data::Bool(true) => Expect::Error { code: None, line: None },
            _ => Expect::Error { code: Some(code(node)?), line: None },
        },
        "status" => Expect::Status(whole(node, &what)?),
        "headers" => {
            let entries = map(node, &what)?.entries();
            let header = |entry: &Entry| match entry.value.data {
                Data::Null => Ok((entry.key.clone(), None)),
                _ => Ok((entry.key.clone(), Some(text(&entry.value, &format!("the header {}", entry.key))?))),
            };
            Expect::Headers(entries.iter().map(header).collect::<Result<_, Fault>>()?)
        }
        "body" => Expect::Body(Payload::read(node, folder)?),
        "integrationRequest" => match &node.data {
            Data::Text(word) if word == "none" => Expect::NoIntegrationRequest,
            _ => {
                let known = members(node, &what, REQUEST_KEYS)?.iter();
                let read = |entry| expectation(entry, folder, "integrationRequest");
                Expect::IntegrationRequest(known.map(read).collect::<Result<_, _>>()?)
            }
        },
        "method" => Expect::Member("method", Json::String(text(node, &what)?)),
        "uri" => Expect::Member("uri", Json::String(text(node, &what)?)),
        "querystring" => Expect::Querystring(map(node, &what)?.to_json()),
        "message" => Expect::Member("message", node.to_json()),
        "routeKey" => Expect::Member("routeKey", node.to_json()),
        "pathParameters" => Expect::Member("pathParameters", map(node, &what)?.to_json()),
        "invalid" => Expect::Member("invalid", texts(node, &what)?.into_iter().map(Json::String).collect()),
        "log" => Expect::Log(Payload::read(node, folder)?),
        "snapshot" => match node.data {
            Data::Bool(true) => Expect::Snapshot,
            _ => return Err(Fault::new(node.place, "`expect.snapshot` must be true; leave it out for none")),
        },
        other => return Err(Fault::new(entry.place, format!("`{other}` cannot be expected here"))),
    };
    Ok(Expectation { place: entry.place, expect })
}

fn code(node: &Node) -> Result<Code, Fault> {
    let word = text(node, "a code")?;
    Code::from_name(&word).ok_or_else(|| {
        let names = Code::ALL.iter().map(|code| code.name());
        let help = match vtl::reference::nearest(&word, names) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "`vtl explain` lists the codes".to_owned(),
        };
        Fault { help: Some(help), ..Fault::new(node.place, format!("there is no code `{word}`")) }
    })
}

fn notes(node: &Node) -> Result<Vec<Code>, Fault> {
    let mut codes = match &node.data {
        Data::Text(word) if word == "none" => Vec::new(),
        Data::List(items) => items.iter().map(code).collect::<Result<_, _>>()?,
        _ => vec![code(node)?],
    };
    codes.sort_unstable();
    Ok(codes)
}

/// Keys of an assertion.
pub(super) const ASSERTION_KEYS: &[&str] =
    &["path", "body", "value", "equals", "matches", "exists", "count", "type", "contains", "lessThan", "greaterThan"];

/// Reads `{path: "$.a", equals: 1}`, or `{body: contains, value: "x"}` for the whole text.
fn assertion(node: &Node, of: &str) -> Result<Assertion, Fault> {
    let entries = members(node, &format!("an assertion of `{of}`"), ASSERTION_KEYS)?;
    let mut assertion = Assertion { place: node.place, path: None, checks: Vec::new() };
    for entry in entries {
        match entry.key.as_str() {
            "path" => {
                let path = text(&entry.value, "`path`")?;
                let query = query::parse(&path).map_err(|why| Fault::new(entry.value.place, why))?;
                assertion.path = Some((path, query));
            }
            "body" => {
                let word = text(&entry.value, "`body`")?;
                let wrong = || Fault::new(entry.place, "`body: CHECK` has its value under `value`");
                let value = node.get("value").ok_or_else(wrong)?;
                let Some(check) = check(&word, value)? else {
                    return Err(Fault::new(entry.value.place, format!("there is no check `{word}`")));
                };
                assertion.checks.push(check);
            }
            "value" if node.get("body").is_some() => {}
            "value" => return Err(Fault::new(entry.place, "`value` goes with `body: CHECK`")),
            key => assertion.checks.extend(check(key, &entry.value)?),
        }
    }
    if assertion.checks.is_empty() {
        let checks = "equals, matches, exists, count, type, contains, lessThan, greaterThan";
        return Err(Fault::new(node.place, format!("the assertion has no check: {checks}")));
    }
    Ok(assertion)
}

fn check(key: &str, value: &Node) -> Result<Option<Check>, Fault> {
    let what = format!("`{key}`");
    Ok(Some(match key {
        "equals" => Check::Equals(value.to_json()),
        "matches" => {
            let pattern = text(value, &what)?;
            let wrong = |error| Fault::new(value.place, format!("the regular expression does not compile: {error}"));
            let states = pattern::states(&pattern).map_err(wrong)?;
            Check::Matches(pattern, states)
        }
        "exists" => match value.data {
            Data::Bool(wanted) => Check::Exists(wanted),
            _ => return Err(Fault::new(value.place, "`exists` must be true or false")),
        },
        "count" => Check::Count(whole(value, &what)?),
        "type" => {
            let word = text(value, &what)?;
            if !TYPES.contains(&word.as_str()) {
                return Err(Fault::new(value.place, format!("there is no type `{word}`: {}", TYPES.join(", "))));
            }
            Check::Type(word)
        }
        "contains" => Check::Contains(value.to_json()),
        "lessThan" => Check::LessThan(value.to_json()),
        "greaterThan" => Check::GreaterThan(value.to_json()),
        _ => return Ok(None),
    }))
}
