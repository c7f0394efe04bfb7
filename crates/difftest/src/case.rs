//! Cases in the form the oracle reads, one JSON object a line, and its answers.

use crate::generate::{language, loops, methods, mutate, payload};
use serde_json::{Value, json, value::RawValue};
use std::path::Path;
use vtl_workloads::Random;

/// The dialects of templates, as the oracle names them.
pub const DIALECTS: [&str; 2] = ["service", "verbatim"];
/// The dialect of a case that is a payload.
pub const PAYLOAD: &str = "payload";

/// The kinds of generated cases.
#[derive(Clone, Copy, Debug, PartialEq, clap::ValueEnum)]
pub enum Kind {
    /// Directives, references, literals and operators
    Language,
    /// Templates with a few characters damaged
    Mutation,
    /// Templates with tokens deleted, inserted, doubled or swapped
    Tokens,
    /// Calls of Java methods
    Methods,
    /// Loops, with macros, blocks and `#evaluate` in and around them
    Loops,
    /// JSON payloads, not templates
    Payload,
    /// All kinds of templates
    All,
}

/// A template to render with variables in a dialect, or a payload to read.
#[derive(Clone, Debug)]
pub struct Case {
    /// The seed and number it was generated from.
    pub id: String,
    /// The source of the template, or the payload.
    pub template: String,
    /// The variables, as JSON text: the digits of their numbers matter.
    pub context: String,
    /// `service` or `verbatim`; `payload` when the template is a payload.
    pub dialect: String,
}

impl Case {
    /// Returns the case as one line of JSON.
    pub fn line(&self) -> String {
        let [id, template, dialect] = [&self.id, &self.template, &self.dialect].map(|text| json!(text));
        let context = self.context.replace('\n', " ");
        format!(r#"{{"id": {id}, "template": {template}, "context": {context}, "undefined": {dialect}}}"#)
    }

    /// Reads a case from one line of JSON.
    ///
    /// # Errors
    ///
    /// The line is not a JSON object, or a member that must be text is not.
    pub fn read(line: &str) -> Result<Case, serde_json::Error> {
        let members: std::collections::BTreeMap<String, &RawValue> = serde_json::from_str(line)?;
        let text = |name: &str| members.get(name).map_or(Ok(String::new()), |raw| serde_json::from_str(raw.get()));
        let context = members.get("context").map_or("{}", |raw| raw.get()).to_owned();
        Ok(Case { id: text("id")?, template: text("template")?, context, dialect: text("undefined")? })
    }
}

/// Returns the templates of a corpus folder with their variables; mutations start from them.
///
/// # Errors
///
/// The folder or one of its files cannot be read.
pub fn seeds(folder: &Path) -> std::io::Result<Vec<Case>> {
    let mut files: Vec<_> =
        std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<_>>()?;
    files.sort();
    let mut seeds = Vec::new();
    for file in files.iter().filter(|file| file.extension().is_some_and(|e| e == "jsonl")) {
        let text = std::fs::read_to_string(file)?;
        seeds.extend(text.lines().filter_map(|line| Case::read(line).ok()).filter(|case| case.template.len() < 2_000));
    }
    Ok(seeds)
}

/// Generates case number `n` of a seed, without a dialect. It does not depend on the cases before it.
pub fn make(kind: Kind, seed: u64, n: u64, seeds: &[Case]) -> Case {
    let mut random = Random::new(seed.wrapping_mul(1_000_003).wrapping_add(n));
    let kind = match kind {
        Kind::All => [Kind::Language, Kind::Mutation, Kind::Methods, Kind::Loops][random.below(4)],
        kind => kind,
    };
    let mut context = if kind == Kind::Payload { "{}" } else { language::VARIABLES };
    let (letter, template) = match kind {
        Kind::Methods => {
            context = methods::VARIABLES;
            ('m', methods::template(&mut random))
        }
        Kind::Loops => {
            context = loops::VARIABLES;
            ('l', loops::template(&mut random))
        }
        Kind::Mutation if !seeds.is_empty() && !random.one_in(4) => {
            let from = &seeds[random.below(seeds.len())];
            context = &from.context;
            ('c', mutate::mutate(&from.template, &mut random))
        }
        Kind::Mutation => {
            let whole = language::template(&mut random);
            ('d', mutate::mutate(&whole, &mut random))
        }
        Kind::Tokens if !seeds.is_empty() => {
            let from = &seeds[random.below(seeds.len())];
            context = &from.context;
            ('t', mutate::mutate_tokens(&from.template, &mut random))
        }
        Kind::Payload => ('p', payload::any(&mut random)),
        _ => ('g', language::template(&mut random)),
    };
    Case { id: format!("{letter}{seed}-{n}"), template, context: context.to_owned(), dialect: String::new() }
}

/// The oracle's answer to a case.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// The rendered text.
    Output(String),
    /// `parse` or `runtime`, and the message.
    Error(String, String),
}

impl Answer {
    /// Reads the id of a case and its answer from one line of JSON.
    ///
    /// # Errors
    ///
    /// The line is not JSON.
    pub fn read(line: &str) -> Result<(String, Answer), serde_json::Error> {
        let value: Value = serde_json::from_str(&whole_characters(line))?;
        let text = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
        let answer = match value.get("output") {
            Some(_) => Answer::Output(text("output")),
            None => Answer::Error(text("error"), text("message")),
        };
        Ok((text("id"), answer))
    }
}

/// Replaces lone surrogates in a line by `?`, as Java prints them.
fn whole_characters(line: &str) -> String {
    let unit = |at: usize| line.get(at..at + 6)?.strip_prefix("\\u").and_then(|hex| u16::from_str_radix(hex, 16).ok());
    let (mut whole, mut at) = (String::with_capacity(line.len()), 0);
    while let Some(slash) = line[at..].find('\\').map(|found| at + found) {
        whole.push_str(&line[at..slash]);
        let (length, half) = match unit(slash) {
            Some(0xD800..=0xDBFF) if matches!(unit(slash + 6), Some(0xDC00..=0xDFFF)) => (12, false),
            Some(0xD800..=0xDFFF) => (6, true),
            _ => (2, false),
        };
        let end = (slash + length).min(line.len());
        whole.push_str(if half { "?" } else { &line[slash..end] });
        at = end;
    }
    whole + &line[at..]
}
