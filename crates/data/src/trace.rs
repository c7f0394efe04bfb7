//! The trace of a render: which part of a template wrote which part of the output.

use serde::Serialize;
use std::collections::HashMap;
use vtl::diagnostic::Location;
use vtl::{OutputMap, Span};

/// A part of an output and the part of the template that wrote it, as `vtl render --trace` prints it.
#[derive(Serialize)]
pub(crate) struct Written<'a> {
    /// First byte of the output.
    start: usize,
    /// Byte of the output behind the last.
    end: usize,
    /// Text of the template.
    source: &'a str,
    /// Text of the output.
    output: &'a str,
    #[serde(flatten)]
    location: Location,
}

/// Returns the parts of an output in their order, without gaps.
pub(crate) fn written<'a>(source: &'a str, output: &'a str, map: &OutputMap, name: Option<&str>) -> Vec<Written<'a>> {
    // A loop writes with the same spans in each turn.
    let mut places: HashMap<Span, Location> = HashMap::new();
    let mut place = |span: Span| {
        let make = || {
            let location = Location::of(span, source);
            name.map_or_else(|| location.clone(), |name| location.clone().in_file(name))
        };
        places.entry(span).or_insert_with(make).clone()
    };
    map.pieces(output.len())
        .into_iter()
        .map(|piece| Written {
            start: piece.output.start,
            end: piece.output.end,
            source: source.get(piece.span.range()).unwrap_or_default(),
            output: output.get(piece.output.clone()).unwrap_or_default(),
            location: place(piece.span),
        })
        .collect()
}
