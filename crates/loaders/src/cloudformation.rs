//! CloudFormation templates, whole or in parts, as resources with their values evaluated.

use crate::assemble::{Resource, assemble};
use crate::bare;
use crate::context::Context;
use crate::detect;
use crate::document::Fault;
use crate::draft::{ApiDraft, Drafts};
use crate::integration::Surface;
use crate::intrinsics::Intrinsics;
use crate::tree::{Data, Node};
use std::cell::RefCell;
use vtl::pipeline::Protocol;

/// The prefixes of types that concern integrations, and what the kinds are called here.
const VENDORS: &[(&str, &str)] =
    &[("AWS::ApiGateway::", ""), ("AWS::ApiGatewayV2::", "V2"), ("AWS::Serverless::", "Serverless::")];

/// Loads a template, a map of resources, one resource, or a bare `Integration`.
pub(crate) fn load(root: &Node, context: &Context<'_, '_>) -> Result<Drafts, Fault> {
    let intrinsics = Intrinsics { root, context, unresolved: RefCell::default() };
    let bare = root.get("Integration").filter(|node| node.get("Properties").is_none()).unwrap_or(root);
    if root.get("Resources").is_none() && detect::is_cfn_integration(bare) {
        let api = self::bare(root, bare, Surface::Cfn, None, context);
        return Ok(Drafts { apis: vec![api], remarks: Vec::new() });
    }
    let single = root.get("Resources").is_none() && root.get("Type").is_some_and(|kind| kind.as_str().is_some());
    let alone = [(Node::text(root.span, "Resource"), root.clone())];
    let entries = match root.get("Resources") {
        Some(resources) => resources.entries(),
        None if single => &alone,
        None => root.entries(),
    };
    let mut resources = Vec::new();
    for (name, node) in entries {
        if let Some(resource) = name.as_str().and_then(|name| read(name, node, &intrinsics)) {
            resources.push(resource);
        }
    }
    let mut drafts = assemble(&resources, context)?;
    for (name, span) in intrinsics.unresolved.into_inner() {
        let message =
            format!("Fn::Sub takes ${{{name}}} for a resource or parameter; a template's own is written ${{!{name}}}");
        drafts.note(message, span);
    }
    Ok(drafts)
}

/// A resource that concerns integrations and whose condition does not exclude it.
fn read(name: &str, node: &Node, intrinsics: &Intrinsics<'_>) -> Option<Resource> {
    let kind = node.word("Type")?;
    let kind = VENDORS.iter().find_map(|(vendor, here)| Some(format!("{here}{}", kind.strip_prefix(vendor)?)))?;
    if node.word("Condition").is_some_and(|condition| intrinsics.condition(&condition, 0) == Some(false)) {
        return None;
    }
    let properties = node.get("Properties").and_then(|node| intrinsics.evaluate(node));
    let properties = properties.unwrap_or_else(|| Node::new(node.span, Data::Map(Vec::new())));
    // `Ref` of most resources is their identifier, and there is an attribute of the same.
    let attribute = match kind.as_str() {
        "RestApi" => "RestApiId",
        "Resource" => "ResourceId",
        "V2Api" => "ApiId",
        "V2Integration" => "IntegrationId",
        "RequestValidator" => "RequestValidatorId",
        _ => "Id",
    };
    let properties = with_globals(properties, &kind, intrinsics);
    let ids = vec![format!("${{{name}}}"), format!("${{{name}.{attribute}}}")];
    Some(Resource { kind, ids, properties, surface: Surface::Cfn, span: node.span })
}

/// SAM's `Globals` give what a resource does not say itself; lists are put together.
fn with_globals(mut properties: Node, kind: &str, intrinsics: &Intrinsics<'_>) -> Node {
    let Some(section) = kind.strip_prefix("Serverless::") else { return properties };
    let Some(globals) = intrinsics.root.at(&["Globals", section]).and_then(|node| intrinsics.evaluate(node)) else {
        return properties;
    };
    for (key, value) in globals.fields() {
        let merged = match properties.some(key) {
            None => value.clone(),
            Some(own) => match (&value.data, &own.data) {
                (Data::List(shared), Data::List(items)) => {
                    Node::new(own.span, Data::List(shared.iter().chain(items).cloned().collect()))
                }
                (Data::Map(_), Data::Map(items)) => {
                    let mut both = value.clone();
                    for (key, item) in items.iter().filter_map(|(key, item)| Some((key.as_str()?, item))) {
                        both.set(key, item.clone());
                    }
                    both
                }
                _ => continue,
            },
        };
        properties.set(key, merged);
    }
    properties
}

/// An integration alone; `root` is what stands around it.
pub(crate) fn bare(
    root: &Node,
    node: &Node,
    surface: Surface,
    protocol: Option<Protocol>,
    context: &Context<'_, '_>,
) -> ApiDraft {
    let intrinsics = Intrinsics { root, context, unresolved: RefCell::default() };
    let evaluated = intrinsics.evaluate(node).unwrap_or_else(|| node.clone());
    bare::load(&evaluated, surface, protocol)
}
