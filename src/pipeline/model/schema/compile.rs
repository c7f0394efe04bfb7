//! From a JSON Schema to what is checked: limits read, names sorted, patterns compiled, references resolved.

use super::ecma::Regex;
use super::format::Format;
use super::node::{Kind, Node, by_units, quoted};
use super::number::Number;
use crate::pipeline::model::kept_patterns::KeptPatterns;
use crate::pipeline::model::table::Table;
use serde_json::{Map, Value as Json};
use std::collections::hash_map::Entry::{Occupied, Vacant};
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::Arc;

/// Which schema of a compiled set.
pub(super) type Id = usize;

/// A schema with all that it refers to; the first one is the model.
#[derive(Clone, Debug)]
pub(super) struct Compiled {
    pub(super) schemas: Arc<[Entry]>,
}

/// One schema, or a reference to one.
#[derive(Debug)]
pub(super) enum Entry {
    Rules(Rules),
    /// A reference, followed to its end.
    Reference(Id),
    /// A reference that leads back to itself.
    Circle,
    /// Nothing is asked: no schema, or a reference that leads nowhere.
    Anything,
}

/// The compiled keywords of one schema.
#[derive(Debug, Default)]
pub(super) struct Rules {
    /// In the order of the keywords' names, in which the library runs them.
    pub(super) rules: Vec<Rule>,
    pub(super) format: Option<Format>,
    pub(super) properties: Table<Id>,
    /// By pattern, sorted as Java sorts texts.
    pub(super) patterns: Vec<(Regex, Id)>,
    pub(super) additional_properties: Option<Id>,
    pub(super) items: Items,
    pub(super) additional_items: Option<Id>,
}

/// The schemas of an array's items.
#[derive(Debug, Default)]
pub(super) enum Items {
    #[default]
    Unnamed,
    All(Id),
    Each(Vec<Id>),
}

/// A keyword that is checked on the value itself. Texts are parts of messages.
#[derive(Debug)]
pub(super) enum Rule {
    AdditionalItems(usize),
    AdditionalProperties,
    AllOf(Vec<Id>),
    AnyOf(Vec<Id>),
    Dependencies { names: Vec<(String, Vec<String>)>, schemas: Vec<(String, Id)> },
    Enum { keys: HashSet<String>, longest: usize, text: String },
    MaxItems(i64),
    MaxLength(i64),
    MaxProperties(i64),
    Maximum { limit: Number, exclusive: bool },
    MinItems(i64),
    MinLength(i64),
    MinProperties(i64),
    Minimum { limit: Number, exclusive: bool },
    MultipleOf(Number),
    Not(Id),
    OneOf(Vec<Id>),
    Pattern(Regex),
    Required(Vec<String>),
    Type { kinds: Vec<Kind>, text: String },
    UniqueItems,
}

/// The keywords that make a [`Rule`], sorted as the library sorts them.
const KEYWORDS: [&str; 21] = [
    "additionalItems",
    "additionalProperties",
    "allOf",
    "anyOf",
    "dependencies",
    "enum",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "not",
    "oneOf",
    "pattern",
    "required",
    "type",
    "uniqueItems",
];

/// Compiles every schema that the model reaches, each once.
pub(super) struct Compiler<'a> {
    models: &'a Table<Json>,
    store: &'a KeptPatterns,
    /// Ids by the address of the schema's JSON.
    ids: HashMap<*const Json, Id>,
    /// The schemas to compile, with the document that each is in.
    queue: Vec<(&'a Json, &'a Json)>,
    /// The ends of references that were followed, by the address of each on the way.
    ends: HashMap<*const Json, End<'a>>,
}

/// Tells what a reference leads to.
#[derive(Clone, Copy)]
enum End<'a> {
    /// A schema that is no reference, with the document that it is in.
    Schema(&'a Json, &'a Json),
    Circle,
    Nothing,
}

impl<'a> Compiler<'a> {
    pub(super) fn new(schema: &'a Json, models: &'a Table<Json>, store: &'a KeptPatterns) -> Self {
        let mut compiler = Compiler { models, store, ids: HashMap::new(), queue: Vec::new(), ends: HashMap::new() };
        compiler.id(schema, schema);
        compiler
    }

    pub(super) fn compile(mut self) -> Compiled {
        let mut schemas = Vec::new();
        while let Some((schema, root)) = self.queue.get(schemas.len()).copied() {
            let entry = self.entry(schema, root);
            schemas.push(entry);
        }
        Compiled { schemas: schemas.into() }
    }

    fn id(&mut self, schema: &'a Json, root: &'a Json) -> Id {
        *self.ids.entry(std::ptr::from_ref(schema)).or_insert_with(|| {
            self.queue.push((schema, root));
            self.queue.len() - 1
        })
    }

    fn entry(&mut self, schema: &'a Json, root: &'a Json) -> Entry {
        match (target(schema), schema) {
            (Some(_), _) => match self.end(schema, root) {
                End::Schema(schema, root) => Entry::Reference(self.id(schema, root)),
                End::Circle => Entry::Circle,
                End::Nothing => Entry::Anything,
            },
            (None, Json::Object(keywords)) => Entry::Rules(self.rules(keywords, root)),
            _ => Entry::Anything,
        }
    }

    /// Follows a reference to its end, or to one that was followed before.
    fn end(&mut self, schema: &'a Json, root: &'a Json) -> End<'a> {
        let mut way = Vec::new();
        let (mut at, mut document) = (schema, root);
        let end = loop {
            let Some(target) = target(at) else { break End::Schema(at, document) };
            // One that is on the way leads back to itself.
            match self.ends.entry(std::ptr::from_ref(at)) {
                Occupied(known) => break *known.get(),
                Vacant(new) => drop(new.insert(End::Circle)),
            }
            way.push(std::ptr::from_ref(at));
            match self.resolve(target, document) {
                Some(found) => (at, document) = found,
                None => break End::Nothing,
            }
        };
        self.ends.extend(way.into_iter().map(|address| (address, end)));
        end
    }

    /// `#/definitions/Pet`, `#`, or the address of another model of the API.
    fn resolve(&self, target: &str, root: &'a Json) -> Option<(&'a Json, &'a Json)> {
        let (address, pointer) = target.split_once('#').unwrap_or((target, ""));
        let pointer = percent_encoding::percent_decode_str(pointer).decode_utf8_lossy();
        let root = if address.is_empty() { root } else { self.models.get(address.rsplit('/').next()?)? };
        root.pointer(&pointer).map(|schema| (schema, root))
    }

    fn rules(&mut self, keywords: &'a Map<String, Json>, root: &'a Json) -> Rules {
        let mut rules = Rules {
            format: keywords.get("format").and_then(Json::as_str).and_then(Format::of_name),
            additional_properties: self.schema_in(keywords, "additionalProperties", root),
            additional_items: self.schema_in(keywords, "additionalItems", root),
            items: match keywords.get("items") {
                Some(Json::Array(schemas)) => Items::Each(schemas.iter().map(|schema| self.id(schema, root)).collect()),
                Some(schema) => Items::All(self.id(schema, root)),
                None => Items::Unnamed,
            },
            ..Rules::default()
        };
        for (name, schema) in keywords.get("properties").and_then(Json::as_object).into_iter().flatten() {
            rules.properties.set(name.as_str(), self.id(schema, root));
        }
        for (source, schema) in sorted(keywords.get("patternProperties")) {
            rules.patterns.push((Regex::new(source, self.store), self.id(schema, root)));
        }
        for keyword in KEYWORDS {
            let rule = keywords.get(keyword).and_then(|value| self.rule(keyword, value, keywords, root));
            rules.rules.extend(rule);
        }
        rules
    }

    fn schema_in(&mut self, keywords: &'a Map<String, Json>, keyword: &str, root: &'a Json) -> Option<Id> {
        keywords.get(keyword).filter(|schema| schema.is_object()).map(|schema| self.id(schema, root))
    }

    fn rule(
        &mut self,
        keyword: &str,
        value: &'a Json,
        keywords: &'a Map<String, Json>,
        root: &'a Json,
    ) -> Option<Rule> {
        let length = || value.as_i64().filter(|length| *length >= 0);
        let is_true = |keyword: &str| keywords.get(keyword) == Some(&Json::Bool(true));
        let limit = || match Node::from(value) {
            Node::Number(number) => Some(number.normalized()),
            _ => None,
        };
        let mut schemas = |value: &'a Json| -> Option<Vec<Id>> {
            value.as_array().map(|schemas| schemas.iter().map(|schema| self.id(schema, root)).collect())
        };
        Some(match keyword {
            "additionalItems" => match (value, keywords.get("items")) {
                (Json::Bool(false), Some(Json::Array(listed))) => Rule::AdditionalItems(listed.len()),
                _ => return None,
            },
            "additionalProperties" if value == &Json::Bool(false) => Rule::AdditionalProperties,
            "allOf" => Rule::AllOf(schemas(value)?),
            "anyOf" => Rule::AnyOf(schemas(value)?),
            "oneOf" => Rule::OneOf(schemas(value)?),
            "not" if value.is_object() => Rule::Not(self.id(value, root)),
            "dependencies" => {
                let (mut names, mut schemas) = (Vec::new(), Vec::new());
                for (property, needed) in sorted(Some(value)) {
                    match needed {
                        Json::Array(needed) => names.push((property.clone(), texts(needed))),
                        schema => schemas.push((property.clone(), self.id(schema, root))),
                    }
                }
                Rule::Dependencies { names, schemas }
            }
            "enum" => {
                let values: Vec<Node<'_>> = value.as_array()?.iter().map(Node::from).collect();
                let key = |node: &Node<'_>| {
                    let mut key = String::new();
                    node.write_key(&mut key);
                    key
                };
                // More than any value that is one of them.
                let longest =
                    values.iter().map(|value| value.size(usize::MAX)).max().unwrap_or(0).saturating_mul(2) + 32;
                Rule::Enum { keys: values.iter().map(key).collect(), longest, text: Node::List(values).to_string() }
            }
            "maxItems" => Rule::MaxItems(length()?),
            "maxLength" => Rule::MaxLength(length()?),
            "maxProperties" => Rule::MaxProperties(length()?),
            "maximum" => Rule::Maximum { limit: limit()?, exclusive: is_true("exclusiveMaximum") },
            "minItems" => Rule::MinItems(length()?),
            "minLength" => Rule::MinLength(length()?),
            "minProperties" => Rule::MinProperties(length()?),
            "minimum" => Rule::Minimum { limit: limit()?, exclusive: is_true("exclusiveMinimum") },
            "multipleOf" => Rule::MultipleOf(limit().filter(|limit| limit.is_positive())?),
            "pattern" => Rule::Pattern(Regex::new(value.as_str()?, self.store)),
            "required" => Rule::Required(texts(value.as_array()?)),
            "type" => {
                let names = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
                let has = |name: &str| names.iter().any(|own| own.as_str() == Some(name));
                let allowed = |(kind, name): &(Kind, &str)| has(name) || (*kind == Kind::Integer && has("number"));
                let allowed: Vec<_> = Kind::ALL.into_iter().filter(allowed).collect();
                if allowed.is_empty() {
                    return None;
                }
                let text = Listed(allowed.iter().map(|(_, name)| *name)).to_string();
                Rule::Type { kinds: allowed.into_iter().map(|(kind, _)| kind).collect(), text }
            }
            "uniqueItems" if value == &Json::Bool(true) => Rule::UniqueItems,
            _ => return None,
        })
    }
}

/// Returns the target of a reference; whatever stands beside it is not looked at.
fn target(schema: &Json) -> Option<&str> {
    schema.get("$ref").and_then(Json::as_str)
}

/// The members of an object, sorted as Java sorts texts.
fn sorted(object: Option<&Json>) -> Vec<(&String, &Json)> {
    let mut members: Vec<_> = object.and_then(Json::as_object).into_iter().flatten().collect();
    members.sort_by(|(left, _), (right, _)| by_units(left, right));
    members
}

/// The texts of a list: sorted, each once.
fn texts(list: &[Json]) -> Vec<String> {
    let mut texts: Vec<String> = list.iter().filter_map(Json::as_str).map(str::to_owned).collect();
    texts.sort_by(|left, right| by_units(left, right));
    texts.dedup();
    texts
}

/// A list of texts, printed as Jackson prints it.
pub(super) struct Listed<I>(pub(super) I);

impl<'t, I: Iterator<Item = &'t str> + Clone> fmt::Display for Listed<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[")?;
        for (at, text) in self.0.clone().enumerate() {
            write!(f, "{}{}", if at == 0 { "" } else { "," }, quoted(text))?;
        }
        f.write_str("]")
    }
}
