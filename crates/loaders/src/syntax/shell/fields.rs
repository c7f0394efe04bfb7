//! Fields: the words that a shell makes of one that was expanded outside of quotes, has a list, or has braces.

use crate::budget::VALUE;
use crate::diagnostic::Fault;
use crate::span::Span;
use crate::syntax::build::part;
use crate::syntax::shell::flow::Value;
use crate::syntax::shell::lexer::{Lexer, Line, STEPS, WORD, copied};
use crate::syntax::shell::pending::PendingWord;
use crate::syntax::tree::Node;
use std::rc::Rc;

/// The letters between fields, unless the script sets `IFS`.
const BLANKS: &str = " \t\n";

/// Most letters of `IFS`, which are looked through for each word.
const MOST_SEPARATORS: usize = 32;

/// The letters between fields.
pub(super) struct Separators {
    /// A bit for each letter of ASCII.
    set: u128,
    /// The first letter, or an empty text.
    first: String,
    /// Set unless they are known only when the script runs, or are none of ASCII.
    is_known: bool,
}

impl Separators {
    fn new(letters: &str, is_known: bool) -> Self {
        let set = letters.bytes().filter(u8::is_ascii).fold(0, |set, letter| set | 1 << letter);
        Separators { set, first: letters.chars().take(1).collect(), is_known }
    }

    /// Returns the letter between the arguments in `"$*"`, or an empty text; `None` if it is not known.
    pub(super) fn first(&self) -> Option<&str> {
        self.is_known.then_some(&self.first)
    }

    fn has(&self, letter: u8) -> bool {
        letter.is_ascii() && self.set >> letter & 1 == 1
    }

    fn has_blank(&self, letter: u8) -> bool {
        matches!(letter, b' ' | b'\t' | b'\n') && self.has(letter)
    }
}

impl Lexer<'_> {
    /// Returns the letters between fields.
    pub(super) fn separators(&self) -> Separators {
        let known = match self.flow.get("IFS") {
            None | Some(Value::Unset) => Some(BLANKS),
            Some(Value::Known(set)) => set.as_str().filter(|set| set.len() <= MOST_SEPARATORS && set.is_ascii()),
            Some(_) => None,
        };
        Separators::new(known.unwrap_or(BLANKS), known.is_some())
    }

    /// Appends the fields of a word that was expanded outside of quotes.
    pub(super) fn split(&mut self, line: &mut Line, word: &Node) -> Result<(), Fault> {
        let between = self.separators();
        if !between.is_known {
            self.tell(word.span, "the word is split at blanks; the value of IFS is not known".to_owned())?;
        }
        let text = word.as_str().unwrap_or_default();
        self.budget.spend(text.len() / 8, 0, word.span)?;
        // Blanks around another separator are a part of it. Set behind the blanks that end a field.
        let mut is_ended = false;
        let (mut start, mut open) = (0, 0_usize);
        for (at, letter) in text.bytes().enumerate() {
            match letter {
                b'{' => open += 1,
                b'}' => open = open.saturating_sub(1),
                _ if open > 0 || !between.has(letter) => {}
                _ => {
                    let is_field = start < at || !between.has_blank(letter) && !is_ended;
                    if is_field {
                        self.budget.spend(STEPS, WORD + at - start, word.span)?;
                        line.words.push(part(word, start, at));
                    }
                    is_ended = between.has_blank(letter) && (is_field || is_ended);
                    start = at + 1;
                }
            }
        }
        if start < text.len() {
            self.budget.spend(STEPS, WORD + text.len() - start, word.span)?;
            line.words.push(part(word, start, text.len()));
        }
        Ok(())
    }

    /// Appends the items of a list. Each is a word of its own, the first with the text before it, unless they are joined:
    /// by `"$*"`, in an assignment or in a text.
    pub(super) fn items(
        &mut self,
        word: &mut PendingWord,
        items: &Rc<[Node]>,
        is_star: bool,
        inner: &str,
        span: Span,
    ) -> Result<(), Fault> {
        if word.is_text || word.assigned.is_some() || is_star && word.is_in_quotes {
            let separators = self.separators();
            let Some(between) = (if is_star { separators.first() } else { Some(" ") }) else {
                self.unevaluated(word, inner, span);
                return Ok(());
            };
            for (at, item) in items.iter().enumerate() {
                self.budget.spend(STEPS, 0, span)?;
                if at > 0 {
                    word.text.push(between);
                }
                self.append(word, item);
            }
        } else if word.items.is_some() {
            self.unevaluated(word, inner, span);
        } else if let Some(first) = items.first().filter(|_| !word.text.is_empty()) {
            let weight = items.iter().map(|item| WORD + item.own_weight()).sum::<usize>();
            self.budget.spend(STEPS * items.len(), copied(first) + weight, span)?;
            word.text.push_node(first);
            let first = std::mem::take(&mut word.text).finish(span);
            word.items = Some(std::iter::once(first).chain(items.iter().skip(1).cloned()).collect());
        } else {
            word.items = Some(items.clone());
        }
        Ok(())
    }

    /// Ends a word with the items of a list, the last with the text behind it.
    pub(super) fn end_items(&mut self, line: &mut Line, word: PendingWord, items: &[Node]) -> Result<(), Fault> {
        let span = self.span(word.start, self.at);
        line.is_likely |= word.is_likely;
        let is_split = word.splits && !word.is_quoted;
        let mut text = word.text;
        for (at, item) in items.iter().enumerate() {
            self.budget.spend(STEPS, WORD + item.own_weight(), span)?;
            if at + 1 == items.len() && !text.is_empty() {
                self.budget.spend(STEPS, copied(item), span)?;
                let behind = std::mem::take(&mut text).finish(span);
                text.push_node(item);
                text.push_node(&behind);
                line.words.push(std::mem::take(&mut text).finish(span));
            } else if is_split {
                self.split(line, item)?;
            } else {
                line.words.push(item.clone());
            }
        }
        if !text.is_empty() {
            line.words.push(text.finish(span));
        }
        Ok(())
    }

    /// Tells of a word that a shell splits, and that is read as one.
    pub(super) fn tell_fields(&mut self, line: &mut Line, word: &Node) -> Result<(), Fault> {
        let text = word.as_str().unwrap_or_default();
        self.budget.spend(text.len() / 8, 0, word.span)?;
        let separators = self.separators();
        if !word.has_placeholder() && text.bytes().any(|letter| separators.has(letter)) {
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
