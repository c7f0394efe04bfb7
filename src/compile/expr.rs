//! Code generation for expressions and references.

use super::compiler::Compiler;
use super::literal;
use crate::builtins::JavaMethod;
use crate::error::Error;
use crate::jsonpath::JsonPath;
use crate::program::{Op, PathCall};
use crate::syntax::ast::{Expr, ExprKind, Interpolation, Joint, Operator, Reference, Step};
use crate::value::Datum;

impl Compiler<'_> {
    /// Emits code that pushes the value of an expression.
    pub(super) fn value(&mut self, expr: &Expr) -> Result<(), Error> {
        self.at = expr.span;
        match &expr.kind {
            // A name without a `$` is null on the service too: its rule is about variables.
            ExprKind::Null => drop(self.emit(Op::Null)),
            ExprKind::Word(_) => {
                self.emit(Op::Null);
                if self.dialect.service {
                    self.emit(Op::Nothing);
                }
            }
            ExprKind::True => drop(self.emit(Op::True)),
            ExprKind::False => drop(self.emit(Op::False)),
            ExprKind::Integer(digits) => match Datum::integer(digits) {
                Datum::Int(i) => drop(self.emit(Op::Int(i))),
                other => {
                    let constant = self.constant(other);
                    self.emit(Op::Const(constant));
                }
            },
            ExprKind::Float(digits) => {
                let constant = self.constant(Datum::Double(digits.parse().unwrap_or(f64::NAN)));
                self.emit(Op::Const(constant));
            }
            ExprKind::Str(text) => {
                let constant = self.string(text);
                self.emit(Op::Const(constant));
            }
            ExprKind::Template(inner) => self.interpolation(inner)?,
            ExprKind::Reference(reference) => self.reference(reference)?,
            ExprKind::List(items) => {
                for item in items {
                    self.value(item)?;
                }
                self.at = expr.span;
                self.emit(Op::List(items.len() as u32));
            }
            ExprKind::Map(members) => {
                for (key, value) in members {
                    self.value(key)?;
                    self.value(value)?;
                }
                self.at = expr.span;
                self.emit(Op::Map(members.len() as u32));
            }
            ExprKind::Range(ends) => {
                self.value(&ends.0)?;
                self.value(&ends.1)?;
                self.at = expr.span;
                self.emit(Op::Range);
            }
            ExprKind::Group(inner) => self.value(inner)?,
            ExprKind::Not(inner) => {
                self.condition(inner)?;
                self.at = expr.span;
                self.emit(Op::Not);
            }
            ExprKind::And(_) | ExprKind::Or(_) => self.logic(expr)?,
            ExprKind::Chain(first, rest) => self.chain(first, rest)?,
        }
        Ok(())
    }

    /// Emits code that pushes a value with the truth of the expression as a condition. Anything but
    /// references, `true`, comparisons and logic is false as a condition, even `1` and `'a'`.
    pub(super) fn condition(&mut self, expr: &Expr) -> Result<(), Error> {
        match &expr.kind {
            ExprKind::Reference(_) | ExprKind::True | ExprKind::Not(_) | ExprKind::And(_) | ExprKind::Or(_) => {
                self.value(expr)
            }
            ExprKind::Group(inner) => self.condition(inner),
            ExprKind::Chain(_, rest) if rest.last().is_some_and(|joint| is_comparison(joint.operator)) => {
                self.value(expr)
            }
            _ => {
                self.at = expr.span;
                self.emit(Op::False);
                Ok(())
            }
        }
    }

    /// Emits code that jumps if the truth of a condition is `when` and falls through otherwise; returns the
    /// jumps to patch.
    pub(super) fn branch(&mut self, expr: &Expr, when: bool) -> Result<Vec<usize>, Error> {
        let (parts, decides) = match &expr.kind {
            ExprKind::Group(inner) => return self.branch(inner, when),
            ExprKind::Not(inner) => return self.branch(inner, !when),
            // A false operand decides an `&&`, a true one an `||`.
            ExprKind::And(parts) => (parts, false),
            ExprKind::Or(parts) => (parts, true),
            _ => {
                let start = self.program.ops.len();
                self.condition(expr)?;
                return Ok(vec![self.emit_branch(start, when)]);
            }
        };
        let Some((last, before)) = parts.split_last() else { return Ok(Vec::new()) };
        let mut decided = Vec::new();
        for part in before {
            decided.extend(self.branch(part, decides)?);
        }
        let jumps = self.branch(last, when)?;
        if decides == when {
            decided.extend(jumps);
            return Ok(decided);
        }
        for jump in decided {
            self.land(jump);
        }
        Ok(jumps)
    }

    /// Emits code that pushes the boolean of `a && b` or `a || b`, with short-circuit evaluation.
    fn logic(&mut self, expr: &Expr) -> Result<(), Error> {
        let (parts, is_and) = match &expr.kind {
            ExprKind::And(parts) => (parts, true),
            ExprKind::Or(parts) => (parts, false),
            _ => return Ok(()),
        };
        let Some((last, before)) = parts.split_last() else { return Ok(()) };
        let mut decided = Vec::new();
        for part in before {
            self.condition(part)?;
            decided.push(self.emit(if is_and { Op::JumpIfFalse(0) } else { Op::JumpIfTrue(0) }));
        }
        self.condition(last)?;
        self.at = expr.span;
        self.emit(Op::Truth);
        let over = self.emit(Op::Jump(0));
        for jump in decided {
            self.land(jump);
        }
        self.emit(if is_and { Op::False } else { Op::True });
        self.land(over);
        Ok(())
    }

    fn chain(&mut self, first: &Expr, rest: &[Joint]) -> Result<(), Error> {
        self.value(first)?;
        let mut left = literal::of_operand(&self.program.source, first);
        let mut left_never_null = self.is_never_null(first);
        for (i, joint) in rest.iter().enumerate() {
            self.value(&joint.right)?;
            self.at = first.span.to(joint.right.span);
            let op = match joint.operator {
                Operator::Add if left_never_null && self.is_never_null(&joint.right) => Op::Add,
                Operator::Add => {
                    let right = literal::of_operand(&self.program.source, &joint.right);
                    self.program.sources.push((left, right));
                    Op::AddNamed(self.program.sources.len() as u32 - 1)
                }
                Operator::Sub => Op::Sub,
                Operator::Mul => Op::Mul,
                Operator::Div => Op::Div,
                Operator::Rem => Op::Rem,
                Operator::Eq => Op::Eq,
                Operator::Ne => Op::Ne,
                Operator::Lt => Op::Lt,
                Operator::Le => Op::Le,
                Operator::Gt => Op::Gt,
                Operator::Ge => Op::Ge,
            };
            self.emit_operator(op);
            if let Some(next) = rest.get(i + 1) {
                left = literal::between(joint.at, next.at);
            }
            left_never_null = false;
        }
        Ok(())
    }

    /// Returns `true` if an expression is never null.
    pub(super) fn is_never_null(&self, expr: &Expr) -> bool {
        match &expr.kind {
            ExprKind::Reference(_) => self.dialect.service,
            ExprKind::Group(inner) => self.is_never_null(inner),
            ExprKind::Null | ExprKind::Word(_) | ExprKind::Range(_) => false,
            ExprKind::Chain(_, rest) => rest.last().is_some_and(|joint| is_comparison(joint.operator)),
            _ => true,
        }
    }

    /// Emits code that pushes the string `"… $x …"`.
    fn interpolation(&mut self, inner: &Interpolation) -> Result<(), Error> {
        let at = self.at;
        self.emit(Op::BeginText);
        self.nodes(&inner.ast.nodes)?;
        self.at = at;
        self.emit(if inner.chop { Op::EndTextChop } else { Op::EndText });
        Ok(())
    }

    /// Emits code that pushes the value of a reference.
    pub(super) fn reference(&mut self, reference: &Reference) -> Result<(), Error> {
        self.at = reference.span;
        if reference.mark.as_ref().is_some_and(|mark| mark.broken.is_some()) {
            self.emit(Op::Null);
        } else {
            self.load(reference.name);
            let exits = self.steps(&reference.steps)?;
            for exit in exits {
                self.land(exit);
            }
        }
        self.at = reference.span;
        if self.dialect.service {
            self.emit(Op::Nothing);
        }
        Ok(())
    }

    pub(super) fn load(&mut self, name: &str) {
        let slot = self.scope.slot(name);
        self.emit(if self.dynamic { Op::LoadIn(slot) } else { Op::Load(slot) });
    }

    /// Emits code that applies `.a[b].c(d)` to the top; returns the jumps to patch that leave early on null.
    pub(super) fn steps(&mut self, steps: &[Step]) -> Result<Vec<usize>, Error> {
        let mut exits = Vec::new();
        for step in steps {
            match step {
                Step::Property(name, span) => {
                    self.at = *span;
                    let property = self.property(name);
                    self.emit_get(property);
                }
                Step::Index(key, span) => {
                    self.at = *span;
                    if !literal::is_inert(key) {
                        exits.push(self.emit(Op::JumpIfNull(0)));
                    }
                    self.value(key)?;
                    self.at = *span;
                    self.emit(Op::Index);
                }
                Step::Method(name, arguments, span) => {
                    self.at = *span;
                    if let Some(call) = self.path_call(name, arguments)? {
                        self.emit_path(call);
                        continue;
                    }
                    if arguments.iter().any(|a| !literal::is_inert(a)) {
                        exits.push(self.emit(Op::JumpIfNull(0)));
                    }
                    for argument in arguments {
                        self.value(argument)?;
                    }
                    self.at = *span;
                    let method = self.method(name);
                    let count = u16::try_from(arguments.len()).map_err(|_| {
                        Error::new(crate::diagnostic::Code::BadArguments, "a call with more than 65,535 arguments")
                            .at(*span)
                    })?;
                    self.emit(Op::Call(method, count));
                }
            }
        }
        Ok(exits)
    }

    /// Adds a path call for `.path('…')` or `.json('…')` with a literal path and returns its index.
    fn path_call(&mut self, name: &str, arguments: &[Expr]) -> Result<Option<u32>, Error> {
        let method = match name {
            "path" => JavaMethod::Path,
            "json" => JavaMethod::Json,
            _ => return Ok(None),
        };
        let [Expr { kind: ExprKind::Str(text), .. }] = arguments else { return Ok(None) };
        self.count(text);
        let path = JsonPath::parse_within(text, self.budget);
        self.budget.check().map_err(|error| error.at(self.at))?;
        self.program.paths.push(PathCall { method, text: (*text).into(), path, capture: None });
        Ok(Some(self.program.paths.len() as u32 - 1))
    }
}

fn is_comparison(operator: Operator) -> bool {
    !matches!(operator, Operator::Add | Operator::Sub | Operator::Mul | Operator::Div | Operator::Rem)
}
