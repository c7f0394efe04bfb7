//! Loops: a `for` over known words is read for each of them, others once.

use crate::diagnostic::Fault;
use crate::syntax::shell::conditions::VARIABLE;
use crate::syntax::shell::flow::{ARGUMENTS, Kind, Reason, Value};
use crate::syntax::shell::lexer::{Lexer, Line, STEPS};
use crate::syntax::shell::pending::is_name;
use crate::syntax::tree::Node;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Returns the value of the variable of a loop in a turn.
pub(super) fn turn_value(word: &Node, is_likely: bool) -> Value {
    let word = Rc::new(word.clone());
    if is_likely { Value::Likely(word) } else { Value::Known(word) }
}

impl Lexer<'_> {
    /// Starts a `for` or `select`, whose name and words follow.
    pub(super) fn for_words(&mut self, keyword: &str, rest: &[Node], is_likely: bool) -> Result<(), Fault> {
        let name = rest.first().and_then(Node::as_str).unwrap_or_default().to_owned();
        self.check_name(&name)?;
        let items = rest.get(2..).unwrap_or_default();
        let is_literal =
            |item: &Node| !item.has_placeholder() && !item.as_str().is_some_and(|it| it.contains(['*', '?', '{', '[']));
        let is_each = keyword == "for" && rest.get(1).and_then(Node::as_str) == Some("in");
        if let Some(item) = items.first().filter(|_| is_each && items.iter().all(is_literal)) {
            let words = items.into();
            self.open(Kind::For { name: name.clone(), words, turn: 0, body: 0, is_likely, is_left: false })?;
            let value = self.typed(&name, turn_value(item, is_likely));
            self.flow.set(&name, Some(value));
            return Ok(());
        }
        let reason = format!(
            "{name} is one of several values in a loop, which are known only when the script runs; the commands of the loop are read once"
        );
        self.open_loop(is_name(&name).then(|| (name, reason.into())))
    }

    /// Starts a loop that is read once for all its turns, with the variable that it sets.
    pub(super) fn open_loop(&mut self, variable: Option<(String, Reason)>) -> Result<(), Fault> {
        let head = self.at;
        let before = [self.script.commands.len(), self.script.unread.len(), self.functions.len()];
        self.open(Kind::Loop { head, before })?;
        if self.skipped == 0 {
            self.loops.entry(head).or_default().extend(variable);
            self.turn(head);
        }
        Ok(())
    }

    /// Starts the turn of a loop that stands for all of them.
    fn turn(&mut self, head: usize) {
        let names = self.loops.get(&head).map_or(0, BTreeMap::len);
        // The place of each value is that of all statements around it.
        if !self.budget.charge(names * (VARIABLE + STEPS * self.flow.depth()), self.span(head, head)) {
            return;
        }
        for (name, reason) in self.loops.get(&head).cloned().unwrap_or_default() {
            let version = self.version(&name);
            self.flow.set(&name, Some(Value::Unknown(version, Some(reason))));
        }
    }

    /// Ends a loop that is read once. If its turns change what is known at its start, it is read again without that.
    pub(super) fn end_loop(&mut self, head: usize, before: [usize; 3]) {
        if !self.charge_changes() {
            return self.leave_statement();
        }
        let known = self.loops.entry(head).or_default();
        let mut altered = if self.skipped == 0 { self.flow.altered() } else { Vec::new() };
        altered.retain(|name| !known.contains_key(&**name));
        if altered.is_empty() {
            return self.leave_statement();
        }
        known.extend(altered.into_iter().map(|name| {
            let (shown, verb) = if &*name == ARGUMENTS { ("the arguments", "change") } else { (&*name, "changes") };
            let reason = format!("{shown} {verb} from turn to turn of a loop, whose commands are read once");
            (name.to_string(), reason.into())
        }));
        self.flow.rewind();
        let [commands, unread, functions] = before;
        self.script.commands.truncate(commands);
        self.script.unread.truncate(unread);
        self.forget_functions(functions);
        self.turn(head);
        self.again = Some(head);
    }

    /// Applies a `break` or `continue` that is known to run: the commands up to the end of the loop do not. A number
    /// behind it is that of loops.
    pub(super) fn leave_loop(&mut self, line: &Line, words: &[Node]) {
        let (word, count) = match words {
            [word] => (word, Some(1)),
            [word, count] => (word, count.as_str().and_then(|count| count.parse().ok()).filter(|count| *count > 0)),
            _ => return,
        };
        let is_break = match word.as_str() {
            Some("break") => true,
            Some("continue") => false,
            _ => return,
        };
        let left = count.map_or(0, |count| self.flow.leave_loops(line.base, count, is_break));
        self.skipped += left;
        self.untaken += left;
    }

    /// Forgets the functions that were defined behind the first `count` ones; their names have the earlier ones again.
    fn forget_functions(&mut self, count: usize) {
        for function in self.functions.drain(count.min(self.functions.len())..).rev() {
            match function.earlier {
                Some(earlier) => self.names.insert(function.name, earlier),
                None => self.names.remove(&function.name),
            };
        }
    }
}
