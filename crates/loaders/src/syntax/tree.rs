//! The tree that every document format becomes: values with their places.
//!
//! YAML, JSON and HCL differ only in their grammar, so each ends here and a document language is
//! read once. A [`Node`] has the span where it is written. A [`Text`] also has the pieces it was
//! put together from, so that an offset in a template leads back to a line of the document even
//! after `!Join` or `"${a}b"`.

use crate::budget::VALUE;
use crate::span::{Piece, Span};
use std::rc::Rc;
use std::sync::Arc;

/// Deepest nesting of a document.
pub(crate) const MAX_DEPTH: usize = 250;

/// Most values of a document, counted after its aliases are expanded.
pub(crate) const MAX_NODES: usize = 500_000;

/// A string value.
#[derive(Clone, Debug, Default)]
pub(crate) struct Text {
    /// Its content.
    pub text: String,
    /// Set if the content has a placeholder `${…}` for a value that is known only after deployment.
    pub has_placeholder: bool,
    /// The parts it was put together from; `None` if it is written as one.
    pub pieces: Option<Arc<[Piece]>>,
    /// The value whose JSON this is (`jsonencode`, `Fn::ToJsonString`).
    pub encoded: Option<Rc<Node>>,
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Text { text, ..Text::default() }
    }
}

/// A value of a document.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    /// Span in the document.
    pub span: Span,
    /// The value itself.
    pub data: Data,
}

/// The types of values.
#[derive(Clone, Debug)]
pub(crate) enum Data {
    /// The null value.
    Null,
    /// A boolean.
    Bool(bool),
    /// A number as it is written: a payload format `2.0` must not become `2`.
    Number(String),
    /// A string.
    Text(Text),
    /// A list.
    List(Vec<Node>),
    /// A map in the order of the document; the last of several equal keys counts.
    Map(Vec<(Node, Node)>),
}

impl Node {
    /// Creates a value.
    pub(crate) fn new(span: Span, data: Data) -> Self {
        Node { span, data }
    }

    /// Creates a null value.
    pub(crate) fn null(span: Span) -> Self {
        Node::new(span, Data::Null)
    }

    /// Creates a string that is written as one.
    pub(crate) fn text(span: Span, text: impl Into<String>) -> Self {
        Node::new(span, Data::Text(Text::from(text.into())))
    }

    /// Creates a placeholder for a value that is known only after deployment.
    pub(crate) fn placeholder(span: Span, text: impl Into<String>) -> Self {
        Node::new(span, Data::Text(Text { text: text.into(), has_placeholder: true, ..Text::default() }))
    }

    /// Returns the value of a key.
    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|(_, value)| value)
    }

    /// Returns a key of a map together with its value.
    pub(crate) fn entry(&self, key: &str) -> Option<&(Node, Node)> {
        self.entries().iter().rfind(|(name, _)| name.as_str() == Some(key))
    }

    /// Returns the value at a path of keys.
    pub(crate) fn at(&self, path: &[&str]) -> Option<&Node> {
        path.iter().try_fold(self, |node, key| node.get(key))
    }

    /// Returns the value of a key unless it is null.
    pub(crate) fn some(&self, key: &str) -> Option<&Node> {
        self.get(key).filter(|node| !node.is_null())
    }

    /// Returns the entries of a map; an empty slice for other types.
    pub(crate) fn entries(&self) -> &[(Node, Node)] {
        match &self.data {
            Data::Map(entries) => entries,
            _ => &[],
        }
    }

    /// Iterates over the entries of a map whose keys are strings.
    pub(crate) fn fields(&self) -> impl Iterator<Item = (&str, &Node)> {
        self.entries().iter().filter_map(|(key, value)| Some((key.as_str()?, value)))
    }

    /// Returns the items of a list; an empty slice for other types.
    pub(crate) fn items(&self) -> &[Node] {
        match &self.data {
            Data::List(items) => items,
            _ => &[],
        }
    }

    /// Returns the items of a list for changes; an empty slice for other types.
    pub(crate) fn items_mut(&mut self) -> &mut [Node] {
        match &mut self.data {
            Data::List(items) => items,
            _ => &mut [],
        }
    }

    /// Returns the number of pieces that a text was put together from; 1 for other values.
    pub(crate) fn pieces(&self) -> usize {
        self.as_text().and_then(|text| text.pieces.as_ref()).map_or(1, |pieces| pieces.len())
    }

    /// Returns the steps that a copy of the value takes, without what is in it.
    pub(crate) fn own_weight(&self) -> usize {
        match &self.data {
            Data::Text(text) => VALUE + text.text.len(),
            Data::Number(number) => VALUE + number.len(),
            _ => VALUE,
        }
    }

    /// Returns the steps that a copy of the value takes.
    pub(crate) fn weight(&self) -> usize {
        let pair = |(key, value): &(Node, Node)| key.weight() + value.weight();
        match &self.data {
            Data::List(items) => VALUE + items.iter().map(Node::weight).sum::<usize>(),
            Data::Map(entries) => VALUE + entries.iter().map(pair).sum::<usize>(),
            _ => self.own_weight(),
        }
    }

    /// Returns the items of a list, or a slice of the value alone: Terraform writes a block either way.
    pub(crate) fn each(&self) -> &[Node] {
        match &self.data {
            Data::List(items) => items,
            Data::Null => &[],
            _ => std::slice::from_ref(self),
        }
    }

    /// Names the type of the value, as in `a list`.
    pub(crate) fn type_name(&self) -> &'static str {
        match &self.data {
            Data::Null => "null",
            Data::Bool(_) => "a boolean",
            Data::Number(_) => "a number",
            Data::Text(_) => "a string",
            Data::List(_) => "a list",
            Data::Map(_) => "a map",
        }
    }

    /// Checks for null.
    pub(crate) fn is_null(&self) -> bool {
        matches!(self.data, Data::Null)
    }

    /// Checks for a list.
    pub(crate) fn is_list(&self) -> bool {
        matches!(self.data, Data::List(_))
    }

    /// Checks for a map.
    pub(crate) fn is_map(&self) -> bool {
        matches!(self.data, Data::Map(_))
    }

    /// Returns the string with its pieces.
    pub(crate) fn as_text(&self) -> Option<&Text> {
        match &self.data {
            Data::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Returns the content of a string.
    pub(crate) fn as_str(&self) -> Option<&str> {
        self.as_text().map(|text| text.text.as_str())
    }

    /// Returns a scalar as a string: documents write `200` and `"200"` for the same value.
    pub(crate) fn to_word(&self) -> Option<String> {
        match &self.data {
            Data::Text(text) => Some(text.text.clone()),
            Data::Number(number) => Some(number.clone()),
            Data::Bool(flag) => Some(flag.to_string()),
            _ => None,
        }
    }

    /// Returns the scalar at a key as a string; `None` if it is absent or null.
    pub(crate) fn word(&self, key: &str) -> Option<String> {
        self.get(key)?.to_word()
    }

    /// Returns a boolean, also one that is written as a string.
    pub(crate) fn to_bool(&self) -> Option<bool> {
        match &self.data {
            Data::Bool(flag) => Some(*flag),
            Data::Text(text) => {
                let is_one_of = |words: [&str; 3]| words.iter().any(|word| text.text.eq_ignore_ascii_case(word));
                is_one_of(["true", "yes", "on"]).then_some(true).or(is_one_of(["false", "no", "off"]).then_some(false))
            }
            _ => None,
        }
    }

    /// Checks whether any string in the value has a placeholder.
    pub(crate) fn has_placeholder(&self) -> bool {
        match &self.data {
            Data::Text(text) => text.has_placeholder,
            Data::List(items) => items.iter().any(Node::has_placeholder),
            Data::Map(entries) => entries.iter().any(|(_, value)| value.has_placeholder()),
            _ => false,
        }
    }

    /// Converts the value to JSON.
    pub(crate) fn to_json(&self) -> serde_json::Value {
        use serde_json::Value as Json;
        match &self.data {
            Data::Null => Json::Null,
            Data::Bool(flag) => Json::Bool(*flag),
            Data::Number(number) => serde_json::from_str(number).unwrap_or_else(|_| Json::String(number.clone())),
            Data::Text(text) => Json::String(text.text.clone()),
            Data::List(items) => Json::Array(items.iter().map(Node::to_json).collect()),
            Data::Map(entries) => {
                let pair = |(key, value): &(Node, Node)| Some((key.to_word()?, value.to_json()));
                Json::Object(entries.iter().filter_map(pair).collect())
            }
        }
    }

    /// Gives back the room that a list or a map took while it grew: one of a single value has room for four.
    pub(crate) fn shrink(&mut self) {
        match &mut self.data {
            Data::List(items) => items.shrink_to_fit(),
            Data::Map(entries) => entries.shrink_to_fit(),
            _ => {}
        }
    }

    /// Sets a key of a map; an existing key keeps its position.
    pub(crate) fn set(&mut self, key: &str, value: Node) {
        let span = value.span;
        let Data::Map(entries) = &mut self.data else { return };
        match entries.iter_mut().find(|(name, _)| name.as_str() == Some(key)) {
            Some((_, old)) => *old = value,
            None => entries.push((Node::text(span, key), value)),
        }
    }
}
