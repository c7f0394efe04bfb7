//! Shell scripts, as they occur in documentation and repositories: their commands with all words evaluated.
//!
//! Quotes, escapes, continued lines, comments, redirections, here-documents, variables, lists and the common
//! expansions are handled, the body of a `for` is read for each of its words, that of a function for each of its calls;
//! nothing is executed but `echo`, `printf` and `cat` in a command substitution. A variable that the text does not set
//! to a known value becomes the placeholder `${NAME}`. Of conditions, tests of known words are evaluated; else all
//! branches are read, and a command knows in which of them it is.

mod arithmetic;
mod calls;
mod command;
mod conditions;
mod declared;
mod fields;
mod flow;
mod folder;
mod foreign;
mod heredoc;
mod lexer;
mod loops;
mod names;
mod output;
mod pattern;
mod pending;
mod statement;
mod types;
mod words;

pub(crate) use flow::{Path, Reason, is_other_branch};
pub(crate) use lexer::{Command, Script, script};
pub(crate) use output::plain_path;
