//! JSON Schema, draft 4, as far as request bodies are checked with it.
//!
//! `minItems` and `maxItems` are left out because the service leaves them out of its simple validation; `format` is a remark.

use crate::pipeline::model::table::Table;
use crate::value::pattern::Pattern;
use serde_json::{Map, Value as Json};
use std::cell::Cell;
use std::collections::HashSet;

/// Deeper schemas and values are taken as sound: references may go in circles,
const DEEPEST: usize = 200;
/// and a circle that forks would not end in this world.
const MOST_STEPS: usize = 5_000_000;

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
    let steps = Cell::new(0);
    let mut checker = Checker { root: schema, models, faults: Vec::new(), steps: &steps };
    checker.check(schema, value, "", 0);
    checker.faults
}

struct Checker<'a> {
    root: &'a Json,
    models: &'a Table<Json>,
    faults: Vec<String>,
    steps: &'a Cell<usize>,
}

impl<'a> Checker<'a> {
    fn fault(&mut self, place: &str, text: impl std::fmt::Display) {
        const MOST: usize = 50;
        if self.faults.len() < MOST {
            self.faults.push(format!("{text} at \"{place}\""));
        }
    }

    fn fits(&mut self, schema: &'a Json, value: &Json, depth: usize) -> bool {
        let mut inner = Checker { root: self.root, models: self.models, faults: Vec::new(), steps: self.steps };
        inner.check(schema, value, "", depth);
        inner.faults.is_empty()
    }

    fn check(&mut self, schema: &'a Json, value: &Json, place: &str, depth: usize) {
        let (Json::Object(rules), true) = (schema, depth < DEEPEST && self.steps.get() < MOST_STEPS) else { return };
        self.steps.set(self.steps.get() + 1 + rules.len());
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
            ("uniqueItems", Json::Bool(true)) if has_twins(items) => {
                self.fault(place, "array must not contain duplicate elements");
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
        (Json::Array(a), Json::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Json::Object(a), Json::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(name, a)| b.get(name).is_some_and(|b| same(a, b)))
        }
        _ => one == other,
    }
}

fn has_twins(items: &[Json]) -> bool {
    let mut seen = HashSet::with_capacity(items.len());
    items.iter().any(|item| {
        let mut text = String::new();
        write_canonical(item, &mut text);
        !seen.insert(text)
    })
}

/// A text that is the same for values that are the same.
fn write_canonical(value: &Json, text: &mut String) {
    match value {
        Json::Number(number) => match number.as_f64() {
            Some(float) if float.fract() != 0.0 || float.abs() >= 9e15 => *text += &format!("{float:?}"),
            Some(float) => *text += &format!("{float}"),
            None => *text += &number.to_string(),
        },
        Json::Array(items) => {
            text.push('[');
            for item in items {
                write_canonical(item, text);
                text.push(',');
            }
            text.push(']');
        }
        Json::Object(members) => {
            let mut sorted: Vec<_> = members.iter().collect();
            sorted.sort_unstable_by_key(|(name, _)| *name);
            text.push('{');
            for (name, value) in sorted {
                *text += &Json::from(name.as_str()).to_string();
                text.push(':');
                write_canonical(value, text);
                text.push(',');
            }
            text.push('}');
        }
        other => *text += &other.to_string(),
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

#[cfg(test)]
mod tests {
    use super::{Table, schema_faults};
    use serde_json::json;

    #[test]
    fn circles_end() {
        let forks = json!({"allOf": [{"$ref": "#"}, {"$ref": "#"}], "type": "object"});
        assert!(schema_faults(&forks, &json!({}), &Table::new()).is_empty());
        let nested = json!({"not": {"$ref": "#"}});
        let _ = schema_faults(&nested, &json!({}), &Table::new());
    }

    #[test]
    fn numbers_are_the_same_by_value() {
        let unique = json!({"uniqueItems": true});
        for (items, twins) in
            [(json!([1, 1.0]), true), (json!([1, "1"]), false), (json!([{"a": 1, "b": 2}, {"b": 2, "a": 1}]), true)]
        {
            assert_eq!(!schema_faults(&unique, &items, &Table::new()).is_empty(), twins, "{items}");
        }
        assert!(schema_faults(&json!({"enum": [1]}), &json!(1.0), &Table::new()).is_empty());
        assert!(schema_faults(&json!({"type": "integer"}), &json!(1.0), &Table::new()).is_empty());
    }

    #[test]
    fn models_refer_to_models() {
        let pets =
            json!({"type": "array", "items": {"$ref": "https://apigateway.amazonaws.com/restapis/a1/models/Pet"}});
        let models: Table<_> =
            [("Pet", json!({"$ref": "#/definitions/Named", "definitions": {"Named": {"required": ["name"]}}}))]
                .into_iter()
                .collect();
        assert!(schema_faults(&pets, &json!([{"name": "Rex"}]), &models).is_empty());
        assert_eq!(schema_faults(&pets, &json!([{"name": "Rex"}, {}]), &models).len(), 1);
    }
}
