//! Statements, and the commands that set variables.

use crate::diagnostic::Fault;
use crate::span::Span;
use crate::syntax::shell::arithmetic;
use crate::syntax::shell::declared::{MOST_NAMES, is_declaration, is_global, item_of, names};
use crate::syntax::shell::flow::{Kind, Reason, Value};
use crate::syntax::shell::lexer::{COMMAND, Lexer, Line, STEPS, WORD};
use crate::syntax::shell::loops::turn_value;
use crate::syntax::tree::Node;
use std::rc::Rc;

/// Deepest nesting of statements.
const MOST_STATEMENTS: usize = 128;

/// Checks for a word whose name in front of `=` is known only when the script runs.
fn has_open_name(word: &str) -> bool {
    word.split('=').next().is_some_and(|name| name.contains("${"))
}

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
    pub(super) fn builtin(&mut self, words: &[Node], is_likely: bool, reasons: &[(Span, Reason)]) -> Result<(), Fault> {
        let is_prefix = |word: &&Node| matches!(word.as_str(), Some("command" | "builtin"));
        let prefixes = words.iter().take(MOST_NAMES).take_while(is_prefix).count();
        let Some((first, rest)) = words[prefixes..].split_first() else { return Ok(()) };
        let is_open = |word: &Node| word.has_placeholder() && word.as_str().is_some_and(has_open_name);
        let names_variables = match first.as_str().unwrap_or_default() {
            "printf" => rest.first().and_then(Node::as_str) == Some("-v"),
            command => is_declaration(command),
        };
        if names_variables && rest.iter().take(MOST_NAMES).any(is_open) {
            self.forget_variables(first)?;
        }
        if first.as_str().is_some_and(is_declaration) {
            if prefixes > 0 {
                self.note_types(&words[prefixes..], &[], rest.iter().any(is_global))?;
            }
            self.declared(first, rest, is_likely)?;
        }
        match first.as_str().unwrap_or_default() {
            "unset" if rest.first().is_some_and(|it| it.as_str() == Some("-f")) => self.unset_functions(&rest[1..]),
            "alias" => self.note_aliases(rest)?,
            "unset" => self.unset_names(first, rest)?,
            command @ ("read" | "mapfile" | "readarray" | "getopts" | "printf") => self.read_names(command, rest)?,
            "local" | "declare" | "typeset" if !self.calls.is_empty() && !rest.iter().any(is_global) => {
                for name in names(rest) {
                    self.flow.localize(name, self.flow.get(name).cloned());
                    self.flow.set(name, Some(Value::Unset));
                }
            }
            "shift" => self.shift(rest),
            "set" => self.set_arguments(first, rest, is_likely, reasons)?,
            "let" => {
                for word in rest {
                    self.arithmetic(word.as_str().unwrap_or_default())?;
                }
            }
            command @ ("cd" | "pushd" | "popd") => self.change_folder(command, rest)?,
            "source" | "." | "eval" => {
                self.budget.spend(STEPS + self.flow.count(), 0, first.span)?;
                self.flow.mark_likely();
            }
            keyword @ ("for" | "select") => self.for_words(keyword, rest, is_likely)?,
            // `NAME[index]=value`
            item => {
                if let Some(name) = item_of(first).filter(|_| item.contains("]=")) {
                    self.check_name(name)?;
                    self.unknown(name, format!("items of {name} are set one by one; which it has is not known"));
                }
            }
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

    /// Sets a variable to a value that is known only when the script runs; `reason` says why.
    pub(super) fn unknown(&mut self, name: &str, reason: String) {
        // Once for the value, and once for the one before, which the statement keeps.
        if !self.budget.make(2 * (WORD + name.len()) + reason.len(), self.span(self.at, self.at)) {
            return;
        }
        let version = self.version(name);
        let value = self.typed(name, Value::Unknown(version, Some(reason.into())));
        self.flow.set(name, Some(value));
    }

    /// Applies an arithmetic expression: what it sets is known only when the script runs.
    pub(super) fn arithmetic(&mut self, text: &str) -> Result<(), Fault> {
        if self.skipped > 0 {
            return Ok(());
        }
        self.budget.spend(2 * text.len(), 0, self.span(self.at, self.at))?;
        for name in arithmetic::set(text) {
            self.check_name(name)?;
            self.budget.spend(STEPS, 0, self.span(self.at, self.at))?;
            self.unknown(name, format!("arithmetic sets {name}, which is not evaluated"));
        }
        Ok(())
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
    pub(super) fn keyword(&mut self, line: &mut Line, text: &str, start: usize) -> Result<bool, Fault> {
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
        let mut function = line.function.take();
        // A statement without braces may be the body.
        if function.is_some() && matches!(text, "if" | "while" | "until" | "for" | "select" | "case") {
            self.open_group(function.take(), start, true)?;
        }
        match text {
            "if" => {
                line.status = None;
                self.open(Kind::If)?;
            }
            "while" | "until" => self.open_loop(None)?,
            "{" => self.open_group(function, self.at, false)?,
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
            ("done", Kind::Loop { head, before }) => {
                let (head, before) = (*head, *before);
                self.end_loop(head, before);
            }
            ("}", Kind::Group { .. }) => self.close_group(at.saturating_sub(1)),
            ("esac", Kind::Case(_)) => {
                line.is_pattern = false;
                self.leave_all();
            }
            ("do", Kind::For { body, .. }) => *body = at,
            ("done", Kind::For { name, words, turn, body, is_likely, is_left }) => {
                *turn += 1;
                let next =
                    words.get(*turn).filter(|_| *body > 0).map(|word| (name.clone(), turn_value(word, *is_likely)));
                let body = *body;
                if std::mem::take(is_left) {
                    self.skipped = self.skipped.saturating_sub(1);
                    self.untaken = self.untaken.saturating_sub(1);
                }
                match next {
                    Some((name, value)) => {
                        self.again = Some(body);
                        let value = self.typed(&name, value);
                        self.flow.set(&name, Some(value));
                    }
                    None => self.leave_statement(),
                }
            }
            _ => {}
        }
        if !matches!(text, "then" | "elif" | "else") {
            line.status = None;
            if matches!(self.flow.top(line.base), Some(Kind::Group { is_bare: true, .. })) {
                self.close_group(self.at);
            }
        }
    }
}
