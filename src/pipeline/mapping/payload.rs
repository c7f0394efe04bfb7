//! Evaluation of mapping sources against the messages of a call.
//!
//! An absent source adds nothing (aws-observed 7.2, R). Names are case-sensitive, header names too
//! (7.3, H). The last of several values counts, unless all are asked for (7.4, H).

use super::source::{BodyPath, Source, parameter_text};
use crate::budget::Budget;
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
    strict: OnceCell<Option<Json>>,
    budget: &'a Budget<'a>,
}

impl<'a> Payload<'a> {
    pub(crate) fn new(body: &'a [u8], budget: &'a Budget<'a>) -> Self {
        Payload { text: text::from_bytes(body), json: OnceCell::new(), strict: OnceCell::new(), budget }
    }

    pub(crate) fn json(&self) -> Result<&Json, Error> {
        self.json.get_or_init(|| read_json(self.text(), self.budget)).as_ref().map_err(Clone::clone)
    }

    /// Returns the body if it is JSON in the strict sense, as selection expressions read it.
    pub(crate) fn strict_json(&self) -> Option<&Json> {
        let json = self.strict.get_or_init(|| {
            charge_json(self.text.as_bytes(), self.budget).ok()?;
            serde_json::from_str(&self.text).ok()
        });
        json.as_ref()
    }

    /// Returns the text of the body.
    pub(crate) fn as_written(&self) -> &str {
        &self.text
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
        copied(self.text(), self.budget)
    }

    fn part(&self, path: &BodyPath) -> Result<Option<String>, Error> {
        if !self.looks_like_json() {
            return Ok(None);
        }
        let json = self.json()?;
        if let Some(found) = path.find(json, self.budget)? {
            return Ok(Some(found));
        }
        // The error message of a function may be JSON text that mappings read ("Handle Lambda errors").
        let inner = path.text.strip_prefix("errorMessage").filter(|rest| rest.starts_with(['.', '[']));
        let (Some(_), Some(Json::String(message))) = (inner, json.get("errorMessage")) else { return Ok(None) };
        let Ok(message @ Json::Object(_)) = read_json(message, self.budget) else { return Ok(None) };
        path.find(&serde_json::json!({ "errorMessage": message }), self.budget)
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
    pub(crate) budget: &'a Budget<'a>,
}

impl Origin<'_> {
    /// Returns the values of a source; empty if it is absent.
    ///
    /// # Errors
    /// As [`text`](Origin::text).
    pub(crate) fn values(&self, source: &Source) -> Result<Vec<String>, Error> {
        let Source::Queries(name) = source else { return Ok(self.text(source)?.into_iter().collect()) };
        self.budget.charge(4)?;
        self.queries(name).iter().map(|value| copied(value, self.budget)).collect()
    }

    fn queries(&self, name: &str) -> &[String] {
        self.request.querystring.get(name).map_or(&[], Vec::as_slice)
    }

    /// Returns the value of a source, several ones joined with commas; `None` if it is absent.
    ///
    /// # Errors
    /// `V203` for a body that looks like JSON and is invalid; the error of the budget.
    pub(crate) fn text(&self, source: &Source) -> Result<Option<String>, Error> {
        self.budget.charge(4)?;
        let one = |value: Option<&str>| value.map(|text| copied(text, self.budget)).transpose();
        let all = |values: &[&str]| values.first().map(|_| joined(values, ",", self.budget)).transpose();
        match source {
            Source::Fixed(text) => one(Some(text)),
            Source::Path(name) => one(self.request.path_parameters.get(name).map(String::as_str)),
            Source::Query(name) => one(self.queries(name).last().map(String::as_str)),
            Source::Queries(name) => all(&self.queries(name).iter().map(String::as_str).collect::<Vec<_>>()),
            Source::Header(name) => {
                self.budget.charge(self.headers.len())?;
                one(self.headers.get_exactly(name))
            }
            Source::Headers(name) => {
                self.budget.charge(self.headers.len())?;
                all(&self.headers.all_exactly(name).collect::<Vec<_>>())
            }
            Source::Body => self.payload.whole().map(Some),
            Source::BodyPath(path) => self.payload.part(path),
            Source::Context(name) => context_value(self.context, name, self.budget),
            Source::StageVariable(name) => one(self.stage_variables.get(name).map(String::as_str)),
        }
    }
}

/// Returns a variable of the context, such as `identity.sourceIp`, as text. The maps themselves are nothing, as they
/// are in templates (aws-observed 18.8).
pub(crate) fn context_value(context: &Json, name: &str, budget: &Budget<'_>) -> Result<Option<String>, Error> {
    if matches!(name, "identity" | "authorizer" | "authorizer.claims") {
        return Ok(None);
    }
    match name.split('.').try_fold(context, |value, key| value.get(key)) {
        Some(value) => parameter_text(value, budget),
        None => Ok(None),
    }
}

/// Bytes of a text beside its own.
const TEXT: usize = 64;

/// Copies a text, charged before it is made: once as a part of a message, and once for the message as it is
/// sent or shown.
pub(crate) fn copied(text: &str, budget: &Budget<'_>) -> Result<String, Error> {
    budget.make(text.len().saturating_mul(2).saturating_add(TEXT))?;
    Ok(text.to_owned())
}

/// Joins texts, charged before.
pub(crate) fn joined<T: AsRef<str>>(texts: &[T], separator: &str, budget: &Budget<'_>) -> Result<String, Error> {
    let length = texts.iter().map(|text| text.as_ref().len() + separator.len()).sum::<usize>();
    budget.make(length.saturating_mul(2))?;
    Ok(texts.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(separator))
}

/// Reads JSON as leniently as a template does, charged before.
pub(crate) fn read_json(text: &str, budget: &Budget<'_>) -> Result<Json, Error> {
    charge_json(text.as_bytes(), budget)?;
    crate::value::json::to_serde(text)
}

/// Charges the steps and the memory of reading a text as JSON.
pub(crate) fn charge_json(text: &[u8], budget: &Budget<'_>) -> Result<(), Error> {
    budget.charge(text.len() / 8)?;
    let values = text.iter().filter(|byte| matches!(byte, b',' | b':' | b'[' | b'{')).count();
    budget.hold(values.saturating_mul(size_of::<Json>()).saturating_add(text.len()))
}
