//! From text to words, operators and redirections.

use crate::budget::{Budget, VALUE};
use crate::diagnostic::Fault;
use crate::span::{Span, Style};
use crate::syntax::shell::flow::{Flow, Kind, Path, Reason, Value};
use crate::syntax::shell::pending::{Heredoc, Input, MOST_NAME, PendingWord, Printed, Redirect, is_name};
use crate::syntax::tree::Node;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::rc::Rc;
use vtl::Code;

/// Deepest nesting of commands in commands.
pub(super) const MOST_NESTED: usize = 16;

/// Steps of a word, a part of a word or a command.
pub(super) const STEPS: usize = 4;

/// Bytes of a word, besides its parts, and of a command.
pub(super) const WORD: usize = VALUE + 64;
pub(super) const COMMAND: usize = 4 * VALUE;

/// Bytes of a statement around a value.
const PLACE: usize = 16;

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
    /// The number of commands before it that a function runs of which this is a call.
    pub body: usize,
}

/// The commands of a text.
#[derive(Debug)]
pub(crate) struct Script {
    pub commands: Vec<Command>,
    /// Parts that are not read, and why.
    pub unread: Vec<(Span, String)>,
    /// The files that commands write, with the number of commands before the first one that does.
    pub written: HashMap<String, usize>,
}

/// Returns all commands of a text. `given` returns the values of variables that the caller knows, `read` the content of
/// a file.
pub(crate) fn script(
    text: &str,
    file: u32,
    given: &dyn Fn(&str) -> Option<String>,
    read: &dyn Fn(&str) -> Option<Node>,
    budget: &Budget<'_>,
) -> Result<Script, Fault> {
    let mut lexer = Lexer {
        text,
        file,
        at: 0,
        given,
        read,
        files: HashMap::new(),
        here_ends: HashMap::new(),
        budget,
        flow: Flow::new(text.contains("lastpipe"), budget),
        script: Script { commands: Vec::new(), unread: Vec::new(), written: HashMap::new() },
        again: None,
        functions: Vec::new(),
        names: HashMap::new(),
        calls: Vec::new(),
        skipped: 0,
        untaken: 0,
        mentioned: HashSet::new(),
        loops: HashMap::new(),
        written: HashMap::new(),
        has_types: false,
        is_forgetting: false,
        aliases: text.contains("expand_aliases").then(HashMap::new),
        has_cases: !text.contains("nocasematch") && !text.contains("extglob"),
        is_posix: is_posix(text),
    };
    if text.starts_with('\u{feff}') {
        lexer.at = 3;
    }
    budget.spend(text.len() / 8, 0, lexer.span(0, text.len()))?;
    lexer.run(&mut Line::default(), text.len(), 0)?;
    (lexer.skipped, lexer.untaken) = (0, 0);
    lexer.uncalled()?;
    lexer.script.written = lexer.written;
    Ok(lexer.script)
}

/// Checks for a script that another shell than bash may run, whose `echo` reads backslashes.
fn is_posix(text: &str) -> bool {
    let first = text.lines().next().unwrap_or_default().trim_start_matches('\u{feff}');
    first.starts_with("#!") && !first.contains("bash")
}

pub(super) struct Lexer<'a> {
    pub text: &'a str,
    pub file: u32,
    pub at: usize,
    pub given: &'a dyn Fn(&str) -> Option<String>,
    pub read: &'a dyn Fn(&str) -> Option<Node>,
    /// The files that were read.
    pub files: HashMap<String, Option<Rc<Node>>>,
    pub budget: &'a Budget<'a>,
    pub flow: Flow<'a>,
    pub script: Script,
    /// Ends of here-documents, by their starts and the ends of the texts that they are in.
    pub here_ends: HashMap<(usize, usize), Option<(usize, usize)>>,
    /// The functions that were defined.
    pub functions: Vec<Function>,
    /// Places of the functions by their names.
    pub names: HashMap<String, usize>,
    /// Places of the functions whose calls are being read.
    pub calls: Vec<usize>,
    /// Statements around the text whose commands do not count there, such as functions.
    pub skipped: usize,
    /// Those of them that are branches which do not run.
    pub untaken: usize,
    /// Commands of such branches.
    pub mentioned: HashSet<String>,
    /// The variables that loops which are read once change, by the starts of the loops, and why they are not known.
    pub loops: HashMap<usize, BTreeMap<String, Reason>>,
    /// The files that were written, with the number of commands before.
    pub written: HashMap<String, usize>,
    /// Set behind a declaration that gives a type to variables.
    pub has_types: bool,
    /// Set while a reference forgets the variables that it may lead to.
    pub is_forgetting: bool,
    /// The commands behind aliases, if the script expands them.
    pub aliases: Option<HashMap<String, Rc<Node>>>,
    /// Set if comparisons tell upper from lower case, and patterns have no operators of their own.
    pub has_cases: bool,
    /// Set if `echo` may read backslashes.
    pub is_posix: bool,
    /// Start of the body of a loop that is read again.
    pub again: Option<usize>,
}

/// A command that is still being read.
#[derive(Default)]
pub(super) struct Line {
    pub word: PendingWord,
    pub words: Vec<Node>,
    /// The number of words that were looked at and may be in front of an assignment; `None` behind one that is not.
    pub leading: Option<usize>,
    pub reasons: Vec<(Span, Reason)>,
    /// Assignments before the words, with the values that were there before.
    pub assigned: Vec<(String, Option<Value>)>,
    /// Those of them that are taken back until its words are read.
    pub held: Vec<(String, Value)>,
    /// Set if the next word is the file of a redirection.
    pub redirect: Option<Redirect>,
    /// The file or text that the command reads.
    pub input: Option<Input>,
    /// Set if what the command prints goes to a file.
    pub is_diverted: bool,
    /// A list `NAME=(…)` whose items are the words now, whether they are appended, and the words before it.
    pub list: Option<(String, bool, Vec<Node>)>,
    /// The here-documents that start behind the line.
    pub heredocs: Vec<Heredoc>,
    /// Parentheses that are open.
    pub open: usize,
    /// Set behind `&&` and `||`, whose right side may be on the next line.
    pub goes_on: bool,
    /// Set in a pattern of `case`.
    pub is_pattern: bool,
    /// Name of the function whose body follows.
    pub function: Option<String>,
    /// End of the body of a function that is read.
    pub body_end: Option<usize>,
    /// Commands around the text, of which it is a part.
    pub depth: usize,
    /// Positions of words with wildcards, and whether some of these are quoted.
    pub patterns: Vec<(usize, bool)>,
    /// Set if words may be others, as the environment or a file may have other values.
    pub is_likely: bool,
    /// Set behind `!`.
    pub is_negated: bool,
    /// Set to whether the last command succeeds, if that is known.
    pub status: Option<bool>,
    /// Statements around the text.
    pub base: usize,
    /// Statements around commands that run as another process, as they are in a pipe or in the background.
    pub forked: Option<usize>,
    /// Statements around an `exit` whose statement has not ended.
    pub exit: Option<usize>,
    /// Placeholder for the output of the commands.
    pub output: Option<String>,
    /// The output of the commands, if it is asked for.
    pub printed: Option<Printed>,
    /// Set if the commands end with a parenthesis.
    pub is_substitution: bool,
}

/// A function of the script.
pub(super) struct Function {
    pub name: String,
    /// Place of the function that had the name before.
    pub earlier: Option<usize>,
    /// The range of its body.
    pub body: std::ops::Range<usize>,
    /// Set if the body is in parentheses, and sets variables for itself.
    pub is_subshell: bool,
    /// Set once its body was read.
    pub is_read: bool,
    /// The number of commands before it.
    pub before: Option<usize>,
}

impl Line {
    /// Creates the line of the commands in `$(…)`, or in backquotes.
    pub(super) fn inner(output: Option<String>, is_substitution: bool) -> Self {
        Line { output, is_substitution, ..Line::default() }
    }

    /// Checks for the words between `[[` and `]]`.
    pub(super) fn is_test(&self) -> bool {
        let is = |word: Option<&Node>, text| word.and_then(Node::as_str) == Some(text);
        is(self.words.first(), "[[") && !is(self.words.last(), "]]") && self.list.is_none() && !self.is_pattern
    }

    /// Notes that what the commands print is known only when the script runs.
    pub(super) fn mark_unknown(&mut self) {
        if let Some(printed) = &mut self.printed {
            printed.is_unknown = true;
        }
    }
}

impl Lexer<'_> {
    /// Reads commands up to an offset, or the parenthesis that ends them; returns whether there is one.
    pub(super) fn run(&mut self, line: &mut Line, end: usize, depth: usize) -> Result<bool, Fault> {
        line.base = self.flow.depth();
        line.depth = depth;
        loop {
            if self.words(line, end, depth)? {
                return Ok(true);
            }
            self.end_word(line)?;
            match self.again.take() {
                Some(body) => self.at = body,
                None => break,
            }
        }
        self.end_command(line)?;
        self.close(line.base);
        Ok(false)
    }

    /// Reads words and operators up to an offset, or the parenthesis that ends the commands.
    fn words(&mut self, line: &mut Line, end: usize, depth: usize) -> Result<bool, Fault> {
        while self.at < end {
            let rest = self.text.get(self.at..end).unwrap_or_default();
            let Some(letter) = rest.chars().next() else { break };
            if !line.word.has_begun {
                line.word.start = self.at;
            }
            self.budget.spend(STEPS, 0, self.span(self.at, self.at + 1))?;
            if line.word.is_plain("done") && (letter.is_ascii_whitespace() || ";&|()<>".contains(letter)) {
                self.end_word(line)?;
                if let Some(body) = self.again.take() {
                    self.at = body;
                }
                continue;
            }
            if line.is_pattern && line.words.is_empty() && line.word.is_plain("esac") && ";&|)".contains(letter) {
                self.end_word(line)?;
                continue;
            }
            if line.is_test() && "&|()<>".contains(letter) && !rest.starts_with("<(") && !rest.starts_with(">(") {
                self.test_operator(line, rest)?;
                continue;
            }
            match letter {
                '\\' if rest.starts_with("\\\n") || rest.starts_with("\\\r\n") => {
                    self.at += if rest.starts_with("\\\n") { 2 } else { 3 };
                }
                '\\' => {
                    let length = rest[1..].chars().next().map_or(0, char::len_utf8);
                    line.word.end_plain();
                    let is_inner = std::mem::replace(&mut line.word.is_in_quotes, true);
                    self.push(&mut line.word, self.at + 1, length);
                    line.word.is_in_quotes = is_inner;
                    self.at += 1 + length;
                }
                '\n' => self.end_line(line, end, depth)?,
                ' ' | '\t' | '\r' => {
                    self.at += 1;
                    self.end_word(line)?;
                }
                '#' if !line.word.has_begun => self.skip(rest.find('\n').unwrap_or(rest.len()))?,
                '&' if rest.starts_with("&>") => {
                    self.end_word(line)?;
                    self.at += if rest.starts_with("&>>") { 3 } else { 2 };
                    line.redirect = Some(Redirect::Output);
                }
                ';' | '&' | '|' => self.operator(line, rest)?,
                '(' | ')' if self.parenthesis(line, rest)? => return Ok(true),
                '(' | ')' => {}
                '<' | '>' if rest[1..].starts_with('(') => self.substitution(&mut line.word, 2, end, depth)?,
                '<' if rest.starts_with("<<<") => {
                    self.end_word(line)?;
                    self.at += 3;
                    line.redirect = Some(Redirect::Text);
                }
                '<' if rest.starts_with("<<") => self.heredoc(line, rest)?,
                '<' | '>' => {
                    let descriptor = line.word.is_descriptor().then(|| std::mem::take(&mut line.word).plain);
                    self.end_word(line)?;
                    self.at += [">>", ">&", ">|", "<&", "<>"]
                        .iter()
                        .find(|it| rest.starts_with(**it))
                        .map_or(1, |it| it.len());
                    line.redirect = Some(Redirect::of(rest, descriptor.as_deref()));
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
                    let length = rest.find(|c: char| !c.is_alphanumeric() && !is_plain(c));
                    let length = length.filter(|length| *length > 0).unwrap_or_else(|| match length {
                        None => rest.len(),
                        _ => letter.len_utf8(),
                    });
                    self.push(&mut line.word, self.at, length);
                    self.at += length;
                }
            }
        }
        Ok(false)
    }

    pub(super) fn span(&self, start: usize, end: usize) -> Span {
        Span { file: self.file, start: start as u32, end: end as u32, style: Style::Verbatim }
    }

    pub(super) fn fault(&self, start: usize, end: usize, message: &str) -> Fault {
        Fault::new(Code::MalformedCommand, self.span(start, end), message)
    }

    /// Checks the length of the name of a variable or function, which is compared and copied again and again.
    pub(super) fn check_name(&self, name: &str) -> Result<(), Fault> {
        if name.len() <= MOST_NAME {
            return Ok(());
        }
        let message = format!("the name of a variable or function has more than {MOST_NAME} letters");
        Err(self.fault(self.at.saturating_sub(name.len()), self.at, &message))
    }

    /// Appends a range of the text to the word.
    pub(super) fn push(&self, word: &mut PendingWord, start: usize, length: usize) {
        let text = self.text.get(start..start + length).unwrap_or_default();
        word.has_begun = true;
        word.note_wildcards(text);
        // Where this fails the next look of the lexer ends it.
        if !self.budget.make(PIECE + length, self.span(start, start + length)) {
            return;
        }
        if !word.has_quotes {
            word.plain.push_str(text);
        }
        word.text.push_written(text, self.span(start, start + length), 0);
    }

    /// Returns a number for a value of a variable that is known only when the script runs.
    pub(super) fn version(&mut self, name: &str) -> u32 {
        // The place of each value is that of all statements around it.
        let depth = self.flow.depth();
        let span = self.span(self.at, self.at);
        let is_paid = self.skipped == 0 && self.budget.charge(depth, span) && self.budget.make(PLACE * depth, span);
        if is_paid { self.flow.version(name) } else { 1 }
    }

    /// Skips text, which a loop may do again and again.
    pub(super) fn skip(&mut self, length: usize) -> Result<(), Fault> {
        self.budget.spend(length / 8, 0, self.span(self.at, self.at + length))?;
        self.at += length;
        Ok(())
    }

    /// Reads `;`, `&`, `|` and those of two letters.
    pub(super) fn operator(&mut self, line: &mut Line, rest: &str) -> Result<(), Fault> {
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
                self.flow.end_pipe();
                self.list(line, &rest[..length] == "&&")?;
                line.goes_on = true;
            }
            "|" | "|&" => {
                self.fork(line);
                self.finish(line)?;
                self.flow.end_process();
                line.goes_on = true;
                line.status = None;
                line.mark_unknown();
            }
            ";;" | ";&" | ";;&" => {
                self.end_command(line)?;
                if matches!(self.flow.top(line.base), Some(Kind::Case(_))) {
                    self.next_case(rest[..length].contains('&'));
                    line.is_pattern = true;
                }
            }
            "&" => {
                self.fork(line);
                self.end_lists(line)?;
                self.flow.end_process();
                self.end_command(line)?;
            }
            _ => self.end_command(line)?,
        }
        Ok(())
    }

    /// Reads a parenthesis; returns whether it ends the commands.
    pub(super) fn parenthesis(&mut self, line: &mut Line, rest: &str) -> Result<bool, Fault> {
        let is_open = rest.starts_with('(');
        if is_open
            && (line.words.is_empty() || line.words.len() == 1 && line.words[0].as_str() == Some("for"))
            && !line.word.has_begun
            && rest.starts_with("((")
        {
            line.mark_unknown();
            line.status = None;
            let length = rest.find("))").map_or(rest.len(), |at| at + 2);
            self.arithmetic(&rest[..length])?;
            self.skip(length)?;
            return Ok(false);
        }
        if line.is_pattern {
            self.at += 1;
            self.end_word(line)?;
            if !is_open {
                self.case(line)?;
                line.words.clear();
                line.is_pattern = false;
            }
            return Ok(false);
        }
        if is_open && !line.word.has_quotes && line.list.is_none() {
            let name = line.word.plain.strip_suffix('=');
            let name = name.map(|name| name.strip_suffix('+').map_or((name, false), |name| (name, true)));
            if let Some((name, appends)) = name.filter(|(name, _)| is_name(name)) {
                self.check_name(name)?;
                line.list = Some((name.to_owned(), appends, std::mem::take(&mut line.words)));
                line.word = PendingWord::default();
                self.at += 1;
                return Ok(false);
            }
        }
        self.end_word(line)?;
        let is_header = is_open && (line.words.len() == 1 || line.function.is_some() && line.words.is_empty());
        let blanks = rest.len() - rest[1..].trim_start_matches(' ').len();
        if is_header && rest[blanks..].starts_with(')') {
            if let Some(name) = line.words.pop() {
                line.function = Some(name.as_str().unwrap_or_default().to_owned());
            }
            self.at += blanks + 1;
            return Ok(false);
        }
        self.at += 1;
        if let Some((name, appends, words)) = line.list.take_if(|_| !is_open) {
            let items = std::mem::replace(&mut line.words, words);
            self.assign_list(line, &name, items, appends)?;
        } else if is_open {
            self.finish(line)?;
            match line.function.take() {
                None => self.open(Kind::Subshell)?,
                function => self.open_group(function, self.at, false)?,
            }
            line.open += 1;
        } else {
            self.end_command(line)?;
            if line.open > 0 {
                line.open -= 1;
                match self.flow.top(line.base) {
                    Some(Kind::Group { .. }) => self.close_group(self.at - 1),
                    Some(Kind::Subshell) => self.leave_statement(),
                    _ => {}
                }
                line.status = None;
            } else if line.is_substitution {
                self.close(line.base);
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Returns the bytes of a value that is appended to a word.
pub(super) fn copied(value: &Node) -> usize {
    value.own_weight() + PIECE * value.pieces()
}

/// Checks for a mark that means nothing to a shell where a word is read.
fn is_plain(letter: char) -> bool {
    matches!(
        letter,
        '-' | '_' | '.' | '/' | ':' | '{' | '}' | '=' | ',' | '[' | ']' | '*' | '?' | '!' | '@' | '%' | '+' | '~' | '^'
    )
}
