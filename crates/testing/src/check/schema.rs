//! The parts of a schema that check nothing: a test that expects it would pass whatever the text is.

use crate::format::expect::TYPES;
use serde_json::Value as Json;
use std::collections::HashSet;
use std::fmt::Write;
use vtl::pipeline::model::Table;

/// Most parts that are told.
const MOST: usize = 5;

/// The parts of a schema that check nothing.
#[derive(Default)]
pub(super) struct Unread {
    references: Told,
    keywords: Told,
}

/// Parts of a kind: the first, and the number of all.
#[derive(Default)]
struct Told {
    first: Vec<String>,
    all: usize,
}

impl Unread {
    /// Tells the references that lead nowhere; `None` if there are none.
    pub fn references(&self) -> Option<String> {
        self.references.text("a `$ref` that is not read", "`$ref`s that are not read")
    }

    /// Tells the keywords that check nothing; `None` if there are none.
    pub fn keywords(&self) -> Option<String> {
        self.keywords.text("a keyword that checks nothing", "keywords that check nothing")
    }
}

impl Told {
    fn add(&mut self, text: impl FnOnce() -> String) {
        if self.first.len() < MOST {
            self.first.push(text());
        }
        self.all += 1;
    }

    fn text(&self, one: &str, several: &str) -> Option<String> {
        let mut text = match self.all {
            0 => return None,
            1 => format!("{one}: {}", self.first.join(", ")),
            all => format!("{all} {several}: {}", self.first.join(", ")),
        };
        if self.all > self.first.len() {
            let _ = write!(text, " and {} more", self.all - self.first.len());
        }
        Some(text)
    }
}

/// Finds the parts of a schema that check nothing. `models` are the other schemas that it may refer to.
pub(super) fn unread(schema: &Json, models: &Table<Json>) -> Unread {
    let mut found = Unread::default();
    let mut seen = HashSet::new();
    let mut left = vec![schema];
    while let Some(part) = left.pop() {
        let Some(keywords) = part.as_object().filter(|_| seen.insert(std::ptr::from_ref(part))) else { continue };
        if let Some(target) = keywords.get("$ref").and_then(Json::as_str) {
            // Whatever stands beside a reference is not looked at.
            match read(target, schema, models) {
                Some(target) => left.extend(target),
                None => found.references.add(|| target.to_owned()),
            }
            continue;
        }
        for (keyword, value) in keywords {
            match kind_of(keyword) {
                None => found.keywords.add(|| keyword.clone()),
                Some(kind) if !kind.takes(value) => found.keywords.add(|| format!("{keyword}: {}", shown(value))),
                Some(Kind::Schemas | Kind::ListOfSchemas) => match value {
                    Json::Object(all) => left.extend(all.values()),
                    Json::Array(all) => left.extend(all),
                    _ => {}
                },
                Some(Kind::Schema | Kind::SchemaOrFlag | Kind::SchemaOrList) => match value {
                    Json::Array(all) => left.extend(all),
                    value => left.push(value),
                },
                Some(_) => {}
            }
        }
    }
    found
}

/// Follows a reference as the engine does: `None` if it leads nowhere, else the part of the schema that it leads to,
/// if it is not one of a model.
fn read<'s>(target: &str, root: &'s Json, models: &Table<Json>) -> Option<Option<&'s Json>> {
    let (address, pointer) = target.split_once('#').unwrap_or((target, ""));
    let pointer = percent_encoding::percent_decode_str(pointer).decode_utf8_lossy();
    if address.is_empty() {
        return root.pointer(&pointer).map(Some);
    }
    let model = models.get(address.rsplit('/').next()?)?;
    model.pointer(&pointer).map(|_| None)
}

/// Shortens a value.
fn shown(value: &Json) -> String {
    let text = match value {
        Json::Object(_) => "an object".to_owned(),
        Json::Array(_) => "a list".to_owned(),
        value => value.to_string(),
    };
    if text.chars().count() > 40 { text.chars().take(40).chain(['…']).collect() } else { text }
}

/// The kinds of values that keywords take.
#[derive(Clone, Copy)]
enum Kind {
    Any,
    Text,
    Flag,
    Number,
    Length,
    List,
    Type,
    Schema,
    SchemaOrFlag,
    SchemaOrList,
    Schemas,
    ListOfSchemas,
}

impl Kind {
    fn takes(self, value: &Json) -> bool {
        match self {
            Kind::Any => true,
            Kind::Text => value.is_string(),
            Kind::Flag => value.is_boolean(),
            Kind::Number => value.is_number(),
            Kind::Length => value.as_i64().is_some_and(|length| length >= 0),
            Kind::List | Kind::ListOfSchemas => value.is_array(),
            Kind::Type => {
                let names = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
                !names.is_empty() && names.iter().all(|name| name.as_str().is_some_and(|name| TYPES.contains(&name)))
            }
            Kind::Schema | Kind::Schemas => value.is_object(),
            Kind::SchemaOrFlag => value.is_object() || value.is_boolean(),
            Kind::SchemaOrList => value.is_object() || value.is_array(),
        }
    }
}

/// Returns the kind of a keyword of draft 4, or of one that says nothing about values; `None` of any other.
fn kind_of(keyword: &str) -> Option<Kind> {
    Some(match keyword {
        "type" => Kind::Type,
        "maxItems" | "maxLength" | "maxProperties" | "minItems" | "minLength" | "minProperties" => Kind::Length,
        "maximum" | "minimum" | "multipleOf" => Kind::Number,
        "exclusiveMaximum" | "exclusiveMinimum" | "uniqueItems" => Kind::Flag,
        "pattern" | "format" => Kind::Text,
        "required" | "enum" => Kind::List,
        "allOf" | "anyOf" | "oneOf" => Kind::ListOfSchemas,
        "properties" | "patternProperties" | "definitions" | "$defs" | "dependencies" => Kind::Schemas,
        "additionalItems" | "additionalProperties" => Kind::SchemaOrFlag,
        "items" => Kind::SchemaOrList,
        "not" => Kind::Schema,
        "$schema" | "id" | "$id" | "$comment" | "title" | "description" | "default" | "examples" | "example"
        | "readOnly" | "writeOnly" | "deprecated" => Kind::Any,
        keyword if keyword.starts_with("x-") => Kind::Any,
        _ => return None,
    })
}
