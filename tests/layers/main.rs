//! Rules of the code base that the compiler does not check: imports run downward, no folder has a circle
//! of files, a file opens with prose and stays short. `floors.rs` has the tables, one per crate.

mod floors;
mod imports;

use floors::{CRATES, Crate};
use imports::{circles, imports};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

#[test]
fn imports_run_downward() {
    let mut wrong = Vec::new();
    for crate_ in CRATES {
        // A crate without a table has no floors yet, only files without circles.
        if crate_.floors.is_empty() {
            continue;
        }
        let floor = |module: &str| {
            let of = |floor: &&[(&str, &[&str])]| floor.iter().any(|(name, _)| *name == module);
            crate_.floors.iter().position(of)
        };
        for import in imports(&sources(crate_)) {
            let (from, to) = (module(&import.from), module(&import.to));
            let at = format!("{}/src/{}:{}", crate_.folder, import.from, import.line);
            if from == to || crate_.above.contains(&from) {
                continue;
            }
            let Some(own) = floor(from) else {
                wrong.push(format!("{at}: `{from}` has no floor in tests/layers/floors.rs"));
                continue;
            };
            let forbidden = crate_.floors[own].iter().find(|(name, _)| *name == from).map_or(&[][..], |(_, not)| not);
            if floor(to).is_none_or(|other| other >= own) || forbidden.contains(&to) {
                wrong.push(format!("{at}: `{from}` imports `{to}`"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} upward or sideways imports:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn no_circle_of_files() {
    let mut wrong = Vec::new();
    for crate_ in CRATES {
        for circle in circles(&imports(&sources(crate_))) {
            let known =
                crate_.circles.iter().any(|(files, _)| circle.iter().all(|file| files.contains(&file.as_str())));
            if !known {
                wrong.push(format!("{}: {}", crate_.folder, Vec::from_iter(circle).join(" ")));
            }
        }
    }
    assert!(wrong.is_empty(), "circles of files:\n{}", wrong.join("\n"));
}

#[test]
fn every_exception_is_needed() {
    let mut stale = Vec::new();
    for crate_ in CRATES {
        let found: BTreeSet<String> = circles(&imports(&sources(crate_))).into_iter().flatten().collect();
        for (files, _) in crate_.circles {
            stale.extend(
                files.iter().filter(|file| !found.contains(**file)).map(|file| format!("{}: {file}", crate_.folder)),
            );
        }
    }
    assert!(stale.is_empty(), "not in a circle any more, to be deleted in tests/layers/floors.rs: {stale:#?}");
}

#[test]
fn every_crate_has_a_table() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = fs::read_dir(root.join("crates")).expect("the workspace has crates").flatten();
    let missing: Vec<_> = folders
        .filter(|entry| entry.path().join("Cargo.toml").exists())
        .map(|entry| format!("crates/{}", entry.file_name().to_string_lossy()))
        .filter(|folder| !CRATES.iter().any(|crate_| crate_.folder == folder))
        .collect();
    assert!(missing.is_empty(), "no table in tests/layers/floors.rs for {missing:?}");
}

#[test]
fn files_open_with_prose_and_hold_one_idea() {
    let mut wrong = Vec::new();
    for crate_ in CRATES {
        for (file, text) in sources(crate_) {
            let lines = text.lines().count();
            if !text.starts_with("//!") {
                wrong.push(format!("{}/src/{file} does not open with `//!`", crate_.folder));
            }
            if lines > 700 {
                wrong.push(format!("{}/src/{file} has {lines} lines, more than 700", crate_.folder));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Returns the module that a file belongs to: a file or folder of `src`.
fn module(file: &str) -> &str {
    file.split('/').next().unwrap_or_default().trim_end_matches(".rs")
}

/// Returns the sources of a crate, by their paths below `src`.
fn sources(crate_: &Crate) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(crate_.folder).join("src");
    let (mut folders, mut found) = (vec![root.clone()], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())).flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).expect("a source is UTF-8");
                let below = path.strip_prefix(&root).expect("it is below the root");
                found.push((below.to_string_lossy().replace('\\', "/"), text));
            }
        }
    }
    assert!(!found.is_empty(), "no sources in {}", root.display());
    found.sort();
    found
}
