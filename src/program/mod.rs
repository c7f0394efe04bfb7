//! The compiled form of a template: immutable, owned, shared by threads.
//!
//! Built by `compile`, run by `vm`; knows neither of them, and no AST.

mod dump;
pub(crate) mod op;

pub(crate) use op::Op;

use crate::builtins::JavaMethod;
use crate::builtins::property::Property;
use crate::error::Error;
use crate::jsonpath::JsonPath;
use crate::span::Span;
use crate::value::Datum;
use crate::value::json::{Place, Plan};
use std::sync::Arc;

/// A compiled template.
#[derive(Debug, Default)]
pub(crate) struct Program {
    /// All bodies, one after the other.
    pub(crate) ops: Vec<Op>,
    /// Where each op comes from.
    pub(crate) spans: Vec<Span>,
    pub(crate) texts: Vec<Box<str>>,
    pub(crate) constants: Vec<Datum>,
    /// The variables, by slot.
    pub(crate) names: Vec<Box<str>>,
    pub(crate) properties: Vec<Property>,
    pub(crate) methods: Vec<Method>,
    pub(crate) paths: Vec<PathCall>,
    /// What is read of the payload; none if a path may be computed while rendering.
    pub(crate) plan: Option<Plan>,
    pub(crate) loops: Vec<Loop>,
    pub(crate) marks: Vec<Marked>,
    pub(crate) emits: Vec<EmitIn>,
    /// Where the sides of an `+` stand in the source.
    pub(crate) sources: Vec<(Span, Span)>,
    pub(crate) calls: Vec<MacroCall>,
    pub(crate) macros: Vec<Macro>,
    pub(crate) defines: Vec<Define>,
    pub(crate) failures: Vec<Error>,
    /// What can be said without running it.
    pub(crate) notes: Vec<crate::note::Note>,
    /// The source of the template, or of the text given to `#evaluate`.
    pub(crate) source: Arc<str>,
}

/// A method as a template calls it.
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
    /// The path, or why it is none: that fails only when it is run.
    pub(crate) path: Result<JsonPath, Error>,
    /// Where what it finds is kept, if the payload is read by a plan.
    pub(crate) place: Option<Place>,
}

/// What a `#foreach` needs to know.
#[derive(Clone, Debug)]
pub(crate) struct Loop {
    /// The loop variable; none when its first argument is no reference.
    pub(crate) variable: Option<u32>,
    /// `$velocityCount`, `$velocityHasNext` and `$foreach`, where the template mentions them.
    pub(crate) count: Option<u32>,
    pub(crate) has_next: Option<u32>,
    pub(crate) scope: Option<u32>,
    pub(crate) body: u32,
    pub(crate) next: u32,
    /// The op behind ForEnd.
    pub(crate) exit: u32,
    /// Whether variables are set in macro frames too.
    pub(crate) in_macro: bool,
}

/// A reference with something before its mark.
#[derive(Clone, Debug)]
pub(crate) struct Marked {
    pub(crate) backslashes: Box<str>,
    pub(crate) escaped: bool,
    pub(crate) text: Box<str>,
    /// What null prints.
    pub(crate) literal: Box<str>,
    /// `$\!x`: this is printed, whatever the value is.
    pub(crate) broken: bool,
    /// The variable, where it may be a macro's parameter: then the source of what was given is printed for null.
    pub(crate) parameter: Option<u32>,
}

/// A plain reference that may be a macro's argument: for null it prints the source of what was given.
#[derive(Clone, Debug)]
pub(crate) struct EmitIn {
    pub(crate) slot: u32,
    pub(crate) literal: Box<str>,
}

/// `#name(a b)`.
#[derive(Clone, Debug)]
pub(crate) struct MacroCall {
    pub(crate) name: Box<str>,
    pub(crate) arguments: Vec<Argument>,
    /// The body of `#@name(…) … #end`: where it starts.
    pub(crate) content: Option<u32>,
    /// What prints when there is no such macro.
    pub(crate) literal: Box<str>,
    /// A bare word among the arguments: an error once the macro exists.
    pub(crate) bad_argument: bool,
    /// The macro, where this program has one of that name.
    pub(crate) known: Option<u32>,
    /// Where its code ends, if the macro's is put here.
    pub(crate) end: u32,
}

/// An argument of a macro: evaluated once, or anew each time it is read.
#[derive(Clone, Debug)]
pub(crate) enum Argument {
    Constant(u32),
    ByName(ByName),
}

/// An argument that is evaluated where it is used.
#[derive(Clone, Debug)]
pub(crate) struct ByName {
    /// Where its code starts.
    pub(crate) start: u32,
    /// What prints if it has no value.
    pub(crate) source: Box<str>,
    /// What the code comes to, where that is one load.
    pub(crate) simple: Option<Simple>,
}

/// An argument that needs no code: `#m($x "text")`.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Simple {
    Variable(u32),
    Constant(u32),
}

/// `#macro(name $a $b) … #end`.
#[derive(Clone, Debug)]
pub(crate) struct Macro {
    pub(crate) name: Box<str>,
    pub(crate) parameters: Vec<u32>,
    pub(crate) body: u32,
}

/// `#define($x) … #end`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Define {
    pub(crate) slot: u32,
    pub(crate) body: u32,
    /// The same for where no macro runs.
    pub(crate) plain: u32,
    pub(crate) in_macro: bool,
}

impl Program {
    pub(crate) fn span(&self, op: usize) -> Span {
        self.spans.get(op).copied().unwrap_or_default()
    }

    /// Where the conditional jump at an op leads: to its target if it is taken, else behind it.
    #[inline]
    pub(crate) fn branch(&self, jump: usize, taken: bool) -> usize {
        match self.ops.get(jump).and_then(|op| op.target()) {
            Some(target) if taken => target,
            _ => jump + 1,
        }
    }

    /// The source at a span, shortened to one readable line.
    pub(crate) fn excerpt(&self, span: Span) -> &str {
        let text = self.source.get(span.range()).unwrap_or("");
        let text = text.lines().next().unwrap_or("");
        text.char_indices().nth(60).map_or(text, |(i, _)| &text[..i])
    }
}
