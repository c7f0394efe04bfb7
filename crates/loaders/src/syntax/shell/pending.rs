//! A word of a command that is still being read, and what else belongs to the command.

use crate::span::Span;
use crate::syntax::build::TextBuilder;
use crate::syntax::shell::flow::Reason;
use crate::syntax::tree::Node;
use std::rc::Rc;

/// A word that is still being read.
#[derive(Default)]
pub(super) struct PendingWord {
    pub text: TextBuilder,
    pub start: usize,
    /// Set once the word exists, even as empty quotes.
    pub has_begun: bool,
    /// `NAME` of an assignment `NAME=value`.
    pub assigned: Option<String>,
    /// Set for `NAME+=value`.
    pub appends: bool,
    /// Offset of the assigned value in the word.
    pub value_start: usize,
    /// Set once a quoted or expanded part was read.
    pub has_quotes: bool,
    /// Set once a part in quotes was read.
    pub is_quoted: bool,
    /// Set for a text that is no word, such as a here-document.
    pub is_text: bool,
    /// Set between double quotes.
    pub is_in_quotes: bool,
    /// Set once a part was expanded outside of quotes.
    pub splits: bool,
    /// The text before the first quoted or expanded part.
    pub plain: String,
    /// Number of the value that a command in the word assigns.
    pub version: Option<u32>,
    /// Set once an unquoted part with a wildcard was read.
    pub has_wildcard: bool,
    /// Set once a quoted part with a wildcard was read.
    pub has_literal: bool,
    /// Set if the word may be another, as the environment or a file may have other values.
    pub is_likely: bool,
    /// The items of the list that the word is.
    pub items: Option<Rc<[Node]>>,
    /// Why parts of the word are not known.
    pub reasons: Vec<Reason>,
    /// Set once those of the arguments are among them.
    pub has_arguments: bool,
}

impl PendingWord {
    /// Marks the end of the plain text: called before the first quoted or expanded part, since only
    /// the text before it can be an assignment `NAME=`.
    pub(super) fn end_plain(&mut self) {
        if self.has_quotes {
            return;
        }
        self.has_quotes = true;
        if let Some((name, _)) = self.plain.split_once('=') {
            let start = name.len() + 1;
            let (name, appends) = name.strip_suffix('+').map_or((name, false), |name| (name, true));
            if is_name(name) {
                self.value_start = start;
                self.assigned = Some(name.to_owned());
                self.appends = appends;
            }
        }
    }

    /// Notes wildcards in a part of the word.
    pub(super) fn note_wildcards(&mut self, text: &str) {
        if text.contains(['*', '?', '[', '\\']) {
            self.has_literal |= self.is_in_quotes;
            self.has_wildcard |= !self.is_in_quotes;
        }
    }

    /// Checks for a word without quotes.
    pub(super) fn is_plain(&self, text: &str) -> bool {
        !self.has_quotes && self.plain == text
    }

    /// Checks for the number of a file in front of a redirection: `2` of `2>&1`, `{log}` of `{log}>file`.
    pub(super) fn is_descriptor(&self) -> bool {
        let name = self.plain.strip_prefix('{').and_then(|name| name.strip_suffix('}'));
        !self.has_quotes
            && self.has_begun
            && (self.plain.bytes().all(|byte| byte.is_ascii_digit()) || name.is_some_and(is_name))
    }
}

/// What a redirection does with the word behind it.
#[derive(Clone, Copy)]
pub(super) enum Redirect {
    /// The command reads the file.
    Input,
    /// The command reads the word itself.
    Text,
    /// Receives what the command prints.
    Output,
    /// Receives what the command prints elsewhere, such as errors.
    OtherOutput,
    /// Another file is used.
    Other,
}

impl Redirect {
    /// Returns what an operator does, behind the number of a file if it has one.
    pub(super) fn of(operator: &str, descriptor: Option<&str>) -> Self {
        match descriptor {
            None | Some("0") if operator.starts_with('<') && !operator.starts_with("<&") => Redirect::Input,
            None | Some("1") if operator.starts_with('>') => Redirect::Output,
            Some(_) if operator.starts_with('>') && !operator.starts_with(">&") => Redirect::OtherOutput,
            _ => Redirect::Other,
        }
    }
}

/// What a command reads.
pub(super) enum Input {
    Text(Node),
    /// The file with a name.
    File(Node),
}

/// A here-document whose text was not read yet.
pub(super) struct Heredoc {
    /// The line behind the text.
    pub delimiter: String,
    /// Set if tabs before lines do not count.
    pub has_tabs: bool,
    /// Set if nothing is expanded.
    pub is_quoted: bool,
    pub span: Span,
}

/// What the commands of a substitution print.
#[derive(Default)]
pub(super) struct Printed {
    pub text: TextBuilder,
    /// Set once a part is known only when the script runs.
    pub is_unknown: bool,
    /// Set if it may be another, as the environment or a file may have other values.
    pub is_likely: bool,
}

/// Checks for a word that is the value of a variable, which is known only when the script runs.
pub(super) fn is_variable(word: &Node) -> bool {
    let name = word.as_str().and_then(|text| text.strip_prefix("${")?.strip_suffix('}'));
    word.has_placeholder() && name.is_some_and(|name| is_name(name.split('@').next().unwrap_or_default()))
}

/// Most letters of the name of a variable or function.
pub(super) const MOST_NAME: usize = 1_000;

/// Checks for the name of a variable.
pub(super) fn is_name(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
