//! Models of an OpenAPI document: its schemas, those in other files, and those that a method has inline.

use crate::budget::Budget;
use crate::diagnostic::Fault;
use crate::references::{Index, References};
use crate::syntax::tree::{Data, Node};
use serde_json::{Map, Value as Json};
use std::collections::{HashMap, HashSet};
use vtl::pipeline::model::Table;

/// Address of a model, before its name. The service writes such references into the schemas it imports.
const ADDRESS: &str = "https://apigateway.amazonaws.com/restapis/api/models/";

/// Steps of a value of a schema, and bytes of a reference that a step reads.
const STEPS: usize = 8;
const BYTES_PER_STEP: usize = 16;

/// Collects the schemas that are models, each by its place in the document.
pub(super) struct Models<'a> {
    root: &'a Node,
    references: &'a References,
    index: &'a Index<'a>,
    budget: &'a Budget<'a>,
    /// Names by the address of the schema.
    names: HashMap<*const Node, String>,
    taken: HashSet<String>,
    /// The number that the next model of a stem gets.
    numbers: HashMap<String, usize>,
    /// Schemas that are not converted yet, with their names.
    queue: Vec<(String, &'a Node)>,
}

impl<'a> Models<'a> {
    /// Creates the models of the document's own schemas.
    pub(super) fn new(
        root: &'a Node,
        references: &'a References,
        index: &'a Index<'a>,
        budget: &'a Budget<'a>,
    ) -> Self {
        let mut models = Models {
            root,
            references,
            index,
            budget,
            names: HashMap::new(),
            taken: HashSet::new(),
            numbers: HashMap::new(),
            queue: Vec::new(),
        };
        let schemas = root.get("definitions").or_else(|| root.at(&["components", "schemas"]));
        for (name, schema) in schemas.into_iter().flat_map(Node::fields) {
            models.names.insert(std::ptr::from_ref(schema), name.to_owned());
            models.taken.insert(name.to_owned());
            models.queue.push((name.to_owned(), schema));
        }
        models
    }

    /// Returns the name of the model that a schema refers to.
    pub(super) fn referenced(&mut self, schema: &'a Node) -> Option<String> {
        let target = self.index.get(schema, "$ref")?;
        let word = target.as_str()?;
        // Of a budget that is spent none is looked for.
        if !self.budget.charge(STEPS + word.len() / BYTES_PER_STEP, schema.span) {
            return None;
        }
        match self.references.find(self.root, target, self.index) {
            Some(found) => Some(self.name(found, word)),
            // A model of the service, or one that is missing, which is a finding.
            None => word.rsplit('/').next().map(str::to_owned),
        }
    }

    /// Returns the name of the model of a request's schema; one that is written inline becomes a model.
    pub(super) fn of_request(&mut self, schema: &'a Node) -> Option<String> {
        if self.index.get(schema, "$ref").is_some() {
            return self.referenced(schema);
        }
        (!schema.entries().is_empty()).then(|| self.name(schema, "MODEL"))
    }

    /// Returns the name of a schema; gives it one after the word that refers to it.
    fn name(&mut self, schema: &'a Node, word: &str) -> String {
        if let Some(name) = self.names.get(&std::ptr::from_ref(schema)) {
            return name.clone();
        }
        let last = word.rsplit('/').next().unwrap_or_default();
        let stem = last.split(['.', '#']).next().unwrap_or_default();
        let letters: String = stem.chars().filter(char::is_ascii_alphanumeric).collect();
        let stem = if letters.is_empty() { "MODEL" } else { letters.as_str() };
        let number = self.numbers.entry(stem.to_owned()).or_insert(1);
        let mut name = stem.to_owned();
        while self.taken.contains(&name) {
            *number += 1;
            name = format!("{stem}{number}");
        }
        self.taken.insert(name.clone());
        self.names.insert(std::ptr::from_ref(schema), name.clone());
        self.queue.push((name.clone(), schema));
        name
    }

    /// Returns the models, in which references name other models.
    ///
    /// # Errors
    /// The budget is spent: a schema within others is converted with each of them.
    pub(super) fn finish(mut self) -> Result<Table<Json>, Fault> {
        let mut models = Vec::new();
        while let Some((name, schema)) = self.queue.get(models.len()).cloned() {
            let converted = self.convert(schema)?;
            models.push((name, converted));
        }
        Ok(models.into_iter().collect())
    }

    fn convert(&mut self, node: &'a Node) -> Result<Json, Fault> {
        self.budget.spend(STEPS, node.own_weight(), node.span)?;
        Ok(match &node.data {
            Data::List(items) => Json::Array(items.iter().map(|item| self.convert(item)).collect::<Result<_, _>>()?),
            Data::Map(entries) => {
                let mut object = Map::new();
                for (key, value) in entries {
                    let Some(key) = key.to_word() else { continue };
                    let model = if key == "$ref" { self.address(node, value) } else { None };
                    let converted = match model {
                        Some(model) => model,
                        None => self.convert(value)?,
                    };
                    object.insert(key, converted);
                }
                Json::Object(object)
            }
            _ => node.to_json(),
        })
    }

    /// Returns the address of the model that a reference means.
    fn address(&mut self, schema: &'a Node, target: &'a Node) -> Option<Json> {
        self.references.find(self.root, target, self.index)?;
        self.referenced(schema).map(|name| Json::from(format!("{ADDRESS}{name}")))
    }
}
