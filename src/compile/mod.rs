//! The compiler: AST → [`Program`].
//!
//! Everything that is known statically is decided here: variable slots, method ids, literal paths,
//! and the meaning of each form in the dialect. One pass emits code (`stmt`, `expr`) through a
//! peephole optimizer (`fuse`) and an inliner (`inline`); demand analysis (`demand`) then computes the
//! read plan of the payload.
//!
//! Called by `template`; depends neither on the machine nor on the host objects.

#[cfg(test)]
mod balance_tests;
mod demand;
mod expr;
mod fuse;
mod inline;
mod literal;
mod scope;
mod stmt;

use crate::builtins::JavaMethod;
use crate::builtins::property::Property;
use crate::dialect::Dialect;
use crate::error::Error;
use crate::program::{Method, Op, Program};
use crate::span::Span;
use crate::syntax::ast::{Ast, Directive, Kind, Node};
use crate::value::Datum;
use inline::InlinableMacro;
use scope::Scope;
use std::collections::HashMap;

/// Compiles a template. `names` are the variables that already have slots; `fuse` enables the optimizer;
/// `nested` is set for the text of an `#evaluate`, which may run inside of a macro.
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
        inlinable: if fuse && !nested && !dialect.service {
            inline::inlinable_macros(ast, source)
        } else {
            HashMap::new()
        },
        pending: Vec::new(),
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
        call.definition = macros.iter().position(|m| m.name == call.name).map(|at| at as u32);
    }
    if !nested {
        demand::analyse(&mut compiler.program, ast, dialect);
    }
    Ok(compiler.program)
}

/// The variables that every `#foreach` sets.
const LOOP_NAMES: [&str; 3] = ["velocityCount", "velocityHasNext", "foreach"];

/// Returns the offsets of a text in the source.
fn find<'s>(source: &'s str, text: &'s str) -> impl Iterator<Item = usize> + 's {
    memchr::memmem::find_iter(source.as_bytes(), text)
}

/// Checks whether a template may read a variable: its name occurs in the source.
fn mentions(source: &str, name: &str) -> bool {
    find(source, name).any(|at| {
        // `#foreach` does not mention `$foreach`.
        name != "foreach"
            || matches!(source.as_bytes().get(at.wrapping_sub(1)), Some(b'$' | b'!' | b'{' | b'\'' | b'"'))
    })
}

/// Checks whether a template may call macros, so that code of its main text may run inside of one.
fn uses_macros(ast: &Ast) -> bool {
    ast.nodes.iter().any(|node| match &node.kind {
        Kind::Directive(d) => !matches!(d.name, "foreach" | "define" | "break" | "stop" | "literal"),
        _ => false,
    })
}

/// The state of one compilation.
struct Compiler<'a> {
    program: Program,
    dialect: Dialect,
    scope: Scope,
    interned: Interned,
    /// The macros that can be inlined, by name.
    inlinable: HashMap<Box<str>, Option<InlinableMacro<'a>>>,
    /// The open blocks, innermost last.
    pending: Vec<PendingBlock>,
    /// The code being emitted may run inside of a macro, so variables are looked up in frames.
    dynamic: bool,
    has_macros: bool,
    fuse: bool,
    /// The span of the ops being emitted.
    at: Span,
    /// The last op that a jump may land on: no op before it may be combined with one after it.
    barrier: usize,
}

/// A map from texts to their indexes.
type Table = HashMap<Box<str>, u32, foldhash::fast::RandomState>;

/// The intern tables of the program.
#[derive(Default)]
struct Interned {
    texts: Table,
    strings: Table,
    properties: Table,
    methods: Table,
}

/// A block whose `#end` is still to come, with the jumps to patch there.
enum PendingBlock {
    If {
        /// The jumps to the next arm.
        otherwise: Vec<usize>,
        /// The jumps to the end.
        ends: Vec<usize>,
    },
    For {
        index: u32,
    },
    Body {
        over: usize,
        dynamic: bool,
        kind: BodyKind,
    },
    /// A block that never runs, but may define macros.
    Skipped {
        over: usize,
    },
}

/// The kind of a body, which is compiled out of line.
enum BodyKind {
    /// A `#define`: its slot, and the code used while no macro runs.
    Define(u32, Option<u32>),
    Macro {
        name: Box<str>,
        parameters: Vec<u32>,
    },
    /// The block of `#@name(…) … #end`.
    Content {
        call: u32,
    },
}

impl Compiler<'_> {
    /// Appends an op and returns its index.
    fn emit(&mut self, op: Op) -> usize {
        self.program.ops.push(op);
        self.program.spans.push(self.at);
        self.program.ops.len() - 1
    }

    /// Returns the index of the next op.
    fn here(&self) -> u32 {
        self.program.ops.len() as u32
    }

    /// Patches the jump at `op` to the next op.
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

    /// Emits literal text, merged with the text op before it.
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
    // Long texts hardly ever repeat.
    if key.len() <= 64 {
        if let Some(index) = table.get(key) {
            return *index;
        }
        table.insert(key.into(), index);
    }
    list.push(make(key));
    index
}

/// Returns `true` if a directive is built in, in this dialect.
fn is_builtin(directive: &Directive, dialect: Dialect) -> bool {
    !directive.at
        && match directive.name {
            "foreach" | "include" | "parse" | "macro" | "literal" | "break" | "define" | "stop" => true,
            "evaluate" => !dialect.service,
            _ => false,
        }
}

/// Returns the index after the `#end` of a block, given the index of its first inner node.
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
