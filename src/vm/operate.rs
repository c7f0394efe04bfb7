//! Operators: `+`, `==`, `<`, truth.

use super::probe::Watch;
use super::state::Vm;
use crate::error::Error;
use crate::host;
use crate::span::Span;
use crate::value::compare::{ACROSS, template_compare, template_equals};
use crate::value::sink::BYTES_PER_STEP;
use crate::value::{MapKind, Value, num, show};
use std::cmp::Ordering;

/// Steps of an operation on numbers that are not both an `int`: Velocity goes by way of decimals.
const FRACTION: usize = 4;

impl<'r, W: Watch> Vm<'r, W> {
    /// Applies an operation to two Integers in place; returns `false` and changes nothing if an operand is not
    /// an Integer or the result overflows.
    #[inline(always)]
    pub(super) fn binary_int(&mut self, operation: impl Fn(i32, i32) -> Option<i32>) -> bool {
        if let [.., left @ Value::Int(_), Value::Int(right)] = self.stack.as_mut_slice()
            && let Value::Int(l) = *left
            && let Some(value) = operation(l, *right)
        {
            *left = Value::Int(value);
            self.stack.pop();
            return true;
        }
        false
    }

    /// Compares two Integers in place; returns `false` and changes nothing if an operand is not an Integer.
    #[inline(always)]
    pub(super) fn compare_ints(&mut self, holds: impl Fn(i32, i32) -> bool) -> bool {
        if let [.., left @ Value::Int(_), Value::Int(right)] = self.stack.as_mut_slice()
            && let Value::Int(l) = *left
        {
            *left = Value::Bool(holds(l, *right));
            self.stack.pop();
            return true;
        }
        false
    }

    /// Executes a quick op on an Integer variable: pushes the result and returns `skip`; returns 0 if the
    /// guard fails.
    #[inline(always)]
    pub(super) fn int_of_var(&mut self, slot: u16, operation: impl Fn(i32) -> Option<i32>, skip: u8) -> usize {
        if let Some(&Value::Int(value)) = self.slots.get(usize::from(slot))
            && let Some(value) = operation(value)
        {
            self.push(Value::Int(value));
            return usize::from(skip);
        }
        0
    }

    /// Executes a quick op on an Integer on top, in place, and returns `skip`; returns 0 if the guard fails.
    #[inline(always)]
    pub(super) fn int_of_top(&mut self, operation: impl Fn(i32) -> Option<i32>, skip: u8) -> usize {
        if let Some(Value::Int(top)) = self.stack.last_mut()
            && let Some(value) = operation(*top)
        {
            *top = value;
            return usize::from(skip);
        }
        0
    }

    /// Executes a quick op on the top and a variable, both Integers, in place, and returns `skip`; returns 0 if
    /// the guard fails.
    #[inline(always)]
    pub(super) fn int_of_top_and_var(
        &mut self,
        slot: u16,
        operation: impl Fn(i32, i32) -> Option<i32>,
        skip: u8,
    ) -> usize {
        if let Some(&Value::Int(right)) = self.slots.get(usize::from(slot)) {
            return self.int_of_top(|left| operation(left, right), skip);
        }
        0
    }

    /// Returns the value of a variable that is an Integer.
    #[inline(always)]
    pub(super) fn int_of(&self, slot: u16) -> Option<i32> {
        match self.slots.get(usize::from(slot)) {
            Some(Value::Int(value)) => Some(*value),
            _ => None,
        }
    }

    /// Executes a quick op that sets a variable to an Integer, and returns `skip`; returns 0 if the guard fails.
    #[inline(always)]
    pub(super) fn set_int(&mut self, to: u16, value: Option<i32>, skip: u8) -> usize {
        if self.visible == 0
            && let (Some(value), Some(place)) = (value, self.slots.get_mut(usize::from(to)))
        {
            *place = Value::Int(value);
            return usize::from(skip);
        }
        0
    }

    /// Pops two operands; renders blocks to their text.
    #[inline]
    pub(super) fn operands(&mut self) -> Result<(Value<'r>, Value<'r>), Error> {
        let right = self.pop();
        let left = self.pop();
        if matches!(left, Value::Block(_)) || matches!(right, Value::Block(_)) {
            return Ok((self.render_if_block(left)?, self.render_if_block(right)?));
        }
        Ok((left, right))
    }

    /// Renders a block to its text; returns any other value unchanged.
    pub(super) fn render_if_block(&mut self, value: Value<'r>) -> Result<Value<'r>, Error> {
        match value {
            Value::Block(block) => self.block_text(block),
            other => Ok(other),
        }
    }

    /// Pops a value and returns its truth.
    #[inline]
    pub(super) fn pop_truth(&mut self) -> Result<bool, Error> {
        match self.pop() {
            Value::Bool(truth) => Ok(truth),
            Value::Block(block) => Ok(!self.block_text(block)?.is_null()),
            other => Ok(other.truth()),
        }
    }

    /// Returns the text that a value prints.
    pub(super) fn text_of(&mut self, value: &Value<'r>) -> Result<String, Error> {
        let mut text = String::new();
        if !host::is_silent(value) {
            let rendered = self.render_nested_blocks(value, 0)?;
            show::show(self.arena, rendered.as_ref().unwrap_or(value), &mut text)?;
        }
        Ok(text)
    }

    /// Returns a copy of a list or map in which blocks are rendered to their text (`$l.add($block)$l`), or
    /// `None` if it contains no block.
    pub(super) fn render_nested_blocks(&mut self, value: &Value<'r>, depth: usize) -> Result<Option<Value<'r>>, Error> {
        const MAX_DEPTH: usize = 64;
        if !self.has_blocks || depth > MAX_DEPTH {
            return Ok(None);
        }
        let items = match value {
            Value::Block(block) => return self.block_text(block).map(Some),
            Value::List(list) => list.to_vec(),
            Value::Map(map) => map.members().into_iter().flat_map(|(k, v)| [k, v]).collect(),
            _ => return Ok(None),
        };
        let mut changed = false;
        let mut rendered = Vec::with_capacity(items.len());
        for item in items {
            let made = self.render_nested_blocks(&item, depth + 1)?;
            changed |= made.is_some();
            rendered.push(made.unwrap_or(item));
        }
        if !changed {
            return Ok(None);
        }
        if let Value::List(list) = value {
            return self.arena.list(list.kind(), rendered).map(Some);
        }
        let copy = self.arena.map(MapKind::Linked)?;
        let mut members = rendered.into_iter();
        while let (Some(key), Some(value)) = (members.next(), members.next()) {
            copy.put(key, value)?;
        }
        Ok(Some(Value::Map(copy)))
    }

    /// Adds numbers or concatenates strings; `sources` are the spans printed for null operands.
    pub(super) fn add(&mut self, left: Value<'r>, right: &Value<'r>, sources: Option<u32>) -> Result<Value<'r>, Error> {
        if left.is_number() && right.is_number() {
            self.arena.budget.charge(FRACTION.saturating_add(num::steps(&left, right)))?;
            let sum = num::add(&left, right)?;
            self.arena.hold_number(&sum)?;
            return Ok(sum);
        }
        if left.as_text().is_none() && right.as_text().is_none() {
            self.note_operand(&left, right);
            return Ok(Value::Null);
        }
        let program = self.program;
        let sources = sources.and_then(|s| program.sources.get(s as usize)).copied();
        let text = |span: Span| program.source.get(span.range()).unwrap_or("");
        let side = |vm: &mut Self, value: &Value<'r>, source: Option<&'r str>| match (value, source) {
            (Value::Null, Some(source)) => Ok(source.to_owned()),
            _ => vm.text_of(value),
        };
        let mut sum = match left {
            Value::Str(sum) => sum,
            other => {
                let text = side(self, &other, sources.map(|s| text(s.0)))?;
                self.arena.budget.hold(text.len())?;
                text.into()
            }
        };
        let made;
        let more = match right {
            Value::Str(more) => &**more,
            other => {
                made = side(self, other, sources.map(|s| text(s.1)))?;
                &made
            }
        };
        self.arena.budget.hold(more.len())?;
        let copied = sum.copied_by_push();
        self.arena.budget.hold(copied)?;
        self.arena.budget.charge(4 + (copied + more.len()) / BYTES_PER_STEP)?;
        sum.push(more);
        Ok(Value::Str(sum))
    }

    /// Replaces two operands by the result of an operation. Not inlined, as its values would make the frame of
    /// the interpreter larger, which nests.
    #[inline(never)]
    pub(super) fn arithmetic(
        &mut self,
        operation: impl Fn(&Value<'r>, &Value<'r>) -> Result<Value<'r>, Error>,
    ) -> Result<(), Error> {
        let (left, right) = self.operands()?;
        if !matches!((&left, &right), (Value::Int(_), Value::Int(_))) {
            self.arena.budget.charge(FRACTION.saturating_add(num::steps(&left, &right)))?;
        }
        let value = if left.is_number() && right.is_number() { operation(&left, &right)? } else { Value::Null };
        if value.is_null() {
            self.note_operand(&left, &right);
        }
        self.arena.hold_number(&value)?;
        self.push(value);
        Ok(())
    }

    #[inline]
    pub(super) fn equality(&mut self, wanted: bool) -> Result<(), Error> {
        let (left, right) = self.operands()?;
        let equal = match (&left, &right) {
            (Value::Int(l), Value::Int(r)) => l == r,
            (Value::Str(l), Value::Str(r)) => {
                if l.len() == r.len() {
                    self.arena.budget.charge_bytes(l.len())?;
                }
                l == r
            }
            _ => template_equals(self.arena, &left, &right)?,
        };
        self.push(Value::Bool(equal == wanted));
        Ok(())
    }

    /// Replaces two operands by the truth about their order; not inlined, as [`arithmetic`](Vm::arithmetic).
    #[inline(never)]
    pub(super) fn ordering(&mut self, wanted: impl Fn(Ordering) -> bool) -> Result<(), Error> {
        let (left, right) = self.operands()?;
        let truth = match (&left, &right) {
            (Value::Int(l), Value::Int(r)) => wanted(l.cmp(r)),
            _ => match self
                .arena
                .budget
                .charge(ACROSS.saturating_add(num::steps(&left, &right)))
                .and_then(|()| template_compare(&left, &right))?
            {
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
}
