//! The state of one compilation, and the emission of ops into the program.

use super::inlinable::InlinableMacro;
use super::scope::{Scope, Table};
use crate::budget::Budget;
use crate::builtins::JavaMethod;
use crate::builtins::property::Property;
use crate::dialect::Dialect;
use crate::program::{Method, Op, Piece, Program};
use crate::span::Span;
use crate::value::Datum;
use std::collections::HashMap;
use std::sync::Arc;

/// The state of one compilation.
pub(super) struct Compiler<'a> {
    pub(super) program: Program,
    pub(super) dialect: Dialect,
    pub(super) budget: &'a Budget<'a>,
    pub(super) scope: Scope,
    pub(super) interned: Interned,
    /// The macros that can be inlined, by name.
    pub(super) inlinable: HashMap<Box<str>, Option<InlinableMacro<'a>>>,
    /// The open blocks, innermost last.
    pub(super) pending: Vec<PendingBlock>,
    /// The code being emitted may run inside of a macro, so variables are looked up in frames.
    pub(super) dynamic: bool,
    pub(super) has_macros: bool,
    /// Code outside of a loop may use its `$foreach`: a block, a macro, an `#evaluate`, a loop over `$foreach` itself.
    pub(super) keeps_scopes: bool,
    pub(super) fuse: bool,
    /// The span of the ops being emitted.
    pub(super) at: Span,
    /// The last op that a jump may land on: no op before it may be combined with one after it.
    pub(super) barrier: usize,
    /// The work of the code so far, in ops.
    pub(super) cost: usize,
    /// The open blocks that never run.
    pub(super) skipped: usize,
    /// The ops of inlined calls.
    pub(super) inlined: usize,
    /// The printed source of the last block call, which has those of the calls in it: the address of
    /// the text and a copy.
    pub(super) printed: (usize, Arc<str>),
    /// The index of each macro, by name.
    pub(super) macro_indexes: Table,
}

/// Longest text in bytes that more text is merged with: merging copies it.
pub(super) const MOST_MERGED: usize = 256;

/// Ops that cost as much as looking up a member or a method.
const OPS_PER_LOOK_UP: usize = 12;

/// Bytes of a text that cost as much as one more op.
const BYTES_PER_OP: usize = 4;

/// The intern tables of the program.
#[derive(Default)]
pub(super) struct Interned {
    texts: Table,
    strings: Table,
    properties: Table,
    methods: Table,
}

/// A block whose `#end` is still to come, with the jumps to patch there.
pub(super) enum PendingBlock {
    If {
        /// The jumps to the next arm.
        otherwise: Vec<usize>,
        /// The jumps to the end.
        ends: Vec<usize>,
    },
    For {
        index: u32,
        /// The work of the code before the loop.
        cost: usize,
        /// The mentions of `$foreach` before the loop.
        mentions: usize,
    },
    Body {
        over: usize,
        dynamic: bool,
        skipped: usize,
        kind: BodyKind,
    },
    /// A block that never runs, but may define macros.
    Skipped {
        over: usize,
    },
}

/// The kind of a body, which is compiled out of line.
pub(super) enum BodyKind {
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
    pub(super) fn emit(&mut self, op: Op) -> usize {
        self.cost += match op {
            Op::Get(_) | Op::LoadGet(..) | Op::Index => OPS_PER_LOOK_UP,
            // The value that was there is returned.
            Op::Put(_) | Op::PutIndex => 2 * OPS_PER_LOOK_UP,
            Op::Call(..) | Op::CallPath(_) | Op::LoadPath(..) => OPS_PER_LOOK_UP,
            Op::Const(_) => 2,
            _ => 1,
        };
        self.program.ops.push(op);
        self.program.spans.push(self.at);
        self.program.ops.len() - 1
    }

    /// Returns the index of the next op.
    pub(super) fn here(&self) -> u32 {
        self.program.ops.len() as u32
    }

    /// Patches the jump at `op` to the next op.
    pub(super) fn land(&mut self, op: usize) {
        let here = self.here();
        self.barrier = self.program.ops.len();
        match &mut self.program.ops[op] {
            Op::Jump(t) | Op::JumpIfFalse(t) | Op::JumpIfTrue(t) | Op::JumpIfNull(t) => *t = here,
            _ => {}
        }
    }

    /// Counts the work of an op on a text.
    pub(super) fn count(&mut self, text: &str) {
        self.cost += text.len() / BYTES_PER_OP;
    }

    pub(super) fn text(&mut self, text: &str) -> u32 {
        self.count(text);
        intern(&mut self.interned.texts, text, &mut self.program.texts, |t| t.into())
    }

    /// Returns the printed source of a call, shared with the call around it.
    pub(super) fn piece(&mut self, text: &str) -> Piece {
        let place = |(address, whole): &(usize, Arc<str>)| {
            let start = text.as_ptr().addr().checked_sub(*address)?;
            (start + text.len() <= whole.len()).then_some(start)
        };
        let start = place(&self.printed).unwrap_or_else(|| {
            self.printed = (text.as_ptr().addr(), text.into());
            0
        });
        Piece::new(self.printed.1.clone(), start..start + text.len())
    }

    /// Emits literal text, merged with the text op before it.
    pub(super) fn emit_text(&mut self, text: &str) {
        if let [.., Op::Text(before)] = self.program.ops.get(self.barrier..).unwrap_or_default()
            && self.program.texts[*before as usize].len() < MOST_MERGED
        {
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

    pub(super) fn string(&mut self, text: &str) -> u32 {
        self.count(text);
        intern(&mut self.interned.strings, text, &mut self.program.constants, |t| Datum::str(t))
    }

    pub(super) fn constant(&mut self, value: Datum) -> u32 {
        // Each use of a long number copies it.
        if let Datum::Big(number) = &value {
            self.cost += OPS_PER_LOOK_UP + number.bits() as usize / (8 * BYTES_PER_OP);
        }
        self.program.constants.push(value);
        self.program.constants.len() as u32 - 1
    }

    pub(super) fn property(&mut self, name: &str) -> u32 {
        self.count(name);
        intern(&mut self.interned.properties, name, &mut self.program.properties, Property::new)
    }

    pub(super) fn method(&mut self, name: &str) -> u32 {
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
