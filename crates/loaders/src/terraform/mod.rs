//! Terraform configurations: the `.tf` and `.tf.json` files of a folder, and cdktf's output.
//!
//! A block with `count` or `for_each` becomes one resource for each instance, and a single one if
//! their number is known only after deployment.

mod blocks;
mod configuration;
mod evaluator;
mod expand;
mod expression;
mod functions;
mod instance;
mod operators;
pub(crate) mod plan;
mod reference;
mod template;

use crate::assemble::assemble;
use crate::assemble::resource::{Resource, ResourceKind};
use crate::context::Context;
use crate::diagnostic::Fault;
use crate::model::draft::Drafts;
use crate::model::surface::Surface;
use crate::syntax::tree::Node;
use configuration::{Configuration, Declared, Inner, Parsed, parse};
use evaluator::{Evaluator, Scope};
use instance::{Instance, Instances};

/// Loads the files of a folder.
///
/// # Errors
/// A file does not parse, a value refers to itself, or the values grow too large.
pub(crate) fn load_files(files: &[u32], context: &Context<'_, '_>) -> Result<Drafts, Fault> {
    let parsed = files.iter().map(|file| parse(*file, context)).collect::<Result<Vec<_>, _>>()?;
    load(&parsed, context)
}

/// Loads a configuration in JSON.
///
/// # Errors
/// A value refers to itself, or the values grow too large.
pub(crate) fn load_json(root: Node, context: &Context<'_, '_>) -> Result<Drafts, Fault> {
    load(&[Parsed::Json(root)], context)
}

fn load(files: &[Parsed], context: &Context<'_, '_>) -> Result<Drafts, Fault> {
    let configuration = Configuration::new(files);
    let evaluator = Evaluator::new(&configuration, context);
    let mut resources = Vec::new();
    for (at, declared) in configuration.resources.iter().enumerate() {
        let Some(kind) = ResourceKind::from_terraform(&declared.kind) else { continue };
        let instances = evaluator.instances(at)?;
        for instance in instances.iter() {
            resources.push(read(&evaluator, declared, kind, &instances, instance)?);
        }
    }
    let mut drafts = assemble(&resources, context)?;
    drafts.remarks.append(&mut evaluator.remarks.into_inner());
    Ok(drafts)
}

/// Reads an instance of a resource.
fn read(
    evaluator: &Evaluator<'_>,
    declared: &Declared<'_>,
    kind: ResourceKind,
    instances: &Instances,
    instance: &Instance,
) -> Result<Resource, Fault> {
    let scope = Scope { file: declared.span.file, names: &instance.names, outer: None };
    let properties = match declared.inner {
        Inner::Hcl(body, file) => evaluator.body(body, declared.span, &Scope { file, ..scope })?,
        Inner::Json(node) => evaluator.object_body(node, &scope)?,
    };
    let mut addresses = vec![instance.address.clone()];
    // How others refer to an instance if the number of instances is unknown.
    if matches!(instances, Instances::One(_)) {
        if declared.inner.attribute("count").is_some() {
            addresses.extend(["0", "count.index"].map(|index| format!("{}[{index}]", instance.address)));
        }
        if declared.inner.attribute("for_each").is_some() {
            addresses.extend(["each.key", "each.value"].map(|index| format!("{}[{index}]", instance.address)));
        }
    }
    Ok(Resource {
        kind,
        ids: addresses.iter().map(|address| format!("${{{address}.id}}")).collect(),
        properties,
        surface: Surface::Terraform,
        span: declared.span,
    })
}
