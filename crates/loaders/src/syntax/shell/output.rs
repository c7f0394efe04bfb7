//! The output of commands that is used: of `cat`, `echo` and `printf`.

use crate::diagnostic::Fault;
use crate::path;
use crate::syntax::build::{TextBuilder, push_part};
use crate::syntax::shell::lexer::{Lexer, Line, PIECE, STEPS, WORD, copied};
use crate::syntax::shell::pending::Input;
use crate::syntax::tree::Node;
use std::borrow::Cow;
use std::rc::Rc;

/// Returns the path of a file as it is compared with others.
pub(crate) fn plain_path(path: &str) -> Cow<'_, str> {
    let plain = path.trim_start_matches("./");
    if plain.contains("/.") { Cow::Owned(path::join("", plain)) } else { Cow::Borrowed(plain) }
}

/// Bytes of the name of a file whose parts a step looks at.
const BYTES_PER_STEP: usize = 4;

impl Lexer<'_> {
    /// Adds what a command prints to the output of its substitution.
    pub(super) fn print(&mut self, line: &mut Line, words: &[Node], is_likely: bool) -> Result<(), Fault> {
        let input = line.input.take();
        let is_diverted = std::mem::take(&mut line.is_diverted) || self.skipped > 0;
        let Some(mut printed) = line.printed.take() else { return Ok(()) };
        if !printed.is_unknown && (!words.is_empty() || input.is_some()) {
            // A file may have another content when the script runs.
            let is_file = words.is_empty() || words.first().and_then(Node::as_str) == Some("cat");
            printed.is_likely |= is_likely || is_file;
            // A here-document behind a line of several commands may belong to any of them.
            let is_known = line.heredocs.is_empty() && self.flow.is_certain(line.base);
            match if is_diverted { None } else { self.printed_by(words, input)? } {
                Some(text) if is_known => printed.text.push_node(&text),
                Some(text) if text.as_str() == Some("") => {}
                _ => printed.is_unknown |= !is_diverted,
            }
        }
        line.printed = Some(printed);
        Ok(())
    }

    /// Returns what a command prints; `None` if that is known only when the script runs.
    fn printed_by(&mut self, words: &[Node], input: Option<Input>) -> Result<Option<Node>, Fault> {
        let Some((first, rest)) = words.split_first() else { return self.input(input) };
        let empty = || Some(TextBuilder::default().finish(first.span));
        match first.as_str().unwrap_or_default() {
            "cat" => self.concatenated(first, rest, input),
            "echo" => self.echoed(first, rest),
            "printf" => self.formatted(rest),
            ":" | "true" | "false" | "unset" | "cd" | "for" | "[" | "[[" | "test" | "shift" | "return" | "exit" => {
                Ok(empty())
            }
            "set" | "export" | "local" | "readonly" | "declare" | "typeset" if !rest.is_empty() => Ok(empty()),
            _ => Ok(None),
        }
    }

    /// Returns what a command reads.
    fn input(&mut self, input: Option<Input>) -> Result<Option<Node>, Fault> {
        match input {
            Some(Input::Text(text)) => Ok(Some(text)),
            Some(Input::File(name)) => self.file(&name),
            None => Ok(None),
        }
    }

    /// Returns the content of a file beside the script.
    pub(super) fn file(&mut self, name: &Node) -> Result<Option<Node>, Fault> {
        let written = name.as_str().unwrap_or_default();
        self.budget.spend(STEPS + written.len() / BYTES_PER_STEP, 0, name.span)?;
        let Some(path) = self.path_of(written).filter(|_| !name.has_placeholder() && !written.is_empty()) else {
            return Ok(None);
        };
        let path = path.as_ref();
        self.budget.spend(path.len() / 16, 0, name.span)?;
        if !self.written.is_empty() && self.written.contains_key(path) {
            return Ok(None);
        }
        let known = self.files.get(path).cloned();
        let text = match known {
            Some(text) => text,
            None => {
                let text = (self.read)(path).map(Rc::new);
                self.budget.spend(STEPS, path.len() + text.as_ref().map_or(0, |text| text.own_weight()), name.span)?;
                self.files.insert(path.to_owned(), text.clone());
                text
            }
        };
        let Some(text) = text else { return Ok(None) };
        self.budget.spend(STEPS + text.own_weight() / 64, copied(&text), name.span)?;
        Ok(Some(Node::clone(&text)))
    }

    /// Notes that a command writes a file.
    pub(super) fn wrote(&mut self, name: &Node) -> Result<(), Fault> {
        let written = name.as_str().unwrap_or_default();
        self.budget.spend(written.len() / BYTES_PER_STEP, 0, name.span)?;
        let Some(path) = self.path_of(written) else { return Ok(()) };
        if self.skipped == 0 && !name.has_placeholder() {
            self.budget.spend(STEPS + path.len() / 8, WORD + path.len(), name.span)?;
            self.written.entry(path.into_owned()).or_insert(self.script.commands.len());
        }
        Ok(())
    }

    fn concatenated(&mut self, first: &Node, names: &[Node], mut input: Option<Input>) -> Result<Option<Node>, Fault> {
        if names.is_empty() {
            return self.input(input);
        }
        let mut text = TextBuilder::default();
        for name in names {
            let part = match name.as_str().unwrap_or_default() {
                "--" => continue,
                "-" => self.input(input.take())?,
                option if option.starts_with('-') => None,
                _ => self.file(name)?,
            };
            let Some(part) = part else { return Ok(None) };
            text.push_node(&part);
        }
        Ok(Some(text.finish(first.span)))
    }

    fn echoed(&mut self, first: &Node, mut words: &[Node]) -> Result<Option<Node>, Fault> {
        let (mut ends_line, mut is_escaped) = (true, self.is_posix);
        let is_option = |word: &Node| {
            let letters = word.as_str()?.strip_prefix('-')?;
            (!letters.is_empty() && letters.bytes().all(|letter| b"neE".contains(&letter)))
                .then_some(letters.to_owned())
        };
        while let Some((letters, rest)) = words.split_first().and_then(|(word, rest)| Some((is_option(word)?, rest))) {
            self.budget.spend(STEPS, 0, first.span)?;
            ends_line &= !letters.contains('n');
            is_escaped |= letters.contains('e');
            words = rest;
        }
        let mut text = TextBuilder::default();
        for (at, word) in words.iter().enumerate() {
            self.budget.spend(STEPS, PIECE + copied(word), word.span)?;
            if is_escaped && word.as_str().is_some_and(|text| text.contains('\\')) {
                return Ok(None);
            }
            if at > 0 {
                text.push(" ");
            }
            text.push_node(word);
        }
        if ends_line {
            text.push("\n");
        }
        Ok(Some(text.finish(first.span)))
    }

    fn formatted(&mut self, words: &[Node]) -> Result<Option<Node>, Fault> {
        let words = if words.first().and_then(Node::as_str) == Some("--") { &words[1..] } else { words };
        let Some((format, mut words)) = words.split_first() else { return Ok(None) };
        let pattern = format.as_str().unwrap_or_default();
        if format.has_placeholder() || pattern.starts_with('-') {
            return Ok(None);
        }
        let mut text = TextBuilder::default();
        loop {
            let (mut start, mut is_used) = (0, false);
            while let Some(at) = pattern.get(start..).and_then(|rest| rest.find(['%', '\\'])).map(|at| start + at) {
                push_part(&mut text, format, start, at);
                self.budget.spend(STEPS, 2 * PIECE + at - start, format.span)?;
                start = at + 2;
                match pattern.get(at..start) {
                    Some("%%") => text.push("%"),
                    Some("%s") => {
                        is_used = true;
                        if let Some((word, rest)) = words.split_first() {
                            self.budget.spend(STEPS, copied(word), word.span)?;
                            text.push_node(word);
                            words = rest;
                        }
                    }
                    Some("\\n") => text.push("\n"),
                    Some("\\t") => text.push("\t"),
                    Some("\\\\") => text.push("\\"),
                    Some("\\\"") => text.push("\""),
                    _ => return Ok(None),
                }
            }
            push_part(&mut text, format, start, pattern.len());
            self.budget.spend(STEPS, PIECE + pattern.len().saturating_sub(start), format.span)?;
            if words.is_empty() || !is_used {
                return Ok(Some(text.finish(format.span)));
            }
        }
    }
}
