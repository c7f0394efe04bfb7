//! The nesting of a document's maps, in JSON by braces and in YAML by indentation: read in one pass, without
//! a parser, so that it holds for documents that do not parse.

use std::cell::Cell;
use std::collections::HashMap;
use std::ops::RangeInclusive;

/// A map, or a line of YAML with what is indented below it.
#[derive(Clone, Copy, Debug)]
struct Part {
    /// Offset of the first byte.
    start: usize,
    /// First and last line.
    lines: (usize, usize),
    /// Offset behind the last byte.
    end: usize,
    /// Index of the part around it.
    around: Option<usize>,
    /// Bytes of the key that it is the value of, without quotes; empty if it has none.
    key: (usize, usize),
}

/// A place in a document for the names of rules.
#[derive(Debug)]
pub(crate) struct Place {
    pub at: usize,
    /// Text in front of the names, between them and behind them.
    pub before: String,
    pub between: &'static str,
    pub behind: String,
}

/// Property of OpenAPI that has the suppressions.
const OPENAPI: &str = "x-vtl-ignore";
/// Property of CloudFormation's `Metadata` that has them.
const METADATA: &str = "vtl-ignore";

/// The map that has the suppressions of a place, and the name of the property under which they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Owner {
    part: usize,
    property: &'static str,
    /// Name of a map in it that is yet to be written around the property.
    outer: Option<&'static str>,
}

/// The parts of a document, in the order of their starts.
#[derive(Debug)]
pub(crate) struct Outline {
    parts: Vec<Part>,
    is_json: bool,
    /// The last part in front of an offset that was looked at, and the innermost around the offset.
    last: Cell<(Option<usize>, Option<usize>)>,
}

impl Outline {
    /// Reads a document.
    pub fn new(source: &str) -> Outline {
        let is_json = source.trim_start().starts_with('{');
        let parts = if is_json { braces(source) } else { indented(source) };
        Outline { parts, is_json, last: Cell::default() }
    }

    /// Returns the first part in each with a name as its key, by the part around it.
    fn members(&self, source: &str, name: &str) -> HashMap<usize, usize> {
        let named = |part: &Part| source.get(part.key.0..part.key.1) == Some(name);
        let members = self.parts.iter().enumerate().rev().filter(|(_, part)| named(part));
        members.filter_map(|(at, part)| Some((part.around?, at))).collect()
    }

    /// Returns the start of the innermost part around an offset: in YAML of its line.
    pub fn start_around(&self, at: usize) -> usize {
        let before = self.parts.partition_point(|part| part.start <= at);
        before.checked_sub(1).map_or(0, |part| self.parts[part].start)
    }

    /// Checks for a document in JSON.
    pub fn is_json(&self) -> bool {
        self.is_json
    }

    /// Returns the lines of the map that is `levels` around the key at an offset; all lines if there is none. It is
    /// asked for offsets in their order: behind many parts that have ended it goes on from the last answer.
    pub fn around(&self, at: usize, levels: usize) -> RangeInclusive<usize> {
        let before = self.parts.partition_point(|part| part.start <= at).checked_sub(1);
        let (last, around) = self.last.get();
        let mut part = if last == before { around } else { before };
        while let Some(inner) = part.filter(|part| self.parts[*part].end <= at) {
            part = self.parts[inner].around;
        }
        self.last.set((before, part));
        // In YAML the innermost part is the key's own line.
        for _ in usize::from(self.is_json)..levels {
            part = part.and_then(|part| self.parts[part].around);
        }
        part.map_or(1..=usize::MAX, |part| self.parts[part].lines.0..=self.parts[part].lines.1)
    }
}

impl Outline {
    /// Returns the owners of the suppressions of what is at each offset: the operation, path or document (OpenAPI), or
    /// the resource (CloudFormation).
    pub fn owners(&self, source: &str, offsets: &[usize]) -> Vec<Option<Owner>> {
        let metadata = self.members(source, "Metadata");
        let root = match ["\"Resources\"", "\"openapi\"", "\"swagger\""].map(|word| source.contains(word)) {
            [true, ..] => Some((METADATA, Some("Metadata"))),
            [_, false, false] => None,
            _ => Some((OPENAPI, None)),
        };
        offsets.iter().map(|at| self.owner(source, *at, &metadata, root)).collect()
    }

    fn owner(
        &self,
        source: &str,
        at: usize,
        metadata: &HashMap<usize, usize>,
        root: Option<(&'static str, Option<&'static str>)>,
    ) -> Option<Owner> {
        let key = |part: usize| source.get(self.parts[part].key.0..self.parts[part].key.1).unwrap_or_default();
        let mut chain = Vec::new();
        let mut part = self.parts.partition_point(|part| part.start <= at).checked_sub(1);
        while let Some(inner) = part {
            if self.parts[inner].end > at {
                chain.push(inner);
            }
            part = self.parts[inner].around;
        }
        chain.reverse();
        let named = &chain[usize::from(self.is_json).min(chain.len())..];
        match named.first().map(|part| key(*part)) {
            Some("Resources") if named.len() > 1 => Some(match metadata.get(&named[1]) {
                Some(metadata) => Owner { part: *metadata, property: METADATA, outer: None },
                None => Owner { part: named[1], property: METADATA, outer: Some("Metadata") },
            }),
            Some("paths") if named.len() > 1 => {
                let operation = named.get(2).filter(|part| is_method(key(**part)));
                Some(Owner { part: *operation.unwrap_or(&named[1]), property: OPENAPI, outer: None })
            }
            _ => {
                let part = chain.first().copied().filter(|_| self.is_json)?;
                root.map(|(property, outer)| Owner { part, property, outer })
            }
        }
    }

    /// Returns the place for suppressions in their owner, which may have some already.
    pub fn place_of_ignore(&self, source: &str, owner: Owner, line_end: &str) -> Option<Place> {
        let Owner { part, property, outer } = owner;
        let Part { start, end, .. } = self.parts[part];
        let own = source.get(start..end.min(source.len()))?;
        let quoted = |name: &str| if self.is_json { format!("\"{name}\"") } else { name.to_owned() };
        let inner = |at: usize| self.parts[self.parts.partition_point(|part| part.start <= at) - 1];
        let there = own.match_indices(&quoted(property)).map(|(at, _)| start + at).find(|at| match self.is_json {
            true => inner(*at).start == start,
            false => inner(*at).around == Some(part) && source[inner(*at).key.0..].starts_with(property),
        });
        if let Some(at) = there.filter(|_| outer.is_none()) {
            return self.place_beside(source, at + quoted(property).len());
        }
        let (open, between, close) = if self.is_json { ("[\"", "\", \"", "\"]") } else { ("[", ", ", "]") };
        let head = format!("{}: ", quoted(property));
        let (head, tail) = match outer {
            Some(outer) => (format!("{}: {{{head}{open}", quoted(outer)), format!("{close}}}")),
            None => (format!("{head}{open}"), close.to_owned()),
        };
        let line = own.split_inclusive('\n').next()?;
        let brace = if self.is_json { Some(0) } else { line.find(": {").map(|at| at + 2) };
        if let Some(brace) = brace {
            let at = start + brace + 1;
            let rest = source.get(at..)?;
            let is_empty = rest.trim_start().starts_with('}');
            let comma = if is_empty { "" } else { "," };
            let blank = &rest[..rest.len() - rest.trim_start().len()];
            // The members below have lines of their own.
            let (before, behind) = match blank.contains('\n') && !is_empty {
                true => (blank, ""),
                false if is_empty => ("", ""),
                false => ("", " "),
            };
            return Some(Place {
                at,
                before: format!("{before}{head}"),
                between,
                behind: format!("{tail}{comma}{behind}"),
            });
        }
        // The block of YAML below the key: before its first line.
        let child = own.split_inclusive('\n').skip(1).find(|line| !line.trim().is_empty())?;
        let indent = &child[..child.len() - child.trim_start().len()];
        let at = start + line.len();
        // On lines of their own, so that the metadata is a map of its own.
        let (head, tail) = match outer {
            Some(outer) => (format!("{outer}:{line_end}{indent}  {property}: {open}"), close),
            None => (head, close),
        };
        Some(Place { at, before: format!("{indent}{head}"), between, behind: format!("{tail}{line_end}") })
    }

    /// Returns the place for more names of a property whose key ends at an offset.
    fn place_beside(&self, source: &str, end: usize) -> Option<Place> {
        let colon = end + source.get(end..)?.find(':')? + 1;
        let rest = source.get(colon..)?;
        let value = rest.trim_start();
        let at = source.len() - value.len();
        // Blanks in front of the value on its own line.
        let blank = &rest[..rest.len() - value.len()];
        let indent = &blank[blank.rfind('\n').map_or(0, |at| at + 1)..];
        let place = |at: usize, before: &str, between, behind: &str| {
            Some(Place { at, before: before.to_owned(), between, behind: behind.to_owned() })
        };
        match value.chars().next()? {
            '[' if value[1..].trim_start().starts_with(']') && self.is_json => place(at + 1, "\"", "\", \"", "\""),
            '[' if self.is_json => place(at + 1, "\"", "\", \"", "\", "),
            '[' if value[1..].trim_start().starts_with(']') => place(at + 1, "", ", ", ""),
            '[' => place(at + 1, "", ", ", ", "),
            '"' | '\'' => place(at + 1, "", ", ", ", "),
            '-' => place(at, "- ", ", ", &format!("\n{}", indent)),
            _ => place(at, "", ", ", ", "),
        }
    }
}

/// Checks for the key of an operation.
fn is_method(key: &str) -> bool {
    let known = ["get", "put", "post", "delete", "options", "head", "patch", "trace", "x-amazon-apigateway-any-method"];
    known.contains(&key)
}

fn braces(source: &str) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    let mut line = 1;
    let (mut in_string, mut is_escaped) = (false, false);
    // Start and end of the last string, and the key whose value comes next.
    let (mut string, mut key) = ((0, 0), (0, 0));
    for (at, byte) in source.bytes().enumerate() {
        match byte {
            b'\n' => line += 1,
            _ if is_escaped => {
                is_escaped = false;
                continue;
            }
            b'\\' if in_string => is_escaped = true,
            b'"' => {
                in_string = !in_string;
                string = if in_string { (at + 1, at + 1) } else { (string.0, at) };
            }
            b':' if !in_string => key = string,
            b',' | b'[' | b']' if !in_string => key = (0, 0),
            b'{' if !in_string => {
                let around = open.last().copied();
                open.push(parts.len());
                parts.push(Part { start: at, lines: (line, usize::MAX), end: source.len() + 1, around, key });
                key = (0, 0);
            }
            b'}' if !in_string => {
                if let Some(part) = open.pop() {
                    parts[part].lines.1 = line;
                    parts[part].end = at + 1;
                }
            }
            _ => {}
        }
    }
    parts
}

fn indented(source: &str) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    // Parts that are open, with their indentation.
    let mut open: Vec<(usize, usize)> = Vec::new();
    let (mut start, mut number) = (0, 0);
    for line in source.split_inclusive('\n') {
        number += 1;
        let text = line.trim_start();
        let indent = line.len() - text.len();
        if !text.trim().is_empty() && !text.starts_with('#') {
            while let Some((part, _)) = open.pop_if(|(_, own)| *own >= indent) {
                parts[part].lines.1 = number - 1;
                parts[part].end = start;
            }
            let around = open.last().map(|(part, _)| *part);
            open.push((parts.len(), indent));
            let word = text.trim_start_matches("- ").trim_start_matches(['"', '\'']);
            let from = start + line.len() - word.len();
            let key = (from, from + word.find(['"', '\'', ':']).unwrap_or(0));
            parts.push(Part { start, lines: (number, number), end: source.len() + 1, around, key });
        }
        start += line.len();
    }
    for (part, _) in open {
        parts[part].lines.1 = number;
    }
    parts
}
