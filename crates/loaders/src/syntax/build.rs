//! Builders of maps and strings.

use crate::diagnostic::Fault;
use crate::span::{Piece, Span};
use crate::syntax::tree::{Data, Node, Text};
use std::collections::HashMap;
use vtl::Code;

/// Builds a map; the last of several equal keys counts, at the position of the first.
///
/// Setting a key takes constant time, unlike [`Node::set`].
#[derive(Debug, Default)]
pub(crate) struct MapBuilder {
    entries: Vec<(Node, Node)>,
    places: HashMap<String, usize>,
}

impl MapBuilder {
    /// Sets a key; a key that is not a string is ignored.
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

    /// Returns the value of a key.
    pub(crate) fn get(&self, name: &str) -> Option<&Node> {
        self.entries.get(*self.places.get(name)?).map(|(_, value)| value)
    }

    /// Returns the value of a key, to change it.
    pub(crate) fn get_mut(&mut self, name: &str) -> Option<&mut Node> {
        self.entries.get_mut(*self.places.get(name)?).map(|(_, value)| value)
    }

    /// Appends an item to the list at a key.
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

    /// Returns the map.
    pub(crate) fn finish(self, span: Span) -> Node {
        Node::new(span, Data::Map(self.entries))
    }

    /// Returns the entries of the map.
    pub(crate) fn into_entries(self) -> Vec<(Node, Node)> {
        self.entries
    }
}

impl Extend<(Node, Node)> for MapBuilder {
    fn extend<I: IntoIterator<Item = (Node, Node)>>(&mut self, entries: I) {
        entries.into_iter().for_each(|(key, value)| self.set(key, value));
    }
}

impl FromIterator<(Node, Node)> for MapBuilder {
    fn from_iter<I: IntoIterator<Item = (Node, Node)>>(entries: I) -> Self {
        let mut map = MapBuilder::default();
        map.extend(entries);
        map
    }
}

/// Most bytes of a key. The service's names are shorter by far, and findings and routes repeat them.
const MAX_KEY: usize = 16 << 10;

/// Checks the lengths of the keys of a map.
///
/// # Errors
/// A key is too long.
pub(crate) fn check_keys(entries: &[(Node, Node)]) -> Result<(), Fault> {
    entries.iter().try_for_each(|(key, _)| check_key(key.as_str().unwrap_or_default(), "key", key.span))
}

/// Checks the length of a key, or of another name of the kind.
///
/// # Errors
/// It is too long.
pub(crate) fn check_key(name: &str, kind: &str, span: Span) -> Result<(), Fault> {
    match name.len() {
        ..=MAX_KEY => Ok(()),
        _ => Err(Fault::new(Code::DocumentLimit, span, format!("a {kind} has more than {MAX_KEY} bytes"))),
    }
}

/// Builds a string and keeps where its parts are written.
#[derive(Debug, Default)]
pub(crate) struct TextBuilder {
    text: String,
    has_placeholder: bool,
    pieces: Vec<Piece>,
}

impl TextBuilder {
    /// Appends text that is not written in the document.
    pub(crate) fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Appends a placeholder for a value that is known only after deployment.
    pub(crate) fn push_placeholder(&mut self, text: &str, span: Span) {
        self.has_placeholder = true;
        self.push_written(text, span, 0);
    }

    /// Appends text that is written at `span`, `skip` bytes into the string there.
    pub(crate) fn push_written(&mut self, text: &str, span: Span, skip: usize) {
        self.pieces.push(Piece { at: self.text.len(), span, skip });
        self.text.push_str(text);
    }

    /// Appends a scalar.
    pub(crate) fn push_node(&mut self, node: &Node) {
        match &node.data {
            Data::Text(Text { text, has_placeholder, pieces, .. }) => {
                self.has_placeholder |= has_placeholder;
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

    /// Checks whether nothing was appended.
    pub(crate) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Returns the number of parts so far.
    pub(crate) fn pieces(&self) -> usize {
        self.pieces.len()
    }

    /// Returns the string.
    pub(crate) fn finish(self, span: Span) -> Node {
        let TextBuilder { text, has_placeholder, pieces } = self;
        Node::new(span, Data::Text(Text { text, has_placeholder, pieces: Some(pieces.into()), encoded: None }))
    }
}

/// Returns a range of a string, with the places where it is written.
pub(crate) fn part(node: &Node, start: usize, end: usize) -> Node {
    let mut joined = TextBuilder::default();
    push_part(&mut joined, node, start, end);
    let mut part = joined.finish(node.span);
    if let Data::Text(text) = &mut part.data {
        text.has_placeholder = node.has_placeholder() && text.text.contains("${");
    }
    part
}

/// Appends a range of a string.
pub(crate) fn push_part(joined: &mut TextBuilder, node: &Node, start: usize, end: usize) {
    let Some(text) = node.as_text() else { return };
    let slice = |from: usize, to: usize| text.text.get(from..to).unwrap_or_default();
    let Some(pieces) = &text.pieces else { return joined.push_written(slice(start, end), node.span, start) };
    let first = pieces.partition_point(|piece| piece.at <= start).saturating_sub(1);
    for (at, piece) in pieces.iter().enumerate().skip(first) {
        if piece.at >= end {
            break;
        }
        let next = pieces.get(at + 1).map_or(text.text.len(), |next| next.at);
        let (from, to) = (start.max(piece.at), end.min(next));
        if from < to {
            joined.push_written(slice(from, to), piece.span, piece.skip + from - piece.at);
        }
    }
}
