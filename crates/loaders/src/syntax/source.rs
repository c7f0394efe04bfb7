//! The files of a document, and the way from a place in a value back to a line in one of them.
//!
//! A template inside a YAML block has its own lines; who mends it wants the line of the file. So an offset within a text is
//! followed through the text's spelling (escapes, indentation, folding) to an offset in the file, and where the file is itself a text
//! within another file (an OpenAPI document in a heredoc), on to that one.

use crate::syntax::tree::{Data, Node, Piece, Span, Style, Text};
use std::rc::Rc;

/// A line and column of a file; both begin with 1, and columns count characters.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Place {
    /// The file's name.
    pub file: String,
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

#[derive(Debug)]
struct Source {
    name: String,
    text: Rc<str>,
    lines: Vec<u32>,
    /// How many characters begin before each block of bytes; a document may be one long line.
    characters: Vec<u32>,
    /// The text this one was written as, if it stands within another file.
    within: Option<Origin>,
}

/// The bytes of a block.
const BLOCK: usize = 1_024;

/// How many characters begin in some bytes.
fn begun(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| (**byte as i8) >= -0x40).count()
}

impl Source {
    fn characters_before(&self, offset: usize) -> usize {
        let offset = offset.min(self.text.len());
        let block = offset / BLOCK;
        let counted = self.characters.get(block).copied().unwrap_or_default() as usize;
        match self.text.as_bytes().get(block * BLOCK..offset) {
            Some(rest) if block < self.characters.len() => counted + begun(rest),
            // The end of the text is the end of its last block.
            _ => begun(self.text.as_bytes()),
        }
    }
}

/// Where a text comes from.
#[derive(Clone, Debug)]
pub(crate) struct Origin {
    span: Span,
    pieces: Option<Rc<[Piece]>>,
}

impl Origin {
    pub(crate) fn of(node: &Node) -> Self {
        let pieces = match &node.data {
            Data::Text(Text { pieces, .. }) => pieces.clone(),
            _ => None,
        };
        Origin { span: node.span, pieces }
    }
}

/// All files of a document.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    files: Vec<Source>,
}

impl Sources {
    /// Adds a file and gives its index.
    pub(crate) fn add(&mut self, name: impl Into<String>, text: impl Into<Rc<str>>) -> u32 {
        self.insert(name.into(), text.into(), None)
    }

    /// Adds a text of another file as a file of its own.
    pub(crate) fn add_within(&mut self, node: &Node) -> u32 {
        let name = self.files.get(node.span.file as usize).map_or_else(String::new, |file| file.name.clone());
        self.insert(name, node.as_str().unwrap_or_default().into(), Some(Origin::of(node)))
    }

    fn insert(&mut self, name: String, text: Rc<str>, within: Option<Origin>) -> u32 {
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at as u32 + 1);
        let lines = std::iter::once(0).chain(breaks).collect();
        let mut count = 0;
        let mut characters = Vec::with_capacity(text.len() / BLOCK + 1);
        for block in text.as_bytes().chunks(BLOCK) {
            characters.push(count);
            count += begun(block) as u32;
        }
        self.files.push(Source { name, text, lines, characters, within });
        (self.files.len() - 1) as u32
    }

    /// The text of a file.
    pub(crate) fn text(&self, file: u32) -> Rc<str> {
        self.files.get(file as usize).map_or_else(|| Rc::from(""), |file| file.text.clone())
    }

    /// The whole of a file.
    pub(crate) fn whole(&self, file: u32) -> Span {
        Span { file, start: 0, end: self.text(file).len() as u32, style: Style::Verbatim }
    }

    /// What is written at a place.
    pub(crate) fn slice(&self, span: Span) -> &str {
        let text = self.files.get(span.file as usize).map_or("", |file| &*file.text);
        text.get(span.start as usize..span.end as usize).unwrap_or_default()
    }

    /// The line and column where something begins.
    pub(crate) fn place(&self, span: Span) -> Place {
        self.line_column(self.outermost(span.file, span.start as usize, 0))
    }

    /// The line and column of an offset within a text.
    pub(crate) fn locate(&self, origin: &Origin, offset: usize) -> Place {
        self.line_column(self.written(origin, offset, 0))
    }

    /// The name and text of the file in which an offset within a text is written, and the offset there.
    pub(crate) fn in_file(&self, origin: &Origin, offset: usize) -> Option<(&str, &str, usize)> {
        let (file, offset) = self.written(origin, offset, 0);
        let source = self.files.get(file as usize)?;
        Some((&source.name, &source.text, offset))
    }

    fn written(&self, origin: &Origin, offset: usize, depth: usize) -> (u32, usize) {
        let (span, offset) = match &origin.pieces {
            None => (origin.span, offset),
            Some(pieces) => match pieces.iter().rfind(|piece| piece.at <= offset) {
                Some(piece) => (piece.span, (piece.skip + offset).saturating_sub(piece.at)),
                None => (origin.span, 0),
            },
        };
        let raw = written_offset(self.slice(span), span.style, offset);
        self.outermost(span.file, span.start as usize + raw, depth)
    }

    /// The file that holds a text within a text within …; nobody writes more than a few.
    fn outermost(&self, file: u32, offset: usize, depth: usize) -> (u32, usize) {
        let within = self.files.get(file as usize).and_then(|source| source.within.as_ref());
        match within.filter(|_| depth < 8) {
            Some(within) => self.written(within, offset, depth + 1),
            None => (file, offset),
        }
    }

    fn line_column(&self, (file, offset): (u32, usize)) -> Place {
        let Some(source) = self.files.get(file as usize) else {
            return Place { file: String::new(), line: 1, column: 1 };
        };
        let line = source.lines.partition_point(|start| *start as usize <= offset).saturating_sub(1);
        let start = source.lines.get(line).copied().unwrap_or_default() as usize;
        let column = source.characters_before(offset).saturating_sub(source.characters_before(start)) + 1;
        Place { file: source.name.clone(), line: line + 1, column }
    }
}

/// The offset in the spelling of a text that an offset in the text itself comes from.
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

/// The length of an escape and of what it stands for.
type Escape = fn(&str) -> Option<(usize, usize)>;

fn double_escape(rest: &str) -> Option<(usize, usize)> {
    let hex = |from: usize, len: usize| u32::from_str_radix(rest.get(from..from + len)?, 16).ok();
    let length = |code: u32| char::from_u32(code).map_or(3, char::len_utf8);
    match rest.strip_prefix('\\')?.chars().next()? {
        'u' => match hex(2, 4)? {
            // Two halves of one character.
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

/// Text with escapes, folded at line ends.
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
                    // A line end with the blanks around it is one blank; with n empty lines, n line ends.
                    Some(_) if breaks > 0 => (blank, (breaks - 1).max(1)),
                    Some(other) => (other.len_utf8(), other.len_utf8()),
                    None => break,
                }
            }
        };
        at += written;
        reached += meant;
    }
    // A line end that was taken back stands for nothing.
    while let Some((written, 0)) = raw.get(at..).and_then(escape) {
        at += written;
    }
    at.min(raw.len())
}

/// The length of the line with YAML's `|` or `>`.
fn header(raw: &str) -> usize {
    raw.find('\n').map_or(raw.len(), |end| end + 1)
}

/// Lines from which so many blanks were taken.
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

/// Lines from which so many blanks were taken, and whose ends were folded: `a⏎b` is `a b`, and of several line ends
/// one is lost, but none next to a line that is indented further.
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

/// YAML takes Windows' line ends for plain ones.
fn carriage_return(rest: &str) -> Option<(usize, usize)> {
    rest.starts_with("\r\n").then_some((2, 1))
}

fn doubled_sign(rest: &str) -> Option<(usize, usize)> {
    (rest.starts_with("$${") || rest.starts_with("%%{")).then_some((3, 2))
}
