//! Peephole: the only place where fused ops are born.

use super::Compiler;
use crate::program::Op;

impl Compiler {
    /// Emits the op that prints the top, fused with the load before it where the two are one reference.
    pub(super) fn emit_value(&mut self, op: Op) {
        let (slot, before) = match self.fusible() {
            [.., Op::Load(slot), Op::Nothing] => (*slot, 2),
            [.., Op::Load(slot)] => (*slot, 1),
            _ => (u32::MAX, 0),
        };
        if let Op::Emit(text) = op
            && let Ok(slot) = u16::try_from(slot)
        {
            self.take_back(before);
            self.emit(if before == 2 { Op::EmitSome(slot, text) } else { Op::EmitVar(slot, text) });
        } else {
            self.emit(op);
        }
    }

    /// Emits the op that reads a property of the top, fused with the load before it.
    pub(super) fn emit_get(&mut self, property: u32) {
        if let [.., Op::Load(slot)] = self.fusible()
            && let Ok(slot) = u16::try_from(*slot)
        {
            self.take_back(1);
            self.emit(Op::LoadGet(slot, property));
        } else {
            self.emit(Op::Get(property));
        }
    }

    /// The ops that may be fused with the next.
    fn fusible(&self) -> &[Op] {
        if self.fuse { self.program.ops.get(self.barrier..).unwrap_or_default() } else { &[] }
    }

    fn take_back(&mut self, ops: usize) {
        let left = self.program.ops.len() - ops;
        self.program.ops.truncate(left);
        self.program.spans.truncate(left);
    }
}
