//! Peephole: the only place where fused ops are born.

use super::Compiler;
use crate::program::Op;

impl Compiler {
    /// Emits the op that prints the top, fused with the load before it where the two are one reference.
    pub(super) fn emit_value(&mut self, op: Op) {
        if self.fuse
            && self.dialect.service
            && matches!(op, Op::EmitQuiet | Op::Emit(_))
            && let [.., Op::Load(slot), Op::Nothing] = self.program.ops[self.barrier..]
        {
            let at = self.program.ops.len() - 2;
            self.program.ops.truncate(at);
            self.program.spans.truncate(at);
            self.emit(Op::EmitVar(slot));
            return;
        }
        self.emit(op);
    }
}
