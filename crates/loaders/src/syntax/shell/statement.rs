//! Statements, and the commands that set variables.

use crate::diagnostic::Fault;
use crate::syntax::shell::flow::{Kind, Value};
use crate::syntax::shell::lexer::{COMMAND, Lexer, Line, STEPS};
use crate::syntax::shell::pending::is_name;
use crate::syntax::tree::Node;
use std::rc::Rc;

/// Deepest nesting of statements.
const MOST_STATEMENTS: usize = 128;

impl Lexer<'_> {
    /// Leaves the statements that a text does not end.
    pub(super) fn close(&mut self, base: usize) {
        while self.flow.depth() > base {
            match self.flow.top(base) {
                Some(Kind::If | Kind::Case(_) | Kind::List) => self.leave_all(),
                // Its text goes on to the end of the file.
                Some(Kind::Group { .. }) => self.close_group(self.at),
                _ => self.leave_statement(),
            }
        }
    }

    /// Applies a command that sets variables.
    pub(super) fn builtin(&mut self, words: &[Node], is_likely: bool) -> Result<(), Fault> {
        let word = |word: &Node| word.as_str().unwrap_or_default().to_owned();
        let Some((first, rest)) = words.split_first() else { return Ok(()) };
        let names = rest.iter().map(word).filter(|name| is_name(name));
        match first.as_str().unwrap_or_default() {
            "unset" => {
                for name in names {
                    self.flow.set(&name, Some(Value::Unset));
                }
            }
            command @ ("read" | "mapfile" | "readarray" | "getopts" | "printf") => {
                let is_set = command != "printf" || rest.first().is_some_and(|it| it.as_str() == Some("-v"));
                let most = if command == "printf" { usize::from(is_set) } else { usize::MAX };
                for name in names.take(most) {
                    let reason = format!("{name} is what {command} sets it to when the script runs");
                    self.unknown(&name, reason);
                }
            }
            "local" | "declare" | "typeset" if !self.calls.is_empty() => {
                for name in names {
                    self.flow.localize(&name, self.flow.get(&name).cloned());
                    self.flow.set(&name, Some(Value::Unset));
                }
            }
            "shift" => self.shift(rest),
            "source" | "." | "eval" => {
                self.budget.spend(STEPS + self.flow.count(), 0, first.span)?;
                self.flow.mark_likely();
            }
            "for" | "select" => {
                let name = rest.first().map(word).unwrap_or_default();
                let items = rest.get(2..).unwrap_or_default();
                let is_literal = |item: &Node| {
                    !item.has_placeholder() && !item.as_str().is_some_and(|it| it.contains(['*', '?', '{', '[']))
                };
                let is_each = first.as_str() == Some("for") && rest.get(1).and_then(Node::as_str) == Some("in");
                match items.first().filter(|_| is_each && items.iter().all(is_literal)) {
                    Some(item) => {
                        self.open(Kind::For { name: name.clone(), words: items.into(), turn: 0, body: 0, is_likely })?;
                        let item = Rc::new(item.clone());
                        let item = if is_likely { Value::Likely(item) } else { Value::Known(item) };
                        self.flow.set(&name, Some(item));
                    }
                    None => {
                        self.open(Kind::Loop)?;
                        if !is_name(&name) {
                            return Ok(());
                        }
                        let reason = format!(
                            "{name} is one of several values in a loop, which are known only when the script runs; the commands of the loop are read once"
                        );
                        self.unknown(&name, reason);
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Ends the script with an `exit` in a branch that is known to run; what follows is read like a branch that does
    /// not run.
    pub(super) fn exit(&mut self, line: &mut Line) {
        if line.open == 0 && line.forked.is_none() && self.flow.is_taken() {
            line.exit = Some(self.flow.depth());
            self.skipped += 1;
            self.untaken += 1;
        }
    }

    /// Notes that a command runs as another process, which an `exit` in it ends instead of the script.
    pub(super) fn fork(&mut self, line: &mut Line) {
        let depth = self.flow.depth();
        line.forked.get_or_insert(depth);
        if line.exit.take_if(|exit| depth < *exit).is_some() {
            self.skipped = self.skipped.saturating_sub(1);
            self.untaken = self.untaken.saturating_sub(1);
        }
    }

    pub(super) fn unknown(&mut self, name: &str, reason: String) {
        let version = self.version(name);
        self.flow.set(name, Some(Value::Unknown(version, Some(reason.into()))));
    }

    pub(super) fn open(&mut self, kind: Kind) -> Result<(), Fault> {
        if self.flow.depth() >= MOST_STATEMENTS {
            return Err(self.fault(self.at.saturating_sub(1), self.at, "statements are nested too deeply"));
        }
        self.budget.spend(STEPS + self.flow.depth(), COMMAND + 16 * self.flow.depth(), self.span(self.at, self.at))?;
        self.flow.open(kind, self.skipped > 0);
        Ok(())
    }

    /// Reads a word that has a meaning where a command begins; returns whether it has.
    pub(super) fn keyword(&mut self, line: &mut Line, text: &str) -> Result<bool, Fault> {
        if let Some(first) = line.words.first() {
            let is_of = |name: &str| first.as_str() == Some(name);
            if is_of("case") && text == "in" && line.words.len() == 2 {
                let word = line.words.pop().filter(|word| !line.is_likely && !word.has_placeholder());
                line.words.clear();
                line.patterns.clear();
                line.is_likely = false;
                let is_known = !self.flow.is_in_loop(0) && self.skipped == 0 && self.has_cases;
                self.open(Kind::Case(word.filter(|_| is_known).map(Rc::new)))?;
                line.is_pattern = true;
                return Ok(true);
            }
            if is_of("function") {
                line.words.clear();
                line.function = Some(text.to_owned());
                return Ok(true);
            }
            return Ok(false);
        }
        let function = line.function.take();
        match text {
            "if" => {
                line.status = None;
                self.open(Kind::If)?;
            }
            "while" | "until" => self.open(Kind::Loop)?,
            "{" => self.open_group(function)?,
            "!" => line.is_negated = !line.is_negated,
            "time" => {}
            "then" | "elif" | "else" | "fi" | "do" | "done" | "esac" | "}" => {
                self.end_command(line)?;
                self.part(line, text);
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Reads a word that divides or ends a statement.
    pub(super) fn part(&mut self, line: &mut Line, text: &str) {
        let at = self.at;
        let Some(kind) = self.flow.top(line.base) else { return };
        match (text, kind) {
            ("then", Kind::If) => {
                let status = line.status;
                self.enter(status);
            }
            ("elif" | "else", Kind::If) => {
                self.leave();
                if text == "else" {
                    self.enter(Some(true));
                } else if self.flow.is_decided() {
                    self.enter(None);
                }
            }
            ("fi", Kind::If) => self.leave_all(),
            ("done", Kind::Loop) => self.leave_statement(),
            ("}", Kind::Group { .. }) => self.close_group(at.saturating_sub(1)),
            ("esac", Kind::Case(_)) => {
                line.is_pattern = false;
                self.leave_all();
            }
            ("do", Kind::For { body, .. }) => *body = at,
            ("done", Kind::For { name, words, turn, body, is_likely }) => {
                *turn += 1;
                match words.get(*turn) {
                    Some(word) if *body > 0 => {
                        let (name, word) = (name.clone(), Rc::new(word.clone()));
                        let value = if *is_likely { Value::Likely(word) } else { Value::Known(word) };
                        self.again = Some(*body);
                        self.flow.set(&name, Some(value));
                    }
                    _ => self.leave_statement(),
                }
            }
            _ => {}
        }
        if !matches!(text, "then" | "elif" | "else") {
            line.status = None;
        }
    }
}
