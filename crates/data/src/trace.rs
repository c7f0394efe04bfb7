//! The trace of a render: which part of a template wrote which part of the output.

use serde::Serialize;
use std::collections::HashMap;
use std::ops::Range;
use vtl::diagnostic::Location;
use vtl::{Piece, Span};

/// A part of an output and the part of the template that wrote it, as `vtl render --trace` prints it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Written<'a> {
    /// First byte of the output.
    pub start: usize,
    /// Byte of the output behind the last.
    pub end: usize,
    /// Text of the template.
    pub source: &'a str,
    /// Text of the output.
    pub output: &'a str,
    /// Place of the template's part.
    #[serde(flatten)]
    pub location: Location,
}

/// Most bytes of the template's texts, each as often as it wrote something.
const MOST_SHOWN: usize = 64 << 20;

/// Most parts, with the references that printed nothing.
const MOST_PARTS: usize = 1 << 19;

/// Returns the parts of an output in their order, without gaps, and between them the references that printed
/// nothing, whose `output` is empty; `locate` gives the place of a span of the template. Behind half a million parts,
/// and where the texts of the template's parts have more than 64 MiB, the rest of the output is one part, whose
/// `source` is empty.
///
/// ```
/// use vtl::diagnostic::Location;
/// use vtl::{Globals, OutputMap, RenderOptions, Template};
/// let template = Template::parse("a$input.body")?;
/// let mut map = OutputMap::default();
/// let text = template.render_with(&Globals::body("b"), RenderOptions::new().probe(&mut map))?.text;
/// let pieces = map.pieces(text.len());
/// let parts = vtl_data::written(template.source(), &text, &pieces, |span| Location::of(span, template.source()));
/// assert_eq!((parts[1].source, parts[1].output, parts[1].location.column), ("$input.body", "b", 2));
/// # Ok::<(), vtl::Error>(())
/// ```
pub fn written<'a>(
    source: &'a str,
    output: &'a str,
    pieces: &[Piece],
    locate: impl FnMut(Span) -> Location,
) -> Vec<Written<'a>> {
    of_most(MOST_PARTS, source, output, pieces, locate)
}

fn of_most<'a>(
    most: usize,
    source: &'a str,
    output: &'a str,
    pieces: &[Piece],
    mut locate: impl FnMut(Span) -> Location,
) -> Vec<Written<'a>> {
    // A loop writes with the same spans in each turn.
    let mut places: HashMap<Span, Location> = HashMap::new();
    let mut one = |span: Span, written: Range<usize>| Written {
        start: written.start,
        end: written.end,
        source: source.get(span.range()).unwrap_or_default(),
        output: output.get(written).unwrap_or_default(),
        location: places.entry(span).or_insert_with(|| locate(span)).clone(),
    };
    let mut parts = Vec::with_capacity(pieces.len().min(most));
    let mut end = None;
    let mut shown = 0;
    for piece in pieces {
        if shown > MOST_SHOWN || parts.len() >= most {
            parts.push(one(Span::default(), piece.output.start..output.len()));
            return parts;
        }
        shown += piece.span.range().len();
        if let Some(silent) = end.and_then(|end| silent(source, end..piece.span.range().start)) {
            shown += silent.range().len();
            parts.push(one(silent, piece.output.start..piece.output.start));
        }
        parts.push(one(piece.span, piece.output.clone()));
        end = Some(piece.span.end());
    }
    if let Some(silent) = end.and_then(|end| silent(source, end..source.trim_end().len())) {
        parts.push(one(silent, output.len()..output.len()));
    }
    parts
}

/// Returns the references between two parts of a template that were written one after the other: they printed
/// nothing.
///
/// ```
/// assert_eq!(vtl_data::silent("a${b}c", 1..5), Some(vtl::Span::new(1, 4)));
/// assert_eq!(vtl_data::silent("a#set($b = 1)c", 1..13), None);
/// ```
#[must_use]
pub fn silent(source: &str, between: Range<usize>) -> Option<Span> {
    let text = source.get(between.clone())?;
    (text.starts_with('$') && !text.contains('#')).then(|| Span::new(between.start, text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_counted_with_those_that_wrote_nothing() {
        let mut map = vtl::OutputMap::default();
        let template = vtl::Template::parse("#foreach($i in [1..9])a$!x\n#end").unwrap();
        let options = vtl::RenderOptions::new().probe(&mut map);
        let output = template.render_with(&vtl::Globals::body("{}"), options).unwrap().text;
        let parts = of_most(6, template.source(), &output, &map.pieces(output.len()), |_| Location::new(1, 1));
        let shown: Vec<(&str, usize)> = parts.iter().map(|part| (part.source, part.output.len())).collect();
        let turn = [("a", 1), ("$!x", 0), ("\n", 1)];
        assert_eq!(shown, [&turn[..], &turn[..], &[("", 14)]].concat());
    }

    #[test]
    fn a_part_that_writes_again_and_again_is_shown_up_to_64_mib() {
        let text = format!("$z.replace('{}', 'b')", "a".repeat(200_000));
        let source = format!("#set($z = '1')#foreach($i in [1..400]){text}x#end");
        let mut map = vtl::OutputMap::default();
        let template = vtl::Template::parse(&source).unwrap();
        let options = vtl::RenderOptions::new().probe(&mut map);
        let output = template.render_with(&vtl::Globals::body("{}"), options).unwrap().text;
        let parts = written(&source, &output, &map.pieces(output.len()), |_| Location::new(1, 1));
        // 336 times 200,019 bytes are more than 64 MiB.
        assert_eq!((text.len(), parts.len(), parts[670].source), (200_019, 672, text.as_str()));
        assert_eq!((parts[671].source, parts[671].start, parts[671].output.len()), ("", 671, 129));
    }
}
