//! The nesting of a document's maps, in JSON by braces and in YAML by indentation: read in one pass, without
//! a parser, so that it holds for documents that do not parse.

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
}

/// The parts of a document, in the order of their starts.
#[derive(Debug)]
pub(crate) struct Outline {
    parts: Vec<Part>,
    is_json: bool,
}

impl Outline {
    /// Reads a document.
    pub fn new(source: &str) -> Outline {
        let is_json = source.trim_start().starts_with('{');
        Outline { parts: if is_json { braces(source) } else { indented(source) }, is_json }
    }

    /// Returns the lines of the map that is `levels` around the key at an offset; all lines if there is none.
    pub fn around(&self, at: usize, levels: usize) -> RangeInclusive<usize> {
        let before = self.parts.partition_point(|part| part.start <= at);
        let mut part = before.checked_sub(1);
        while let Some(inner) = part.filter(|part| self.parts[*part].end <= at) {
            part = self.parts[inner].around;
        }
        // In YAML the innermost part is the key's own line.
        for _ in usize::from(self.is_json)..levels {
            part = part.and_then(|part| self.parts[part].around);
        }
        part.map_or(1..=usize::MAX, |part| self.parts[part].lines.0..=self.parts[part].lines.1)
    }
}

fn braces(source: &str) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    let mut line = 1;
    let (mut in_string, mut is_escaped) = (false, false);
    for (at, byte) in source.bytes().enumerate() {
        match byte {
            b'\n' => line += 1,
            _ if is_escaped => {
                is_escaped = false;
                continue;
            }
            b'\\' if in_string => is_escaped = true,
            b'"' => in_string = !in_string,
            b'{' if !in_string => {
                let around = open.last().copied();
                open.push(parts.len());
                parts.push(Part { start: at, lines: (line, usize::MAX), end: source.len() + 1, around });
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
            parts.push(Part { start, lines: (number, number), end: source.len() + 1, around });
        }
        start += line.len();
    }
    for (part, _) in open {
        parts[part].lines.1 = number;
    }
    parts
}
