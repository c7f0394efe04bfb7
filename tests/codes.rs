//! The table of codes and the page of each: complete, unique, and with examples that show the code.

use std::collections::HashSet;
use vtl::diagnostic::Code;
use vtl::{Globals, Limits, ParseOptions, RenderOptions, Template};

#[test]
fn numbers_and_names_are_unique_and_in_order() {
    let numbers: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    assert!(numbers.is_sorted_by(|one, next| one < next), "{numbers:?}");
    let mut names = HashSet::new();
    for code in Code::ALL {
        let name = code.name();
        assert!(names.insert(name), "{name} is the name of two codes");
        assert!(name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'), "{name}");
        assert_eq!(Code::from_name(name), Some(*code));
        assert_eq!(code.as_str().parse(), Ok(*code));
    }
}

#[test]
fn each_code_has_a_page_with_example_cause_and_way_out() {
    for code in Code::ALL {
        let page = code.page();
        for part in ["```", "*Cause.*", "*Way out.*"] {
            assert!(page.contains(part), "the page of {code} has no {part}");
        }
    }
}

#[test]
fn the_example_of_each_page_shows_its_code() {
    let mut wrong = Vec::new();
    for code in Code::ALL.iter().filter(|code| code.as_str() < "V400") {
        match Example::of(code.page()).map(|example| example.codes()) {
            Some(found) if found.contains(code) => {}
            found => wrong.push(format!("{code}: {found:?}")),
        }
    }
    assert!(wrong.is_empty(), "examples that do not show their code:\n{}", wrong.join("\n"));
}

#[test]
fn docs_codes_is_made_from_the_table() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/codes.md");
    let made = page();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path, &made).expect("docs/codes.md is writable");
    }
    let there = std::fs::read_to_string(path).unwrap_or_default();
    assert!(there == made, "docs/codes.md is not what the table gives; UPDATE=1 cargo test --test codes writes it");
}

/// Writes the page of all codes: a table, then a section each.
fn page() -> String {
    let mut text = "# Diagnostic codes\n\n\
        Each error, warning and piece of advice has a stable code and a name. `vtl explain CODE` prints a\n\
        section of this page. The page is made from `src/diagnostic`; do not edit it.\n\n\
        | Code | Name | Severity | Meaning |\n| --- | --- | --- | --- |\n"
        .to_owned();
    for code in Code::ALL {
        let (number, name, severity, title) = (code.as_str(), code.name(), code.severity(), code.title());
        text += &format!("| [{number}](#{}-{name}) | `{name}` | {severity} | {title} |\n", number.to_lowercase());
    }
    for code in Code::ALL {
        let (number, name, severity) = (code.as_str(), code.name(), code.severity());
        text += &format!("\n## {number} {name}\n\n{severity}: {}\n\n{}\n", code.title(), code.page());
    }
    text
}

/// A template of a page with its payload. The words behind "```vtl" are `velocity-1.7`,
/// `foreach-fails`, `cancelled` and limits such as `steps=500`.
struct Example {
    template: String,
    payload: String,
    options: ParseOptions,
    is_cancelled: bool,
}

impl Example {
    fn of(page: &str) -> Option<Example> {
        let start = page.find("```vtl")?;
        let (words, rest) = page[start + 6..].split_once('\n')?;
        let is_velocity = words.contains("velocity-1.7");
        let mut limits = if is_velocity { Limits::velocity_1_7() } else { Limits::service() };
        let options = if is_velocity { ParseOptions::velocity_1_7() } else { ParseOptions::service() };
        for word in words.split_whitespace() {
            if let Some((name, most)) = word.split_once('=') {
                limits.set(name, Some(most.parse().expect("a number"))).expect("a limit");
            }
        }
        let block = |text: &str| text[..text.find("\n```").unwrap_or(text.len())].to_owned();
        Some(Example {
            template: block(rest),
            payload: rest.split_once("```json\n").map(|(_, json)| block(json)).unwrap_or_default(),
            options: options.limits(limits.with_foreach_fails(words.contains("foreach-fails"))),
            is_cancelled: words.contains("cancelled"),
        })
    }

    /// Returns the codes of the error and the notes that the example gives.
    fn codes(&self) -> Vec<Code> {
        let template = match Template::parse_with(&self.template, &self.options) {
            Ok(template) => template,
            Err(error) => return vec![error.code()],
        };
        let mut codes: Vec<Code> = template.notes().iter().map(|note| note.code).collect();
        let is_cancelled = || self.is_cancelled;
        let options = RenderOptions::new().cancel_when(&is_cancelled);
        match template.render_with(&Globals::body(&self.payload), options) {
            Ok(rendered) => codes.extend(rendered.notes.iter().map(|note| note.code)),
            Err(error) => codes.push(error.code()),
        }
        codes
    }
}
