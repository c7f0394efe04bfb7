//! The words of a shell's commands, as far as command lines in documentation and scripts go.
//!
//! Quotes, backslashes, continued lines, comments, pipes and variables are read; nothing is run. What only running would tell stays
//! as `${NAME}`, unless the script sets the variable to something that is known.

use crate::document::Fault;
use crate::syntax::tree::{Joined, Node, Span, Style};
use std::collections::HashMap;

/// How deep commands may stand within commands.
const MOST_NESTED: usize = 16;

/// A command.
#[derive(Debug)]
pub(crate) struct Command {
    pub words: Vec<Node>,
    /// The variable that takes what it prints: `ID=$(aws …)`.
    pub into: Option<String>,
    pub span: Span,
}

/// Reads all commands of a text.
pub(crate) fn commands(text: &str, file: u32, given: &dyn Fn(&str) -> Option<String>) -> Result<Vec<Command>, Fault> {
    let mut shell = Shell { text, file, at: 0, given, known: HashMap::new(), commands: Vec::new() };
    if text.starts_with('\u{feff}') {
        shell.at = 3;
    }
    shell.run(text.len(), None, 0)?;
    Ok(shell.commands)
}

struct Shell<'a> {
    text: &'a str,
    file: u32,
    at: usize,
    given: &'a dyn Fn(&str) -> Option<String>,
    known: HashMap<String, Node>,
    commands: Vec<Command>,
}

/// A word under construction.
#[derive(Default)]
struct Word {
    joined: Joined,
    start: usize,
    /// Whether there is a word, be it an empty one in quotes.
    begun: bool,
    /// `NAME` of `NAME=`, where nothing in quotes came before the sign.
    name: Option<String>,
    /// Where what follows that begins within the word.
    from: usize,
    /// Whether quotes or a variable have come.
    dressed: bool,
    bare: String,
}

impl<'a> Shell<'a> {
    fn run(&mut self, end: usize, into: Option<&str>, depth: usize) -> Result<(), Fault> {
        let mut words: Vec<Node> = Vec::new();
        let mut word = Word::default();
        let mut heredocs: Vec<String> = Vec::new();
        while self.at < end {
            let rest = self.text.get(self.at..end).unwrap_or_default();
            let Some(letter) = rest.chars().next() else { break };
            if !word.begun {
                word.start = self.at;
            }
            match letter {
                '\\' if rest.starts_with("\\\n") || rest.starts_with("\\\r\n") => {
                    self.at += if rest.starts_with("\\\n") { 2 } else { 3 };
                }
                '\\' => {
                    let length = rest[1..].chars().next().map_or(0, char::len_utf8);
                    word.dress();
                    self.push(&mut word, self.at + 1, length);
                    self.at += 1 + length;
                }
                '\n' => {
                    self.at += 1;
                    self.end_word(&mut word, &mut words, into);
                    self.end_command(&mut words, into);
                    for delimiter in heredocs.drain(..) {
                        self.skip_heredoc(&delimiter, end);
                    }
                }
                ' ' | '\t' | '\r' => {
                    self.at += 1;
                    self.end_word(&mut word, &mut words, into);
                }
                '#' if !word.begun => self.at += rest.find('\n').unwrap_or(rest.len()),
                ';' | '&' | '|' | '(' | ')' => {
                    self.at += 1;
                    self.end_word(&mut word, &mut words, into);
                    self.end_command(&mut words, into);
                }
                '<' if rest.starts_with("<<") => {
                    self.end_word(&mut word, &mut words, into);
                    let name = rest.trim_start_matches(['<', '-', ' ']);
                    let length = name.find(|c: char| c.is_whitespace() || ";|&)".contains(c)).unwrap_or(name.len());
                    heredocs.push(name[..length].trim_matches(['\'', '"', '\\']).to_owned());
                    self.at += rest.len() - name.len() + length;
                }
                '<' | '>' => {
                    self.end_word(&mut word, &mut words, into);
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
        self.end_word(&mut word, &mut words, into);
        self.end_command(&mut words, into);
        Ok(())
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span { file: self.file, start: start as u32, end: end as u32, style: Style::Verbatim }
    }

    /// Takes so many bytes as they are.
    fn push(&self, word: &mut Word, start: usize, length: usize) {
        let text = self.text.get(start..start + length).unwrap_or_default();
        word.begun = true;
        if !word.dressed {
            word.bare.push_str(text);
        }
        word.joined.push_written(text, self.span(start, start + length), 0);
    }

    fn end_word(&mut self, word: &mut Word, words: &mut Vec<Node>, into: Option<&str>) {
        let mut done = std::mem::take(word);
        if !done.begun {
            return;
        }
        done.dress();
        let node = done.joined.finish(self.span(done.start, self.at));
        let leads = words.iter().all(|word| matches!(word.as_str(), Some("export" | "local" | "readonly" | "declare")));
        match done.name {
            Some(name) if leads && into.is_none() => {
                // What a command prints is known by the variable's name only.
                let value = crate::aws_cli::shorthand::part(&node, done.from, node.as_str().map_or(0, str::len));
                if !value.is_open() {
                    self.known.insert(name, value);
                }
                words.clear();
            }
            // The prompt of a page.
            _ if words.is_empty() && node.as_str() == Some("$") => {}
            _ => words.push(node),
        }
    }

    fn end_command(&mut self, words: &mut Vec<Node>, into: Option<&str>) {
        let words = std::mem::take(words);
        if let (Some(first), Some(last)) = (words.first(), words.last()) {
            let span = Span { end: last.span.end, ..first.span };
            self.commands.push(Command { words, into: into.map(str::to_owned), span });
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

    fn unclosed(&self, start: usize) -> Fault {
        Fault::new(self.span(start, start + 1), "the quote is not closed")
    }

    fn single_quoted(&mut self, word: &mut Word, end: usize) -> Result<(), Fault> {
        let start = self.at + 1;
        let rest = self.text.get(start..end).unwrap_or_default();
        let length = rest.find('\'').ok_or_else(|| self.unclosed(self.at))?;
        word.dress();
        self.push(word, start, length);
        self.at = start + length + 1;
        Ok(())
    }

    fn double_quoted(&mut self, word: &mut Word, end: usize, depth: usize) -> Result<(), Fault> {
        let start = self.at;
        self.at += 1;
        word.dress();
        word.begun = true;
        loop {
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
                // Only these signs need a backslash; before others it stays.
                let skip = usize::from(escaped.starts_with(['"', '\\', '$', '`']));
                self.push(word, self.at + skip, 1);
                self.at += 1 + skip;
            } else {
                self.expansion(word, end, depth)?;
            }
        }
    }

    /// `$'…'` with the escapes of C.
    fn c_quoted(&mut self, word: &mut Word, end: usize) -> Result<(), Fault> {
        let start = self.at;
        self.at += 1;
        word.dress();
        word.begun = true;
        loop {
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
            word.joined.push_written(meant.encode_utf8(&mut [0; 4]), span, 0);
            self.at += 1 + escaped.len_utf8();
        }
    }

    /// `$NAME`, `${NAME}`, `$(command)` or a command in backquotes; any other dollar is one.
    fn expansion(&mut self, word: &mut Word, end: usize, depth: usize) -> Result<(), Fault> {
        let start = self.at;
        word.dress();
        word.begun = true;
        let rest = self.text.get(start..end).unwrap_or_default();
        let name_length =
            |rest: &str| rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
        if rest.starts_with("$(") || rest.starts_with('`') {
            let (open, close) = match rest.strip_prefix('`') {
                Some(inner) => (1, inner.find('`').map(|at| at + 1)),
                None => (2, closing(rest)),
            };
            let close = close.ok_or_else(|| Fault::new(self.span(start, start + open), "the command is not closed"))?;
            if depth >= MOST_NESTED {
                return Err(Fault::new(self.span(start, start + open), "the commands nest too deeply"));
            }
            self.at = start + open;
            let into = word.name.clone();
            self.run(start + close, into.as_deref(), depth + 1)?;
            self.at = start + close + 1;
            let written = into.as_deref().unwrap_or_else(|| rest.get(open..close).unwrap_or_default().trim());
            word.joined.push_open(&format!("${{{written}}}"), self.span(start, self.at));
        } else {
            let (name, length) = match rest.strip_prefix("${") {
                Some(inner) => match inner.find('}') {
                    Some(close) => (&inner[..close], close + 3),
                    None => return Err(Fault::new(self.span(start, start + 2), "the variable is not closed")),
                },
                None => (&rest[1..1 + name_length(&rest[1..])], 1 + name_length(&rest[1..])),
            };
            self.at += length;
            let is_name = !name.is_empty() && !name.starts_with(|c: char| c.is_ascii_digit());
            let span = self.span(start, self.at);
            match (self.given)(name) {
                Some(value) if is_name => word.joined.push_written(&value, Span { end: span.start, ..span }, 0),
                _ if !is_name => self.push(word, start, length),
                _ => match self.known.get(name) {
                    Some(value) => word.joined.push_node(value),
                    None => word.joined.push_open(&format!("${{{name}}}"), span),
                },
            }
        }
        Ok(())
    }
}

impl Word {
    /// Quotes or a variable come: what stands before is all that can be `NAME=`.
    fn dress(&mut self) {
        if self.dressed {
            return;
        }
        self.dressed = true;
        if let Some((name, _)) = self.bare.split_once('=') {
            let is_name = !name.is_empty()
                && !name.starts_with(|c: char| c.is_ascii_digit())
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
            if is_name {
                self.from = name.len() + 1;
                self.name = Some(name.to_owned());
            }
        }
    }
}

/// The parenthesis that closes `$(`, passing over those in quotes.
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
