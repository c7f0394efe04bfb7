//! The map from a rendered text back to the template: which part wrote which bytes.

use crate::span::Span;
use crate::vm::{Probe, State};
use std::ops::Range;

/// A part of an output, and the part of the template that wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Piece {
    /// Bytes of the output.
    pub output: Range<usize>,
    /// Span of the template.
    pub span: Span,
}

/// A probe that maps a rendered text back to the template. Renders without it cost nothing more.
///
/// Text that was captured first, such as that of a string, belongs to the reference that printed it. Of an
/// output of more than a million pieces the rest is one piece, whose span is empty.
///
/// ```
/// use vtl::{Globals, OutputMap, RenderOptions, Template};
/// let source = "{\"a\": $input.json('$.a')}";
/// let mut map = OutputMap::default();
/// let template = Template::parse(source)?;
/// let out = template.render_with(&Globals::body(r#"{"a": [1]}"#), RenderOptions::new().probe(&mut map))?;
/// assert_eq!(out.text, r#"{"a": [1]}"#);
/// let pieces = map.pieces(out.text.len());
/// assert_eq!((pieces[1].output.clone(), &source[pieces[1].span.range()]), (6..9, "$input.json('$.a')"));
/// # Ok::<(), vtl::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct OutputMap {
    pieces: Vec<Piece>,
    /// Span of the running op.
    running: Span,
}

/// Most pieces of an output, which take 32 MiB.
const MOST_PIECES: usize = 1 << 20;

impl OutputMap {
    /// Returns the pieces of an output of `len` bytes, in order and without gaps.
    #[must_use]
    pub fn pieces(&self, len: usize) -> Vec<Piece> {
        let mut map = self.clone();
        map.written(len);
        map.pieces
    }

    /// Notes that the output has `len` bytes now.
    fn written(&mut self, len: usize) {
        // The end of a capture takes its text away again.
        while let Some(last) = self.pieces.last_mut().filter(|last| last.output.end > len) {
            last.output.end = len;
            if last.output.is_empty() {
                self.pieces.pop();
            } else {
                break;
            }
        }
        let start = self.pieces.last().map_or(0, |last| last.output.end);
        if len > start {
            let span = if self.pieces.len() < MOST_PIECES { self.running } else { Span::default() };
            match self.pieces.last_mut().filter(|last| last.span == span) {
                Some(last) => last.output.end = len,
                None => self.pieces.push(Piece { output: start..len, span }),
            }
        }
    }
}

impl Probe for OutputMap {
    fn op(&mut self, at: Span, state: &State<'_, '_>) {
        self.written(state.output().len());
        self.running = at;
    }
}
