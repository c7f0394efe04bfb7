//! Commands that declare, read and unset variables.

use crate::diagnostic::Fault;
use crate::syntax::build::part;
use crate::syntax::shell::flow::Value;
use crate::syntax::shell::lexer::{Lexer, STEPS, WORD};
use crate::syntax::shell::pending::{MOST_NAME, is_name};
use crate::syntax::tree::Node;
use std::rc::Rc;

/// Most words of a declaration that are looked at for names.
pub(super) const MOST_NAMES: usize = 64;

/// Letter of the option by which a variable refers to another.
pub(super) const REFERENCE: &[char] = &['n'];

/// Letters of the options by which a variable is a number, or in lower or upper case.
pub(super) const CHANGING: &[char] = &['i', 'l', 'u', 'c'];

impl Lexer<'_> {
    /// Applies the declarations among the words of a command whose names come from variables: `declare "$name=value"`.
    pub(super) fn declared(&mut self, first: &Node, rest: &[Node], is_likely: bool) -> Result<(), Fault> {
        let is_local = !self.calls.is_empty()
            && !rest.iter().any(is_global)
            && !matches!(first.as_str(), Some("export" | "readonly"));
        let is_fixed = first.as_str() == Some("readonly");
        for word in rest {
            let text = word.as_str().unwrap_or_default();
            let Some((name, value)) = text.split_once('=').filter(|(name, _)| name.len() <= MOST_NAME) else {
                continue;
            };
            let (name, appends) = name.strip_suffix('+').map_or((name, false), |name| (name, true));
            if !is_name(name) || self.is_fixed(name) {
                continue;
            }
            self.budget.spend(STEPS, 4 * WORD + 6 * name.len() + value.len(), word.span)?;
            if is_local {
                self.flow.localize(name, self.flow.get(name).cloned());
            }
            let value = part(word, text.len() - value.len(), text.len());
            if appends || value.has_placeholder() || self.has_type(name) {
                self.unknown(name, format!("what the script sets {name} to is known only when it runs"));
            } else {
                let value = Rc::new(value);
                self.flow.set(name, Some(if is_likely { Value::Likely(value) } else { Value::Known(value) }));
            }
            if is_fixed {
                self.fix(name, word.span);
            }
        }
        Ok(())
    }

    /// Unsets the variables, items and functions that a command names.
    pub(super) fn unset_names(&mut self, first: &Node, rest: &[Node]) -> Result<(), Fault> {
        // Of a name that no variable has, it is the function.
        let is_free = |value: Option<&Value>| matches!(value, None | Some(Value::Unset));
        let has_option = rest.first().and_then(Node::as_str) == Some("-v");
        for word in rest.iter().filter(|_| !has_option) {
            let name = word.as_str().filter(|name| name.len() <= MOST_NAME).unwrap_or_default();
            if is_free(self.flow.get(name)) {
                self.unset_functions(std::slice::from_ref(word));
            }
        }
        if rest.iter().take(MOST_NAMES).any(Node::has_placeholder) {
            self.forget_variables(first)?;
        }
        for name in names(rest) {
            self.unset(name);
        }
        for name in rest.iter().filter_map(item_of) {
            self.check_name(name)?;
            self.unknown(name, format!("an item of {name} is unset; which it has is not known"));
        }
        Ok(())
    }

    /// Sets the variables that a command reads, or that `printf -v` prints to.
    pub(super) fn read_names(&mut self, command: &str, rest: &[Node]) -> Result<(), Fault> {
        let is_printf = command == "printf";
        let (letter, options) = if is_printf { ("-v", 1) } else { ("-a", rest.len()) };
        let option = rest.iter().take(options).filter_map(Node::as_str).find(|word| word.starts_with(letter));
        // The name may be written behind the letter of the option.
        let attached = option.and_then(|word| word.get(2..)).filter(|name| is_name(name) && name.len() <= MOST_NAME);
        let item = rest.iter().take(2).find_map(item_of).filter(|_| option.is_some());
        let most = if is_printf { usize::from(option == Some(letter)) } else { usize::MAX };
        for name in attached.into_iter().chain(item).chain(names(rest).take(most)) {
            self.check_name(name)?;
            let reason = format!("{name} is what {command} sets it to when the script runs");
            self.unknown(name, reason);
        }
        Ok(())
    }
}

/// Returns the names of variables among words.
pub(super) fn names(words: &[Node]) -> impl Iterator<Item = &str> {
    words.iter().filter_map(Node::as_str).filter(|name| is_name(name) && name.len() <= MOST_NAME)
}

/// Returns the name of the variable of which a word names an item: `NAME[index]`.
pub(super) fn item_of(word: &Node) -> Option<&str> {
    word.as_str()?.split_once('[').map(|(name, _)| name).filter(|name| is_name(name))
}

/// Returns the letters of an option.
pub(super) fn option(word: &Node) -> Option<&str> {
    word.as_str()?.strip_prefix('-')
}

/// Checks for an option by which what a variable is set to may change, or set another one.
pub(super) fn gives_type(word: &Node) -> bool {
    option(word).is_some_and(|letters| letters.contains(REFERENCE) || letters.contains(CHANGING))
}

/// Checks for the option by which a variable is not local to the function that declares it.
pub(super) fn is_global(word: &Node) -> bool {
    option(word).is_some_and(|letters| letters.contains('g'))
}

/// Checks for a command that declares variables, and may set them.
pub(super) fn is_declaration(command: &str) -> bool {
    matches!(command, "export" | "local" | "readonly" | "declare" | "typeset")
}
