//! Renders of a template for a look at it: with a sample, within limits, cancelled when nobody waits for them.

use crate::file::View;
use crate::pool::Stop;
use crate::sample::Sample;
use serde_json::Value as Json;
use vtl::syntax_unstable::ast::{Ast, Kind};
use vtl::{Globals, Limits, OutputMap, Piece, Probe, RenderOptions, Rendered, Span, State, Template};

/// Steps of a render: a template that loops ends within a second.
const STEPS: u64 = 20_000_000;

/// Milliseconds of a render.
const TIME: u64 = 2_000;

/// Milliseconds of the render of a reference, for which a person waits with the pointer on it.
const SHORT: u64 = 500;

/// Variables that a template cannot have by chance.
const VALUE: &str = "vtl-lsp-value";
const CLASS: &str = "vtl-lsp-class";
const DONE: &str = "vtl-lsp-done";

/// Renders a template; returns the text and which part wrote what.
pub(crate) fn run(view: &View<'_>, sample: Option<&Sample>, stop: &Stop) -> Result<(Rendered, Vec<Piece>), String> {
    let template = Template::parse(view.text).map_err(|error| error.to_string())?;
    let render = |globals: &Globals<'_>| {
        let mut map = OutputMap::default();
        let is_stopped = || stop.is_set();
        let limits = Limits::service().with_steps(Some(STEPS)).with_time(Some(TIME));
        let options = RenderOptions::new().limits(limits).cancel_when(&is_stopped).probe(&mut map);
        let rendered = template.render_with(globals, options).map_err(|error| error.to_string())?;
        let pieces = map.pieces(rendered.text.len());
        Ok((rendered, pieces))
    };
    match sample {
        Some(sample) => sample.with(render)?,
        None => render(&Globals::default()),
    }
}

/// Returns what a JSONPath finds in the payload of a sample; `None` if it finds nothing.
pub(crate) fn find(sample: &Sample, path: &str, stop: &Stop) -> Option<Json> {
    let quote = ['\'', '"'].into_iter().find(|quote| !path.contains(*quote))?;
    let template = Template::parse(&format!("$input.json({quote}{path}{quote})")).ok()?;
    let is_stopped = || stop.is_set();
    let render = |globals: &Globals<'_>| {
        let limits = Limits::service().with_steps(Some(STEPS)).with_time(Some(SHORT));
        template.render_with(globals, RenderOptions::new().limits(limits).cancel_when(&is_stopped)).ok()
    };
    serde_json::from_str(&sample.with(render).ok()??.text).ok()
}

/// The value of a reference when its statement runs first.
pub(crate) struct Value {
    /// Class as Java names it, without its package.
    pub(crate) class: String,
    /// Value as JSON; `None` if JSON cannot represent it.
    pub(crate) json: Option<Json>,
    /// Text that it prints.
    pub(crate) text: String,
}

/// Evaluates an expression beside the statement at an offset of a template, with a sample. Blocks that nothing
/// closes end with the template. Returns `None` if the template does not compile, fails before, or does not come there.
pub(crate) fn value(
    text: &str,
    ast: &Ast<'_>,
    (offset, side): (usize, Side),
    expression: &str,
    sample: &Sample,
    stop: &Stop,
) -> Option<Value> {
    let at = beside(ast, offset, side)?;
    let (before, behind) = (text.get(..at)?, text.get(at..)?);
    // An argument of a method is read as a whole; without it parts that the template does not read would not be there.
    let probe = format!(
        "#set(${VALUE} = {expression})#set(${CLASS} = ${VALUE}.class.name)#set(${DONE} = ${CLASS}.equals(${VALUE}))"
    );
    let source = [before, &probe, behind, &"#end".repeat(unclosed(ast))].concat();
    let template = Template::parse(&source).ok()?;
    let mut seen = Seen::default();
    let is_done = std::cell::Cell::new(false);
    sample
        .with(|globals| {
            let is_stopped = || stop.is_set() || is_done.get();
            seen.is_done = Some(&is_done);
            let limits = Limits::service().with_steps(Some(STEPS)).with_time(Some(SHORT));
            let options = RenderOptions::new().limits(limits).cancel_when(&is_stopped).probe(&mut seen);
            // It may fail behind the statement, and is cancelled there.
            let _ = template.render_with(globals, options);
        })
        .ok()?;
    seen.value
}

/// Counts the blocks that nothing closes.
fn unclosed(ast: &Ast<'_>) -> usize {
    ast.nodes.iter().fold(0_usize, |open, node| match &node.kind {
        Kind::If(_) => open + 1,
        Kind::Directive(directive) if directive.block => open + 1,
        Kind::End => open.saturating_sub(1),
        _ => open,
    })
}

/// The side of a statement.
#[derive(Clone, Copy)]
pub(crate) enum Side {
    Before,
    /// Behind it, or at the start of its block.
    Behind,
}

/// Returns the offset beside the statement around an offset, where another can be put.
fn beside(ast: &Ast<'_>, offset: usize, side: Side) -> Option<usize> {
    let mut open = Vec::new();
    for node in &ast.nodes {
        let range = node.span.range();
        if range.contains(&offset) {
            // In front of `#elseif` is the block of the branch before.
            return match (&node.kind, side) {
                (Kind::ElseIf(_), Side::Before) => open.last().copied(),
                (_, Side::Before) => Some(range.start),
                (_, Side::Behind) => Some(range.end),
            };
        }
        match &node.kind {
            Kind::If(_) => open.push(range.start),
            Kind::Directive(directive) if directive.block => open.push(range.start),
            Kind::End => drop(open.pop()),
            _ => {}
        }
    }
    None
}

/// A probe that takes the value once it is there.
#[derive(Default)]
struct Seen<'d> {
    value: Option<Value>,
    is_done: Option<&'d std::cell::Cell<bool>>,
}

impl Probe for Seen<'_> {
    fn op(&mut self, _: Span, state: &State<'_, '_>) {
        if self.value.is_some() || state.text(DONE).is_none() {
            return;
        }
        let class = state.text(CLASS).unwrap_or_default();
        let class = class.rsplit(['.', '$']).next().unwrap_or_default().to_owned();
        let text = state.text(VALUE).unwrap_or_default();
        self.value = Some(Value { class, json: state.variable(VALUE), text });
        if let Some(is_done) = self.is_done {
            is_done.set(true);
        }
    }
}
