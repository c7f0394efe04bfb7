//! The state of one render.

use super::binding::{Binding, Frame, MacroRef};
use super::output::Output;
use super::running_loop::RunningLoop;
use crate::diagnostic::Code;
use crate::error::Error;
use crate::host::Roots;
use crate::note::Note;
use crate::program::Program;
use crate::span::Span;
use crate::value::{Arena, InlineCache, Value};
use std::cell::OnceCell;
use std::collections::HashMap;

/// The compiler for `#evaluate`. Arguments: the source, the variables that have slots, a test for the names of
/// the defined macros.
pub(crate) type Compile<'c> = &'c dyn Fn(&str, &[Box<str>], &dyn Fn(&str) -> bool) -> Result<Program, Error>;

/// The control flow out of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flow {
    Return,
    /// `#break` of the nearest loop, block, macro or `#evaluate`.
    Break,
    /// `#break($foreach)` of a loop, by its program and its index there.
    BreakScope((u32, u32)),
    /// `#stop`.
    Stop,
}

/// The state of one render.
pub(super) struct Vm<'r, W> {
    pub(super) watch: W,
    pub(super) arena: &'r Arena<'r>,
    pub(super) roots: &'r Roots<'r>,
    pub(super) evaluated: &'r OnceCell<typed_arena::Arena<Program>>,
    pub(super) compile: Compile<'r>,
    /// The running program, and its number: 0 is the template.
    pub(super) program: &'r Program,
    pub(super) number: u32,
    pub(super) main: &'r Program,
    /// The last position in the template itself, while text given to `#evaluate` or a macro of such a
    /// text runs: errors and notes point there, since the caller does not have that text.
    pub(super) template_span: Span,
    /// The program and span of the last note, in that program's own source.
    pub(super) last_note: Option<(u32, Span)>,
    /// The flow out of a body that was rendered for its text. It is raised as an error up to the body around.
    pub(super) raised: Option<Flow>,
    /// Set by the first error, which ends the render.
    pub(super) is_failing: bool,
    /// The programs of `#evaluate`, numbered from 1.
    pub(super) programs: Vec<&'r Program>,
    /// The names of all slots.
    pub(super) names: Vec<Box<str>>,
    pub(super) slots: Vec<Value<'r>>,
    pub(super) stack: Vec<Value<'r>>,
    pub(super) out: Output,
    pub(super) loops: Vec<RunningLoop<'r>>,
    /// The values that the variables of the running loops had before, those of the innermost loop last.
    pub(super) shadowed: Vec<Value<'r>>,
    /// The inline caches of the template's property reads, by property; empty before the first loop.
    pub(super) caches: Vec<InlineCache<'r>>,
    pub(super) most_turns: u64,
    pub(super) loop_limit_fails: bool,
    pub(super) frames: Vec<Frame<'r>>,
    /// The number of frames that a `#define` block sees when its text is made, so that they stay.
    pub(super) kept: usize,
    /// The bindings of all frames.
    pub(super) bindings: Vec<Binding<'r>>,
    /// The call whose inlined code is running.
    pub(super) inlined: u32,
    /// The number of frames visible to the running code: 0 if no macro runs and no turn without an element.
    pub(super) visible: usize,
    pub(super) macros: HashMap<&'r str, MacroRef, foldhash::fast::RandomState>,
    pub(super) macro_depth: u64,
    pub(super) most_macro_depth: u64,
    pub(super) depth: u64,
    pub(super) most_depth: u64,
    /// A `#define` has run, so a collection may contain a block.
    pub(super) has_blocks: bool,
    pub(super) notes: Vec<Note>,
    /// The running op, for notes and errors.
    pub(super) at: usize,
}

impl<'r, W> Vm<'r, W> {
    /// Registers the macros of a program; the first definition of a name is used.
    pub(super) fn register_macros(&mut self, number: u32) {
        let Some(program) = self.program_at(number) else { return };
        for (index, definition) in program.macros.iter().enumerate() {
            self.macros.entry(&definition.name).or_insert(MacroRef { program: number, index: index as u32 });
        }
    }

    /// Returns the error by which a flow leaves what is being evaluated.
    #[cold]
    pub(super) fn raise(&mut self, flow: Flow) -> Error {
        self.raised = Some(flow);
        Error::new(Code::BadScope, "`#break` is in no loop")
    }

    /// Sets the span of an error where it is raised; the bodies that it leaves afterwards keep it.
    #[cold]
    pub(super) fn place(&mut self, error: Error) -> Error {
        match (std::mem::replace(&mut self.is_failing, true), self.number) {
            (true, _) => error,
            (false, 0) => error.at(self.program.span(self.at)),
            (false, _) => error.with_span(self.template_span),
        }
    }

    /// Returns a program by its number.
    pub(super) fn program_at(&self, number: u32) -> Option<&'r Program> {
        match number.checked_sub(1) {
            None => Some(self.main),
            Some(evaluated) => self.programs.get(evaluated as usize).copied(),
        }
    }
}
