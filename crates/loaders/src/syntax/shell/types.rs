//! Variables whose type changes what is set, references to other variables, and aliases.

use crate::diagnostic::Fault;
use crate::syntax::build::part;
use crate::syntax::shell::flow::Value;
use crate::syntax::shell::lexer::{Lexer, STEPS, WORD};
use crate::syntax::shell::pending::{MOST_NAME, Type, is_name};
use crate::syntax::tree::Node;
use std::rc::Rc;

impl Lexer<'_> {
    /// Notes the types that a declaration gives to variables, of which it sets some.
    pub(super) fn note_types(&mut self, words: &[Node], set: &[String]) -> Result<(), Fault> {
        let Some((first, rest)) = words.split_first() else { return Ok(()) };
        let has = |letters: &[char]| rest.iter().any(|word| option(word).is_some_and(|it| it.contains(letters)));
        let (is_reference, is_changed) = (has(&['n']), has(&['i', 'l', 'u']));
        if !is_reference && !is_changed && self.types.is_empty() {
            return Ok(());
        }
        let plain = rest.iter().filter_map(Node::as_str).filter(|name| name.len() <= MOST_NAME && is_name(name));
        let set = set.iter().map(|name| (name.as_str(), true));
        let mut is_forgotten = false;
        for (name, is_set) in plain.map(|name| (name, false)).chain(set) {
            self.budget.spend(STEPS, WORD + 2 * name.len(), first.span)?;
            let target = match self.flow.get(name).filter(|_| is_reference) {
                Some(Value::Known(target) | Value::Likely(target)) => target.as_str(),
                _ => None,
            };
            let kind = match target.filter(|target| target.len() <= MOST_NAME && is_name(target)) {
                Some(target) => Type::Reference(target.into()),
                _ if is_reference && is_set && !std::mem::replace(&mut is_forgotten, true) => {
                    self.forget_variables(first)?;
                    Type::Changed
                }
                _ if is_reference || is_changed => Type::Changed,
                // That of a function may be another variable.
                _ if self.calls.is_empty() => {
                    self.types.remove(name);
                    continue;
                }
                _ => continue,
            };
            self.types.insert(name.to_owned(), kind);
        }
        Ok(())
    }

    /// Returns what a variable has that is set to a value, if it has a type. What a reference leads to is not known then.
    pub(super) fn typed(&mut self, name: &str, value: Value) -> Value {
        match self.types.get(name).cloned() {
            Some(Type::Changed) if !is_number(&value) => {
                Value::Unknown(self.version(name), Some(self.reason_of_type(name)))
            }
            Some(Type::Reference(target)) => {
                let reason: Rc<str> =
                    format!("{name} refers to {target}; what is set by such a name is not followed").into();
                let version = self.version(&target);
                self.flow.set(&target, Some(Value::Unknown(version, Some(reason.clone()))));
                Value::Unknown(self.version(name), Some(reason))
            }
            _ => value,
        }
    }

    /// Says why the value of a variable with a type is not known.
    pub(super) fn reason_of_type(&self, name: &str) -> Rc<str> {
        format!("{name} has a type, which may change its value; that is not evaluated").into()
    }

    /// Notes the names that `alias` gives to commands.
    pub(super) fn note_aliases(&mut self, words: &[Node]) -> Result<(), Fault> {
        for word in words {
            let text = word.as_str().unwrap_or_default();
            let Some((name, _)) = text.split_once('=').filter(|(name, _)| name.len() <= MOST_NAME) else { continue };
            self.budget.spend(STEPS, WORD + word.own_weight(), word.span)?;
            self.aliases.insert(name.to_owned(), Rc::new(part(word, name.len() + 1, text.len())));
        }
        Ok(())
    }

    /// Notes what the command behind an alias may set, which is not read.
    pub(super) fn expand_alias(&mut self, words: &[Node]) -> Result<(), Fault> {
        let Some(first) = words.first().filter(|_| !self.aliases.is_empty()) else { return Ok(()) };
        let name = first.as_str().filter(|name| name.len() <= MOST_NAME).unwrap_or_default();
        match self.aliases.get(name).cloned() {
            Some(text) => self.sourced(first, &text),
            None => Ok(()),
        }
    }

    /// Forgets functions that the script unsets, where that is known to run.
    pub(super) fn unset_functions(&mut self, words: &[Node]) {
        if self.flow.is_taken() {
            for name in words.iter().filter_map(Node::as_str).filter(|name| name.len() <= MOST_NAME) {
                self.names.remove(name);
            }
        }
    }
}

/// Returns the letters of an option.
fn option(word: &Node) -> Option<&str> {
    word.as_str()?.strip_prefix('-')
}

/// Checks for digits, which no type changes.
fn is_number(value: &Value) -> bool {
    let (Value::Known(value) | Value::Likely(value)) = value else { return false };
    let digits = value.as_str().unwrap_or_default();
    digits.len() <= 18
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && (digits == "0" || !digits.starts_with('0'))
        && !digits.is_empty()
}
