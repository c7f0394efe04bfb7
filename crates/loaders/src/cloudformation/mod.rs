//! CloudFormation templates, whole or in parts, as resources whose values are evaluated.

mod globals;
mod intrinsics;
pub(crate) mod openapi_body;
mod parameters;

use crate::assemble::assemble;
use crate::assemble::resource::{Resource, ResourceKind};
use crate::assemble::sam::ROUTE_EVENTS;
use crate::context::Context;
use crate::diagnostic::{Fault, Remark};
use crate::model::bare;
use crate::model::draft::{ApiDraft, Drafts};
use crate::model::surface::Surface;
use crate::syntax::tree::{Data, Node};
use intrinsics::Intrinsics;
use vtl::Code;
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
    let single = root.get("Resources").is_none() && root.get("Type").is_some_and(|kind| kind.as_str().is_some());
    let alone = [(Node::text(root.span, "Resource"), root.clone())];
    let entries = match root.get("Resources") {
        Some(resources) => resources.entries(),
        None if single => &alone,
        None => root.entries(),
    };
    let mut drafts = load_entries(entries, intrinsics, context)?;
    drafts.remarks.extend(parameters::check(root, context));
    Ok(drafts)
}

/// Loads a template that was made of another document, whose parameters are not CloudFormation's.
///
/// # Errors
/// The functions make the document too large, or an OpenAPI document in it cannot be read.
pub(crate) fn load_made(root: &Node, context: &Context<'_, '_>) -> Result<Drafts, Fault> {
    let entries = root.get("Resources").map_or(&[][..], Node::entries);
    load_entries(entries, Intrinsics::new(root, context), context)
}

/// Loads resources.
fn load_entries(
    entries: &[(Node, Node)],
    intrinsics: Intrinsics<'_>,
    context: &Context<'_, '_>,
) -> Result<Drafts, Fault> {
    let mut resources = Vec::new();
    for (name, node) in intrinsics.repeated(entries, 0).iter() {
        if let Some(name) = name.as_str() {
            resources.extend(read(name, node, &intrinsics));
        }
    }
    implicit_apis(&mut resources, &intrinsics);
    let mut drafts = assemble(&resources, context)?;
    for (name, span) in intrinsics.into_unresolved() {
        let message = format!("the template has no resource or parameter {name}");
        let help = format!("write ${{!{name}}} where the mapping template itself has the reference");
        drafts.remarks.push(Remark::new(Code::UnresolvedName, "", message, span).with_help(help));
    }
    Ok(drafts)
}

/// Reads a resource; `None` if it concerns no integration or its condition is false.
fn read(name: &str, node: &Node, intrinsics: &Intrinsics<'_>) -> Option<Resource> {
    let name_of_type = node.word("Type").unwrap_or_default();
    let kind = ResourceKind::from_cloudformation(&name_of_type)?;
    if node.word("Condition").is_some_and(|condition| intrinsics.condition(&condition, 0) == Some(false)) {
        return None;
    }
    let properties = node.get("Properties").and_then(|node| intrinsics.evaluate(node));
    let properties = properties.unwrap_or_else(|| Node::new(node.span, Data::Map(Vec::new())));
    let properties = globals::merge(properties, kind, intrinsics);
    // `Ref` of most resources is their identifier, as is an attribute.
    let ids = vec![format!("${{{name}}}"), format!("${{{name}.{}}}", kind.identifier())];
    Some(Resource { kind, ids, properties, surface: Surface::Cfn, span: node.span })
}

/// Adds the APIs that the events of functions mean if they name none; `Globals` apply to them too.
fn implicit_apis(resources: &mut Vec<Resource>, intrinsics: &Intrinsics<'_>) {
    for event in ROUTE_EVENTS {
        let means_it = |resource: &&Resource| {
            let events = resource.get("Events").into_iter().flat_map(Node::fields);
            let mut own = events.filter(|(_, node)| node.word("Type").as_deref() == Some(event.name));
            resource.kind == ResourceKind::SamFunction
                && own.any(|(_, node)| node.at(&["Properties", event.owner]).is_none())
        };
        if let Some(span) = resources.iter().find(means_it).map(|resource| resource.span) {
            let kind = event.implicit_kind;
            let properties = globals::merge(Node::new(span, Data::Map(Vec::new())), kind, intrinsics);
            let ids = vec![event.implicit_id.to_owned()];
            resources.push(Resource { kind, ids, properties, surface: Surface::Cfn, span });
        }
    }
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
