//! The files of a document, and the mapping from an offset in a string back to a line of a file.
//!
//! An error in a template inside a YAML block must lead to a line of the YAML file. So an offset in
//! a string is mapped through escapes, indentation and folding to an offset in the file. If that
//! file is itself a string in another file (an OpenAPI document in a heredoc), the mapping goes on
//! to the outer file.

use crate::span::{Piece, Span, Style};
use crate::syntax::tree::{Data, Node, Text};
use std::ops::Range;
use std::sync::Arc;
use vtl::diagnostic::Location;

/// A file, or a string that was parsed as a file.
#[derive(Debug)]
struct Source {
    name: String,
    text: Arc<str>,
    /// Offset of the first byte of each line.
    lines: Vec<u32>,
    /// Number of characters before each block of [`BLOCK`] bytes: a document may be one long line.
    characters: Vec<u32>,
    /// The string that this source is, if it is a part of another source.
    within: Option<Origin>,
}

/// Bytes between two counts of characters.
const BLOCK: usize = 1_024;

/// Counts the characters whose first byte is among the bytes.
fn count_characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| (**byte as i8) >= -0x40).count()
}

impl Source {
    fn characters_before(&self, offset: usize) -> usize {
        let offset = offset.min(self.text.len());
        let block = offset / BLOCK;
        let counted = self.characters.get(block).copied().unwrap_or_default() as usize;
        match self.text.as_bytes().get(block * BLOCK..offset) {
            Some(rest) if block < self.characters.len() => counted + count_characters(rest),
            // The offset is the end of the last block.
            _ => count_characters(self.text.as_bytes()),
        }
    }

    /// Returns line and column of an offset, both from 1.
    fn line_column(&self, offset: usize) -> (usize, usize) {
        let line = self.lines.partition_point(|start| *start as usize <= offset).saturating_sub(1);
        let start = self.lines.get(line).copied().unwrap_or_default() as usize;
        let column = self.characters_before(offset).saturating_sub(self.characters_before(start)) + 1;
        (line + 1, column)
    }
}

/// The places where a string is written.
#[derive(Clone, Debug)]
pub(crate) struct Origin {
    span: Span,
    pieces: Option<Arc<[Piece]>>,
}

impl Origin {
    /// Returns the origin of a value.
    pub(crate) fn of(node: &Node) -> Self {
        let pieces = match &node.data {
            Data::Text(Text { pieces, .. }) => pieces.clone(),
            _ => None,
        };
        Origin { span: node.span, pieces }
    }
}

/// Which side of an offset is meant where two pieces of a string meet.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Start,
    End,
}

/// All files of a document.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    files: Vec<Source>,
}

impl Sources {
    /// Adds a file and returns its index.
    pub(crate) fn add(&mut self, name: impl Into<String>, text: impl Into<Arc<str>>) -> u32 {
        self.insert(name.into(), text.into(), None)
    }

    /// Adds a string of another file as a file of its own and returns its index.
    pub(crate) fn add_within(&mut self, node: &Node) -> u32 {
        let name = self.files.get(node.span.file as usize).map_or_else(String::new, |file| file.name.clone());
        self.insert(name, node.as_str().unwrap_or_default().into(), Some(Origin::of(node)))
    }

    fn insert(&mut self, name: String, text: Arc<str>, within: Option<Origin>) -> u32 {
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at as u32 + 1);
        let lines = std::iter::once(0).chain(breaks).collect();
        let mut count = 0;
        let mut characters = Vec::with_capacity(text.len() / BLOCK + 1);
        for block in text.as_bytes().chunks(BLOCK) {
            characters.push(count);
            count += count_characters(block) as u32;
        }
        self.files.push(Source { name, text, lines, characters, within });
        (self.files.len() - 1) as u32
    }

    /// Returns the text of a file.
    pub(crate) fn text(&self, file: u32) -> Arc<str> {
        self.files.get(file as usize).map_or_else(|| Arc::from(""), |file| file.text.clone())
    }

    /// Returns the name of a file; empty if there is none.
    pub(crate) fn name(&self, file: u32) -> String {
        self.files.get(file as usize).map_or_else(String::new, |file| file.name.clone())
    }

    /// Returns the text of the file with a name; strings within files do not count.
    pub(crate) fn text_of(&self, name: &str) -> Option<&str> {
        self.files.iter().find(|file| file.within.is_none() && file.name == name).map(|file| &*file.text)
    }

    /// Returns the span of a whole file.
    pub(crate) fn whole(&self, file: u32) -> Span {
        Span { file, start: 0, end: self.text(file).len() as u32, style: Style::Verbatim }
    }

    /// Returns the text in a span.
    pub(crate) fn slice(&self, span: Span) -> &str {
        let text = self.files.get(span.file as usize).map_or("", |file| &*file.text);
        text.get(span.start as usize..span.end as usize).unwrap_or_default()
    }

    /// Returns the location of a span in the outermost file.
    pub(crate) fn location(&self, span: Span) -> Location {
        let start = self.outermost(span.file, span.start as usize, Side::Start, 0);
        self.location_between(start, self.outermost(span.file, span.end as usize, Side::End, 0))
    }

    /// Returns the span of a range of bytes within a string, in the outermost file.
    pub(crate) fn span_within(&self, node: &Node, range: Range<usize>) -> Span {
        let origin = Origin::of(node);
        let (file, start) = self.written(&origin, range.start, Side::Start, 0);
        let (end_file, end) = self.written(&origin, range.end, Side::End, 0);
        let end = if end_file == file { end.max(start) } else { start };
        Span { file, start: start as u32, end: end as u32, style: Style::Verbatim }
    }

    /// Returns the location of a range of bytes within a string.
    pub(crate) fn locate(&self, origin: &Origin, range: Range<usize>) -> Location {
        let start = self.written(origin, range.start, Side::Start, 0);
        if range.end <= range.start {
            return self.location_between(start, start);
        }
        self.location_between(start, self.written(origin, range.end, Side::End, 0))
    }

    /// Returns the location of a whole value.
    pub(crate) fn location_of(&self, origin: &Origin) -> Location {
        let start = self.written(origin, 0, Side::Start, 0);
        self.location_between(start, self.outermost(origin.span.file, origin.span.end as usize, Side::End, 0))
    }

    fn written(&self, origin: &Origin, offset: usize, side: Side, depth: usize) -> (u32, usize) {
        let begins = |piece: &&Piece| if side == Side::Start { piece.at <= offset } else { piece.at < offset };
        let (span, offset) = match &origin.pieces {
            None => (origin.span, offset),
            Some(pieces) => match pieces.iter().rfind(begins) {
                Some(piece) => (piece.span, (piece.skip + offset).saturating_sub(piece.at)),
                None => (origin.span, 0),
            },
        };
        let raw = written_offset(self.slice(span), span.style, offset);
        self.outermost(span.file, span.start as usize + raw, side, depth)
    }

    /// Maps an offset of a string in a file to that file, and so on. More than a few levels do not
    /// occur in real documents.
    fn outermost(&self, file: u32, offset: usize, side: Side, depth: usize) -> (u32, usize) {
        let within = self.files.get(file as usize).and_then(|source| source.within.as_ref());
        match within.filter(|_| depth < 8) {
            Some(within) => self.written(within, offset, side, depth + 1),
            None => (file, offset),
        }
    }

    /// Returns the location between two offsets; of a range that is not within one file, its start.
    fn location_between(&self, (file, start): (u32, usize), (end_file, end): (u32, usize)) -> Location {
        let Some(source) = self.files.get(file as usize) else { return Location::new(1, 1) };
        let (line, column) = source.line_column(start);
        let location = Location::new(line, column).in_file(source.name.as_str());
        let is_range = file == end_file && end > start;
        if is_range { location.until(source.line_column(end)) } else { location }
    }
}

/// Maps an offset of a string to the offset in `raw`, the source text that the string is written as.
fn written_offset(raw: &str, style: Style, offset: usize) -> usize {
    match style {
        Style::Verbatim => offset.min(raw.len()),
        Style::Double => through_quotes(raw, 1, offset, double_escape),
        Style::Single => through_quotes(raw, 1, offset, |rest| rest.starts_with("''").then_some((2, 1))),
        Style::Quoted => through_quotes(raw, 0, offset, hcl_escape),
        Style::Plain => through_quotes(raw, 0, offset, |_| None),
        Style::Literal(indent) => {
            let header = header(raw);
            header + through_lines(&raw[header..], offset, usize::from(indent), carriage_return)
        }
        Style::Folded(indent) => {
            let header = header(raw);
            header + through_folds(&raw[header..], offset, usize::from(indent))
        }
        Style::Heredoc(indent) => through_lines(raw, offset, usize::from(indent), doubled_sign),
    }
}

/// Returns the length of an escape at the start of a text, and the length of the text it denotes.
type Escape = fn(&str) -> Option<(usize, usize)>;

fn double_escape(rest: &str) -> Option<(usize, usize)> {
    let hex = |from: usize, len: usize| u32::from_str_radix(rest.get(from..from + len)?, 16).ok();
    let length = |code: u32| char::from_u32(code).map_or(3, char::len_utf8);
    match rest.strip_prefix('\\')?.chars().next()? {
        'u' => match hex(2, 4)? {
            // A surrogate pair.
            0xD800..=0xDBFF => Some((12, 4)),
            code => Some((6, length(code))),
        },
        'x' => Some((4, length(hex(2, 2)?))),
        'U' => Some((10, length(hex(2, 8)?))),
        '\n' => Some((2 + rest[2..].len() - rest[2..].trim_start_matches([' ', '\t']).len(), 0)),
        'N' | '_' => Some((2, 2)),
        'L' | 'P' => Some((2, 3)),
        other => Some((1 + other.len_utf8(), 1)),
    }
}

fn hcl_escape(rest: &str) -> Option<(usize, usize)> {
    if rest.starts_with("$${") || rest.starts_with("%%{") {
        return Some((3, 2));
    }
    double_escape(rest)
}

/// Maps an offset through escapes and folded line ends.
fn through_quotes(raw: &str, quote: usize, offset: usize, escape: Escape) -> usize {
    let (mut at, mut reached) = (quote.min(raw.len()), 0);
    while reached < offset {
        let Some(rest) = raw.get(at..).filter(|rest| !rest.is_empty()) else { break };
        let (written, meant) = match escape(rest) {
            Some(lengths) => lengths,
            None => {
                let blank = rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len();
                let breaks = rest[..blank].bytes().filter(|byte| *byte == b'\n').count();
                match rest.chars().next() {
                    // A line end and the blanks around it fold to one blank; n empty lines to n line ends.
                    Some(_) if breaks > 0 => (blank, (breaks - 1).max(1)),
                    Some(other) => (other.len_utf8(), other.len_utf8()),
                    None => break,
                }
            }
        };
        at += written;
        reached += meant;
    }
    // An escaped line end stands for nothing.
    while let Some((written, 0)) = raw.get(at..).and_then(escape) {
        at += written;
    }
    at.min(raw.len())
}

/// Returns the length of the line with YAML's `|` or `>`.
fn header(raw: &str) -> usize {
    raw.find('\n').map_or(raw.len(), |end| end + 1)
}

/// Maps an offset through lines whose first `indent` blanks were cut.
fn through_lines(raw: &str, offset: usize, indent: usize, escape: Escape) -> usize {
    let (mut at, mut left) = (0, offset);
    for line in raw.split_inclusive('\n') {
        let taken = blanks(line).min(indent);
        let content = &line[taken..];
        let written = content.char_indices().filter_map(|(at, _)| escape(&content[at..]));
        let saved: usize = written.map(|(written, meant)| written - meant).sum();
        if left < content.len() - saved {
            return at + taken + if saved == 0 { left } else { through_quotes(content, 0, left, escape) };
        }
        left -= content.len() - saved;
        at += line.len();
    }
    at.min(raw.len())
}

/// Maps an offset through the lines of a folded block, whose first `indent` blanks were cut.
///
/// A line end folds to a blank, and one of several line ends is dropped, except next to a line that
/// is indented further.
fn through_folds(raw: &str, offset: usize, indent: usize) -> usize {
    let lines: Vec<&str> = raw.split_inclusive('\n').collect();
    let is_empty = |line: &str| line.trim().is_empty();
    let is_further = |line: &str| blanks(line) > indent;
    let (mut start, mut left) = (0, offset);
    for (at, line) in lines.iter().enumerate() {
        let taken = blanks(line).min(indent);
        let content = line[taken..].trim_end_matches(['\r', '\n']);
        let next = lines[at + 1..].iter().find(|line| !is_empty(line));
        let is_lost = !is_empty(line)
            && lines.get(at + 1).is_some_and(|line| is_empty(line))
            && next.is_some_and(|next| !is_further(line) && !is_further(next));
        let meant = if is_empty(line) && content.len() <= indent { 0 } else { content.len() } + usize::from(!is_lost);
        if left < meant {
            return start + taken + left;
        }
        left -= meant;
        start += line.len();
    }
    start.min(raw.len())
}

fn blanks(line: &str) -> usize {
    line.len() - line.trim_start_matches([' ', '\t']).len()
}

/// YAML reads `\r\n` as `\n`.
fn carriage_return(rest: &str) -> Option<(usize, usize)> {
    rest.starts_with("\r\n").then_some((2, 1))
}

fn doubled_sign(rest: &str) -> Option<(usize, usize)> {
    (rest.starts_with("$${") || rest.starts_with("%%{")).then_some((3, 2))
}
