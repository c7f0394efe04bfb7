//! The house rules that a compiler does not check: imports run downward only, a file opens with prose.

use std::fs;
use std::path::{Path, PathBuf};

/// What each module may import besides itself: the floors of ARCHITECTURE.md, row by row. Modules on
/// one floor do not know each other, but for the ground, which is a pile of its own.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    // 0: the ground.
    ("span", &[]),
    ("dialect", &[]),
    ("diagnostic", &["span"]),
    ("error", &["span", "diagnostic"]),
    ("note", &["span", "diagnostic"]),
    ("limits", &["diagnostic", "error"]),
    // 1: forms.
    ("syntax", &["ground"]),
    ("value", &["ground"]),
    // 2: meaning.
    ("jsonpath", &["ground", "value"]),
    ("builtins", &["ground", "value"]),
    // 3: plan and world. The AST ends at `compile`.
    ("program", &["ground", "value", "jsonpath", "builtins"]),
    ("host", &["ground", "value", "jsonpath", "builtins"]),
    // 4: engines.
    ("compile", &["ground", "syntax", "value", "jsonpath", "builtins", "program"]),
    ("vm", &["ground", "value", "jsonpath", "builtins", "program", "host"]),
    // 5: the product.
    ("template", &["ground", "syntax", "value", "jsonpath", "builtins", "program", "host", "compile", "vm"]),
    ("pipeline", &["ground", "value", "jsonpath", "host", "template"]),
];

const GROUND: &[&str] = &["span", "dialect", "diagnostic", "error", "note", "limits"];

/// One file of the engine, and the module (a file or folder of `src`) it belongs to.
struct Source {
    path: PathBuf,
    module: String,
    text: String,
}

#[test]
fn imports_run_downward() {
    let mut wrong = Vec::new();
    for source in sources() {
        let allowed = match MAY_IMPORT.iter().find(|(module, _)| *module == source.module) {
            Some((_, allowed)) => *allowed,
            // The door, and the page made of all tables, are above everything.
            None if matches!(source.module.as_str(), "lib" | "reference") => continue,
            None => panic!("{}: on which floor is it? tests/layers.rs has no row", source.path.display()),
        };
        for (number, line) in code_lines(&source.text) {
            for used in imports(line, &source) {
                let ground = GROUND.contains(&used) && !GROUND.contains(&source.module.as_str());
                if used != source.module && !allowed.contains(&used) && !(ground && allowed.contains(&"ground")) {
                    wrong.push(format!("{}:{number}: `{}` imports `{used}`", source.path.display(), source.module));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "upward or sideways imports:\n{}", wrong.join("\n"));
}

#[test]
fn files_open_with_prose() {
    let silent: Vec<_> = sources().into_iter().filter(|s| !s.text.starts_with("//!")).map(|s| s.path).collect();
    assert!(silent.is_empty(), "no `//!` at the top of {silent:?}");
}

#[test]
fn a_file_is_one_idea() {
    let long: Vec<_> = sources().into_iter().filter(|s| s.text.lines().count() > 700).map(|s| s.path).collect();
    assert!(long.is_empty(), "more than 700 lines in {long:?}");
}

/// The modules that a line reaches by `crate::name`, and by `super` out of its own folder.
fn imports<'a>(line: &'a str, source: &Source) -> Vec<&'a str> {
    let word = |text: &'a str| text.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default();
    let mut found: Vec<_> = line.split("crate::").skip(1).map(word).collect();
    assert!(!line.contains("crate::{"), "{}: one `use crate::` a line, please", source.path.display());
    // `super::` once per folder stays inside; `mod tests` in a file is one more level.
    let depth = source.path.components().count() - 2;
    let out = "super::".repeat(depth + 2);
    found.extend(line.split(out.as_str()).skip(1).map(word));
    found
}

fn code_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().map(|(at, line)| (at + 1, line.split("//").next().unwrap_or_default()))
}

/// Every file below `src`, by its path from the project's root.
fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders = vec![root.join("src")];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder of the project").flatten() {
            let full = entry.path();
            if full.is_dir() {
                folders.push(full);
            } else if full.extension().is_some_and(|e| e == "rs") {
                let text = fs::read_to_string(&full).expect("a source is UTF-8");
                let path = full.strip_prefix(root).expect("it is below the root").to_owned();
                let first = path.components().nth(1).map(|c| c.as_os_str().to_string_lossy().into_owned());
                let module = first.unwrap_or_default().trim_end_matches(".rs").to_owned();
                found.push(Source { path, module, text });
            }
        }
    }
    assert!(found.len() > 50, "the sources are where the test looks");
    found
}
