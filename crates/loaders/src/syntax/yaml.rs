//! Parser of YAML that keeps the place of each value and expands CloudFormation's short tags.
//!
//! `!Ref X` becomes `{Ref: X}`, `!GetAtt A.B` becomes `{Fn::GetAtt: [A, B]}`, and any other `!Name x`
//! becomes `{Fn::Name: x}`, so that readers see one form only. Numbers stay as they are written: an
//! unquoted payload format `2.0` must not become `2`.

use crate::diagnostic::Fault;
use crate::span::{Span, Style};
use crate::syntax::tree::{Data, MAX_DEPTH, MAX_NODES, Node};
use saphyr_parser::{Event, Parser, ScalarStyle, Tag};
use std::collections::{HashMap, HashSet};
use vtl::Code;

/// Parses the first document of a YAML text; `file` is the index of its source.
pub(crate) fn read(text: &str, file: u32) -> Result<Node, Fault> {
    let mut builder = Builder { offsets: Offsets::new(text), text, anchors: HashMap::new(), nodes: 0 };
    let mut pending: Vec<PendingNode> = Vec::new();
    for event in Parser::new_from_str(text) {
        let (event, at) = event.map_err(|error| {
            let at = builder.offsets.byte(error.marker().index());
            let span = Span { file, start: at, end: at, style: Style::Verbatim };
            Fault::new(Code::MalformedYaml, span, error.info())
        })?;
        let (start, end) = (builder.offsets.byte(at.start.index()), builder.offsets.byte(at.end.index()));
        let span = Span { file, start, end, style: Style::Verbatim };
        let finished = match event {
            Event::Scalar(value, style, anchor, tag) => {
                let node = builder.scalar(value.as_ref(), style, span, tag.as_deref());
                builder.finish(node, anchor, tag.as_deref())?
            }
            Event::Alias(anchor) => builder.alias(anchor, span)?,
            Event::SequenceStart(..) | Event::MappingStart(..) if pending.len() >= MAX_DEPTH => {
                let message = format!("the document nests deeper than {MAX_DEPTH} levels");
                return Err(Fault::new(Code::DocumentLimit, span, message));
            }
            Event::SequenceStart(anchor, tag) => {
                let tag = tag.map(|tag| tag.into_owned());
                pending.push(PendingNode { items: Vec::new(), is_map: false, anchor, tag, span });
                continue;
            }
            Event::MappingStart(anchor, tag) => {
                let tag = tag.map(|tag| tag.into_owned());
                pending.push(PendingNode { items: Vec::new(), is_map: true, anchor, tag, span });
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let Some(PendingNode { items, is_map, anchor, tag, span }) = pending.pop() else { continue };
                let data = if is_map { Data::Map(builder.pairs(items)?) } else { Data::List(items) };
                builder.finish(Node::new(span, data), anchor, tag.as_ref())?
            }
            // Further documents of the stream are ignored.
            Event::DocumentEnd => break,
            _ => continue,
        };
        match pending.last_mut() {
            Some(parent) => parent.items.push(finished),
            None => return Ok(finished),
        }
    }
    Ok(Node::null(Span { file, ..Span::default() }))
}

/// A list or map that is still being parsed; `items` of a map alternates keys and values.
struct PendingNode {
    items: Vec<Node>,
    is_map: bool,
    anchor: usize,
    tag: Option<Tag>,
    span: Span,
}

struct Builder<'a> {
    offsets: Offsets,
    text: &'a str,
    /// Values by anchor, each with its number of nodes.
    anchors: HashMap<usize, (Node, usize)>,
    nodes: usize,
}

impl Builder<'_> {
    fn scalar(&self, value: &str, style: ScalarStyle, mut span: Span, tag: Option<&Tag>) -> Node {
        let mut raw = self.text.get(span.start as usize..span.end as usize).unwrap_or_default();
        // The parser's range includes tag and anchor.
        while raw.starts_with(['!', '&']) {
            let property = raw.find(char::is_whitespace).unwrap_or(raw.len());
            raw = raw[property..].trim_start();
        }
        span.start = span.end - raw.len() as u32;
        if matches!(style, ScalarStyle::Literal | ScalarStyle::Folded) {
            span = self.block(span, style, value);
            return Node::text(span, value);
        }
        span.style = match style {
            ScalarStyle::Plain if raw.trim_end().contains('\n') => Style::Plain,
            ScalarStyle::SingleQuoted => Style::Single,
            ScalarStyle::DoubleQuoted => Style::Double,
            _ => Style::Verbatim,
        };
        let forced = tag.is_some_and(|tag| tag.is_yaml_core_schema() && tag.suffix == "str");
        let data = if style == ScalarStyle::Plain && !forced { resolve(value) } else { None };
        data.map_or_else(|| Node::text(span, value), |data| Node::new(span, data))
    }

    /// Returns the span of a block scalar from its `|` or `>` on; without a tag the parser's range
    /// starts at the first word.
    fn block(&self, span: Span, style: ScalarStyle, value: &str) -> Span {
        let sign = if style == ScalarStyle::Literal { '|' } else { '>' };
        let is_header = |rest: &str| {
            let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '+' || c == '-');
            rest.trim_start().is_empty() || (rest.starts_with([' ', '\t']) && rest.trim_start().starts_with('#'))
        };
        let first = self.text.get(span.start as usize..).unwrap_or_default().lines().next().unwrap_or_default();
        let start = match first.strip_prefix(sign) {
            Some(rest) if is_header(rest) => span.start,
            _ => {
                let head = self.text.get(..span.start as usize).unwrap_or_default().trim_end();
                let line = head.rfind('\n').map_or(0, |at| at + 1);
                let found = head[line..].match_indices(sign).find(|(at, _)| is_header(&head[line + at + 1..]));
                found.map_or(span.start, |(at, _)| (line + at) as u32)
            }
        };
        // The indentation is what the first line that is not blank has lost.
        let raw = self.text.get(start as usize..span.end as usize).unwrap_or_default();
        let blanks = |mut lines: std::str::Lines<'_>| {
            lines
                .find(|line| !line.trim().is_empty())
                .map_or(0, |line| line.len() - line.trim_start_matches([' ', '\t']).len())
        };
        let body = raw.find('\n').map_or("", |end| &raw[end + 1..]);
        let indent = blanks(body.lines()).saturating_sub(blanks(value.lines()));
        let indent = u16::try_from(indent).unwrap_or(u16::MAX);
        let style = if style == ScalarStyle::Literal { Style::Literal(indent) } else { Style::Folded(indent) };
        Span { start, style, ..span }
    }

    fn finish(&mut self, node: Node, anchor: usize, tag: Option<&Tag>) -> Result<Node, Fault> {
        self.count(1, node.span)?;
        let node = match tag {
            Some(tag) if tag.handle == "!" && !tag.suffix.is_empty() => intrinsic(&tag.suffix, node),
            _ => node,
        };
        if anchor > 0 {
            let nodes = size(&node);
            self.anchors.insert(anchor, (node.clone(), nodes));
        }
        Ok(node)
    }

    fn alias(&mut self, anchor: usize, span: Span) -> Result<Node, Fault> {
        let nodes = self.anchors.get(&anchor).map_or(1, |(_, nodes)| *nodes);
        self.count(nodes, span)?;
        let anchored = self.anchors.get(&anchor).map(|(node, _)| node.clone());
        anchored.ok_or_else(|| Fault::new(Code::CircularReference, span, "the alias is within its own anchor"))
    }

    fn count(&mut self, nodes: usize, span: Span) -> Result<(), Fault> {
        self.nodes = self.nodes.saturating_add(nodes);
        if self.nodes <= MAX_NODES {
            return Ok(());
        }
        let message = format!("the document has more than {MAX_NODES} values after its aliases are expanded");
        Err(Fault::new(Code::DocumentLimit, span, message))
    }

    /// Pairs keys with values, and merges `<<: *defaults` into the map.
    fn pairs(&mut self, items: Vec<Node>) -> Result<Vec<(Node, Node)>, Fault> {
        let mut entries: Vec<(Node, Node)> = Vec::with_capacity(items.len() / 2);
        let mut merged: Vec<(Node, Node)> = Vec::new();
        let mut items = items.into_iter();
        while let (Some(key), Some(value)) = (items.next(), items.next()) {
            if key.as_str() == Some("<<") && (value.is_map() || !value.items().is_empty()) {
                for source in value.each() {
                    merged.extend(source.entries().iter().cloned());
                }
                self.count(merged.len(), key.span)?;
                continue;
            }
            // Keys are strings: `200:` means "200".
            let word = if key.as_str().is_none() { key.to_word() } else { None };
            let key = word.map_or(key.clone(), |word| Node::text(key.span, word));
            entries.push((key, value));
        }
        if !merged.is_empty() {
            let own: HashSet<&str> = entries.iter().filter_map(|(key, _)| key.as_str()).collect();
            merged.retain(|(key, _)| !key.as_str().is_some_and(|key| own.contains(key)));
            merged.append(&mut entries);
            return Ok(merged);
        }
        Ok(entries)
    }
}

/// Counts the nodes of a value.
fn size(node: &Node) -> usize {
    match &node.data {
        Data::List(items) => 1 + items.iter().map(size).sum::<usize>(),
        Data::Map(entries) => 1 + entries.iter().map(|(key, value)| size(key) + size(value)).sum::<usize>(),
        // A long string that is written once may be repeated by aliases.
        Data::Text(text) => 1 + text.text.len() / 64,
        _ => 1,
    }
}

/// Returns the value of a plain scalar that is not a string (YAML 1.2 core schema, with the booleans
/// that AWS accepts).
fn resolve(word: &str) -> Option<Data> {
    match word {
        "" | "~" | "null" | "Null" | "NULL" => Some(Data::Null),
        "true" | "True" | "TRUE" => Some(Data::Bool(true)),
        "false" | "False" | "FALSE" => Some(Data::Bool(false)),
        _ => {
            let digits = word.strip_prefix(['-', '+']).unwrap_or(word);
            let numeric = digits.starts_with(|c: char| c.is_ascii_digit() || c == '.')
                && digits.bytes().any(|b| b.is_ascii_digit())
                && digits.bytes().all(|b| b.is_ascii_digit() || b".eE+-".contains(&b));
            (numeric && word.parse::<f64>().is_ok()).then(|| Data::Number(word.to_owned()))
        }
    }
}

/// Expands a short tag to its long form.
fn intrinsic(name: &str, argument: Node) -> Node {
    let span = argument.span;
    let argument = match (name, argument.as_str()) {
        ("GetAtt", Some(text)) => match text.split_once('.') {
            Some((resource, attribute)) => {
                Node::new(span, Data::List(vec![Node::text(span, resource), Node::text(span, attribute)]))
            }
            None => argument,
        },
        _ => argument,
    };
    let key = match name {
        "Ref" | "Condition" => name.to_owned(),
        _ => format!("Fn::{name}"),
    };
    Node::new(span, Data::Map(vec![(Node::text(span, key), argument)]))
}

/// Converts the parser's character offsets to byte offsets.
struct Offsets {
    /// Byte offset of every 64th character; `None` if the text is ASCII.
    marks: Option<(Vec<u32>, std::rc::Rc<str>)>,
    len: u32,
}

impl Offsets {
    fn new(text: &str) -> Self {
        let marks = (!text.is_ascii())
            .then(|| (text.char_indices().step_by(64).map(|(at, _)| at as u32).collect(), std::rc::Rc::from(text)));
        Offsets { marks, len: text.len() as u32 }
    }

    fn byte(&self, index: usize) -> u32 {
        let Some((marks, text)) = &self.marks else { return (index as u32).min(self.len) };
        let Some(mark) = marks.get(index / 64) else { return self.len };
        let rest = text.get(*mark as usize..).unwrap_or_default();
        rest.char_indices().nth(index % 64).map_or(self.len, |(at, _)| mark + at as u32)
    }
}
