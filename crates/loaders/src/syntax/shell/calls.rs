//! Functions of a script, whose bodies are read for each of their calls.

use crate::budget::VALUE;
use crate::diagnostic::Fault;
use crate::span::Span;
use crate::syntax::shell::flow::{ARGUMENTS, Arguments, Kind, Reason, Value};
use crate::syntax::shell::lexer::{COMMAND, Function, Lexer, Line, STEPS};
use crate::syntax::shell::pending::{PendingWord, Printed};
use crate::syntax::tree::{Data, Node, Text};
use std::rc::Rc;

/// Most calls of functions in functions.
const MOST_CALLS: usize = 32;

impl Lexer<'_> {
    /// Enters braces or parentheses, or a statement that is the body of a function without them. The body of a function,
    /// which starts at an offset, does not count where it is defined.
    pub(super) fn open_group(&mut self, function: Option<String>, start: usize, is_bare: bool) -> Result<(), Fault> {
        if let Some(name) = &function {
            self.check_name(name)?;
        }
        self.skipped += usize::from(function.is_some());
        self.open(Kind::Group { function: function.map(|name| (name, start)), is_bare })
    }

    /// Leaves braces or parentheses; the body of a function ends at `end`.
    pub(super) fn close_group(&mut self, end: usize) {
        let function = match self.flow.top(0) {
            Some(Kind::Group { function, .. }) => function.take(),
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
        let earlier = self.names.insert(name.clone(), self.functions.len());
        let is_subshell = self.text.get(..start).is_some_and(|before| before.ends_with('('));
        let body = start..end.max(start);
        self.functions.push(Function { name, earlier, body, is_subshell, is_read: false, before });
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
        if is_deep || self.calls.contains(&function) {
            let why = if is_deep { format!("in {MOST_CALLS} other functions") } else { "while it runs".to_owned() };
            let message = format!("{name} is called {why}; its commands are not read again for this call");
            self.budget.spend(STEPS, VALUE + message.len(), span)?;
            self.script.unread.push((span, message));
            line.mark_unknown();
            return Ok(0);
        }
        let arguments = self.arguments_of(arguments, is_any, span, is_likely, reasons)?;
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
        let count = self.body(function, arguments, &mut inner, line.depth)?;
        line.printed = if is_asked { inner.printed } else { printed };
        Ok(count)
    }

    /// Reads the body of a function; returns the number of its commands.
    fn body(
        &mut self,
        function: usize,
        arguments: Rc<Arguments>,
        line: &mut Line,
        depth: usize,
    ) -> Result<usize, Fault> {
        let Some(called) = self.functions.get_mut(function) else { return Ok(0) };
        called.is_read = true;
        let (body, is_subshell) = (called.body.clone(), called.is_subshell);
        let (back, before) = (self.at, self.script.commands.len());
        self.open(if is_subshell { Kind::Subshell } else { Kind::Call })?;
        if is_subshell {
            // An `exit` ends the call alone.
            line.forked = Some(0);
        }
        self.flow.localize(ARGUMENTS, self.flow.get(ARGUMENTS).cloned());
        self.flow.set(ARGUMENTS, Some(Value::Arguments(arguments)));
        self.calls.push(function);
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
                let arguments = Rc::new(Arguments {
                    list: Rc::new([]),
                    shifted: 0,
                    is_open: true,
                    version: 1,
                    is_likely: true,
                    reasons: Rc::new([]),
                });
                self.body(at, arguments, &mut Line::default(), 0)?;
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

    /// Returns the arguments that words give to a function, or to the script by `set`.
    fn arguments_of(
        &mut self,
        words: &[Node],
        is_any: fn(&str) -> bool,
        span: Span,
        is_likely: bool,
        reasons: &[(Span, Reason)],
    ) -> Result<Rc<Arguments>, Fault> {
        self.budget.spend(STEPS + words.len(), COMMAND + words.len() * VALUE, span)?;
        // What may be any number of words ends the arguments whose places are known.
        let is_any = |word: &Node| word.has_placeholder() && word.as_str().is_some_and(is_any);
        let known = words.iter().position(is_any).unwrap_or(words.len());
        let mut list = Vec::with_capacity(known);
        for word in &words[..known] {
            self.budget.spend(STEPS, word.own_weight(), span)?;
            list.push(word.clone());
        }
        let is_open = known < words.len();
        let is_own = known == 0 && words.len() == 1 && matches!(words[0].as_str(), Some("${@}"));
        let version = if is_open && !is_own { self.version(ARGUMENTS) } else { 1 };
        let reasons = reasons.iter().map(|(_, reason)| reason.clone()).collect();
        Ok(Rc::new(Arguments { list: list.into(), shifted: 0, is_open, version, is_likely, reasons }))
    }

    /// Returns the arguments of the function that is being read, or of the script once it sets them, if they are known.
    fn arguments(&self) -> Option<&Arguments> {
        match self.flow.get(ARGUMENTS) {
            Some(Value::Arguments(arguments)) => Some(arguments),
            _ => None,
        }
    }

    /// Returns the value of an argument of the function that is being read; `None` if it is not known whether there is
    /// one.
    pub(super) fn argument(&self, name: &str) -> Option<Value> {
        if !is_positional(name) {
            return None;
        }
        let arguments = self.arguments()?;
        let Arguments { list, shifted, is_open, .. } = arguments;
        let span = self.span(self.at, self.at);
        let text = |text: String| {
            Node::new(span, Data::Text(Text { text, has_placeholder: false, pieces: None, encoded: None }))
        };
        match name {
            "#" => (!is_open).then(|| Value::Known(Rc::new(text((list.len() - shifted).to_string())))),
            "@" | "*" if *is_open => None,
            "@" | "*" if *shifted == 0 => Some(Value::List(list.clone())),
            "@" | "*" => {
                let left = list.get(*shifted..).unwrap_or_default();
                let weight = left.iter().map(Node::own_weight).sum::<usize>();
                let is_left = self.budget.charge(left.len(), span) && self.budget.make(weight, span);
                is_left.then(|| Value::List(left.into()))
            }
            _ => {
                let at = name.parse::<usize>().ok()?.checked_sub(1)?;
                let argument = list.get(shifted.saturating_add(at));
                if !self.budget.make(argument.map_or(0, Node::own_weight), span) {
                    return None;
                }
                match argument {
                    Some(argument) if argument.has_placeholder() => Some(Value::Same(Rc::new(argument.clone()))),
                    Some(argument) if arguments.is_likely => Some(Value::Likely(Rc::new(argument.clone()))),
                    Some(argument) => Some(Value::Known(Rc::new(argument.clone()))),
                    None => (!is_open).then_some(Value::Unset),
                }
            }
        }
    }

    /// Returns the number that tells arguments which are not known from others, and why they are not known.
    pub(super) fn unknown_arguments(&self) -> (u32, Option<Reason>) {
        match self.flow.get(ARGUMENTS) {
            Some(Value::Arguments(arguments)) => (arguments.version, None),
            Some(Value::Unknown(version, reason)) => (*version, reason.clone()),
            _ => (1, None),
        }
    }

    /// Checks for arguments that may be others.
    pub(super) fn has_likely_arguments(&self) -> bool {
        self.arguments().is_some_and(|arguments| arguments.is_likely)
    }

    /// Adds the reasons why the arguments are not known to a word with some of them.
    pub(super) fn told_arguments(&self, word: &mut PendingWord) {
        if std::mem::replace(&mut word.has_arguments, true) {
            return;
        }
        let reasons = self.arguments().map_or(&[][..], |arguments| &arguments.reasons);
        let span = self.span(self.at, self.at);
        if self.budget.charge(reasons.len(), span) && self.budget.make(size_of_val(reasons), span) {
            word.reasons.extend(reasons.iter().cloned());
        }
    }

    /// Applies `shift`.
    pub(super) fn shift(&mut self, words: &[Node]) {
        let count = match words.first() {
            None => Some(1),
            Some(word) => word.as_str().and_then(|word| word.parse::<usize>().ok()),
        };
        let value = match (self.arguments().cloned(), count) {
            (Some(mut arguments), Some(count)) if count <= arguments.list.len() - arguments.shifted => {
                arguments.shifted += count;
                if arguments.is_open {
                    arguments.version = self.version(ARGUMENTS);
                }
                Value::Arguments(Rc::new(arguments))
            }
            // Nothing is shifted then.
            (Some(arguments), Some(_)) if !arguments.is_open => return,
            _ => Value::Unknown(self.version(ARGUMENTS), None),
        };
        self.flow.set(ARGUMENTS, Some(value));
    }

    /// Applies `set`, whose words behind its options are new arguments.
    pub(super) fn set_arguments(
        &mut self,
        first: &Node,
        words: &[Node],
        is_likely: bool,
        reasons: &[(Span, Reason)],
    ) -> Result<(), Fault> {
        let mut start = 0;
        while let Some(option) = words.get(start).and_then(Node::as_str) {
            match option {
                "--" => {
                    start += 1;
                    break;
                }
                "-" => {
                    start += 1;
                    break;
                }
                _ if !option.starts_with(['-', '+']) => break,
                // The name of an option follows.
                _ if option.contains('o') => start += 2,
                _ => start += 1,
            }
        }
        let given = words.get(start..).unwrap_or_default();
        if given.is_empty() && words.last().and_then(Node::as_str) != Some("--") {
            return Ok(());
        }
        // Without quotes a word is any number of words, and `set` is for those.
        let arguments = self.arguments_of(given, |_| true, first.span, is_likely, reasons)?;
        self.flow.set(ARGUMENTS, Some(Value::Arguments(arguments)));
        Ok(())
    }
}

/// Checks for the name of an argument, or of all of them.
pub(super) fn is_positional(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_digit() || "@*#".contains(c))
}

/// Checks for the placeholder of arguments or of the items of a list.
fn is_any(text: &str) -> bool {
    text.starts_with("${@") || text.starts_with("${*") || text.starts_with("${") && text.ends_with("[@]}")
}
