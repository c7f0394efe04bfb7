//! Macro frames: dynamic scoping, by-name arguments, blocks.
//!
//! A read searches the locals of the current call, its arguments (by-name ones are evaluated at each
//! use), the frames of its callers in the same way, and finally the context. A `#set` writes the locals of
//! all visible frames and the context (Velocity's `ProxyVMContext`).

use super::binding::{Binding, BoundArgument, Frame, Locals, MacroRef};
use super::probe::{Call, Watch};
use super::state::{Flow, Vm};
use crate::diagnostic::Code;
use crate::error::Error;
use crate::program::{Argument, ByName, Macro, MacroCall, Simple};
use crate::value::{Block, Value};
use std::cell::Cell;
use std::marker::PhantomData;

impl<'r, W: Watch> Vm<'r, W> {
    /// Returns the value of a variable.
    #[inline]
    pub(super) fn read(&mut self, slot: u32, in_macro: bool) -> Result<Value<'r>, Error> {
        if in_macro && self.visible > 0 {
            return self.read_in_frames(slot);
        }
        Ok(self.slots.get(slot as usize).cloned().unwrap_or(Value::Null))
    }

    /// Returns the value of a variable where a macro is running.
    fn read_in_frames(&mut self, slot: u32) -> Result<Value<'r>, Error> {
        let mut visible = self.visible;
        while let Some(frame) = visible.checked_sub(1).and_then(|top| self.frames.get(top)) {
            if let Some(value) = frame.locals.get(slot) {
                return Ok(value.clone());
            }
            let bindings = self.bindings.get(frame.bindings.clone()).unwrap_or_default();
            self.arena.budget.charge(bindings.len() / 16)?;
            let mut by_name = None;
            // Of two parameters with one name the last is used.
            for own in bindings.iter().rev().filter(|own| own.slot == slot) {
                match &own.argument {
                    BoundArgument::Value(value) => return Ok(value.clone()),
                    BoundArgument::ByName(argument, program) => by_name = by_name.or(Some((*argument, *program))),
                    BoundArgument::Null => {}
                }
            }
            if let Some((argument, program)) = by_name {
                let outer = frame.outer;
                return self.argument(argument, program, outer);
            }
            visible = frame.outer;
        }
        Ok(self.slots.get(slot as usize).cloned().unwrap_or(Value::Null))
    }

    /// Evaluates a by-name argument in the scope of its caller.
    fn argument(&mut self, argument: &'r ByName, program: u32, outer: usize) -> Result<Value<'r>, Error> {
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
                self.enter(program, argument.start, Call::Argument).map(|_| {
                    let value = if self.stack.len() > height { self.stack.pop() } else { None };
                    value.unwrap_or(Value::Null)
                })
            }
        };
        self.visible = visible;
        value
    }

    /// Returns the value of an argument that needs no code.
    fn simple(&mut self, simple: Simple, program: u32) -> Result<Value<'r>, Error> {
        match simple {
            Simple::Variable(slot) => self.read(slot, true),
            Simple::Constant(constant) => {
                let program = self.program_at(program);
                let constant = program.and_then(|p| p.constants.get(constant as usize));
                Ok(constant.map_or(Value::Null, |c| self.arena.thaw(c)))
            }
        }
    }

    /// Sets a variable; null unsets it.
    #[inline(always)]
    pub(super) fn write_variable(&mut self, slot: u32, value: Value<'r>, in_macro: bool) {
        if in_macro && self.visible > 0 {
            self.write_locals(slot, &value);
        }
        if let Some(place) = self.slots.get_mut(slot as usize) {
            *place = value;
        }
    }

    /// Sets a variable as [`write_variable`](Vm::write_variable) does to the value that `make` returns, which is built
    /// in its place: a copy of it right after would defeat store-to-load forwarding.
    #[inline(always)]
    pub(super) fn write_made(&mut self, slot: u32, in_macro: bool, make: impl Fn() -> Value<'r>) {
        if in_macro && self.visible > 0 {
            self.write_variable(slot, make(), true);
        } else if let Some(place) = self.slots.get_mut(slot as usize) {
            *place = make();
        }
    }

    /// Sets a variable in the visible macro frames.
    fn write_locals(&mut self, slot: u32, value: &Value<'r>) {
        let mut visible = self.visible;
        while let Some(frame) = visible.checked_sub(1).and_then(|top| self.frames.get_mut(top)) {
            // The next charge reports that the limit was reached.
            let _ = self.arena.budget.charge(3);
            if value.is_null() {
                frame.locals.remove(slot);
                let bindings = self.bindings.get_mut(frame.bindings.clone()).unwrap_or_default();
                bindings.iter_mut().filter(|own| own.slot == slot).for_each(|own| own.argument = BoundArgument::Null);
            } else {
                frame.locals.set(slot, value.clone());
            }
            visible = frame.outer;
        }
    }

    /// Returns the source of the by-name argument bound to a parameter, which is printed for null.
    pub(super) fn argument_source(&self, slot: u32) -> Option<&'r str> {
        let mut visible = self.visible;
        while let Some(frame) = visible.checked_sub(1).and_then(|top| self.frames.get(top)) {
            let bindings = self.bindings.get(frame.bindings.clone()).unwrap_or_default();
            for own in bindings.iter().rev().filter(|own| own.slot == slot) {
                if let BoundArgument::ByName(argument, _) = own.argument {
                    return Some(&argument.source);
                }
            }
            visible = frame.outer;
        }
        None
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

    /// Pushes the frame of a call; returns the state to restore with [`close_call`](Vm::close_call).
    fn open_call(&mut self, call: &'r MacroCall, program: u32, definition: &'r Macro) -> Result<(usize, usize), Error> {
        self.arena.budget.charge(definition.parameters.len() / 4)?;
        let before = (self.bindings.len(), self.visible);
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
        let frame = Frame { outer: self.visible, bindings: before.0..self.bindings.len(), locals: Locals::default() };
        self.frames.truncate(self.frames.len().max(self.visible));
        self.frames.push(frame);
        self.visible = self.frames.len();
        self.macro_depth += 1;
        Ok(before)
    }

    /// Pops the frame of a call.
    fn close_call(&mut self, (bindings, visible): (usize, usize)) {
        self.frames.pop();
        self.bindings.truncate(bindings);
        self.visible = visible;
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
        block.depth.set(block.depth.get() - 1);
        Ok(match flow? {
            Flow::Break => (true, Flow::Return),
            other => (true, other),
        })
    }

    /// Returns the text of a block (its `toString()`), or null if it recurses too deeply.
    pub(super) fn block_text(&mut self, block: &'r Block<'r>) -> Result<Value<'r>, Error> {
        self.out.begin();
        let visible = std::mem::replace(&mut self.visible, self.frames.len().min(block.visible as usize));
        let rendered = self.render_block(block);
        self.visible = visible;
        let arena = self.arena;
        let text = self.out.end(|text| arena.copy(text));
        let (done, _) = rendered?;
        if done { text } else { Ok(Value::Null) }
    }
}
