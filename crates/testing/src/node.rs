//! Values of YAML and JSON text with their places.
//!
//! Plain words have the types of YAML 1.2's core schema, which JSON's are a part of: `yes` is a text.
//! Numbers keep their digits, so that a payload is written as it stands in the file.

use granit_parser::{Event, Parser, ScalarStyle, Span};
use serde_json::{Map, Value as Json};
use std::collections::HashMap;
use std::fmt::Write;
use vtl::Code;
use vtl::diagnostic::{Diagnostic, Location};

/// Deepest nesting of lists and maps.
const MAX_DEPTH: usize = 100;

/// Most values of a file after its aliases are expanded, and for each 64 bytes of their texts one more.
const MAX_NODES: usize = 3_000_000;

/// A range of a file; lines and columns count from 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Place {
    pub line: usize,
    pub column: usize,
    end: (usize, usize),
}

impl Place {
    fn of(span: &Span) -> Self {
        let (line, column) = (span.start.line(), span.start.col() + 1);
        let end = (span.end.line(), span.end.col() + 1);
        Place { line, column, end: end.max((line, column)) }
    }

    /// Returns the location in a file.
    pub fn in_file(self, file: &str) -> Location {
        Location::new(self.line.max(1), self.column.max(1)).until(self.end.max((1, 1))).in_file(file)
    }
}

/// A value with its place.
#[derive(Clone, Debug, Default)]
pub(crate) struct Node {
    pub place: Place,
    pub data: Data,
}

/// A value.
#[derive(Clone, Debug, Default)]
pub(crate) enum Data {
    #[default]
    Null,
    Bool(bool),
    /// The digits of a JSON number.
    Number(String),
    Text(String),
    List(Vec<Node>),
    Map(Vec<Entry>),
}

/// A member of a map.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub key: String,
    pub place: Place,
    pub value: Node,
}

/// A file that does not parse, or a value that is not as it must be.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    pub code: Code,
    pub place: Place,
    pub message: String,
    pub help: Option<String>,
}

impl Fault {
    /// Creates the fault of a value that is not as it must be.
    pub fn new(place: Place, message: impl Into<String>) -> Self {
        Fault { code: Code::WrongTest, place, message: message.into(), help: None }
    }

    /// Returns the fault as a diagnostic in a file.
    pub fn diagnostic(&self, file: &str) -> Diagnostic {
        let found = Diagnostic::new(self.code, self.message.as_str()).at(self.place.in_file(file));
        match &self.help {
            Some(help) => found.with_help(help.as_str()),
            None => found,
        }
    }
}

impl Node {
    /// Returns the members of a map; none of any other value.
    pub fn entries(&self) -> &[Entry] {
        if let Data::Map(entries) = &self.data { entries } else { &[] }
    }

    /// Returns a member of a map.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entries().iter().find(|entry| entry.key == key).map(|entry| &entry.value)
    }

    /// Returns the text of a text.
    pub fn as_str(&self) -> Option<&str> {
        if let Data::Text(text) = &self.data { Some(text) } else { None }
    }

    /// Returns the text of a text, a number or a boolean.
    pub fn word(&self) -> Option<String> {
        match &self.data {
            Data::Text(text) | Data::Number(text) => Some(text.clone()),
            Data::Bool(value) => Some(value.to_string()),
            _ => None,
        }
    }

    /// Returns the kind of value for messages.
    pub fn kind(&self) -> &'static str {
        match self.data {
            Data::Null => "null",
            Data::Bool(_) => "a boolean",
            Data::Number(_) => "a number",
            Data::Text(_) => "a text",
            Data::List(_) => "a list",
            Data::Map(_) => "a map",
        }
    }

    /// Returns the value without its places.
    pub fn to_json(&self) -> Json {
        match &self.data {
            Data::Null => Json::Null,
            Data::Bool(value) => Json::Bool(*value),
            Data::Number(digits) => serde_json::from_str(digits).unwrap_or_else(|_| Json::String(digits.clone())),
            Data::Text(text) => Json::String(text.clone()),
            Data::List(items) => items.iter().map(Node::to_json).collect(),
            Data::Map(entries) => {
                Json::Object(entries.iter().map(|entry| (entry.key.clone(), entry.value.to_json())).collect())
            }
        }
    }

    /// Writes the value as JSON without white space; numbers keep their digits.
    pub fn compact(&self) -> String {
        let mut text = String::new();
        self.write(&mut text);
        text
    }

    fn write(&self, out: &mut String) {
        match &self.data {
            Data::Null => out.push_str("null"),
            Data::Bool(value) => drop(write!(out, "{value}")),
            Data::Number(digits) => out.push_str(digits),
            Data::Text(text) => out.push_str(&Json::from(text.as_str()).to_string()),
            Data::List(items) => {
                out.push('[');
                for (at, item) in items.iter().enumerate() {
                    out.push_str(if at == 0 { "" } else { "," });
                    item.write(out);
                }
                out.push(']');
            }
            Data::Map(entries) => {
                out.push('{');
                for (at, entry) in entries.iter().enumerate() {
                    out.push_str(if at == 0 { "" } else { "," });
                    out.push_str(&Json::from(entry.key.as_str()).to_string());
                    out.push(':');
                    entry.value.write(out);
                }
                out.push('}');
            }
        }
    }

    /// Returns the number of values, and for each 64 bytes of their texts one more.
    pub fn size(&self) -> usize {
        match &self.data {
            Data::Text(text) | Data::Number(text) => 1 + text.len() / 64,
            Data::List(items) => 1 + items.iter().map(Node::size).sum::<usize>(),
            Data::Map(entries) => entries.iter().map(|entry| 2 + entry.key.len() / 64 + entry.value.size()).sum(),
            _ => 1,
        }
    }

    /// Returns this value with another one merged over it: maps deeply, everything else is replaced.
    pub fn merged(&self, over: &Node) -> Node {
        let (Data::Map(below), Data::Map(above)) = (&self.data, &over.data) else { return over.clone() };
        let mut entries = below.clone();
        let places: HashMap<&str, usize> =
            below.iter().enumerate().map(|(at, entry)| (entry.key.as_str(), at)).collect();
        for entry in above {
            match places.get(entry.key.as_str()).and_then(|&at| entries.get_mut(at)) {
                Some(there) => *there = Entry { value: there.value.merged(&entry.value), ..entry.clone() },
                None => entries.push(entry.clone()),
            }
        }
        Node { place: over.place, data: Data::Map(entries) }
    }

    /// Converts JSON; all values get the same place.
    pub fn from_json(json: &Json, place: Place) -> Node {
        let data = match json {
            Json::Null => Data::Null,
            Json::Bool(value) => Data::Bool(*value),
            Json::Number(number) => Data::Number(number.to_string()),
            Json::String(text) => Data::Text(text.clone()),
            Json::Array(items) => Data::List(items.iter().map(|item| Node::from_json(item, place)).collect()),
            Json::Object(members) => Data::Map(Node::members(members, place)),
        };
        Node { place, data }
    }

    fn members(members: &Map<String, Json>, place: Place) -> Vec<Entry> {
        let entry =
            |(key, value): (&String, &Json)| Entry { key: key.clone(), place, value: Node::from_json(value, place) };
        members.iter().map(entry).collect()
    }
}

/// A list or map that is still being parsed; `items` of a map alternates keys and values.
struct PendingNode {
    place: Place,
    is_map: bool,
    anchor: usize,
    items: Vec<Node>,
    size: usize,
}

/// Parses the first document of a YAML or JSON text.
pub(crate) fn parse(text: &str) -> Result<Node, Fault> {
    let options = granit_parser::options! {
        block_scalar_eof_without_line_feed: true,
        block_nesting_limit: MAX_DEPTH + 2,
        flow_nesting_limit: MAX_DEPTH + 2,
    };
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut anchors: HashMap<usize, (Node, usize)> = HashMap::new();
    let mut pending: Vec<PendingNode> = Vec::new();
    let mut nodes = 0_usize;
    for event in Parser::new_from_str_with_options(text, options) {
        let (event, span) = event.map_err(|error| {
            let marker = error.marker();
            let at = (marker.line().max(1), marker.col() + 1);
            let place = Place { line: at.0, column: at.1, end: at };
            Fault { code: Code::MalformedTestFile, ..Fault::new(place, error.kind().to_string()) }
        })?;
        let place = Place::of(&span);
        let (node, size, anchor) = match event {
            Event::Scalar(value, style, anchor, tag) => {
                let size = 1 + value.len() / 64;
                let is_text = style != ScalarStyle::Plain || tag.is_some_and(|tag| tag.is_yaml_core_schema_tag("str"));
                let data = if is_text { Data::Text(value.into_owned()) } else { resolve(&value) };
                (Node { place, data }, size, anchor)
            }
            Event::Alias(anchor) => {
                let (node, size) = anchors
                    .get(&anchor)
                    .cloned()
                    .ok_or_else(|| Fault::new(place, "the alias is within its own anchor"))?;
                (node, size, 0)
            }
            Event::SequenceStart(..) | Event::MappingStart(..) if pending.len() >= MAX_DEPTH => {
                return Err(Fault::new(place, format!("the file nests deeper than {MAX_DEPTH} levels")));
            }
            Event::SequenceStart(_, anchor, _) => {
                pending.push(PendingNode { place, is_map: false, anchor, items: Vec::new(), size: 1 });
                continue;
            }
            Event::MappingStart(_, anchor, _) => {
                pending.push(PendingNode { place, is_map: true, anchor, items: Vec::new(), size: 1 });
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let Some(PendingNode { place, is_map, anchor, items, size }) = pending.pop() else { continue };
                let data = if is_map { Data::Map(pairs(items)?) } else { Data::List(items) };
                (Node { place, data }, size, anchor)
            }
            Event::DocumentEnd => break,
            _ => continue,
        };
        // What has an anchor is kept a second time.
        nodes = nodes.saturating_add(if anchor > 0 { 2 * size } else { size });
        if nodes > MAX_NODES {
            return Err(Fault::new(place, format!("the file has more than {MAX_NODES} values with its aliases")));
        }
        if anchor > 0 {
            anchors.insert(anchor, (node.clone(), size));
        }
        match pending.last_mut() {
            Some(parent) => {
                parent.size = parent.size.saturating_add(size);
                parent.items.push(node);
            }
            None => return Ok(node),
        }
    }
    Ok(Node::default())
}

/// Pairs keys with values, and merges `<<: *defaults` into the map.
fn pairs(items: Vec<Node>) -> Result<Vec<Entry>, Fault> {
    let mut entries: Vec<Entry> = Vec::with_capacity(items.len() / 2);
    let mut merged: Vec<Entry> = Vec::new();
    let mut known: HashMap<String, ()> = HashMap::new();
    let mut items = items.into_iter();
    while let (Some(key), Some(value)) = (items.next(), items.next()) {
        if key.as_str() == Some("<<") {
            match &value.data {
                Data::List(sources) => merged.extend(sources.iter().flat_map(|it| it.entries().iter().cloned())),
                _ => merged.extend(value.entries().iter().cloned()),
            }
            continue;
        }
        let Some(name) = key.word() else {
            return Err(Fault::new(key.place, format!("a key must be a text, not {}", key.kind())));
        };
        if known.insert(name.clone(), ()).is_some() {
            return Err(Fault::new(key.place, format!("the map has the key `{name}` twice")));
        }
        entries.push(Entry { key: name, place: key.place, value });
    }
    entries.extend(merged.into_iter().filter(|entry| known.insert(entry.key.clone(), ()).is_none()));
    Ok(entries)
}

/// Returns the value of a plain word.
fn resolve(word: &str) -> Data {
    match word {
        "" | "~" | "null" | "Null" | "NULL" => return Data::Null,
        "true" | "True" | "TRUE" => return Data::Bool(true),
        "false" | "False" | "FALSE" => return Data::Bool(false),
        _ => {}
    }
    let is_number = word.starts_with(|first: char| first == '-' || first.is_ascii_digit());
    if is_number && serde_json::from_str::<serde_json::Number>(word).is_ok() {
        return Data::Number(word.to_owned());
    }
    Data::Text(word.to_owned())
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn numbers_keep_their_digits_and_words_are_texts() {
        let node = parse("{a: 1.10, b: yes, c: 12345678901234567890, d: '7', e: ~, f: 007, g: [true]}").unwrap();
        let json = r#"{"a":1.10,"b":"yes","c":12345678901234567890,"d":"7","e":null,"f":"007","g":[true]}"#;
        assert_eq!(node.compact(), json);
        assert_eq!(parse(json).unwrap().compact(), json);
    }

    #[test]
    fn maps_are_merged_deeply_and_lists_replaced() {
        let node = parse("base: &b {a: {x: 1, y: [1, 2]}, z: 1}\nover: {a: {y: [3]}}\nuse: {<<: *b, z: 2}").unwrap();
        let merged = node.get("base").unwrap().merged(node.get("over").unwrap());
        assert_eq!(merged.compact(), r#"{"a":{"x":1,"y":[3]},"z":1}"#);
        assert_eq!(node.get("use").unwrap().compact(), r#"{"z":2,"a":{"x":1,"y":[1,2]}}"#);
    }

    #[test]
    fn a_wrong_text_has_a_place() {
        let fault = parse("a: 1\nb: [1, 2\nc: 3\n").unwrap_err();
        assert!(fault.place.line >= 2, "{fault:?}");
        assert_eq!(parse("a: 1\na: 2").unwrap_err().message, "the map has the key `a` twice");
    }
}
