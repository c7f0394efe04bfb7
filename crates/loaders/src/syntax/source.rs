//! The files of a document, and the mapping from an offset in a string back to a line of a file.
//!
//! An error in a template inside a YAML block must lead to a line of the YAML file. So an offset in
//! a string is mapped through escapes, indentation and folding to an offset in the file. If that
//! file is itself a string in another file (an OpenAPI document in a heredoc), the mapping goes on
//! to the outer file.

use crate::span::{Piece, Span, Style};
use crate::syntax::runs::Runs;
use crate::syntax::tree::{Data, Node, Text};
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};
use vtl::diagnostic::{Lines, Location};

/// A file, or a string that was parsed as a file.
#[derive(Debug)]
struct Source {
    name: String,
    text: Arc<str>,
    lines: Lines,
    /// The string that this source is, if it is a part of another source.
    within: Option<Origin>,
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

    /// Checks whether the string, or its beginning, is written in a file.
    pub(crate) fn is_written(&self) -> bool {
        let is_written = |span: Span| span.end > span.start;
        match &self.pieces {
            Some(pieces) => pieces.first().is_some_and(|piece| is_written(piece.span)),
            None => is_written(self.span),
        }
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
    /// The mapping of the string that was asked for last.
    recent: Mutex<Option<(Span, Runs)>>,
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
        let lines = Lines::new(&text);
        self.files.push(Source { name, text, lines, within });
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
        self.named(name).map(|(_, text)| text)
    }

    /// Returns the text of the file with a name, and the index of its lines.
    pub(crate) fn named(&self, name: &str) -> Option<(&Lines, &str)> {
        let file = self.files.iter().find(|file| file.within.is_none() && file.name == name)?;
        Some((&file.lines, &*file.text))
    }

    /// Iterates over the texts of the files.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &str> {
        self.files.iter().filter(|file| file.within.is_none()).map(|file| &*file.text)
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

    /// Returns the name of the outermost file and the offset there at which a span starts.
    pub(crate) fn place(&self, span: Span) -> (&str, usize) {
        let (file, start) = self.outermost(span.file, span.start as usize, Side::Start, 0);
        (self.files.get(file as usize).map_or("", |file| file.name.as_str()), start)
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

    /// Returns the file, the bytes to replace and the text in their place, for a change within a string.
    pub(crate) fn write_back(
        &self,
        origin: &Origin,
        range: Range<usize>,
        text: &str,
    ) -> Option<(String, Range<usize>, String)> {
        let span = match &origin.pieces {
            None => origin.span,
            Some(pieces) => {
                let (before, behind) = pieces.split_at(pieces.partition_point(|piece| piece.at <= range.start));
                let piece = before.last()?;
                if behind.first().is_some_and(|next| range.end > next.at) {
                    return None;
                }
                piece.span
            }
        };
        let (file, start) = self.written(origin, range.start, Side::Start, 0);
        let (end_file, end) = match range.end > range.start {
            true => self.written(origin, range.end, Side::End, 0),
            false => (file, start),
        };
        let mut text = span.style.escaped(text)?;
        // A file within a file is written in the notation of the outer one as well.
        let mut within = self.files.get(span.file as usize)?.within.as_ref();
        for _ in 0..8 {
            let Some(outer) = within else { break };
            text = outer.span.style.escaped(&text)?;
            within = self.files.get(outer.span.file as usize)?.within.as_ref();
        }
        let name = self.files.get(file as usize)?.name.clone();
        (file == end_file && start <= end).then_some((name, start..end, text))
    }

    fn written(&self, origin: &Origin, offset: usize, side: Side, depth: usize) -> (u32, usize) {
        let begins = |piece: &Piece| if side == Side::Start { piece.at <= offset } else { piece.at < offset };
        let (span, offset) = match &origin.pieces {
            None => (origin.span, offset),
            Some(pieces) => match pieces[..pieces.partition_point(begins)].last() {
                Some(piece) => (piece.span, (piece.skip + offset).saturating_sub(piece.at)),
                None => (origin.span, 0),
            },
        };
        let raw = self.raw_offset(span, offset);
        self.outermost(span.file, span.start as usize + raw, side, depth)
    }

    /// Maps an offset of a string to the offset in the source text of its span.
    fn raw_offset(&self, span: Span, offset: usize) -> usize {
        let raw = self.slice(span);
        if span.style == Style::Verbatim {
            return offset.min(raw.len());
        }
        // Findings come template by template, so one mapping is kept.
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        match &*recent {
            Some((known, runs)) if *known == span => runs.raw(offset),
            _ => {
                let runs = Runs::new(raw, span.style);
                let offset = runs.raw(offset);
                *recent = Some((span, runs));
                offset
            }
        }
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
        let (line, column) = source.lines.line_column(&source.text, start);
        let location = Location::new(line, column).in_file(source.name.as_str());
        let is_range = file == end_file && end > start;
        if is_range { location.until(source.lines.line_column(&source.text, end)) } else { location }
    }
}
