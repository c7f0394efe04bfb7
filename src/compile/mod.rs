//! AST → Program. Everything that can be known from the template is decided here:
//! slots, method ids, literal paths, and what the dialect makes of each form.
//!
//! Called by `template`; knows neither the machine nor the objects behind the roots.

#[cfg(test)]
mod balance_tests;
mod expr;
mod fuse;
mod inline;
mod literal;
mod scope;
mod stmt;
mod wants;

use crate::builtins::JavaMethod;
use crate::builtins::property::Property;
use crate::dialect::Dialect;
use crate::error::Error;
use crate::program::{Method, Op, Program};
use crate::span::Span;
use crate::syntax::ast::{Ast, Directive, Kind, Node};
use crate::value::Datum;
use inline::Inline;
use scope::Scope;
use std::collections::HashMap;

/// Compiles a template. `names` are the variables that have slots already, `fuse` allows fused ops,
/// `nested` says that it is the text of an `#evaluate` and may run inside a macro.
pub(crate) fn compile(
    ast: &Ast,
    source: &str,
    dialect: Dialect,
    names: &[Box<str>],
    fuse: bool,
    nested: bool,
) -> Result<Program, Error> {
    let mut compiler = Compiler {
        program: Program { source: source.into(), ..Program::default() },
        dialect,
        scope: Scope::with(names),
        interned: Interned::default(),
        inlines: if fuse && !nested && !dialect.service { inline::macros(ast, source) } else { HashMap::new() },
        open: Vec::new(),
        dynamic: nested,
        has_macros: nested || (!dialect.service && uses_macros(ast)),
        fuse,
        at: Span::default(),
        barrier: 0,
    };
    let evaluates = nested || ["#evaluate", "#{evaluate}"].iter().any(|d| find(source, d).next().is_some());
    for name in LOOP_NAMES {
        if evaluates || mentions(source, name) {
            compiler.scope.slot(name);
        }
    }
    compiler.nodes(&ast.nodes)?;
    compiler.emit(Op::Return);
    compiler.program.names = compiler.scope.into_names();
    let Program { calls, macros, .. } = &mut compiler.program;
    for call in calls {
        call.known = macros.iter().position(|m| m.name == call.name).map(|at| at as u32);
    }
    if !nested {
        wants::plan(&mut compiler.program, ast, dialect);
    }
    Ok(compiler.program)
}

/// The variables that every `#foreach` sets.
const LOOP_NAMES: [&str; 3] = ["velocityCount", "velocityHasNext", "foreach"];

/// Where a text stands in the source.
fn find<'s>(source: &'s str, text: &'s str) -> impl Iterator<Item = usize> + 's {
    memchr::memmem::find_iter(source.as_bytes(), text)
}

/// Whether a template can see a variable: its name is in the text. `#evaluate` could make it.
fn mentions(source: &str, name: &str) -> bool {
    find(source, name).any(|at| {
        // `#foreach` is no mention of `$foreach`.
        name != "foreach"
            || matches!(source.as_bytes().get(at.wrapping_sub(1)), Some(b'$' | b'!' | b'{' | b'\'' | b'"'))
    })
}

/// Whether code of the main text may run while a macro does.
fn uses_macros(ast: &Ast) -> bool {
    ast.nodes.iter().any(|node| match &node.kind {
        Kind::Directive(d) => !matches!(d.name, "foreach" | "define" | "break" | "stop" | "literal"),
        _ => false,
    })
}

struct Compiler<'a> {
    program: Program,
    dialect: Dialect,
    scope: Scope,
    interned: Interned,
    /// The macros that are put where they are called.
    inlines: HashMap<Box<str>, Option<Inline<'a>>>,
    open: Vec<Open>,
    /// Whether the code being made may run inside a macro, where variables are looked up by frames.
    dynamic: bool,
    has_macros: bool,
    fuse: bool,
    at: Span,
    /// No op before this one may be fused with one after it: a jump may land here.
    barrier: usize,
}

/// From a text to its number.
type Table = HashMap<Box<str>, u32, foldhash::fast::RandomState>;

/// Tables that hold each entry once.
#[derive(Default)]
struct Interned {
    texts: Table,
    strings: Table,
    properties: Table,
    methods: Table,
}

/// A block that is open while compiling.
enum Open {
    If {
        /// The jumps to the next arm.
        otherwise: Vec<usize>,
        ends: Vec<usize>,
    },
    For {
        index: u32,
    },
    Body {
        over: usize,
        dynamic: bool,
        kind: Body,
    },
    /// A block that never runs, but may define macros: the jump over it.
    Skipped {
        over: usize,
    },
}

enum Body {
    /// Its slot, and its code for where no macro runs.
    Define(u32, Option<u32>),
    Macro {
        name: Box<str>,
        parameters: Vec<u32>,
    },
    Content {
        call: u32,
    },
}

impl Compiler<'_> {
    fn emit(&mut self, op: Op) -> usize {
        self.program.ops.push(op);
        self.program.spans.push(self.at);
        self.program.ops.len() - 1
    }

    fn here(&self) -> u32 {
        self.program.ops.len() as u32
    }

    /// Makes the jump at `op` go to the next op.
    fn land(&mut self, op: usize) {
        let here = self.here();
        self.barrier = self.program.ops.len();
        match &mut self.program.ops[op] {
            Op::Jump(t) | Op::JumpIfFalse(t) | Op::JumpIfTrue(t) | Op::JumpIfNull(t) => *t = here,
            _ => {}
        }
    }

    fn text(&mut self, text: &str) -> u32 {
        intern(&mut self.interned.texts, text, &mut self.program.texts, |t| t.into())
    }

    /// Emits literal text, joined with the text before it.
    fn emit_text(&mut self, text: &str) {
        if let [.., Op::Text(before)] = self.program.ops.get(self.barrier..).unwrap_or_default() {
            let joined = format!("{}{text}", self.program.texts[*before as usize]);
            let joined = self.text(&joined);
            if let Some(last) = self.program.ops.last_mut() {
                *last = Op::Text(joined);
            }
        } else {
            let text = self.text(text);
            self.emit(Op::Text(text));
        }
    }

    fn string(&mut self, text: &str) -> u32 {
        intern(&mut self.interned.strings, text, &mut self.program.constants, |t| Datum::str(t))
    }

    fn constant(&mut self, value: Datum) -> u32 {
        self.program.constants.push(value);
        self.program.constants.len() as u32 - 1
    }

    fn property(&mut self, name: &str) -> u32 {
        intern(&mut self.interned.properties, name, &mut self.program.properties, Property::new)
    }

    fn method(&mut self, name: &str) -> u32 {
        intern(&mut self.interned.methods, name, &mut self.program.methods, |n| Method {
            id: JavaMethod::named(n),
            name: n.into(),
        })
    }
}

fn intern<T>(table: &mut Table, key: &str, list: &mut Vec<T>, make: impl Fn(&str) -> T) -> u32 {
    let index = list.len() as u32;
    // Long texts are hardly ever said twice.
    if key.len() <= 64 {
        if let Some(index) = table.get(key) {
            return *index;
        }
        table.insert(key.into(), index);
    }
    list.push(make(key));
    index
}

/// Whether a directive is Velocity's own in this dialect.
fn is_builtin(directive: &Directive, dialect: Dialect) -> bool {
    !directive.at
        && match directive.name {
            "foreach" | "include" | "parse" | "macro" | "literal" | "break" | "define" | "stop" => true,
            "evaluate" => !dialect.service,
            _ => false,
        }
}

/// From behind a node that opened a block to behind its `#end`.
fn end_of_block(nodes: &[Node], mut at: usize) -> usize {
    let mut depth = 1;
    while let Some(node) = nodes.get(at) {
        at += 1;
        match &node.kind {
            Kind::If(_) => depth += 1,
            Kind::Directive(directive) if directive.block => depth += 1,
            Kind::End => {
                depth -= 1;
                if depth == 0 {
                    break;
                }
            }
            _ => {}
        }
    }
    at
}
