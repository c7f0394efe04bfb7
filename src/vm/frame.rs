//! Macro frames: by-name arguments, calls, blocks.

use super::binding::{Binding, BoundArgument, FrameKind, Locals, MacroFrame, MacroRef};
use super::probe::{Call, Watch};
use super::state::{Flow, Vm};
use crate::diagnostic::Code;
use crate::error::Error;
use crate::program::{Argument, ByName, Macro, MacroCall, Simple};
use crate::value::{Block, Value};
use std::cell::Cell;
use std::marker::PhantomData;

impl<'r, W: Watch> Vm<'r, W> {
    /// Evaluates a by-name argument in the scope of its caller.
    pub(super) fn argument(&mut self, argument: &'r ByName, program: u32, outer: usize) -> Result<Value<'r>, Error> {
        self.arena.budget.charge(1)?;
        let visible = std::mem::replace(&mut self.visible, outer);
        let value = match argument.simple {
            Some(simple) => {
                if W::ON {
                    self.watch.enter(Call::Argument);
                    self.watch.leave();
                }
                self.simple(simple, program)
            }
            None => {
                let height = self.stack.len();
                match self.enter(program, argument.start, Call::Argument) {
                    Ok(Flow::Return) if self.stack.len() > height => Ok(self.pop()),
                    Ok(Flow::Return) => Ok(Value::Null),
                    Ok(flow) => Err(self.raise(flow)),
                    Err(error) => Err(error),
                }
            }
        };
        self.visible = visible;
        value
    }

    /// Returns the value of an argument that needs no code.
    fn simple(&mut self, simple: Simple, program: u32) -> Result<Value<'r>, Error> {
        match simple {
            Simple::Variable(slot) => self.read(slot),
            Simple::Constant(constant) => {
                let program = self.program_at(program);
                let constant = program.and_then(|p| p.constants.get(constant as usize));
                Ok(constant.map_or(Value::Null, |c| self.arena.thaw(c)))
            }
        }
    }

    /// Executes a macro call; prints its source if there is no such macro.
    pub(super) fn call_macro(&mut self, call: &'r MacroCall, program: u32) -> Result<Flow, Error> {
        let reference = match call.definition {
            // The template's own macros take precedence.
            Some(index) if program == 0 => Some(MacroRef { program, index }),
            _ => self.macros.get(&*call.name).copied(),
        };
        let found = reference.and_then(|r| Some((r, self.program_at(r.program)?.macros.get(r.index as usize)?)));
        let Some((reference, definition)) = found else {
            self.note_here(Code::NoSuchMacro, format!("there is no macro `{}`: the call prints as text", call.name));
            self.out.push(&call.literal)?;
            return Ok(Flow::Return);
        };
        if call.bad_argument {
            return Err(Error::new(Code::BadMacroArgument, format!("a bare word is an argument of `#{}`", call.name)));
        }
        self.arena.budget.charge(1)?;
        if self.macro_depth >= self.most_macro_depth {
            return Err(Error::new(
                Code::DepthLimit,
                format!("macro calls nest deeper than {}", self.most_macro_depth),
            ));
        }
        let before = self.open_call(call, program, definition)?;
        let flow = self.enter(reference.program, definition.body, Call::Macro(&definition.name));
        self.close_call(before);
        Ok(match flow? {
            Flow::Return => {
                self.macro_depth -= 1;
                Flow::Return
            }
            // Velocity does not decrement the depth of a call that is left by `#break` or `#stop`.
            Flow::Break => Flow::Return,
            other => other,
        })
    }

    /// Opens the frame of a call; returns the number of bindings before it, for [`close_call`](Vm::close_call).
    fn open_call(&mut self, call: &'r MacroCall, program: u32, definition: &'r Macro) -> Result<usize, Error> {
        self.arena.budget.charge(definition.parameters.len() / 4)?;
        let before = self.bindings.len();
        for (&slot, argument) in definition.parameters.iter().zip(&call.arguments) {
            let argument = match argument {
                Argument::ByName(argument) => BoundArgument::ByName(argument, program),
                Argument::Constant(constant) => match self.simple(Simple::Constant(*constant), program)? {
                    Value::Null => BoundArgument::Null,
                    value => BoundArgument::Value(value),
                },
            };
            self.bindings.push(Binding { slot, argument });
        }
        if let Some(body) = call.content
            && let Some(slot) = self.slot_of("bodyContent")
        {
            let most = self.most_macro_depth as u32;
            let visible = self.visible as u32;
            let block = Block { program, body, plain: body, visible, depth: Cell::new(0), most, marker: PhantomData };
            let argument = BoundArgument::Value(self.arena.block(block)?);
            self.bindings.push(Binding { slot, argument });
        }
        // The block of `#@name() … #end` counts as one more argument.
        let call = MacroFrame { bindings: before..self.bindings.len(), locals: Locals::default() };
        self.open_frame(FrameKind::Call(call));
        self.macro_depth += 1;
        Ok(before)
    }

    /// Closes the frame of a call.
    fn close_call(&mut self, bindings: usize) {
        if self.close_frame() {
            self.bindings.truncate(bindings);
        }
    }

    /// Writes a variable in an inlined macro. A block may see the parameters of the macro, so it is rendered in
    /// a frame.
    pub(super) fn write_argument(&mut self, slot: u16, null: &str) -> Result<Option<Flow>, Error> {
        if let Some(value) = self.slots.get(usize::from(slot))
            && self.out.push_scalar(value)?
        {
            return Ok(None);
        }
        let value = self.slots.get(usize::from(slot)).cloned().unwrap_or(Value::Null);
        let call = self.program.calls.get(self.inlined as usize);
        let definition = call.and_then(|call| self.program.macros.get(call.definition? as usize));
        let (Some(call), Some(definition), true) = (call, definition, self.has_blocks) else {
            return self.write(&value, null);
        };
        let before = self.open_call(call, self.number, definition)?;
        let flow = self.write(&value, null);
        self.close_call(before);
        if matches!(flow, Ok(None)) {
            self.macro_depth -= 1;
        }
        flow
    }

    /// Executes `#evaluate`.
    pub(super) fn evaluate(&mut self, text: &Value<'r>) -> Result<Flow, Error> {
        let source = match self.render_if_block(text.clone())? {
            Value::Null => String::new(),
            other => self.text_of(&other)?,
        };
        if self.names.is_empty() {
            self.names.extend(self.program.names.iter().cloned());
        }
        // The program has a copy of the names and a table of them.
        self.arena.budget.charge(source.len() + 1 + 20 * self.names.len())?;
        self.arena.budget.hold(16 * source.len() + 64 * self.names.len())?;
        let macros = &self.macros;
        let compiled = (self.compile)(&source, &self.names, &|name| macros.contains_key(name));
        let program = compiled.map_err(|error| match error.is_limit() {
            true => Error::new(error.code(), error.detail()),
            false => Error::new(Code::Evaluate, format!("the text does not parse: {}", error.detail())),
        })?;
        for name in program.names.iter().skip(self.names.len()) {
            self.slots.push(self.roots.variable(name));
        }
        self.names = program.names.clone();
        self.programs.push(self.evaluated.get_or_init(typed_arena::Arena::new).alloc(program));
        let number = self.programs.len() as u32;
        self.register_macros(number);
        self.enter(number, 0, Call::Evaluate(&source))
    }

    /// Returns the slot of a variable, if it has one.
    pub(super) fn slot_of(&mut self, name: &str) -> Option<u32> {
        if self.names.is_empty() {
            self.names.extend(self.program.names.iter().cloned());
        }
        // The next charge reports that the limit was reached.
        let _ = self.arena.budget.charge(self.names.len() / 8);
        self.names.iter().position(|n| **n == *name).map(|at| at as u32)
    }

    /// Renders a block to the output. The flag is `false` if the block recurses too deeply and is not rendered.
    pub(super) fn render_block(&mut self, block: &'r Block<'r>) -> Result<(bool, Flow), Error> {
        if block.depth.get() >= block.most {
            self.note_here(
                Code::Recursion,
                format!("a block that contains itself is not rendered deeper than {} levels", block.most),
            );
            return Ok((false, Flow::Return));
        }
        self.arena.budget.charge(1)?;
        block.depth.set(block.depth.get() + 1);
        let body = if self.visible == 0 { block.plain } else { block.body };
        let flow = self.enter(block.program, body, Call::Block);
        let flow = match flow? {
            Flow::Break => Flow::Return,
            other => other,
        };
        // Velocity does not decrement the depth of a block that is left by `#break($foreach)` or `#stop`.
        if flow == Flow::Return {
            block.depth.set(block.depth.get() - 1);
        }
        Ok((true, flow))
    }

    /// Returns the text of a block (its `toString()`), or null if it recurses too deeply.
    pub(super) fn block_text(&mut self, block: &'r Block<'r>) -> Result<Value<'r>, Error> {
        self.out.begin();
        let visible = std::mem::replace(&mut self.visible, block.visible as usize);
        let rendered = self.render_block(block);
        self.visible = visible;
        if visible > 0 {
            self.hold_again();
        }
        let arena = self.arena;
        let text = self.out.end(|text| arena.captured(text));
        match rendered? {
            (true, Flow::Return) => text,
            (false, _) => Ok(Value::Null),
            (_, flow) => Err(self.raise(flow)),
        }
    }
}
