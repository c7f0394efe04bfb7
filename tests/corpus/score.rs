//! The score of a suite by topic, and `corpus/disputed.jsonl`: cases believed wrong, each with `suite`, `id` and
//! `reason`. A disputed case that passes after all breaks the build.

use crate::{cases, page};
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
        let disputed = cases("disputed.jsonl")
            .into_iter()
            .filter(|case| case["suite"] == name)
            .map(|case| {
                let word = |key: &str| case[key].as_str().unwrap_or_default().to_owned();
                assert!(!word("reason").is_empty(), "a disputed case needs a reason");
                word("id")
            })
            .collect();
        Score { name: name.into(), rows: BTreeMap::new(), misses: Vec::new(), passed: BTreeSet::new(), disputed }
    }

    /// Counts a case; `problem` describes its failure, if it failed.
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
