//! The trace of a render: which part of a template wrote which part of the output.

use serde::Serialize;
use std::collections::HashMap;
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

/// Returns the parts of an output in their order, without gaps; `locate` gives the place of a span of the template.
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
    mut locate: impl FnMut(Span) -> Location,
) -> Vec<Written<'a>> {
    // A loop writes with the same spans in each turn.
    let mut places: HashMap<Span, Location> = HashMap::new();
    let one = |piece: &Piece| Written {
        start: piece.output.start,
        end: piece.output.end,
        source: source.get(piece.span.range()).unwrap_or_default(),
        output: output.get(piece.output.clone()).unwrap_or_default(),
        location: places.entry(piece.span).or_insert_with(|| locate(piece.span)).clone(),
    };
    pieces.iter().map(one).collect()
}
