//! Values that several flags share, and their parsers.

use clap::ValueEnum;
use vtl::Code;
use vtl::diagnostic::{Diagnostic, Severity};

#[derive(Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    #[default]
    Text,
    Json,
}

/// Value of `--deny`: the notes that fail the command, of a severity or worse, or those of a code.
#[derive(Clone, Copy)]
pub enum Deny {
    Level(Severity),
    Code(Code),
}

impl Deny {
    /// Checks whether one of the flags refuses one of the notes.
    pub fn refuses(denied: &[Deny], notes: &[Diagnostic]) -> bool {
        notes.iter().any(|note| {
            denied.iter().any(|deny| match deny {
                Deny::Level(severity) => note.severity >= *severity,
                Deny::Code(code) => note.code == *code,
            })
        })
    }
}

pub fn deny(text: &str) -> Result<Deny, String> {
    if let Ok(severity) = text.parse() {
        return Ok(Deny::Level(severity));
    }
    let unknown = || format!("{text} is no level (error, warning, advice) and no name of a note");
    Code::from_name(text).map(Deny::Code).ok_or_else(unknown)
}

pub type Pair = (String, String);

pub fn pair(text: &str) -> Result<Pair, String> {
    let (name, value) = text.split_once('=').ok_or("expected NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

pub fn header(text: &str) -> Result<Pair, String> {
    let (name, value) = text.split_once(':').ok_or("expected 'Name: value'")?;
    Ok((name.trim().to_owned(), value.trim().to_owned()))
}
