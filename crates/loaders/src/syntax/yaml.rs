//! Parser of YAML that keeps the place of each value and expands CloudFormation's short tags.
//!
//! Text is read as libyaml and SnakeYAML read it, which CloudFormation and its users' tools are
//! built on: the indentation of flow collections and of quoted scalars does not matter, and plain
//! scalars are resolved as YAML 1.1 has it (`yes` is a boolean, `010` is eight).
//!
//! `!Ref X` becomes `{Ref: X}`, `!GetAtt A.B` becomes `{Fn::GetAtt: [A, B]}`, and any other `!Name x`
//! becomes `{Fn::Name: x}`, so that readers see one form only. Numbers stay as they are written: an
//! unquoted payload format `2.0` must not become `2`.

use crate::budget::{Budget, VALUE};
use crate::diagnostic::Fault;
use crate::span::{Span, Style};
use crate::syntax::build::check_keys;
use crate::syntax::duplicate::{Duplicates, unique};
use crate::syntax::tree::{Data, MAX_DEPTH, MAX_NODES, Node};
use granit_parser::{Event, Marker, Parser, ScalarStyle, Tag};
use std::collections::{HashMap, HashSet};
use vtl::Code;

/// Steps of a value, besides those of its text.
const STEPS: usize = 12;

/// Parses the first document of a YAML text; `file` is the index of its source. Keys that a map has
/// more than once go to `duplicates`.
///
/// Returns the place of the second document too, which is not read.
pub(crate) fn read(
    text: &str,
    file: u32,
    duplicates: &mut Duplicates,
    budget: &Budget<'_>,
) -> Result<(Node, Option<Span>), Fault> {
    // The parser's own limits are above those of a document, whose fault names them.
    let options = granit_parser::options! {
        block_scalar_eof_without_line_feed: true,
        bom_inside_document_as_content: true,
        block_nesting_limit: MAX_DEPTH + 2,
        flow_nesting_limit: MAX_DEPTH + 2,
    };
    let mut builder = Builder { text, anchors: HashMap::new(), nodes: 0, duplicates, budget };
    let mut pending: Vec<PendingNode> = Vec::new();
    let mut parser = Parser::new_from_str_with_options(text, options);
    while let Some(event) = parser.next() {
        let (event, at) = event.map_err(|error| {
            let at = builder.offset(error.marker());
            let span = Span { file, start: at, end: at, style: Style::Verbatim };
            Fault::new(Code::MalformedYaml, span, error.kind().to_string())
        })?;
        let span =
            Span { file, start: builder.offset(&at.start), end: builder.offset(&at.end), style: Style::Verbatim };
        let finished = match event {
            Event::Scalar(value, style, anchor, tag) => {
                let node = builder.scalar(value.as_ref(), style, span, tag.as_deref());
                let size = size(&node);
                builder.finish(node, size, anchor, tag.as_deref())?
            }
            Event::Alias(anchor) => builder.alias(anchor, span)?,
            Event::SequenceStart(..) | Event::MappingStart(..) if pending.len() >= MAX_DEPTH => {
                let message = format!("the document nests deeper than {MAX_DEPTH} levels");
                return Err(Fault::new(Code::DocumentLimit, span, message));
            }
            Event::SequenceStart(_, anchor, tag) => {
                let tag = tag.map(|tag| tag.into_owned());
                pending.push(PendingNode { items: Vec::new(), size: 1, is_map: false, anchor, tag, span });
                continue;
            }
            Event::MappingStart(_, anchor, tag) => {
                let tag = tag.map(|tag| tag.into_owned());
                pending.push(PendingNode { items: Vec::new(), size: 1, is_map: true, anchor, tag, span });
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let Some(PendingNode { items, size, is_map, anchor, tag, span }) = pending.pop() else { continue };
                let data = if is_map { Data::Map(builder.pairs(items)?) } else { Data::List(items) };
                builder.finish(Node::new(span, data), size, anchor, tag.as_ref())?
            }
            Event::DocumentEnd => break,
            _ => continue,
        };
        match pending.last_mut() {
            Some(parent) => {
                parent.size = parent.size.saturating_add(finished.1);
                parent.items.push(finished.0);
            }
            None => {
                let second = parser.map_while(Result::ok).find_map(|(event, at)| match event {
                    Event::Scalar(value, ..) if value.is_empty() => Some(None),
                    Event::Scalar(..) | Event::SequenceStart(..) | Event::MappingStart(..) => Some(Some(at.start)),
                    _ => None,
                });
                let place = |at: Marker| {
                    let at = builder.offset(&at);
                    Span { file, start: at, end: at, style: Style::Verbatim }
                };
                return Ok((finished.0, second.flatten().map(place)));
            }
        }
    }
    Ok((Node::null(Span { file, ..Span::default() }), None))
}

/// A list or map that is still being parsed; `items` of a map alternates keys and values.
struct PendingNode {
    items: Vec<Node>,
    /// Size of the list or map with all that is in it so far.
    size: usize,
    is_map: bool,
    anchor: usize,
    tag: Option<Tag>,
    span: Span,
}

struct Builder<'a> {
    text: &'a str,
    /// Values by anchor, each with its size.
    anchors: HashMap<usize, (Node, usize)>,
    nodes: usize,
    duplicates: &'a mut Duplicates,
    budget: &'a Budget<'a>,
}

impl Builder<'_> {
    /// Returns the byte offset of a place.
    fn offset(&self, marker: &Marker) -> u32 {
        marker.byte_offset().unwrap_or(self.text.len()).min(self.text.len()) as u32
    }

    fn scalar(&self, value: &str, style: ScalarStyle, mut span: Span, tag: Option<&Tag>) -> Node {
        let raw = self.text.get(span.start as usize..span.end as usize).unwrap_or_default();
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
        let forced = tag.is_some_and(|tag| tag.is_yaml_core_schema_tag("str"));
        // `!!int "5"` is a number though it has quotes.
        let is_resolved = tag.is_some_and(|tag| RESOLVED.iter().any(|name| tag.is_yaml_core_schema_tag(name)));
        let data = if style == ScalarStyle::Plain && !forced || is_resolved { resolve(value) } else { None };
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

    /// Expands the tag of a value, and keeps the value for the aliases of its anchor.
    fn finish(&mut self, node: Node, size: usize, anchor: usize, tag: Option<&Tag>) -> Result<(Node, usize), Fault> {
        self.count(1, node.span)?;
        let node = match tag {
            Some(tag) => self.tagged(tag, node),
            None => node,
        };
        if anchor > 0 {
            // The copy counts like an alias: anchors may nest.
            self.count(size, node.span)?;
            self.anchors.insert(anchor, (node.clone(), size));
        }
        Ok((node, size))
    }

    /// Expands a tag, or tells that it is not read.
    fn tagged(&mut self, tag: &Tag, node: Node) -> Node {
        let whole = format!("{}{}", tag.handle(), tag.suffix());
        match (whole.strip_prefix('!'), whole.strip_prefix(CORE)) {
            (Some(""), _) => node,
            (Some(name), _) => intrinsic(name, node),
            (_, Some(name)) if RESOLVED.contains(&name) || matches!(name, "str" | "seq" | "map" | "merge") => node,
            (_, name) => {
                let shown = name.map_or_else(|| whole.clone(), |name| format!("!!{name}"));
                self.duplicates.add_tag(&shown, node.span);
                node
            }
        }
    }

    fn alias(&mut self, anchor: usize, span: Span) -> Result<(Node, usize), Fault> {
        let size = self.anchors.get(&anchor).map_or(1, |(_, size)| *size);
        self.count(size, span)?;
        let anchored = self.anchors.get(&anchor).map(|(node, _)| (node.clone(), size));
        anchored.ok_or_else(|| Fault::new(Code::CircularReference, span, "the alias is within its own anchor"))
    }

    fn count(&mut self, nodes: usize, span: Span) -> Result<(), Fault> {
        self.nodes = self.nodes.saturating_add(nodes);
        if self.nodes <= MAX_NODES {
            return self.budget.spend(nodes.saturating_mul(STEPS), nodes.saturating_mul(VALUE), span);
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
            // A list with anything but maps is no merge: `<<` stays, as a name that does not exist.
            let is_merge = value.is_map() || (!value.items().is_empty() && value.items().iter().all(Node::is_map));
            // In quotes it is a name, to YAML's own readers too.
            if key.as_str() == Some("<<") && key.span.style == Style::Verbatim && is_merge {
                for source in value.each() {
                    merged.extend(source.entries().iter().cloned());
                }
                continue;
            }
            // Keys are strings: `200:` means "200".
            let word = if key.as_str().is_none() { key.to_word() } else { None };
            let key = word.map_or(key.clone(), |word| Node::text(key.span, word));
            entries.push((key, value));
        }
        check_keys(&entries)?;
        let mut entries = unique(entries, self.duplicates);
        if !merged.is_empty() {
            let mut known: HashSet<String> =
                entries.iter().filter_map(|(key, _)| key.as_str()).map(str::to_owned).collect();
            // Of several merged maps the first one counts.
            merged.retain(|(key, _)| key.as_str().is_none_or(|key| known.insert(key.to_owned())));
            merged.append(&mut entries);
            return Ok(merged);
        }
        Ok(entries)
    }
}

/// Start of the tags that YAML defines.
const CORE: &str = "tag:yaml.org,2002:";

/// Types of scalars that a tag gives to one in quotes too.
const RESOLVED: &[&str] = &["int", "float", "bool", "null"];

/// Returns the size of a scalar: a long string that is written once may be repeated by aliases.
fn size(node: &Node) -> usize {
    1 + (node.own_weight() - VALUE) / 64
}

/// Returns the value of a plain scalar that is not a string: the types of YAML 1.1 that SnakeYAML and
/// PyYAML resolve, except for dates and numbers in base 60.
fn resolve(word: &str) -> Option<Data> {
    const NULLS: &[&str] = &["", "~", "null", "Null", "NULL"];
    const TRUE: &[&str] = &["true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"];
    const FALSE: &[&str] = &["false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"];
    match word {
        _ if NULLS.contains(&word) => Some(Data::Null),
        _ if TRUE.contains(&word) => Some(Data::Bool(true)),
        _ if FALSE.contains(&word) => Some(Data::Bool(false)),
        _ => number(word).map(Data::Number),
    }
}

/// Returns the text of a number: decimal numbers as they are written, all others in base 10.
fn number(word: &str) -> Option<String> {
    let (sign, digits) = match word.strip_prefix(['-', '+']) {
        Some(digits) => (if word.starts_with('-') { "-" } else { "" }, digits),
        None => ("", word),
    };
    let in_base = |digits: &str, base: u32| {
        let is_number = digits.starts_with(|first: char| first.is_digit(base));
        let value = u64::from_str_radix(&digits.replace('_', ""), base).ok().filter(|_| is_number);
        value.map(|value| format!("{sign}{value}"))
    };
    if let Some(digits) = digits.strip_prefix("0x") {
        return in_base(digits, 16);
    }
    if let Some(digits) = digits.strip_prefix("0b") {
        return in_base(digits, 2);
    }
    let is_octal = |digits: &str| digits.bytes().all(|digit| b"01234567_".contains(&digit));
    if let Some(digits) = digits.strip_prefix('0').filter(|digits| !digits.is_empty() && is_octal(digits)) {
        return in_base(digits, 8);
    }
    if digits.contains('_') && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_') {
        return in_base(digits, 10);
    }
    let is_decimal = digits.starts_with(|first: char| first.is_ascii_digit() || first == '.')
        && digits.bytes().any(|byte| byte.is_ascii_digit())
        && digits.bytes().all(|byte| byte.is_ascii_digit() || b".eE+-".contains(&byte));
    (is_decimal && word.parse::<f64>().is_ok()).then(|| word.to_owned())
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
