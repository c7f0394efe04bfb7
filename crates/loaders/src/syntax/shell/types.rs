//! Variables whose type changes what is set or that are read-only, references to other variables, and aliases.

use crate::diagnostic::Fault;
use crate::span::Span;
use crate::syntax::build::part;
use crate::syntax::shell::declared::{CHANGING, REFERENCE, names, option};
use crate::syntax::shell::flow::{Reason, Value};
use crate::syntax::shell::lexer::{Lexer, STEPS, WORD};
use crate::syntax::shell::pending::{MOST_NAME, is_name};
use crate::syntax::tree::Node;
use std::rc::Rc;

/// Returns the name of the variable with the type of another: empty for a number, or a text in lower or upper case; the
/// name of the variable that it refers to; [`ANY`] or [`FIXED`].
fn type_of(name: &str) -> String {
    format!("={name}")
}

/// The type of a reference to a variable whose name is known only when the script runs.
const ANY: &str = "*";

/// Most references that are followed from one to the next.
const MOST_REFERENCES: usize = 16;

/// The type of a variable that is read-only.
const FIXED: &str = "!";

impl Lexer<'_> {
    /// Notes the types that a declaration gives to variables, of which it sets some.
    pub(super) fn note_types(&mut self, words: &[Node], set: &[String], is_global: bool) -> Result<(), Fault> {
        let Some((first, rest)) = words.split_first() else { return Ok(()) };
        let has = |letters: &[char]| rest.iter().any(|word| option(word).is_some_and(|it| it.contains(letters)));
        let (is_reference, is_changed) = (has(REFERENCE), has(CHANGING));
        let is_fixed = has(&['r']) || first.as_str() == Some("readonly");
        let gives_type = is_reference || is_changed || is_fixed;
        self.has_types |= gives_type;
        let is_local = !self.calls.is_empty() && !is_global;
        // A variable keeps its type, but one that is local to a function has none at first.
        if !self.has_types || !gives_type && !is_local {
            return Ok(());
        }
        for name in names(rest).chain(set.iter().map(String::as_str)) {
            self.budget.spend(STEPS, WORD + 2 * name.len(), first.span)?;
            let kind = match self.flow.get(name).filter(|_| is_reference) {
                _ if is_fixed && !is_reference || self.is_fixed(name) => Some(FIXED),
                Some(Value::Known(target) | Value::Likely(target)) => {
                    let target = target.as_str().unwrap_or_default();
                    Some(if target.len() <= MOST_NAME && is_name(target) { target } else { ANY })
                }
                // The first value that it is set to is the name.
                Some(Value::Unset) | None if is_reference => Some(ANY),
                Some(Value::Unset) | None => Some("").filter(|_| is_changed),
                Some(_) => Some(ANY),
            };
            let kind = kind.map_or(Value::Unset, |kind| Value::Known(Rc::new(Node::text(first.span, kind))));
            let key = type_of(name);
            if is_local {
                self.flow.localize(&key, self.flow.get(&key).cloned());
            }
            self.flow.set(&key, Some(kind));
        }
        Ok(())
    }

    /// Checks for a variable that is known to be read-only: what would set or unset it fails.
    pub(super) fn is_fixed(&self, name: &str) -> bool {
        let kind = self.flow.get(&type_of(name)).filter(|_| self.has_types);
        matches!(kind, Some(Value::Known(kind)) if kind.as_str() == Some(FIXED))
    }

    /// Checks for a variable that has a type, or may have one.
    pub(super) fn has_type(&self, name: &str) -> bool {
        let kind = self.flow.get(&type_of(name)).filter(|_| self.has_types);
        kind.is_some_and(|kind| !matches!(kind, Value::Unset))
    }

    /// Returns the name of the variable that one refers to, if that is known.
    fn target(&self, name: &str) -> Option<&str> {
        match self.flow.get(&type_of(name)).filter(|_| self.has_types)? {
            Value::Known(kind) => kind.as_str().filter(|kind| is_name(kind)),
            _ => None,
        }
    }

    /// Unsets a variable, or the one that it refers to; a read-only one stays.
    pub(super) fn unset(&mut self, name: &str) {
        let name = self.target(name).unwrap_or(name).to_owned();
        if !self.is_fixed(&name) {
            self.flow.set(&name, Some(Value::Unset));
            self.forget_type(&name);
        }
    }

    /// Notes that a variable is read-only from here on.
    pub(super) fn fix(&mut self, name: &str, span: Span) {
        self.has_types = true;
        self.flow.set(&type_of(name), Some(Value::Known(Rc::new(Node::text(span, FIXED)))));
    }

    /// Forgets the type of a variable.
    pub(super) fn forget_type(&mut self, name: &str) {
        if self.has_types {
            self.flow.set(&type_of(name), Some(Value::Unset));
        }
    }

    /// Returns what a variable has that is set to a value, if it has a type. What a reference leads to is not known then.
    pub(super) fn typed(&mut self, name: &str, value: Value) -> Value {
        if self.is_fixed(name) {
            return match self.flow.get(name) {
                Some(value) => value.clone(),
                None => Value::Unknown(self.version(name), Some(format!("{name} is read-only").into())),
            };
        }
        let kind = match self.flow.get(&type_of(name)).filter(|_| self.has_types) {
            None | Some(Value::Unset) => return value,
            Some(Value::Known(kind) | Value::Likely(kind)) => kind.clone(),
            // Branches give it different ones.
            Some(_) => Rc::new(Node::text(self.span(self.at, self.at), ANY)),
        };
        let reason: Reason = match kind.as_str() {
            None | Some("") if is_number(&value) => return value,
            None | Some("") => self.reason_of_type(name),
            Some(ANY) => {
                // What it sets may be a reference itself.
                if !std::mem::replace(&mut self.is_forgetting, true) {
                    // The next charge tells that the budget is spent.
                    let _ = self.forget_variables(&Node::text(kind.span, name));
                    self.is_forgetting = false;
                }
                format!("{name} refers to a variable whose name is known only when the script runs").into()
            }
            Some(target) => {
                let reason: Reason =
                    format!("{name} refers to {target}; what is set by such a name is not followed").into();
                let mut target = target.to_owned();
                for _ in 0..MOST_REFERENCES {
                    if !self.budget.make(WORD + 2 * target.len() + reason.len(), kind.span) {
                        break;
                    }
                    let version = self.version(&target);
                    self.flow.set(&target, Some(Value::Unknown(version, Some(reason.clone()))));
                    match self.target(&target) {
                        Some(next) => target = next.to_owned(),
                        None => break,
                    }
                }
                reason
            }
        };
        Value::Unknown(self.version(name), Some(reason))
    }

    /// Says why the value of a variable with a type is not known.
    pub(super) fn reason_of_type(&self, name: &str) -> Reason {
        format!("{name} has a type, which may change its value; that is not evaluated").into()
    }

    /// Notes the names that `alias` gives to commands, if the script expands them.
    pub(super) fn note_aliases(&mut self, words: &[Node]) -> Result<(), Fault> {
        let Some(aliases) = &mut self.aliases else { return Ok(()) };
        for word in words {
            let text = word.as_str().unwrap_or_default();
            let Some((name, _)) = text.split_once('=').filter(|(name, _)| name.len() <= MOST_NAME) else { continue };
            self.budget.spend(STEPS, WORD + word.own_weight(), word.span)?;
            aliases.insert(name.to_owned(), Rc::new(part(word, name.len() + 1, text.len())));
        }
        Ok(())
    }

    /// Tells of the command behind an alias, which is not read, and notes what it may set.
    pub(super) fn expand_alias(&mut self, words: &[Node]) -> Result<(), Fault> {
        let Some(first) = words.first() else { return Ok(()) };
        let name = first.as_str().filter(|name| name.len() <= MOST_NAME).unwrap_or_default();
        let Some(text) = self.aliases.as_ref().and_then(|aliases| aliases.get(name)).cloned() else { return Ok(()) };
        self.tell(first.span, format!("the command behind the alias {name} is not read"))?;
        self.sourced(first, &text)
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

/// Checks for digits, which no type changes.
fn is_number(value: &Value) -> bool {
    let (Value::Known(value) | Value::Likely(value)) = value else { return false };
    let digits = value.as_str().unwrap_or_default();
    digits.len() <= 18
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && (digits == "0" || !digits.starts_with('0'))
        && !digits.is_empty()
}
