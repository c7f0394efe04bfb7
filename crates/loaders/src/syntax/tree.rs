//! The tree that every kind of document becomes: values with their places.
//!
//! YAML, JSON and HCL differ in spelling only, so all of them end here and each surface is written once. A [`Node`] knows
//! where it was written; a [`Text`] also knows how, so that an offset within a template leads back to a line of the document even
//! where the text was put together (`!Join`, `"${a}b"`).

use std::collections::HashMap;
use std::rc::Rc;

/// How deep a document may nest.
pub(crate) const MAX_DEPTH: usize = 250;

/// How many values a document may have, after its aliases are written out.
pub(crate) const MAX_NODES: usize = 500_000;

/// How a text is written, which decides how an offset in it leads back to the document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Style {
    /// As it is: a file, or a plain word.
    #[default]
    Verbatim,
    /// JSON's double quotes, or YAML's.
    Double,
    /// YAML's single quotes.
    Single,
    /// YAML's plain words over several lines.
    Plain,
    /// YAML's `|`, from which so many leading blanks of each line were taken.
    Literal(u16),
    /// YAML's `>`, the same.
    Folded(u16),
    /// HCL's quotes, without the quotes.
    Quoted,
    /// HCL's heredoc, from which so many leading blanks of each line were taken.
    Heredoc(u16),
}

/// Where something is written: a range of bytes in one of the [`Sources`](crate::syntax::source::Sources).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Span {
    /// Index of the source.
    pub file: u32,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
    /// The spelling of a text.
    pub style: Style,
}

/// A part of a text that was put together.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Piece {
    /// Where it begins in the whole text.
    pub at: usize,
    /// Where it was written.
    pub span: Span,
    /// Where it begins in the text written there.
    pub skip: usize,
}

/// A text.
#[derive(Clone, Debug, Default)]
pub(crate) struct Text {
    /// What it says.
    pub text: String,
    /// Whether it contains something that only the service knows, written as `${…}`.
    pub open: bool,
    /// Its parts, if there is more than one.
    pub pieces: Option<Rc<[Piece]>>,
    /// The value it is the JSON text of (`jsonencode`, `Fn::ToJsonString`).
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
    /// Where it is written.
    pub span: Span,
    /// What it is.
    pub data: Data,
}

/// The kinds of values.
#[derive(Clone, Debug)]
pub(crate) enum Data {
    /// Nothing.
    Null,
    /// Yes or no.
    Bool(bool),
    /// A number as it is written: `2.0` is a version, not two.
    Number(String),
    /// A text.
    Text(Text),
    /// A list.
    List(Vec<Node>),
    /// A map in the order of the document; of a key that comes twice the last counts.
    Map(Vec<(Node, Node)>),
}

impl Node {
    pub(crate) fn new(span: Span, data: Data) -> Self {
        Node { span, data }
    }

    pub(crate) fn null(span: Span) -> Self {
        Node::new(span, Data::Null)
    }

    pub(crate) fn text(span: Span, text: impl Into<String>) -> Self {
        Node::new(span, Data::Text(Text::from(text.into())))
    }

    /// A text that only the service knows.
    pub(crate) fn open(span: Span, text: impl Into<String>) -> Self {
        Node::new(span, Data::Text(Text { text: text.into(), open: true, ..Text::default() }))
    }

    /// The value of a key.
    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|(_, value)| value)
    }

    /// A key with its value.
    pub(crate) fn entry(&self, key: &str) -> Option<&(Node, Node)> {
        self.entries().iter().rfind(|(name, _)| name.as_str() == Some(key))
    }

    /// The value at the end of a way of keys.
    pub(crate) fn at(&self, way: &[&str]) -> Option<&Node> {
        way.iter().try_fold(self, |node, key| node.get(key))
    }

    /// The value of a key if it is neither absent nor null.
    pub(crate) fn some(&self, key: &str) -> Option<&Node> {
        self.get(key).filter(|node| !node.is_null())
    }

    /// The entries of a map; none of anything else.
    pub(crate) fn entries(&self) -> &[(Node, Node)] {
        match &self.data {
            Data::Map(entries) => entries,
            _ => &[],
        }
    }

    /// Keys that are texts, with their values.
    pub(crate) fn fields(&self) -> impl Iterator<Item = (&str, &Node)> {
        self.entries().iter().filter_map(|(key, value)| Some((key.as_str()?, value)))
    }

    /// The items of a list; none of anything else.
    pub(crate) fn items(&self) -> &[Node] {
        match &self.data {
            Data::List(items) => items,
            _ => &[],
        }
    }

    /// The items of a list, or the value alone: Terraform's blocks come either way.
    pub(crate) fn each(&self) -> &[Node] {
        match &self.data {
            Data::List(items) => items,
            Data::Null => &[],
            _ => std::slice::from_ref(self),
        }
    }

    pub(crate) fn is_null(&self) -> bool {
        matches!(self.data, Data::Null)
    }

    pub(crate) fn is_map(&self) -> bool {
        matches!(self.data, Data::Map(_))
    }

    pub(crate) fn as_text(&self) -> Option<&Text> {
        match &self.data {
            Data::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn as_str(&self) -> Option<&str> {
        self.as_text().map(|text| text.text.as_str())
    }

    /// The text of a scalar: documents write `200`, `"200"` and `true` as they like.
    pub(crate) fn to_word(&self) -> Option<String> {
        match &self.data {
            Data::Text(text) => Some(text.text.clone()),
            Data::Number(number) => Some(number.clone()),
            Data::Bool(flag) => Some(flag.to_string()),
            _ => None,
        }
    }

    /// The text of a key's scalar; none where it is absent or null.
    pub(crate) fn word(&self, key: &str) -> Option<String> {
        self.get(key)?.to_word()
    }

    /// Yes or no, also as text.
    pub(crate) fn to_bool(&self) -> Option<bool> {
        match &self.data {
            Data::Bool(flag) => Some(*flag),
            Data::Text(text) => match text.text.to_ascii_lowercase().as_str() {
                "true" | "yes" | "on" => Some(true),
                "false" | "no" | "off" => Some(false),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether any text in it is open.
    pub(crate) fn is_open(&self) -> bool {
        match &self.data {
            Data::Text(text) => text.open,
            Data::List(items) => items.iter().any(Node::is_open),
            Data::Map(entries) => entries.iter().any(|(_, value)| value.is_open()),
            _ => false,
        }
    }

    /// The same as plain JSON.
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

    /// Sets a key of a map, in its old place if it has one.
    pub(crate) fn set(&mut self, key: &str, value: Node) {
        let span = value.span;
        let Data::Map(entries) = &mut self.data else { return };
        match entries.iter_mut().find(|(name, _)| name.as_str() == Some(key)) {
            Some((_, old)) => *old = value,
            None => entries.push((Node::text(span, key), value)),
        }
    }
}

/// A map under construction: of a key that comes twice the last value counts, in the place of the first. Unlike [`Node::set`], it
/// is quick however many keys come.
#[derive(Debug, Default)]
pub(crate) struct Entries {
    entries: Vec<(Node, Node)>,
    places: HashMap<String, usize>,
}

impl Entries {
    /// Sets a key; one that is no text is left out.
    pub(crate) fn set(&mut self, key: Node, value: Node) {
        let Some(name) = key.as_str() else { return };
        match self.places.get(name).and_then(|at| self.entries.get_mut(*at)) {
            Some((_, old)) => *old = value,
            None => {
                self.places.insert(name.to_owned(), self.entries.len());
                self.entries.push((key, value));
            }
        }
    }

    /// Puts an item at the end of the list that a key holds.
    pub(crate) fn push(&mut self, key: Node, item: Node) {
        let at = key.as_str().and_then(|name| self.places.get(name));
        match at.and_then(|at| self.entries.get_mut(*at)) {
            Some((_, Node { data: Data::List(items), .. })) => items.push(item),
            _ => {
                let span = item.span;
                self.set(key, Node::new(span, Data::List(vec![item])));
            }
        }
    }

    pub(crate) fn finish(self, span: Span) -> Node {
        Node::new(span, Data::Map(self.entries))
    }
}

/// A text under construction that remembers where its parts come from.
#[derive(Debug, Default)]
pub(crate) struct Joined {
    text: String,
    open: bool,
    pieces: Vec<Piece>,
}

impl Joined {
    /// Adds a text that is written nowhere.
    pub(crate) fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Adds something only the service knows.
    pub(crate) fn push_open(&mut self, text: &str, span: Span) {
        self.open = true;
        self.push_written(text, span, 0);
    }

    /// Adds a part of a text that is written at `span`, beginning `skip` bytes into it.
    pub(crate) fn push_written(&mut self, text: &str, span: Span, skip: usize) {
        self.pieces.push(Piece { at: self.text.len(), span, skip });
        self.text.push_str(text);
    }

    /// Adds the text of a scalar.
    pub(crate) fn push_node(&mut self, node: &Node) {
        match &node.data {
            Data::Text(Text { text, open, pieces, .. }) => {
                self.open |= open;
                let at = self.text.len();
                match pieces {
                    Some(pieces) => {
                        self.pieces.extend(pieces.iter().map(|piece| Piece { at: piece.at + at, ..*piece }))
                    }
                    None => self.pieces.push(Piece { at, span: node.span, skip: 0 }),
                }
                self.text.push_str(text);
            }
            _ => self.push_written(&node.to_word().unwrap_or_default(), node.span, 0),
        }
    }

    pub(crate) fn finish(self, span: Span) -> Node {
        let Joined { text, open, pieces } = self;
        Node::new(span, Data::Text(Text { text, open, pieces: Some(pieces.into()), encoded: None }))
    }
}
