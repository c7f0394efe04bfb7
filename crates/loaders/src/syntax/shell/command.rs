//! From words to commands and assignments.

use crate::budget::VALUE;
use crate::diagnostic::Fault;
use crate::span::Span;
use crate::syntax::build::{TextBuilder, part};
use crate::syntax::shell::declared::{gives_type, is_declaration, is_global};
use crate::syntax::shell::fields::has_alternatives;
use crate::syntax::shell::flow::{Kind, Value};
use crate::syntax::shell::lexer::{COMMAND, Command, Lexer, Line, PIECE, STEPS, WORD, copied};
use crate::syntax::shell::pending::{Input, MOST_NAME, PendingWord, Redirect, is_name, is_variable};
use crate::syntax::shell::words::placeholder;
use crate::syntax::tree::Node;
use std::rc::Rc;

/// Most words such as `export` before an assignment.
const MOST_LEADING: usize = 16;

impl Lexer<'_> {
    pub(super) fn end_word(&mut self, line: &mut Line) -> Result<(), Fault> {
        let mut done = std::mem::take(&mut line.word);
        if !done.has_begun {
            return Ok(());
        }
        if let Some(redirect) = line.redirect.take() {
            if matches!(redirect, Redirect::Text) {
                done.text.push("\n");
            }
            let text = done.text.finish(self.span(done.start, self.at));
            if matches!(redirect, Redirect::Output | Redirect::OtherOutput) {
                self.wrote(&text)?;
            }
            match redirect {
                Redirect::Input => line.input = Some(Input::File(text)),
                Redirect::Text => line.input = Some(Input::Text(text)),
                Redirect::Output => line.is_diverted = true,
                Redirect::OtherOutput | Redirect::Other => {}
            }
            return Ok(());
        }
        let is_plain = !done.has_quotes;
        done.end_plain();
        line.goes_on = false;
        let span = self.span(done.start, self.at);
        let _ = self.budget.make(WORD + PIECE * done.text.pieces(), span);
        if let Some(items) = done.items.take() {
            return self.end_items(line, done, &items);
        }
        let node = std::mem::take(&mut done.text).finish(span);
        let text = node.as_str().unwrap_or_default();
        let is_test = matches!(line.words.first().and_then(Node::as_str), Some("[" | "test"));
        // A shell splits it.
        let is_field =
            is_test && done.splits && !done.is_quoted && (text.is_empty() || text.contains(char::is_whitespace));
        if done.assigned.is_none() {
            line.is_likely |= done.is_likely || is_field;
        }
        if done.has_wildcard {
            line.patterns.push((line.words.len(), done.has_literal));
        }
        if line.list.is_some() && done.splits && !done.is_quoted {
            return self.split(line, &node);
        }
        if line.list.is_some() || line.is_pattern && text != "esac" {
            line.words.push(node);
            return Ok(());
        }
        if is_plain && self.keyword(line, text, done.start)? {
            return Ok(());
        }
        let is_free = !done.is_quoted && line.printed.is_some();
        let first = line.words.first().and_then(Node::as_str);
        let is_printed = matches!(first, Some("echo" | "printf" | "cat")) && !node.has_placeholder();
        if is_free && is_printed && text.contains(['*', '?', '[', '{', '~']) {
            // The names of files.
            line.mark_unknown();
        }
        if line.words.is_empty() {
            line.leading = Some(0);
        }
        let is_leading = done.assigned.is_some() && is_leading(line);
        let first = line.words.first().and_then(Node::as_str);
        let is_call = || first.is_some_and(|first| first.len() <= MOST_NAME && self.names.contains_key(first));
        match done.assigned.take() {
            Some(name) if is_leading => {
                self.check_name(&name)?;
                let value = part(&node, done.value_start, text.len());
                let before = line.assigned.len();
                self.assign(line, &name, value, &done)?;
                if !line.words.is_empty() {
                    self.hold(line, before);
                }
            }
            // The prompt of an example.
            _ if line.words.is_empty() && text == "$" => {}
            _ => {
                let is_first = line.words.is_empty();
                // It sets its own words alone.
                let is_declared = is_declaration(text);
                line.function = None;
                line.reasons.extend(done.reasons.into_iter().map(|reason| (span, reason)));
                let is_split = || {
                    first == Some("for")
                        || text.starts_with("--") && text.contains(' ')
                        || is_free && first == Some("echo")
                        || !done.is_quoted && (first == Some("set") || is_call())
                };
                if done.splits && is_split() {
                    self.split(line, &node)?;
                } else {
                    if !done.is_quoted && done.splits {
                        self.tell_fields(line, &node)?;
                    } else if is_plain && has_alternatives(text) {
                        let reason = "a shell makes several words of the braces; put quotes around them".into();
                        line.reasons.push((span, reason));
                    }
                    line.words.push(node);
                }
                if is_first {
                    self.hold(line, 0);
                    if is_declared {
                        line.assigned.clear();
                        line.held.clear();
                    }
                }
            }
        }
        Ok(())
    }

    /// Takes back the assignments of a command from one on: its words are expanded without them.
    fn hold(&mut self, line: &mut Line, first: usize) {
        let start = line.held.len();
        for (name, old) in line.assigned.iter().skip(first).rev() {
            if let Some(value) = self.flow.get(name).cloned() {
                line.held.push((name.clone(), value));
            }
            self.flow.set(name, old.clone());
        }
        line.held[start..].reverse();
    }

    /// Sets a variable before the words of a command, for it alone if it has any.
    pub(super) fn set(&mut self, line: &mut Line, name: &str, value: Value) {
        // The name and the value before stay until the command and the statement around it end.
        let bytes = 4 * WORD + 6 * name.len();
        if self.skipped > 0 || !self.budget.make(bytes, self.span(self.at, self.at)) {
            return;
        }
        // A variable that is local to a function has none of the types of the one around it.
        let first = line.words.first().and_then(Node::as_str);
        let is_local = !self.calls.is_empty()
            && matches!(first, Some("local" | "declare" | "typeset"))
            && !line.words.iter().any(is_global);
        let value = if is_local && !self.is_fixed(name) { value } else { self.typed(name, value) };
        line.assigned.push((name.to_owned(), self.flow.get(name).cloned()));
        self.flow.set(name, Some(value));
    }

    /// Sets a variable to a list, or appends one to it.
    pub(super) fn assign_list(
        &mut self,
        line: &mut Line,
        name: &str,
        items: Vec<Node>,
        appends: bool,
    ) -> Result<(), Fault> {
        let old = match self.flow.get(name).filter(|_| appends) {
            Some(Value::List(old)) => Some(old.clone()),
            Some(Value::Known(old) | Value::Likely(old)) => Some(Rc::from([Node::clone(old)])),
            None | Some(Value::Unset) => Some(Rc::from([])),
            Some(_) => None,
        };
        let value = match old {
            Some(old) if !items.iter().any(Node::has_placeholder) => {
                let weight = old.iter().map(|item| WORD + item.own_weight()).sum::<usize>();
                self.budget.spend(STEPS * old.len(), weight, self.span(self.at, self.at))?;
                Value::List(old.iter().cloned().chain(items).collect())
            }
            _ => Value::Unknown(self.version(name), None),
        };
        self.set(line, name, value);
        Ok(())
    }

    pub(super) fn assign(
        &mut self,
        line: &mut Line,
        name: &str,
        mut value: Node,
        done: &PendingWord,
    ) -> Result<(), Fault> {
        let PendingWord { appends, version, ref reasons, mut is_likely, .. } = *done;
        if self.skipped > 0 {
            return Ok(());
        }
        let mut is_known = !value.has_placeholder();
        let is_same = !appends
            && reasons.is_empty()
            && is_variable(&value)
            && version.map_or(!self.calls.is_empty(), |own| value.as_str() != Some(&placeholder(name, own)));
        if appends {
            is_known &= !self.has_type(name);
            match self.flow.get(name) {
                Some(known @ (Value::Known(old) | Value::Likely(old))) => {
                    is_likely |= matches!(known, Value::Likely(_));
                    self.budget.spend(STEPS, copied(old) + copied(&value), value.span)?;
                    let mut joined = TextBuilder::default();
                    joined.push_node(old);
                    joined.push_node(&value);
                    value = joined.finish(value.span);
                }
                None | Some(Value::Unset) => {}
                Some(_) => is_known = false,
            }
        }
        let value = if is_known {
            if is_likely { Value::Likely(Rc::new(value)) } else { Value::Known(Rc::new(value)) }
        } else if is_same {
            Value::Same(Rc::new(value))
        } else {
            let version = version.unwrap_or_else(|| self.version(name));
            Value::Unknown(version, reasons.first().cloned())
        };
        self.set(line, name, value);
        Ok(())
    }

    /// Ends a command whose list of commands goes on.
    pub(super) fn finish(&mut self, line: &mut Line) -> Result<(), Fault> {
        let mut words = std::mem::take(&mut line.words);
        let assigned = std::mem::take(&mut line.assigned);
        let mut reasons = std::mem::take(&mut line.reasons);
        let patterns = std::mem::take(&mut line.patterns);
        let held = std::mem::take(&mut line.held);
        let is_likely = std::mem::take(&mut line.is_likely);
        let is_negated = std::mem::take(&mut line.is_negated);
        line.redirect = None;
        if self.skipped == 0 {
            self.in_folder(&mut words, &mut reasons)?;
        }
        let first = words.first().and_then(Node::as_str).unwrap_or_default();
        if self.skipped > 0 {
            // What divides and ends a statement has to find it.
            if matches!(first, "for" | "select") {
                self.open_loop(None)?;
            }
            if self.skipped == self.untaken && !first.is_empty() && self.budget.make(WORD + first.len(), words[0].span)
            {
                self.mentioned.insert(first.to_owned());
            }
            return Ok(());
        }
        if !words.is_empty() || !assigned.is_empty() {
            let status = if is_likely { None } else { self.status(&words, &patterns) };
            line.status = status.map(|status| status != is_negated);
        }
        let function = self.names.get(first).copied();
        if function.is_some() || is_declaration(first) {
            held.into_iter().for_each(|(name, value)| self.flow.set(&name, Some(value)));
        }
        let body = match function {
            Some(function) => self.call(line, function, &words, is_likely, &reasons)?,
            None => 0,
        };
        if function.is_none() {
            self.print(line, &words, is_likely)?;
        }
        let (Some(first), Some(last)) = (words.first(), words.last()) else { return Ok(()) };
        let is_keyword = first.as_str().is_some_and(is_declaration);
        if !is_keyword {
            for (name, old) in assigned.into_iter().rev() {
                self.flow.set(&name, old);
            }
        } else if first.as_str() != Some("export") {
            let is_global = first.as_str() == Some("readonly") || words.iter().any(is_global);
            let gives_type = words.iter().any(gives_type);
            let set: Vec<String> = assigned.iter().map(|(name, _)| name.clone()).collect();
            self.note_types(&words, &set, is_global)?;
            for (name, old) in assigned {
                if !is_global {
                    self.flow.localize(&name, old);
                }
                if gives_type {
                    let (version, reason) = (self.version(&name), self.reason_of_type(&name));
                    self.flow.set(&name, Some(Value::Unknown(version, Some(reason))));
                }
            }
        }
        if function.is_none() {
            self.leave_loop(line, &words);
        }
        if let Some(end) = line.body_end.filter(|_| first.as_str() == Some("return") && self.flow.is_certain(line.base))
        {
            self.at = end;
        }
        if function.is_none() && first.as_str() == Some("exit") && words.len() <= 2 {
            self.exit(line);
        }
        self.builtin(&words, is_likely, &reasons)?;
        if function.is_none() {
            self.expand_alias(&words)?;
            self.note_written(&words)?;
            self.tell_foreign(&words)?;
        }
        let span = Span { end: last.span.end.max(first.span.end), ..first.span };
        let output = line.output.as_ref().map_or(0, String::len);
        self.budget.spend(0, COMMAND + reasons.len() * VALUE + output, span)?;
        let (output, path) = (line.output.clone(), self.flow.path());
        self.script.commands.push(Command { words, output, span, path, reasons, body });
        Ok(())
    }

    /// Ends a command and its list, of which others may be in a pipe.
    pub(super) fn end_lists(&mut self, line: &mut Line) -> Result<(), Fault> {
        self.finish(line)?;
        self.flow.end_pipe();
        line.goes_on = false;
        if matches!(self.flow.top(line.base), Some(Kind::List)) {
            self.end_list(line);
        }
        Ok(())
    }

    /// Ends a command and its list.
    pub(super) fn end_command(&mut self, line: &mut Line) -> Result<(), Fault> {
        self.end_lists(line)?;
        self.flow.end_command();
        let depth = self.flow.depth();
        line.forked.take_if(|forked| depth <= *forked);
        line.exit.take_if(|_| depth <= line.base);
        Ok(())
    }
}

/// Checks for words that an assignment may follow: none, or those of a declaration. Each word is looked at once.
fn is_leading(line: &mut Line) -> bool {
    let is_free = |(at, word): (usize, &Node)| {
        word.as_str().is_some_and(|word| match at {
            0 => is_declaration(word),
            _ => word.starts_with(['-', '+']) || is_name(word),
        })
    };
    let seen = line.leading.filter(|_| line.words.len() <= MOST_LEADING);
    line.leading = seen.filter(|seen| line.words.iter().enumerate().skip(*seen).all(is_free)).map(|_| line.words.len());
    line.leading.is_some()
}
