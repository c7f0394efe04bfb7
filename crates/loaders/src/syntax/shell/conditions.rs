//! Conditions whose words are known, and the branches that they choose.

use crate::diagnostic::Fault;
use crate::syntax::shell::flow::Kind;
use crate::syntax::shell::lexer::{Lexer, Line, STEPS};
use crate::syntax::shell::pattern;
use crate::syntax::tree::Node;

/// Most words of a `test` or `[[ … ]]` that is evaluated.
const MOST_WORDS: usize = 64;

/// Steps of a variable that a branch or statement sets, where it ends.
pub(super) const VARIABLE: usize = 96;

impl Lexer<'_> {
    /// Starts a branch whose condition has a status, if it is known.
    pub(super) fn enter(&mut self, status: Option<bool>) {
        if !self.flow.is_skipped() && self.flow.decide(status) {
            self.skipped += 1;
            self.untaken += 1;
        }
    }

    /// Charges what the innermost statement changes; returns whether the budget has it.
    pub(super) fn charge_changes(&self) -> bool {
        self.budget.charge(VARIABLE * self.flow.changed(), self.span(self.at, self.at))
    }

    /// Ends a branch.
    pub(super) fn leave(&mut self) {
        if !self.charge_changes() {
            return;
        }
        if self.flow.leave() {
            self.skipped -= 1;
            self.untaken -= 1;
        }
    }

    /// Ends a statement with branches.
    pub(super) fn leave_all(&mut self) {
        if self.flow.is_skipped() {
            self.skipped -= 1;
            self.untaken -= 1;
        }
        self.leave_statement();
    }

    /// Leaves the innermost statement, behind which the variables have the values that its branches set.
    pub(super) fn leave_statement(&mut self) {
        // Where the budget is spent, nothing is read behind it.
        match self.charge_changes() {
            true => self.flow.close(),
            false => self.flow.discard(),
        }
    }

    /// Starts the right side of `&&` or `||`.
    pub(super) fn list(&mut self, line: &mut Line, is_and: bool) -> Result<(), Fault> {
        let is_list = matches!(self.flow.top(line.base), Some(Kind::List));
        if is_list && self.flow.is_possible() {
            self.leave();
            self.enter(None);
            return Ok(());
        }
        if is_list {
            self.leave_all();
        }
        self.open(Kind::List)?;
        if self.skipped == 0 {
            self.enter(line.status.map(|status| status == is_and));
        }
        Ok(())
    }

    /// Reads an operator in `[[ … ]]`.
    pub(super) fn test_operator(&mut self, line: &mut Line, rest: &str) -> Result<(), Fault> {
        let length = if rest.starts_with("&&") || rest.starts_with("||") { 2 } else { 1 };
        if length == 1 && rest.starts_with(['&', '|']) {
            self.push(&mut line.word, self.at, 1);
            self.at += 1;
            return Ok(());
        }
        self.end_word(line)?;
        line.word.start = self.at;
        self.push(&mut line.word, self.at, length);
        self.at += length;
        self.end_word(line)
    }

    /// Ends a list of commands.
    pub(super) fn end_list(&mut self, line: &mut Line) {
        if self.flow.is_possible() {
            line.status = None;
        }
        self.leave_all();
    }

    /// Starts the branch of `case` whose patterns are the words.
    pub(super) fn case(&mut self, line: &mut Line) -> Result<(), Fault> {
        let patterns = std::mem::take(&mut line.patterns);
        let is_likely = std::mem::take(&mut line.is_likely);
        if self.skipped > 0 {
            // Behind a `break` no other branch runs.
            self.enter(Some(false));
            return Ok(());
        }
        let word = match self.flow.top(line.base) {
            Some(Kind::Case(word)) => word.clone(),
            _ => None,
        };
        let mut status = Some(false);
        for (at, choice) in line.words.iter().enumerate() {
            let is_match = match word.as_deref() {
                _ if choice.as_str() == Some("*") && wildcards(&patterns, at) == Some(false) => Some(true),
                Some(word) if !is_likely => self.is_match(choice, at, &patterns, word)?,
                _ => None,
            };
            status = match (status, is_match) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                _ => None,
            };
        }
        self.enter(status);
        Ok(())
    }

    /// Ends a branch of `case`; the next one may run behind it where the branch ends with `;&` or `;;&`.
    pub(super) fn next_case(&mut self, falls_through: bool) {
        self.leave();
        if falls_through && self.skipped == 0 {
            self.flow.fall_through();
            if let Some(Kind::Case(word)) = self.flow.top(0) {
                *word = None;
            }
        } else if self.skipped == 0 && self.flow.is_decided() {
            self.enter(None);
        }
    }

    /// Checks whether a word matches a pattern, which is one of several words of which some have wildcards.
    fn is_match(
        &self,
        choice: &Node,
        at: usize,
        patterns: &[(usize, bool)],
        word: &Node,
    ) -> Result<Option<bool>, Fault> {
        let (Some(choice_text), Some(text)) = (known(choice), known(word)) else { return Ok(None) };
        self.budget.spend(STEPS + (choice_text.len() + text.len()) / 8, 0, choice.span)?;
        match wildcards(patterns, at) {
            None => Ok(Some(choice_text == text)),
            Some(true) => Ok(None),
            Some(false) => {
                // A set is read anew for each letter that it may stand for.
                let letters = if choice_text.contains('[') { 8 } else { 16 };
                self.budget.spend(choice_text.len() * text.len() / letters, 0, choice.span)?;
                Ok(pattern::matches(choice_text, text))
            }
        }
    }

    /// Returns whether a command succeeds; `None` if that is not known.
    pub(super) fn status(&self, words: &[Node], patterns: &[(usize, bool)]) -> Option<bool> {
        let (first, rest) = words.split_first()?;
        if self.flow.is_in_loop(0) || !self.has_cases || words.len() > MOST_WORDS {
            return None;
        }
        match first.as_str()? {
            "true" | ":" => Some(true),
            "false" => Some(false),
            "test" => self.test(rest),
            "[" => match rest.split_last()? {
                (last, rest) if last.as_str() == Some("]") => self.test(rest),
                _ => None,
            },
            "[[" => {
                let mut test = Test { lexer: self, words, patterns, at: 1 };
                let status = test.any()?;
                (test.at + 1 == words.len() && test.is("]]")).then_some(status)
            }
            _ => None,
        }
    }

    /// Evaluates `test`.
    fn test(&self, words: &[Node]) -> Option<bool> {
        match words {
            [] => Some(false),
            [word] => Some(!known(word)?.is_empty()),
            [not, rest @ ..] if not.as_str() == Some("!") && words.len() != 3 => Some(!self.test(rest)?),
            [operator, word] => unary(operator, word),
            [not, operator, word] if not.as_str() == Some("!") && matches!(operator.as_str(), Some("-n" | "-z")) => {
                Some(!unary(operator, word)?)
            }
            [word, operator, other] => match operator.as_str()? {
                "=" | "==" => self.is_equal(word, other),
                "!=" => Some(!self.is_equal(word, other)?),
                operator => numeric(operator, known(word)?, known(other)?),
            },
            _ => None,
        }
    }

    fn is_equal(&self, word: &Node, other: &Node) -> Option<bool> {
        let (one, other) = (known(word)?, known(other)?);
        self.budget.charge(one.len().min(other.len()) / 64, word.span).then_some(one == other)
    }
}

/// A `[[ … ]]` that is evaluated.
struct Test<'a, 'l> {
    lexer: &'a Lexer<'l>,
    words: &'a [Node],
    patterns: &'a [(usize, bool)],
    at: usize,
}

impl Test<'_, '_> {
    fn is(&self, text: &str) -> bool {
        self.words.get(self.at).and_then(Node::as_str) == Some(text)
    }

    fn takes(&mut self, text: &str) -> bool {
        let is_there = self.is(text);
        self.at += usize::from(is_there);
        is_there
    }

    /// Evaluates what `||` joins.
    fn any(&mut self) -> Option<bool> {
        let mut status = self.all()?;
        while self.takes("||") {
            status |= self.all()?;
        }
        Some(status)
    }

    fn all(&mut self) -> Option<bool> {
        let mut status = self.one()?;
        while self.takes("&&") {
            status &= self.one()?;
        }
        Some(status)
    }

    fn one(&mut self) -> Option<bool> {
        if self.takes("!") {
            return Some(!self.one()?);
        }
        if self.takes("(") {
            let status = self.any()?;
            return self.takes(")").then_some(status);
        }
        let word = self.words.get(self.at)?;
        let next = self.words.get(self.at + 1).and_then(Node::as_str)?;
        if matches!(next, "&&" | "||" | ")" | "]]") {
            self.at += 1;
            return Some(!known(word)?.is_empty());
        }
        if word.as_str().is_some_and(|word| word.starts_with('-') && word.len() == 2) {
            self.at += 2;
            return unary(word, self.words.get(self.at - 1)?);
        }
        let other = self.words.get(self.at + 2)?;
        self.at += 3;
        match next {
            "=" | "==" => self.lexer.is_match(other, self.at - 1, self.patterns, word).ok()?,
            "!=" => Some(!self.lexer.is_match(other, self.at - 1, self.patterns, word).ok()??),
            operator => numeric(operator, known(word)?, known(other)?),
        }
    }
}

/// Returns whether a word with wildcards has quoted ones as well; `None` if it has no others. `patterns` is in the
/// order of the words.
fn wildcards(patterns: &[(usize, bool)], at: usize) -> Option<bool> {
    let found = patterns.partition_point(|(position, _)| *position < at);
    patterns.get(found).filter(|(position, _)| *position == at).map(|(_, has_literal)| *has_literal)
}

/// Returns the text of a word that is known.
fn known(word: &Node) -> Option<&str> {
    word.as_str().filter(|_| !word.has_placeholder())
}

fn unary(operator: &Node, word: &Node) -> Option<bool> {
    match operator.as_str()? {
        "-z" => Some(known(word)?.is_empty()),
        "-n" => Some(!known(word)?.is_empty()),
        _ => None,
    }
}

fn numeric(operator: &str, one: &str, other: &str) -> Option<bool> {
    // `[[ … ]]` takes a number that starts with a zero as an octal one.
    let number = |text: &str| {
        let text = text.trim();
        text.parse::<i64>().ok().filter(|number| *number == 0 || !text.trim_start_matches(['+', '-']).starts_with('0'))
    };
    let (one, other) = (number(one)?, number(other)?);
    Some(match operator {
        "-eq" => one == other,
        "-ne" => one != other,
        "-lt" => one < other,
        "-le" => one <= other,
        "-gt" => one > other,
        "-ge" => one >= other,
        _ => return None,
    })
}
