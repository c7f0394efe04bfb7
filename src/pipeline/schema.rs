//! JSON Schema, draft 4, as far as request bodies are checked with it.
//!
//! `minItems` and `maxItems` are left out because the service leaves them out of its simple validation; `format` is a remark.

use super::table::Table;
use crate::value::pattern::Pattern;
use serde_json::{Map, Value as Json};

/// Deeper schemas and values are taken as sound: references may go in circles.
const DEEPEST: usize = 200;

/// Why a value does not fit a schema: one sentence per fault, each with its place.
///
/// `models` are the API's, for references from one model to another.
///
/// ```
/// use vtl::pipeline::{Table, schema_faults};
/// let pet = serde_json::json!({"type": "object", "required": ["name"], "properties": {"age": {"minimum": 0}}});
/// let faults = schema_faults(&pet, &serde_json::json!({"age": -1}), &Table::new());
/// assert_eq!(faults.len(), 2);
/// assert!(faults[0].contains("object has missing required properties"));
/// ```
#[must_use]
pub fn schema_faults(schema: &Json, value: &Json, models: &Table<Json>) -> Vec<String> {
    let mut checker = Checker { root: schema, models, faults: Vec::new() };
    checker.check(schema, value, "", 0);
    checker.faults
}

struct Checker<'a> {
    root: &'a Json,
    models: &'a Table<Json>,
    faults: Vec<String>,
}

impl<'a> Checker<'a> {
    fn fault(&mut self, place: &str, text: impl std::fmt::Display) {
        const MOST: usize = 50;
        if self.faults.len() < MOST {
            self.faults.push(format!("{text} at \"{place}\""));
        }
    }

    fn fits(&mut self, schema: &'a Json, value: &Json, depth: usize) -> bool {
        let mut inner = Checker { root: self.root, models: self.models, faults: Vec::new() };
        inner.check(schema, value, "", depth);
        inner.faults.is_empty()
    }

    fn check(&mut self, schema: &'a Json, value: &Json, place: &str, depth: usize) {
        let (Json::Object(rules), true) = (schema, depth < DEEPEST) else { return };
        if let Some(Json::String(target)) = rules.get("$ref") {
            // Whatever stands beside a reference is not looked at in draft 4.
            if let Some((root, schema)) = self.resolve(target) {
                let outer = std::mem::replace(&mut self.root, root);
                self.check(schema, value, place, depth + 1);
                self.root = outer;
            }
            return;
        }
        for (rule, wanted) in rules {
            self.check_rule(rule, wanted, rules, value, place, depth);
        }
    }

    /// `#/definitions/Pet`, `#`, or the address of another model of the API.
    fn resolve(&self, target: &str) -> Option<(&'a Json, &'a Json)> {
        if let Some(pointer) = target.strip_prefix('#') {
            return self.root.pointer(pointer).map(|schema| (self.root, schema));
        }
        let (address, pointer) = target.split_once('#').unwrap_or((target, ""));
        let model = self.models.get(address.rsplit('/').next()?)?;
        model.pointer(pointer).map(|schema| (model, schema))
    }

    fn check_rule(
        &mut self,
        rule: &str,
        wanted: &'a Json,
        rules: &'a Map<String, Json>,
        value: &Json,
        place: &str,
        depth: usize,
    ) {
        match (rule, wanted, value) {
            ("type", Json::String(_) | Json::Array(_), _) if !has_type(wanted, value) => {
                let found = type_of(value);
                self.fault(
                    place,
                    format_args!(
                        "instance type ({found}) does not match any allowed primitive type (allowed: {wanted})"
                    ),
                );
            }
            ("enum", Json::Array(allowed), _) if !allowed.iter().any(|one| same(one, value)) => {
                self.fault(place, format_args!("instance value ({value}) not found in enum"));
            }
            ("allOf", Json::Array(schemas), _) => {
                for schema in schemas {
                    self.check(schema, value, place, depth + 1);
                }
            }
            ("anyOf", Json::Array(schemas), _) if !schemas.iter().any(|s| self.fits(s, value, depth + 1)) => {
                self.fault(place, "instance failed to match at least one required schema");
            }
            ("oneOf", Json::Array(schemas), _) => {
                let fitting = schemas.iter().filter(|s| self.fits(s, value, depth + 1)).count();
                if fitting != 1 {
                    self.fault(place, format_args!("instance failed to match exactly one schema (matched {fitting})"));
                }
            }
            ("not", _, _) if self.fits(wanted, value, depth + 1) => {
                self.fault(place, "instance matched a schema which it should not have");
            }
            (_, _, Json::Object(members)) => self.check_object(rule, wanted, rules, members, place, depth),
            (_, _, Json::Array(items)) => self.check_array(rule, wanted, rules, items, place, depth),
            (_, _, Json::String(text)) => self.check_text(rule, wanted, text, place),
            (_, _, Json::Number(number)) => {
                if let (Some(limit), Some(number)) = (wanted.as_f64(), number.as_f64()) {
                    self.check_number(rule, limit, rules, number, place);
                }
            }
            _ => {}
        }
    }

    fn check_object(
        &mut self,
        rule: &str,
        wanted: &'a Json,
        rules: &'a Map<String, Json>,
        members: &Map<String, Json>,
        place: &str,
        depth: usize,
    ) {
        match (rule, wanted) {
            ("required", Json::Array(names)) => {
                let missing: Vec<_> =
                    names.iter().filter_map(Json::as_str).filter(|n| !members.contains_key(*n)).collect();
                if !missing.is_empty() {
                    self.fault(place, format_args!("object has missing required properties ({missing:?})"));
                }
            }
            ("properties", Json::Object(properties)) => {
                for (name, schema) in properties {
                    if let Some(value) = members.get(name) {
                        self.check(schema, value, &format!("{place}/{name}"), depth + 1);
                    }
                }
            }
            ("patternProperties", Json::Object(patterns)) => {
                for (pattern, schema) in patterns {
                    for (name, value) in members.iter().filter(|(name, _)| finds(pattern, name)) {
                        self.check(schema, value, &format!("{place}/{name}"), depth + 1);
                    }
                }
            }
            ("additionalProperties", wanted) => {
                let of = |rule: &str| rules.get(rule).and_then(Json::as_object);
                let named = |name: &str| {
                    of("properties").is_some_and(|known| known.contains_key(name))
                        || of("patternProperties").is_some_and(|known| known.keys().any(|pattern| finds(pattern, name)))
                };
                for (name, value) in members.iter().filter(|(name, _)| !named(name)) {
                    if wanted == &Json::Bool(false) {
                        self.fault(
                            place,
                            format_args!(
                                "object instance has properties which are not allowed by the schema: [\"{name}\"]"
                            ),
                        );
                    } else {
                        self.check(wanted, value, &format!("{place}/{name}"), depth + 1);
                    }
                }
            }
            ("dependencies", Json::Object(dependencies)) => {
                for (name, needed) in dependencies.iter().filter(|(name, _)| members.contains_key(*name)) {
                    match needed {
                        Json::Array(names) => {
                            if !names.iter().filter_map(Json::as_str).all(|n| members.contains_key(n)) {
                                self.fault(place, format_args!("property \"{name}\" needs {needed}"));
                            }
                        }
                        schema => self.check(schema, &Json::Object(members.clone()), place, depth + 1),
                    }
                }
            }
            ("minProperties", limit) if wanted_length(limit).is_some_and(|limit| members.len() < limit) => {
                self.fault(place, format_args!("object has too few properties (minimum: {limit})"));
            }
            ("maxProperties", limit) if wanted_length(limit).is_some_and(|limit| members.len() > limit) => {
                self.fault(place, format_args!("object has too many properties (maximum: {limit})"));
            }
            _ => {}
        }
    }

    fn check_array(
        &mut self,
        rule: &str,
        wanted: &'a Json,
        rules: &'a Map<String, Json>,
        items: &[Json],
        place: &str,
        depth: usize,
    ) {
        match (rule, wanted) {
            ("items", Json::Array(schemas)) => {
                for (at, (schema, item)) in schemas.iter().zip(items).enumerate() {
                    self.check(schema, item, &format!("{place}/{at}"), depth + 1);
                }
            }
            ("items", schema) => {
                for (at, item) in items.iter().enumerate() {
                    self.check(schema, item, &format!("{place}/{at}"), depth + 1);
                }
            }
            ("additionalItems", wanted) => {
                let Some(Json::Array(listed)) = rules.get("items") else { return };
                for (at, item) in items.iter().enumerate().skip(listed.len()) {
                    if wanted == &Json::Bool(false) {
                        self.fault(place, "array has items which are not allowed by the schema");
                    } else {
                        self.check(wanted, item, &format!("{place}/{at}"), depth + 1);
                    }
                }
            }
            ("uniqueItems", Json::Bool(true)) => {
                if items.iter().enumerate().any(|(at, item)| items.iter().skip(at + 1).any(|other| same(item, other))) {
                    self.fault(place, "array must not contain duplicate elements");
                }
            }
            _ => {}
        }
    }

    fn check_text(&mut self, rule: &str, wanted: &Json, text: &str, place: &str) {
        let length = || text.chars().count();
        match (rule, wanted) {
            ("minLength", limit) if wanted_length(limit).is_some_and(|limit| length() < limit) => {
                self.fault(place, format_args!("string is too short (required minimum: {limit})"));
            }
            ("maxLength", limit) if wanted_length(limit).is_some_and(|limit| length() > limit) => {
                self.fault(place, format_args!("string is too long (maximum allowed: {limit})"));
            }
            ("pattern", Json::String(pattern)) if !finds(pattern, text) => {
                self.fault(place, format_args!("ECMA 262 regex \"{pattern}\" does not match input string \"{text}\""));
            }
            _ => {}
        }
    }

    fn check_number(&mut self, rule: &str, limit: f64, rules: &Map<String, Json>, number: f64, place: &str) {
        let exclusive = |rule: &str| rules.get(rule) == Some(&Json::Bool(true));
        let wrong = match rule {
            "minimum" => number < limit || (exclusive("exclusiveMinimum") && number == limit),
            "maximum" => number > limit || (exclusive("exclusiveMaximum") && number == limit),
            "multipleOf" => limit > 0.0 && (number / limit).fract() != 0.0,
            _ => false,
        };
        if wrong {
            self.fault(place, format_args!("numeric instance {number} breaks {rule} {limit}"));
        }
    }
}

fn wanted_length(limit: &Json) -> Option<usize> {
    limit.as_u64().and_then(|limit| usize::try_from(limit).ok())
}

/// Whether a pattern is found anywhere in a text; one that does not compile finds everything.
fn finds(pattern: &str, text: &str) -> bool {
    // Dots that match everything on both sides turn the whole match into a search.
    let anywhere = Pattern::compile(&format!(r"[\s\S]*?(?:{pattern})[\s\S]*"), 0);
    anywhere.and_then(|pattern| pattern.matches(text)).unwrap_or(true)
}

/// Numbers are compared by value: 1 is 1.0.
fn same(one: &Json, other: &Json) -> bool {
    match (one, other) {
        (Json::Number(a), Json::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        _ => one == other,
    }
}

fn type_of(value: &Json) -> &'static str {
    match value {
        Json::Null => "null",
        Json::Bool(_) => "boolean",
        Json::Number(number) if is_whole(number) => "integer",
        Json::Number(_) => "number",
        Json::String(_) => "string",
        Json::Array(_) => "array",
        Json::Object(_) => "object",
    }
}

fn is_whole(number: &serde_json::Number) -> bool {
    number.as_f64().is_some_and(|number| number.fract() == 0.0)
}

fn has_type(wanted: &Json, value: &Json) -> bool {
    match wanted {
        Json::String(name) => {
            let found = type_of(value);
            name == found || (name == "number" && found == "integer")
        }
        Json::Array(names) => names.iter().any(|name| has_type(name, value)),
        _ => true,
    }
}
