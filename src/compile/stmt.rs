//! Code generation for nodes: text, set, if, foreach, macro, define.

use super::block::{BlockEnds, LOOP_NAMES, is_builtin};
use super::compiler::{BodyKind, Compiler, PendingBlock};
use super::inlinable::is_plain;
use super::literal;
use crate::diagnostic::Code;
use crate::error::Error;
use crate::note::{MOST_NOTES, Note};
use crate::program::{
    Argument, ByName, Define, EmitIn, Loop, Macro, MacroCall, Marked, OPS_PER_STEP, OWN_SOURCE, Op, Simple,
};
use crate::span::Span;
use crate::syntax::ast::{Directive, Expr, ExprKind, Kind, Node, Reference, Step};
use crate::value::Datum;
use std::collections::hash_map::Entry;

impl Compiler<'_> {
    /// Compiles a list of nodes with balanced blocks.
    pub(super) fn nodes(&mut self, nodes: &[Node]) -> Result<(), Error> {
        let depth = self.pending.len();
        let mut ends = None;
        let mut at = 0;
        while let Some(node) = nodes.get(at) {
            at += 1;
            self.at = node.span;
            match &node.kind {
                Kind::Text(text) | Kind::Marks(text) => {
                    if !text.is_empty() {
                        let text = self.text(text);
                        self.emit(Op::Text(text));
                    }
                }
                Kind::Comment | Kind::Broken(_) => {}
                Kind::Reference(reference) => self.print(reference)?,
                Kind::Set(set) => self.set(&set.0, &set.1)?,
                Kind::If(condition) => {
                    let otherwise = self.branch(condition, false)?;
                    self.pending.push(PendingBlock::If { otherwise, ends: Vec::new() });
                }
                Kind::ElseIf(condition) => {
                    self.next_arm();
                    let jumps = self.branch(condition, false)?;
                    if let Some(PendingBlock::If { otherwise, .. }) = self.pending.last_mut() {
                        *otherwise = jumps;
                    }
                }
                Kind::Else => self.next_arm(),
                Kind::End => self.close()?,
                Kind::Directive(directive) => {
                    let body = match directive.name {
                        "define" | "literal" => ends.get_or_insert_with(|| BlockEnds::of(nodes)).body(nodes, at - 1),
                        _ => &[],
                    };
                    self.directive(directive, body)?;
                }
            }
        }
        debug_assert_eq!(depth, self.pending.len());
        Ok(())
    }

    /// Ends one arm of an `#if` and starts the next.
    fn next_arm(&mut self) {
        let jump = self.emit(Op::Jump(0));
        let Some(PendingBlock::If { otherwise, ends }) = self.pending.last_mut() else { return };
        ends.push(jump);
        for previous in std::mem::take(otherwise) {
            self.land(previous);
        }
    }

    /// Closes the innermost block at its `#end`.
    fn close(&mut self) -> Result<(), Error> {
        match self.pending.pop() {
            Some(PendingBlock::If { otherwise, ends }) => {
                for jump in otherwise.into_iter().chain(ends) {
                    self.land(jump);
                }
            }
            Some(PendingBlock::For { index, cost, mentions }) => {
                let next = self.emit(Op::ForNext(index)) as u32;
                self.emit(Op::ForEnd);
                let exit = self.here();
                self.barrier = self.program.ops.len();
                let turn = 1 + (self.cost - cost) / OPS_PER_STEP;
                // The loop around it pays for what happens once: the turns are charged one by one.
                self.cost = cost;
                let info = &mut self.program.loops[index as usize];
                info.cost = turn as u32;
                if mentions == self.scope.loop_mentions() && !self.keeps_scopes {
                    info.scope = None;
                }
                info.next = next;
                info.exit = exit;
            }
            Some(PendingBlock::Body { over, dynamic, skipped, kind }) => {
                self.emit(Op::Return);
                self.dynamic = dynamic;
                self.skipped = skipped;
                self.land(over);
                let body = over as u32 + 1;
                match kind {
                    BodyKind::Define(slot, plain) => {
                        let define = Define { slot, body, plain: plain.unwrap_or(body) };
                        self.program.defines.push(define);
                        self.emit(Op::Define(self.program.defines.len() as u32 - 1));
                    }
                    BodyKind::Macro { name, parameters } => {
                        // The first definition of a name is used.
                        let index = self.program.macros.len() as u32;
                        if let Entry::Vacant(entry) = self.macro_indexes.entry(name.clone()) {
                            entry.insert(index);
                            self.program.macros.push(Macro { name, parameters, body });
                        }
                    }
                    BodyKind::Content { call } => {
                        self.program.calls[call as usize].content = Some(body);
                        self.emit(Op::Macro(call));
                    }
                }
            }
            Some(PendingBlock::Skipped { over }) => {
                self.skipped -= 1;
                self.land(over);
            }
            None => {}
        }
        Ok(())
    }

    // ---- references

    /// Emits code that prints a reference.
    fn print(&mut self, reference: &Reference) -> Result<(), Error> {
        let start = self.program.ops.len();
        self.reference(reference)?;
        if let Some(mark) = &reference.mark {
            let literal = match &mark.broken {
                Some(text) => text.clone(),
                None if reference.quiet && !mark.escaped => "".into(),
                None => reference.literal.into(),
            };
            let name = reference.name;
            let plain = self.dynamic && reference.literal.strip_prefix('$') == Some(name);
            let parameter = if plain { Some(self.scope.slot(name)) } else { None };
            self.program.marks.push(Marked {
                backslashes: mark.backslashes.into(),
                escaped: mark.escaped,
                text: mark.text.into(),
                literal,
                broken: mark.broken.is_some(),
                parameter,
            });
            self.emit(Op::EmitMarked(self.program.marks.len() as u32 - 1));
        } else if reference.quiet {
            self.emit_value(start, Op::EmitQuiet);
        } else if self.dynamic && !reference.formal && reference.steps.is_empty() {
            let slot = self.scope.slot(reference.name);
            self.program.emits.push(EmitIn { slot, literal: reference.literal.into() });
            self.emit(Op::EmitIn(self.program.emits.len() as u32 - 1));
        } else {
            let text = if self.source_at(reference.span) == reference.literal {
                self.count(reference.literal);
                OWN_SOURCE
            } else {
                self.text(reference.literal)
            };
            self.emit_value(start, Op::Emit(text));
        }
        Ok(())
    }

    /// Emits code for `#set(target = value)`.
    fn set(&mut self, target: &Reference, value: &Expr) -> Result<(), Error> {
        let at = self.at;
        self.value(value)?;
        self.at = at;
        let Some((last, before)) = target.steps.split_last() else {
            // Velocity takes the target's name from its first token: `#set(${x} = 1)` sets a variable called `{`.
            let name = match (target.quiet, target.formal) {
                (false, false) => target.name.to_string(),
                (false, true) => "{".to_owned(),
                (true, true) => "!{".to_owned(),
                (true, false) => format!("!{}", target.name),
            };
            if target.quiet || target.formal {
                self.note(
                    Code::IgnoredSet,
                    target.span,
                    "`#set` needs a plain `$name`: this assigns a variable that cannot be read",
                );
            }
            let slot = self.scope.slot(&name);
            if self.dynamic {
                self.emit(Op::Store(slot));
            } else {
                self.emit_store(slot);
            }
            return Ok(());
        };
        let skip = (!self.is_never_null(value)).then(|| self.emit(Op::JumpIfNull(0)));
        self.at = target.span;
        self.load(target.name);
        let exits = self.steps(before)?;
        for exit in exits {
            self.land(exit);
        }
        self.at = target.span;
        match last {
            Step::Property(name, _) => {
                let property = self.property(name);
                self.emit(Op::Put(property));
            }
            Step::Index(key, _) => {
                self.value(key)?;
                self.at = target.span;
                self.emit(Op::PutIndex);
            }
            Step::Method(name, ..) => {
                // `#set($x.y() = 1)` sets the property `y`.
                let property = self.property(name);
                self.emit(Op::Put(property));
            }
        }
        if let Some(skip) = skip {
            let over = self.emit(Op::Jump(0));
            self.land(skip);
            self.emit(Op::Pop);
            self.land(over);
        }
        Ok(())
    }

    fn note(&mut self, code: Code, span: Span, detail: impl Into<String>) {
        if self.program.notes.len() < MOST_NOTES {
            self.program.notes.push(Note::new(code, span, detail));
        }
    }

    // ---- directives

    fn directive(&mut self, directive: &Directive, body: &[Node]) -> Result<(), Error> {
        if !is_builtin(directive, self.dialect) {
            return self.macro_call(directive);
        }
        let at = self.at;
        let no_arguments = Vec::new();
        let arguments = directive.arguments.as_ref().unwrap_or(&no_arguments);
        match directive.name {
            "foreach" => return self.foreach(directive, arguments),
            "define" => match arguments.as_slice() {
                [name] if directive.block => {
                    let name = variable_token(self.token_of(name));
                    let slot = self.scope.slot(&name);
                    let plain = self.plain_body(body)?;
                    self.open_body(BodyKind::Define(slot, plain));
                }
                _ => return Err(Error::new(Code::BadArguments, "`#define` needs one name: `#define($name)`").at(at)),
            },
            "macro" => {
                let Some((name, parameters)) = arguments.split_first() else { return Ok(()) };
                if self.dialect.service {
                    // Its syntax is checked, but it defines nothing.
                    self.skip_block();
                    self.note(
                        Code::MacroAsText,
                        at,
                        "the service does not support `#macro`: calls of it print as text",
                    );
                    return Ok(());
                }
                let name: Box<str> = self.source_of(name).into();
                let parameters = parameters
                    .iter()
                    .map(|p| {
                        let token = self.token_of(p);
                        let name = if token.starts_with('$') { variable_token(token) } else { token.to_owned() };
                        self.scope.slot(&name)
                    })
                    .collect();
                self.open_body(BodyKind::Macro { name, parameters });
            }
            "literal" => {
                if !directive.block {
                    let wanted = "`#literal` needs parentheses: `#literal() … #end`";
                    return Err(Error::new(Code::BadArguments, wanted).at(at));
                }
                if body.is_empty() && arguments.is_empty() {
                    return Err(Error::new(Code::BadArguments, "the block of `#literal` must not be empty").at(at));
                }
                // `#literal(1)x#end` takes its argument for its block.
                let text = match arguments.first() {
                    Some(argument) => self.literal_of(argument),
                    None => directive.text.to_owned(),
                };
                self.emit_once(&text);
                self.skip_block();
            }
            "break" => match arguments.as_slice() {
                [] => drop(self.emit(Op::Break)),
                [scope] => {
                    self.value(scope)?;
                    self.at = at;
                    self.emit(Op::BreakScope);
                }
                _ => return Err(Error::new(Code::BadArguments, "`#break` takes at most one scope").at(at)),
            },
            "stop" => match arguments.as_slice() {
                [] => drop(self.emit(Op::Stop)),
                [message] => {
                    self.value(message)?;
                    self.emit(Op::Pop);
                    self.at = at;
                    self.emit(Op::Stop);
                }
                _ => return Err(Error::new(Code::BadArguments, "`#stop` takes at most one message").at(at)),
            },
            "evaluate" => match arguments.as_slice() {
                [text] if matches!(text.kind, ExprKind::Str(_) | ExprKind::Template(_) | ExprKind::Reference(_)) => {
                    self.value(text)?;
                    self.at = at;
                    self.emit(Op::Evaluate);
                }
                _ => return Err(Error::new(Code::BadArguments, "`#evaluate` needs one string or reference").at(at)),
            },
            // #include, #parse
            name => self.resource(name, arguments)?,
        }
        Ok(())
    }

    /// Emits code for `#include` and `#parse`. There are no resources to load, so any name but null fails.
    fn resource(&mut self, name: &str, arguments: &[Expr]) -> Result<(), Error> {
        let at = self.at;
        let include = name == "include";
        let count = if include { arguments.len() } else { 1 };
        if arguments.len() < count {
            return self.fail(Code::BadArguments, "`#parse` needs a name");
        }
        for (number, argument) in arguments[..count].iter().enumerate() {
            if include && !matches!(argument.kind, ExprKind::Reference(_) | ExprKind::Str(_) | ExprKind::Template(_)) {
                return self.fail(Code::BadArguments, "`#include` needs strings or references");
            }
            self.value(argument)?;
            self.at = at;
            let skip = self.emit(Op::JumpIfNull(0));
            self.fail(Code::NoResource, &format!("`#{name}` cannot load anything: templates have no resources"))?;
            self.land(skip);
            self.emit(Op::Pop);
            if include {
                let complaint =
                    format!("<!-- include error : error with arg {number} please see log. see error log -->");
                let complaint = self.text(&complaint);
                self.emit(Op::Text(complaint));
            }
        }
        Ok(())
    }

    /// Emits code that fails the render.
    fn fail(&mut self, code: Code, detail: &str) -> Result<(), Error> {
        self.program.failures.push(Error::new(code, detail).at(self.at));
        self.emit(Op::Fail(self.program.failures.len() as u32 - 1));
        Ok(())
    }

    fn source_of(&self, expr: &Expr) -> &str {
        self.source_at(expr.span)
    }

    fn source_at(&self, span: Span) -> &str {
        self.program.source.get(span.range()).unwrap_or("")
    }

    /// Returns the source of an argument, less the marks in front of a reference.
    fn token_of<'e>(&'e self, expr: &'e Expr<'_>) -> &'e str {
        match &expr.kind {
            ExprKind::Reference(reference) => reference.literal,
            _ => self.source_of(expr),
        }
    }

    /// Returns the source of an argument as Velocity prints it.
    fn literal_of(&self, argument: &Expr) -> String {
        let mut text = String::new();
        literal::of_arguments(&self.program.source, argument.span, std::slice::from_ref(argument), &mut text);
        text
    }

    /// Emits the code of a `#define` block that is used while no macro runs, if the block is simple and there
    /// are macros; returns its first op.
    fn plain_body(&mut self, body: &[Node]) -> Result<Option<u32>, Error> {
        if !self.fuse || !self.has_macros || !is_plain(body, true) {
            return Ok(None);
        }
        let over = self.emit(Op::Jump(0));
        self.barrier = self.program.ops.len();
        let dynamic = std::mem::replace(&mut self.dynamic, false);
        self.nodes(body)?;
        self.dynamic = dynamic;
        self.emit(Op::Return);
        self.land(over);
        Ok(Some(over as u32 + 1))
    }

    fn skip_block(&mut self) {
        let over = self.emit(Op::Jump(0));
        self.pending.push(PendingBlock::Skipped { over });
        self.skipped += 1;
    }

    /// Emits a text that may be as long as the block behind it, unless it is in a block that never runs: blocks
    /// in blocks would take the square of their size.
    fn emit_once(&mut self, text: &str) {
        if self.skipped == 0 {
            let text = self.text(text);
            self.emit(Op::Text(text));
        }
    }

    fn open_body(&mut self, kind: BodyKind) {
        let over = self.emit(Op::Jump(0));
        self.barrier = self.program.ops.len();
        // A macro can be called wherever it is defined.
        let skipped =
            if matches!(kind, BodyKind::Macro { .. }) { std::mem::take(&mut self.skipped) } else { self.skipped };
        self.pending.push(PendingBlock::Body { over, dynamic: self.dynamic, skipped, kind });
        self.dynamic = self.has_macros;
    }

    fn foreach(&mut self, directive: &Directive, arguments: &[Expr]) -> Result<(), Error> {
        let at = self.at;
        if !directive.block {
            return Err(Error::new(Code::BadArguments, "`#foreach` needs `($item in $list)`").at(at));
        }
        let [variable, _, list, rest @ ..] = arguments else {
            // Velocity uses the block itself as the list, which has no value, or fails.
            if arguments.len() < 2 {
                self.fail(Code::BadArguments, "`#foreach` needs `($item in $list)`")?;
            } else {
                self.note(
                    Code::BadArguments,
                    at,
                    "`#foreach` has no collection, so it never runs: `#foreach($item in $list)`",
                );
            }
            self.skip_block();
            return Ok(());
        };
        let variable = match &variable.kind {
            ExprKind::Reference(reference) => {
                self.keeps_scopes |= reference.name == "foreach";
                Some(self.scope.slot(reference.name))
            }
            // Velocity takes all but the first character of `true` for the name.
            ExprKind::True => Some(self.scope.slot("rue")),
            ExprKind::False => Some(self.scope.slot("alse")),
            _ => None,
        };
        self.value(list)?;
        self.at = at;
        let index = self.program.loops.len() as u32;
        self.emit(Op::ForBegin(index));
        self.barrier = self.program.ops.len();
        let [count, has_next, scope] = LOOP_NAMES.map(|n| self.scope.existing(n));
        self.program.loops.push(Loop {
            variable,
            count,
            has_next,
            scope,
            cost: 1,
            body: self.here(),
            next: 0,
            exit: 0,
        });
        self.pending.push(PendingBlock::For { index, cost: self.cost, mentions: self.scope.loop_mentions() });
        if let Some(body) = rest.first() {
            // `#foreach($x in $l $y)` renders its fourth argument instead of its block; a string or number
            // renders as nothing.
            if let ExprKind::Reference(reference) = &body.kind {
                self.print(reference)?;
            }
            self.close()?;
            self.skip_block();
        }
        Ok(())
    }

    /// Emits code for `#name(…)` and `#@name(…) … #end`.
    fn macro_call(&mut self, directive: &Directive) -> Result<(), Error> {
        let at = self.at;
        let arguments = directive.arguments.as_deref().unwrap_or_default();
        if directive.at && !directive.block {
            // Without parentheses `#@name` is text.
            let text = self.text(&format!("#@{}", directive.name));
            self.emit(Op::Text(text));
            return Ok(());
        }
        let text = directive.text;
        if self.dialect.service {
            if directive.arguments.is_some() {
                self.note(
                    Code::MacroAsText,
                    at,
                    format!("`#{}` prints as text: the service does not support macros", directive.name),
                );
            }
            self.emit_once(text);
            if directive.block {
                self.skip_block();
            }
            return Ok(());
        }
        let mut list = Vec::with_capacity(arguments.len());
        for argument in arguments {
            let parsed = match &argument.kind {
                ExprKind::Integer(digits) => Argument::Constant(self.constant(Datum::integer(digits))),
                ExprKind::Float(digits) => {
                    Argument::Constant(self.constant(Datum::Double(digits.parse().unwrap_or(f64::NAN))))
                }
                ExprKind::True => Argument::Constant(self.constant(Datum::Bool(true))),
                ExprKind::False => Argument::Constant(self.constant(Datum::Bool(false))),
                ExprKind::Word(_) => Argument::Constant(self.constant(Datum::Null)),
                _ => {
                    let over = self.emit(Op::Jump(0));
                    self.barrier = self.program.ops.len();
                    self.value(argument)?;
                    let simple = match self.program.ops.get(over + 1..) {
                        Some([Op::Load(slot) | Op::LoadIn(slot)]) => Some(Simple::Variable(*slot)),
                        Some([Op::Const(constant)]) => Some(Simple::Constant(*constant)),
                        _ => None,
                    };
                    if simple.is_some() {
                        self.remove_last(2);
                    } else {
                        self.emit(Op::Return);
                        self.land(over);
                    }
                    let source = self.literal_of(argument).into();
                    Argument::ByName(ByName { start: over as u32 + 1, source, simple })
                }
            };
            list.push(parsed);
        }
        self.at = at;
        let call = MacroCall {
            name: directive.name.into(),
            arguments: list,
            content: None,
            literal: self.piece(text),
            bad_argument: arguments.iter().any(|a| matches!(a.kind, ExprKind::Word(_))),
            definition: None,
            end: 0,
        };
        self.program.calls.push(call);
        let call = self.program.calls.len() as u32 - 1;
        if directive.block {
            self.open_body(BodyKind::Content { call });
        } else if !self.inline(call, arguments)? {
            self.emit(Op::Macro(call));
        }
        Ok(())
    }
}

/// Returns the variable name that Velocity takes from the first token of `$x`: for `${x}` it is `{`.
fn variable_token(token: &str) -> String {
    let name = token.trim_start_matches('\\');
    let name = name.get(1..).unwrap_or("");
    let end = name.find(['.', '[', '(']).unwrap_or(name.len());
    let name = &name[..end];
    match name.find('{') {
        Some(brace) => name[..=brace].to_owned(),
        None => name.to_owned(),
    }
}
