//! Terraform configurations: the `.tf` and `.tf.json` files of a folder, and cdktf's output.
//!
//! A block with `count` or `for_each` becomes one resource for each instance, and a single one if
//! their number is known only after deployment. A call of a local module becomes the resources of
//! its folder, for each instance.

mod apis;
mod blocks;
mod configuration;
mod content;
mod evaluator;
mod expand;
mod expression;
mod failure;
mod folders;
mod functions;
mod inputs;
mod instance;
mod loops;
mod names;
mod operators;
mod overrides;
mod parse_cost;
mod patterns;
pub(crate) mod plan;
mod reference;
mod schema;
mod signatures;
mod template;
mod types;
mod unread;
mod values;

use crate::assemble::assemble;
use crate::assemble::resource::{Resource, ResourceKind};
use crate::context::Context;
use crate::diagnostic::{Fault, brief};
use crate::model::draft::Drafts;
use crate::model::surface::Surface;
use crate::span::Span;
use crate::syntax::tree::Data;
use crate::syntax::tree::Node;
use crate::terraform::evaluator::Repeated;
use configuration::{Declared, on_large_stack};
use evaluator::{Evaluator, Scope};
use folders::Folders;
use instance::Instance;
use std::collections::HashMap;
use vtl::Code;

/// Loads the files of a folder.
///
/// # Errors
/// No file parses, a value refers to itself, or the values grow too large.
pub(crate) fn load_files(files: &[u32], context: &Context<'_, '_>) -> Result<Drafts, Fault> {
    on_large_stack(|| load(Folders::read(files, context)?, context))
}

/// Loads a configuration in JSON.
///
/// # Errors
/// A value refers to itself, or the values grow too large.
pub(crate) fn load_json(root: Node, context: &Context<'_, '_>) -> Result<Drafts, Fault> {
    on_large_stack(|| load(Folders::of_json(root, context)?, context))
}

fn load(mut folders: Folders, context: &Context<'_, '_>) -> Result<Drafts, Fault> {
    let given: HashMap<String, Node> = std::mem::take(&mut folders.given);
    let configurations = folders.configurations();
    let evaluator = Evaluator::new(&configurations, &given, context);
    let resources = evaluated(&evaluator)?;
    let mut drafts = assemble(&resources, context)?;
    unread::report(&evaluator, &mut drafts)?;
    evaluator.report_inputs()?;
    evaluator.report_names()?;
    drafts.remarks.extend(evaluator.read_alone());
    drafts.remarks.append(&mut evaluator.remarks.into_inner());
    drafts.remarks.append(&mut folders.remarks.clone());
    Ok(drafts)
}

/// Returns the resources of all modules, with their values.
fn evaluated(evaluator: &Evaluator<'_>) -> Result<Vec<Resource>, Fault> {
    let mut resources = Vec::new();
    // Expanding the calls of a module adds modules.
    let mut module = 0;
    while let Some(here) = evaluator.module(module) {
        for at in 0..here.configuration.calls.len() {
            evaluator.instances(module, Repeated::Module(at))?;
        }
        evaluator.context.budget.spend(here.configuration.resources.len(), 0, Span::default())?;
        for (at, declared) in here.configuration.resources.iter().enumerate() {
            let Some(kind) = ResourceKind::from_terraform(&declared.kind) else { continue };
            let instances = evaluator.instances(module, Repeated::Resource(at))?;
            for instance in instances.iter() {
                resources.push(read(evaluator, declared, kind, module, instance)?);
            }
        }
        module += 1;
    }
    Ok(resources)
}

/// Reads an instance of a resource.
fn read(
    evaluator: &Evaluator<'_>,
    declared: &Declared<'_>,
    kind: ResourceKind,
    module: usize,
    instance: &Instance,
) -> Result<Resource, Fault> {
    let scope = Scope { file: declared.span.file, module, names: &instance.names, ..Scope::default() };
    let mut properties = evaluator.content(&declared.inner, declared.span, &scope)?;
    if kind == ResourceKind::IntegrationResponse {
        without_dash(&mut properties);
    }
    let required = schema::required(&declared.kind);
    let missing: Vec<&str> = required.iter().copied().filter(|name| properties.some(name).is_none()).collect();
    // One that has none of them is a fragment, to show or to try something.
    if !missing.is_empty() && missing.len() < required.len() {
        let message =
            || format!("{} must have {}; Terraform refuses it", brief(&declared.address), missing.join(" and "));
        evaluator.tell(Code::WrongValueType, declared.span, message, || None)?;
    }
    let ids = vec![format!("${{{}.id}}", instance.address)];
    Ok(Resource { kind, ids, properties, surface: Surface::Terraform, span: declared.span })
}

/// Removes the selection pattern `-`, which Terraform's documents had for the default response.
fn without_dash(properties: &mut Node) {
    if let Some(span) = properties.get("selection_pattern").filter(|it| it.as_str() == Some("-")).map(|it| it.span) {
        properties.set("selection_pattern", Node::new(span, Data::Null));
    }
}
