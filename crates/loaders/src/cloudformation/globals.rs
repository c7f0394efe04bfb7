//! SAM's section `Globals` ("Globals section of the AWS SAM template").

use crate::assemble::resource::ResourceKind;
use crate::cloudformation::intrinsics::Intrinsics;
use crate::syntax::build::MapBuilder;
use crate::syntax::tree::{Data, Node};

/// Properties of a function that have a part in its routes; the others are not copied.
const OF_FUNCTIONS: &[&str] = &["AutoPublishAlias", "Events"];

/// Adds what `Globals` set for a kind; lists and maps are merged with the resource's own.
pub(super) fn merge(properties: Node, kind: ResourceKind, intrinsics: &Intrinsics<'_>) -> Node {
    let Some(globals) = kind.sam_globals().and_then(|name| intrinsics.globals(name)) else { return properties };
    let Node { span, data } = properties;
    let Data::Map(own) = data else { return Node::new(span, data) };
    let mut merged = MapBuilder::default();
    own.into_iter().for_each(|(key, value)| merged.set(key, value));
    for (key, value) in globals.entries() {
        let is_used = kind != ResourceKind::SamFunction || key.as_str().is_some_and(|key| OF_FUNCTIONS.contains(&key));
        if !is_used || !intrinsics.charge(value.weight(), span) {
            continue;
        }
        let name = key.as_str().unwrap_or_default();
        let both = match merged.get(name).filter(|own| !own.is_null()) {
            None => value.clone(),
            Some(own) => match (&value.data, &own.data) {
                (Data::List(shared), Data::List(items)) => {
                    Node::new(own.span, Data::List(shared.iter().chain(items).cloned().collect()))
                }
                (Data::Map(shared), Data::Map(items)) => {
                    let mut both = MapBuilder::default();
                    for (key, item) in shared.iter().chain(items) {
                        both.set(key.clone(), item.clone());
                    }
                    both.finish(own.span)
                }
                _ => continue,
            },
        };
        merged.set(key.clone(), both);
    }
    merged.finish(span)
}
