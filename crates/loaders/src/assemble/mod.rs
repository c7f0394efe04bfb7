//! Resources that refer to each other, assembled to APIs: the common part of CloudFormation, SAM,
//! Terraform and the AWS CLI.
//!
//! A resource is found by the string that a reference to it evaluates to: `${Things}` in
//! CloudFormation, `${aws_api_gateway_resource.things.id}` in Terraform, an identifier in a state.

pub(crate) mod assembly;
pub(crate) mod resource;
mod rest;
pub(crate) mod sam;
mod sam_cors;
mod shapes;
mod stages;
mod state_machine;
mod v2;

use crate::context::Context;
use crate::diagnostic::Fault;
use crate::model::draft::Drafts;
use assembly::Assembly;
use resource::{Resource, ResourceKind};

/// Steps and bytes of a resource.
const STEPS: usize = 64;
const BYTES: usize = 512;

/// Assembles all APIs of a document.
///
/// # Errors
/// A body does not parse, or the resources of a path form a circle.
pub(crate) fn assemble(resources: &[Resource], context: &Context<'_, '_>) -> Result<Drafts, Fault> {
    for resource in resources {
        context.budget.spend(STEPS, BYTES, resource.span)?;
    }
    let mut assembly = Assembly::new(resources, context);
    for resource in resources {
        shapes::check(resource, &mut assembly.drafts.remarks, &context.budget)?;
        let api = match resource.kind {
            ResourceKind::RestApi => rest::api(&assembly, resource)?,
            ResourceKind::V2Api => v2::api(&assembly, resource)?,
            ResourceKind::SamRestApi | ResourceKind::SamHttpApi => sam::api(&assembly, resource)?,
            _ => continue,
        };
        assembly.add(api, &resource.ids);
    }
    rest::methods(&mut assembly)?;
    v2::routes(&mut assembly)?;
    sam::events(&mut assembly)?;
    sam_cors::preflights(&mut assembly)?;
    stages::settle(&mut assembly);
    Ok(assembly.drafts)
}
