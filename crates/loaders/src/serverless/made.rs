//! Values that are made of a service's configuration, for a CloudFormation template.

use crate::span::{Piece, Span};
use crate::syntax::build::MapBuilder;
use crate::syntax::tree::{Data, MAX_DEPTH, Node, Text};
use std::sync::Arc;

/// Creates a string that is written nowhere; its place is the start of the span.
pub(super) fn text(span: Span, text: impl Into<String>) -> Node {
    let span = Span { end: span.start, ..span };
    let pieces = Some(Arc::from([Piece { at: 0, span, skip: 0 }]));
    Node::new(span, Data::Text(Text { text: text.into(), pieces, ..Text::default() }))
}

/// Creates a map; entries that are null are left out.
pub(super) fn map<K: AsRef<str>>(span: Span, entries: impl IntoIterator<Item = (K, Node)>) -> Node {
    let pair = |(key, value): (K, Node)| (text(span, key.as_ref()), value);
    let known = entries.into_iter().filter(|(_, value)| !value.is_null());
    Node::new(span, Data::Map(known.map(pair).collect()))
}

/// Creates a list.
pub(super) fn list(span: Span, items: impl IntoIterator<Item = Node>) -> Node {
    Node::new(span, Data::List(items.into_iter().collect()))
}

/// Creates a boolean.
pub(super) fn flag(span: Span, flag: bool) -> Node {
    Node::new(span, Data::Bool(flag))
}

/// Creates `{"Ref": name}`.
pub(super) fn reference(span: Span, name: &str) -> Node {
    map(span, [("Ref", text(span, name))])
}

/// Creates `{"Fn::GetAtt": [name, attribute]}`.
pub(super) fn attribute(span: Span, name: &str, attribute: &str) -> Node {
    map(span, [("Fn::GetAtt", list(span, [text(span, name), text(span, attribute)]))])
}

/// Creates `{"Fn::Sub": [template, variables]}`.
pub(super) fn sub<const N: usize>(span: Span, template: &str, variables: [(&str, Node); N]) -> Node {
    map(span, [("Fn::Sub", list(span, [text(span, template), map(span, variables)]))])
}

/// Creates `{"Fn::Join": ["", parts]}`.
pub(super) fn join<const N: usize>(span: Span, parts: [Node; N]) -> Node {
    map(span, [("Fn::Join", list(span, [text(span, ""), list(span, parts)]))])
}

/// Merges a value into another: maps by their keys, anything else is replaced.
pub(super) fn merge(base: &mut Node, over: &Node) {
    merge_at(base, [over], 0);
}

/// Merges values into a map, one after the other: maps by their keys, anything else is replaced.
pub(super) fn merge_all<'n>(base: &mut Node, all: impl IntoIterator<Item = &'n Node>) {
    merge_at(base, all, 0);
}

fn merge_at<'n>(base: &mut Node, all: impl IntoIterator<Item = &'n Node>, depth: usize) {
    let Data::Map(own) = &mut base.data else { return };
    let mut merged = MapBuilder::default();
    std::mem::take(own).into_iter().for_each(|(key, value)| merged.set(key, value));
    for (key, value) in all.into_iter().flat_map(Node::entries) {
        let known = key.as_str().and_then(|name| merged.get_mut(name));
        match known.filter(|inner| inner.is_map() && value.is_map() && depth < MAX_DEPTH) {
            Some(inner) => merge_at(inner, [value], depth + 1),
            None => merged.set(key.clone(), value.clone()),
        }
    }
    *base = merged.finish(base.span);
}

/// Sets many keys of a map; existing keys keep their positions.
pub(super) fn set_all<'n>(base: &mut Node, entries: impl IntoIterator<Item = (&'n str, Node)>) {
    let Data::Map(own) = &mut base.data else { return };
    let mut map: MapBuilder = std::mem::take(own).into_iter().collect();
    map.extend(entries.into_iter().map(|(key, value)| (Node::text(value.span, key), value)));
    *base = map.finish(base.span);
}

/// Creates a map from entries of which the last of a name counts.
pub(super) fn collect(span: Span, entries: impl IntoIterator<Item = (String, Node)>) -> Node {
    let mut map = MapBuilder::default();
    entries.into_iter().for_each(|(key, value)| map.set(text(span, key), value));
    map.finish(span)
}

/// Returns the value at a path, or null.
pub(super) fn at(node: &Node, path: &[&str]) -> Node {
    node.at(path).cloned().unwrap_or_else(|| Node::null(node.span))
}

/// Returns the value of a key, or an empty map.
pub(super) fn map_at(node: &Node, key: &str) -> Node {
    let empty = || Node::new(Span { end: node.span.start, ..node.span }, Data::Map(Vec::new()));
    node.get(key).filter(|value| value.is_map()).cloned().unwrap_or_else(empty)
}
