//! The source of a form as Velocity prints it, where it prints source.
//!
//! Velocity concatenates the images of its tokens: comments lose their text, stray marks are kept or lost,
//! `\#if` loses its backslash. All other tokens are verbatim, so a template records only the pieces that
//! differ.

use crate::span::Span;

/// A piece of the source that reads differently where Velocity prints source.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Rewrite<'s> {
    pub(super) at: Span,
    /// The text in a macro call.
    pub(super) in_call: &'s str,
    /// The text in a `#literal` block or a reference.
    pub(super) in_literal: &'s str,
}

/// The whole source with all rewrites applied; a form's text is a piece of it.
pub(super) struct Rewritten {
    text: String,
    /// For each rewrite: its end in the source and in the text.
    ends: Vec<(usize, usize)>,
}

impl Rewritten {
    /// Applies rewrites, which are in the order of the source.
    pub(super) fn new<'s>(source: &'s str, rewrites: &[Rewrite<'s>], read: fn(&Rewrite<'s>) -> &'s str) -> Self {
        let mut text = String::with_capacity(source.len());
        let mut ends = Vec::with_capacity(rewrites.len());
        let mut at = 0;
        for rewrite in rewrites {
            text.push_str(source.get(at..rewrite.at.start as usize).unwrap_or(""));
            text.push_str(read(rewrite));
            at = rewrite.at.end();
            ends.push((at, text.len()));
        }
        text.push_str(source.get(at..).unwrap_or(""));
        Rewritten { text, ends }
    }

    /// Returns the text, and a map from a piece of the source to a piece of the text.
    pub(super) fn into_parts(self) -> (String, impl Fn(Span) -> std::ops::Range<usize>) {
        let Rewritten { text, ends } = self;
        let map = move |at: usize| match ends.partition_point(|(end, _)| *end <= at) {
            0 => at,
            n => at - ends[n - 1].0 + ends[n - 1].1,
        };
        (text, move |span: Span| map(span.start as usize)..map(span.end()))
    }
}

/// Returns a piece of the source with the rewrites in it applied, as `#literal` prints it; `None` if it is
/// verbatim.
pub(super) fn piece(source: &str, at: Span, rewrites: &[Rewrite<'_>]) -> Option<String> {
    if rewrites.is_empty() {
        return None;
    }
    let mut text = String::with_capacity(at.len as usize);
    let mut from = at.start as usize;
    for rewrite in rewrites {
        text.push_str(source.get(from..rewrite.at.start as usize).unwrap_or(""));
        text.push_str(rewrite.in_literal);
        from = rewrite.at.end();
    }
    text.push_str(source.get(from..at.end()).unwrap_or(""));
    Some(text)
}
