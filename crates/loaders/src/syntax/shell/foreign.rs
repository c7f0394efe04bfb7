//! Commands that run others which are not read: those of another file, of a text, of a here-document.

use crate::budget::VALUE;
use crate::diagnostic::Fault;
use crate::span::Span;
use crate::syntax::shell::calls::is_positional;
use crate::syntax::shell::lexer::{Lexer, STEPS, WORD};
use crate::syntax::shell::pending::{MOST_NAME, is_name, is_variable};
use crate::syntax::tree::Node;

/// Commands that run what is behind them.
const PREFIXES: &[&str] = &["sudo", "exec", "command", "builtin", "time", "nohup", "env"];

/// Most of them that are read.
const MOST_PREFIXES: usize = 16;

/// Bytes of names that a step looks at.
const BYTES_PER_STEP: usize = 32;

/// Shells, which run a file, what follows `-c`, or what they read.
const SHELLS: &[&str] = &["bash", "sh", "dash", "ksh", "zsh"];

/// Checks for a text with commands that would be read.
fn is_relevant(text: &str) -> bool {
    text.contains("apigateway")
}

/// Returns the names in front of the equals signs of a text, which its commands may set.
fn assigned(text: &str) -> impl Iterator<Item = &str> {
    text.split('=').filter_map(|before| {
        let before = before.strip_suffix('+').unwrap_or(before);
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let start = before.char_indices().rfind(|(_, c)| !is_part(*c)).map_or(0, |(at, c)| at + c.len_utf8());
        before.get(start..).filter(|name| is_name(name) && name.len() <= MOST_NAME)
    })
}

/// Returns the name of a file as messages have it.
fn shown(file: &Node) -> String {
    file.as_str().unwrap_or_default().chars().take(100).collect()
}

/// Returns the name of a program without its folder.
pub(super) fn name(word: &Node) -> &str {
    word.as_str().unwrap_or_default().rsplit('/').next().unwrap_or_default()
}

/// Returns a command without those in front that run it.
pub(super) fn program(words: &[Node]) -> Option<(&Node, &[Node])> {
    let start = words.iter().take(MOST_PREFIXES).position(|word| !PREFIXES.contains(&name(word)))?;
    words[start..].split_first()
}

impl Lexer<'_> {
    /// Tells of commands that a command runs and that are not read.
    pub(super) fn tell_foreign(&mut self, words: &[Node]) -> Result<(), Fault> {
        let Some((first, rest)) = program(words) else { return Ok(()) };
        let shell = name(first);
        match shell {
            "eval" | "ssh" | "trap" => {
                let is_told = |word: &&Node| {
                    let text = word.as_str().unwrap_or_default();
                    let inner = text.strip_prefix("${").unwrap_or_default();
                    is_relevant(text) || shell == "eval" && (is_variable(word) || is_positional(inner))
                };
                self.budget.spend(
                    rest.iter().map(Node::own_weight).sum::<usize>() / 8,
                    0,
                    self.span(self.at, self.at),
                )?;
                for text in rest.iter().filter(|word| shell == "eval" && !word.has_placeholder()) {
                    self.sourced(first, text)?;
                }
                match rest.iter().find(is_told) {
                    Some(word) => self.tell(word.span, format!("the commands that {shell} runs are not read")),
                    None => Ok(()),
                }
            }
            "source" | "." => {
                let Some(file) = rest.first() else { return Ok(()) };
                match self.tell_file(file)? {
                    Some(text) => self.sourced(file, &text),
                    None => Ok(()),
                }
            }
            _ if SHELLS.contains(&shell) => {
                let first = rest.iter().position(|word| !word.as_str().is_some_and(|word| word.starts_with('-')));
                let Some(first) = first else { return Ok(()) };
                let is_text =
                    |word: &Node| word.as_str().is_some_and(|word| !word.starts_with("--") && word.ends_with('c'));
                match rest[..first].iter().any(is_text) {
                    true if rest[first].as_str().is_some_and(is_relevant) => {
                        self.tell(rest[first].span, format!("the commands that {shell} runs are not read"))
                    }
                    true => Ok(()),
                    false => self.tell_file(&rest[first]).map(drop),
                }
            }
            _ if shell.ends_with(".sh") => self.tell_file(first).map(drop),
            _ => Ok(()),
        }
    }

    /// Tells of a file whose commands are not read, unless it is known to have none that would be. Returns its content.
    fn tell_file(&mut self, file: &Node) -> Result<Option<Node>, Fault> {
        let text = self.file(file)?;
        if text.as_ref().and_then(Node::as_str).is_none_or(is_relevant) {
            let shown = shown(file);
            self.tell(file.span, format!("the commands of {shown} are not read; check it as a document of its own"))?;
        }
        Ok(text)
    }

    /// Notes that a file, whose commands are not read, sets variables that the script has set before.
    pub(super) fn sourced(&mut self, file: &Node, text: &Node) -> Result<(), Fault> {
        let text = text.as_str().unwrap_or_default();
        self.budget.spend(text.len() / 2, 0, file.span)?;
        let shown = shown(file);
        for name in assigned(text) {
            if self.flow.get(name).is_some() {
                self.budget.spend(STEPS, 0, file.span)?;
                self.unknown(name, format!("{shown} may set {name}; it is not read"));
            }
        }
        Ok(())
    }

    /// Notes that a command sets variables whose names are known only when the script runs.
    pub(super) fn forget_variables(&mut self, command: &Node) -> Result<(), Fault> {
        let steps = STEPS + self.flow.count() + self.flow.name_bytes() / BYTES_PER_STEP;
        self.budget.spend(steps, WORD * self.flow.count(), command.span)?;
        let shown = shown(command);
        for name in self.flow.names().into_iter().filter(|name| is_name(name)) {
            self.budget.spend(STEPS, 0, command.span)?;
            self.unknown(&name, format!("{shown} may set {name}; which variables it sets is known only when it runs"));
        }
        Ok(())
    }

    /// Tells of a here-document that a shell reads.
    pub(super) fn tell_input(&mut self, words: &[Node], text: &str, span: Span) -> Result<(), Fault> {
        let Some(shell) = program(words).map(|(first, _)| name(first)) else { return Ok(()) };
        if self.skipped == 0 && (SHELLS.contains(&shell) || shell == "ssh") {
            self.budget.spend(text.len() / 8, 0, span)?;
            if is_relevant(text) {
                return self.tell(span, format!("the commands that {shell} reads here are not read"));
            }
        }
        Ok(())
    }

    /// Tells of a part that is not read, or not as a shell reads it.
    pub(super) fn tell(&mut self, span: Span, message: String) -> Result<(), Fault> {
        self.budget.spend(STEPS, VALUE + message.len(), span)?;
        self.script.unread.push((span, message));
        Ok(())
    }
}
