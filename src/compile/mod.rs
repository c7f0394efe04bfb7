//! The compiler: AST → [`Program`].
//!
//! Everything that is known statically is decided here: variable slots, method ids, literal paths,
//! and the meaning of each form in the dialect. One pass emits code (`stmt`, `expr`) through a
//! peephole optimizer (`fuse`) and an inliner (`inline`), then joins the ops that print (`line`); demand analysis (`demand`) then computes the
//! read plan of the payload.
//!
//! Called by `template`; depends neither on the machine nor on the host objects.

#[cfg(test)]
mod balance_tests;
mod block;
mod compiler;
mod demand;
mod expr;
mod fuse;
mod inlinable;
mod inline;
mod line;
mod literal;
mod scope;
mod stmt;

use crate::budget::Budget;
use crate::dialect::Dialect;
use crate::error::Error;
use crate::program::{Op, Program};
use crate::span::Span;
use crate::syntax::ast::{Ast, Kind};
use block::LOOP_NAMES;
use compiler::{Compiler, Interned};
use scope::Scope;
use std::collections::HashMap;

/// Compiles a template. `names` are the variables that already have slots; `fuse` enables the optimizer;
/// `nested` is set for the text of an `#evaluate`, which may run inside of a macro. The budget pays for literal paths.
pub(crate) fn compile(
    ast: &Ast,
    source: &str,
    dialect: Dialect,
    names: &[Box<str>],
    fuse: bool,
    nested: bool,
    budget: &Budget<'_>,
) -> Result<Program, Error> {
    let evaluates = nested || has_directive(source, "evaluate");
    let mut compiler = Compiler {
        program: Program { source: source.into(), ..Program::default() },
        dialect,
        budget,
        scope: Scope::with(names),
        interned: Interned::default(),
        // What `#evaluate` sets is not known.
        inlinable: if fuse && !evaluates && !dialect.service {
            inlinable::inlinable_macros(ast, source)
        } else {
            HashMap::new()
        },
        pending: Vec::new(),
        dynamic: nested,
        has_macros: nested || (!dialect.service && uses_macros(ast)),
        keeps_scopes: nested || ["define", "macro", "evaluate"].iter().any(|name| has_directive(source, name)),
        fuse,
        at: Span::default(),
        barrier: 0,
        cost: 0,
        skipped: 0,
        inlined: 0,
        printed: (0, "".into()),
        macro_indexes: HashMap::default(),
    };
    for name in LOOP_NAMES {
        if evaluates || mentions(source, name) {
            compiler.scope.slot(name);
        }
    }
    if evaluates {
        compiler.scope.slot("bodyContent");
    }
    compiler.nodes(&ast.nodes)?;
    compiler.emit(Op::Return);
    compiler.join_lines();
    compiler.program.names = compiler.scope.into_names();
    for call in &mut compiler.program.calls {
        call.definition = compiler.macro_indexes.get(&call.name).copied();
    }
    if !nested {
        demand::analyse(&mut compiler.program, ast, dialect);
    }
    compiler.program.shrink();
    Ok(compiler.program)
}

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

/// Checks whether the source has a directive of that name, strings and comments included.
fn has_directive(source: &str, name: &str) -> bool {
    find(source, name).any(|at| source[..at].ends_with('#') || source[..at].ends_with("#{"))
}

/// Checks whether a template may call macros, so that code of its main text may run inside of one.
fn uses_macros(ast: &Ast) -> bool {
    ast.nodes.iter().any(|node| match &node.kind {
        Kind::Directive(d) => !matches!(d.name, "foreach" | "define" | "break" | "stop" | "literal"),
        _ => false,
    })
}
