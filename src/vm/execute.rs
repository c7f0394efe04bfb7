//! The interpreter loop: one match over the ops.
//!
//! Quick ops check their guard, and either do the work of the sequence after them and add its length to
//! `ip`, or do nothing (see `program::op`).

use super::probe::Watch;
use super::reference::push_copy;
use super::state::{Flow, Vm};
use crate::builtins::property;
use crate::diagnostic::Code;
use crate::error::Error;
use crate::program::Op;
use crate::value::{Block, Datum, ListKind, MapKind, Text, Value, View, num};
use std::cell::Cell;
use std::cmp::Ordering;
use std::marker::PhantomData;

impl<'r, W: Watch> Vm<'r, W> {
    #[inline]
    pub(super) fn pop(&mut self) -> Value<'r> {
        self.stack.pop().unwrap_or(Value::Null)
    }

    #[inline]
    pub(super) fn push(&mut self, value: Value<'r>) {
        self.stack.push(value);
    }

    #[inline]
    fn drop_top(&mut self) {
        self.stack.truncate(self.stack.len().saturating_sub(1));
    }

    /// Executes ops from `start` until the body ends or is left.
    pub(super) fn execute(&mut self, start: usize) -> Result<Flow, Error> {
        let program = self.program;
        let ops = program.ops.as_slice();
        let mut ip = start;
        while let Some(&op) = ops.get(ip) {
            self.at = ip;
            ip += 1;
            let mut op = op;
            if W::ON {
                // A probe sees the generic sequence instead.
                let Some(watched) = self.watched_op(op) else { continue };
                op = watched;
                self.show();
            }
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
                    push_copy(&mut self.stack, false, self.slots.get(slot as usize).unwrap_or(&Value::Null));
                }
                Op::LoadIn(slot) => {
                    let value = self.read(slot)?;
                    self.push(value);
                }
                Op::Store(slot) => match (self.slots.get_mut(slot as usize), self.stack.last()) {
                    (Some(place), Some(&Value::Int(i))) if self.visible == 0 => {
                        *place = Value::Int(i);
                        self.drop_top();
                    }
                    (Some(place), Some(Value::Str(Text::Borrowed(text)))) if self.visible == 0 => {
                        *place = Value::str(text);
                        self.drop_top();
                    }
                    _ => {
                        let value = self.pop();
                        self.store(slot, value);
                    }
                },
                Op::Nothing => {
                    if let Some(top) = self.stack.last_mut()
                        && top.is_null()
                    {
                        *top = Value::EMPTY;
                        self.note_nothing();
                    }
                }
                Op::Get(name) => self.get_top(name)?,
                Op::LoadGet(slot, name) => self.get_of(slot, name)?,
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
                Op::CallPath(call) => {
                    let receiver = self.pop();
                    self.call_path(&receiver, call)?;
                }
                Op::LoadPath(slot, call) => {
                    let receiver = self.slots.get(usize::from(slot)).cloned().unwrap_or(Value::Null);
                    self.call_path(&receiver, call)?;
                }
                Op::List(count) => {
                    let items = self.pop_many(count as usize);
                    let list = self.arena.list(ListKind::Array, items)?;
                    self.push(list);
                }
                Op::Map(count) => {
                    let members = self.pop_many(2 * count as usize);
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
                        self.note_here(Code::NullOperand, "an end of the range is not a number".into());
                        Value::Null
                    };
                    self.push(value);
                }
                Op::Add if self.binary_int(i32::checked_add) => {}
                Op::AddNamed(_) if self.binary_int(i32::checked_add) => {}
                Op::Sub if self.binary_int(i32::checked_sub) => {}
                Op::Mul if self.binary_int(i32::checked_mul) => {}
                Op::Rem if self.binary_int(i32::checked_rem) => {}
                Op::Eq if self.compare_ints(|l, r| l == r) => {}
                Op::Ne if self.compare_ints(|l, r| l != r) => {}
                Op::Lt if self.compare_ints(|l, r| l < r) => {}
                Op::Le if self.compare_ints(|l, r| l <= r) => {}
                Op::Gt if self.compare_ints(|l, r| l > r) => {}
                Op::Ge if self.compare_ints(|l, r| l >= r) => {}
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
                Op::JumpIfFalse(target) | Op::JumpIfTrue(target) => {
                    let truth = match self.stack.last() {
                        Some(&Value::Bool(truth)) => {
                            self.drop_top();
                            truth
                        }
                        _ => self.pop_truth()?,
                    };
                    if truth == matches!(op, Op::JumpIfTrue(_)) {
                        ip = target as usize;
                    }
                }
                Op::JumpIfNull(target) => {
                    if self.stack.last().is_none_or(Value::is_null) {
                        ip = target as usize;
                    }
                }
                Op::ForBegin(l) => {
                    let Some(info) = program.loops.get(l as usize) else { continue };
                    ip = if self.begin_loop(l, info)? { info.next } else { info.exit } as usize;
                }
                Op::ForNext(l) => {
                    let Some(info) = program.loops.get(l as usize) else { continue };
                    if self.next_turn(info)? {
                        ip = info.body as usize;
                    }
                }
                Op::ForEnd => self.end_loop()?,
                Op::Text(t) => {
                    if let Some(text) = program.texts.get(t as usize) {
                        self.out.push(text)?;
                    }
                }
                Op::Line(l) => {
                    let Some(line) = program.lines.get(l as usize) else { continue };
                    ip = self.run_line(line)?;
                }
                Op::VarAdd(skip, slot, value) => ip += self.int_of_var(slot, |i| i.checked_add(value), skip),
                Op::VarMul(skip, slot, value) => ip += self.int_of_var(slot, |i| i.checked_mul(value), skip),
                Op::VarRem(skip, slot, value) => ip += self.int_of_var(slot, |i| i.checked_rem(value), skip),
                Op::TopAdd(skip, value) => ip += self.int_of_top(|i| i.checked_add(value), skip),
                Op::TopMul(skip, value) => ip += self.int_of_top(|i| i.checked_mul(value), skip),
                Op::TopRem(skip, value) => ip += self.int_of_top(|i| i.checked_rem(value), skip),
                Op::AddVar(skip, slot) => ip += self.int_of_top_and_var(slot, i32::checked_add, skip),
                Op::SubVar(skip, slot) => ip += self.int_of_top_and_var(slot, i32::checked_sub, skip),
                Op::MulVar(skip, slot) => ip += self.int_of_top_and_var(slot, i32::checked_mul, skip),
                Op::SetVarAdd(skip, slot, value, to) => {
                    let sum = self.int_of(slot).and_then(|i| i.checked_add(i32::from(value)));
                    ip += self.set_int(to, sum, skip);
                }
                Op::SetPairAdd(skip, left, right, to) => {
                    let sum = self.int_of(left).zip(self.int_of(right)).and_then(|(l, r)| l.checked_add(r));
                    ip += self.set_int(to, sum, skip);
                }
                Op::VarIf(when, slot, value) => {
                    if let Some(Value::Int(i)) = self.slots.get(usize::from(slot)) {
                        ip = program.branch(ip + when.distance(), when.jumps(i.cmp(&value)));
                    }
                }
                Op::RemIf(when, slot, divisor, value) => {
                    if let Some(rest) = self.int_of(slot).and_then(|i| i.checked_rem(i32::from(divisor))) {
                        ip = program.branch(ip + when.distance(), when.jumps(rest.cmp(&i32::from(value))));
                    }
                }
                Op::TopIf(when, value) => {
                    if let Some(Value::Int(i)) = self.stack.last() {
                        ip = program.branch(ip + when.distance(), when.jumps(i.cmp(&value)));
                        self.drop_top();
                    }
                }
                Op::PairIf(when) => {
                    if let [.., Value::Int(left), Value::Int(right)] = self.stack.as_slice() {
                        ip = program.branch(ip + when.distance(), when.jumps(left.cmp(right)));
                        self.stack.truncate(self.stack.len() - 2);
                    }
                }
                Op::TextIf(when, constant) => {
                    if let Some(Value::Str(text)) = self.stack.last()
                        && let Some(Datum::Str(constant)) = program.constants.get(constant as usize)
                    {
                        let order = if **text == **constant { Ordering::Equal } else { Ordering::Less };
                        ip = program.branch(ip + when.distance(), when.jumps(order));
                        self.drop_top();
                    }
                }
                Op::PlaceIf(when, place) => {
                    if let Some(truth) = self.truth_of_place(place)? {
                        ip = program.branch(ip + when.distance(), when.jumps(truth.cmp(&true)));
                    }
                }
                Op::PlaceInt(when, place, value) => {
                    if let Some(i) = self.int_of_place(place)? {
                        ip = program.branch(ip + when.distance(), when.jumps(i.cmp(&value)));
                    }
                }
                Op::PlaceText(when, place, constant) => {
                    if let Some(Datum::Str(constant)) = program.constants.get(constant as usize)
                        && let Some(equal) = self.place_equals(place, constant)?
                    {
                        ip = program.branch(ip + when.distance(), when.jumps(equal.cmp(&true)));
                    }
                }
                Op::Print(skip, place) => {
                    if self.print_place(place)? {
                        ip += usize::from(skip);
                    }
                }
                Op::PrintScript(skip, util, place) => {
                    if self.print_script(util, place)? {
                        ip += usize::from(skip);
                    }
                }
                Op::EmitScript(skip) => {
                    if self.emit_script()? {
                        ip += usize::from(skip);
                    }
                }
                Op::EmitVar(slot, text) | Op::EmitSome(slot, text) => {
                    if let Some(value) = self.slots.get(usize::from(slot))
                        && self.out.push_scalar(value)?
                    {
                        continue;
                    }
                    let value = self.slots.get(usize::from(slot)).cloned().unwrap_or(Value::Null);
                    if value.is_null() {
                        self.note_nothing();
                        if matches!(op, Op::EmitSome(..)) {
                            continue;
                        }
                    }
                    if let Some(flow) = self.write(&value, program.null_text(text, self.at))? {
                        return Ok(flow);
                    }
                }
                Op::Emit(text) => {
                    if let Some(top) = self.stack.last()
                        && self.out.push_scalar(top)?
                    {
                        self.drop_top();
                        continue;
                    }
                    let value = self.pop();
                    if value.is_null() {
                        self.note_nothing();
                    }
                    if let Some(flow) = self.write(&value, program.null_text(text, self.at))? {
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
                    // A block that recurses too deeply prints as null does.
                    let may_fail = matches!(value, Value::Null | Value::Block(_));
                    let text = if may_fail { self.argument_source(emit.slot) } else { None };
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
                    let arena = self.arena;
                    let value = self.out.end(|text| arena.captured(text))?;
                    self.push(value);
                }
                Op::EndTextChop => {
                    let arena = self.arena;
                    let value = self.out.end(|text| {
                        let last = text.chars().next_back().map_or(0, char::len_utf8);
                        arena.captured(text.get(..text.len() - last).unwrap_or(""))
                    })?;
                    self.push(value);
                }
                Op::Macro(c) => {
                    let Some(call) = program.calls.get(c as usize) else { continue };
                    match self.call_macro(call, self.number)? {
                        Flow::Return => {}
                        other => return Ok(other),
                    }
                }
                Op::Inline(c) => {
                    let Some(call) = program.calls.get(c as usize) else { continue };
                    if !W::ON && self.macro_depth < self.most_macro_depth {
                        self.arena.budget.charge(1)?;
                        self.inlined = c;
                        continue;
                    }
                    ip = call.end as usize;
                    match self.call_macro(call, self.number)? {
                        Flow::Return => {}
                        other => return Ok(other),
                    }
                }
                Op::EmitArgument(slot, text) => {
                    let text = program.texts.get(text as usize).map_or("", |t| t);
                    if let Some(flow) = self.write_argument(slot, text)? {
                        return Ok(flow);
                    }
                }
                Op::Define(d) => {
                    let Some(define) = program.defines.get(d as usize) else { continue };
                    let visible = self.keep_frames();
                    let block = Block {
                        program: self.number,
                        body: define.body,
                        plain: define.plain,
                        visible: visible as u32,
                        depth: Cell::new(0),
                        most: 2,
                        marker: PhantomData,
                    };
                    let block = self.arena.block(block)?;
                    self.has_blocks = true;
                    self.write_variable(define.slot, block);
                }
                Op::Evaluate => {
                    let text = self.pop();
                    match self.evaluate(&text)? {
                        Flow::Return | Flow::Break | Flow::Stop => {}
                        scope @ Flow::BreakScope(_) => return Ok(scope),
                    }
                }
                Op::Break => return Ok(Flow::Break),
                Op::BreakScope => {
                    let scope = self.pop();
                    let Value::View(View::Loop(state)) = &scope else {
                        return Err(Error::new(Code::BadScope, "`#break` takes `$foreach` or no argument"));
                    };
                    return Ok(Flow::BreakScope(state.source));
                }
                Op::Stop => return Ok(Flow::Stop),
                Op::Fail(f) => return self.fail(f),
                Op::Return => return Ok(Flow::Return),
            }
        }
        Ok(Flow::Return)
    }

    /// Returns the failure of a directive that cannot be rendered.
    #[cold]
    #[inline(never)]
    fn fail(&self, failure: u32) -> Result<Flow, Error> {
        let failure = self.program.failures.get(failure as usize).cloned();
        Err(failure.unwrap_or_else(|| Error::new(Code::Unsupported, "this directive cannot be rendered")))
    }

    /// Pops the topmost values and returns them in the order they were pushed.
    pub(super) fn pop_many(&mut self, count: usize) -> Vec<Value<'r>> {
        let from = self.stack.len().saturating_sub(count);
        self.stack.split_off(from)
    }
}
