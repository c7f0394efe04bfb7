//! The disassembler: `Display` of a program.

use super::{Op, Place, Program};
use std::fmt;

impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut macros: Vec<_> = self.macros.iter().collect();
        macros.sort_by_key(|m| m.body);
        let mut macros = macros.into_iter().peekable();
        for (at, op) in self.ops.iter().enumerate() {
            while let Some(m) = macros.next_if(|m| m.body as usize <= at) {
                writeln!(f, "      macro {}", m.name)?;
            }
            let line = format!("{at:5} {:<12}{}", op.name(), Operand(self, at, *op));
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

struct Operand<'p>(&'p Program, usize, Op);

impl fmt::Display for Operand<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.operand(f, self.1, self.2)
    }
}

impl Program {
    /// Returns the source form of a place.
    fn place(&self, place: Place) -> String {
        let variable = |slot: u16| self.names.get(usize::from(slot)).map_or("?", |name| name);
        let property = |p: u32| self.properties.get(p as usize).map_or("?", |p| &p.name);
        match place {
            Place::Variable(slot) => format!("${}", variable(slot)),
            Place::Member(slot, name) => format!("${}.{}", variable(slot), property(name)),
            Place::Nested(slot, first, second) => {
                format!("${}.{}.{}", variable(slot), property(first), property(second))
            }
            Place::Key(map, key) => format!("${}.get(${})", variable(map), variable(key)),
            Place::Path(slot, call) => {
                let path = self.paths.get(call as usize).map_or("?", |call| &call.text);
                format!("${}.path {path}", variable(slot))
            }
            Place::Parameter(slot, name) => format!("${}.params {}", variable(slot), property(name)),
        }
    }

    fn operand(&self, f: &mut fmt::Formatter<'_>, at: usize, op: Op) -> fmt::Result {
        let name = |slot: u32| self.names.get(slot as usize).map_or("?", |n| n);
        let property = |p: u32| self.properties.get(p as usize).map_or("?", |p| &p.name);
        let text = |t: u32| self.texts.get(t as usize).map_or("?", |t| t);
        let place = |p: u32| self.places.get(p as usize).map_or_else(|| "?".to_owned(), |p| self.place(*p));
        match op {
            Op::Int(value) => write!(f, " {value}"),
            Op::Const(c) => match self.constants.get(c as usize) {
                Some(constant) => write!(f, " {}", constant.to_json()),
                None => Ok(()),
            },
            Op::Load(slot) | Op::LoadIn(slot) | Op::Store(slot) => {
                write!(f, " ${}", name(slot))
            }
            Op::Get(p) | Op::Put(p) => write!(f, " .{}", property(p)),
            Op::VarAdd(_, slot, value) | Op::VarMul(_, slot, value) | Op::VarRem(_, slot, value) => {
                write!(f, " ${} {value}", name(u32::from(slot)))
            }
            Op::SetVarAdd(_, slot, value, to) => {
                write!(f, " ${} = ${} + {value}", name(u32::from(to)), name(u32::from(slot)))
            }
            Op::SetPairAdd(_, left, right, to) => {
                write!(f, " ${} = ${} + ${}", name(u32::from(to)), name(u32::from(left)), name(u32::from(right)))
            }
            Op::RemIf(when, slot, divisor, value) => {
                write!(f, " ${} % {divisor} {when} {value} jumps", name(u32::from(slot)))
            }
            Op::VarIf(when, slot, value) => write!(f, " ${} {when} {value} jumps", name(u32::from(slot))),
            Op::TopAdd(_, value) | Op::TopMul(_, value) | Op::TopRem(_, value) => write!(f, " {value}"),
            Op::TopIf(when, value) => write!(f, " {when} {value} jumps"),
            Op::PairIf(when) => write!(f, " {when} jumps"),
            Op::AddVar(_, slot) | Op::SubVar(_, slot) | Op::MulVar(_, slot) => {
                write!(f, " ${}", name(u32::from(slot)))
            }
            Op::TextIf(when, c) => {
                write!(f, " {when}")?;
                self.operand(f, at, Op::Const(c))?;
                f.write_str(" jumps")
            }
            Op::PlaceIf(when, p) => write!(f, " {} {when} true jumps", place(p)),
            Op::PlaceInt(when, p, value) => write!(f, " {} {when} {value} jumps", place(u32::from(p))),
            Op::PlaceText(when, p, c) => {
                write!(f, " {} {when}", place(u32::from(p)))?;
                self.operand(f, at, Op::Const(c))?;
                f.write_str(" jumps")
            }
            Op::Print(_, p) => write!(f, " {}", place(p)),
            Op::PrintScript(_, util, p) => {
                write!(f, " ${}.escapeJavaScript({})", name(u32::from(util)), place(p))
            }
            Op::LoadGet(slot, p) => write!(f, " ${}.{}", name(u32::from(slot)), property(p)),
            Op::EmitVar(slot, _) | Op::EmitSome(slot, _) | Op::EmitArgument(slot, _) => {
                write!(f, " ${}", name(u32::from(slot)))
            }
            Op::Call(m, count) => write!(f, " .{}/{count}", self.methods.get(m as usize).map_or("?", |m| &m.name)),
            Op::CallPath(p) => match self.paths.get(p as usize) {
                Some(call) => write!(f, " .{} {}", call.method.name(), call.text),
                None => Ok(()),
            },
            Op::LoadPath(slot, p) => {
                write!(f, " ${}", name(u32::from(slot)))?;
                self.operand(f, at, Op::CallPath(p))
            }
            Op::List(count) | Op::Map(count) => write!(f, " {count}"),
            Op::Jump(t) | Op::JumpIfFalse(t) | Op::JumpIfTrue(t) | Op::JumpIfNull(t) => write!(f, " → {t}"),
            Op::ForBegin(l) => match self.loops.get(l as usize) {
                Some(l) => write!(f, " ${} → {} or {}", l.variable.map_or("?", name), l.next, l.exit),
                None => Ok(()),
            },
            Op::ForNext(l) => write!(f, " → {}", self.loops.get(l as usize).map_or(0, |l| l.body)),
            Op::Text(t) => write!(f, " {:?}", text(t)),
            Op::Emit(t) => {
                let text = self.null_text(t, at);
                if text.is_empty() { Ok(()) } else { write!(f, " or {text:?}") }
            }
            Op::Line(l) => match self.lines.get(l as usize) {
                Some(line) => write!(f, " of {} from {} → {}", line.parts.len(), line.first, line.end),
                None => Ok(()),
            },
            Op::Macro(c) | Op::Inline(c) => write!(f, " #{}", self.calls.get(c as usize).map_or("?", |c| &c.name)),
            Op::Define(d) => match self.defines.get(d as usize) {
                Some(define) => write!(f, " ${} at {}", name(define.slot), define.body),
                None => Ok(()),
            },
            Op::Fail(e) => write!(f, " {}", self.failures.get(e as usize).map_or("", |e| e.code().as_str())),
            _ => Ok(()),
        }
    }
}
