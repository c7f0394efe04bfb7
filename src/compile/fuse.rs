//! Peephole: the only place where fused ops are born.

use super::Compiler;
use crate::program::Op;

impl Compiler {
    /// Emits the op that prints the top, fused with the load before it where the two are one reference.
    pub(super) fn emit_value(&mut self, op: Op) {
        if self.fuse
            && self.dialect.service
            && let Op::Emit(text) = op
            && let [.., Op::Load(slot), Op::Nothing] = self.program.ops[self.barrier..]
            && let Ok(slot) = u16::try_from(slot)
        {
            let at = self.program.ops.len() - 2;
            self.program.ops.truncate(at);
            self.program.spans.truncate(at);
            self.emit(Op::EmitVar(slot, text));
            return;
        }
        self.emit(op);
    }
}
