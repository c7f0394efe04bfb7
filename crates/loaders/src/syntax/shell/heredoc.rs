//! Here-documents.

use crate::diagnostic::Fault;
use crate::syntax::shell::lexer::{Lexer, Line, STEPS, WORD};
use crate::syntax::shell::pending::{Heredoc, Input, PendingWord};
use crate::syntax::tree::Node;

impl Lexer<'_> {
    /// Reads `<<WORD`, or `<<-WORD`.
    pub(super) fn heredoc(&mut self, line: &mut Line, rest: &str) -> Result<(), Fault> {
        if line.word.is_descriptor() {
            line.word = PendingWord::default();
        }
        self.end_word(line)?;
        let has_tabs = rest.starts_with("<<-");
        let name = rest[2..].trim_start_matches('-').trim_start_matches([' ', '\t']);
        let mut delimiter = String::new();
        let (mut quote, mut length, mut is_quoted) = (None, name.len(), false);
        for (at, letter) in name.char_indices() {
            match quote {
                Some(open) if open == letter => quote = None,
                None if matches!(letter, '\'' | '"') => {
                    quote = Some(letter);
                    is_quoted = true;
                }
                None if letter == '\\' => is_quoted = true,
                None if letter.is_whitespace() || ";|&)<>".contains(letter) => {
                    length = at;
                    break;
                }
                Some(_) if letter == '\n' => return Err(self.unclosed(self.at + 2)),
                _ => delimiter.push(letter),
            }
        }
        let length = rest.len() - name.len() + length;
        let span = self.span(self.at, self.at + length);
        line.heredocs.push(Heredoc { delimiter, has_tabs, is_quoted, span });
        self.skip(length)
    }

    /// Ends a line and reads the here-documents behind it.
    pub(super) fn end_line(&mut self, line: &mut Line, end: usize, depth: usize) -> Result<(), Fault> {
        self.at += 1;
        self.end_word(line)?;
        if line.is_test() && line.words.last().is_some_and(|word| matches!(word.as_str(), Some("&&" | "||"))) {
            return Ok(());
        }
        let is_command = !line.goes_on
            && !line.is_pattern
            && line.function.is_none()
            && line.list.is_none()
            && line.heredocs.is_empty();
        if is_command {
            return self.end_command(line);
        }
        for heredoc in std::mem::take(&mut line.heredocs) {
            let Heredoc { delimiter, span, .. } = &heredoc;
            let last = self.last_line(&heredoc, end)?;
            if last.is_none() && self.skipped == 0 {
                let message = format!(
                    "no line {delimiter:?} ends the here-document; the lines behind it are its text and not read as commands"
                );
                self.script.unread.push((*span, message));
            }
            let length = end.saturating_sub(self.at);
            let (length, after) = last.unwrap_or((length, length));
            let start = self.at;
            self.skip(after)?;
            self.tell_input(&line.words, self.text.get(start..start + length).unwrap_or_default(), heredoc.span)?;
            if line.printed.is_some() {
                let text = self.here_text(line, &heredoc, start, start + length, depth)?;
                line.input = Some(Input::Text(text));
                self.at = start + after;
            }
        }
        if !line.goes_on && !line.is_pattern && line.function.is_none() && line.list.is_none() {
            self.end_command(line)?;
        }
        Ok(())
    }

    /// Returns the length of a here-document without the line behind it, and with it, if there is such a line.
    fn last_line(&mut self, heredoc: &Heredoc, end: usize) -> Result<Option<(usize, usize)>, Fault> {
        // Loops and functions read it again.
        if let Some(last) = self.here_ends.get(&(self.at, end)) {
            return Ok(*last);
        }
        let Heredoc { delimiter, has_tabs, span, .. } = heredoc;
        let rest = self.text.get(self.at..end).unwrap_or_default();
        // Where no line is the last one as it must be written, one that looks like it is taken.
        let exactly = |line: &str| {
            let line = line.trim_end_matches(['\n', '\r']);
            if *has_tabs { line.trim_start_matches('\t') == delimiter } else { line == delimiter }
        };
        let exact = line_of(rest, exactly);
        self.budget.spend(exact.map_or(rest.len(), |(_, after)| after) / 2, WORD, *span)?;
        let last = exact.or_else(|| line_of(rest, |line| line.trim() == delimiter));
        self.here_ends.insert((self.at, end), last);
        Ok(last)
    }

    /// Reads the text of a here-document.
    fn here_text(
        &mut self,
        line: &mut Line,
        heredoc: &Heredoc,
        start: usize,
        end: usize,
        depth: usize,
    ) -> Result<Node, Fault> {
        let mut word = PendingWord { has_quotes: true, is_in_quotes: true, is_text: true, ..PendingWord::default() };
        let mut is_new = true;
        self.at = start;
        while self.at < end {
            self.budget.spend(STEPS, 0, self.span(self.at, self.at + 1))?;
            if is_new && heredoc.has_tabs {
                let rest = self.text.get(self.at..end).unwrap_or_default();
                self.at += rest.len() - rest.trim_start_matches('\t').len();
            }
            is_new = false;
            let rest = self.text.get(self.at..end).unwrap_or_default();
            match rest.chars().next() {
                Some('$' | '`') if !heredoc.is_quoted => self.expansion(&mut word, end, depth)?,
                Some('\\') if !heredoc.is_quoted && rest.starts_with("\\\n") => {
                    self.at += 2;
                }
                Some('\\') if !heredoc.is_quoted => {
                    let skip = usize::from(rest[1..].starts_with(['$', '`', '\\']));
                    self.push(&mut word, self.at + skip, 1);
                    self.at += 1 + skip;
                }
                _ => {
                    let is_end = |c: char| !heredoc.is_quoted && "$`\\".contains(c) || heredoc.has_tabs && c == '\n';
                    let mut length = rest.find(is_end).unwrap_or(rest.len());
                    if heredoc.has_tabs && rest[length..].starts_with('\n') {
                        length += 1;
                        is_new = true;
                    }
                    self.push(&mut word, self.at, length);
                    self.at += length;
                }
            }
        }
        line.reasons.extend(word.reasons.into_iter().map(|reason| (heredoc.span, reason)));
        Ok(word.text.finish(self.span(start, end)))
    }
}

/// Returns the offset of the first line that is the last one, and of what is behind it.
fn line_of(text: &str, is_last: impl Fn(&str) -> bool) -> Option<(usize, usize)> {
    let mut at = 0;
    text.split_inclusive('\n').find_map(|line| {
        let start = at;
        at += line.len();
        is_last(line).then_some((start, at))
    })
}
