//! The requests of the protocol.

use crate::failure::Failure;
use crate::input::{Groups, Input, Members};
use crate::rules::Rules;
use serde::Deserialize;
use serde::de::{Deserializer, Error as _};
use serde_json::value::RawValue;
use serde_json::{Map, Value as Json};
use std::borrow::Cow;
use std::collections::BTreeMap;
use vtl::json_unstable::{MOST_VALUES, check_values, count_values};
#[cfg(feature = "documents")]
use vtl::pipeline::call::Replay;

/// A session without documents reads over the answer of a backend.
#[cfg(not(feature = "documents"))]
type Replay = serde::de::IgnoredAny;

/// The commands.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Command {
    Compile,
    Render,
    Check,
    Load,
    Invoke,
    Start,
    Free,
    Version,
    Reference,
    Explain,
}

/// A text, or the number of what an earlier request made.
#[derive(Deserialize)]
#[serde(untagged)]
pub(crate) enum Named<'a> {
    Number(u64),
    Text(#[serde(borrow)] Cow<'a, str>),
}

/// A file of a document.
#[derive(Deserialize)]
#[cfg_attr(not(feature = "documents"), expect(dead_code, reason = "read so that requests mean the same"))]
#[serde(deny_unknown_fields)]
pub(crate) struct FileText {
    pub name: String,
    pub text: String,
}

/// A request: the members of all commands.
#[derive(Deserialize)]
#[cfg_attr(not(feature = "documents"), expect(dead_code, reason = "read so that requests mean the same"))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Request<'a> {
    pub command: Command,
    #[serde(borrow, default)]
    pub id: Option<&'a RawValue>,

    // The template and its rules.
    #[serde(borrow, default)]
    pub template: Option<Named<'a>>,
    #[serde(default)]
    pub name: Option<String>,
    #[serde(default)]
    pub dialect: Option<String>,
    #[serde(default)]
    pub dialect_switches: Vec<String>,
    #[serde(default)]
    pub limits: BTreeMap<String, Option<u64>>,
    #[serde(default)]
    pub foreach_fails: bool,

    // The data of a render.
    #[serde(borrow, default, deserialize_with = "present")]
    pub body: Option<&'a RawValue>,
    #[serde(default)]
    pub body_is_base64: bool,
    #[serde(default)]
    pub params: Option<Groups>,
    #[serde(default)]
    pub context: Option<Map<String, Json>>,
    #[serde(default)]
    pub stage_variables: Option<Members>,
    #[serde(borrow, default)]
    pub variables: Option<&'a RawValue>,
    #[serde(default)]
    pub request_override: Option<Map<String, Json>>,
    #[serde(default)]
    pub response_override: Option<Map<String, Json>>,
    #[serde(default)]
    pub trace: bool,

    // The document.
    #[serde(default)]
    pub files: Option<Vec<FileText>>,
    #[serde(default)]
    pub kind: Option<String>,
    #[serde(default)]
    pub parameters: BTreeMap<String, String>,
    #[serde(borrow, default)]
    pub integration: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub settings: Option<&'a RawValue>,

    // The call.
    #[serde(default)]
    pub api: Option<u64>,
    #[serde(default)]
    pub api_name: Option<String>,
    #[serde(default)]
    pub resource: Option<String>,
    #[serde(default)]
    pub request: Json,
    #[serde(default)]
    pub backend: Option<Replay>,
    #[serde(default)]
    pub log: bool,

    // The page.
    #[serde(default)]
    pub code: Option<String>,
}

/// The id of a request that cannot be read.
#[derive(Deserialize)]
pub(crate) struct Id<'a> {
    #[serde(borrow, default)]
    pub id: Option<&'a RawValue>,
}

/// The payload of a request as it is written.
#[derive(Default, Deserialize)]
struct Payload<'a> {
    #[serde(borrow, default)]
    body: Option<&'a RawValue>,
}

/// Checks that a request has no more values besides its payload than may be read at once.
///
/// # Errors
/// It has more.
pub(crate) fn check_request(text: &str) -> Result<(), Failure> {
    if check_values(text, MOST_VALUES).is_ok() {
        return Ok(());
    }
    let body = serde_json::from_str::<Payload<'_>>(text).unwrap_or_default().body;
    let payload = body.map_or(0, |body| count_values(body.get()));
    check_values(text, MOST_VALUES + payload).map_err(|error| Failure::usage(error.detail()))
}

/// Deserializes a body, so that `null` is the payload `null` and not a missing one.
pub(crate) fn present<'de: 'a, 'a, D: Deserializer<'de>>(deserializer: D) -> Result<Option<&'a RawValue>, D::Error> {
    <&RawValue>::deserialize(deserializer).map(Some).map_err(D::Error::custom)
}

/// Most bytes of the name of a template or file, which each finding repeats.
const LONGEST_NAME: usize = 4 << 10;

impl<'a> Request<'a> {
    /// Checks the lengths of the names.
    ///
    /// # Errors
    /// One is longer than the path of a file may be.
    pub fn check_names(&self) -> Result<(), Failure> {
        let files = self.files.iter().flatten().map(|file| &file.name);
        match self.name.iter().chain(files).any(|name| name.len() > LONGEST_NAME) {
            true => Err(Failure::usage(format!("a name has more than {LONGEST_NAME} bytes"))),
            false => Ok(()),
        }
    }

    /// Takes the rules for a template.
    pub fn rules(&mut self) -> Rules {
        Rules {
            dialect: self.dialect.take(),
            switches: std::mem::take(&mut self.dialect_switches),
            limits: std::mem::take(&mut self.limits),
            foreach_fails: self.foreach_fails,
        }
    }

    /// Takes the data of a render, besides the payload.
    pub fn input(&mut self) -> Input<'a> {
        Input {
            params: self.params.take(),
            context: self.context.take(),
            stage_variables: self.stage_variables.take(),
            variables: self.variables.take(),
            request_override: self.request_override.take(),
            response_override: self.response_override.take(),
        }
    }
}
