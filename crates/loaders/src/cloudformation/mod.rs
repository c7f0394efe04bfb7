//! CloudFormation templates, whole or in parts, as resources whose values are evaluated.

mod globals;
mod intrinsics;
pub(crate) mod openapi_body;
mod parameters;
mod resources;
mod stacks;
mod surroundings;
mod transform;
mod unread;

use crate::assemble::assemble;
use crate::context::Context;
use crate::diagnostic::Fault;
use crate::model::bare;
use crate::model::draft::{ApiDraft, Drafts};
use crate::model::surface::Surface;
use crate::syntax::tree::Node;
use intrinsics::Intrinsics;
use resources::{implicit_apis, read};
use stacks::Stacks;
use std::collections::HashMap;
use std::rc::Rc;
use surroundings::Surroundings;
use vtl::pipeline::Protocol;

/// Loads a template, a map of resources, a resource, or an `Integration`.
///
/// # Errors
/// An OpenAPI document in it cannot be read.
pub(crate) fn load(root: &Node, context: &Context<'_, '_>) -> Result<Drafts, Fault> {
    let intrinsics = Intrinsics::new(root, context);
    let integration = root.get("Integration").filter(|node| node.get("Properties").is_none()).unwrap_or(root);
    if root.get("Resources").is_none() && bare::is_cfn_integration(integration) {
        return Ok(Drafts::of(load_integration(root, integration, Surface::Cfn, None, context)));
    }
    if root.get("Resources").is_some() {
        let mut stacks = Stacks::new(context);
        stacks.read(root, Surroundings::default())?;
        let mut drafts = finish(stacks, context)?;
        drafts.remarks.extend(parameters::check(root, context));
        return Ok(drafts);
    }
    let mut remarks = Vec::new();
    if root.get("AWSTemplateFormatVersion").is_some() || root.get("Transform").is_some() {
        unread::report_sections(root, &mut remarks);
    }
    let single = root.get("Type").is_some_and(|kind| kind.as_str().is_some());
    let alone = [(Node::text(root.span, "Resource"), root.clone())];
    let entries = if single { &alone } else { root.entries() };
    let mut resources = Vec::new();
    for (name, node) in intrinsics.repeated(entries, 0).iter() {
        if let Some(name) = name.as_str() {
            resources.extend(read(name, node, &intrinsics));
        }
    }
    implicit_apis(&mut resources, &intrinsics, "");
    let mut drafts = assemble(&resources, context)?;
    drafts.remarks.append(&mut remarks);
    Ok(drafts)
}

/// Loads a template without a check of its parameters: one that was made of another document.
///
/// # Errors
/// An OpenAPI document in it cannot be read, or nested stacks are too many.
pub(crate) fn load_made(root: &Node, context: &Context<'_, '_>) -> Result<Drafts, Fault> {
    let mut stacks = Stacks::new(context);
    stacks.read(root, Surroundings { is_made: true, ..Surroundings::default() })?;
    finish(stacks, context)
}

/// Loads templates that are deployed together, by their names; they may import what others export.
///
/// # Errors
/// An OpenAPI document in one cannot be read, or the stacks are too many.
pub(crate) fn load_together(templates: &[(String, Node)], context: &Context<'_, '_>) -> Result<Drafts, Fault> {
    let prefix = |name: &str| if templates.len() == 1 { String::new() } else { format!("{name}.") };
    let mut exports: Rc<HashMap<String, Node>> = Rc::default();
    // Exports may be made of others, so two rounds collect them.
    for _ in 0..2 {
        let mut found = HashMap::new();
        for (name, root) in templates {
            let around = Surroundings { prefix: prefix(name), exports: exports.clone(), ..Surroundings::default() };
            let intrinsics = Intrinsics::within(root, context, around);
            for (_, output) in root.get("Outputs").into_iter().flat_map(Node::fields) {
                let export = output.at(&["Export", "Name"]).and_then(|name| intrinsics.evaluate(name)?.to_word());
                let value = output.get("Value").and_then(|value| intrinsics.evaluate(value));
                found.extend(export.zip(value));
            }
        }
        exports = Rc::new(found);
    }
    let mut stacks = Stacks::new(context);
    for (name, root) in templates {
        let around = Surroundings { prefix: prefix(name), exports: exports.clone(), ..Surroundings::default() };
        stacks.read(root, around)?;
    }
    finish(stacks, context)
}

fn finish(mut stacks: Stacks<'_>, context: &Context<'_, '_>) -> Result<Drafts, Fault> {
    let mut drafts = assemble(&stacks.resources, context)?;
    drafts.remarks.append(&mut stacks.remarks);
    Ok(drafts)
}

/// Loads a single integration; `root` is the document around it.
pub(crate) fn load_integration(
    root: &Node,
    node: &Node,
    surface: Surface,
    protocol: Option<Protocol>,
    context: &Context<'_, '_>,
) -> ApiDraft {
    let evaluated = Intrinsics::new(root, context).evaluate(node);
    bare::load(evaluated.as_ref().unwrap_or(node), surface, protocol)
}
