//! Fields: the words that a shell makes of one that was expanded outside of quotes, or that has braces.

use crate::budget::VALUE;
use crate::diagnostic::Fault;
use crate::syntax::build::part;
use crate::syntax::shell::flow::Value;
use crate::syntax::shell::lexer::{Lexer, Line, STEPS, WORD};
use crate::syntax::tree::Node;
use std::rc::Rc;

/// The letters between fields, unless the script sets `IFS`.
const BLANKS: &str = " \t\n";

/// The variable with the letters between fields.
const SEPARATORS: &str = "IFS";

/// Most letters of `IFS`, each of which is looked for.
const MOST_SEPARATORS: usize = 32;

/// The letters between fields.
pub(super) enum Separators {
    Blanks,
    Set(Rc<Node>),
    /// They are known only when the script runs.
    Unknown,
}

impl Separators {
    /// Returns the letter between the arguments in `"$*"`, or an empty text.
    pub(super) fn first(&self) -> &str {
        let set = self.as_str();
        set.get(..set.chars().next().map_or(0, char::len_utf8)).unwrap_or_default()
    }

    fn as_str(&self) -> &str {
        match self {
            Separators::Blanks | Separators::Unknown => BLANKS,
            Separators::Set(node) => node.as_str().unwrap_or_default(),
        }
    }
}

impl Lexer<'_> {
    /// Returns the letters between fields.
    pub(super) fn separators(&self) -> Separators {
        match self.flow.get(SEPARATORS) {
            None | Some(Value::Unset) => Separators::Blanks,
            Some(Value::Known(set)) if set.as_str().is_some_and(|set| set.len() <= MOST_SEPARATORS) => {
                Separators::Set(set.clone())
            }
            Some(_) => Separators::Unknown,
        }
    }

    /// Appends the fields of a word that was expanded outside of quotes.
    pub(super) fn split(&mut self, line: &mut Line, word: &Node) -> Result<(), Fault> {
        let separators = self.separators();
        if matches!(separators, Separators::Unknown) {
            self.tell(word.span, "the word is split at blanks; the value of IFS is not known".to_owned())?;
        }
        let between = separators.as_str();
        let text = word.as_str().unwrap_or_default();
        let is_blank = |letter: char| BLANKS.contains(letter) && between.contains(letter);
        // Blanks around another separator are a part of it. Set behind the blanks that end a field.
        let mut is_ended = false;
        let (mut start, mut open) = (0, 0_usize);
        for (at, letter) in text.char_indices() {
            match letter {
                '{' => open += 1,
                '}' => open = open.saturating_sub(1),
                _ if open > 0 || !between.contains(letter) => {}
                _ => {
                    let is_field = start < at || !is_blank(letter) && !is_ended;
                    if is_field {
                        self.budget.spend(STEPS, WORD + at - start, word.span)?;
                        line.words.push(part(word, start, at));
                    }
                    is_ended = is_blank(letter) && (is_field || is_ended);
                    start = at + letter.len_utf8();
                }
            }
        }
        if start < text.len() {
            self.budget.spend(STEPS, WORD + text.len() - start, word.span)?;
            line.words.push(part(word, start, text.len()));
        }
        Ok(())
    }

    /// Tells of a word that a shell splits, and that is read as one.
    pub(super) fn tell_fields(&mut self, line: &mut Line, word: &Node) -> Result<(), Fault> {
        let text = word.as_str().unwrap_or_default();
        self.budget.spend(text.len() / 8, 0, word.span)?;
        let separators = self.separators();
        if !word.has_placeholder() && text.contains(|letter| separators.as_str().contains(letter)) {
            self.budget.spend(STEPS, VALUE, word.span)?;
            let reason = "a shell makes several words of this value; put quotes around it".into();
            line.reasons.push((word.span, reason));
        }
        Ok(())
    }
}

/// Checks for braces that a shell makes several words of: `{a,b}`, `{1..3}`.
pub(super) fn has_alternatives(text: &str) -> bool {
    let inner = text.split_once('{').and_then(|(_, rest)| rest.split_once('}'));
    inner.is_some_and(|(inner, _)| inner.contains(',') || inner.contains(".."))
}
