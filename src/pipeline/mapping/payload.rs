//! Evaluation of mapping sources against the messages of a call.
//!
//! An absent source adds nothing (aws-observed 7.2, R). Names are case-sensitive, header names too
//! (7.3, H). The last of several values counts, unless all are asked for (7.4, H).

use super::source::{BodyPath, Source, parameter_text};
use crate::error::Error;
use crate::pipeline::message::{Headers, MethodRequest};
use crate::pipeline::model::Table;
use crate::value::text;
use serde_json::Value as Json;
use std::borrow::Cow;
use std::cell::OnceCell;

/// The body that mappings read from, parsed as JSON at most once.
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

    /// Returns the text; `{}` for an empty body (aws-observed 7.5, H).
    fn text(&self) -> &str {
        if self.text.is_empty() { "{}" } else { &self.text }
    }

    fn looks_like_json(&self) -> bool {
        self.text().trim_start().starts_with(['{', '[', '"', '\''])
    }

    /// Returns the whole text, which must be valid if it looks like JSON (aws-observed 7.6, H).
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
        // The error message of a function may be JSON text that mappings read ("Handle Lambda errors").
        let inner = path.text.strip_prefix("errorMessage").filter(|rest| rest.starts_with(['.', '[']));
        let (Some(_), Some(Json::String(message))) = (inner, json.get("errorMessage")) else { return Ok(None) };
        let Ok(message @ Json::Object(_)) = crate::value::json::to_serde(message) else { return Ok(None) };
        Ok(path.find(&serde_json::json!({ "errorMessage": message })))
    }
}

/// The values that sources read in one phase of a call.
pub(crate) struct Origin<'a> {
    /// The client's request, for path and query parameters.
    pub(crate) request: &'a MethodRequest,
    /// Headers of the client or of the backend.
    pub(crate) headers: &'a Headers,
    pub(crate) payload: &'a Payload<'a>,
    pub(crate) context: &'a Json,
    pub(crate) stage_variables: &'a Table<String>,
}

impl Origin<'_> {
    /// Returns the values of a source; empty if it is absent.
    ///
    /// # Errors
    /// `V203` for a body that looks like JSON and is invalid.
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

/// Returns a variable of the context, such as `identity.sourceIp`, as text.
pub(crate) fn context_value(context: &Json, name: &str) -> Option<String> {
    let value = name.split('.').try_fold(context, |value, key| value.get(key))?;
    parameter_text(value)
}
