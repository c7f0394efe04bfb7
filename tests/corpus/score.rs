//! Passes by topic, and the list of disputed cases.

use crate::page;
use std::collections::{BTreeMap, BTreeSet};

pub struct Score {
    name: String,
    rows: BTreeMap<String, (usize, usize)>,
    misses: Vec<(String, String)>,
    passed: BTreeSet<String>,
    disputed: BTreeSet<String>,
}

impl Score {
    pub fn new(name: &str) -> Self {
        let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/corpus/disputed.toml"))
            .expect("corpus/disputed.toml is part of the project");
        let table: toml::Table = text.parse().expect("disputed.toml is TOML");
        let disputed = table
            .get("case")
            .and_then(toml::Value::as_array)
            .into_iter()
            .flatten()
            .filter(|case| case.get("suite").and_then(toml::Value::as_str) == Some(name))
            .map(|case| {
                let word = |key: &str| case.get(key).and_then(toml::Value::as_str).unwrap_or_default().to_owned();
                assert!(!word("reason").is_empty(), "a disputed case needs a reason");
                word("id")
            })
            .collect();
        Score { name: name.into(), rows: BTreeMap::new(), misses: Vec::new(), passed: BTreeSet::new(), disputed }
    }

    /// Counts a case: `problem` says what was wrong, if anything was.
    pub fn count(&mut self, topic: &str, id: &str, problem: Option<String>) {
        let row = self.rows.entry(topic.to_owned()).or_default();
        row.1 += 1;
        match problem {
            None => {
                row.0 += 1;
                self.passed.insert(id.to_owned());
            }
            Some(problem) => self.misses.push((id.to_owned(), problem)),
        }
    }

    /// Prints the score; fails on a miss that is not disputed, and on a disputed case that passes.
    pub fn check(self) {
        let (passed, all) = self.rows.values().fold((0, 0), |sum, row| (sum.0 + row.0, sum.1 + row.1));
        println!("{}: {passed} of {all}", self.name);
        for (topic, (passed, all)) in &self.rows {
            println!("  {topic:32} {passed:5} of {all:5}");
        }
        let failed: BTreeSet<&String> = self.misses.iter().map(|(id, _)| id).collect();
        let open: Vec<_> = self.misses.iter().filter(|(id, _)| !self.disputed.contains(id)).collect();
        for (id, problem) in open.iter().take(400) {
            println!("MISS {id}: {problem}");
        }
        let settled: Vec<_> =
            self.disputed.iter().filter(|id| self.passed.contains(*id) && !failed.contains(id)).collect();
        assert!(settled.is_empty(), "these disputed cases pass: take them off the list: {settled:?}");
        assert!(open.is_empty(), "{}: {} cases miss", self.name, open.len());
        assert!(all > 0, "{}: no case was run", self.name);
        let topics = self.rows.iter().map(|(topic, (passed, all))| (topic.as_str(), *passed, *all));
        page::score(&self.name.replace(' ', "-"), topics);
    }
}
