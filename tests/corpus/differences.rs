//! `corpus/differences.jsonl`: what is known to be otherwise than in Velocity 1.7, case by case. A difference that
//! is gone breaks the build until it is taken off the list.

use crate::{cases, page};
use vtl::{Globals, Template};

pub fn run() {
    let mut table = "\n\n| | Template | Velocity 1.7 | Here |\n| --- | --- | --- | --- |\n".to_owned();
    for case in cases("differences.jsonl") {
        let word = |name: &str| case[name].as_str().unwrap_or_else(|| panic!("a difference has a {name}"));
        let template = word("template");
        let outcome = Template::parse(template).and_then(|t| t.render(&Globals::default()));
        let (found, expected) = match &outcome {
            Ok(rendered) => (rendered.text.clone(), &case["here"]["output"]),
            Err(error) => (error.code().to_string(), &case["here"]["error"]),
        };
        assert_eq!(expected.as_str(), Some(found.as_str()), "{}", word("id"));
        assert!(outcome.is_err() || found != word("velocity"), "{} differs no more", word("id"));
        let here = match &outcome {
            Ok(_) if found.is_empty() => "nothing".to_owned(),
            _ => format!("`{found}`"),
        };
        table += &format!("| {} | {} | `{}` | {here} |\n", word("what"), shown(template), word("velocity"));
    }
    page::region("COMPATIBILITY.md", "differences", &format!("{table}\n"));
}

/// A template in a table's cell, cut when it is long.
fn shown(template: &str) -> String {
    let mut text: String = template.chars().take(70).collect();
    if text.len() < template.len() {
        text.push('…');
    }
    format!("`{}`", text.replace('|', "\\|"))
}
