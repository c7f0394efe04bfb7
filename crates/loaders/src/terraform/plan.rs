//! Output of `terraform show -json` for a plan or a state ("JSON Output Format").
//!
//! A state has all values. A plan omits values that are known only after it is applied, such as
//! most identifiers. They become placeholders for the references that the plan's `configuration`
//! has, such as `${aws_api_gateway_resource.things.id}`.

use crate::assemble::assemble;
use crate::assemble::resource::{Resource, ResourceKind};
use crate::budget::{Budget, VALUE};
use crate::context::Context;
use crate::diagnostic::Fault;
use crate::model::draft::Drafts;
use crate::model::surface::Surface;
use crate::references::Index;
use crate::syntax::build::MapBuilder;
use crate::syntax::tree::{Data, MAX_DEPTH, Node};
use crate::terraform::configuration::on_large_stack;
use crate::terraform::{operators, without_dash};
use std::cell::RefCell;
use std::collections::HashMap;

/// Loads a plan or a state.
///
/// # Errors
/// An OpenAPI document in it cannot be read, or the resources of a path form a circle.
pub(crate) fn load(root: &Node, context: &Context<'_, '_>) -> Result<Drafts, Fault> {
    on_large_stack(|| read(root, context))
}

fn read(root: &Node, context: &Context<'_, '_>) -> Result<Drafts, Fault> {
    let values = root.get("planned_values").or_else(|| root.get("values"));
    let mut shown = Vec::new();
    if let Some(module) = values.and_then(|values| values.get("root_module")) {
        resources_of(module, 0, &mut shown);
    }
    // The values of data sources that were read while planning.
    if let Some(module) = root.at(&["prior_state", "values", "root_module"]) {
        let mut prior = Vec::new();
        resources_of(module, 0, &mut prior);
        shown.extend(prior.into_iter().filter(|node| node.word("mode").as_deref() == Some("data")));
    }
    let changes: HashMap<&str, &Node> = root
        .get("resource_changes")
        .map_or(&[][..], Node::items)
        .iter()
        .filter_map(|change| Some((change.get("address")?.as_str()?, change.get("change")?)))
        .collect();
    let configuration = root.at(&["configuration", "root_module"]);
    let mut plan = Plan {
        budget: &context.budget,
        configuration,
        expressions: HashMap::new(),
        addresses: addresses(&shown),
        only: RefCell::default(),
        index: Index::default(),
    };
    if let Some(module) = configuration {
        plan.collect(module, "", 0);
    }
    let mut resources = Vec::new();
    for node in &shown {
        let address = node.get("address").and_then(Node::as_str).unwrap_or_default();
        let is_data = node.word("mode").as_deref() == Some("data");
        let kind = node.word("type").unwrap_or_default();
        let name = if is_data { format!("data.{kind}") } else { kind };
        let Some(kind) = ResourceKind::from_terraform(&name) else { continue };
        let unknown = changes.get(address).and_then(|change| change.get("after_unknown"));
        resources.push(plan.read(node, address, kind, unknown));
    }
    assemble(&resources, context)
}

/// Collects the resources of a module and of the modules in it.
fn resources_of<'a>(module: &'a Node, depth: usize, found: &mut Vec<&'a Node>) {
    if depth > MAX_DEPTH {
        return;
    }
    found.extend(module.get("resources").map_or(&[][..], Node::items));
    for child in module.get("child_modules").map_or(&[][..], Node::items) {
        resources_of(child, depth + 1, found);
    }
}

/// Groups the instances of each resource by its address without keys.
fn addresses<'a>(shown: &[&'a Node]) -> HashMap<String, Instances<'a>> {
    let mut addresses: HashMap<String, Instances<'a>> = HashMap::new();
    for node in shown {
        if let Some(address) = node.get("address").and_then(Node::as_str) {
            let instances = addresses.entry(without_keys(address)).or_default();
            instances.all.push(node);
            if let Some(index) = node.get("index") {
                instances.by_key.entry(key_of(index)).or_insert(node);
            }
        }
    }
    addresses
}

/// Removes the keys of an address: `module.m["a"].aws_x.y[0]` becomes `module.m.aws_x.y`.
fn without_keys(address: &str) -> String {
    let (mut plain, mut quoted, mut depth) = (String::with_capacity(address.len()), false, 0_usize);
    for letter in address.chars() {
        match letter {
            '"' if depth > 0 => quoted = !quoted,
            '[' if !quoted => depth += 1,
            ']' if !quoted => depth = depth.saturating_sub(1),
            _ if depth == 0 => plain.push(letter),
            _ => {}
        }
    }
    plain
}

/// Returns the path of a resource's module: `["a", "b"]` of `module.a.module.b.aws_x.y`.
fn modules_of(address: &str) -> Vec<&str> {
    let mut modules = Vec::new();
    let mut parts = address.split('.');
    while let (Some("module"), Some(name)) = (parts.next(), parts.next()) {
        modules.push(name);
    }
    modules
}

/// A plan or a state.
struct Plan<'a> {
    budget: &'a Budget<'a>,
    /// Root module of the configuration; `None` in a state.
    configuration: Option<&'a Node>,
    /// Expressions of each resource, by its address.
    expressions: HashMap<String, &'a Node>,
    addresses: HashMap<String, Instances<'a>>,
    /// References to the only resource of a type, once they were asked for.
    only: RefCell<HashMap<String, Option<String>>>,
    index: Index<'a>,
}

/// The instances of a resource.
#[derive(Default)]
struct Instances<'a> {
    all: Vec<&'a Node>,
    /// Instances by their keys, as written between brackets.
    by_key: HashMap<String, &'a Node>,
}

/// Returns the key of an instance as it is written in a reference: `0`, or `"a"` in quotes.
fn key_of(index: &Node) -> String {
    index.as_str().map_or_else(|| index.to_word().unwrap_or_default(), operators::quote)
}

impl<'a> Plan<'a> {
    /// Collects the expressions of a module and of the modules in it.
    fn collect(&mut self, module: &'a Node, prefix: &str, depth: usize) {
        if depth > MAX_DEPTH {
            return;
        }
        for node in module.get("resources").map_or(&[][..], Node::items) {
            if let (Some(address), Some(expressions)) = (node.word("address"), node.get("expressions")) {
                if !self.budget.make(prefix.len() + address.len(), node.span) {
                    return;
                }
                self.expressions.insert(format!("{prefix}{address}"), expressions);
            }
        }
        for (name, call) in module.get("module_calls").into_iter().flat_map(Node::fields) {
            if let Some(module) = call.get("module") {
                self.collect(module, &format!("{prefix}module.{name}."), depth + 1);
            }
        }
    }

    /// Reads a resource and fills in its unknown values.
    fn read(&self, node: &'a Node, address: &str, kind: ResourceKind, unknown: Option<&Node>) -> Resource {
        let mut properties = node.get("values").cloned().unwrap_or_else(|| Node::new(node.span, Data::Map(Vec::new())));
        let mut ids = vec![format!("${{{address}.id}}")];
        ids.extend(properties.word("id").filter(|id| !id.is_empty()));
        let plain = without_keys(address);
        let modules = modules_of(&plain);
        let expressions = self.expressions.get(&plain).copied();
        // The last of several equal marks counts, as for all maps.
        let marks: HashMap<&str, &Node> = unknown.into_iter().flat_map(Node::fields).collect();
        let mut filled = MapBuilder::default();
        if let Data::Map(entries) = &mut properties.data {
            filled.extend(std::mem::take(entries));
        }
        for (name, expression) in expressions.into_iter().flat_map(Node::fields).filter(|_| properties.is_map()) {
            // The instances of a resource share its expressions, and each has references of its own.
            let Some(reference) = self.reference(expression, &modules, node, name) else { continue };
            if !self.budget.make(4 * VALUE + 2 * reference.len(), expression.span) {
                break;
            }
            let reference = Node::placeholder(expression.span, format!("${{{reference}}}"));
            let marks = marks.get(name).copied();
            match (filled.get_mut(name), marks.and_then(Node::to_bool)) {
                (Some(known), _) if !known.is_null() => self.fill_unknown(known, marks, &reference, 0),
                // A null link is as unknown as an absent one.
                (None, _) | (_, Some(true)) => filled.set(Node::text(reference.span, name), reference),
                _ if name.ends_with("_id") && unknown.is_none() => {
                    filled.set(Node::text(reference.span, name), reference);
                }
                _ => {}
            }
        }
        if let Data::Map(entries) = &mut properties.data {
            *entries = filled.into_entries();
        }
        if kind == ResourceKind::IntegrationResponse {
            without_dash(&mut properties);
        }
        Resource { kind, ids, properties, surface: Surface::Terraform, span: node.span }
    }

    /// Returns a module of the configuration.
    fn module(&self, modules: &[&str]) -> Option<&'a Node> {
        modules.iter().try_fold(self.configuration?, |module, name| self.at(module, &["module_calls", name, "module"]))
    }

    /// Returns the value at a path of keys.
    fn at(&self, node: &'a Node, path: &[&str]) -> Option<&'a Node> {
        path.iter().try_fold(node, |node, key| self.index.get(node, key))
    }

    /// Returns the reference of an unknown attribute, as an address from the root.
    fn reference(&self, expression: &Node, modules: &[&str], from: &Node, attribute: &str) -> Option<String> {
        let first = expression
            .get("references")?
            .items()
            .iter()
            .take_while(|_| self.budget.charge(2, expression.span))
            .filter_map(Node::to_word)
            .find(|reference| !["each.", "count.", "path."].iter().any(|prefix| reference.starts_with(prefix)))?;
        let resolved = self.resolve(&first, modules, from, 0);
        // A plan does not show locals; for an API, the only one there is must be meant.
        let is_local = resolved.starts_with("local.") || resolved.contains(".local.");
        match (attribute, is_local) {
            ("rest_api_id", true) => Some(self.only_id("aws_api_gateway_rest_api").unwrap_or(resolved)),
            ("api_id", true) => Some(self.only_id("aws_apigatewayv2_api").unwrap_or(resolved)),
            _ => Some(resolved),
        }
    }

    /// Returns the reference to the only resource of a type.
    fn only_id(&self, kind: &str) -> Option<String> {
        if let Some(known) = self.only.borrow().get(kind) {
            return known.clone();
        }
        let shown = self.addresses.values().flat_map(|instances| &instances.all);
        let mut all = shown.filter(|node| node.get("type").and_then(Node::as_str) == Some(kind));
        let only = all.next().filter(|_| all.next().is_none());
        let id = only.and_then(|only| Some(format!("{}.id", only.word("address")?)));
        self.only.borrow_mut().insert(kind.to_owned(), id.clone());
        id
    }

    /// Resolves a reference through the inputs and outputs of modules.
    fn resolve(&self, reference: &str, modules: &[&str], from: &Node, depth: usize) -> String {
        // The address is made in parts, and its modules are gone through again.
        let size = modules.iter().fold(reference.len(), |size, name| size + 64 + name.len());
        if !self.budget.charge(8 + size / 4, from.span) {
            return String::new();
        }
        let prefix: String = modules.iter().map(|name| format!("module.{name}.")).collect();
        let written = || format!("{prefix}{reference}");
        if depth > 20 {
            return written();
        }
        let plain = without_keys(reference);
        let mut parts = plain.split('.');
        let first_of = |expression: Option<&Node>| expression?.get("references")?.items().first()?.to_word();
        match (parts.next(), parts.next(), parts.next()) {
            (Some("var"), Some(name), _) => {
                let Some((own, outer)) = modules.split_last() else { return written() };
                let call =
                    self.module(outer).and_then(|module| self.at(module, &["module_calls", own, "expressions", name]));
                first_of(call).map_or_else(written, |next| self.resolve(&next, outer, from, depth + 1))
            }
            (Some("module"), Some(name), Some(output)) => {
                let inner: Vec<&str> = modules.iter().copied().chain([name]).collect();
                let found = self.module(&inner).and_then(|module| self.at(module, &["outputs", output, "expression"]));
                first_of(found).map_or_else(written, |next| self.resolve(&next, &inner, from, depth + 1))
            }
            (Some(kind), Some(name), _) => {
                let is_data = kind == "data";
                let length = if is_data { 3 } else { 2 };
                let attribute: Vec<&str> = plain.split('.').skip(length).collect();
                let target = if is_data {
                    plain.split('.').take(3).collect::<Vec<_>>().join(".")
                } else {
                    format!("{kind}.{name}")
                };
                let target = format!("{prefix}{target}");
                let attribute = if attribute.is_empty() { "id".to_owned() } else { attribute.join(".") };
                format!("{}.{attribute}", self.instance(&target, reference, from.get("index")))
            }
            _ => written(),
        }
    }

    /// Returns the address of the referenced instance: the one with the key in the reference, else
    /// the one with the same key as the referring resource, else the first.
    fn instance(&self, target: &str, reference: &str, index: Option<&Node>) -> String {
        let Some(instances) = self.addresses.get(target) else { return target.to_owned() };
        let keys = reference.split('[').skip(1).filter_map(|rest| rest.rsplit_once(']'));
        let named = keys.map(|(key, _)| key).find_map(|key| instances.by_key.get(key));
        let same = || instances.by_key.get(&key_of(index?));
        let found = named.or_else(same).or_else(|| instances.all.first());
        found.and_then(|node| node.word("address")).unwrap_or_else(|| target.to_owned())
    }

    /// Replaces the unknown parts of a value by a reference.
    fn fill_unknown(&self, known: &mut Node, unknown: Option<&Node>, reference: &Node, depth: usize) {
        let place = known.span;
        let Data::Map(entries) = &mut known.data else { return };
        let marks = unknown.map_or(&[][..], Node::entries);
        if depth > MAX_DEPTH || marks.is_empty() {
            return;
        }
        let size = marks
            .len()
            .saturating_mul(2 * VALUE + reference.as_str().map_or(0, str::len))
            .saturating_add(entries.len() * VALUE);
        if !self.budget.charge(size / 16, place) || !self.budget.make(size, place) {
            return;
        }
        let named = entries.iter().enumerate().filter_map(|(at, (key, _))| Some((key.as_str()?.to_owned(), at)));
        let places: HashMap<String, usize> = named.collect();
        for (key, marks) in marks {
            let at = key.as_str().and_then(|name| places.get(name));
            match (marks.to_bool(), at.and_then(|at| entries.get_mut(*at))) {
                (_, Some((_, inner))) if !inner.is_null() => {
                    self.fill_unknown(inner, Some(marks), reference, depth + 1)
                }
                (Some(true), Some((_, inner))) => *inner = reference.clone(),
                (Some(true), None) => {
                    entries.push((Node::text(reference.span, key.as_str().unwrap_or_default()), reference.clone()))
                }
                _ => {}
            }
        }
    }
}
