//! The instruction set: one table of ops with their stack effects.
//!
//! Four groups at the end of the table exist for speed alone; most are emitted by `compile::fuse`:
//!
//! - **Fused ops** are plain superinstructions: one op in place of two or three.
//! - **Quick ops** are guarded superinstructions placed *before* the generic sequence. If the type guard
//!   holds (mostly: the operands are Integers or strings) the op does the work of the whole sequence and
//!   jumps past it; otherwise it does nothing and falls through. So every rare case has one
//!   implementation, with its notes and source spans. A quick op changes the stack only when it jumps.
//! - **`Inline` and `EmitArgument`** run an inlined macro (`compile::inline`).
//! - **`Line`** does the work of ops that print, up to one that does anything else (`compile::line`).
//!
//! With a probe attached the machine skips quick ops, lines and inlined macros, so that it sees every step.

/// Defines the instruction set from one row per op: variant, operands, values popped and pushed, `quick`
/// for a quick op, doc line. The enum, the names and the stack effects come from it.
macro_rules! ops {
    (@is_quick quick) => { true };
    (@is_quick) => { false };
    ($($name:ident $(($($field:ident: $type:ty),*))? = $pops:expr => $pushes:expr, $($quick:ident,)? $doc:literal;)*) => {
        /// One instruction of the stack machine, 8 bytes.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Op { $(#[doc = $doc] $name $(($($type),*))?,)* }

        impl Op {
            /// Returns the name of the op, as the disassembly shows it.
            pub(crate) fn name(self) -> &'static str {
                match self { $(Op::$name { .. } => stringify!($name),)* }
            }

            /// Returns `true` for a quick op: a guarded superinstruction that may be skipped.
            pub(crate) fn is_quick(self) -> bool {
                match self { $(Op::$name { .. } => ops!(@is_quick $($quick)?),)* }
            }

            /// Returns the number of values popped and pushed when control continues with the next op.
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
    LoadIn(slot: u32) = 0 => 1, "Push a variable where a macro may be running: searches the macro frames first.";
    Store(slot: u32) = 1 => 0, "`#set($x = v)`; null is ignored.";
    Nothing = 1 => 1, "Replace a null on top by `\"\"`: the value of a null reference on the service.";
    Get(name: u32) = 1 => 1, "`$o.name`; null of null.";
    Index = 2 => 1, "`$o[k]`.";
    Put(name: u32) = 2 => 0, "`[v o →]`: `#set($o.name = v)`.";
    PutIndex = 3 => 0, "`[v o k →]`: `#set($o[k] = v)`.";
    Call(method: u32, count: u16) = count + 1 => 1, "`$o.method(a, …)`.";
    CallPath(call: u32) = 1 => 1, "`$input.path('…')` or `.json('…')` with a literal path.";
    List(count: u32) = count => 1, "Push a new list of the topmost values.";
    Map(count: u32) = 2 * count => 1, "Push a new map of the topmost keys and values.";
    Range = 2 => 1, "`[a..b]`.";
    Add = 2 => 1, "`a + b`; concatenates strings.";
    AddNamed(texts: u32) = 2 => 1, "`a + b` where an operand is a reference: next to a string, null is its source text.";
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
    Not = 1 => 1, "Negate the truth of the top.";
    Truth = 1 => 1, "Replace the top by its truth.";
    Pop = 1 => 0, "Drop the top.";
    Jump(target: u32) = 0 => 0, "Jump.";
    JumpIfFalse(target: u32) = 1 => 0, "Jump if the top is false.";
    JumpIfTrue(target: u32) = 1 => 0, "Jump if the top is true.";
    JumpIfNull(target: u32) = 1 => 1, "Jump if the top is null; keeps it.";
    ForBegin(l: u32) = 1 => 0, "Open a loop over the top and jump to its ForNext, or past the loop if the top is not iterable.";
    ForNext(l: u32) = 0 => 0, "Start the next turn: set the variable, charge, jump to the body; fall through after the last.";
    ForEnd = 0 => 0, "Close the loop and restore the variables it shadowed.";
    Text(text: u32) = 0 => 0, "Write literal text.";
    Emit(text: u32) = 1 => 0, "Write the top, or a text for null.";
    EmitQuiet = 1 => 0, "Write the top, or nothing for null.";
    EmitIn(emit: u32) = 1 => 0, "Write the top where a macro may be running; for null, the source of the argument.";
    EmitMarked(mark: u32) = 1 => 0, "Write the top of a reference with backslashes or other marks before its `$`.";
    BeginText = 0 => 0, "Start capturing output for a string.";
    EndText = 0 => 1, "End the capture and push it.";
    EndTextChop = 0 => 1, "End the capture and push it without its last character, the blank that Velocity appends.";
    Macro(call: u32) = 0 => 0, "Call a macro by name, or write the call's source if there is none.";
    Define(define: u32) = 0 => 0, "`#define`: store a block in a variable.";
    Evaluate = 1 => 0, "`#evaluate`: compile and run text.";
    Break = 0 => 0, "`#break`: leave the innermost loop, block, macro or `#evaluate`.";
    BreakScope = 1 => 0, "`#break($foreach)`.";
    Stop = 0 => 0, "`#stop`.";
    Fail(failure: u32) = 0 => 0, "Fail: a directive that is an error only when rendered, such as `#parse`.";
    Return = 0 => 0, "Return from a body.";
    EmitVar(slot: u16, text: u32) = 0 => 0, "Fused: Load and Emit.";
    EmitSome(slot: u16, text: u32) = 0 => 0, "Fused: Load, Nothing and Emit.";
    LoadGet(slot: u16, name: u32) = 0 => 1, "Fused: Load and Get.";
    Inline(call: u32) = 0 => 0, "Start of an inlined macro; with a probe, calls it instead.";
    EmitArgument(slot: u16, text: u32) = 0 => 0, "Write a variable in an inlined macro, or a text for null.";
    LoadPath(slot: u16, call: u32) = 0 => 1, "Fused: Load and CallPath.";
    Line(line: u32) = 0 => 0, "Fused: print texts and values; goes on at the first value that is not of a plain kind.";
    VarAdd(skip: u8, slot: u16, value: i32) = 0 => 0, quick, "Quick: `$x + 1`, `$x - 1`.";
    VarMul(skip: u8, slot: u16, value: i32) = 0 => 0, quick, "Quick: `$x * 2`.";
    VarRem(skip: u8, slot: u16, value: i32) = 0 => 0, quick, "Quick: `$x % 2`.";
    TopAdd(skip: u8, value: i32) = 0 => 0, quick, "Quick: add a number to the top.";
    TopMul(skip: u8, value: i32) = 0 => 0, quick, "Quick: multiply the top by a number.";
    TopRem(skip: u8, value: i32) = 0 => 0, quick, "Quick: the top modulo a number.";
    AddVar(skip: u8, slot: u16) = 0 => 0, quick, "Quick: add a variable to the top.";
    SubVar(skip: u8, slot: u16) = 0 => 0, quick, "Quick: subtract a variable from the top.";
    MulVar(skip: u8, slot: u16) = 0 => 0, quick, "Quick: multiply the top by a variable.";
    SetVarAdd(skip: u8, slot: u16, value: i16, to: u16) = 0 => 0, quick, "Quick: `#set($y = $x + 1)`.";
    SetPairAdd(skip: u8, left: u16, right: u16, to: u16) = 0 => 0, quick, "Quick: `#set($z = $x + $y)`.";
    VarIf(when: JumpCondition, slot: u16, value: i32) = 0 => 0, quick, "Quick: `#if($x > 1)`.";
    RemIf(when: JumpCondition, slot: u16, divisor: u16, value: i16) = 0 => 0, quick, "Quick: `#if($x % 2 == 0)`.";
    TopIf(when: JumpCondition, value: i32) = 0 => 0, quick, "Quick: compare the top with a number and jump.";
    PairIf(when: JumpCondition) = 0 => 0, quick, "Quick: compare the two topmost values and jump.";
    TextIf(when: JumpCondition, constant: u32) = 0 => 0, quick, "Quick: compare the top with a string and jump.";
    PlaceIf(when: JumpCondition, place: u32) = 0 => 0, quick, "Quick: `#if($o.flag)`, `#if($foreach.hasNext)`.";
    PlaceInt(when: JumpCondition, place: u16, value: i32) = 0 => 0, quick, "Quick: `#if($o.count > 1)`.";
    PlaceText(when: JumpCondition, place: u16, constant: u32) = 0 => 0, quick, "Quick: `#if($o.kind == 'a')`.";
    EmitScript(skip: u8) = 0 => 0, quick, "Quick: `$util.escapeJavaScript($x)` of a string, printed.";
    Print(skip: u8, place: u32) = 0 => 0, quick, "Quick: print a place that holds a string, an Integer or a boolean.";
    PrintScript(skip: u8, util: u16, place: u32) = 0 => 0, quick, "Quick: `$util.escapeJavaScript($o.name)` of a place that holds a string, printed.";
}

impl Op {
    /// Returns the target of a conditional jump.
    #[inline]
    pub(crate) fn target(self) -> Option<usize> {
        match self {
            Op::JumpIfFalse(target) | Op::JumpIfTrue(target) => Some(target as usize),
            _ => None,
        }
    }
}

/// The condition of a quick comparison: the orderings for which the jump is taken (three bits), and the
/// number of ops from the quick op to the jump that it replaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct JumpCondition(u8);

impl JumpCondition {
    const LESS: u8 = 1;
    const EQUAL: u8 = 2;
    const GREATER: u8 = 4;

    /// Creates the condition of a jump that is taken if `comparison` yields `truth`; `None` if the op is not a
    /// comparison.
    pub(crate) fn new(comparison: Op, truth: bool, distance: u8) -> Option<JumpCondition> {
        let orders = match comparison {
            Op::Eq => Self::EQUAL,
            Op::Ne => Self::LESS | Self::GREATER,
            Op::Lt => Self::LESS,
            Op::Le => Self::LESS | Self::EQUAL,
            Op::Gt => Self::GREATER,
            Op::Ge => Self::GREATER | Self::EQUAL,
            _ => return None,
        };
        Some(JumpCondition(if truth { orders } else { !orders & 7 } | distance << 3))
    }

    /// Returns `true` if the jump is taken for this ordering of the operands.
    #[inline]
    pub(crate) fn jumps(self, order: std::cmp::Ordering) -> bool {
        self.0 >> (order as i8 + 1) & 1 == 1
    }

    /// Returns the number of ops between the quick op and its jump.
    #[inline]
    pub(crate) fn distance(self) -> usize {
        usize::from(self.0 >> 3)
    }
}

impl std::fmt::Display for JumpCondition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let orders = ["never", "<", "=", "<=", ">", "<>", ">=", "always"];
        f.write_str(orders.get(usize::from(self.0 & 7)).unwrap_or(&""))
    }
}

const _: () = assert!(size_of::<Op>() == 8);
