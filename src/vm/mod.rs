//! The machine: one loop over the ops of a program.
//!
//! Called by `template`, which hands it the compiler for `#evaluate`; knows no AST.

mod frame;
mod loops;
mod output;

use crate::builtins::{JavaMethod, property};
use crate::error::{Code, Error};
use crate::host::{self, Overrides, Roots};
use crate::limits::Limits;
use crate::note::{MOST_NOTES, Note};
use crate::program::{Op, Program};
use crate::span::Span;
use crate::value::compare::{template_compare, template_equals};
use crate::value::{Arena, Block, Host, ListKind, MapKind, Value, View, num, show, text};
use frame::{Frame, Known};
use loops::Running;
use output::Output;
use std::cell::Cell;
use std::cmp::Ordering;
use std::collections::HashMap;
use std::marker::PhantomData;

/// Compiles the text of an `#evaluate`: its source, the variables that have slots, the macros known.
pub(crate) type Compile<'c> = &'c dyn Fn(&str, &[Box<str>], &[&str]) -> Result<Program, Error>;

/// What a render needs besides the program.
pub(crate) struct World<'r> {
    pub(crate) arena: &'r Arena<'r>,
    pub(crate) roots: &'r Roots<'r>,
    pub(crate) evaluated: &'r typed_arena::Arena<Program>,
    pub(crate) compile: Compile<'r>,
    pub(crate) limits: &'r Limits,
    /// About how much the template writes.
    pub(crate) capacity: usize,
}

/// What a render gives.
pub(crate) struct Outcome {
    pub(crate) text: String,
    pub(crate) notes: Vec<Note>,
    pub(crate) overrides: Overrides,
}

/// How a body was left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flow {
    Return,
    /// `#break`: the nearest loop, block, macro or `#evaluate` takes it.
    Break,
    /// `#break($foreach)` of the loop with this number.
    BreakScope(u32),
    /// `#stop`.
    Stop,
}

struct Vm<'r> {
    arena: &'r Arena<'r>,
    roots: &'r Roots<'r>,
    evaluated: &'r typed_arena::Arena<Program>,
    compile: Compile<'r>,
    /// The program that runs, and its number: 0 is the template's.
    program: &'r Program,
    number: u32,
    programs: Vec<&'r Program>,
    /// The names of all slots.
    names: Vec<Box<str>>,
    slots: Vec<Value<'r>>,
    stack: Vec<Value<'r>>,
    out: Output,
    loops: Vec<Running<'r>>,
    loop_ids: u32,
    most_turns: u64,
    loop_limit_fails: bool,
    frames: Vec<Frame<'r>>,
    /// How many frames can be seen from where the machine is.
    visible: usize,
    macros: HashMap<&'r str, Known>,
    macro_depth: u64,
    most_macro_depth: u64,
    depth: u64,
    most_depth: u64,
    /// Whether `#define` has run: a collection may hold a block.
    has_blocks: bool,
    notes: Vec<Note>,
    /// The op that runs, for notes and errors.
    at: usize,
}

/// Renders a program.
pub(crate) fn render<'r>(program: &'r Program, world: World<'r>) -> Result<Outcome, Error> {
    let slots = program.names.iter().map(|name| world.roots.variable(name)).collect();
    let mut vm = Vm {
        arena: world.arena,
        roots: world.roots,
        evaluated: world.evaluated,
        compile: world.compile,
        program,
        number: 0,
        programs: vec![program],
        names: Vec::new(),
        slots,
        stack: Vec::with_capacity(16),
        out: Output::new(world.capacity, world.limits.output),
        loops: Vec::new(),
        loop_ids: 0,
        most_turns: world.limits.foreach.unwrap_or(u64::MAX),
        loop_limit_fails: world.limits.foreach_fails,
        frames: Vec::new(),
        visible: 0,
        macros: HashMap::new(),
        macro_depth: 0,
        most_macro_depth: world.limits.macro_depth.unwrap_or(u64::MAX),
        depth: 0,
        most_depth: world.limits.depth.unwrap_or(u64::MAX),
        has_blocks: false,
        notes: Vec::new(),
        at: 0,
    };
    vm.learn_macros(0);
    vm.run(0)?;
    let overrides = vm.roots.overrides()?;
    Ok(Outcome { text: text::to_wire(vm.out.into_text()), notes: vm.notes, overrides })
}

impl<'r> Vm<'r> {
    /// Makes the macros of a program known; the first definition of a name counts.
    fn learn_macros(&mut self, number: u32) {
        let Some(program) = self.programs.get(number as usize) else { return };
        for (index, definition) in program.macros.iter().enumerate() {
            self.macros.entry(&definition.name).or_insert(Known { program: number, index: index as u32 });
        }
    }

    /// Runs a body of one of the programs, from inside of another.
    fn enter(&mut self, number: u32, start: u32) -> Result<Flow, Error> {
        if self.depth >= self.most_depth {
            return Err(Error::new(Code::DepthLimit, format!("calls nest deeper than {}", self.most_depth)));
        }
        self.depth += 1;
        let program = self.programs.get(number as usize).copied().unwrap_or(self.program);
        let (outer, outer_number, at) = (self.program, self.number, self.at);
        self.program = program;
        self.number = number;
        let flow = self.run(start as usize);
        self.program = outer;
        self.number = outer_number;
        self.at = at;
        self.depth -= 1;
        flow
    }

    /// Runs from an op to the end of its body. A failure gets its place.
    fn run(&mut self, start: usize) -> Result<Flow, Error> {
        let loops = self.loops.len();
        let height = self.stack.len();
        let captures = self.out.depth();
        let flow = self.execute(start, loops).map_err(|error| error.at(self.program.span(self.at)))?;
        if flow != Flow::Return {
            while self.loops.len() > loops {
                self.end_loop();
            }
            self.stack.truncate(height);
            self.out.unwind(captures);
        }
        Ok(flow)
    }

    #[inline]
    fn pop(&mut self) -> Value<'r> {
        self.stack.pop().unwrap_or(Value::Null)
    }

    #[inline]
    fn push(&mut self, value: Value<'r>) {
        self.stack.push(value);
    }

    fn execute(&mut self, start: usize, base: usize) -> Result<Flow, Error> {
        let program = self.program;
        let ops = program.ops.as_slice();
        let mut ip = start;
        while let Some(&op) = ops.get(ip) {
            self.at = ip;
            ip += 1;
            match op {
                Op::Null => self.push(Value::Null),
                Op::True => self.push(Value::Bool(true)),
                Op::False => self.push(Value::Bool(false)),
                Op::Int(value) => self.push(Value::Int(value)),
                Op::Const(c) => {
                    let value = program.constants.get(c as usize).map_or(Value::Null, |c| self.arena.thaw(c));
                    self.push(value);
                }
                Op::Load(slot) => {
                    let value = self.slots.get(slot as usize).cloned().unwrap_or(Value::Null);
                    self.push(value);
                }
                Op::LoadIn(slot) => {
                    let value = self.read(slot, true)?;
                    self.push(value);
                }
                Op::Store(slot) => {
                    let value = self.pop();
                    self.store(slot, value, false);
                }
                Op::StoreIn(slot) => {
                    let value = self.pop();
                    self.store(slot, value, true);
                }
                Op::Nothing => {
                    if let Some(top) = self.stack.last_mut()
                        && top.is_null()
                    {
                        *top = Value::EMPTY;
                        self.note_nothing();
                    }
                }
                Op::Get(name) => {
                    let receiver = self.pop();
                    let value = self.get(&receiver, name)?;
                    self.push(value);
                }
                Op::LoadGet(slot, name) => {
                    let receiver = self.slots.get(usize::from(slot)).cloned().unwrap_or(Value::Null);
                    let value = self.get(&receiver, name)?;
                    self.push(value);
                }
                Op::Index => {
                    let key = self.pop();
                    let receiver = self.pop();
                    let value = self.index(&receiver, &key)?;
                    self.push(value);
                }
                Op::Put(name) => {
                    let receiver = self.pop();
                    let value = self.pop();
                    self.put(&receiver, name, value)?;
                }
                Op::PutIndex => {
                    let key = self.pop();
                    let receiver = self.pop();
                    let value = self.pop();
                    let done = !receiver.is_null() && property::set_index(self.arena, &receiver, &key, value)?;
                    if !done {
                        self.note_ignored();
                    }
                }
                Op::Call(method, count) => self.call(method, usize::from(count))?,
                Op::CallPath(call) => self.call_path(call)?,
                Op::List(count) => {
                    let items = self.take(count as usize);
                    let list = self.arena.list(ListKind::Array, items)?;
                    self.push(list);
                }
                Op::Map(count) => {
                    let members = self.take(2 * count as usize);
                    let map = self.arena.map(MapKind::Linked)?;
                    let mut members = members.into_iter();
                    while let (Some(key), Some(value)) = (members.next(), members.next()) {
                        map.put(key, value)?;
                    }
                    self.push(Value::Map(map));
                }
                Op::Range => {
                    let last = self.pop();
                    let first = self.pop();
                    let value = if first.is_number() && last.is_number() {
                        self.arena.range(num::int_value(&first), num::int_value(&last))?
                    } else {
                        self.note_here(Code::NullOperand, "an end of the range is no number".into());
                        Value::Null
                    };
                    self.push(value);
                }
                Op::Add => {
                    let (left, right) = self.operands()?;
                    let value = self.add(left, &right, None)?;
                    self.push(value);
                }
                Op::AddNamed(sources) => {
                    let (left, right) = self.operands()?;
                    let value = self.add(left, &right, Some(sources))?;
                    self.push(value);
                }
                Op::Sub => self.arithmetic(num::sub)?,
                Op::Mul => self.arithmetic(num::mul)?,
                Op::Div => self.arithmetic(num::div)?,
                Op::Rem => self.arithmetic(num::rem)?,
                Op::Eq => self.equality(true)?,
                Op::Ne => self.equality(false)?,
                Op::Lt => self.ordering(Ordering::is_lt)?,
                Op::Le => self.ordering(Ordering::is_le)?,
                Op::Gt => self.ordering(Ordering::is_gt)?,
                Op::Ge => self.ordering(Ordering::is_ge)?,
                Op::Not => {
                    let truth = self.pop_truth()?;
                    self.push(Value::Bool(!truth));
                }
                Op::Truth => {
                    let truth = self.pop_truth()?;
                    self.push(Value::Bool(truth));
                }
                Op::Pop => drop(self.pop()),
                Op::Jump(target) => ip = target as usize,
                Op::JumpIfFalse(target) => {
                    if !self.pop_truth()? {
                        ip = target as usize;
                    }
                }
                Op::JumpIfTrue(target) => {
                    if self.pop_truth()? {
                        ip = target as usize;
                    }
                }
                Op::JumpIfNull(target) => {
                    if self.stack.last().is_none_or(Value::is_null) {
                        ip = target as usize;
                    }
                }
                Op::ForBegin(l) => {
                    let over = self.pop();
                    let Some(info) = program.loops.get(l as usize) else { continue };
                    if self.begin_loop(l, info, &over)? {
                        ip = info.next as usize;
                    } else {
                        if !over.is_null() && !matches!(&over, Value::Str(t) if t.is_empty()) {
                            self.note_here(
                                Code::NotIterable,
                                format!("`#foreach` cannot walk over a {}", over.class_name()),
                            );
                        }
                        ip = info.exit as usize;
                    }
                }
                Op::ForNext(l) => {
                    let Some(info) = program.loops.get(l as usize) else { continue };
                    if self.next_turn(info)? {
                        ip = info.body as usize;
                    }
                }
                Op::ForEnd => self.end_loop(),
                Op::Text(t) => {
                    if let Some(text) = program.texts.get(t as usize) {
                        self.out.push(text)?;
                    }
                }
                Op::EmitVar(slot, text) => {
                    let value = self.slots.get(usize::from(slot)).cloned().unwrap_or(Value::Null);
                    let text = program.texts.get(text as usize).map_or("", |t| t);
                    if value.is_null() {
                        self.note_nothing();
                    } else if let Some(flow) = self.write(&value, text)? {
                        return Ok(flow);
                    }
                }
                Op::Emit(t) => {
                    let value = self.pop();
                    let text = program.texts.get(t as usize).map_or("", |t| t);
                    if value.is_null() {
                        self.note_nothing();
                    }
                    if let Some(flow) = self.write(&value, text)? {
                        return Ok(flow);
                    }
                }
                Op::EmitQuiet => {
                    let value = self.pop();
                    if let Some(flow) = self.write(&value, "")? {
                        return Ok(flow);
                    }
                }
                Op::EmitIn(e) => {
                    let value = self.pop();
                    let Some(emit) = program.emits.get(e as usize) else { continue };
                    let text = if value.is_null() { self.argument_source(emit.slot) } else { None };
                    if let Some(flow) = self.write(&value, text.unwrap_or(&emit.literal))? {
                        return Ok(flow);
                    }
                }
                Op::EmitMarked(m) => {
                    let value = self.pop();
                    if let Some(flow) = self.write_marked(&value, m)? {
                        return Ok(flow);
                    }
                }
                Op::BeginText => self.out.begin(),
                Op::EndText => {
                    let text = self.out.end();
                    let value = self.arena.string(text)?;
                    self.push(value);
                }
                Op::EndTextChop => {
                    let mut text = self.out.end();
                    text.pop();
                    let value = self.arena.string(text)?;
                    self.push(value);
                }
                Op::Macro(c) => {
                    let Some(call) = program.calls.get(c as usize) else { continue };
                    match self.call_macro(call, self.number)? {
                        Flow::Return => {}
                        other => return Ok(other),
                    }
                }
                Op::Define(d) => {
                    let Some(define) = program.defines.get(d as usize) else { continue };
                    let block = Block {
                        program: self.number,
                        body: define.body,
                        depth: Cell::new(0),
                        most: 2,
                        marker: PhantomData,
                    };
                    let block = self.arena.block(block)?;
                    self.has_blocks = true;
                    self.write_variable(define.slot, block, define.in_macro);
                }
                Op::Evaluate => {
                    let text = self.pop();
                    match self.evaluate(&text)? {
                        Flow::Return | Flow::Break | Flow::Stop => {}
                        scope @ Flow::BreakScope(_) => return Ok(scope),
                    }
                }
                Op::Break => match self.loops.get(base..).and_then(|own| own.last()) {
                    Some(running) => ip = self.leave_for(running.index, running.stack, running.captures),
                    None => return Ok(Flow::Break),
                },
                Op::BreakScope => {
                    let scope = self.pop();
                    let Value::View(View::Loop(state)) = &scope else {
                        return Err(Error::new(Code::BadScope, "`#break` wants `$foreach` or nothing"));
                    };
                    let own = self.loops.get(base..).unwrap_or_default();
                    let Some(place) = own.iter().position(|l| l.id == state.id) else {
                        return Ok(Flow::BreakScope(state.id));
                    };
                    while self.loops.len() > base + place + 1 {
                        self.end_loop();
                    }
                    if let Some(running) = self.loops.last() {
                        ip = self.leave_for(running.index, running.stack, running.captures);
                    }
                }
                Op::Stop => return Ok(Flow::Stop),
                Op::Fail(f) => {
                    let failure = program.failures.get(f as usize).cloned();
                    return Err(failure.unwrap_or_else(|| Error::new(Code::Unsupported, "this cannot be rendered")));
                }
                Op::Return => return Ok(Flow::Return),
            }
        }
        Ok(Flow::Return)
    }

    /// Goes back to the heights a loop began with; gives the op that closes it.
    fn leave_for(&mut self, index: u32, stack: usize, captures: usize) -> usize {
        self.stack.truncate(stack);
        self.out.unwind(captures);
        self.program.loops.get(index as usize).map_or(0, |l| l.exit as usize - 1)
    }

    /// The topmost values, in the order they were pushed.
    fn take(&mut self, count: usize) -> Vec<Value<'r>> {
        let from = self.stack.len().saturating_sub(count);
        self.stack.split_off(from)
    }

    // ---- writing

    /// Writes a value; `null` is what stands for null. A block may leave the body.
    fn write(&mut self, value: &Value<'r>, null: &str) -> Result<Option<Flow>, Error> {
        match value {
            Value::Str(text) => self.out.push(text)?,
            Value::Int(i) => self.out.push(itoa::Buffer::new().format(*i))?,
            Value::Null => self.out.push(null)?,
            Value::Block(block) => match self.render_block(block)? {
                (_, flow @ (Flow::Stop | Flow::BreakScope(_))) => return Ok(Some(flow)),
                (false, _) => self.out.push(null)?,
                _ => {}
            },
            host if host::is_silent(host) => {}
            other => {
                let arena = self.arena;
                let settled = self.settle_members(other, 0)?;
                self.out.write(|out| show::show(arena, settled.as_ref().unwrap_or(other), out))?;
            }
        }
        Ok(None)
    }

    /// A reference behind backslashes or other marks.
    fn write_marked(&mut self, value: &Value<'r>, mark: u32) -> Result<Option<Flow>, Error> {
        let Some(mark) = self.program.marks.get(mark as usize) else { return Ok(None) };
        if mark.broken {
            if !self.arena.dialect.service {
                self.out.push(&mark.literal)?;
            }
            return Ok(None);
        }
        if mark.escaped {
            self.out.push(&mark.backslashes)?;
            if value.is_null() {
                self.out.push("\\")?;
            }
            self.out.push(&mark.literal)?;
            return Ok(None);
        }
        if matches!(value, Value::Block(_)) {
            return self.write(value, &mark.literal);
        }
        self.out.push(&mark.backslashes)?;
        if value.is_null() {
            // Velocity writes the backslashes of a null reference twice.
            self.out.push(&mark.backslashes)?;
        }
        self.out.push(&mark.text)?;
        self.write(value, &mark.literal)
    }

    // ---- references

    fn store(&mut self, slot: u32, value: Value<'r>, in_macro: bool) {
        if value.is_null() {
            self.note_ignored();
            return;
        }
        // `#foreach($x in [$null])#set($x = 1)$x#end`: while the element is null the variable stays so.
        if let Some(running) = self.loops.last()
            && running.null_turn
            && self.program.loops.get(running.index as usize).is_some_and(|l| l.variable == Some(slot))
        {
            return;
        }
        if !in_macro || self.visible == 0 {
            if let Some(place) = self.slots.get_mut(slot as usize) {
                *place = value;
            }
            return;
        }
        self.write_variable(slot, value, true);
    }

    fn get(&mut self, receiver: &Value<'r>, name: u32) -> Result<Value<'r>, Error> {
        let Some(property) = self.program.properties.get(name as usize) else { return Ok(Value::Null) };
        let found = match receiver {
            Value::Null => return Ok(Value::Null),
            Value::Host(host) => self.roots.get(*host, &property.name),
            other => property::get(self.arena, other, property)?,
        };
        Ok(match found {
            Some(value) => value,
            None => {
                self.note_missing(Code::UnknownProperty, receiver, &property.name);
                Value::Null
            }
        })
    }

    fn index(&mut self, receiver: &Value<'r>, key: &Value<'r>) -> Result<Value<'r>, Error> {
        if receiver.is_null() {
            return Ok(Value::Null);
        }
        match property::get_index(self.arena, receiver, key)? {
            Some(value) => Ok(value),
            None => {
                self.note_missing(Code::UnknownMethod, receiver, "get");
                Ok(Value::Null)
            }
        }
    }

    fn put(&mut self, receiver: &Value<'r>, name: u32, value: Value<'r>) -> Result<(), Error> {
        let Some(property) = self.program.properties.get(name as usize) else { return Ok(()) };
        if receiver.is_null() || !property::set(self.arena, receiver, property, value)? {
            self.note_ignored();
        }
        Ok(())
    }

    fn call(&mut self, method: u32, count: usize) -> Result<(), Error> {
        let Some(method) = self.program.methods.get(method as usize) else { return Ok(()) };
        let from = self.stack.len().saturating_sub(count);
        let args = self.stack.split_off(from);
        let mut receiver = self.pop();
        if receiver.is_null() {
            self.push(Value::Null);
            return Ok(());
        }
        if let Value::Block(block) = receiver {
            receiver = match (method.id, args.is_empty()) {
                (JavaMethod::ToString, true) => {
                    let text = self.block_text(block)?;
                    self.push(text);
                    return Ok(());
                }
                _ => Value::Block(block),
            };
        }
        let found = host::call(self.roots, self.arena, &receiver, method.id, &args)?;
        let value = match found {
            Some(value) => value,
            None => {
                self.note_missing(Code::UnknownMethod, &receiver, &method.name);
                Value::Null
            }
        };
        self.push(value);
        Ok(())
    }

    fn call_path(&mut self, call: u32) -> Result<(), Error> {
        let Some(call) = self.program.paths.get(call as usize) else { return Ok(()) };
        let receiver = self.pop();
        let value = match &receiver {
            Value::Null => Value::Null,
            Value::Host(Host::Input) => match &call.path {
                Ok(path) => self.roots.find(call.method, path)?,
                Err(error) => return Err(Error::new(error.code(), error.detail())),
            },
            other => {
                let args = [Value::str(&call.text)];
                match host::call(self.roots, self.arena, other, call.method, &args)? {
                    Some(value) => value,
                    None => {
                        self.note_missing(Code::UnknownMethod, other, call.method.name());
                        Value::Null
                    }
                }
            }
        };
        if value.is_null() {
            self.note_here(Code::PathNotFound, format!("`{}` finds nothing in the payload", call.text));
        }
        self.push(value);
        Ok(())
    }

    fn evaluate(&mut self, text: &Value<'r>) -> Result<Flow, Error> {
        let source = match self.settle(text.clone())? {
            Value::Null => String::new(),
            other => self.text_of(&other)?,
        };
        self.arena.meter.charge(source.len() / 16 + 1)?;
        if self.names.is_empty() {
            self.names.extend(self.program.names.iter().cloned());
        }
        let macros: Vec<&str> = self.macros.keys().copied().collect();
        let compiled = (self.compile)(&source, &self.names, &macros);
        let program =
            compiled.map_err(|e| Error::new(Code::Evaluate, format!("the text does not parse: {}", e.detail())))?;
        self.arena.meter.grow(source.len() * 4)?;
        for name in program.names.iter().skip(self.names.len()) {
            self.slots.push(self.roots.variable(name));
        }
        self.names = program.names.clone();
        let number = self.programs.len() as u32;
        self.programs.push(self.evaluated.alloc(program));
        self.learn_macros(number);
        let span = self.program.span(self.at);
        self.enter(number, 0).map_err(|e| e.moved(span))
    }

    fn slot_of(&mut self, name: &str) -> Option<u32> {
        if self.names.is_empty() {
            self.names.extend(self.program.names.iter().cloned());
        }
        self.names.iter().position(|n| **n == *name).map(|at| at as u32)
    }

    // ---- operators

    /// The two topmost values; blocks as their text.
    #[inline]
    fn operands(&mut self) -> Result<(Value<'r>, Value<'r>), Error> {
        let right = self.pop();
        let left = self.pop();
        if matches!(left, Value::Block(_)) || matches!(right, Value::Block(_)) {
            return Ok((self.settle(left)?, self.settle(right)?));
        }
        Ok((left, right))
    }

    /// A block as its text; anything else as it is.
    fn settle(&mut self, value: Value<'r>) -> Result<Value<'r>, Error> {
        match value {
            Value::Block(block) => self.block_text(block),
            other => Ok(other),
        }
    }

    fn pop_truth(&mut self) -> Result<bool, Error> {
        match self.pop() {
            Value::Bool(truth) => Ok(truth),
            Value::Block(block) => Ok(!self.block_text(block)?.is_null()),
            other => Ok(other.truth()),
        }
    }

    fn text_of(&mut self, value: &Value<'r>) -> Result<String, Error> {
        let mut text = String::new();
        if !host::is_silent(value) {
            let settled = self.settle_members(value, 0)?;
            show::show(self.arena, settled.as_ref().unwrap_or(value), &mut text)?;
        }
        Ok(text)
    }

    /// A list or map with its blocks as their text: `$l.add($block)$l`. None where it holds no block.
    fn settle_members(&mut self, value: &Value<'r>, depth: usize) -> Result<Option<Value<'r>>, Error> {
        const DEEPEST: usize = 64;
        if !self.has_blocks || depth > DEEPEST {
            return Ok(None);
        }
        let items = match value {
            Value::Block(block) => return self.block_text(block).map(Some),
            Value::List(list) => list.to_vec(),
            Value::Map(map) => map.members().into_iter().flat_map(|(k, v)| [k, v]).collect(),
            _ => return Ok(None),
        };
        let mut changed = false;
        let mut settled = Vec::with_capacity(items.len());
        for item in items {
            let made = self.settle_members(&item, depth + 1)?;
            changed |= made.is_some();
            settled.push(made.unwrap_or(item));
        }
        if !changed {
            return Ok(None);
        }
        if let Value::List(list) = value {
            return self.arena.list(list.kind(), settled).map(Some);
        }
        let copy = self.arena.map(MapKind::Linked)?;
        let mut members = settled.into_iter();
        while let (Some(key), Some(value)) = (members.next(), members.next()) {
            copy.put(key, value)?;
        }
        Ok(Some(Value::Map(copy)))
    }

    fn add(&mut self, left: Value<'r>, right: &Value<'r>, sources: Option<u32>) -> Result<Value<'r>, Error> {
        if left.is_number() && right.is_number() {
            return num::add(&left, right);
        }
        if left.as_text().is_none() && right.as_text().is_none() {
            self.note_operand(&left, right);
            return Ok(Value::Null);
        }
        let program = self.program;
        let sources = sources.and_then(|s| program.sources.get(s as usize));
        let side = |vm: &mut Self, value: &Value<'r>, source: Option<&'r str>| match (value, source) {
            (Value::Null, Some(source)) => Ok(source.to_owned()),
            _ => vm.text_of(value),
        };
        let mut text = match left {
            Value::Str(text) => text,
            other => side(self, &other, sources.map(|s| &*s.0))?.into(),
        };
        self.arena.meter.grow(right.as_text().map_or(16, |t| t.len()))?;
        match right {
            Value::Str(more) => text.push(more),
            other => text.push(&side(self, other, sources.map(|s| &*s.1))?),
        }
        Ok(Value::Str(text))
    }

    #[inline]
    fn arithmetic(
        &mut self,
        operation: impl Fn(&Value<'r>, &Value<'r>) -> Result<Value<'r>, Error>,
    ) -> Result<(), Error> {
        let (left, right) = self.operands()?;
        let value = if left.is_number() && right.is_number() { operation(&left, &right)? } else { Value::Null };
        if value.is_null() {
            self.note_operand(&left, &right);
        }
        self.push(value);
        Ok(())
    }

    #[inline]
    fn equality(&mut self, wanted: bool) -> Result<(), Error> {
        let (left, right) = self.operands()?;
        let equal = match (&left, &right) {
            (Value::Int(l), Value::Int(r)) => l == r,
            (Value::Str(l), Value::Str(r)) => l == r,
            _ => template_equals(self.arena, &left, &right)?,
        };
        self.push(Value::Bool(equal == wanted));
        Ok(())
    }

    #[inline]
    fn ordering(&mut self, wanted: impl Fn(Ordering) -> bool) -> Result<(), Error> {
        let (left, right) = self.operands()?;
        let truth = match (&left, &right) {
            (Value::Int(l), Value::Int(r)) => wanted(l.cmp(r)),
            _ => match template_compare(&left, &right)? {
                Some(order) => wanted(order),
                None => {
                    self.note_operand(&left, &right);
                    false
                }
            },
        };
        self.push(Value::Bool(truth));
        Ok(())
    }

    // ---- notes

    fn note(&mut self, code: Code, span: Span, detail: impl FnOnce(&str) -> String) {
        if self.notes.len() < MOST_NOTES && !self.notes.iter().any(|n| n.code == code && n.span == span) {
            let detail = detail(self.program.excerpt(span));
            self.notes.push(Note { code, span, detail });
        }
    }

    #[cold]
    fn note_here(&mut self, code: Code, detail: String) {
        self.note(code, self.program.span(self.at), |_| detail);
    }

    #[cold]
    fn note_nothing(&mut self) {
        let span = self.program.span(self.at);
        // What happened inside of the reference has been said already.
        let inside = |n: &Note| n.span.start >= span.start && n.span.end() <= span.end();
        if !self.notes.last().is_some_and(inside) {
            self.note(Code::NullReference, span, |source| format!("`{source}` resolves to nothing"));
        }
    }

    #[cold]
    fn note_missing(&mut self, code: Code, receiver: &Value<'r>, name: &str) {
        let class = receiver.class_name();
        self.note(code, self.program.span(self.at), |_| format!("a {class} has no `{name}` that fits"));
    }

    #[cold]
    fn note_ignored(&mut self) {
        self.note(Code::IgnoredSet, self.program.span(self.at), |source| format!("`{source}` sets nothing"));
    }

    #[cold]
    fn note_operand(&mut self, left: &Value<'r>, right: &Value<'r>) {
        let (left, right) = (left.class_name(), right.class_name());
        self.note(Code::NullOperand, self.program.span(self.at), |source| {
            format!("`{source}` has no value: the operands are {left} and {right}")
        });
    }
}
