//! A body as a tree of values, read as strictly as Jackson reads it, with numbers as they were written.

use super::number::Number;
use crate::pipeline::model::java_order::text_hash;
use crate::value::name_index::NameIndex;
use serde_json::Value as Json;
use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::HashSet;

/// A value of a body, or one of a schema.
#[derive(Clone, Debug)]
pub(super) enum Node<'b> {
    Null,
    Bool(bool),
    Number(Number),
    Text(Cow<'b, str>),
    List(Vec<Node<'b>>),
    Map(Members<'b>),
}

/// The members of an object as they were written; of two of one name the later value counts.
#[derive(Clone, Default)]
pub(super) struct Members<'b> {
    members: Vec<(Cow<'b, str>, Node<'b>)>,
    /// Places in `members`, by name as Java sorts texts.
    sorted: Vec<u32>,
    index: NameIndex<false>,
}

impl std::fmt::Debug for Members<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_map().entries(self.as_written()).finish()
    }
}

/// Deeper values are refused, as serde_json does.
const DEEPEST: usize = 128;

/// The types of the library, in the order in which its messages list them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Array,
    Boolean,
    Integer,
    Null,
    Number,
    Object,
    String,
}

impl Kind {
    pub(super) const ALL: [(Kind, &'static str); 7] = [
        (Kind::Array, "array"),
        (Kind::Boolean, "boolean"),
        (Kind::Integer, "integer"),
        (Kind::Null, "null"),
        (Kind::Number, "number"),
        (Kind::Object, "object"),
        (Kind::String, "string"),
    ];

    pub(super) fn name(self) -> &'static str {
        Kind::ALL.iter().find(|(kind, _)| *kind == self).map_or("", |(_, name)| name)
    }
}

impl<'b> Node<'b> {
    /// Bytes of a member of an object, roughly: with its places in the order of names and in the index.
    pub(super) const SIZE: usize = size_of::<(Cow<'static, str>, Node<'static>)>() + 4 * size_of::<u32>();

    /// Parses a body; `None` if it is not JSON.
    pub(super) fn read(body: &'b [u8]) -> Option<Node<'b>> {
        let text = std::str::from_utf8(body).ok()?;
        serde_json::from_str::<serde::de::IgnoredAny>(text).ok()?;
        let mut reader = Reader { text, at: 0 };
        reader.value(0)
    }

    pub(super) fn kind(&self) -> Kind {
        match self {
            Node::Null => Kind::Null,
            Node::Bool(_) => Kind::Boolean,
            Node::Number(number) if number.is_integer() => Kind::Integer,
            Node::Number(_) => Kind::Number,
            Node::Text(_) => Kind::String,
            Node::List(_) => Kind::Array,
            Node::Map(_) => Kind::Object,
        }
    }

    /// Returns the hash code by which the library distinguishes items before it compares them. That of an object
    /// depends on the order of its members, so two equal objects may count as different.
    pub(super) fn hash(&self) -> i32 {
        let next = |hash: i32, more: i32| hash.wrapping_mul(31).wrapping_add(more);
        match self {
            Node::Null => 4,
            Node::Bool(value) => 1 + 2 * i32::from(*value),
            Node::Number(number) => number.hash(),
            Node::Text(text) => text_hash(text),
            Node::List(items) => items.iter().fold(0, |hash, item| next(hash, item.hash())),
            Node::Map(members) => {
                members.as_written().fold(0, |hash, (name, value)| next(hash, text_hash(name) ^ value.hash()))
            }
        }
    }

    /// Returns the bytes of a value, roughly; looks no further than `most`.
    pub(super) fn size(&self, most: usize) -> usize {
        let add = |size: usize, more: usize| {
            let size = size.saturating_add(more);
            if size > most { Err(size) } else { Ok(size) }
        };
        match self {
            Node::Null | Node::Bool(_) => 4,
            // Equal numbers may be written long and short.
            Node::Number(_) => 1,
            Node::Text(text) => text.len() + 2,
            Node::List(items) => {
                let mut sizes = items.iter().map(|item| item.size(most) + 1);
                sizes.try_fold(2, add).unwrap_or_else(|size| size)
            }
            Node::Map(members) => {
                let mut sizes = members.as_written().map(|(name, value)| name.len() + 4 + value.size(most));
                sizes.try_fold(2, add).unwrap_or_else(|size| size)
            }
        }
    }

    /// Returns the steps of writing its key.
    pub(super) fn steps(&self) -> usize {
        match self {
            Node::Null | Node::Bool(_) => 2,
            Node::Number(number) => 2 + number.steps(),
            Node::Text(text) => 2 + text.len() / 16,
            Node::List(items) => items.iter().fold(2, |steps, item| steps.saturating_add(item.steps())),
            Node::Map(members) => members.as_written().fold(2, |steps, (name, value)| {
                steps.saturating_add(8 + name.len() / 16).saturating_add(value.steps())
            }),
        }
    }

    /// Writes a text that is the same for equal values: numbers by value, members in any order.
    pub(super) fn write_key(&self, out: &mut String) {
        match self {
            Node::Number(number) => number.write_key(out),
            Node::List(items) => {
                out.push('[');
                for item in items {
                    item.write_key(out);
                    out.push(',');
                }
                out.push(']');
            }
            Node::Map(members) => {
                out.push('{');
                for (name, value) in members.by_name() {
                    *out += &quoted(name);
                    out.push(':');
                    value.write_key(out);
                    out.push(',');
                }
                out.push('}');
            }
            other => *out += &other.to_string(),
        }
    }
}

/// The value of a schema, with numbers in their shortest form.
impl From<&Json> for Node<'static> {
    fn from(json: &Json) -> Self {
        match json {
            Json::Null => Node::Null,
            Json::Bool(value) => Node::Bool(*value),
            Json::Number(number) => Number::read(&number.to_string()).map_or(Node::Null, Node::Number),
            Json::String(text) => Node::Text(Cow::Owned(text.clone())),
            Json::Array(items) => Node::List(items.iter().map(Node::from).collect()),
            Json::Object(members) => Node::Map(Members::new(
                members.iter().map(|(name, value)| (Cow::Owned(name.clone()), value.into())).collect(),
            )),
        }
    }
}

impl<'b> Members<'b> {
    fn new(members: Vec<(Cow<'b, str>, Node<'b>)>) -> Self {
        let mut sorted: Vec<u32> = (0..u32::try_from(members.len()).unwrap_or(u32::MAX)).collect();
        let name = |at: u32| members.get(at as usize).map_or("", |(name, _)| name);
        sorted.sort_by(|left, right| by_units(name(*left), name(*right)));
        // Sorting is stable, so the last of one name is the one that counts.
        let twins = sorted.windows(2).filter_map(|pair| match pair {
            [one, next] if name(*one) == name(*next) => Some(*one),
            _ => None,
        });
        let twins: HashSet<u32> = twins.collect();
        if !twins.is_empty() {
            let counting = (0..).zip(members).filter(|(at, _)| !twins.contains(at)).map(|(_, member)| member);
            return Members::new(counting.collect());
        }
        let mut index = NameIndex::new();
        index.add(members.len(), |at| members.get(at).map_or("", |(name, _)| name));
        Members { members, sorted, index }
    }

    pub(super) fn len(&self) -> usize {
        self.sorted.len()
    }

    pub(super) fn has(&self, name: &str) -> bool {
        let at = |at: usize| self.members.get(at).map_or("", |(name, _)| &**name);
        self.index.position(name, self.members.len(), at).is_some()
    }

    /// The members, sorted by name as Java sorts texts.
    pub(super) fn by_name(&self) -> impl Iterator<Item = (&str, &Node<'b>)> {
        self.sorted.iter().map(|at| self.at(*at))
    }

    /// The members as they were written.
    fn as_written(&self) -> impl Iterator<Item = (&str, &Node<'b>)> {
        self.members.iter().map(|(name, value)| (&**name, value))
    }

    fn at(&self, at: u32) -> (&str, &Node<'b>) {
        self.members.get(at as usize).map_or(("", &Node::Null), |(name, value)| (name, value))
    }
}

/// `String.compareTo`: by UTF-16 units.
///
/// UTF-8 sorts as they do but for characters of two units, which stand before U+E000: only the first byte that
/// differs has to be looked at, and what is before it is compared many bytes at a time.
pub(super) fn by_units(left: &str, right: &str) -> Ordering {
    const AT_ONCE: usize = 32;
    let (left, right) = (left.as_bytes(), right.as_bytes());
    let pairs = left.chunks(AT_ONCE).zip(right.chunks(AT_ONCE));
    let same = AT_ONCE * pairs.take_while(|(left, right)| left == right).count();
    let rank = |byte: &u8| if matches!(byte, 0xEE | 0xEF) { byte + 0x10 } else { *byte };
    left.iter().skip(same).map(rank).cmp(right.iter().skip(same).map(rank))
}

/// A text in quotes, as JSON has it.
pub(super) fn quoted(text: &str) -> String {
    Json::from(text).to_string()
}

/// As Jackson prints it: compact.
impl std::fmt::Display for Node<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Node::Null => f.write_str("null"),
            Node::Bool(value) => write!(f, "{value}"),
            Node::Number(number) => write!(f, "{number}"),
            Node::Text(text) => f.write_str(&quoted(text)),
            Node::List(items) => {
                for (at, item) in items.iter().enumerate() {
                    write!(f, "{}{item}", if at == 0 { "[" } else { "," })?;
                }
                f.write_str(if items.is_empty() { "[]" } else { "]" })
            }
            Node::Map(members) => {
                f.write_str("{")?;
                for (count, (name, value)) in members.as_written().enumerate() {
                    write!(f, "{}{}:{value}", if count == 0 { "" } else { "," }, quoted(name))?;
                }
                f.write_str("}")
            }
        }
    }
}

/// Reads a text that is known to be JSON.
struct Reader<'b> {
    text: &'b str,
    at: usize,
}

impl<'b> Reader<'b> {
    fn value(&mut self, depth: usize) -> Option<Node<'b>> {
        if depth > DEEPEST {
            return None;
        }
        match self.peek()? {
            b'{' => {
                let mut members = Vec::new();
                self.each(b'}', |reader| {
                    let name = reader.string()?;
                    reader.pass(b':');
                    members.push((name, reader.value(depth + 1)?));
                    Some(())
                })?;
                Some(Node::Map(Members::new(members)))
            }
            b'[' => {
                let mut items = Vec::new();
                self.each(b']', |reader| {
                    items.push(reader.value(depth + 1)?);
                    Some(())
                })?;
                Some(Node::List(items))
            }
            b'"' => self.string().map(Node::Text),
            _ => {
                let rest = self.text.get(self.at..)?;
                let end = rest.find([',', ']', '}', ' ', '\t', '\n', '\r']).unwrap_or(rest.len());
                self.at += end;
                match &rest[..end] {
                    "null" => Some(Node::Null),
                    "true" => Some(Node::Bool(true)),
                    "false" => Some(Node::Bool(false)),
                    number => Number::read(number).map(Node::Number),
                }
            }
        }
    }

    /// Reads what is between brackets, separated by commas.
    fn each(&mut self, close: u8, mut read: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.at += 1;
        while self.peek()? != close {
            read(self)?;
            self.pass(b',');
        }
        self.at += 1;
        Some(())
    }

    fn string(&mut self) -> Option<Cow<'b, str>> {
        self.peek()?;
        let start = self.at;
        let bytes = self.text.as_bytes();
        let mut escaped = false;
        self.at += 1;
        loop {
            let found = memchr::memchr2(b'"', b'\\', bytes.get(self.at..)?)?;
            self.at += found + 1;
            if bytes.get(self.at - 1) == Some(&b'"') {
                break;
            }
            escaped = true;
            self.at += 1;
        }
        let quoted = self.text.get(start..self.at)?;
        match escaped {
            false => quoted.get(1..quoted.len() - 1).map(Cow::Borrowed),
            true => serde_json::from_str(quoted).ok().map(Cow::Owned),
        }
    }

    fn pass(&mut self, byte: u8) {
        if self.peek() == Some(byte) {
            self.at += 1;
        }
    }

    /// The next byte that is no white space.
    fn peek(&mut self) -> Option<u8> {
        let rest = self.text.as_bytes().get(self.at..)?;
        self.at += rest.iter().position(|byte| !matches!(byte, b' ' | b'\t' | b'\n' | b'\r'))?;
        self.text.as_bytes().get(self.at).copied()
    }
}
