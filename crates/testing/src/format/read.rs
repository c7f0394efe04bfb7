//! Reading a test file: its tests, and the faults of those that cannot be read.

use super::fields::{items, map, members, text, texts};
use super::file::{BrokenTest, ENDS, MAX_BYTES, TestFile, read_text};
use super::foreign;
use super::test::{self, Test};
use crate::name::slug;
use crate::node::{self, Data, Entry, Fault, Node, Place};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use vtl::Code;
use vtl::diagnostic::Location;
use vtl_loaders::Reach;

/// Keys at the top of a file.
pub(super) const KEYS: &[&str] = &[
    "$schema",
    "template",
    "document",
    "kind",
    "parameters",
    "parameterFiles",
    "api",
    "route",
    "redact",
    "tags",
    "defaults",
    "tests",
];

/// Reads a test file, or the folder of another tool's test. A file that cannot be read has one broken
/// test, which is named after it. The user allows some paths, whatever they lead to.
pub(crate) fn read(path: &Path, allowed: &[PathBuf]) -> TestFile {
    let name = path.display().to_string();
    let reach = Arc::new(Reach::of(path, allowed));
    if path.is_dir() {
        return foreign::read(path, name, reach);
    }
    let folder = path.parent().unwrap_or(Path::new("")).to_owned();
    let file_name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let stem = ENDS.iter().find_map(|end| file_name.strip_suffix(end)).unwrap_or(&file_name).to_owned();
    let empty = TestFile {
        snapshots: folder.join("snapshots"),
        stem,
        text: String::new(),
        tests: Vec::new(),
        name: name.clone(),
        reach: Arc::clone(&reach),
    };
    let text = match read_text(path, &reach, MAX_BYTES) {
        Ok(text) => text,
        Err(finding) => {
            let finding = finding.at(Location::new(1, 1).in_file(&name));
            return TestFile { tests: vec![Err(BrokenTest { name, line: 1, finding })], ..empty };
        }
    };
    let tests = match node::parse(&text).and_then(|root| tests(&root, &folder, &name)) {
        Ok(tests) => tests,
        Err(fault) => {
            let (line, finding) = (fault.place.line.max(1), fault.diagnostic(&name));
            vec![Err(BrokenTest { name, line, finding })]
        }
    };
    TestFile { text, tests, ..empty }
}

fn tests(root: &Node, folder: &Path, file: &str) -> Result<Vec<Result<Test, BrokenTest>>, Fault> {
    let entries = members(root, "the test file", KEYS)?;
    let shared = entries.iter().filter(|entry| test::SHARED.contains(&entry.key.as_str())).cloned().collect();
    let mut below = Node { place: root.place, data: Data::Map(shared) };
    if let Some(defaults) = root.get("defaults") {
        members(defaults, "`defaults`", test::KEYS)?;
        below = below.merged(defaults);
    }
    let tags = root.get("tags").map_or(Ok(Vec::new()), |tags| texts(tags, "`tags`"))?;
    let list = root.get("tests").ok_or_else(|| Fault::new(root.place, "the file has no `tests`"))?;
    let mut found = Vec::new();
    let mut names: HashMap<String, Place> = HashMap::new();
    let mut slugs: HashMap<String, String> = HashMap::new();
    let shared_tags = root.get("tags").map_or(0, Node::size);
    let mut left = Left { below: below.size() + shared_tags, values: MOST_VALUES };
    for (at, node) in items(list, "`tests`")?.iter().enumerate() {
        let broken = |name: String, fault: &Fault| BrokenTest {
            name,
            line: fault.place.line.max(1),
            finding: fault.diagnostic(file),
        };
        let named = map(node, "a test").and_then(|node| {
            let name = node.get("name").ok_or_else(|| Fault::new(node.place, "the test has no `name`"))?;
            text(name, "`name`")
        });
        let name = match named {
            Ok(name) => name,
            Err(fault) => {
                found.push(Err(broken(format!("test {}", at + 1), &fault)));
                continue;
            }
        };
        let cases = match left.take(node).and_then(|()| cases(node, &name)) {
            Ok(cases) => cases,
            Err(fault) => {
                found.push(Err(broken(name, &fault)));
                continue;
            }
        };
        for (name, node) in cases {
            let mut node = below.merged(&node);
            node.place = node.get("name").map_or(node.place, |name| name.place);
            let read = left.parse(&node).and_then(|()| Test::read(&node, name.clone(), folder)).and_then(|mut test| {
                test.tags.splice(0..0, tags.iter().cloned());
                if let Some(first) = names.insert(name.clone(), node.place) {
                    let message = format!("line {} has a test of the name `{name}` already", first.line);
                    return Err(Fault { code: Code::SameTestName, ..Fault::new(node.place, message) });
                }
                if let Some(first) = slugs.insert(slug(&name), name.clone()) {
                    let message = format!("the snapshot of `{name}` would have the file of `{first}`");
                    return Err(Fault { code: Code::SameTestName, ..Fault::new(node.place, message) });
                }
                Ok(test)
            });
            found.push(read.map_err(|fault| broken(name, &fault)));
        }
    }
    Ok(found)
}

/// Most values of all tests of a file, with those that they get from `defaults` and share in `cases`.
const MOST_VALUES: usize = 3_000_000;

/// The values that the tests of a file may still have.
struct Left {
    /// The values that each test gets from what they share.
    below: usize,
    values: usize,
}

impl Left {
    /// Takes the values of a test, or of all its cases, before they are made.
    fn take(&mut self, test: &Node) -> Result<(), Fault> {
        let cases = test.get("cases").map_or(1, |cases| match &cases.data {
            Data::List(cases) => cases.len(),
            _ => 1,
        });
        let own = test.get("cases").map_or(0, Node::size);
        let shared = self.below.saturating_add(test.size().saturating_sub(own));
        self.count(test, shared.saturating_mul(cases).saturating_add(own))
    }

    /// Takes the paths and the patterns of a test: each byte is one more, since it is parsed to so much.
    fn parse(&mut self, test: &Node) -> Result<(), Fault> {
        let bytes = ["expect", "redact"].iter().filter_map(|key| test.get(key)).map(expressions).sum();
        self.count(test, bytes)
    }

    fn count(&mut self, test: &Node, values: usize) -> Result<(), Fault> {
        match self.values.checked_sub(values) {
            Some(left) => self.values = left,
            None => {
                let message = format!("the tests of the file have more than {MOST_VALUES} values with what they share");
                return Err(Fault::new(test.place, message));
            }
        }
        Ok(())
    }
}

/// Counts the bytes of JSONPaths and regular expressions.
fn expressions(node: &Node) -> usize {
    let own = |entry: &Entry| match (&entry.value.data, entry.key.as_str()) {
        (Data::Text(text), "path" | "matches" | "value") => text.len(),
        _ => 0,
    };
    match &node.data {
        Data::List(items) => items.iter().map(expressions).sum(),
        Data::Map(entries) => entries.iter().map(|entry| own(entry) + expressions(&entry.value)).sum(),
        _ => 0,
    }
}

/// Returns the test, or one test for each of its cases, with their names.
fn cases(node: &Node, name: &str) -> Result<Vec<(String, Node)>, Fault> {
    let Some(list) = node.get("cases") else { return Ok(vec![(name.to_owned(), node.clone())]) };
    let without: Vec<Entry> = node.entries().iter().filter(|entry| entry.key != "cases").cloned().collect();
    let base = Node { place: node.place, data: Data::Map(without) };
    let case = |case: &Node| {
        members(case, "a case", test::KEYS)?;
        let of = match case.get("name") {
            Some(own) => text(own, "`name`")?,
            None => summary(case),
        };
        let mut merged = base.merged(case);
        if let (Data::Map(entries), Some(entry)) = (&mut merged.data, case.entries().first()) {
            // A failing case is shown at its own place.
            entries.iter_mut().filter(|it| it.key == "name").for_each(|it| it.value.place = entry.place);
        }
        Ok((format!("{name} / {of}"), merged))
    };
    items(list, "`cases`")?.iter().map(case).collect()
}

/// Longest name that is made from the values of a case, in characters.
const LONGEST_SUMMARY: usize = 60;

/// Names a case by its input, without what is expected.
fn summary(case: &Node) -> String {
    let mut parts = Vec::new();
    for entry in case.entries().iter().filter(|entry| entry.key != "expect") {
        leaves(&entry.value, &entry.key, &mut parts);
    }
    let text = parts.join(", ");
    match text.char_indices().nth(LONGEST_SUMMARY) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

fn leaves(node: &Node, name: &str, parts: &mut Vec<String>) {
    match &node.data {
        Data::Map(entries) if !entries.is_empty() => {
            entries.iter().for_each(|entry| leaves(&entry.value, &entry.key, parts));
        }
        _ => parts.push(format!("{name}={}", node.word().unwrap_or_else(|| node.compact()))),
    }
}
