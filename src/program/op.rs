//! The instruction set: one table of ops with their stack effects.

/// One row per op: variant, operands, what it pops and pushes, `quick` for a quick op, doc line. The enum, the names, the
/// stack accounting and the disassembly come from it.
macro_rules! ops {
    (@is_quick quick) => { true };
    (@is_quick) => { false };
    ($($name:ident $(($($field:ident: $type:ty),*))? = $pops:expr => $pushes:expr, $($quick:ident,)? $doc:literal;)*) => {
        /// One instruction of the stack machine, 8 bytes.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Op { $(#[doc = $doc] $name $(($($type),*))?,)* }

        impl Op {
            pub(crate) fn name(self) -> &'static str {
                match self { $(Op::$name { .. } => stringify!($name),)* }
            }

            /// **Quick ops** stand before the ops they stand for and do the work of those where it is of the common
            /// kind: mostly Integers. Then the render goes on behind them, else with them, as if the quick op were
            /// not there: what is rare has one way only.
            pub(crate) fn is_quick(self) -> bool {
                match self { $(Op::$name { .. } => ops!(@is_quick $($quick)?),)* }
            }

            /// How many values it takes from the stack and how many it leaves there, where control goes on
            /// to the next op.
            #[cfg(test)]
            #[allow(unused_variables)]
            pub(crate) fn effect(self) -> (usize, usize) {
                match self { $(Op::$name $(($($field),*))? => ($pops as usize, $pushes as usize),)* }
            }
        }
    };
}

ops! {
    Null = 0 => 1, "Push null.";
    True = 0 => 1, "Push true.";
    False = 0 => 1, "Push false.";
    Int(value: i32) = 0 => 1, "Push an Integer.";
    Const(constant: u32) = 0 => 1, "Push a constant.";
    Load(slot: u32) = 0 => 1, "Push a variable; null if it is not set.";
    LoadIn(slot: u32) = 0 => 1, "The same where a macro may be running: its frames are asked first.";
    Store(slot: u32) = 1 => 0, "`#set($x = v)`; null is ignored.";
    StoreIn(slot: u32) = 1 => 0, "The same where a macro may be running: in its frame and in the context.";
    Nothing = 1 => 1, "The service: a reference to nothing has the value `\"\"`.";
    Get(name: u32) = 1 => 1, "`$o.name`; null of null.";
    Index = 2 => 1, "`$o[k]`.";
    Put(name: u32) = 2 => 0, "`[v o →]`: `#set($o.name = v)`.";
    PutIndex = 3 => 0, "`[v o k →]`: `#set($o[k] = v)`.";
    Call(method: u32, count: u16) = count + 1 => 1, "`$o.method(a, …)`.";
    CallPath(call: u32) = 1 => 1, "`$input.path('…')` or `.json('…')` with a path that is known.";
    List(count: u32) = count => 1, "A new list of the values on top.";
    Map(count: u32) = 2 * count => 1, "A new map of the keys and values on top.";
    Range = 2 => 1, "`[a..b]`.";
    Add = 2 => 1, "`a + b`; joins strings.";
    AddNamed(texts: u32) = 2 => 1, "`a + b` where a side is a reference: next to a string, null is its source text.";
    Sub = 2 => 1, "`a - b`.";
    Mul = 2 => 1, "`a * b`.";
    Div = 2 => 1, "`a / b`.";
    Rem = 2 => 1, "`a % b`.";
    Eq = 2 => 1, "`a == b`.";
    Ne = 2 => 1, "`a != b`.";
    Lt = 2 => 1, "`a < b`.";
    Le = 2 => 1, "`a <= b`.";
    Gt = 2 => 1, "`a > b`.";
    Ge = 2 => 1, "`a >= b`.";
    Not = 1 => 1, "Whether the top is false.";
    Truth = 1 => 1, "Whether the top is true.";
    Pop = 1 => 0, "Drop the top.";
    Jump(target: u32) = 0 => 0, "Go on elsewhere.";
    JumpIfFalse(target: u32) = 1 => 0, "Go on elsewhere when the top is false.";
    JumpIfTrue(target: u32) = 1 => 0, "Go on elsewhere when the top is true.";
    JumpIfNull(target: u32) = 1 => 1, "Go on elsewhere when the top is null; it stays there.";
    ForBegin(l: u32) = 1 => 0, "Open a loop over the top and go to its ForNext, or behind the loop if there is nothing to walk.";
    ForNext(l: u32) = 0 => 0, "The next turn: set the variable, charge, go to the body; else go on.";
    ForEnd = 0 => 0, "Close the loop and give back what it shadowed.";
    Text(text: u32) = 0 => 0, "Write literal text.";
    Emit(text: u32) = 1 => 0, "Write the top; for null write a text.";
    EmitQuiet = 1 => 0, "Write the top; for null nothing.";
    EmitIn(emit: u32) = 1 => 0, "Write the top where a macro may be running: for null, the argument's source.";
    EmitMarked(mark: u32) = 1 => 0, "Write the top behind what stood before its mark.";
    BeginText = 0 => 0, "Collect output for a string.";
    EndText = 0 => 1, "Push what was collected.";
    EndTextChop = 0 => 1, "Push what was collected less its last character, the blank that was put behind.";
    Macro(call: u32) = 0 => 0, "Call a macro by name, or print the call.";
    Define(define: u32) = 0 => 0, "`#define`: store a block in a variable.";
    Evaluate = 1 => 0, "`#evaluate`: compile and run text.";
    Break = 0 => 0, "`#break`: leave the innermost loop, block, macro or `#evaluate`.";
    BreakScope = 1 => 0, "`#break($foreach)`.";
    Stop = 0 => 0, "`#stop`.";
    Fail(failure: u32) = 0 => 0, "What fails only when it is rendered, such as `#parse`.";
    Return = 0 => 0, "The end of a body.";
    EmitVar(slot: u16, text: u32) = 0 => 0, "Fused: Load and Emit.";
    EmitSome(slot: u16, text: u32) = 0 => 0, "Fused: Load, Nothing and Emit.";
    LoadGet(slot: u16, name: u32) = 0 => 1, "Fused: Load and Get.";
    Inline(call: u32) = 0 => 0, "A macro whose code was put here; with a probe it is called.";
    EmitArgument(slot: u16, text: u32) = 0 => 0, "Write a variable in such a macro; for null write a text.";
    LoadPath(slot: u16, call: u32) = 0 => 1, "Fused: Load and CallPath.";
    VarAdd(skip: u8, slot: u16, value: i32) = 0 => 0, quick, "Quick: `$x + 1`, `$x - 1`.";
    VarMul(skip: u8, slot: u16, value: i32) = 0 => 0, quick, "Quick: `$x * 2`.";
    VarRem(skip: u8, slot: u16, value: i32) = 0 => 0, quick, "Quick: `$x % 2`.";
    TopAdd(skip: u8, value: i32) = 0 => 0, quick, "Quick: the top and a number.";
    TopMul(skip: u8, value: i32) = 0 => 0, quick, "Quick: the top times a number.";
    TopRem(skip: u8, value: i32) = 0 => 0, quick, "Quick: the top modulo a number.";
    AddVar(skip: u8, slot: u16) = 0 => 0, quick, "Quick: the top and a variable.";
    SubVar(skip: u8, slot: u16) = 0 => 0, quick, "Quick: the top less a variable.";
    MulVar(skip: u8, slot: u16) = 0 => 0, quick, "Quick: the top times a variable.";
    VarIf(when: When, slot: u16, value: i32) = 0 => 0, quick, "Quick: `#if($x > 1)`.";
    TopIf(when: When, value: i32) = 0 => 0, quick, "Quick: the top compared with a number.";
    PairIf(when: When) = 0 => 0, quick, "Quick: the two topmost compared.";
    TextIf(when: When, constant: u32) = 0 => 0, quick, "Quick: the top compared with a text.";
    GetIf(when: When, slot: u16, name: u32) = 0 => 0, quick, "Quick: `#if($o.flag)`, `#if($foreach.hasNext)`.";
    EmitPath(skip: u8, slot: u16, call: u32) = 0 => 0, quick, "Quick: `$input.path('…')` of a string or an Integer, printed.";
    EmitScript(skip: u8) = 0 => 0, quick, "Quick: `$util.escapeJavaScript($x)` of a string, printed.";
    EmitGet(skip: u8, slot: u16, name: u32) = 0 => 0, quick, "Quick: `$o.name` of an object that was read.";
}

impl Op {
    /// Where a conditional jump goes to.
    #[inline]
    pub(crate) fn target(self) -> Option<usize> {
        match self {
            Op::JumpIfFalse(target) | Op::JumpIfTrue(target) => Some(target as usize),
            _ => None,
        }
    }
}

/// When a quick comparison jumps: for which orders of its sides, and how many ops stand between it and the
/// jump that it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct When(u8);

impl When {
    const LESS: u8 = 1;
    const EQUAL: u8 = 2;
    const GREATER: u8 = 4;

    /// For a comparison and the truth that jumps; none if the op is no comparison.
    pub(crate) fn new(comparison: Op, truth: bool, between: u8) -> Option<When> {
        let orders = match comparison {
            Op::Eq => Self::EQUAL,
            Op::Ne => Self::LESS | Self::GREATER,
            Op::Lt => Self::LESS,
            Op::Le => Self::LESS | Self::EQUAL,
            Op::Gt => Self::GREATER,
            Op::Ge => Self::GREATER | Self::EQUAL,
            _ => return None,
        };
        Some(When(if truth { orders } else { !orders & 7 } | between << 3))
    }

    #[inline]
    pub(crate) fn jumps(self, order: std::cmp::Ordering) -> bool {
        self.0 >> (order as i8 + 1) & 1 == 1
    }

    #[inline]
    pub(crate) fn between(self) -> usize {
        usize::from(self.0 >> 3)
    }
}

impl std::fmt::Display for When {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let orders = ["never", "<", "=", "<=", ">", "<>", ">=", "always"];
        f.write_str(orders.get(usize::from(self.0 & 7)).unwrap_or(&""))
    }
}

const _: () = assert!(size_of::<Op>() == 8);
