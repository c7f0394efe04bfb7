//! Blocks of Terraform's resources, with nested and dynamic blocks.

use crate::budget::VALUE;
use crate::diagnostic::{Fault, Remark};
use crate::span::Span;
use crate::syntax::build::MapBuilder;
use crate::syntax::tree::{Data, Node};
use crate::terraform::content::{Inner, Part, Written, span_of};
use crate::terraform::evaluator::{Evaluator, Scope};
use crate::terraform::instance::set_or_map;
use hcl_edit::structure::{Block, Body, Structure};
use vtl::Code;

/// Bytes of the name of an iterator that are copied in a step.
const BYTES_PER_STEP: usize = 64;

/// Steps of a dynamic block in JSON, beside its parts.
const STEPS_OF_DYNAMIC: usize = 4;

/// Arguments and blocks that are not properties of the resource.
const META: &[&str] =
    &["count", "for_each", "depends_on", "lifecycle", "provider", "provisioner", "connection", "dynamic", "//"];

impl Evaluator<'_> {
    /// Evaluates the content of a block.
    ///
    /// # Errors
    /// A value refers to itself, or the values grow too large.
    pub(super) fn content(&self, inner: &Inner<'_>, span: Span, scope: &Scope<'_>) -> Result<Node, Fault> {
        let merged = match inner {
            Inner::Hcl(body, file) => return self.body(body, span, &Scope { file: *file, ..*scope }),
            Inner::Json(node) => return self.object_body(node, scope),
            Inner::Merged(merged) => merged,
        };
        self.context.budget.spend(merged.parts.len(), 0, span)?;
        let mut map = MapBuilder::default();
        for part in &merged.parts {
            match *part {
                Part::Hcl(structure, file) => self.structure(structure, &Scope { file, ..*scope }, &mut map)?,
                Part::Json(name, value) => self.field(name, value, scope, &mut map)?,
                Part::Dynamic(name, blocks) => self.dynamic_in_json(name, blocks, scope, &mut map)?,
            }
        }
        Ok(map.finish(span))
    }

    /// Evaluates the attributes and nested blocks of a block; blocks become lists, as in a plan.
    fn body(&self, body: &Body, span: Span, scope: &Scope<'_>) -> Result<Node, Fault> {
        // Also those that are no properties are passed, in each instance.
        self.context.budget.spend(body.len(), 0, span)?;
        let mut map = MapBuilder::default();
        for structure in body {
            self.structure(structure, scope, &mut map)?;
        }
        Ok(map.finish(span))
    }

    fn structure(&self, structure: &Structure, scope: &Scope<'_>, map: &mut MapBuilder) -> Result<(), Fault> {
        match structure {
            Structure::Attribute(attribute) if !META.contains(&attribute.key.as_str()) => {
                let value = self.evaluate(Written::Hcl(&attribute.value, scope.file), scope)?;
                map.set(self.name(span_of(&attribute.key, scope.file), attribute.key.as_str())?, value);
            }
            Structure::Block(block) if block.ident.as_str() == "dynamic" => self.dynamic(block, scope, map)?,
            Structure::Block(block) if !META.contains(&block.ident.as_str()) => {
                let inner = self.body(&block.body, span_of(block, scope.file), scope)?;
                map.push(self.name(inner.span, block.ident.as_str())?, inner);
            }
            _ => {}
        }
        Ok(())
    }

    /// Expands `dynamic "x" { for_each = …, content { … } }` to blocks `x`; to a single one if their
    /// number is known only after deployment.
    fn dynamic(&self, block: &Block, scope: &Scope<'_>, map: &mut MapBuilder) -> Result<(), Fault> {
        let span = span_of(block, scope.file);
        self.context.budget.spend(block.body.len(), 0, span)?;
        let label = block.labels.first().map(|label| label.as_str());
        let written = block.body.get_attribute("for_each");
        let (Some(name), Some(content), Some(written)) = (label, block.body.get_blocks("content").next(), written)
        else {
            return self.report_dynamic(span);
        };
        let iterator = block.body.get_attribute("iterator").map(|attribute| attribute.value.to_string());
        let iterator = iterator.as_deref().map_or(name, str::trim);
        self.context.budget.spend(iterator.len() / BYTES_PER_STEP, 0, span)?;
        let items = self.evaluate(Written::Hcl(&written.value, scope.file), scope)?;
        let Some(items) = iterations(&items) else {
            let inner = self.body(&content.body, span, scope)?;
            map.push(Node::text(span, name), inner);
            return Ok(());
        };
        for (key, value) in items {
            self.charge(16 + (name.len() + iterator.len()) / 16, span)?;
            let names = [(iterator.to_owned(), iterator_value(key, value))];
            let inner = self.body(&content.body, span, &Scope { names: &names, outer: Some(scope), ..*scope })?;
            map.push(Node::text(span, name), inner);
        }
        Ok(())
    }

    /// Creates the name of an argument or a block, which each instance has a copy of.
    fn name(&self, span: Span, name: &str) -> Result<Node, Fault> {
        self.context.budget.spend(1 + name.len() / 64, VALUE + name.len(), span)?;
        Ok(Node::text(span, name))
    }

    /// Adds the finding about a dynamic block that makes nothing, once for all instances.
    fn report_dynamic(&self, span: Span) -> Result<(), Fault> {
        if self.is_first(span)? {
            let message = "a dynamic block has a label, `for_each` and a block `content`; it is not read";
            self.remarks.borrow_mut().push(Remark::new(Code::UnknownField, "", message, span));
        }
        Ok(())
    }

    /// Evaluates a block in JSON, where attributes and blocks look alike.
    fn object_body(&self, node: &Node, scope: &Scope<'_>) -> Result<Node, Fault> {
        let written = node.get("dynamic").map_or(&[][..], Node::each);
        self.context.budget.spend(node.entries().len() + written.len(), 0, node.span)?;
        let mut map = MapBuilder::default();
        for (name, value) in node.fields() {
            self.field(name, value, scope, &mut map)?;
        }
        written.iter().filter(|written| !written.is_map()).try_for_each(|written| self.report_dynamic(written.span))?;
        for (name, blocks) in written.iter().flat_map(Node::fields) {
            self.dynamic_in_json(name, blocks, scope, &mut map)?;
        }
        Ok(map.finish(node.span))
    }

    fn field(&self, name: &str, value: &Node, scope: &Scope<'_>, map: &mut MapBuilder) -> Result<(), Fault> {
        if !META.contains(&name) {
            map.set(self.name(value.span, name)?, self.evaluate(Written::Json(value), scope)?);
        }
        Ok(())
    }

    /// Expands dynamic blocks of a name.
    fn dynamic_in_json(&self, name: &str, blocks: &Node, scope: &Scope<'_>, map: &mut MapBuilder) -> Result<(), Fault> {
        for block in blocks.each() {
            self.context.budget.spend(STEPS_OF_DYNAMIC + block.entries().len(), 0, block.span)?;
            let (Some(items), Some(content)) = (block.get("for_each"), block.get("content")) else {
                self.report_dynamic(block.span)?;
                continue;
            };
            let iterator = block.word("iterator").unwrap_or_else(|| name.to_owned());
            let items = self.evaluate(Written::Json(items), scope)?;
            let Some(items) = iterations(&items) else {
                for content in content.each() {
                    map.push(Node::text(block.span, name), self.object_body(content, scope)?);
                }
                continue;
            };
            for (key, value) in items {
                self.charge(1 + (name.len() + iterator.len()) / 16, block.span)?;
                let names = [(iterator.clone(), iterator_value(key, value))];
                let scope = Scope { names: &names, outer: Some(scope), ..*scope };
                for content in content.each() {
                    map.push(Node::text(block.span, name), self.object_body(content, &scope)?);
                }
            }
        }
        Ok(())
    }
}

/// Returns what a dynamic block iterates over. Unlike `for_each` of a resource, a list keeps its order.
fn iterations(items: &Node) -> Option<Vec<(String, Node)>> {
    match &items.data {
        Data::List(list) => Some(list.iter().enumerate().map(|(at, item)| (at.to_string(), item.clone())).collect()),
        _ => set_or_map(items),
    }
}

/// Creates the value of the iterator of a dynamic block.
fn iterator_value(key: String, value: Node) -> Node {
    let span = value.span;
    let entries = vec![(Node::text(span, "key"), Node::text(span, key)), (Node::text(span, "value"), value)];
    Node::new(span, Data::Map(entries))
}
