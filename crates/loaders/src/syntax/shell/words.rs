//! Quotes and expansions in words.

use crate::budget::VALUE;
use crate::diagnostic::Fault;
use crate::span::Span;
use crate::syntax::build::part;
use crate::syntax::shell::calls::is_positional;
use crate::syntax::shell::flow::{ARGUMENTS, Kind, Reason, Value};
use crate::syntax::shell::lexer::{Lexer, Line, MOST_NESTED, PIECE, STEPS, WORD, copied};
use crate::syntax::shell::pending::{PendingWord, Printed};
use crate::syntax::tree::Node;
use std::rc::Rc;
use vtl::Code;

impl Lexer<'_> {
    pub(super) fn unclosed(&self, start: usize) -> Fault {
        Fault::new(Code::MalformedCommand, self.span(start, start + 1), "unclosed quote")
    }

    pub(super) fn single_quoted(&mut self, word: &mut PendingWord, end: usize) -> Result<(), Fault> {
        let start = self.at + 1;
        let rest = self.text.get(start..end).unwrap_or_default();
        let length = rest.find('\'').ok_or_else(|| self.unclosed(self.at))?;
        word.end_plain();
        word.is_quoted = true;
        let is_inner = std::mem::replace(&mut word.is_in_quotes, true);
        self.push(word, start, length);
        word.is_in_quotes = is_inner;
        self.at = start + length + 1;
        Ok(())
    }

    pub(super) fn double_quoted(&mut self, word: &mut PendingWord, end: usize, depth: usize) -> Result<(), Fault> {
        let start = self.at;
        self.at += 1;
        word.end_plain();
        word.has_begun = true;
        word.is_quoted = true;
        let is_inner = std::mem::replace(&mut word.is_in_quotes, true);
        loop {
            self.budget.spend(STEPS, 0, self.span(self.at, self.at + 1))?;
            let rest = self.text.get(self.at..end).unwrap_or_default();
            let length = rest.find(['"', '\\', '$', '`']).ok_or_else(|| self.unclosed(start))?;
            self.push(word, self.at, length);
            self.at += length;
            let rest = &rest[length..];
            if rest.starts_with('"') {
                self.at += 1;
                word.is_in_quotes = is_inner;
                return Ok(());
            }
            if rest.starts_with('\\') {
                self.escaped(word, rest);
            } else {
                self.expansion(word, end, depth)?;
            }
        }
    }

    /// Reads a backslash between double quotes, where it is literal before most characters.
    fn escaped(&mut self, word: &mut PendingWord, rest: &str) {
        if rest.starts_with("\\\n") {
            self.at += 2;
            return;
        }
        let skip = usize::from(rest[1..].starts_with(['"', '\\', '$', '`']));
        self.push(word, self.at + skip, 1);
        self.at += 1 + skip;
    }

    /// Reads `$'…'`, with the escapes of C.
    pub(super) fn c_quoted(&mut self, word: &mut PendingWord, end: usize) -> Result<(), Fault> {
        let start = self.at;
        self.at += 1;
        word.end_plain();
        word.has_begun = true;
        word.is_quoted = true;
        word.has_literal = true;
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
            let (meant, length) = escape(&rest[length + 1..]);
            let span = self.span(self.at, self.at + 1 + length);
            word.text.push_written(meant.encode_utf8(&mut [0; 4]), span, 0);
            self.at += 1 + length;
        }
    }

    /// Reads the commands of `$(…)` or `<(…)`, `open` bytes behind its start, or those in backquotes.
    pub(super) fn substitution(
        &mut self,
        word: &mut PendingWord,
        open: usize,
        end: usize,
        depth: usize,
    ) -> Result<(), Fault> {
        let start = self.at;
        word.end_plain();
        word.has_begun = true;
        if depth >= MOST_NESTED {
            return Err(self.fault(start, start + open, "command substitutions are nested too deeply"));
        }
        let is_quoted = open == 1;
        let inner = start + open;
        let unclosed = self.fault(start, inner, "unclosed command substitution");
        let last = if is_quoted {
            let length = self.text.get(inner..end).and_then(|rest| rest.find('`'));
            inner + length.ok_or_else(|| unclosed.clone())?
        } else {
            end
        };
        if let Some(name) = &word.assigned {
            self.check_name(name)?;
        }
        let output = word.assigned.clone().map(|name| {
            let version = *word.version.get_or_insert_with(|| self.version(&name));
            placeholder(&name, version)
        });
        self.at = inner;
        let mut line = Line::inner(output.clone(), !is_quoted);
        let written = self.text.get(start..last).unwrap_or_default();
        // Backslashes in backquotes are read twice, and `<(…)` is the name of a file.
        let is_arithmetic = written.starts_with("$((");
        let is_read = if is_quoted { !written.contains('\\') } else { written.starts_with('$') && !is_arithmetic };
        line.printed = (is_read && self.skipped == 0).then(Printed::default);
        self.flow.open(Kind::Subshell, self.skipped > 0);
        let is_closed = self.run(&mut line, last, depth + 1)?;
        self.leave_statement();
        if is_quoted {
            self.at = last + 1;
        } else if !is_closed {
            return Err(unclosed);
        }
        let span = self.span(start, self.at);
        if let Some(printed) = line.printed.filter(|printed| !printed.is_unknown) {
            word.is_likely |= printed.is_likely;
            let text = printed.text.finish(span);
            let length = text.as_str().unwrap_or_default().trim_end_matches('\n').len();
            self.budget.spend(STEPS, copied(&text), span)?;
            self.append(word, &part(&text, 0, length));
            return Ok(());
        }
        let written = self.text.get(inner..self.at - 1).unwrap_or_default();
        if is_arithmetic {
            self.arithmetic(written)?;
        }
        let written = written.trim();
        let text = output.unwrap_or_else(|| format!("${{{written}}}"));
        if self.budget.make(PIECE + text.len(), span) {
            word.text.push_placeholder(&text, span);
        }
        Ok(())
    }

    /// Reads `$NAME`, `${NAME}`, `${NAME:-text}`, `$(command)` or a command in backquotes; any other `$` is literal.
    pub(super) fn expansion(&mut self, word: &mut PendingWord, end: usize, depth: usize) -> Result<(), Fault> {
        let start = self.at;
        let rest = self.text.get(start..end).unwrap_or_default();
        if rest.starts_with('`') {
            return self.substitution(word, 1, end, depth);
        }
        if rest.starts_with("$(") {
            return self.substitution(word, 2, end, depth);
        }
        word.end_plain();
        word.has_begun = true;
        if let Some(inner) = rest.strip_prefix("${") {
            let length = closing(inner).ok_or_else(|| self.fault(start, start + 2, "unclosed `${`"))?;
            self.budget.spend(length / 8, 0, self.span(start, start + 2 + length))?;
            let inner = &inner[..length];
            let close = start + 2 + length;
            let name = inner.get(..parameter(inner)).unwrap_or_default();
            self.check_name(name)?;
            let span = self.span(start, close + 1);
            match &inner[name.len()..] {
                "" if !name.is_empty() => self.expanded(word, name, span)?,
                all @ ("[@]" | "[*]") => match self.flow.get(name) {
                    Some(Value::List(items)) => self.items(word, &items.clone(), all == "[*]", inner, span)?,
                    _ => self.unevaluated(word, inner, span),
                },
                operator if !name.is_empty() && OPERATORS.iter().any(|it| operator.starts_with(it)) => {
                    self.operated(word, name, inner, close, depth)?;
                }
                _ => self.unevaluated(word, inner, span),
            }
            self.at = close + 1;
            return Ok(());
        }
        let length = if rest.starts_with("$#") { 1 } else { parameter(&rest[1..]) };
        self.at += 1 + length;
        if length == 0 {
            self.push(word, start, 1);
        } else {
            self.check_name(&rest[1..=length])?;
            self.expanded(word, &rest[1..=length], self.span(start, self.at))?;
        }
        Ok(())
    }

    /// Appends the value of a variable, or all arguments.
    fn expanded(&mut self, word: &mut PendingWord, name: &str, span: Span) -> Result<(), Fault> {
        match self.argument(name) {
            Some(Value::List(items)) => {
                word.is_likely |= self.has_likely_arguments();
                self.items(word, &items, name == "*", name, span)?;
                self.told_arguments(word);
            }
            _ => self.variable(word, name, span),
        }
        Ok(())
    }

    /// Appends the value of a variable.
    fn variable(&mut self, word: &mut PendingWord, name: &str, span: Span) {
        if let Some(value) = self.argument(name) {
            match value {
                Value::Known(value) | Value::Likely(value) | Value::Same(value) => {
                    word.is_likely |= self.has_likely_arguments();
                    self.append(word, &value);
                    if value.has_placeholder() {
                        self.told_arguments(word);
                    }
                }
                _ => {}
            }
            return;
        }
        if let Some(value) = (self.given)(name) {
            if self.budget.make(PIECE + value.len(), span) {
                word.text.push_written(&value, Span { end: span.start, ..span }, 0);
            }
            return;
        }
        if is_positional(name) {
            let (version, reason) = self.unknown_arguments();
            word.reasons.extend(reason);
            self.push_unknown(word, name, version, span);
            return;
        }
        match self.flow.get(name) {
            Some(Value::Known(value) | Value::Same(value)) => self.append(word, &value.clone()),
            Some(Value::Likely(value)) => {
                word.is_likely = true;
                self.append(word, &value.clone());
            }
            // A list without an index is its first item.
            Some(Value::List(items)) => {
                let first = items.first().cloned();
                first.iter().for_each(|item| self.append(word, item));
            }
            Some(Value::Unset) => {}
            Some(Value::Unknown(version, reason)) => {
                word.reasons.extend(reason.clone());
                self.push_unknown(word, name, *version, span);
            }
            Some(Value::Arguments(_)) | None => self.push_unknown(word, name, 1, span),
        }
    }

    /// Appends the placeholder of a variable that is known only when the script runs.
    fn push_unknown(&self, word: &mut PendingWord, name: &str, version: u32, span: Span) {
        let text = placeholder(name, version);
        if self.budget.make(PIECE + text.len(), span) {
            word.text.push_placeholder(&text, span);
        }
    }

    pub(super) fn append(&self, word: &mut PendingWord, value: &Node) {
        word.note_wildcards(value.as_str().unwrap_or_default());
        if self.budget.make(copied(value), value.span) {
            word.text.push_node(value);
        }
    }

    /// Appends a placeholder for an expansion that is not evaluated.
    pub(super) fn unevaluated(&self, word: &mut PendingWord, inner: &str, span: Span) {
        if self.budget.make(VALUE + 3 * inner.len(), span) {
            let text = format!("${{{inner}}}");
            let reason: Reason = format!("{text} is not evaluated; give its value as a variable").into();
            word.reasons.push(reason);
            word.text.push_placeholder(&text, span);
        }
    }

    /// Appends `${NAME:-text}` and its kin. The environment does not count: what nothing sets is not set.
    fn operated(
        &mut self,
        word: &mut PendingWord,
        name: &str,
        inner: &str,
        close: usize,
        depth: usize,
    ) -> Result<(), Fault> {
        let span = self.span(close - inner.len() - 2, close + 1);
        let operator = &inner[name.len()..];
        let (has_colon, letter) = match operator.strip_prefix(':') {
            Some(operator) => (true, operator.chars().next()),
            None => (false, operator.chars().next()),
        };
        let text = close - operator.len() + 1 + usize::from(has_colon);
        let is_open = self.flow.is_sourced || is_positional(name) && self.flow.get(ARGUMENTS).is_some();
        let argument = self.argument(name);
        let given = if argument.is_some() { None } else { (self.given)(name) };
        let known = self.flow.get(name);
        let is_unset = matches!(known, Some(Value::Unset));
        // Whether it has a value, and not the empty one where that counts as none.
        let is_set = match (given, argument.as_ref().or(known)) {
            (Some(value), _) => Some(!has_colon || !value.is_empty()),
            (None, Some(Value::Known(value) | Value::Likely(value))) => Some(!has_colon || value.as_str() != Some("")),
            (None, Some(Value::List(items))) => Some(!items.is_empty()),
            (None, Some(Value::Unset)) => Some(false),
            (None, Some(Value::Unknown(..) | Value::Same(..) | Value::Arguments(_))) => None,
            (None, None) => (!is_open).then_some(false),
        };
        // The environment may set it.
        word.is_likely |= is_set == Some(false) && argument.is_none() && !is_unset;
        match (letter, is_set) {
            (Some('+'), Some(true)) | (Some('-'), Some(false)) => self.text_of(word, text, close, depth)?,
            (Some('+'), Some(false)) => {}
            (Some('='), Some(false)) => {
                let mut value = PendingWord { has_quotes: true, is_text: true, ..PendingWord::default() };
                self.text_of(&mut value, text, close, depth)?;
                word.reasons.append(&mut value.reasons);
                word.is_likely = true;
                let value = value.text.finish(span);
                self.append(word, &value);
                let value = if value.has_placeholder() {
                    Value::Unknown(self.version(name), None)
                } else {
                    Value::Likely(Rc::new(value))
                };
                if self.skipped == 0 {
                    self.budget.spend(STEPS, 4 * WORD + 6 * name.len(), span)?;
                    let value = self.typed(name, value);
                    self.flow.set(name, Some(value));
                }
            }
            (Some('?'), _) => self.variable(word, name, span),
            (Some('+'), None) => self.unevaluated(word, inner, span),
            (_, None) => {
                let shown = if close - text > 100 { "…" } else { &inner[inner.len() - (close - text)..] };
                let reason = format!("whether the script sets {name} is not known; the default {shown:?} is not used");
                word.reasons.push(reason.into());
                self.variable(word, name, span);
            }
            _ => self.variable(word, name, span),
        }
        Ok(())
    }

    /// Appends the text behind an operator.
    fn text_of(&mut self, word: &mut PendingWord, start: usize, end: usize, depth: usize) -> Result<(), Fault> {
        if depth >= MOST_NESTED {
            return Err(self.fault(start, end, "expansions are nested too deeply"));
        }
        self.at = start;
        while self.at < end {
            self.budget.spend(STEPS, 0, self.span(self.at, self.at + 1))?;
            let rest = self.text.get(self.at..end).unwrap_or_default();
            match rest.chars().next() {
                Some('\'') if !word.is_in_quotes && rest[1..].contains('\'') => self.single_quoted(word, end)?,
                Some('"') => self.double_quoted(word, end, depth + 1)?,
                Some('$' | '`') => self.expansion(word, end, depth + 1)?,
                Some('\\') => self.escaped(word, rest),
                _ => {
                    let length = rest.char_indices().skip(1).find(|(_, c)| "'\"$`\\".contains(*c));
                    let length = length.map_or(rest.len(), |(at, _)| at);
                    self.push(word, self.at, length);
                    self.at += length;
                }
            }
        }
        Ok(())
    }
}

/// Operators behind a name that are evaluated.
const OPERATORS: &[&str] = &[":-", "-", ":=", "=", ":+", "+", ":?", "?"];

/// Returns the character of an escape in `$'…'`, which is read behind its backslash, and the bytes of the escape. A byte
/// beyond ASCII, which may be a part of a character, is not evaluated.
fn escape(text: &str) -> (char, usize) {
    let letter = text.chars().next().unwrap_or('\\');
    let number = |start: usize, most: usize, radix: u32| {
        let digits = text.get(start..).unwrap_or_default().chars().take(most).take_while(|c| c.is_digit(radix)).count();
        let value = u32::from_str_radix(text.get(start..start + digits)?, radix).ok()?;
        let is_whole = letter == 'u' || letter == 'U' || value < 0x80;
        char::from_u32(value).filter(|c| is_whole && *c != '\0').map(|c| (c, start + digits))
    };
    let plain = |meant: char| (meant, 1);
    let coded = match letter {
        'x' => number(1, 2, 16),
        'u' => number(1, 4, 16),
        'U' => number(1, 8, 16),
        '0'..='7' => number(0, 3, 8),
        _ => None,
    };
    coded.unwrap_or_else(|| match letter {
        'n' => plain('\n'),
        't' => plain('\t'),
        'r' => plain('\r'),
        'a' => plain('\x07'),
        'b' => plain('\x08'),
        'e' | 'E' => plain('\x1B'),
        'f' => plain('\x0C'),
        'v' => plain('\x0B'),
        '\\' | '\'' | '"' | '?' => plain(letter),
        // The backslash stays.
        _ => ('\\', 0),
    })
}

/// Returns the text that stands for a value which is known only when the script runs.
pub(super) fn placeholder(name: &str, version: u32) -> String {
    if version > 1 { format!("${{{name}@{version}}}") } else { format!("${{{name}}}") }
}

/// Returns the length of the name of a variable or parameter.
fn parameter(text: &str) -> usize {
    let end = |is_part: fn(char) -> bool| text.find(|c| !is_part(c)).unwrap_or(text.len());
    match text.chars().next() {
        Some('a'..='z' | 'A'..='Z' | '_') => end(|c| c.is_ascii_alphanumeric() || c == '_'),
        Some('0'..='9' | '@' | '*' | '?' | '$' | '!' | '-') => 1,
        // In braces, `#` may begin `${#NAME}`.
        Some('#') if text.len() == 1 => 1,
        _ => 0,
    }
}

/// Returns the offset of the brace that closes `${`, skipping quoted text and what is in it.
fn closing(inner: &str) -> Option<usize> {
    let (mut depth, mut quote, mut escaped) = (0_usize, None, false);
    for (at, letter) in inner.char_indices() {
        if std::mem::take(&mut escaped) {
            continue;
        }
        match (quote, letter) {
            (None | Some('"'), '\\') => escaped = true,
            (Some(open), _) if open == letter => quote = None,
            (Some(_), _) => {}
            (None, '"') => quote = Some(letter),
            (None, '{') => depth += 1,
            (None, '}') if depth == 0 => return Some(at),
            (None, '}') => depth -= 1,
            _ => {}
        }
    }
    None
}
