//! Validation of request bodies: JSON Schema, draft 4, as json-schema-validator has it.
//!
//! The service validates with that Java library (github.com/java-json-tools/json-schema-validator), so
//! its rules decide which body is valid and its message texts are what clients and logs show. A schema
//! is compiled once ([`compile`]); a body is read as Jackson reads it ([`node`], [`number`]) and walked
//! ([`check`]). [`ecma`] has the regular expressions of `pattern`, [`format`] the attributes of `format`.

mod check;
mod compile;
mod ecma;
mod format;
mod node;
mod number;

use crate::budget::Budget;
use crate::error::Error;
use crate::limits::Limits;
use crate::pipeline::model::java_order;
use crate::pipeline::model::kept_patterns::KeptPatterns;
use crate::pipeline::model::table::Table;
use check::Stop;
use compile::{Compiled, Compiler};
use node::Node;
use serde_json::Value as Json;
use std::collections::HashSet;

/// A model of the API, compiled: a JSON Schema of draft 4.
///
/// ```
/// use vtl::pipeline::model::{Schema, Table};
/// let pet = serde_json::json!({"type": "object", "required": ["name"], "properties": {"age": {"minimum": 0}}});
/// let schema = Schema::new(&pet, &Table::new());
/// assert!(schema.messages(br#"{"name": "Rex", "age": 3}"#).is_empty());
/// assert_eq!(schema.messages(b"{}"), [r#"object has missing required properties (["name"])"#]);
/// assert_eq!(
///     schema.messages(br#"{"name": "Rex", "age": -1}"#),
///     ["numeric instance is lower than the required minimum (minimum: 0, found: -1)"]
/// );
/// assert_eq!(schema.messages(b"name=Rex"), ["Unknown error parsing request body"]);
/// ```
#[derive(Clone, Debug)]
pub struct Schema {
    compiled: Compiled,
}

/// The message for a body that is no JSON, and for a schema that the library cannot use.
const UNKNOWN: &str = "Unknown error parsing request body";

impl Schema {
    /// Compiles a schema. `models` are the API's models, for references from one to another
    /// (`https://apigateway.amazonaws.com/restapis/ID/models/NAME`).
    ///
    /// A keyword with a value of the wrong type, a pattern that is no regular expression and a
    /// reference that leads nowhere constrain nothing: the service refuses them when the model is
    /// created.
    #[must_use]
    pub fn new(schema: &Json, models: &Table<Json>) -> Schema {
        Schema::with_store(schema, models, &KeptPatterns::default())
    }

    /// Compiles a schema whose patterns share a store.
    pub(crate) fn with_store(schema: &Json, models: &Table<Json>, store: &KeptPatterns) -> Schema {
        Schema { compiled: Compiler::new(schema, models, store).compile() }
    }

    /// Returns why a body does not fit: the library's messages as the service lists them, each once,
    /// in the order of a Java `HashSet`. A body that fits has none.
    ///
    /// An empty body counts as `{}`. A body that takes more than the limits of [`Limits::service`] to check
    /// has the limit as its message.
    #[must_use]
    pub fn messages(&self, body: &[u8]) -> Vec<String> {
        let budget = Budget::new(&Limits::service());
        self.messages_within(body, &budget).unwrap_or_else(|error| vec![error.to_string()])
    }

    /// Returns why a body does not fit, as [`messages`](Schema::messages) does, on a budget that other work
    /// may share.
    ///
    /// # Errors
    /// The error of the budget: references that fork, patterns that backtrack.
    pub fn messages_within(&self, body: &[u8], budget: &Budget<'_>) -> Result<Vec<String>, Error> {
        let text = if body.is_empty() { b"{}" } else { body };
        // Each value of a body is a node that is somewhat larger than its text.
        budget.charge(text.len() / 4)?;
        let values = text.iter().filter(|byte| matches!(byte, b',' | b':' | b'[' | b'{')).count();
        budget.hold(values.saturating_mul(Node::SIZE))?;
        let Some(node) = Node::read(text) else { return Ok(vec![UNKNOWN.to_owned()]) };
        Ok(match check::validate(&self.compiled, &node, budget) {
            Ok(messages) if messages.is_empty() => Vec::new(),
            // Recorded: the console's log for an empty body and a model with required properties.
            Ok(_) | Err(Stop::Loop) if body.is_empty() => vec![UNKNOWN.to_owned()],
            Ok(messages) => listed(messages),
            Err(Stop::Loop) => vec![UNKNOWN.to_owned()],
            Err(Stop::Limit(error)) => return Err(error),
        })
    }
}

/// Returns each message once, in the order of a `HashSet` that they were added to. Three public answers of the
/// service list two, two and four messages so, one of them unlike the library (the sources are at the tests).
fn listed(messages: Vec<String>) -> Vec<String> {
    let mut seen = HashSet::with_capacity(messages.len());
    let mut messages: Vec<String> = messages.into_iter().filter(|text| seen.insert(text.clone())).collect();
    java_order::sort(&mut messages, |text| text);
    messages
}

/// Returns why a value does not fit a schema; see [`Schema::messages`].
///
/// ```
/// use vtl::pipeline::model::{Table, schema_faults};
/// let pet = serde_json::json!({"type": "object", "required": ["name"], "properties": {"age": {"minimum": 0}}});
/// let faults = schema_faults(&pet, &serde_json::json!({"age": -1}), &Table::new());
/// assert_eq!(faults, [r#"object has missing required properties (["name"])"#]);
/// ```
#[must_use]
pub fn schema_faults(schema: &Json, value: &Json, models: &Table<Json>) -> Vec<String> {
    Schema::new(schema, models).messages(value.to_string().as_bytes())
}
