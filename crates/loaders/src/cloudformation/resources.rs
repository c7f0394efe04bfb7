//! Resources of a template, evaluated, with the APIs that SAM makes beside them.

use crate::assemble::resource::{Resource, ResourceKind};
use crate::assemble::sam::{ROUTE_EVENTS, RouteEvent};
use crate::budget::VALUE;
use crate::cloudformation::globals;
use crate::cloudformation::intrinsics::Intrinsics;
use crate::model::surface::Surface;
use crate::syntax::tree::{Data, Node};

/// Copies of the reference to a resource: its two identifiers, their index, and the name of one that has none.
const ID_COPIES: usize = 5;

/// Reads a resource; `None` if it concerns no integration or its condition is false.
pub(super) fn read(name: &str, node: &Node, intrinsics: &Intrinsics<'_>) -> Option<Resource> {
    let name_of_type = node.word("Type").unwrap_or_default();
    let kind = ResourceKind::from_cloudformation(&name_of_type)?;
    if node.get("Condition").is_some_and(|condition| intrinsics.condition(condition, 0) == Some(false)) {
        return None;
    }
    let properties = node.get("Properties").and_then(|node| intrinsics.evaluate(node));
    let properties = properties.unwrap_or_else(|| Node::new(node.span, Data::Map(Vec::new())));
    let properties = globals::merge(properties, kind, intrinsics);
    // `Ref` of most resources is their identifier, as is an attribute; both have the path of the stack, and are indexed.
    if !intrinsics.charge(ID_COPIES * intrinsics.symbol_length(name), node.span) {
        return None;
    }
    let ids = vec![intrinsics.symbol(name), intrinsics.symbol(&format!("{name}.{}", kind.identifier()))];
    Some(Resource { kind, ids, properties, surface: Surface::Cfn, span: node.span })
}

/// Adds the APIs that the events of functions mean if they name none; `Globals` apply to them too.
pub(super) fn implicit_apis(resources: &mut Vec<Resource>, intrinsics: &Intrinsics<'_>, prefix: &str) {
    for event in ROUTE_EVENTS {
        let means_it = |resource: &&Resource| {
            let events = resource.get("Events").into_iter().flat_map(Node::fields);
            let mut own = events.filter(|(_, node)| node.word("Type").as_deref() == Some(event.name));
            matches!(resource.kind, ResourceKind::SamFunction | ResourceKind::SamStateMachine)
                && own.any(|(_, node)| node.at(&["Properties", event.owner]).is_none())
        };
        if let Some(span) = resources.iter().find(means_it).map(|resource| resource.span) {
            let kind = event.implicit_kind;
            let properties = globals::merge(Node::new(span, Data::Map(Vec::new())), kind, intrinsics);
            let id = intrinsics.symbol(event.implicit_id.trim_start_matches("${").trim_end_matches('}'));
            if !prefix.is_empty() {
                resources.iter_mut().for_each(|resource| name_owner(resource, event, &id, intrinsics));
            }
            resources.push(Resource { kind, ids: vec![id], properties, surface: Surface::Cfn, span });
        }
    }
}

/// Names the API of events that name none: there are several stacks.
fn name_owner(resource: &mut Resource, event: &RouteEvent, id: &str, intrinsics: &Intrinsics<'_>) {
    let Some(Node { span, data: Data::Map(mut events) }) = resource.get("Events").cloned() else { return };
    for (_, node) in &mut events {
        let is_meant = node.word("Type").as_deref() == Some(event.name);
        if is_meant && node.at(&["Properties", event.owner]).is_none() && intrinsics.charge(VALUE + id.len(), node.span)
        {
            let empty = || Node::new(node.span, Data::Map(Vec::new()));
            let mut properties = node.get("Properties").cloned().unwrap_or_else(empty);
            properties.set(event.owner, Node::placeholder(node.span, id));
            node.set("Properties", properties);
        }
    }
    resource.properties.set("Events", Node::new(span, Data::Map(events)));
}
