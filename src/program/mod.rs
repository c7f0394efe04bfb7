//! The compiled form of a template: immutable, owned, shared by threads.
//!
//! Built by `compile`, run by `vm`; knows neither of them, and no AST.

mod dump;
pub(crate) mod line;
mod linear;
pub(crate) mod op;
mod place;

pub(crate) use op::Op;
pub(crate) use place::Place;

use crate::builtins::JavaMethod;
use crate::builtins::property::Property;
use crate::error::Error;
use crate::jsonpath::JsonPath;
use crate::span::Span;
use crate::value::Datum;
use crate::value::json::{Capture, ReadPlan};
use std::sync::Arc;

/// Ops that one step of the budget pays for.
pub(crate) const OPS_PER_STEP: usize = 8;

/// The index of a text that is not stored, since it is the source of the op that prints it.
pub(crate) const OWN_SOURCE: u32 = u32::MAX;

/// A compiled template.
#[derive(Debug, Default)]
pub(crate) struct Program {
    /// The code: all bodies, concatenated.
    pub(crate) ops: Vec<Op>,
    /// The source span of each op.
    pub(crate) spans: Vec<Span>,
    pub(crate) texts: Vec<Box<str>>,
    pub(crate) constants: Vec<Datum>,
    /// The names of the variables, by slot.
    pub(crate) names: Vec<Box<str>>,
    pub(crate) properties: Vec<Property>,
    pub(crate) methods: Vec<Method>,
    pub(crate) paths: Vec<PathCall>,
    /// The operands of quick ops that print or compare.
    pub(crate) places: Vec<Place>,
    pub(crate) lines: Vec<line::Line>,
    pub(crate) line_parts: Vec<line::LinePart>,
    /// The read plan of the payload; `None` if a path may be computed while rendering.
    pub(crate) plan: Option<ReadPlan>,
    pub(crate) loops: Vec<Loop>,
    pub(crate) marks: Vec<Marked>,
    pub(crate) emits: Vec<EmitIn>,
    /// The spans of the operands of each `AddNamed`.
    pub(crate) sources: Vec<(Span, Span)>,
    pub(crate) calls: Vec<MacroCall>,
    pub(crate) macros: Vec<Macro>,
    pub(crate) defines: Vec<Define>,
    pub(crate) failures: Vec<Error>,
    /// The notes that are known at compile time.
    pub(crate) notes: Vec<crate::note::Note>,
    /// The source of the template, or of the text given to `#evaluate`.
    pub(crate) source: Arc<str>,
}

/// A method name that a template calls, resolved to the method it may denote.
#[derive(Clone, Debug)]
pub(crate) struct Method {
    pub(crate) id: JavaMethod,
    pub(crate) name: Box<str>,
}

/// `$input.path('…')` with a literal path.
#[derive(Debug)]
pub(crate) struct PathCall {
    /// `path` or `json`.
    pub(crate) method: JavaMethod,
    pub(crate) text: Box<str>,
    /// The compiled path, or the error that evaluating it raises.
    pub(crate) path: Result<JsonPath, Error>,
    /// The capture slot of its value, if the payload is read by a plan.
    pub(crate) capture: Option<Capture>,
}

/// The static data of a `#foreach`.
#[derive(Clone, Debug)]
pub(crate) struct Loop {
    /// The steps that a turn is charged: those of all that its body may do once.
    pub(crate) cost: u32,
    /// The slot of the loop variable; `None` if the first argument is not a reference.
    pub(crate) variable: Option<u32>,
    /// The slot of `$velocityCount`, if the template mentions it.
    pub(crate) count: Option<u32>,
    /// The slot of `$velocityHasNext`, if the template mentions it.
    pub(crate) has_next: Option<u32>,
    /// The slot of `$foreach`, if the body of the loop may mention it.
    pub(crate) scope: Option<u32>,
    /// The first op of the body.
    pub(crate) body: u32,
    /// The ForNext op.
    pub(crate) next: u32,
    /// The op after ForEnd.
    pub(crate) exit: u32,
}

impl Loop {
    /// Returns the slots of the variables whose values before the loop are restored after it.
    pub(crate) fn shadowed(&self) -> impl DoubleEndedIterator<Item = u32> {
        [self.variable, self.count, self.has_next].into_iter().flatten()
    }
}

/// A printed reference with backslashes or other marks before its `$`.
#[derive(Clone, Debug)]
pub(crate) struct Marked {
    pub(crate) backslashes: Box<str>,
    pub(crate) escaped: bool,
    pub(crate) text: Box<str>,
    /// The text printed for null.
    pub(crate) literal: Box<str>,
    /// The reference is malformed (`$\!x`): the literal is printed whatever the value.
    pub(crate) broken: bool,
    /// The slot of the variable if it may be a macro parameter: for null the source of the argument is
    /// printed.
    pub(crate) parameter: Option<u32>,
}

/// A printed plain reference that may be a macro parameter: for null the source of the argument is printed.
#[derive(Clone, Debug)]
pub(crate) struct EmitIn {
    pub(crate) slot: u32,
    pub(crate) literal: Box<str>,
}

/// A macro call: `#name(a b)`.
#[derive(Clone, Debug)]
pub(crate) struct MacroCall {
    pub(crate) name: Box<str>,
    pub(crate) arguments: Vec<Argument>,
    /// The first op of the body of `#@name(…) … #end`.
    pub(crate) content: Option<u32>,
    /// The text printed if there is no such macro.
    pub(crate) literal: Piece,
    /// An argument is a bare word, which is an error if the macro exists.
    pub(crate) bad_argument: bool,
    /// The index of the macro, if this program defines one of that name.
    pub(crate) definition: Option<u32>,
    /// The op after the inlined code, if the call is inlined.
    pub(crate) end: u32,
}

/// A piece of a text that other pieces share: calls with blocks in each other print the same source.
#[derive(Clone)]
pub(crate) struct Piece {
    whole: Arc<str>,
    range: std::ops::Range<usize>,
}

impl Piece {
    pub(crate) fn new(whole: Arc<str>, range: std::ops::Range<usize>) -> Self {
        Piece { whole, range }
    }
}

impl std::ops::Deref for Piece {
    type Target = str;
    fn deref(&self) -> &str {
        self.whole.get(self.range.clone()).unwrap_or("")
    }
}

impl std::fmt::Debug for Piece {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        (**self).fmt(f)
    }
}

/// A macro argument: passed by value, or by name and evaluated at each use.
#[derive(Clone, Debug)]
pub(crate) enum Argument {
    Constant(u32),
    ByName(ByName),
}

/// A by-name macro argument.
#[derive(Clone, Debug)]
pub(crate) struct ByName {
    /// The first op of its code.
    pub(crate) start: u32,
    /// The text printed if its value is null.
    pub(crate) source: Box<str>,
    /// The single load that the code amounts to, if it does.
    pub(crate) simple: Option<Simple>,
}

/// A by-name argument that needs no code: `#m($x "text")`.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Simple {
    Variable(u32),
    Constant(u32),
}

/// A macro definition: `#macro(name $a $b) … #end`.
#[derive(Clone, Debug)]
pub(crate) struct Macro {
    pub(crate) name: Box<str>,
    pub(crate) parameters: Vec<u32>,
    pub(crate) body: u32,
}

/// A block definition: `#define($x) … #end`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Define {
    pub(crate) slot: u32,
    pub(crate) body: u32,
    /// The first op of the code used while no macro runs.
    pub(crate) plain: u32,
}

impl Program {
    /// Gives back the room for more that its tables have: emulators keep thousands of programs.
    pub(crate) fn shrink(&mut self) {
        self.ops.shrink_to_fit();
        self.spans.shrink_to_fit();
        self.texts.shrink_to_fit();
        self.constants.shrink_to_fit();
        self.names.shrink_to_fit();
        self.properties.shrink_to_fit();
        self.methods.shrink_to_fit();
        self.paths.shrink_to_fit();
        self.places.shrink_to_fit();
        self.lines.shrink_to_fit();
        self.line_parts.shrink_to_fit();
        self.loops.shrink_to_fit();
        self.sources.shrink_to_fit();
    }

    /// Returns the source span of an op.
    pub(crate) fn span(&self, op: usize) -> Span {
        self.spans.get(op).copied().unwrap_or_default()
    }

    /// Returns the text that the op at `at` prints for null; [`OWN_SOURCE`] is the source of the op.
    pub(crate) fn null_text(&self, text: u32, at: usize) -> &str {
        match self.texts.get(text as usize) {
            Some(text) => text,
            None => self.source.get(self.span(at).range()).unwrap_or(""),
        }
    }

    /// Returns the op that follows the conditional jump at `jump`: its target if `taken`, else the next.
    #[inline]
    pub(crate) fn branch(&self, jump: usize, taken: bool) -> usize {
        match self.ops.get(jump).and_then(|op| op.target()) {
            Some(target) if taken => target,
            _ => jump + 1,
        }
    }

    /// Returns the first line of the source at a span, shortened to 60 characters.
    pub(crate) fn excerpt(&self, span: Span) -> &str {
        let text = self.source.get(span.range()).unwrap_or("");
        let text = text.lines().next().unwrap_or("");
        text.char_indices().nth(60).map_or(text, |(i, _)| &text[..i])
    }
}
