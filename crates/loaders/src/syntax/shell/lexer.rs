//! From text to commands: words, redirections, statements and assignments.

use crate::budget::{Budget, VALUE};
use crate::diagnostic::Fault;
use crate::span::{Span, Style};
use crate::syntax::build::{TextBuilder, part};
use crate::syntax::shell::flow::{Flow, Kind, Path, Reason, Value};
use crate::syntax::shell::pending::{PendingWord, is_name};
use crate::syntax::tree::Node;
use std::rc::Rc;
use vtl::Code;

/// Most words such as `export` before an assignment.
const MOST_LEADING: usize = 16;

/// Deepest nesting of commands in commands.
pub(super) const MOST_NESTED: usize = 16;

/// Deepest nesting of statements.
const MOST_STATEMENTS: usize = 64;

/// Steps of a word, a part of a word or a command.
pub(super) const STEPS: usize = 4;

/// Bytes of a word, besides its parts, and of a command.
const WORD: usize = VALUE + 64;
const COMMAND: usize = 4 * VALUE;

/// Bytes of a part of a word.
pub(super) const PIECE: usize = 40;

/// A command line.
#[derive(Debug)]
pub(crate) struct Command {
    /// Name and arguments.
    pub words: Vec<Node>,
    /// Placeholder of the variable that its output is assigned to: `${ID}` of `ID=$(aws …)`.
    pub output: Option<String>,
    /// Range of the command.
    pub span: Span,
    /// The branches of the script that it is in.
    pub path: Path,
    /// Why parts of the words are not known.
    pub reasons: Vec<(Span, Reason)>,
}

/// The commands of a text.
#[derive(Debug)]
pub(crate) struct Script {
    pub commands: Vec<Command>,
    /// Parts that are not read, and why.
    pub unread: Vec<(Span, String)>,
}

/// Returns all commands of a text. `given` returns the values of variables that the caller knows.
pub(crate) fn script(
    text: &str,
    file: u32,
    given: &dyn Fn(&str) -> Option<String>,
    budget: &Budget<'_>,
) -> Result<Script, Fault> {
    let mut lexer = Lexer {
        text,
        file,
        at: 0,
        given,
        budget,
        flow: Flow::new(),
        script: Script { commands: Vec::new(), unread: Vec::new() },
    };
    if text.starts_with('\u{feff}') {
        lexer.at = 3;
    }
    budget.spend(text.len() / 8, 0, lexer.span(0, text.len()))?;
    lexer.run(&mut Line::default(), text.len(), 0)?;
    Ok(lexer.script)
}

pub(super) struct Lexer<'a> {
    pub text: &'a str,
    pub file: u32,
    pub at: usize,
    pub given: &'a dyn Fn(&str) -> Option<String>,
    pub budget: &'a Budget<'a>,
    pub flow: Flow,
    script: Script,
}

/// A command that is still being read.
#[derive(Default)]
pub(super) struct Line {
    word: PendingWord,
    words: Vec<Node>,
    reasons: Vec<(Span, Reason)>,
    /// Assignments before the words, with the values that were there before.
    assigned: Vec<(String, Option<Value>)>,
    /// Set if the next word is the file of a redirection.
    is_redirected: bool,
    /// A list `NAME=(…)` whose items are the words now, and the words before it.
    list: Option<(String, Vec<Node>)>,
    /// The here-documents that start behind the line: their last line, and whether tabs may stand before it.
    heredocs: Vec<(String, bool, Span)>,
    /// Parentheses that are open.
    open: usize,
    /// Set behind `&&` and `||`, whose right side may be on the next line.
    goes_on: bool,
    /// Set in a pattern of `case`.
    is_pattern: bool,
    /// Set if braces that follow are those of a function.
    is_function: bool,
    /// Statements around the text.
    base: usize,
    /// Placeholder for the output of the commands.
    output: Option<String>,
    /// Set if the commands end with a parenthesis.
    is_substitution: bool,
}

impl Line {
    /// Creates the line of the commands in `$(…)`, or in backquotes.
    pub(super) fn inner(output: Option<String>, is_substitution: bool) -> Self {
        Line { output, is_substitution, ..Line::default() }
    }
}

impl Lexer<'_> {
    /// Reads commands up to an offset, or the parenthesis that ends them; returns whether there is one.
    pub(super) fn run(&mut self, line: &mut Line, end: usize, depth: usize) -> Result<bool, Fault> {
        line.base = self.flow.depth();
        while self.at < end {
            let rest = self.text.get(self.at..end).unwrap_or_default();
            let Some(letter) = rest.chars().next() else { break };
            if !line.word.has_begun {
                line.word.start = self.at;
            }
            self.budget.spend(STEPS, 0, self.span(self.at, self.at + 1))?;
            match letter {
                '\\' if rest.starts_with("\\\n") || rest.starts_with("\\\r\n") => {
                    self.at += if rest.starts_with("\\\n") { 2 } else { 3 };
                }
                '\\' => {
                    let length = rest[1..].chars().next().map_or(0, char::len_utf8);
                    line.word.end_plain();
                    self.push(&mut line.word, self.at + 1, length);
                    self.at += 1 + length;
                }
                '\n' => self.end_line(line, end)?,
                ' ' | '\t' | '\r' => {
                    self.at += 1;
                    self.end_word(line)?;
                }
                '#' if !line.word.has_begun => self.skip(rest.find('\n').unwrap_or(rest.len()))?,
                '&' if rest.starts_with("&>") => {
                    self.end_word(line)?;
                    self.at += if rest.starts_with("&>>") { 3 } else { 2 };
                    line.is_redirected = true;
                }
                ';' | '&' | '|' => self.operator(line, rest)?,
                '(' | ')' if self.parenthesis(line, rest)? => return Ok(true),
                '(' | ')' => {}
                '<' | '>' if rest[1..].starts_with('(') => self.substitution(&mut line.word, 2, end, depth)?,
                '<' if rest.starts_with("<<<") => {
                    self.end_word(line)?;
                    self.at += 3;
                    line.is_redirected = true;
                }
                '<' if rest.starts_with("<<") => self.heredoc(line, rest)?,
                '<' | '>' => {
                    if line.word.is_descriptor() {
                        line.word = PendingWord::default();
                    }
                    self.end_word(line)?;
                    self.at += [">>", ">&", ">|", "<&", "<>"]
                        .iter()
                        .find(|it| rest.starts_with(**it))
                        .map_or(1, |it| it.len());
                    line.is_redirected = true;
                }
                '\'' => self.single_quoted(&mut line.word, end)?,
                '"' => self.double_quoted(&mut line.word, end, depth)?,
                '$' if rest.starts_with("$'") => {
                    self.at += 1;
                    self.c_quoted(&mut line.word, end)?;
                }
                '$' if rest.starts_with("$\"") => {
                    self.at += 1;
                    self.double_quoted(&mut line.word, end, depth)?;
                }
                '$' | '`' => {
                    line.word.splits = true;
                    self.expansion(&mut line.word, end, depth)?;
                }
                _ => {
                    let length = rest.find(|c: char| !c.is_alphanumeric() && !"-_./:{}=,[]*?!@%+~^".contains(c));
                    let length = length.filter(|length| *length > 0).unwrap_or_else(|| match length {
                        None => rest.len(),
                        _ => letter.len_utf8(),
                    });
                    self.push(&mut line.word, self.at, length);
                    self.at += length;
                }
            }
        }
        self.end_word(line)?;
        self.end_command(line)?;
        self.close(line.base);
        Ok(false)
    }

    pub(super) fn span(&self, start: usize, end: usize) -> Span {
        Span { file: self.file, start: start as u32, end: end as u32, style: Style::Verbatim }
    }

    pub(super) fn fault(&self, start: usize, end: usize, message: &str) -> Fault {
        Fault::new(Code::MalformedCommand, self.span(start, end), message)
    }

    /// Appends a range of the text to the word.
    pub(super) fn push(&self, word: &mut PendingWord, start: usize, length: usize) {
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

    /// Skips text, which a loop may do again and again.
    fn skip(&mut self, length: usize) -> Result<(), Fault> {
        self.budget.spend(length / 8, 0, self.span(self.at, self.at + length))?;
        self.at += length;
        Ok(())
    }

    /// Reads `;`, `&`, `|` and those of two letters.
    fn operator(&mut self, line: &mut Line, rest: &str) -> Result<(), Fault> {
        if line.is_pattern || line.list.is_some() {
            self.at += 1;
            return self.end_word(line);
        }
        self.end_word(line)?;
        let length =
            [";;&", ";;", ";&", "&&", "||", "|&"].iter().find(|it| rest.starts_with(**it)).map_or(1, |it| it.len());
        self.at += length;
        match &rest[..length] {
            "&&" | "||" => {
                self.finish(line)?;
                match self.flow.top(line.base) {
                    Some(Kind::List) => self.flow.branch(false),
                    _ => self.open(Kind::List)?,
                }
                line.goes_on = true;
            }
            "|" | "|&" => {
                self.finish(line)?;
                line.goes_on = true;
            }
            ";;" | ";&" | ";;&" => {
                self.end_command(line)?;
                if matches!(self.flow.top(line.base), Some(Kind::Case)) {
                    self.flow.branch(false);
                    line.is_pattern = true;
                }
            }
            _ => self.end_command(line)?,
        }
        Ok(())
    }

    /// Reads a parenthesis; returns whether it ends the commands.
    fn parenthesis(&mut self, line: &mut Line, rest: &str) -> Result<bool, Fault> {
        let is_open = rest.starts_with('(');
        if is_open
            && line.words.iter().all(|word| word.as_str() == Some("for"))
            && !line.word.has_begun
            && rest.starts_with("((")
        {
            // Arithmetic sets variables of its own.
            self.skip(rest.find("))").map_or(rest.len(), |at| at + 2))?;
            return Ok(false);
        }
        if line.is_pattern {
            self.at += 1;
            self.end_word(line)?;
            if !is_open {
                if line.words.iter().any(|word| word.as_str() == Some("*")) {
                    self.flow.is_exhaustive();
                }
                line.words.clear();
                line.is_pattern = false;
            }
            return Ok(false);
        }
        if is_open && !line.word.has_quotes && line.list.is_none() {
            let name = line.word.plain.strip_suffix('=').map(|name| name.strip_suffix('+').unwrap_or(name));
            if let Some(name) = name.filter(|name| is_name(name)) {
                line.list = Some((name.to_owned(), std::mem::take(&mut line.words)));
                line.word = PendingWord::default();
                self.at += 1;
                return Ok(false);
            }
        }
        self.end_word(line)?;
        let is_header = is_open && (line.words.len() == 1 || line.is_function && line.words.is_empty());
        let blanks = rest.len() - rest[1..].trim_start_matches(' ').len();
        if is_header && rest[blanks..].starts_with(')') {
            line.words.clear();
            line.is_function = true;
            self.at += blanks + 1;
            return Ok(false);
        }
        self.at += 1;
        if let Some((name, words)) = line.list.take_if(|_| !is_open) {
            let items: Rc<[Node]> = std::mem::replace(&mut line.words, words).into();
            let value = if items.iter().any(Node::has_placeholder) {
                Value::Unknown(self.flow.version(&name), None)
            } else {
                Value::List(items)
            };
            self.set(line, &name, value);
        } else if is_open {
            self.finish(line)?;
            self.open(Kind::Group { is_function: line.is_function })?;
            line.is_function = false;
            line.open += 1;
        } else {
            self.end_command(line)?;
            if line.open > 0 {
                line.open -= 1;
                if matches!(self.flow.top(line.base), Some(Kind::Group { .. })) {
                    self.flow.close();
                }
            } else if line.is_substitution {
                self.close(line.base);
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Reads `<<WORD`, or `<<-WORD`.
    fn heredoc(&mut self, line: &mut Line, rest: &str) -> Result<(), Fault> {
        if line.word.is_descriptor() {
            line.word = PendingWord::default();
        }
        self.end_word(line)?;
        let has_tabs = rest.starts_with("<<-");
        let name = rest[2..].trim_start_matches('-').trim_start_matches([' ', '\t']);
        let mut delimiter = String::new();
        let (mut quote, mut length) = (None, name.len());
        for (at, letter) in name.char_indices() {
            match quote {
                Some(open) if open == letter => quote = None,
                None if matches!(letter, '\'' | '"') => quote = Some(letter),
                None if letter == '\\' => {}
                None if letter.is_whitespace() || ";|&)<>".contains(letter) => {
                    length = at;
                    break;
                }
                Some(_) if letter == '\n' => return Err(self.unclosed(self.at + 2)),
                _ => delimiter.push(letter),
            }
        }
        let length = rest.len() - name.len() + length;
        line.heredocs.push((delimiter, has_tabs, self.span(self.at, self.at + length)));
        self.skip(length)
    }

    fn end_line(&mut self, line: &mut Line, end: usize) -> Result<(), Fault> {
        self.at += 1;
        self.end_word(line)?;
        if !line.goes_on && !line.is_pattern && !line.is_function && line.list.is_none() {
            self.end_command(line)?;
        }
        for (delimiter, has_tabs, span) in std::mem::take(&mut line.heredocs) {
            let rest = self.text.get(self.at..end).unwrap_or_default();
            // Where no line is the last one as it must be written, one that looks like it is taken.
            let exactly = |line: &str| {
                let line = line.trim_end_matches(['\n', '\r']);
                if has_tabs { line.trim_start_matches('\t') == delimiter } else { line == delimiter }
            };
            let after = end_of(rest, exactly).or_else(|| end_of(rest, |line| line.trim() == delimiter));
            if after.is_none() {
                let message = format!(
                    "no line {delimiter:?} ends the here-document; the lines behind it are its text and not read as commands"
                );
                self.script.unread.push((span, message));
            }
            self.skip(after.unwrap_or(rest.len()))?;
        }
        Ok(())
    }

    fn end_word(&mut self, line: &mut Line) -> Result<(), Fault> {
        let mut done = std::mem::take(&mut line.word);
        if !done.has_begun {
            return Ok(());
        }
        if std::mem::take(&mut line.is_redirected) {
            return Ok(());
        }
        let is_plain = !done.has_quotes;
        done.end_plain();
        line.goes_on = false;
        let span = self.span(done.start, self.at);
        let _ = self.budget.make(WORD + PIECE * done.text.pieces(), span);
        if let Some(items) = done.items.take() {
            for item in items.iter() {
                self.budget.spend(STEPS, WORD + item.own_weight(), span)?;
                line.words.push(item.clone());
            }
            return Ok(());
        }
        let node = done.text.finish(span);
        let text = node.as_str().unwrap_or_default();
        if line.list.is_some() || line.is_pattern && text != "esac" {
            line.words.push(node);
            return Ok(());
        }
        if is_plain && self.keyword(line, text)? {
            return Ok(());
        }
        let first = line.words.first().and_then(Node::as_str);
        // More of these words would be looked at for each assignment.
        let is_leading = line.words.len() <= MOST_LEADING
            && (first.is_none() || matches!(first, Some("export" | "local" | "readonly" | "declare" | "typeset")))
            && line.words.iter().skip(1).all(|word| word.as_str().is_some_and(|word| word.starts_with('-')));
        match done.assigned {
            Some(name) if is_leading => {
                let value = part(&node, done.value_start, text.len());
                self.assign(line, &name, value, done.appends, done.version, &done.reasons)?;
            }
            // The prompt of an example.
            _ if line.words.is_empty() && text == "$" => {}
            _ => {
                line.is_function = false;
                line.reasons.extend(done.reasons.into_iter().map(|reason| (span, reason)));
                if done.splits && (first == Some("for") || text.starts_with("--") && text.contains(' ')) {
                    self.split(line, &node)?;
                } else {
                    line.words.push(node);
                }
            }
        }
        Ok(())
    }

    /// Appends the fields of a word that was expanded outside of quotes.
    fn split(&mut self, line: &mut Line, word: &Node) -> Result<(), Fault> {
        let text = word.as_str().unwrap_or_default();
        let (mut start, mut open) = (0, 0_usize);
        for (at, letter) in text.char_indices().chain([(text.len(), ' ')]) {
            match letter {
                '{' => open += 1,
                '}' => open = open.saturating_sub(1),
                _ if at == text.len() || open == 0 && letter.is_ascii_whitespace() => {
                    if start < at {
                        self.budget.spend(STEPS, WORD + at - start, word.span)?;
                        line.words.push(part(word, start, at));
                    }
                    start = at + letter.len_utf8();
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Sets a variable before the words of a command, for it alone if it has any.
    fn set(&mut self, line: &mut Line, name: &str, value: Value) {
        if !self.budget.make(WORD + name.len(), self.span(self.at, self.at)) {
            return;
        }
        line.assigned.push((name.to_owned(), self.flow.get(name).cloned()));
        self.flow.set(name, Some(value));
    }

    fn assign(
        &mut self,
        line: &mut Line,
        name: &str,
        mut value: Node,
        appends: bool,
        version: Option<u32>,
        reasons: &[Reason],
    ) -> Result<(), Fault> {
        if line.output.is_some() {
            return Ok(());
        }
        let mut is_known = !value.has_placeholder();
        if appends {
            match self.flow.get(name) {
                Some(Value::Known(old)) => {
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
            Value::Known(Rc::new(value))
        } else {
            let version = version.unwrap_or_else(|| self.flow.version(name));
            Value::Unknown(version, reasons.first().cloned())
        };
        self.set(line, name, value);
        Ok(())
    }

    /// Ends a command whose list of commands goes on.
    fn finish(&mut self, line: &mut Line) -> Result<(), Fault> {
        let words = std::mem::take(&mut line.words);
        let assigned = std::mem::take(&mut line.assigned);
        let reasons = std::mem::take(&mut line.reasons);
        line.is_redirected = false;
        let (Some(first), Some(last)) = (words.first(), words.last()) else { return Ok(()) };
        let is_keyword = matches!(first.as_str(), Some("export" | "local" | "readonly" | "declare" | "typeset"));
        if !is_keyword {
            for (name, old) in assigned.into_iter().rev() {
                self.flow.set(&name, old);
            }
        }
        self.builtin(&words)?;
        let span = Span { end: last.span.end.max(first.span.end), ..first.span };
        let _ = self.budget.make(COMMAND + reasons.len() * VALUE, span);
        let (output, path) = (line.output.clone(), self.flow.path());
        self.script.commands.push(Command { words, output, span, path, reasons });
        Ok(())
    }

    /// Ends a command and its list.
    fn end_command(&mut self, line: &mut Line) -> Result<(), Fault> {
        self.finish(line)?;
        line.goes_on = false;
        if matches!(self.flow.top(line.base), Some(Kind::List)) {
            self.flow.close();
        }
        Ok(())
    }

    /// Leaves the statements that a text does not end.
    fn close(&mut self, base: usize) {
        while self.flow.depth() > base {
            self.flow.close();
        }
    }

    /// Applies a command that sets variables.
    fn builtin(&mut self, words: &[Node]) -> Result<(), Fault> {
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
            "source" | "." | "eval" => self.flow.is_sourced = true,
            "for" | "select" => {
                let name = rest.first().map(word).unwrap_or_default();
                let items = rest.get(2..).unwrap_or_default();
                let is_literal = |item: &Node| {
                    !item.has_placeholder() && !item.as_str().is_some_and(|it| it.contains(['*', '?', '{', '[']))
                };
                let is_each = first.as_str() == Some("for") && rest.get(1).and_then(Node::as_str) == Some("in");
                match items.first().filter(|_| is_each && items.iter().all(is_literal)) {
                    Some(item) => {
                        self.open(Kind::For { name: name.clone(), words: items.into(), turn: 0, body: 0 })?;
                        self.flow.set(&name, Some(Value::Known(Rc::new(item.clone()))));
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

    fn unknown(&mut self, name: &str, reason: String) {
        let version = self.flow.version(name);
        self.flow.set(name, Some(Value::Unknown(version, Some(reason.into()))));
    }

    fn open(&mut self, kind: Kind) -> Result<(), Fault> {
        if self.flow.depth() >= MOST_STATEMENTS {
            return Err(self.fault(self.at.saturating_sub(1), self.at, "statements are nested too deeply"));
        }
        self.budget.spend(STEPS + self.flow.depth(), COMMAND + 16 * self.flow.depth(), self.span(self.at, self.at))?;
        self.flow.open(kind);
        Ok(())
    }

    /// Reads a word that has a meaning where a command begins; returns whether it has.
    fn keyword(&mut self, line: &mut Line, text: &str) -> Result<bool, Fault> {
        if let Some(first) = line.words.first() {
            let is_of = |name: &str| first.as_str() == Some(name);
            if is_of("case") && text == "in" && line.words.len() == 2 {
                line.words.clear();
                self.open(Kind::Case)?;
                line.is_pattern = true;
                return Ok(true);
            }
            if is_of("function") {
                line.words.clear();
                line.is_function = true;
                return Ok(true);
            }
            return Ok(false);
        }
        let is_function = std::mem::take(&mut line.is_function);
        match text {
            "if" => self.open(Kind::If)?,
            "while" | "until" => self.open(Kind::Loop)?,
            "{" => self.open(Kind::Group { is_function })?,
            "!" | "time" => {}
            "then" | "elif" | "else" | "fi" | "do" | "done" | "esac" | "}" => {
                self.end_command(line)?;
                self.part(line, text);
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Reads a word that divides or ends a statement.
    fn part(&mut self, line: &mut Line, text: &str) {
        let at = self.at;
        let Some(kind) = self.flow.top(line.base) else { return };
        match (text, kind) {
            ("elif" | "else", Kind::If) => self.flow.branch(text == "else"),
            ("fi", Kind::If) | ("done", Kind::Loop) | ("}", Kind::Group { .. }) => self.flow.close(),
            ("esac", Kind::Case) => {
                line.is_pattern = false;
                self.flow.close();
            }
            ("do", Kind::For { body, .. }) => *body = at,
            ("done", Kind::For { name, words, turn, body }) => {
                *turn += 1;
                match words.get(*turn) {
                    Some(word) if *body > 0 => {
                        let (name, value) = (name.clone(), Value::Known(Rc::new(word.clone())));
                        self.at = *body;
                        self.flow.set(&name, Some(value));
                    }
                    _ => self.flow.close(),
                }
            }
            _ => {}
        }
    }
}

/// Returns the offset behind the first line that is the last one.
fn end_of(text: &str, is_last: impl Fn(&str) -> bool) -> Option<usize> {
    let mut at = 0;
    text.split_inclusive('\n').find_map(|line| {
        at += line.len();
        is_last(line).then_some(at)
    })
}

/// Returns the bytes of a value that is appended to a word.
pub(super) fn copied(value: &Node) -> usize {
    value.own_weight() + PIECE * value.pieces()
}
