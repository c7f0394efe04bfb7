//! Terraform configurations: the `.tf` and `.tf.json` files of a folder, also cdktf's output, as resources with their values.
//!
//! A block with `count` or `for_each` gives one resource for each instance; where only the service knows how many, it gives one.

mod configuration;
mod evaluate;
mod expand;
mod functions;
mod operators;
pub(crate) mod plan;
mod template;

use crate::assemble::{Resource, assemble};
use crate::context::Context;
use crate::document::Fault;
use crate::model::draft::Drafts;
use crate::model::integration::Surface;
use crate::syntax::tree::{Data, Entries, Node, Span};
use crate::terraform::configuration::{Configuration, Declared, Inner, Written, parse, span_of};
use crate::terraform::evaluate::{Evaluator, Scope};
use crate::terraform::expand::{Instance, Instances, set_or_map};
use hcl_edit::structure::{Block, Body, Structure};

/// What steers a block and is no property of the resource.
const META: &[&str] =
    &["count", "for_each", "depends_on", "lifecycle", "provider", "provisioner", "connection", "dynamic", "//"];

/// Loads the files of a folder.
pub(crate) fn load(files: &[u32], context: &Context<'_, '_>) -> Result<Drafts, Fault> {
    let parsed = files.iter().map(|file| parse(*file, context)).collect::<Result<Vec<_>, _>>()?;
    let configuration = Configuration::new(&parsed);
    let evaluator = Evaluator::new(&configuration, context);
    let mut resources = Vec::new();
    for (at, declared) in configuration.resources.iter().enumerate() {
        let Some(kind) = kind_of(&declared.kind) else { continue };
        let instances = evaluator.instances(at)?;
        for instance in instances.iter() {
            resources.push(read(&evaluator, declared, &kind, &instances, instance)?);
        }
    }
    let mut drafts = assemble(&resources, context)?;
    for (message, span) in evaluator.notes.into_inner() {
        drafts.note(message, span);
    }
    Ok(drafts)
}

/// What a type of resource is called when APIs are put together; none of those that do not concern integrations.
///
/// `aws_apigatewayv2_route` is a `V2Route`. Of data sources only the resource counts, because it tells a path.
pub(crate) fn kind_of(kind: &str) -> Option<String> {
    let (prefix, rest) = match kind {
        "data.aws_api_gateway_resource" => return Some("Resource".to_owned()),
        _ => match kind.strip_prefix("aws_apigatewayv2_") {
            Some(rest) => ("V2", rest),
            None => ("", kind.strip_prefix("aws_api_gateway_")?),
        },
    };
    let words = rest.split('_').map(|word| {
        let mut letters = word.chars();
        letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
    });
    Some(format!("{prefix}{}", words.collect::<String>()))
}

fn read(
    evaluator: &Evaluator<'_>,
    declared: &Declared<'_>,
    kind: &str,
    instances: &Instances,
    instance: &Instance,
) -> Result<Resource, Fault> {
    let scope = Scope { file: declared.span.file, names: &instance.names, outer: None };
    let properties = match declared.inner {
        Inner::Hcl(body, file) => evaluator.body(body, declared.span, &Scope { file, ..scope })?,
        Inner::Json(node) => evaluator.object_body(node, &scope)?,
    };
    let mut addresses = vec![instance.address.clone()];
    // How others refer to the one of which nobody knows how many there are.
    if matches!(instances, Instances::One(_)) {
        if declared.inner.attribute("count").is_some() {
            addresses.extend(["0", "count.index"].map(|index| format!("{}[{index}]", instance.address)));
        }
        if declared.inner.attribute("for_each").is_some() {
            addresses.extend(["each.key", "each.value"].map(|index| format!("{}[{index}]", instance.address)));
        }
    }
    Ok(Resource {
        kind: kind.to_owned(),
        ids: addresses.iter().map(|address| format!("${{{address}.id}}")).collect(),
        properties,
        surface: Surface::Terraform,
        span: declared.span,
    })
}

impl Evaluator<'_> {
    /// The attributes and nested blocks of a block; of blocks the list, as a plan shows them.
    fn body(&self, body: &Body, span: Span, scope: &Scope<'_>) -> Result<Node, Fault> {
        let mut map = Entries::default();
        for structure in body {
            match structure {
                Structure::Attribute(attribute) if !META.contains(&attribute.key.as_str()) => {
                    let value = self.evaluate(Written::Hcl(&attribute.value, scope.file), scope)?;
                    map.set(Node::text(span_of(&attribute.key, scope.file), attribute.key.as_str()), value);
                }
                Structure::Block(block) if block.ident.as_str() == "dynamic" => {
                    self.dynamic(block, scope, &mut map)?;
                }
                Structure::Block(block) if !META.contains(&block.ident.as_str()) => {
                    let inner = self.body(&block.body, span_of(block, scope.file), scope)?;
                    map.push(Node::text(inner.span, block.ident.as_str()), inner);
                }
                _ => {}
            }
        }
        Ok(map.finish(span))
    }

    /// `dynamic "x" { for_each = …, content { … } }`: as many blocks `x`; one where nobody knows how many.
    fn dynamic(&self, block: &Block, scope: &Scope<'_>, map: &mut Entries) -> Result<(), Fault> {
        let Some(name) = block.labels.first().map(|label| label.as_str()) else { return Ok(()) };
        let Some(content) = block.body.get_blocks("content").next() else { return Ok(()) };
        let iterator = block.body.get_attribute("iterator").map(|attribute| attribute.value.to_string());
        let iterator = iterator.as_deref().map_or(name, str::trim);
        let items = match block.body.get_attribute("for_each") {
            Some(attribute) => self.evaluate(Written::Hcl(&attribute.value, scope.file), scope)?,
            None => return Ok(()),
        };
        let span = span_of(block, scope.file);
        let Some(items) = turns(&items) else {
            let inner = self.body(&content.body, span, scope)?;
            map.push(Node::text(span, name), inner);
            return Ok(());
        };
        for (key, value) in items {
            self.charge(1, span)?;
            let names = [(iterator.to_owned(), turn(key, value))];
            let inner =
                self.body(&content.body, span, &Scope { file: scope.file, names: &names, outer: Some(scope) })?;
            map.push(Node::text(span, name), inner);
        }
        Ok(())
    }

    /// The same of a block in JSON, where attributes and blocks look alike.
    fn object_body(&self, node: &Node, scope: &Scope<'_>) -> Result<Node, Fault> {
        let mut map = Entries::default();
        for (name, value) in node.fields().filter(|(name, _)| !META.contains(name)) {
            map.set(Node::text(value.span, name), self.evaluate(Written::Json(value), scope)?);
        }
        let blocks = node.get("dynamic").into_iter().flat_map(Node::each).flat_map(Node::fields);
        for (name, block) in blocks.flat_map(|(name, blocks)| blocks.each().iter().map(move |block| (name, block))) {
            let (Some(items), Some(content)) = (block.get("for_each"), block.get("content")) else { continue };
            let iterator = block.word("iterator").unwrap_or_else(|| name.to_owned());
            let items = self.evaluate(Written::Json(items), scope)?;
            for (key, value) in turns(&items).unwrap_or_default() {
                self.charge(1, block.span)?;
                let names = [(iterator.clone(), turn(key, value))];
                let scope = Scope { file: scope.file, names: &names, outer: Some(scope) };
                for content in content.each() {
                    map.push(Node::text(block.span, name), self.object_body(content, &scope)?);
                }
            }
        }
        Ok(map.finish(node.span))
    }
}

/// What a dynamic block goes over: unlike `for_each` of a resource, a list keeps its order.
fn turns(items: &Node) -> Option<Vec<(String, Node)>> {
    match &items.data {
        Data::List(list) => Some(list.iter().enumerate().map(|(at, item)| (at.to_string(), item.clone())).collect()),
        _ => set_or_map(items),
    }
}

fn turn(key: String, value: Node) -> Node {
    let span = value.span;
    let entries = vec![(Node::text(span, "key"), Node::text(span, key)), (Node::text(span, "value"), value)];
    Node::new(span, Data::Map(entries))
}
