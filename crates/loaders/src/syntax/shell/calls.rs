//! Functions of a script, whose bodies are read for each of their calls.

use crate::budget::VALUE;
use crate::diagnostic::Fault;
use crate::span::Span;
use crate::syntax::shell::flow::{Kind, Reason, Value};
use crate::syntax::shell::lexer::{COMMAND, Call, Function, Lexer, Line, STEPS};
use crate::syntax::shell::pending::{PendingWord, Printed};
use crate::syntax::tree::{Data, Node, Text};
use std::rc::Rc;

/// Most calls of functions in functions.
const MOST_CALLS: usize = 32;

impl Lexer<'_> {
    /// Enters braces or parentheses. The body of a function does not count where it is defined.
    pub(super) fn open_group(&mut self, function: Option<String>) -> Result<(), Fault> {
        self.skipped += usize::from(function.is_some());
        self.open(Kind::Group { function: function.map(|name| (name, self.at)) })
    }

    /// Leaves braces or parentheses; the body of a function ends at `end`.
    pub(super) fn close_group(&mut self, end: usize) {
        let function = match self.flow.top(0) {
            Some(Kind::Group { function }) => function.take(),
            _ => None,
        };
        self.leave_statement();
        let Some((name, start)) = function else { return };
        self.skipped = self.skipped.saturating_sub(1);
        if self.skipped > 0 {
            return;
        }
        if !self.budget.make(COMMAND + 2 * name.len(), self.span(start, end)) {
            return;
        }
        let before = self.calls.is_empty().then_some(self.script.commands.len());
        self.names.insert(name.clone(), self.functions.len());
        self.functions.push(Function { name, body: start..end.max(start), is_read: false, before });
    }

    /// Reads the body of a function for a call; returns the number of its commands.
    pub(super) fn call(
        &mut self,
        line: &mut Line,
        function: usize,
        words: &[Node],
        is_likely: bool,
        reasons: &[(Span, Reason)],
    ) -> Result<usize, Fault> {
        let Some((first, arguments)) = words.split_first() else { return Ok(0) };
        let span = first.span;
        let name = first.as_str().unwrap_or_default();
        let is_deep = self.calls.len() >= MOST_CALLS;
        if is_deep || self.calls.iter().any(|call| call.function == function) {
            let why = if is_deep { format!("in {MOST_CALLS} other functions") } else { "while it runs".to_owned() };
            let message = format!("{name} is called {why}; its commands are not read again for this call");
            self.budget.spend(STEPS, VALUE + message.len(), span)?;
            self.script.unread.push((span, message));
            line.mark_unknown();
            return Ok(0);
        }
        self.budget.spend(STEPS + arguments.len(), COMMAND + arguments.len() * VALUE, span)?;
        // What may be any number of words ends the arguments whose places are known.
        let is_any = |word: &Node| word.has_placeholder() && word.as_str().is_some_and(is_any);
        let known = arguments.iter().position(is_any).unwrap_or(arguments.len());
        let mut given = Vec::with_capacity(known);
        for argument in &arguments[..known] {
            self.budget.spend(STEPS, argument.own_weight(), span)?;
            given.push(argument.clone());
        }
        let call = Call {
            function,
            base: self.flow.depth(),
            arguments: given.into(),
            shifted: 0,
            is_open: known < arguments.len(),
            is_likely,
            reasons: reasons.iter().map(|(_, reason)| reason.clone()).collect(),
        };
        // What the function prints is a part of what the commands around it print.
        let is_diverted = std::mem::take(&mut line.is_diverted);
        line.input = None;
        let mut printed = line.printed.take();
        if let Some(printed) = printed.as_mut().filter(|_| !is_diverted && !self.flow.is_certain(line.base)) {
            printed.is_unknown = true;
        }
        let is_asked = printed.is_some() && !is_diverted;
        let mut inner = Line { output: line.output.clone(), ..Line::default() };
        inner.printed = if is_asked { printed.take() } else { Some(Printed::default()).filter(|_| printed.is_some()) };
        let count = self.body(call, &mut inner, line.depth)?;
        line.printed = if is_asked { inner.printed } else { printed };
        Ok(count)
    }

    /// Reads the body of a function; returns the number of its commands.
    fn body(&mut self, call: Call, line: &mut Line, depth: usize) -> Result<usize, Fault> {
        let Some(function) = self.functions.get_mut(call.function) else { return Ok(0) };
        function.is_read = true;
        let body = function.body.clone();
        let (back, before) = (self.at, self.script.commands.len());
        self.calls.push(call);
        self.open(Kind::Call)?;
        self.at = body.start;
        line.body_end = Some(body.end);
        self.run(line, body.end, depth)?;
        self.leave_statement();
        self.calls.pop();
        self.at = back;
        Ok(self.script.commands.len() - before)
    }

    /// Reads the functions that nothing calls, whose arguments are not known.
    pub(super) fn uncalled(&mut self) -> Result<(), Fault> {
        let mut at = 0;
        let mut moved = Vec::new();
        while let Some(function) = self.functions.get(at) {
            if !function.is_read && !self.mentioned.contains(&function.name) {
                let (before, span) = (function.before, self.span(function.body.start, function.body.end));
                self.budget.spend(STEPS, COMMAND, span)?;
                let start = self.script.commands.len();
                let call = Call {
                    function: at,
                    base: self.flow.depth(),
                    arguments: Rc::new([]),
                    shifted: 0,
                    is_open: true,
                    is_likely: true,
                    reasons: Vec::new(),
                };
                self.body(call, &mut Line::default(), 0)?;
                if let Some(before) = before {
                    moved.push((before, self.script.commands.split_off(start)));
                }
            }
            at += 1;
        }
        if moved.is_empty() {
            return Ok(());
        }
        // They count where they are defined.
        let mut all = Vec::with_capacity(self.script.commands.len());
        let mut moved = moved.into_iter().peekable();
        for (at, command) in std::mem::take(&mut self.script.commands).into_iter().enumerate() {
            while let Some((_, commands)) = moved.next_if(|(before, _)| *before <= at) {
                all.extend(commands);
            }
            all.push(command);
        }
        all.extend(moved.flat_map(|(_, commands)| commands));
        self.script.commands = all;
        Ok(())
    }

    /// Returns the value of an argument of the function that is being read; `None` if it is not known whether there is
    /// one.
    pub(super) fn argument(&self, name: &str) -> Option<Value> {
        if !name.starts_with(|c: char| c.is_ascii_digit() || "@*#".contains(c)) {
            return None;
        }
        let call = self.calls.last()?;
        // A loop may shift them.
        if self.flow.is_in_loop(call.base) {
            return None;
        }
        let span = self.span(self.at, self.at);
        let text = |text: String| {
            Node::new(span, Data::Text(Text { text, has_placeholder: false, pieces: None, encoded: None }))
        };
        match name {
            "#" => {
                (!call.is_open).then(|| Value::Known(Rc::new(text((call.arguments.len() - call.shifted).to_string()))))
            }
            "@" | "*" if call.is_open => None,
            "@" | "*" if call.shifted == 0 => Some(Value::List(call.arguments.clone())),
            "@" | "*" => {
                let left = call.arguments.get(call.shifted..).unwrap_or_default();
                let weight = left.iter().map(Node::own_weight).sum::<usize>();
                let is_left = self.budget.charge(left.len(), span) && self.budget.make(weight, span);
                is_left.then(|| Value::List(left.into()))
            }
            _ => {
                let at = name.parse::<usize>().ok()?.checked_sub(1)?;
                match call.arguments.get(call.shifted.saturating_add(at)) {
                    Some(argument) if argument.has_placeholder() => Some(Value::Same(Rc::new(argument.clone()))),
                    Some(argument) if call.is_likely => Some(Value::Likely(Rc::new(argument.clone()))),
                    Some(argument) => Some(Value::Known(Rc::new(argument.clone()))),
                    None => (!call.is_open).then_some(Value::Unset),
                }
            }
        }
    }

    /// Adds the reasons why the arguments are not known to a word with one of them.
    pub(super) fn told_arguments(&self, word: &mut PendingWord) {
        word.reasons.extend(self.calls.last().into_iter().flat_map(|call| call.reasons.iter().cloned()));
    }

    /// Applies `shift`.
    pub(super) fn shift(&mut self, words: &[Node]) {
        let count = match words.first() {
            None => Some(1),
            Some(word) => word.as_str().and_then(|word| word.parse::<usize>().ok()),
        };
        let is_certain = self.calls.last().is_some_and(|call| self.flow.is_certain(call.base));
        let Some(call) = self.calls.last_mut() else { return };
        match count.filter(|_| is_certain) {
            Some(count) if count <= call.arguments.len() - call.shifted => call.shifted += count,
            // Nothing is shifted then.
            Some(_) => {}
            None => {
                call.arguments = Rc::new([]);
                call.shifted = 0;
                call.is_open = true;
            }
        }
    }
}

/// Checks for the placeholder of arguments or of the items of a list.
fn is_any(text: &str) -> bool {
    matches!(text, "${@}" | "${*}") || text.starts_with("${") && text.ends_with("[@]}")
}
