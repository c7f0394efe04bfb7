//! The machine: a stack interpreter for [`Program`]s.
//!
//! Called by `template`, which passes it a compiler for `#evaluate`; depends on no AST.

mod binding;
mod cause;
mod execute;
mod frame;
mod line;
mod loops;
mod notes;
mod operate;
mod output;
mod place;
mod probe;
mod reference;
mod running_loop;
mod state;
mod variable;

pub(crate) use probe::Watch;
pub use probe::{Call, Probe, State};

use crate::diagnostic::Code;
use crate::error::Error;
use crate::host::{Overrides, Roots};
use crate::limits::Limits;
use crate::note::Note;
use crate::program::Program;
use crate::span::Span;
use crate::value::{Arena, text};
use output::Output;
use state::{Compile, Flow, Vm};
use std::cell::OnceCell;
use std::collections::HashMap;

/// The environment of a render.
pub(crate) struct Environment<'r> {
    pub(crate) arena: &'r Arena<'r>,
    pub(crate) roots: &'r Roots<'r>,
    /// The owner of the programs that `#evaluate` compiles, made by the first.
    pub(crate) evaluated: &'r OnceCell<typed_arena::Arena<Program>>,
    pub(crate) compile: Compile<'r>,
    pub(crate) limits: &'r Limits,
    /// An empty string with room for the output.
    pub(crate) buffer: String,
}

/// The result of a render.
pub(crate) struct RenderResult {
    pub(crate) text: String,
    pub(crate) notes: Vec<Note>,
    pub(crate) overrides: Overrides,
}

/// Renders a program.
pub(crate) fn render<'r, W: Watch>(
    program: &'r Program,
    environment: Environment<'r>,
    watch: W,
) -> Result<RenderResult, Error> {
    let slots = program.names.iter().map(|name| environment.roots.variable(name)).collect();
    let mut vm = Vm {
        watch,
        arena: environment.arena,
        roots: environment.roots,
        evaluated: environment.evaluated,
        compile: environment.compile,
        program,
        number: 0,
        main: program,
        template_span: Span::default(),
        last_note: None,
        raised: None,
        is_failing: false,
        programs: Vec::new(),
        names: Vec::new(),
        slots,
        stack: Vec::new(),
        out: Output::new(environment.buffer, environment.limits.output),
        loops: Vec::new(),
        shadowed: Vec::new(),
        caches: Vec::new(),
        most_turns: environment.limits.foreach.unwrap_or(u64::MAX),
        loop_limit_fails: environment.limits.foreach_fails,
        frames: Vec::new(),
        kept: 0,
        bindings: Vec::new(),
        inlined: 0,
        visible: 0,
        macros: HashMap::default(),
        macro_depth: 0,
        most_macro_depth: environment.limits.macro_depth.unwrap_or(u64::MAX),
        depth: 0,
        most_depth: environment.limits.depth.unwrap_or(u64::MAX),
        has_blocks: false,
        notes: Vec::new(),
        at: 0,
    };
    vm.register_macros(0);
    if let Flow::BreakScope(_) = vm.run(0)? {
        let error = Error::new(Code::BadScope, "`#break` was given the `$foreach` of a loop that does not run");
        return Err(vm.place(error));
    }
    // A limit that was reached where no error can be raised.
    vm.arena.budget.check().map_err(|error| vm.place(error))?;
    let overrides = vm.roots.overrides()?;
    Ok(RenderResult { text: text::to_wire(vm.out.into_text()), notes: vm.notes, overrides })
}

impl<'r, W: Watch> Vm<'r, W> {
    /// Runs a body of any program from inside of another body.
    fn enter(&mut self, number: u32, start: u32, what: Call<'_>) -> Result<Flow, Error> {
        if self.depth >= self.most_depth {
            return Err(Error::new(Code::DepthLimit, format!("calls nest deeper than {}", self.most_depth)));
        }
        self.arena.budget.descend()?;
        self.depth += 1;
        let program = self.program_at(number).unwrap_or(self.program);
        let (outer, outer_number, at) = (self.program, self.number, self.at);
        let template_span = self.template_span;
        if number != 0 && outer_number == 0 {
            self.template_span = outer.span(at);
        }
        self.program = program;
        self.number = number;
        if W::ON {
            self.watch.enter(what);
        }
        let flow = self.run(start as usize);
        if W::ON {
            self.watch.leave();
        }
        self.program = outer;
        self.number = outer_number;
        self.template_span = template_span;
        self.at = at;
        self.depth -= 1;
        flow
    }

    /// Runs from an op to the end of its body; adds the source span to an error.
    fn run(&mut self, start: usize) -> Result<Flow, Error> {
        let loops = self.loops.len();
        let height = self.stack.len();
        let captures = self.out.depth();
        let mut from = start;
        let flow = loop {
            let flow = match (self.execute(from), self.raised.take()) {
                (Ok(flow), _) | (Err(_), Some(flow)) => flow,
                (Err(error), None) => return Err(self.place(error)),
            };
            match self.stop_flow(flow, loops).map_err(|error| self.place(error))? {
                Some(next) => from = next,
                None => break flow,
            }
        };
        // The turns of its loops were charged one by one. Some ops cost more than others; those of a body
        // that is run for itself are all charged as if they did.
        let ops = self.at.saturating_sub(start);
        self.arena.budget.charge(ops).map_err(|error| self.place(error))?;
        if flow != Flow::Return {
            while self.loops.len() > loops {
                self.end_loop().map_err(|error| self.place(error))?;
            }
            self.stack.truncate(height);
            let discarded = self.out.unwind(captures);
            self.arena.charge_captured(discarded).map_err(|error| self.place(error))?;
        }
        Ok(flow)
    }
}
