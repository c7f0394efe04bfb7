//! Peephole optimizer: the only place that emits superinstructions.
//!
//! A *fused* op replaces the ops before it: `Load $x; Emit` becomes `EmitVar $x`. A *quick* op is inserted
//! before the generic ops it replaces and guards on the operand types; see `program::op`. No op is
//! combined across [`Compiler::barrier`], since a jump may land there. The corpus runs with and
//! without this optimizer.

use super::compiler::Compiler;
use crate::builtins::JavaMethod;
use crate::program::op::JumpCondition;
use crate::program::{Op, Place};
use crate::value::Datum;

impl Compiler<'_> {
    /// Emits the op that prints the top, which the ops from `start` on push, combined with the load before it or
    /// after a quick op.
    pub(super) fn emit_value(&mut self, start: usize, op: Op) {
        let (slot, before) = match self.fusible() {
            [.., Op::Load(slot), Op::Nothing] => (*slot, 2),
            [.., Op::Load(slot)] => (*slot, 1),
            _ => (u32::MAX, 0),
        };
        if let Some((at, quick)) = self.quick_print(start) {
            self.insert(start, at, quick);
            self.emit(op);
        } else if let Op::Emit(text) = op
            && let Ok(slot) = u16::try_from(slot)
        {
            self.remove_last(before);
            self.emit(if before == 2 { Op::EmitSome(slot, text) } else { Op::EmitVar(slot, text) });
        } else {
            self.emit(op);
        }
    }

    /// Returns the quick op that prints the value of the ops from `start` on, and its place.
    fn quick_print(&mut self, start: usize) -> Option<(usize, Op)> {
        let ops = self.program.ops.get(start..).filter(|_| self.fuse)?;
        let skip = u8::try_from(ops.len() + 1).ok()?;
        let call = ops.len().checked_sub(if let [.., Op::Nothing] = ops { 2 } else { 1 })?;
        if let ([Op::Load(util), argument @ ..], [Op::Call(method, 1), ..]) = ops.split_at(call)
            && self.method_id(*method) == Some(JavaMethod::EscapeJavaScript)
        {
            let argument = if let [Op::JumpIfNull(_), argument @ ..] = argument { argument } else { argument };
            let (place, util) = (self.place_of(argument), u16::try_from(*util).ok()?);
            // It takes strings of the stack too, which are not borrowed.
            let of_stack = Op::EmitScript(skip - call as u8);
            return Some(match place {
                None | Some(Place::Variable(_)) => (start + call, of_stack),
                Some(place) => {
                    self.insert(start, start + call, of_stack);
                    (start, Op::PrintScript(skip.checked_add(1)?, util, self.place(place)))
                }
            });
        }
        match self.place_of(ops)? {
            // It has ops of its own.
            Place::Variable(_) => None,
            place => Some((start, Op::Print(skip, self.place(place)))),
        }
    }

    /// Returns the place that ops push the value of, if they are those of one.
    fn place_of(&self, ops: &[Op]) -> Option<Place> {
        let mut ops = ops.iter().filter(|op| !matches!(op, Op::Nothing)).copied();
        let slot = |slot: u32| u16::try_from(slot).ok();
        // `$o.class` is always the getter, even if there is a member of that name.
        let is_member = |name: u32| {
            self.program.properties.get(name as usize).is_some_and(|property| property.getter != JavaMethod::GetClass)
        };
        let is_path =
            |call: u32| self.program.paths.get(call as usize).is_some_and(|call| call.method == JavaMethod::Path);
        let is = |method: u32, id: JavaMethod| self.method_id(method) == Some(id);
        match [ops.next(), ops.next(), ops.next(), ops.next()] {
            [Some(Op::Load(variable)), None, ..] => Some(Place::Variable(slot(variable)?)),
            [Some(Op::LoadGet(slot, name)), None, ..] if is_member(name) => Some(Place::Member(slot, name)),
            [Some(Op::LoadGet(slot, first)), Some(Op::Get(second)), None, _]
                if is_member(first) && is_member(second) =>
            {
                Some(Place::Nested(slot, first, second))
            }
            [Some(Op::LoadPath(slot, call)), None, ..] if is_path(call) => Some(Place::Path(slot, call)),
            [Some(Op::Load(map)), Some(Op::Load(key)), Some(Op::Call(method, 1)), None]
                if is(method, JavaMethod::Get) =>
            {
                Some(Place::Key(slot(map)?, slot(key)?))
            }
            [Some(Op::Load(input)), Some(Op::Const(name)), Some(Op::Call(method, 1)), None]
                if is(method, JavaMethod::Params) && self.is_text(name) =>
            {
                Some(Place::Parameter(slot(input)?, name))
            }
            _ => None,
        }
    }

    /// Adds a place and returns its index.
    fn place(&mut self, mut place: Place) -> u32 {
        if let Place::Parameter(_, name) = &mut place
            && let Some(Datum::Str(text)) = self.program.constants.get(*name as usize)
        {
            let text = text.clone();
            *name = self.property(&text);
        }
        self.program.places.push(place);
        self.program.places.len() as u32 - 1
    }

    fn method_id(&self, method: u32) -> Option<JavaMethod> {
        self.program.methods.get(method as usize).map(|method| method.id)
    }

    /// Emits the op that reads a property of the top, fused with the load before it.
    pub(super) fn emit_get(&mut self, property: u32) {
        if let [.., Op::Load(slot)] = self.fusible()
            && let Ok(slot) = u16::try_from(*slot)
        {
            self.remove_last(1);
            self.emit(Op::LoadGet(slot, property));
        } else {
            self.emit(Op::Get(property));
        }
    }

    /// Emits the op that evaluates a path on the top, fused with the load before it.
    pub(super) fn emit_path(&mut self, call: u32) {
        if let [.., Op::Load(slot)] = self.fusible()
            && let Ok(slot) = u16::try_from(*slot)
        {
            self.remove_last(1);
            self.emit(Op::LoadPath(slot, call));
        } else {
            self.emit(Op::CallPath(call));
        }
    }

    /// Emits an operator, after a quick op if an operand is a variable or an Integer.
    pub(super) fn emit_operator(&mut self, op: Op) {
        let quick = match self.fusible() {
            [.., Op::Load(slot), Op::Nothing, Op::Int(value)] => var_int(op, 4, *slot, *value),
            [.., Op::Load(slot), Op::Int(value)] => var_int(op, 3, *slot, *value),
            [.., Op::Int(value)] => top_int(op, *value),
            [.., Op::Load(slot), Op::Nothing] => top_var(op, 3, *slot),
            [.., Op::Load(slot)] => top_var(op, 2, *slot),
            _ => None,
        };
        if let Some((skip, quick)) = quick {
            self.insert_before(usize::from(skip) - 1, quick);
        }
        self.emit(op);
    }

    /// Emits the op that sets a variable to the top, after a quick op if the value is a sum of a variable and an
    /// Integer or another variable.
    pub(super) fn emit_store(&mut self, to: u32) {
        let ops = self.fusible();
        // The quick op of the sum stands `skip` ops before the end.
        let sum = |skip: u8| ops.len().checked_sub(1 + usize::from(skip)).and_then(|at| Some((at, *ops.get(at)?)));
        let load = |at: usize| match ops.get(..at)? {
            [.., Op::Load(slot), Op::Nothing] => Some((2, u16::try_from(*slot).ok()?)),
            [.., Op::Load(slot)] => Some((1, u16::try_from(*slot).ok()?)),
            _ => None,
        };
        let quick = u16::try_from(to).ok().and_then(|to| {
            (2..=4).find_map(|skip| match sum(skip)? {
                (_, Op::VarAdd(own, slot, value)) if own == skip => {
                    Some((skip + 1, true, Op::SetVarAdd(skip + 1, slot, i16::try_from(value).ok()?, to)))
                }
                (at, Op::AddVar(own, right)) if own == skip => {
                    let (before, left) = load(at)?;
                    Some((skip + 1 + before, false, Op::SetPairAdd(skip + 2 + before, left, right, to)))
                }
                _ => None,
            })
        });
        if let Some((back, replace, op)) = quick {
            let back = usize::from(back);
            if replace {
                let at = self.program.ops.len() - back;
                self.program.ops[at] = op;
            } else {
                self.insert_before(back, op);
            }
        }
        self.emit(Op::Store(to));
    }

    /// Emits the jump that is taken if the top, which the ops from `start` on push, is `truth`, after a quick op if
    /// the condition is a place or a comparison; returns the jump.
    pub(super) fn emit_branch(&mut self, start: usize, truth: bool) -> usize {
        let slot = |slot: u32| u16::try_from(slot).ok();
        let quick = match self.fusible() {
            [.., Op::Load(s), Op::Nothing, Op::Int(value), op] => {
                slot(*s).and_then(|s| Some((4, Op::VarIf(JumpCondition::new(*op, truth, 4)?, s, *value))))
            }
            [.., Op::Load(s), Op::Int(value), op] => {
                slot(*s).and_then(|s| Some((3, Op::VarIf(JumpCondition::new(*op, truth, 3)?, s, *value))))
            }
            [.., Op::Int(value), op] => JumpCondition::new(*op, truth, 2).map(|when| (2, Op::TopIf(when, *value))),
            [.., Op::Const(c), op @ (Op::Eq | Op::Ne)] if self.is_text(*c) => {
                JumpCondition::new(*op, truth, 2).map(|when| (2, Op::TextIf(when, *c)))
            }
            [.., op] => JumpCondition::new(*op, truth, 1).map(|when| (1, Op::PairIf(when))),
            _ => None,
        };
        if let Some((at, quick)) = self.remainder_branch(truth) {
            self.program.ops[at] = quick;
        } else if let Some((back, quick)) = self.place_branch(start, truth).or(quick) {
            self.insert_before(back, quick);
        }
        self.emit(if truth { Op::JumpIfTrue(0) } else { Op::JumpIfFalse(0) })
    }

    /// Returns the quick op of a condition about a place, and the number of the ops from `start` on.
    fn place_branch(&mut self, start: usize, truth: bool) -> Option<(usize, Op)> {
        if !self.fuse {
            return None;
        }
        let ops = self.program.ops.get(start..)?;
        let count = ops.len();
        let (place, against, comparison) = match *ops {
            [.., against @ (Op::Int(_) | Op::Const(_)), comparison] if count > 2 => {
                (self.place_of(&ops[..count - 2])?, Some(against), comparison)
            }
            _ => (self.place_of(ops)?, None, Op::Eq),
        };
        let when = JumpCondition::new(comparison, truth, u8::try_from(count).ok()?)?;
        let is_variable = matches!(place, Place::Variable(_));
        let quick = match against {
            // A variable has ops of its own.
            None | Some(Op::Int(_)) if is_variable => return None,
            None => Op::PlaceIf(when, self.place(place)),
            Some(Op::Int(value)) => Op::PlaceInt(when, u16::try_from(self.place(place)).ok()?, value),
            Some(Op::Const(c)) if self.is_text(c) && matches!(comparison, Op::Eq | Op::Ne) => {
                Op::PlaceText(when, u16::try_from(self.place(place)).ok()?, c)
            }
            _ => return None,
        };
        Some((count, quick))
    }

    /// Returns `true` if a constant is a string.
    fn is_text(&self, constant: u32) -> bool {
        matches!(self.program.constants.get(constant as usize), Some(Datum::Str(_)))
    }

    /// Returns the quick op of a condition such as `$x % 2 == 0`, and the place of the quick op of its remainder,
    /// which it replaces.
    fn remainder_branch(&self, truth: bool) -> Option<(usize, Op)> {
        let [remainder @ .., Op::Int(value), comparison] = self.fusible() else { return None };
        let value = i16::try_from(*value).ok()?;
        (3..=4).find_map(|skip: u8| {
            let back = 1 + usize::from(skip);
            match remainder.get(remainder.len().checked_sub(back)?)? {
                Op::VarRem(own, slot, divisor) if *own == skip => {
                    let when = JumpCondition::new(*comparison, truth, skip + 2)?;
                    let divisor = u16::try_from(*divisor).ok()?;
                    Some((self.program.ops.len() - back - 2, Op::RemIf(when, *slot, divisor, value)))
                }
                _ => None,
            }
        })
    }

    /// Inserts an op before the `last` ops.
    fn insert_before(&mut self, last: usize, op: Op) {
        let at = self.program.ops.len() - last;
        self.insert(at, at, op);
    }

    /// Inserts an op at `at`. Jumps between the ops from `start` on are adjusted; there must be no others to them.
    fn insert(&mut self, start: usize, at: usize, op: Op) {
        for op in &mut self.program.ops[start..] {
            if let Op::JumpIfNull(target) = op
                && *target as usize > at
            {
                *target += 1;
            }
        }
        self.barrier += usize::from(self.barrier > at);
        let span = self.program.span(at);
        self.program.ops.insert(at, op);
        self.program.spans.insert(at, span);
    }

    /// Returns the ops that may be combined with the next.
    fn fusible(&self) -> &[Op] {
        if self.fuse { self.program.ops.get(self.barrier..).unwrap_or_default() } else { &[] }
    }

    /// Removes the last ops.
    pub(super) fn remove_last(&mut self, ops: usize) {
        let left = self.program.ops.len() - ops;
        self.program.ops.truncate(left);
        self.program.spans.truncate(left);
    }
}

/// Returns the quick op for a variable and an Integer, with the number of ops it skips.
fn var_int(op: Op, skip: u8, slot: u32, value: i32) -> Option<(u8, Op)> {
    let slot = u16::try_from(slot).ok()?;
    let quick = match op {
        Op::Add | Op::AddNamed(_) => Op::VarAdd(skip, slot, value),
        Op::Sub => Op::VarAdd(skip, slot, value.checked_neg()?),
        Op::Mul => Op::VarMul(skip, slot, value),
        Op::Rem => Op::VarRem(skip, slot, value),
        _ => return None,
    };
    Some((skip, quick))
}

/// Returns the quick op for the top and an Integer, with the number of ops it skips.
fn top_int(op: Op, value: i32) -> Option<(u8, Op)> {
    let quick = match op {
        Op::Add | Op::AddNamed(_) => Op::TopAdd(2, value),
        Op::Sub => Op::TopAdd(2, value.checked_neg()?),
        Op::Mul => Op::TopMul(2, value),
        Op::Rem => Op::TopRem(2, value),
        _ => return None,
    };
    Some((2, quick))
}

/// Returns the quick op for the top and a variable, with the number of ops it skips.
fn top_var(op: Op, skip: u8, slot: u32) -> Option<(u8, Op)> {
    let slot = u16::try_from(slot).ok()?;
    let quick = match op {
        Op::Add | Op::AddNamed(_) => Op::AddVar(skip, slot),
        Op::Sub => Op::SubVar(skip, slot),
        Op::Mul => Op::MulVar(skip, slot),
        _ => return None,
    };
    Some((skip, quick))
}
