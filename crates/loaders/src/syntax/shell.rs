//! Lexer of shell commands, as they occur in documentation and scripts.
//!
//! Quotes, escapes, continued lines, comments, pipes and variables are handled; nothing is executed.
//! A variable that the text does not set to a known value becomes the placeholder `${NAME}`.

use crate::budget::{Budget, VALUE};
use crate::diagnostic::Fault;
use crate::span::{Span, Style};
use crate::syntax::build::{TextBuilder, part};
use crate::syntax::tree::Node;
use std::collections::HashMap;
use vtl::Code;

/// Most words such as `export` before an assignment.
const MOST_LEADING: usize = 16;

/// Deepest nesting of commands in commands.
const MOST_NESTED: usize = 16;

/// Steps of a word, a part of a word or a command.
const STEPS: usize = 4;

/// Bytes of a word, besides its parts, and of a command.
const WORD: usize = VALUE + 64;
const COMMAND: usize = 4 * VALUE;

/// Bytes of a part of a word.
const PIECE: usize = 40;

/// A command line.
#[derive(Debug)]
pub(crate) struct Command {
    /// Name and arguments.
    pub words: Vec<Node>,
    /// Variable that its output is assigned to: `ID` of `ID=$(aws …)`.
    pub output_variable: Option<String>,
    /// Range of the command.
    pub span: Span,
}

/// Returns all commands of a text. `given` returns the values of variables that the caller knows.
pub(crate) fn commands(
    text: &str,
    file: u32,
    given: &dyn Fn(&str) -> Option<String>,
    budget: &Budget<'_>,
) -> Result<Vec<Command>, Fault> {
    let mut lexer = Lexer { text, file, at: 0, given, budget, known: HashMap::new(), commands: Vec::new() };
    if text.starts_with('\u{feff}') {
        lexer.at = 3;
    }
    budget.spend(text.len() / 8, 0, lexer.span(0, text.len()))?;
    lexer.run(text.len(), None, 0)?;
    Ok(lexer.commands)
}

struct Lexer<'a> {
    text: &'a str,
    file: u32,
    at: usize,
    given: &'a dyn Fn(&str) -> Option<String>,
    budget: &'a Budget<'a>,
    known: HashMap<String, Node>,
    commands: Vec<Command>,
}

/// A word that is still being read.
#[derive(Default)]
struct PendingWord {
    text: TextBuilder,
    start: usize,
    /// Set once the word exists, even as empty quotes.
    has_begun: bool,
    /// `NAME` of an assignment `NAME=value`.
    assigned: Option<String>,
    /// Offset of the assigned value in the word.
    value_start: usize,
    /// Set once a quoted or expanded part was read.
    has_quotes: bool,
    /// The text before the first quoted or expanded part.
    plain: String,
}

impl<'a> Lexer<'a> {
    fn run(&mut self, end: usize, output: Option<&str>, depth: usize) -> Result<(), Fault> {
        let mut words: Vec<Node> = Vec::new();
        let mut word = PendingWord::default();
        let mut heredocs: Vec<String> = Vec::new();
        while self.at < end {
            let rest = self.text.get(self.at..end).unwrap_or_default();
            let Some(letter) = rest.chars().next() else { break };
            if !word.has_begun {
                word.start = self.at;
            }
            self.budget.spend(STEPS, 0, self.span(self.at, self.at + 1))?;
            match letter {
                '\\' if rest.starts_with("\\\n") || rest.starts_with("\\\r\n") => {
                    self.at += if rest.starts_with("\\\n") { 2 } else { 3 };
                }
                '\\' => {
                    let length = rest[1..].chars().next().map_or(0, char::len_utf8);
                    word.end_plain();
                    self.push(&mut word, self.at + 1, length);
                    self.at += 1 + length;
                }
                '\n' => {
                    self.at += 1;
                    self.end_word(&mut word, &mut words, output);
                    self.end_command(&mut words, output);
                    for delimiter in heredocs.drain(..) {
                        self.skip_heredoc(&delimiter, end);
                    }
                }
                ' ' | '\t' | '\r' => {
                    self.at += 1;
                    self.end_word(&mut word, &mut words, output);
                }
                '#' if !word.has_begun => self.at += rest.find('\n').unwrap_or(rest.len()),
                ';' | '&' | '|' | '(' | ')' => {
                    self.at += 1;
                    self.end_word(&mut word, &mut words, output);
                    self.end_command(&mut words, output);
                }
                '<' if rest.starts_with("<<") => {
                    self.end_word(&mut word, &mut words, output);
                    let name = rest.trim_start_matches(['<', '-', ' ']);
                    let length = name.find(|c: char| c.is_whitespace() || ";|&)".contains(c)).unwrap_or(name.len());
                    heredocs.push(name[..length].trim_matches(['\'', '"', '\\']).to_owned());
                    self.at += rest.len() - name.len() + length;
                }
                '<' | '>' => {
                    self.end_word(&mut word, &mut words, output);
                    self.at += rest.len() - rest.trim_start_matches(['<', '>', '&', ' ', '\t']).len();
                    let target = self.text.get(self.at..end).unwrap_or_default();
                    self.at += target.find(char::is_whitespace).unwrap_or(target.len());
                }
                '\'' => self.single_quoted(&mut word, end)?,
                '"' => self.double_quoted(&mut word, end, depth)?,
                '$' if rest.starts_with("$'") => {
                    self.at += 1;
                    self.c_quoted(&mut word, end)?;
                }
                '$' | '`' => self.expansion(&mut word, end, depth)?,
                _ => {
                    let length = rest.find(|c: char| !c.is_alphanumeric() && !"-_./:{}=,[]*?!@%+~^".contains(c));
                    let length = length.filter(|length| *length > 0).unwrap_or_else(|| match length {
                        None => rest.len(),
                        _ => letter.len_utf8(),
                    });
                    self.push(&mut word, self.at, length);
                    self.at += length;
                }
            }
        }
        self.end_word(&mut word, &mut words, output);
        self.end_command(&mut words, output);
        Ok(())
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span { file: self.file, start: start as u32, end: end as u32, style: Style::Verbatim }
    }

    /// Appends a range of the text to the word.
    fn push(&self, word: &mut PendingWord, start: usize, length: usize) {
        let text = self.text.get(start..start + length).unwrap_or_default();
        word.has_begun = true;
        // Where this fails the next look of the lexer ends it.
        if !self.budget.make(PIECE + length, self.span(start, start + length)) {
            return;
        }
        if !word.has_quotes {
            word.plain.push_str(text);
        }
        word.text.push_written(text, self.span(start, start + length), 0);
    }

    fn end_word(&mut self, word: &mut PendingWord, words: &mut Vec<Node>, output: Option<&str>) {
        let mut done = std::mem::take(word);
        if !done.has_begun {
            return;
        }
        done.end_plain();
        let bytes = WORD + PIECE * done.text.pieces();
        let _ = self.budget.make(bytes, self.span(done.start, self.at));
        let node = done.text.finish(self.span(done.start, self.at));
        let is_leading = |word: &Node| matches!(word.as_str(), Some("export" | "local" | "readonly" | "declare"));
        match done.assigned {
            // More of these words would be looked at for each assignment.
            Some(name) if output.is_none() && words.len() <= MOST_LEADING && words.iter().all(is_leading) => {
                // The output of a command is represented by the variable's name.
                let value = part(&node, done.value_start, node.as_str().map_or(0, str::len));
                if !value.has_placeholder() {
                    self.known.insert(name, value);
                }
                words.clear();
            }
            // The prompt of an example.
            _ if words.is_empty() && node.as_str() == Some("$") => {}
            _ => words.push(node),
        }
    }

    fn end_command(&mut self, words: &mut Vec<Node>, output: Option<&str>) {
        let words = std::mem::take(words);
        if let (Some(first), Some(last)) = (words.first(), words.last()) {
            let span = Span { end: last.span.end, ..first.span };
            let _ = self.budget.make(COMMAND, span);
            self.commands.push(Command { words, output_variable: output.map(str::to_owned), span });
        }
    }

    fn skip_heredoc(&mut self, delimiter: &str, end: usize) {
        let rest = self.text.get(self.at..end).unwrap_or_default();
        for line in rest.split_inclusive('\n') {
            self.at += line.len();
            if line.trim() == delimiter {
                return;
            }
        }
    }

    fn fault(&self, start: usize, end: usize, message: &str) -> Fault {
        Fault::new(Code::MalformedCommand, self.span(start, end), message)
    }

    fn unclosed(&self, start: usize) -> Fault {
        Fault::new(Code::MalformedCommand, self.span(start, start + 1), "unclosed quote")
    }

    fn single_quoted(&mut self, word: &mut PendingWord, end: usize) -> Result<(), Fault> {
        let start = self.at + 1;
        let rest = self.text.get(start..end).unwrap_or_default();
        let length = rest.find('\'').ok_or_else(|| self.unclosed(self.at))?;
        word.end_plain();
        self.push(word, start, length);
        self.at = start + length + 1;
        Ok(())
    }

    fn double_quoted(&mut self, word: &mut PendingWord, end: usize, depth: usize) -> Result<(), Fault> {
        let start = self.at;
        self.at += 1;
        word.end_plain();
        word.has_begun = true;
        loop {
            self.budget.spend(STEPS, 0, self.span(self.at, self.at + 1))?;
            let rest = self.text.get(self.at..end).unwrap_or_default();
            let length = rest.find(['"', '\\', '$', '`']).ok_or_else(|| self.unclosed(start))?;
            self.push(word, self.at, length);
            self.at += length;
            let rest = &rest[length..];
            if rest.starts_with('"') {
                self.at += 1;
                return Ok(());
            }
            if rest.starts_with("\\\n") {
                self.at += 2;
            } else if let Some(escaped) = rest.strip_prefix('\\') {
                // A backslash before any other character is literal.
                let skip = usize::from(escaped.starts_with(['"', '\\', '$', '`']));
                self.push(word, self.at + skip, 1);
                self.at += 1 + skip;
            } else {
                self.expansion(word, end, depth)?;
            }
        }
    }

    /// Reads `$'…'`, with the escapes of C.
    fn c_quoted(&mut self, word: &mut PendingWord, end: usize) -> Result<(), Fault> {
        let start = self.at;
        self.at += 1;
        word.end_plain();
        word.has_begun = true;
        loop {
            self.budget.spend(STEPS, PIECE, self.span(self.at, self.at + 1))?;
            let rest = self.text.get(self.at..end).unwrap_or_default();
            let length = rest.find(['\'', '\\']).ok_or_else(|| self.unclosed(start))?;
            self.push(word, self.at, length);
            self.at += length;
            if rest[length..].starts_with('\'') {
                self.at += 1;
                return Ok(());
            }
            let escaped = rest[length + 1..].chars().next().unwrap_or('\\');
            let meant = match escaped {
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                other => other,
            };
            let span = self.span(self.at, self.at + 1 + escaped.len_utf8());
            word.text.push_written(meant.encode_utf8(&mut [0; 4]), span, 0);
            self.at += 1 + escaped.len_utf8();
        }
    }

    /// Reads `$NAME`, `${NAME}`, `$(command)` or a command in backquotes; any other `$` is literal.
    fn expansion(&mut self, word: &mut PendingWord, end: usize, depth: usize) -> Result<(), Fault> {
        let start = self.at;
        word.end_plain();
        word.has_begun = true;
        let rest = self.text.get(start..end).unwrap_or_default();
        let name_length =
            |rest: &str| rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
        if rest.starts_with("$(") || rest.starts_with('`') {
            let (open, close) = match rest.strip_prefix('`') {
                Some(inner) => (1, inner.find('`').map(|at| at + 1)),
                None => (2, closing(rest)),
            };
            let close = close.ok_or_else(|| self.fault(start, start + open, "unclosed command substitution"))?;
            if depth >= MOST_NESTED {
                return Err(self.fault(start, start + open, "command substitutions are nested too deeply"));
            }
            self.at = start + open;
            let output = word.assigned.clone();
            self.run(start + close, output.as_deref(), depth + 1)?;
            self.at = start + close + 1;
            let written = output.as_deref().unwrap_or_else(|| rest.get(open..close).unwrap_or_default().trim());
            word.text.push_placeholder(&format!("${{{written}}}"), self.span(start, self.at));
        } else {
            let (name, length) = match rest.strip_prefix("${") {
                Some(inner) => match inner.find('}') {
                    Some(close) => (&inner[..close], close + 3),
                    None => return Err(self.fault(start, start + 2, "unclosed `${`")),
                },
                None => (&rest[1..1 + name_length(&rest[1..])], 1 + name_length(&rest[1..])),
            };
            self.at += length;
            let is_name = !name.is_empty() && !name.starts_with(|c: char| c.is_ascii_digit());
            let span = self.span(start, self.at);
            match (self.given)(name) {
                Some(value) if is_name => {
                    if self.budget.make(PIECE + value.len(), span) {
                        word.text.push_written(&value, Span { end: span.start, ..span }, 0);
                    }
                }
                _ if !is_name => self.push(word, start, length),
                _ => match self.known.get(name) {
                    Some(value) if self.budget.make(copied(value), span) => word.text.push_node(value),
                    Some(_) => {}
                    None => word.text.push_placeholder(&format!("${{{name}}}"), span),
                },
            }
        }
        Ok(())
    }
}

/// Returns the bytes of a value that is appended to a word.
fn copied(value: &Node) -> usize {
    value.own_weight() + PIECE * value.pieces()
}

impl PendingWord {
    /// Marks the end of the plain text: called before the first quoted or expanded part, since only
    /// the text before it can be an assignment `NAME=`.
    fn end_plain(&mut self) {
        if self.has_quotes {
            return;
        }
        self.has_quotes = true;
        if let Some((name, _)) = self.plain.split_once('=') {
            let is_name = !name.is_empty()
                && !name.starts_with(|c: char| c.is_ascii_digit())
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
            if is_name {
                self.value_start = name.len() + 1;
                self.assigned = Some(name.to_owned());
            }
        }
    }
}

/// Returns the offset of the parenthesis that closes `$(`, skipping quoted text.
fn closing(rest: &str) -> Option<usize> {
    let (mut depth, mut quote) = (0_usize, None);
    let mut letters = rest.char_indices();
    while let Some((at, letter)) = letters.next() {
        match (quote, letter) {
            (None | Some('"'), '\\') => drop(letters.next()),
            (Some(open), _) if open == letter => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(letter),
            (None, '(') => depth += 1,
            (None, ')') if depth <= 1 => return Some(at),
            (None, ')') => depth -= 1,
            _ => {}
        }
    }
    None
}
