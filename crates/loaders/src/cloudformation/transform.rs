//! Macros of a whole template: `Transform`, and `Fn::Transform` among its resources.

use crate::cloudformation::intrinsics::Intrinsics;
use crate::context::Context;
use crate::diagnostic::Remark;
use crate::span::Span;
use crate::syntax::build::MapBuilder;
use crate::syntax::tree::{Data, Node};
use std::borrow::Cow;
use std::collections::HashMap;
use vtl::Code;

const TRANSFORM: &str = "Fn::Transform";

/// Macros of the vendor that are read, or that make nothing that has an integration.
const KNOWN: &[&str] = &[
    "AWS::Serverless-",
    "AWS::LanguageExtensions",
    "AWS::SecretsManager",
    "AWS::CodeDeployBlueGreen",
    "AWS::ServiceCatalog",
];

/// Most files that are included in each other.
const MAX_INCLUDES: usize = 8;

/// Returns a template with the local files that `AWS::Include` adds to it: sections at its top, and resources. What is
/// included wins. Any other macro is a finding.
pub(super) fn expand<'r>(root: &'r Node, context: &Context<'_, '_>, remarks: &mut Vec<Remark>) -> Cow<'r, Node> {
    let macros = root.get("Transform").map_or(&[][..], Node::each);
    for written in macros {
        let name = written.as_str().map_or_else(|| written.word("Name").unwrap_or_default(), str::to_owned);
        if name != "AWS::Include" && !KNOWN.iter().any(|known| name.starts_with(known)) {
            let message = format!("the macro {name} is not run; what it adds is missing");
            remarks.push(Remark::new(Code::UnreadPart, "", message, written.span));
        }
    }
    let mut root = Cow::Borrowed(root);
    // A macro that is not read stays: names that nothing defines may be those of what it makes.
    let mut is_unread = false;
    for _ in 0..MAX_INCLUDES {
        let intrinsics = Intrinsics::new(&root, context);
        let of_top = root.get("Transform").map_or(&[][..], Node::each).iter();
        let of_top = of_top.filter(|written| written.word("Name").as_deref() == Some("AWS::Include"));
        let of_top: Vec<Node> =
            of_top.chain(root.get(TRANSFORM)).filter_map(|written| intrinsics.included(written, 0)).collect();
        let resources = root.get("Resources");
        let of_resources = resources.and_then(|resources| resources.get(TRANSFORM)).filter(|_| !is_unread);
        let included = of_resources.and_then(|written| intrinsics.included(written, 0));
        is_unread |= of_resources.is_some() && included.is_none();
        if of_top.is_empty() && included.is_none() {
            break;
        }
        let mut merged = sections(&root, &of_top);
        if let Some(included) = included {
            let resources = merged.get("Resources").map(without_transform);
            merged.set("Resources", both(resources.as_ref(), Some(&included)));
        }
        root = Cow::Owned(merged);
    }
    root
}

/// Returns the sections of a template with those of included ones; the macros are done.
fn sections(root: &Node, included: &[Node]) -> Node {
    let mut merged = MapBuilder::default();
    for (key, value) in root.entries().iter().filter(|(key, _)| key.as_str() != Some(TRANSFORM)) {
        let value = match key.as_str() {
            Some("Transform") => Node::new(value.span, Data::List(names(value))),
            _ => value.clone(),
        };
        merged.set(key.clone(), value);
    }
    // Sections that several files add to, each copied once.
    let mut grown: HashMap<&str, (&Node, Span, MapBuilder)> = HashMap::new();
    for (key, value) in included.iter().flat_map(Node::entries) {
        let name = key.as_str().unwrap_or_default();
        if !value.is_map() {
            grown.remove(name);
            merged.set(key.clone(), value.clone());
            continue;
        }
        let (.., section) = grown.entry(name).or_insert_with(|| match merged.get(name).filter(|own| own.is_map()) {
            Some(own) => (key, own.span, own.entries().iter().cloned().collect()),
            None => (key, value.span, MapBuilder::default()),
        });
        section.extend(value.entries().iter().cloned());
    }
    // In the order of the files, not of the table.
    for name in included.iter().flat_map(Node::fields).map(|(name, _)| name) {
        let Some((key, span, section)) = grown.remove(name) else { continue };
        merged.set(key.clone(), section.finish(span));
    }
    merged.finish(root.span)
}

/// Returns the macros of a template without its includes.
fn names(macros: &Node) -> Vec<Node> {
    let is_other = |written: &&Node| written.word("Name").as_deref() != Some("AWS::Include");
    macros.each().iter().filter(is_other).cloned().collect()
}

fn without_transform(resources: &Node) -> Node {
    let kept = resources.entries().iter().filter(|(key, _)| key.as_str() != Some(TRANSFORM));
    kept.cloned().collect::<MapBuilder>().finish(resources.span)
}

/// Merges two maps; the second wins, also where one of them is no map.
fn both(own: Option<&Node>, included: Option<&Node>) -> Node {
    match (own, included) {
        (Some(own), Some(included)) if own.is_map() && included.is_map() => {
            let entries = own.entries().iter().chain(included.entries());
            entries.cloned().collect::<MapBuilder>().finish(own.span)
        }
        (_, Some(node)) | (Some(node), None) => node.clone(),
        (None, None) => Node::new(Span::default(), Data::Map(Vec::new())),
    }
}
