//! Citations of the catalogue: every *aws-observed 3.5, R* names a fact of `docs/observed.md`, and a mark that
//! the fact has.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

#[test]
fn every_citation_names_a_fact() {
    let facts = facts(&fs::read_to_string(Path::new(ROOT).join("docs/observed.md")).expect("the catalogue is there"));
    assert!(facts.len() > 150, "{} facts", facts.len());
    let (mut citations, mut wrong) = (0, Vec::new());
    for file in texts() {
        let text = unwrapped(&fs::read_to_string(&file).unwrap_or_default());
        for citation in text.split("aws-observed").skip(1) {
            citations += 1;
            let (numbers, mark) = numbers_and_mark(citation);
            let short: String = citation.chars().take(40).collect();
            for number in &numbers {
                match facts.get(number) {
                    None => wrong.push(format!("{}: there is no {number}: {short:?}", file.display())),
                    Some(fact) if mark.is_some_and(|mark| numbers.len() == 1 && !has_mark(fact, mark)) => {
                        wrong.push(format!("{}: {number} is not marked so: {short:?}", file.display()));
                    }
                    Some(_) => {}
                }
            }
        }
    }
    assert!(citations > 50, "{citations} citations");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Returns the facts of the catalogue by number; a section counts as a fact under its own number.
fn facts(text: &str) -> BTreeMap<String, String> {
    let mut facts: BTreeMap<String, String> = BTreeMap::new();
    let (mut number, mut section) = (String::new(), String::new());
    for line in text.lines() {
        if let Some(title) = line.strip_prefix("## ") {
            section = title.split('.').next().unwrap_or_default().to_owned();
            number.clone_from(&section);
        } else if let Some((cited, _)) = line.strip_prefix("**").and_then(|rest| rest.split_once("** "))
            && cited.starts_with(&format!("{section}."))
        {
            number = cited.to_owned();
        }
        facts.entry(number.clone()).or_default().push_str(&format!("{line}\n"));
    }
    facts
}

/// Checks for a mark in one of the parentheses of a fact.
fn has_mark(fact: &str, mark: char) -> bool {
    let words = |inner: &str| inner.split([' ', ',', ';', '/', ':', ')', '\n']).any(|word| word == mark.to_string());
    fact.split('(').skip(1).any(|inner| words(inner.split_inclusive(')').next().unwrap_or_default()))
        || fact.contains(&format!("| {mark}"))
}

/// Reads the numbers behind `aws-observed`: `3.5`, `8.1, 8.2 and 8.4`, `12.1 to 12.6`, and the mark after them.
fn numbers_and_mark(text: &str) -> (Vec<String>, Option<char>) {
    let mut numbers = Vec::new();
    for word in text.split_whitespace() {
        let bare = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
        let is_number = bare.starts_with(|c: char| c.is_ascii_digit())
            && bare.chars().all(|c| c.is_ascii_digit() || c == '.' || c.is_ascii_lowercase());
        if is_number {
            numbers.push(bare.to_owned());
        } else if !numbers.is_empty() && bare.len() == 1 && "RHDUME".contains(bare) {
            return (numbers, bare.chars().next());
        } else if !matches!(bare, "and" | "to" | "section") {
            break;
        }
        if word.ends_with([')', ';', '.', '`', '"']) {
            break;
        }
    }
    (numbers, None)
}

/// Joins comment lines, so that a citation may wrap.
fn unwrapped(text: &str) -> String {
    let line = |line: &str| line.trim_start().trim_start_matches(['/', '!']).trim_start().to_owned();
    text.lines().map(line).collect::<Vec<_>>().join(" ")
}

/// Returns the sources and pages of the project.
fn texts() -> Vec<PathBuf> {
    let root = Path::new(ROOT);
    let mut folders = ["src", "crates", "tests", "docs", "benches", "examples"].map(|name| root.join(name)).to_vec();
    let mut found: Vec<_> = ["ARCHITECTURE.md", "COMPATIBILITY.md"].map(|name| root.join(name)).to_vec();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs" || ending == "md")
                && !path.ends_with("tests/observed.rs")
            {
                found.push(path);
            }
        }
    }
    found
}
