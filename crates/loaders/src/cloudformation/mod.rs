//! CloudFormation templates, whole or in parts, as resources with their values evaluated.

pub(crate) mod intrinsics;

use crate::assemble::sam;
use crate::assemble::{Resource, assemble};
use crate::cloudformation::intrinsics::Intrinsics;
use crate::context::Context;
use crate::detect;
use crate::document::Fault;
use crate::model::bare;
use crate::model::draft::{ApiDraft, Drafts};
use crate::model::integration::Surface;
use crate::syntax::tree::{Data, Node};
use vtl::pipeline::Protocol;

/// The prefixes of types that concern integrations, and what the kinds are called here.
const VENDORS: &[(&str, &str)] =
    &[("AWS::ApiGateway::", ""), ("AWS::ApiGatewayV2::", "V2"), ("AWS::Serverless::", "Serverless::")];

/// Loads a template, a map of resources, one resource, or a bare `Integration`.
pub(crate) fn load(root: &Node, context: &Context<'_, '_>) -> Result<Drafts, Fault> {
    let intrinsics = Intrinsics::new(root, context);
    let bare = root.get("Integration").filter(|node| node.get("Properties").is_none()).unwrap_or(root);
    if root.get("Resources").is_none() && detect::is_cfn_integration(bare) {
        let api = self::bare(root, bare, Surface::Cfn, None, context)?;
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
    for (name, node) in intrinsics.repeated(entries, 0).iter() {
        if let Some(name) = name.as_str() {
            resources.extend(read(name, node, &intrinsics)?);
        }
    }
    implicit_apis(&mut resources, &intrinsics)?;
    let mut drafts = assemble(&resources, context)?;
    for (name, span) in intrinsics.into_unresolved() {
        let message =
            format!("Fn::Sub takes ${{{name}}} for a resource or parameter; a template's own is written ${{!{name}}}");
        drafts.note(message, span);
    }
    Ok(drafts)
}

/// A resource that concerns integrations and whose condition does not exclude it.
fn read(name: &str, node: &Node, intrinsics: &Intrinsics<'_>) -> Result<Option<Resource>, Fault> {
    let word = node.word("Type").unwrap_or_default();
    let here = VENDORS.iter().find_map(|(vendor, here)| Some(format!("{here}{}", word.strip_prefix(vendor)?)));
    let Some(kind) = here else { return Ok(None) };
    if node.word("Condition").is_some_and(|condition| intrinsics.condition(&condition, 0) == Some(false)) {
        return Ok(None);
    }
    let properties = node.get("Properties").map(|node| intrinsics.evaluate(node)).transpose()?.flatten();
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
    let properties = with_globals(properties, &kind, intrinsics)?;
    let ids = vec![format!("${{{name}}}"), format!("${{{name}.{attribute}}}")];
    Ok(Some(Resource { kind, ids, properties, surface: Surface::Cfn, span: node.span }))
}

/// The APIs that the events of functions mean when they name none; `Globals` hold for them too.
fn implicit_apis(resources: &mut Vec<Resource>, intrinsics: &Intrinsics<'_>) -> Result<(), Fault> {
    for (event, owner, kind, id) in sam::IMPLICIT {
        let means_it = |resource: &&Resource| {
            let events = resource.get("Events").into_iter().flat_map(Node::fields);
            let mut own = events.filter(|(_, node)| node.word("Type").as_deref() == Some(event));
            resource.kind == "Serverless::Function" && own.any(|(_, node)| node.at(&["Properties", owner]).is_none())
        };
        if let Some(span) = resources.iter().find(means_it).map(|resource| resource.span) {
            let properties = with_globals(Node::new(span, Data::Map(Vec::new())), kind, intrinsics)?;
            let ids = vec![(*id).to_owned()];
            resources.push(Resource { kind: (*kind).to_owned(), ids, properties, surface: Surface::Cfn, span });
        }
    }
    Ok(())
}

/// SAM's `Globals` give what a resource does not say itself; lists are put together.
fn with_globals(mut properties: Node, kind: &str, intrinsics: &Intrinsics<'_>) -> Result<Node, Fault> {
    let Some(globals) = kind.strip_prefix("Serverless::").map(|kind| intrinsics.globals(kind)).transpose()?.flatten()
    else {
        return Ok(properties);
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
    Ok(properties)
}

/// An integration alone; `root` is what stands around it.
pub(crate) fn bare(
    root: &Node,
    node: &Node,
    surface: Surface,
    protocol: Option<Protocol>,
    context: &Context<'_, '_>,
) -> Result<ApiDraft, Fault> {
    let evaluated = Intrinsics::new(root, context).evaluate(node)?;
    Ok(bare::load(evaluated.as_ref().unwrap_or(node), surface, protocol))
}
