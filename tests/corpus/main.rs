//! The corpus: recorded cases, run with superinstructions and without. `cargo test --test corpus -- --nocapture`
//! prints the score, which is also on the project's pages: `UPDATE=1` writes it there. A recorded case is never
//! edited; one believed wrong is listed in `corpus/disputed.jsonl`.

mod differences;
#[path = "../../crates/difftest/src/failure.rs"]
mod failure;
mod json;
mod page;
mod plain;
mod score;
mod templates;
mod velocity;

use score::Score;

#[test]
fn velocity_service() {
    velocity::run(velocity::SERVICE).check();
}

#[test]
fn velocity_1_7() {
    velocity::run(velocity::VELOCITY).check();
}

#[test]
fn templates() {
    templates::run().check();
}

#[test]
fn payloads() {
    json::run().check();
}

#[test]
fn known_differences() {
    differences::run();
}

/// Reads the cases of a JSON Lines file.
fn cases(path: &str) -> Vec<serde_json::Value> {
    let path = format!("{}/corpus/{path}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}"));
    text.lines().map(|line| serde_json::from_str(line).expect("a case is one JSON object a line")).collect()
}

/// Reads the cases of a JSON Lines file with one member as its text, which keeps the digits of its numbers.
fn cases_with_text(path: &str, member: &str) -> Vec<serde_json::Value> {
    let path = format!("{}/corpus/{path}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}"));
    let read = |line: &str| {
        let raw: std::collections::BTreeMap<String, &serde_json::value::RawValue> =
            serde_json::from_str(line).expect("a case is one JSON object a line");
        let mut case: serde_json::Value = serde_json::from_str(line).expect("a case is one JSON object a line");
        case[member] = raw.get(member).map_or("{}", |r| r.get()).into();
        case
    };
    text.lines().map(read).collect()
}

/// Lists the names of the `.jsonl` files of a folder of the corpus.
fn topics(folder: &str) -> Vec<String> {
    let path = format!("{}/corpus/{folder}", env!("CARGO_MANIFEST_DIR"));
    let mut names: Vec<String> = std::fs::read_dir(path)
        .expect("the corpus is part of the project")
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok()?.strip_suffix(".jsonl").map(str::to_owned))
        .collect();
    names.sort();
    names
}

fn score(name: &str) -> Score {
    Score::new(name)
}
