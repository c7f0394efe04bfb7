//! The folder in which commands run, and the files that they read and write there.

use crate::budget::VALUE;
use crate::diagnostic::Fault;
use crate::path;
use crate::span::Span;
use crate::syntax::shell::flow::{FOLDER, Reason, Value};
use crate::syntax::shell::foreign::{name, program};
use crate::syntax::shell::lexer::{Lexer, STEPS, WORD};
use crate::syntax::shell::output::plain_path;
use crate::syntax::tree::Node;
use std::borrow::Cow;
use std::rc::Rc;

/// Name of the variable with the folder before `pushd`.
const PUSHED: &str = "//";

/// Most bytes of the path of a folder.
const LONGEST: usize = 4_096;

/// The ways in which a word of the AWS CLI names a file.
const SCHEMES: &[&str] = &["file://", "fileb://"];

impl Lexer<'_> {
    /// Applies `cd`, `pushd` or `popd`.
    pub(super) fn change_folder(&mut self, command: &str, words: &[Node]) -> Result<(), Fault> {
        let here = self.flow.get(FOLDER).cloned();
        let value = match command {
            "popd" => self.flow.get(PUSHED).cloned(),
            _ => words
                .iter()
                .find(|word| !word.as_str().is_some_and(|word| word.starts_with('-')))
                .map_or(Ok(None), |word| self.folder(word))?,
        };
        match command {
            "pushd" => self.flow.set(PUSHED, here),
            "popd" => self.flow.set(PUSHED, None),
            _ => {}
        }
        self.flow.set(FOLDER, Some(value.unwrap_or(Value::Unknown(1, None))));
        Ok(())
    }

    /// Returns a folder that a command names; `None` if it is not known.
    fn folder(&self, word: &Node) -> Result<Option<Value>, Fault> {
        let text = word.as_str().unwrap_or_default();
        let here = self.path_of("");
        // A folder that is known only when the script runs is mostly the script's own: `$(dirname "$0")/..`.
        let (here, name) = match word.has_placeholder() {
            true => (Some(Cow::Borrowed("")), text.rsplit('}').next().unwrap_or_default().trim_start_matches('/')),
            false => (here, text),
        };
        let Some(here) = here.filter(|here| here.len() + name.len() < LONGEST && !name.starts_with(['/', '~'])) else {
            return Ok(None);
        };
        self.budget.spend(STEPS + (here.len() + name.len()) / 8, VALUE + here.len() + name.len(), word.span)?;
        Ok(Some(Value::Known(Rc::new(Node::text(word.span, path::below(&here, name))))))
    }

    /// Returns the path of a file from the folder of the script; `None` if it is not known in which folder it is.
    pub(super) fn path_of<'n>(&self, name: &'n str) -> Option<Cow<'n, str>> {
        match self.flow.get(FOLDER)? {
            Value::Known(folder) | Value::Likely(folder) => Some(match folder.as_str().unwrap_or_default() {
                "" => plain_path(name),
                folder => Cow::Owned(path::below(folder, name)),
            }),
            _ => None,
        }
    }

    /// Gives words that name files of another folder the paths from that of the script.
    pub(super) fn in_folder(&mut self, words: &mut [Node], reasons: &mut Vec<(Span, Reason)>) -> Result<(), Fault> {
        if matches!(self.flow.get(FOLDER), Some(Value::Known(own) | Value::Likely(own)) if own.as_str() == Some("")) {
            return Ok(());
        }
        for word in words {
            let text = word.as_str().unwrap_or_default();
            let named = SCHEMES.iter().find_map(|scheme| Some((*scheme, text.strip_prefix(scheme)?)));
            let Some((scheme, name)) = named.filter(|(_, name)| !name.starts_with('/') && !word.has_placeholder())
            else {
                continue;
            };
            self.budget.spend(STEPS + text.len() / 8, 2 * VALUE + LONGEST + 2 * text.len(), word.span)?;
            *word = match self.path_of(name) {
                Some(path) => Node::text(word.span, format!("{scheme}{path}")),
                None => {
                    let reason = "the script changes its folder; which file this is, is known only when it runs";
                    reasons.push((word.span, reason.into()));
                    Node::placeholder(word.span, format!("${{{text}}}"))
                }
            };
        }
        Ok(())
    }

    /// Notes the files that a command writes.
    pub(super) fn note_written(&mut self, words: &[Node]) -> Result<(), Fault> {
        let Some((first, rest)) = program(words) else { return Ok(()) };
        let is_option = |word: &&Node| word.as_str().is_some_and(|word| word.starts_with('-'));
        let behind = |options: &[&str]| {
            let at = rest.iter().position(|word| word.as_str().is_some_and(|word| options.contains(&word)));
            at.and_then(|at| rest.get(at + 1))
        };
        match name(first) {
            "tee" | "sponge" => rest.iter().try_for_each(|file| self.wrote(file)),
            "sed" if rest.iter().any(|word| word.as_str().is_some_and(|word| word.starts_with("-i"))) => {
                rest.iter().try_for_each(|file| self.wrote(file))
            }
            "curl" => behind(&["-o", "--output"]).map_or(Ok(()), |file| self.wrote(file)),
            "wget" => behind(&["-O"]).map_or(Ok(()), |file| self.wrote(file)),
            "cp" | "mv" | "ln" => {
                let Some((last, files)) = rest.split_last() else { return Ok(()) };
                let folder = last.as_str().unwrap_or_default();
                for file in files.iter().filter(|file| !is_option(file)) {
                    let (from, own) = (file.as_str().unwrap_or_default(), name(file));
                    self.budget.spend(
                        STEPS + (folder.len() + own.len()) / 8,
                        WORD + folder.len() + own.len(),
                        file.span,
                    )?;
                    if !from.is_empty() && !last.has_placeholder() {
                        self.wrote(&Node::text(file.span, path::join(folder, own)))?;
                    }
                }
                self.wrote(last)
            }
            _ => Ok(()),
        }
    }
}
